"""What is said where something had to come first and no day of it is recorded: one reading for every such rule.

A provider that fills a column in nearly everywhere says by a blank that there was nothing; one that seldom fills it in
says nothing by a blank. The share of filled rows is that of a month; of a log, which may have one or two rows a month,
that of twelve months (:func:`qa_lib.audit.log_rows.rows_of_habit`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable, statement_on
from qa_lib.audit.findings import Status
from qa_lib.audit.words import out_of, percent


@dataclass(frozen=True, kw_only=True)
class NoneRecorded:
    """Rows in which the later thing has happened and no day of the earlier one is recorded.

    Attributes
    ----------
    blank
        Their ids.
    due
        How many rows there are in which the later thing has happened.
    filled
        The share of filled rows from which on a blank says that there was nothing.
    """

    blank: Sequence[str]
    due: int
    filled: Fraction

    @classmethod
    def of_log(cls, rows: pd.DataFrame, key: str, *, due: pd.Series, blank: pd.Series, filled: Fraction) -> Self:
        """Return what is said of rows of a log: where the later thing has happened, and where the earlier is blank."""
        return cls(blank=rows.loc[due & blank, key].astype(str).tolist(), due=int(due.sum()), filled=filled)

    @property
    def unjudged(self) -> Sequence[str]:
        """The ids of the blank rows, where they cannot be judged by themselves."""
        return () if self.row_by_row else self.blank

    @property
    def row_by_row(self) -> bool:
        """Whether enough is filled in for each blank to be judged by itself."""
        return self.due - len(self.blank) >= self.filled * self.due and len(self.blank) < self.due

    @property
    def judged(self) -> int:
        """How many of the rows can be judged one by one."""
        return self.due if self.row_by_row else self.due - len(self.blank)

    def statements(
        self, subject_type: str, status: Status, why: str, *, about: str, span: str = "month"
    ) -> Iterator[Statement]:
        """Yield what is said of the blank rows.

        Parameters
        ----------
        subject_type, status
            What the rows are, and how severe it is where nothing was done.
        why
            What was not recorded, as the end of a sentence.
        about, span
            Of what it is said where it is not said of each row, and what kind of thing that is.
        """
        if self.row_by_row:
            yield from (statement_on(subject_type, one, status, why) for one in self.blank)
        elif len(self.blank) == self.due and self.due:
            yield not_assessable(f"{why}, in none of {self.due}", subject_type=span, subject=about)
        elif self.blank:
            lacking = out_of(len(self.blank), self.due)
            message = f"{why}, in {lacking}; each would count by itself if {percent(self.filled)} were filled in"
            figures = {"value": str(len(self.blank)), "threshold": percent(self.filled)}
            yield statement_on(span, about, "warning", message, **figures)
