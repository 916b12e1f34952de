"""From counts to what may be published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure.alternative_tables import Flags, Ints
from qa_lib.reports.disclosure.nesting import Nesting, check_nesting
from qa_lib.reports.disclosure.profiles import Profile, find_profile, nearest, percent_of
from qa_lib.reports.disclosure.relations import COUNTS, TOTAL, additive_relations, check_sums, count_beyond
from qa_lib.reports.disclosure.secondary import Guard, Shape

FIGURES = ["n", "k", "rate"]


def suppress(
    table: pd.DataFrame, *, profile: str, within: Sequence[str] = (), nested: Sequence[Nesting] = ()
) -> pd.DataFrame:
    """Return a table of groups as it may be published: each figure a number as text, or a symbol.

    Under ``dfe`` no reader can narrow a count from 1 to 4, of successes, of the others or of people, to less than the
    whole range from 1 to 4, by whatever sums of what is shown: ``docs/decisions/0007-small-numbers.md``.
    Characteristics that lie within one another must be named, for counts alone do not show it
    (``docs/decisions/0013-nested-characteristics.md``).
    The other profiles round or mark each figure by itself.

    Parameters
    ----------
    table
        The columns of ``within``, ``characteristic``, ``group``, ``n`` (people), ``k`` (successes), with all the totals
        that will be shown anywhere (``add_totals``). A column ``rate`` is worked out anew; any other is refused.
    profile
        ``dfe``, ``ofqual``, ``hesa`` or ``none``.
    within
        Columns that name the provider, level, ...
    nested
        Which characteristics lie within one another; ``find_nesting`` finds it where there is a row per person.

    Returns
    -------
    DataFrame
        The rows of ``table`` in their order; ``n``, ``k`` and ``rate`` (in per cent, one decimal) as text.

    Raises
    ------
    DisclosureError
        If the table has other columns, figures that are no counts, rows twice, or does not add up; if ``nested`` does
        not fit it.

    Examples
    --------
    >>> groups = {"characteristic": ["Total", "sex", "sex", "age", "age"], "group": ["Total", "f", "m", "old", "young"]}
    >>> table = pd.DataFrame({**groups, "n": [90, 48, 42, 50, 40], "k": [80, 45, 35, 44, 36]})
    >>> suppress(table, profile="dfe")[["group", "n", "k", "rate"]].to_numpy().tolist()[1:3]
    [['f', '48', 'c', 'c'], ['m', '42', 'c', 'c']]
    """
    rules, keys = find_profile(profile), [*within, "characteristic", "group"]
    checked = _checked(table, keys)
    check_nesting(checked, nested)
    check_sums(checked, additive_relations(checked, within=within, nested=nested), within=within)
    hide_k, hide_n = _hidden(checked, rules, within, nested) if rules.guarded else _small(checked, rules)
    cells = zip(checked["n"].tolist(), checked["k"].tolist(), hide_n.tolist(), hide_k.tolist(), strict=True)
    figures = [_figures(n, k, rules, hide_n=no_n, hide_k=no_k) for n, k, no_n, no_k in cells]
    return checked[keys].join(pd.DataFrame(figures, columns=FIGURES, dtype="str"))


def _checked(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    wanted = [*keys, *COUNTS]
    missing = [name for name in wanted if name not in table.columns]
    foreign = [str(name) for name in table.columns if name not in [*wanted, "rate"]]
    faults = [f"column {name!r} is missing" for name in missing]
    faults += [f"column {name!r} would be published unguarded; leave it out or name it in within" for name in foreign]
    if not missing:
        faults += _faults_of_rows(table, keys)
    if faults:
        raise DisclosureError("the table cannot be published: " + "; ".join(faults))
    plain = table[wanted].reset_index(drop=True)
    return plain.astype({**dict.fromkeys(keys, "str"), **dict.fromkeys(COUNTS, "int64")})


def _faults_of_rows(table: pd.DataFrame, keys: list[str]) -> list[str]:
    faults = [f"column {name!r} has empty labels; name that group" for name in keys if _blank(table[name]).any()]
    if table.duplicated(keys).any():
        faults.append(f"{int(table.duplicated(keys).sum())} rows repeat a group; add them up first")
    if ((table["characteristic"] == TOTAL) != (table["group"] == TOTAL)).any():
        faults.append(f"{TOTAL!r} stands for everybody, as characteristic and group together; rename the other")
    numbers = [pd.to_numeric(table[name], errors="coerce").astype("float64") for name in COUNTS]
    n, k = numbers
    if not all(((number >= 0) & (number % 1 == 0) & (number < 2**53)).all() for number in numbers):
        faults.append("n and k must be whole numbers from 0")
    elif (k > n).any():
        faults.append("k is more than n in some row; k counts those of the n people who succeeded")
    return faults


def _blank(labels: pd.Series[str]) -> pd.Series[bool]:
    return labels.isna() | (labels.astype("str").str.strip() == "")


def _small(table: pd.DataFrame, rules: Profile) -> tuple[Flags, Flags]:
    n, k = table["n"].to_numpy(), table["k"].to_numpy()
    return (k >= 1) & (k <= rules.small), (n >= 1) & (n <= rules.small)


def _figures(n: int, k: int, rules: Profile, *, hide_n: bool, hide_k: bool) -> tuple[str, str, str]:
    shown = [
        rules.small_text if hide else str(nearest(count, rules.round_to)) for count, hide in ((n, hide_n), (k, hide_k))
    ]
    return shown[0], shown[1], _rate(n, k, rules, hidden=hide_n or hide_k)


def _rate(n: int, k: int, rules: Profile, *, hidden: bool) -> str:
    if hidden or 1 <= n - k <= rules.small:
        return "c"
    if n == 0:
        return "z"
    return rules.base_text if n < rules.base else percent_of(k, n)


def _hidden(
    table: pd.DataFrame, rules: Profile, within: Sequence[str], nested: Sequence[Nesting]
) -> tuple[Flags, Flags]:
    """Return which k and which n to hide, the same whatever the order of rows."""
    order = _order_by_content(table, within)
    guard = Guard(_shape(table.iloc[order], within, nested), rules.small)
    guard.run()
    place = np.argsort(order)
    return guard.hide_k[place], guard.hide_n[place]


def _shape(table: pd.DataFrame, within: Sequence[str], nested: Sequence[Nesting]) -> Shape:
    relations = sorted(additive_relations(table, within=within, nested=nested))
    counts = np.stack([table["k"], table["n"] - table["k"]], axis=1)
    beyond = count_beyond(counts, relations)
    # What is beyond the table belongs where the row belongs that it is a part of.
    inside = {row: whole[0] for whole, parts in relations for row in parts if row >= len(table) > whole[0]}
    rows = np.array([*range(len(table)), *(inside[len(table) + row] for row in range(len(beyond)))], dtype=np.int64)
    unseen = np.arange(len(rows)) >= len(table)
    family = {name: nesting.characteristics[0] for nesting in nested for name in nesting.characteristics}
    names = table["characteristic"]
    code = pd.factorize(names)[0][rows]
    k, others = np.concatenate([counts, beyond]).T
    return Shape(
        k=k,
        n=k + others,
        block=pd.factorize(pd.MultiIndex.from_frame(table[[*within]]))[0][rows] if within else 0 * rows,
        characteristic=np.where(unseen, code.max(initial=0) + 1, code),
        family=pd.factorize(names.map(lambda name: family.get(name, name)))[0][rows],
        is_total=(table[[*within, "characteristic"]] == TOTAL).any(axis=1).to_numpy()[rows] & ~unseen,
        unseen=unseen,
        relations=relations,
    )


def _order_by_content(table: pd.DataFrame, within: Sequence[str]) -> Ints:
    """Sort rows by what they count; names decide only between what counts alike."""
    counts = [tuple(row) for row in table[["n", "k", "group"]].to_numpy(dtype=object)]
    blocks = list(table[[*within]].itertuples(index=False, name=None)) if within else [()] * len(table)
    ranks = [_ranks(labels, counts) for labels in (blocks, table["characteristic"].tolist())]
    keys = [(ranks[0][row], ranks[1][row], counts[row]) for row in range(len(table))]
    return np.array(sorted(range(len(table)), key=keys.__getitem__), dtype=np.int64)


def _ranks(labels: list[Any], counts: list[tuple[int, int, str]]) -> list[int]:
    """Return for each row the rank of its label, by all that is counted under it."""
    under = defaultdict(list)
    for label, (n, k, _) in zip(labels, counts, strict=True):
        under[label].append((n, k))
    ranked = sorted(under, key=lambda label: (sorted(under[label]), label))
    place = {label: rank for rank, label in enumerate(ranked)}
    return [place[label] for label in labels]
