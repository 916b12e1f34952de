"""The NPQ return: one workbook with the participant rows of every metric, the analysis, and what is still lacking.

It goes to the regulator's agent and is restricted: it names people. What may be published is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qa_lib.reports.cells import text_rows
from qa_lib.reports.workbook import Workbook
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.regulator_returns import FIELDS, return_rows

RETURN = "npq-return.xlsx"
_READ_ME = (
    "Restricted: the sheets of the metrics name participants. Do not publish this workbook.",
    "Analysis: the figures that accompany each metric. Of metric 1 the denominator is the target number;",
    "of metric 6 the numerator is the sum of ratings. Metrics 5 and 6 are shown as the regulator supplies them.",
    "Completeness: for each field, in how many rows it is needed, and in how many of these it is lacking.",
    "M1 to M3: one row for each participant recruited in the period.",
    "M4 and M7: one row for each participant who formally commenced. M5: one row for each script.",
    "Metric 6 has no participant rows: feedback is gathered by the regulator's agent.",
    "An empty cell says that nothing is recorded.",
)
_WIDE = ["name", "school", "figure", "reason", "job_role"]


def return_sheets(audit: Audit) -> dict[str, pd.DataFrame]:
    """Return the participant rows of every metric that has some, by metric."""
    return {metric: return_rows(audit, metric) for metric in FIELDS}


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
    for name, frame in {"Analysis": analysis, "Completeness": completeness, **sheets}.items():
        book.sheet(name, list(frame.columns), list(text_rows(frame)), wide=_WIDE)
    return book.content()
