"""What reading a cell gives: the value or None, why it is rejected or None, the word for what is noticed or None."""

from __future__ import annotations

import datetime as dt

from qa_lib.intake.faults import Problem

Value = str | int | bool | dt.date
Parsed = tuple[Value | None, Problem | None, str | None]
