"""Of which assessors the tables told quality issues before a month, where tiers are fed by that (X.SIGNALLED)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from qa_lib.audit.deadlines import timeliness
from qa_lib.audit.words import is_word
from qa_lib.schemes.hlta.changed_results import is_changed

Tables = Mapping[str, pd.DataFrame]
_FULL = "full_reassessment"
#: What a table that is missing tells.
_NOTHING = pd.DataFrame(
    {name: pd.Series(dtype="str") for name in ("assessor_id", "outcome", "final_outcome")}
    | {"day": pd.Series(dtype="datetime64[ns]")}
)


def signalled_before(tables: Tables, *, provider: str, month: str, fewest: Mapping[str, int]) -> set[str]:
    """Return the assessors of whom the twelve months before a month told of quality issues often enough.

    Only what the tables hold with a day before the month counts, so that a draw that is made again, later and with more
    data of its month, finds the same. What came back to a register by workbook is not looked at.

    Parameters
    ----------
    tables
        Accepted tables of a data set; a signal whose table or column is missing tells nothing.
    fewest
        Signal -> how many files are enough (X.SIGNALS).
    """
    cases, begin = tables["cases"], pd.Timestamp(f"{month}-01")
    files = cases[cases["rpa"] == provider]
    found: set[str] = set()
    for signal, look in _LOOKS.items():
        told = look(files, tables, begin)
        within = (told["day"] < begin) & (told["day"] >= begin - pd.DateOffset(months=12))
        numbers = told.loc[within, "assessor_id"].value_counts()
        found |= {str(person) for person in numbers.index[numbers >= fewest[signal]]}
    return found


def sent_back(files: pd.DataFrame, looks: pd.DataFrame) -> pd.DataFrame:
    """Return the files that scrutiny sent back, each once, with the first ``day`` on which it did."""
    days = looks[is_word(looks["result"], "returned")].groupby("case_id")["scrutinised_on"].min().rename("day")
    return files.merge(days, left_on="case_id", right_index=True)


def _returned(files: pd.DataFrame, tables: Tables, _: pd.Timestamp) -> pd.DataFrame:
    looks = tables.get("scrutiny", pd.DataFrame())
    if not {"case_id", "scrutinised_on", "result"} <= set(looks.columns):
        return _NOTHING
    return sent_back(files, looks)


def _late(files: pd.DataFrame, _: Tables, begin: pd.Timestamp) -> pd.DataFrame:
    days = files.reindex(columns=["assessor_id", "paperwork_due_on", "paperwork_on"])
    due, came = (pd.to_datetime(days[column]) for column in ("paperwork_due_on", "paperwork_on"))
    state = timeliness(due, came.where(came < begin), as_of=begin - pd.Timedelta(days=1))
    return days.assign(day=due)[state.isin(["late", "overdue"])]


def _overturned(files: pd.DataFrame, tables: Tables, begin: pd.Timestamp) -> pd.DataFrame:
    rows = tables.get("moderations", pd.DataFrame())
    if not {"case_id", "moderated_on"} <= set(rows.columns):
        return _NOTHING
    rows = rows[rows["moderated_on"] < begin].sort_values("moderated_on").drop_duplicates("case_id", keep="last")
    rows = rows.reindex(columns=["case_id", "moderated_on", "decision", "final_outcome"])
    judged = files[["case_id", "assessor_id", "outcome"]].merge(rows, on="case_id")
    judged = judged.fillna({"decision": "", "final_outcome": ""})
    return judged[is_changed(judged)].assign(day=judged["moderated_on"])


def _full(files: pd.DataFrame, tables: Tables, begin: pd.Timestamp) -> pd.DataFrame:
    rows = _overturned(files, tables, begin)
    return rows[(rows["final_outcome"] == _FULL) & (rows["outcome"] != _FULL)]


_LOOKS: dict[str, Callable[[pd.DataFrame, Tables, pd.Timestamp], pd.DataFrame]] = {
    "full_reassessment": _full,
    "overturned": _overturned,
    "returned": _returned,
    "late_paperwork": _late,
}
