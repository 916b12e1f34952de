"""Characteristics that lie within one another: a fact that no table shows and every reader knows.

The type of a school says much of its phase, a local authority lies in one region, a detailed ethnicity in one broad
group. Who knows that subtracts across characteristics: 15 people of secondary schools, 11 of them of academies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from qa_lib.errors import DisclosureError, first_few

MISSING = "not known"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Nesting:
    """Some characteristics, and which of their groups go together.

    Where each group of one lies in one group of the other, the larger count is the sum of the smaller ones. Where a
    group lies in several, that is known too: nobody is in a combination that does not occur.

    Attributes
    ----------
    characteristics
        Their names in the table, two or more.
    combinations
        Each combination of groups that occurs, one group of each characteristic in their order.
    noticed
        Pairs (inner, outer) of them that nobody declared and that the data show.

    Examples
    --------
    >>> Nesting(
    ...     characteristics=("type", "phase"),
    ...     combinations=frozenset({("academy", "secondary"), ("college", "secondary"), ("infant school", "primary")}),
    ... ).characteristics
    ('type', 'phase')
    """

    characteristics: tuple[str, ...]
    combinations: frozenset[tuple[str, ...]]
    noticed: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        names = self.characteristics
        if len(names) < 2 or len(set(names)) < len(names):
            raise DisclosureError(f"a nesting is of two or more different characteristics; it names {list(names)}")
        if any(len(combination) != len(names) for combination in self.combinations):
            raise DisclosureError(f"each combination of a nesting needs one group of each of {', '.join(names)}")

    def notices(self) -> list[str]:
        """Return a sentence for each pair that nobody declared."""
        return [
            f"Every group of '{inner}' lies within one group of '{outer}' in these data, though that is declared "
            "nowhere: the two are hidden together, since who knows it can subtract one from the other."
            for inner, outer in self.noticed
        ]


def find_nesting(
    people: pd.DataFrame, characteristics: Sequence[str], *, declared: Mapping[str, str] | None = None
) -> list[Nesting]:
    """Return which characteristics nest, as declared and as the data show, with the combinations that occur.

    What occurs among these people is the most that public registers can tell of them, so what is hidden from one who
    knows that much is hidden from everybody who knows less.

    Parameters
    ----------
    people
        A row per person.
    characteristics
        The columns that are published. A missing value is the group ``not known``.
    declared
        Inner to outer characteristic: ``{"type": "phase"}``. A group of the inner one may lie in several of the outer.

    Returns
    -------
    list
        One for all characteristics that hang together. A pair that nobody declared is taken in where, missing values
        apart, each group of one lies in a single group of the other.

    Raises
    ------
    DisclosureError
        If a declared characteristic is not among those published.

    Examples
    --------
    >>> schools = {"type": ["academy", "college", "infant school"], "phase": ["secondary", "secondary", "primary"]}
    >>> [found] = find_nesting(pd.DataFrame(schools), ["type", "phase"], declared={"type": "phase"})
    >>> sorted(found.combinations)
    [('academy', 'secondary'), ('college', 'secondary'), ('infant school', 'primary')]
    """
    pairs = list((declared or {}).items())
    if unknown := sorted({name for pair in pairs for name in pair} - set(characteristics)):
        raise DisclosureError(
            f"nesting is declared of {', '.join(map(repr, unknown))}, which is not published; expected some of "
            f"{', '.join(map(repr, characteristics))}"
        )
    labels = people[list(characteristics)].astype("str")
    seen = [
        (inner, outer)
        for inner in characteristics
        for outer in characteristics
        if inner != outer and (inner, outer) not in pairs and _lies_within(labels[inner], labels[outer])
    ]
    filled = labels.fillna(MISSING)
    return [
        Nesting(
            characteristics=family,
            combinations=frozenset(filled[list(family)].drop_duplicates().itertuples(index=False, name=None)),
            noticed=tuple(pair for pair in seen if pair[0] in family),
        )
        for family in _families(characteristics, [*pairs, *seen])
    ]


def _lies_within(inner: pd.Series[str], outer: pd.Series[str]) -> bool:
    """Say whether each group of one lies in one group of the other, and that is more than one person in each group."""
    known = inner.notna() & outer.notna()
    pairs = pd.DataFrame({"inner": inner[known], "outer": outer[known]})
    kinds = pairs.drop_duplicates()
    return len(pairs) > len(kinds) and not kinds["inner"].duplicated().any() and kinds["outer"].nunique() > 1


def _families(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    family = {name: frozenset([name]) for name in names}
    for pair in pairs:
        joined = family[pair[0]] | family[pair[1]]
        family |= dict.fromkeys(joined, joined)
    return [
        tuple(name for name in names if name in joined) for joined in dict.fromkeys(family.values()) if len(joined) > 1
    ]


def check_nesting(table: pd.DataFrame, nested: Sequence[Nesting]) -> None:
    """Refuse nestings that do not speak of the groups of a table.

    Raises
    ------
    DisclosureError
        If one names a characteristic that is not there, or says nothing of a group that has people, or if two have a
        characteristic in common; all faults at once.
    """
    there = list(dict.fromkeys(table["characteristic"]))
    named = Counter(name for nesting in nested for name in nesting.characteristics)
    faults = [
        f"{name!r} is in no row; the characteristics are {', '.join(map(repr, there))}"
        for name in named
        if name not in there
    ]
    faults += [f"{name!r} stands in {times} of them; make them one" for name, times in named.items() if times > 1]
    inhabited = table.loc[table["n"] > 0, ["characteristic", "group"]].drop_duplicates()
    for nesting in nested:
        for place, name in enumerate(nesting.characteristics):
            inside = {combination[place] for combination in nesting.combinations}
            lost = sorted(set(inhabited.loc[inhabited["characteristic"] == name, "group"]) - inside)
            if lost:
                shown = first_few(list(map(repr, lost)), _SHOWN)
                faults.append(f"no combination has {shown} of {name!r}; add it")
    if faults:
        raise DisclosureError("the nested characteristics do not fit the table: " + "; ".join(faults))
