"""Names that a reader takes for the same although their letters differ: ``Alpha``, ``AL PHA``, ``Аlpha``.

What is folded here is only ever compared, never stored and never hashed: a near-equal name is another name until a
person says that it is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

#: Letters of other scripts that look like a Latin one in most typefaces, after case folding. The pairs are those of the
#: confusables of Unicode Technical Standard 39 that a keyboard of Greek or Cyrillic can give.
_LATIN = str.maketrans("авекмнорстухіјѕԁԛԝһαεικνορτυχηϳı", "abekmhopctyxijsdqwhaeikvoptuxnji")
#: What people leave out, put in or exchange: spaces, dashes, quotes, dots, invisible characters.
_LEFT_OUT = frozenset("'’‘ʼ`´\".,_")
_LEFT_OUT_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Mn"})
#: Beside a digit these letters are read as one.
_DIGITS = str.maketrans("oil", "011")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐-―_.]+(?=\d)")
_WITH_DIGITS = re.compile(r"[oil]*\d[oil\d]*")


def folded_name(name: str) -> str:
    """Return what remains of a name when everything is taken away that a reader overlooks.

    Letter case, accents, spaces, dashes, quotes and dots go; letters of other scripts become the Latin ones that they
    look like; ``o``, ``i`` and ``l`` beside a digit become digits; leading zeros of a number go. A separator between
    two digits stays: ``1-1`` and ``11`` are two things.

    Examples
    --------
    >>> {folded_name(name) for name in ("Alpha", "AL PHA", "al-pha", "Аlpha")}
    {'alpha'}
    >>> folded_name("AA01") == folded_name("aa-1") == folded_name("AAO1")
    True
    >>> folded_name("B-1-1") == folded_name("B-11")
    False
    """
    text = unicodedata.normalize("NFKD", name).casefold().translate(_LATIN)
    text = _BETWEEN_DIGITS.sub("/", text)
    text = "".join(
        one
        for one in text
        if one not in _LEFT_OUT
        and ((one.isascii() and one.isalnum()) or unicodedata.category(one) not in _LEFT_OUT_CATEGORIES)
    )
    text = _WITH_DIGITS.sub(lambda found: found.group().translate(_DIGITS), text)
    return _LEADING_ZEROS.sub("", text)


def near_equal(names: Iterable[str]) -> list[list[str]]:
    """Return the groups of different names that fold to the same, each sorted, in the order of their first.

    Examples
    --------
    >>> near_equal(["Beta", "Alpha", "ALPHA", "Al pha", "Beta"])
    [['ALPHA', 'Al pha', 'Alpha']]
    """
    groups: dict[str, set[str]] = defaultdict(set)
    for name in names:
        groups[folded_name(name)].add(name)
    return sorted(sorted(group) for group in groups.values() if len(group) > 1)
