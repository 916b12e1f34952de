"""School years as text ``2018-19``, however they are written."""

from __future__ import annotations

import re

#: A year, a sign or *to*, and the year after it in two digits or four; or both in one number, as open data have it.
_SPAN = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:\s*(?:[/\-‐‑‒–—―−]|\bto\b|\band\b)\s*((?:19|20)?\d\d)|(\d\d))(?![\d/\-‐‑‒–—―−])",
    re.ASCII | re.IGNORECASE,
)


def with_school_years(text: str) -> str:
    """Return a text with every school year in it written as ``2018-19``; what is none stays as it is.

    Examples
    --------
    >>> [with_school_years(text) for text in ("2018/19", "2018–2019", "201819", "2018 to 2019 mid-year")]
    ['2018-19', '2018-19', '2018-19', '2018-19 mid-year']
    >>> with_school_years("2018-20"), with_school_years("2018-11-05"), with_school_years("2018")
    ('2018-20', '2018-11-05', '2018')
    """
    return _SPAN.sub(_span, text)


def _span(found: re.Match[str]) -> str:
    first, last = int(found[1]), found[2] or found[3]
    after = f"{first + 1:04d}"
    return f"{first}-{after[2:]}" if last in (after, after[2:]) else found[0]
