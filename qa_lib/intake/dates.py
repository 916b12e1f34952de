"""Dates and months as people and spreadsheets write them. English month names, day before month, four-digit years.

Never guessed: two-digit years, ``20-Oct`` without a year, months beyond 12, a bare number where a date should be.
"""

from __future__ import annotations

import datetime as dt
import re

from qa_lib.calendar.months import MONTH_NAMES
from qa_lib.intake.faults import Problem
from qa_lib.intake.parsed import Parsed
from qa_lib.intake.raw import DATE, FRACTION, NUMBER

#: A month's name in full, or its first letters -> its number.
_MONTHS = {form: n for n, name in enumerate(MONTH_NAMES, start=1) for form in (name.lower(), name[:3].lower())}
_MONTHS["sept"] = 9
MONTH_WORD = "(?:" + "|".join(name[:3].lower() for name in MONTH_NAMES) + ")"
# Spreadsheets know no earlier year; a later one is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 1900, 2199

_TIME = r"(?:[T ]([\d:.]+)(?:Z|[+-]\d\d:?\d\d)?)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_ENGLISH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})" + _TIME)
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[- ]([a-z]{3,9})\.?,?[- ](\d{4})", re.IGNORECASE)
_TWO_DIGITS = re.compile(rf"\d{{1,2}}[-/. ](\d{{1,2}}|{MONTH_WORD})[-/. ]\d\d|{MONTH_WORD}[- ]\d\d", re.IGNORECASE)
_NO_YEAR = re.compile(rf"\d{{1,2}}-{MONTH_WORD}", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_MONTH_BACK = re.compile(r"(\d{1,2})[-/.](\d{4})")
_MONTH_NAMED = re.compile(r"([a-z]{3,9})[- ](\d{4})", re.IGNORECASE)

_EXPECTED, _EXPECTED_MONTH = "a date such as 2024-08-31", "a month such as 2024-08"
UNREADABLE = Problem("date", _EXPECTED, "write year, month and day in digits")
UNREADABLE_MONTH = Problem("month", _EXPECTED_MONTH, "write year and month in digits, as text")
TWO_DIGITS = "write the year with four digits"
NO_YEAR = "a spreadsheet dropped the year or made a date of something else: enter it again as text"
SERIAL = "a number stands where a date should be: format the cell as a date, or write year, month and day"


def parse_date(text: str, mark: int) -> Parsed:
    """Read a date.

    Examples
    --------
    >>> parse_date("31/08/2024", 0)
    (datetime.date(2024, 8, 31), None, 'date_form')
    >>> parse_date("03/04/2024", 0)
    (datetime.date(2024, 4, 3), None, 'day_first')
    """
    if mark in (NUMBER, FRACTION):
        return _refuse(UNREADABLE, SERIAL)
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]), "time_dropped" if _hours(found[4]) else None)
    if found := _ENGLISH.fullmatch(text):
        return _english(int(found[1]), int(found[2]), int(found[3]), found[4])
    if (found := _NAMED.fullmatch(text)) and (month := _MONTHS.get(found[2].lower())):
        return _day(int(found[3]), month, int(found[1]), "date_form")
    return _refuse(UNREADABLE, _why(text) or UNREADABLE.advice)


def parse_month(text: str, mark: int) -> Parsed:
    """Read a month; a real date counts when it is the first of a month, which is what spreadsheets make of one.

    Examples
    --------
    >>> parse_month("January 2024", 0)
    ('2024-01', None, 'month_form')
    >>> parse_month("2024-01", 0)
    ('2024-01', None, None)
    """
    if mark in (NUMBER, FRACTION):
        return None, UNREADABLE_MONTH, None
    if found := _MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]), None)
    if (found := _ISO.fullmatch(text)) and int(found[3]) == 1 and not _hours(found[4]):
        return _month(int(found[1]), int(found[2]), "month_form")
    if found := _MONTH_BACK.fullmatch(text):
        return _month(int(found[2]), int(found[1]), "month_form")
    if (found := _MONTH_NAMED.fullmatch(text)) and (month := _MONTHS.get(found[1].lower())):
        return _month(int(found[2]), month, "month_form")
    if mark == DATE or _ISO.fullmatch(text) or _ENGLISH.fullmatch(text):
        return _refuse(UNREADABLE_MONTH, "a day stands where a month should be: write year and month, as text")
    return _refuse(UNREADABLE_MONTH, _why(text) or UNREADABLE_MONTH.advice)


def _refuse(problem: Problem, advice: str) -> Parsed:
    return None, problem._replace(advice=advice), None


def _why(text: str) -> str | None:
    if _NO_YEAR.fullmatch(text):
        return NO_YEAR
    return TWO_DIGITS if _TWO_DIGITS.fullmatch(text) else None


def _hours(time: str | None) -> bool:
    return bool(time and time.strip("0:."))


def _english(day: int, month: int, year: int, time: str | None) -> Parsed:
    if month > 12 >= day:
        return _refuse(UNREADABLE, "the month seems to come first; write the year first, or day before month")
    remark = "day_first" if day <= 12 and day != month else "date_form"
    return _day(year, month, day, "time_dropped" if _hours(time) and remark != "day_first" else remark)


def _day(year: int, month: int, day: int, remark: str | None) -> Parsed:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return _refuse(UNREADABLE, "there is no such day in the calendar: correct it")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _refuse(UNREADABLE, f"the year is not between {FIRST_YEAR} and {LAST_YEAR}: correct it")
    return date, None, remark


def _month(year: int, month: int, remark: str | None) -> Parsed:
    if not 1 <= month <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        return _refuse(UNREADABLE_MONTH, "there is no such month in the calendar: correct it")
    return f"{year:04d}-{month:02d}", None, remark
