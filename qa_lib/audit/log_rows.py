"""What every log has in common: which of its rows an audit of months looks at."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qa_lib.calendar.months import month_after


def rows_in_scope(log: pd.DataFrame, months: Sequence[str], *, began: pd.Series, ended: pd.Series) -> pd.DataFrame:
    """Return the rows of a log that began in the months, and earlier ones that were open in the audit before.

    The audit of a month is made when the next month is over, so what began earlier and ended by the end of the first
    of the months was judged then. Nothing falls between two audits, and what is open stays visible.

    Parameters
    ----------
    log
        Rows of the provider, as they are known on the audit's day.
    months
        The months that are judged, ascending.
    began
        The month in which each row began; where it is blank the row is looked at until it has ended.
    ended
        The day on which each row ended; blank while it is open.
    """
    first = pd.Timestamp(f"{months[0]}-01")
    earlier = (began < months[0]).fillna(False).astype(bool) & ~(ended <= first + pd.offsets.MonthEnd(0))
    undated = began.isna() & ~(ended < first)
    return log[began.isin(months) | earlier | undated]


def rows_of_habit(log: pd.DataFrame, shown: pd.DataFrame, months: Sequence[str], *, began: pd.Series) -> pd.DataFrame:
    """Return the rows of a log that tell whether a day is usually recorded in it.

    A log may have one or two rows a month, of which no share says anything: those that began in the twelve months that
    end with the last of the months are taken, and those that are ``shown`` (:func:`rows_in_scope`).
    """
    return log[began.between(month_after(months[-1], -11), months[-1]) | log.index.isin(shown.index)]


def month_of(days: pd.Series) -> pd.Series:
    """Return the month of each day."""
    months: pd.Series = days.dt.strftime("%Y-%m")
    return months
