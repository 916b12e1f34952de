"""Small NPQ tables for tests, in the kinds that intake gives them."""

from __future__ import annotations

import pandas as pd

from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.tables.vocabulary import DTYPES

BOOK = load_rulebook("npq")
AS_OF = "2020-03-01"
PERIOD = "2018-19"
PERSON = {
    "provider": "P", "level": "NPQH", "year": PERIOD, "enrolled_on": "2018-09-01", "commenced_on": "2018-09-01",
    "presented_on": None, "result": None, "staff_role": "none", "previous_attempt": "none",
}  # fmt: skip


def frame(name, rows):
    """Return a table of these rows with the columns that any of them names."""
    kinds = {column.name: DTYPES[column.kind] for column in TABLES[name].columns}
    names = list(dict.fromkeys(key for row in rows for key in row))
    table = pd.DataFrame(rows, columns=names)
    return pd.DataFrame({key: _column(table[key], kinds.get(key, "str")) for key in names})


def _column(values, kind):
    if kind.startswith("datetime"):
        return pd.to_datetime(values).astype("datetime64[ns]")
    return values.astype(kind)


def people(*rows, **shared):
    """Return participants ``p0001`` and so on: of each row, over the shared values, over an ordinary person."""
    ids = (f"p{number:04}" for number in range(1, len(rows) + 1))
    return frame("participants", [{"participant_id": next(ids), **PERSON, **shared, **row} for row in rows])


def audit(as_of=AS_OF, period=PERIOD, **tables):
    """Return the audit of provider P."""
    named = {name: table for name, table in tables.items() if isinstance(table, pd.DataFrame)}
    more = {name: value for name, value in tables.items() if not isinstance(value, pd.DataFrame)}
    return make_audit(named, BOOK, provider="P", as_of=as_of, period=period, **more)


def only(said, *, level=None, measure=True):
    """Return the one thing said that has a measure (or none), of a level."""
    found = [one for one in said if bool(one.measure) == measure and (level is None or one.level == level)]
    assert len(found) == 1, [one.message for one in said]
    return found[0]
