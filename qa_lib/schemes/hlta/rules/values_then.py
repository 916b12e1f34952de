"""What the rule book said on the day on which something of a log began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from qa_lib.audit.deadlines import Deadline
from qa_lib.calendar.working_days import WorkingDays
from qa_lib.schemes.hlta.audit import Audit


def value_then(audit: Audit, rule_id: str, day: pd.Timestamp) -> Any:
    """Return the value of a rule on a day of a log; of a day before the months, the value on their first day."""
    first = pd.Timestamp(f"{audit.months[0]}-01")
    return audit.value(rule_id, day if day > first else first)


def deadline_then(audit: Audit, rule_id: str, column: str) -> Callable[[pd.Timestamp], Deadline]:
    """Return the function that gives the deadline of what begins on a day, in the Partnership's working days."""
    rule, calendar = audit.book[rule_id], WorkingDays(audit.free_days)
    return lambda day: Deadline.from_rule(rule, value_then(audit, rule_id, day), column, calendar=calendar)
