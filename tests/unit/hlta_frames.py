"""Small HLTA tables for tests of single rules, in the kinds that intake gives them."""

from __future__ import annotations

import pandas as pd

from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.tables import TABLES
from qa_lib.tables.vocabulary import DTYPES

BOOK = load_rulebook("hlta")
MONTH = "2024-03"
RPA, OTHER, THIRD = "HLTA North", "University of Northampton", "Strictly Education 4S"
FILE = {
    "rpa": RPA, "month": MONTH, "assessor_id": "A1", "pop_id": "P1", "outcome": "met",
    "attempt": "first", "assessed_on": "2024-03-11", "submitted_on": "2024-03-15",
}  # fmt: skip


def frame(name, rows):
    """Return a table of these rows with the columns that any of them names."""
    kinds = {column.name: DTYPES[column.kind] for column in TABLES[name].columns}
    names = list(dict.fromkeys(key for row in rows for key in row))
    table = pd.DataFrame(rows, columns=names)
    return pd.DataFrame({key: _column(table[key], kinds[key]) for key in names})


def _column(values, kind):
    if kind.startswith("datetime"):
        return pd.to_datetime(values).astype("datetime64[ns]")
    return values.astype(kind)


def files(*rows, **shared):
    """Return files ``c001`` and so on: of each row, over the shared values, over an ordinary met file of the month.

    Each is of a candidate of its own, ``k001`` and so on.
    """
    own = ({"case_id": f"c{number:03}", "candidate_id": f"k{number:03}"} for number in range(1, len(rows) + 1))
    return frame("cases", [{**next(own), **FILE, **shared, **row} for row in rows])


def audit(**given):
    """Return the audit of the RPA and month over the tables given by name; one ordinary file where none are given.

    What is no table goes to :func:`make_audit`: ``months``, ``as_of``, ``draws`` ...
    """
    tables = {name: given.pop(name) for name in list(given) if name in TABLES}
    return make_audit({"cases": files({}), **tables}, BOOK, **({"provider": RPA, "months": [MONTH]} | given))


def told(said, subject=None, status=None):
    """Return the (status, subject, message) of what was said, of one subject or status where they are named."""
    return [
        (one.status, one.subject, one.message)
        for one in said
        if subject in (None, one.subject) and status in (None, one.status)
    ]
