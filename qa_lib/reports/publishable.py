"""What no publication may carry: references of people and files, and cells that say nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pandas as pd

from qa_lib.errors import DisclosureError

#: Columns that name a person, a file or an assessor in the tables of any scheme.
_REFERENCES = re.compile(r"(?i)(.*_)?(id|ids|ref|refs|reference|trn|name|names|email|pseudonym)|(given_)?by|.*_by")
#: Columns that end like one and name a place or a body.
_PUBLIC = {"country_name", "region_name", "la_name", "provider_name", "provider_ukprn", "provider"}


def check_publishable(tables: Mapping[str, pd.DataFrame], *, references: Collection[str] = ()) -> None:
    """Refuse tables that carry references of the scheme or blank cells.

    Parameters
    ----------
    tables
        What is to be published, by name.
    references
        Case ids, participant ids, assessor ids, names, ... of the data set: none may be, or be a word of, a cell.

    Raises
    ------
    DisclosureError
        With the place of every fault, and never the reference itself.
    """
    private = frozenset(text for reference in references if (text := str(reference).strip()))
    faults = [fault for name in tables for fault in _faults(name, tables[name], private)]
    if faults:
        raise DisclosureError("this cannot be published: " + "; ".join(faults))


def _faults(name: str, frame: pd.DataFrame, private: frozenset[str]) -> list[str]:
    faults = []
    for column in frame.columns:
        where = f"table {name!r}, column {column!r}"
        if str(column) not in _PUBLIC and _REFERENCES.fullmatch(str(column)):
            faults.append(f"{where} holds references to people or files; leave it out")
        texts = frame[column].astype("str").fillna("")
        blank = int((texts.str.strip() == "").sum())
        if blank:
            faults.append(f"{where} has {blank} blank cells; say why with a symbol (c, z, x, low, u)")
        named = [row for row, text in enumerate(texts, start=2) if _mentions(text, private)]
        if named:
            shown = ", ".join(map(str, named[:5])) + (" and more" if len(named) > 5 else "")
            faults.append(f"{where} names a person or file of the data set in row {shown}; leave it out")
    return faults


def _mentions(text: str, private: frozenset[str]) -> bool:
    return bool(private) and (
        text.strip() in private or not private.isdisjoint(re.findall(r"[^\s,;:()\[\]'\"]+", text))
    )
