"""What an identifier may look like, so that it hashes to the same bytes everywhere (``docs/protocol.md`` §2).

An id that a spreadsheet could take for a formula, or that carries invisible characters, is refused
rather than repaired: a repaired id is another id.
"""

from __future__ import annotations

import unicodedata

#: Longest identifier, in code points after normalisation.
MAX_LENGTH = 100

FORMULA_STARTS = frozenset("=+-@")
# Control characters, lone surrogates (no UTF-8), line and paragraph separators.
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def normalise_identifier(text: str) -> str:
    """Return ``text`` in Unicode normalisation form C without white space around it.

    Examples
    --------
    >>> normalise_identifier("  A-7 ")
    'A-7'
    """
    return unicodedata.normalize("NFC", text).strip()


def identifier_fault(text: str) -> str | None:
    """Say what is wrong with a normalised identifier, or return None where nothing is.

    Examples
    --------
    >>> identifier_fault("A-7") is None
    True
    >>> identifier_fault("=SUM(A1)")
    'starts with "=", which a spreadsheet takes for a formula'
    """
    if not text:
        return "is empty"
    if len(text) > MAX_LENGTH:
        return f"has {len(text)} characters; at most {MAX_LENGTH} are allowed"
    if text[0] in FORMULA_STARTS:
        return f'starts with "{text[0]}", which a spreadsheet takes for a formula'
    return forbidden_character(text)


def forbidden_character(text: str) -> str | None:
    """Name the first character of ``text`` that no identifier or seed may hold, or return None."""
    if text.isascii() and text.isprintable():
        return None
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _FORBIDDEN_CATEGORIES:
            return f"holds the control character U+{ord(character):04X} at position {position}"
    return None
