"""How numbers are said in the sentences of findings and pages."""

from __future__ import annotations


def count_with_noun(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun; without ``many`` the noun takes an s.

    Examples
    --------
    >>> count_with_noun(1, "file"), count_with_noun(2, "entry", "entries")
    ('1 file', '2 entries')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
