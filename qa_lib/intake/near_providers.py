"""Providers of a data set whose names a reader takes for one: nothing is drawn before somebody says what they are.

``Alpha`` and ``Al pha`` are two providers to every count and every draw. Where they are one, files would escape the
draw; so a freeze stops until the value mapping says that they are the same, or somebody accepts that they are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd

from qa_lib.errors import SampleError, first_few
from qa_lib.lookalikes import DIFFERENCES, near_equal, shown_name
from qa_lib.scheme import Scheme

Tables = Mapping[str, pd.DataFrame]
_NAMED = 10


def accepted_names(given: str | Collection[str]) -> tuple[str, ...]:
    """Return the names that were accepted, given one by one or in one text with ``;`` between them.

    Examples
    --------
    >>> accepted_names("Al pha; ALPHA;"), accepted_names(["Al pha"])
    (('Al pha', 'ALPHA'), ('Al pha',))
    """
    parts = given.split(";") if isinstance(given, str) else given
    return tuple(name.strip() for name in parts if name.strip())


def refuse_near_providers(
    tables: Tables, *, column: str, provider: str | None = None, accept: Collection[str] = ()
) -> None:
    """Stop where the names of two providers differ only in what a reader overlooks.

    Parameters
    ----------
    tables
        Accepted tables of a data set.
    column
        The column by which rows belong to a provider.
    provider
        Look only for names like this one's; None: for any two that are alike.
    accept
        Names of providers of their own, whatever they look like.

    Raises
    ------
    SampleError
        Naming the spellings with their rows, and both ways out.
    """
    rows = _rows_by_provider(tables, column)
    faults = []
    for group in near_equal(rows):
        alike = [name for name in group if name not in accept]
        first = provider if provider is not None else max(alike, key=lambda name: (rows[name], name), default="")
        if len(alike) > 1 and first in alike:
            faults.append(_fault(first, [name for name in alike if name != first], rows, column))
    if faults:
        raise SampleError("\n".join(faults))


def refuse_unknown_names(tables: Tables, accept: Collection[str], *, column: str) -> None:
    """Stop where a name is accepted that no row is of: it would be accepted in vain.

    Raises
    ------
    SampleError
        Naming them.
    """
    unknown = sorted(set(accept) - set(_rows_by_provider(tables, column)))
    if unknown:
        raise SampleError(
            f"accepted as a provider of its own: {', '.join(map(shown_name, unknown))}; expected names as the data set "
            "spells them, and no row is of these: see qa check for the spellings"
        )


def near_names_of(tables: Tables, scheme: Scheme, *, provider: str) -> dict[str, int]:
    """Return how many groups of near-equal ids a provider's rows and lists hold, of each kind that a draw looks at.

    Ids are not named here: what is printed may be sent to anyone.
    """
    own = [rows[rows[owner] == provider] for rows in tables.values() if (owner := scheme.provider_column) in rows]
    found = {
        kind: len(near_equal({name for rows in own if key in rows for name in rows[key].dropna().unique()}))
        for key, kind in _kinds(scheme).items()
    }
    return {kind: number for kind, number in found.items() if number}


def _kinds(scheme: Scheme) -> dict[str, str]:
    """Return the key of the provider table and what its deciding columns point to, in the scheme's words."""
    declared, spelled = scheme.tables[scheme.provider_table], {word.lower(): word for word in scheme.spelled}
    listed = {one.column: one.table for one in declared.references if declared.column(one.column).draw}
    return {scheme.row_key: scheme.provider_rows, **{key: spelled.get(name, name) for key, name in listed.items()}}


def _rows_by_provider(tables: Tables, column: str) -> Counter[str]:
    rows: Counter[str] = Counter()
    for table in tables.values():
        if column in table.columns:
            rows.update({str(name): int(count) for name, count in table[column].value_counts().items()})
    return rows


def _fault(first: str, others: list[str], rows: Mapping[str, int], column: str) -> str:
    named = others[:_NAMED]
    listed = first_few([f"{shown_name(name)} ({_count(rows[name])})" for name in others], _NAMED)
    same = " ".join(f'--values "{column}:{name}={first}"' for name in named)
    another = " ".join(f'--accept "{name}"' for name in named)
    return (
        f"{shown_name(first)} ({_count(rows[first])}) and {listed} differ only in {DIFFERENCES}: "
        "are they one provider?\n"
        f"If they are, map them, so that no file escapes the draw: {same} (in a run file: values)\n"
        f"If they are not, say so: {another} (in a run file or notebook: accept_near_equal)"
    )


def _count(rows: int) -> str:
    return f"{rows:,} row{'s' if rows != 1 else ''}"
