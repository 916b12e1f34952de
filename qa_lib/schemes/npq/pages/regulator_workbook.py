"""The NPQ return: one workbook with the participant rows of every metric, the analysis, and what is still lacking.

It goes to the regulator's agent and is restricted: it names people. What may be published is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.audit.words import exact
from qa_lib.reports.cells import typed_rows
from qa_lib.reports.workbook import Workbook, blank
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.presentation import commenced
from qa_lib.schemes.npq.rules.regulator_returns import FIELDS, return_rows

RETURN = "npq-return.xlsx"
_READ_ME = (
    "Restricted: the sheets of the metrics name participants. Do not publish this workbook.",
    "Analysis: the figures that accompany each metric, as known on the day in the column as_of. Rates and targets are "
    "shares from 0 to 1; of metric 6 they are rating points. Of metric 1 the denominator is the target number, and the "
    "target the share of it that is asked; of metric 6 the numerator is the sum of ratings. Metric 7 has no target: "
    "most_apart says how far a group may be from the rate of its level. Metrics 5 and 6 are shown as the regulator "
    "supplies them.",
    "Groups to answer: the groups of metric 7 that are further apart than that. Fill in the column answer for each: "
    "what the provider has found out about it, and what is being done.",
    "Completeness: for each field, in how many rows it is needed, and in how many of these it is lacking.",
    "M1 to M3: one row for each participant recruited in the period.",
    "M4 and M7: one row for each participant who formally commenced. The day of formally commencing is the later one "
    "of being enrolled and beginning to take part. M5: one row for each script.",
    "Metric 6 has no participant rows: feedback is gathered by the regulator's agent.",
    "An empty cell says that nothing is recorded.",
)
_WIDE = ["name", "school", "figure", "reason", "job_role", "answer"]
_TO_ANSWER = "Groups to answer"
_NOTE = ("Answer", "What has the provider found out about this group, and what is being done?")


def return_sheets(audit: Audit) -> dict[str, pd.DataFrame]:
    """Return the participant rows of every metric that has some, by metric; marks are numbers.

    Those of metric 4 have the day of formally commencing beside the two days that it follows from.
    """
    sheets = {metric: return_rows(audit, metric) for metric in FIELDS}
    if len(sheets["M4"]):
        days = commenced(audit).set_index("participant_id")["began"]
        sheets["M4"].insert(2, "formally_commenced_on", sheets["M4"]["participant_id"].map(days))
    if "final_mark" in sheets["M5"]:
        marks = sheets["M5"]["final_mark"].astype("object")
        sheets["M5"]["final_mark"] = marks.map(exact, na_action="ignore")
    return sheets


def return_workbook(
    sheets: Mapping[str, pd.DataFrame],
    *,
    analysis: pd.DataFrame,
    completeness: pd.DataFrame,
    title: str,
) -> bytes:
    """Return the workbook of one return as bytes; the same frames give the same bytes.

    Parameters
    ----------
    sheets
        Metric -> its participant rows.
    analysis, completeness
        What :func:`qa_lib.schemes.npq.pages.metric_tables.analysis` and ``completeness`` gave.
    title
        Whose return, of which period, as known on which day.
    """
    book = Workbook(title=title)
    book.text("Read me", [title, *_READ_ME])
    flagged = analysis[(analysis["characteristic"] != "") & (analysis["status"] == "breach")].assign(answer="")
    for name, frame in {"Analysis": analysis, _TO_ANSWER: flagged, "Completeness": completeness, **sheets}.items():
        sheet = book.sheet(name, list(frame.columns), list(typed_rows(frame)), wide=_WIDE)
        if name == _TO_ANSWER and len(flagged):
            blank(sheet, list(frame.columns).index("answer"), (1, len(flagged)), book.entry, note=_NOTE)
    return book.content()
