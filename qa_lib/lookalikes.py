"""Names and words that a reader takes for the same although their letters differ: ``Alpha``, ``AL PHA``, ``Аlpha``.

What is folded here is only ever compared, never stored and never hashed: a near-equal name is another name until a
person says that it is not. A word that is not known may be a slip of a known one; :func:`suggestion` says of which,
but never turns what was typed into its opposite.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

#: What two near-equal names differ in, as messages say it.
DIFFERENCES = "letter case, spaces, dashes, & for and, zeros or look-alike letters"
#: Letters of other scripts that look like a Latin one in most typefaces, after case folding. The pairs are those of the
#: confusables of Unicode Technical Standard 39 that a keyboard of Greek or Cyrillic can give.
_LIKE_LATIN = "авекмнорстухіјѕԁԛԝһαεικνορτυχηϳı"
_LATIN = str.maketrans(_LIKE_LATIN, "abekmhopctyxijsdqwhaeikvoptuxnji")
#: Greek capitals look like other letters than their small forms: H, N and Y.
_LIKE_CAPITALS = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_CAPITALS = str.maketrans(_LIKE_CAPITALS, "ABEZHIKMNOPTYX")
#: What people leave out, put in or exchange: spaces, dashes, quotes, dots, invisible characters.
_LEFT_OUT = frozenset("'’‘ʼ`´\".,_")
_LEFT_OUT_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Mn"})
#: Beside a digit these letters are read as one.
_DIGITS = str.maketrans("oil", "011")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐-―_.]+(?=\d)")
_WITH_DIGITS = re.compile(r"[oil]*\d[oil\d]*")
#: The same characters where a name is ASCII, which is left out much faster.
_LEFT_OUT_ASCII = dict.fromkeys((*range(33), 127, *map(ord, "'`\".,_-")))
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
# Between two digits, and before or behind everything, a separator says something: 1-3 is not 13, -1 is not 1.
_BETWEEN_WORDS = re.compile(r"(?<=[^\s\d_-])[\s_-]+(?=[^\s_-])|(?<=[^\s_-])[\s_-]+(?=[^\s\d_-])")


def folded_name(name: str) -> str:
    """Return what remains of a name when everything is taken away that a reader overlooks.

    Letter case, accents, spaces, dashes, quotes and dots go; ``&`` is ``and``; letters of other scripts become the
    Latin ones that they look like; ``o``, ``i`` and ``l`` beside a digit become digits; leading zeros of a number go. A
    separator between two digits stays: ``1-1`` and ``11`` are two things.

    Examples
    --------
    >>> {folded_name(name) for name in ("Alpha", "AL PHA", "al-pha", "Аlpha")}
    {'alpha'}
    >>> folded_name("AA01") == folded_name("aa-1") == folded_name("AAO1")
    True
    >>> folded_name("B-1-1") == folded_name("B-11")
    False
    """
    ascii_only = name.isascii()
    text = (name.lower() if ascii_only else _in_latin(name)).replace("&", "and")
    if not (ascii_only and text.isalnum()):
        text = _BETWEEN_DIGITS.sub("/", text)
        text = text.translate(_LEFT_OUT_ASCII) if ascii_only else "".join(filter(_is_kept, text))
    # A million ids are folded at intake: what most of them do not hold is not looked for with a pattern.
    if "o" in text or "i" in text or "l" in text:
        text = _WITH_DIGITS.sub(lambda found: found.group().translate(_DIGITS), text)
    return _LEADING_ZEROS.sub("", text) if "0" in text else text


def _in_latin(name: str) -> str:
    return unicodedata.normalize("NFKD", name).translate(_CAPITALS).casefold().translate(_LATIN)


def _is_kept(one: str) -> bool:
    return one not in _LEFT_OUT and unicodedata.category(one) not in _LEFT_OUT_CATEGORIES


def near_equal(names: Iterable[str]) -> list[list[str]]:
    """Return the groups of different names that fold to the same, each sorted, in the order of their first.

    Examples
    --------
    >>> near_equal(["Beta", "Alpha", "ALPHA", "Al pha", "Beta"])
    [['ALPHA', 'Al pha', 'Alpha']]
    """
    first: dict[str, str] = {}
    groups: dict[str, set[str]] = {}
    for name in dict.fromkeys(names):
        one = first.setdefault(folded_name(name), name)
        if one is not name:
            groups.setdefault(one, {one}).add(name)
    return sorted(sorted(group) for group in groups.values())


def shown_name(name: str) -> str:
    r"""Return a name in quotes as a message shows it: what a reader would overlook is written as its code.

    Examples
    --------
    >>> print(shown_name("Al pha"), shown_name("Al\u00a0pha"), shown_name("Аlpha"))
    "Al pha" "Al\xa0pha" "\u0410lpha"
    """
    return '"' + "".join(map(_seen, name)) + '"'


def _seen(one: str) -> str:
    plain = one.isascii() or (one.casefold() not in _LIKE_LATIN and one not in _LIKE_CAPITALS)
    return one if plain and one.isprintable() else one.encode("unicode_escape").decode()


def word_form(text: str) -> str:
    """Return a word without the differences that do not matter: case, blanks, hyphens, underscores.

    Examples
    --------
    >>> word_form(" Full-Reassessment ")
    'full_reassessment'
    """
    return re.sub(r"[\s_-]+", "_", _plain_dashes(text))


def bare_word(text: str) -> str:
    """Return a word of a closed list as it is compared: in small letters, and with nothing between its parts.

    What says something stays: ``1-3`` is not the standard 13, and ``-1`` is not 1.

    Examples
    --------
    >>> [bare_word(text) for text in ("full_reassessment", "Full  Reassessment", "level h", "F 0", "1 - 3")]
    ['fullreassessment', 'fullreassessment', 'levelh', 'f0', '1 - 3']
    """
    return _BETWEEN_WORDS.sub("", _plain_dashes(text))


def letters_and_digits(text: str) -> str:
    """Return what remains of a label of an open list: small letters and digits, ``&`` as ``and``.

    Labels of such lists differ in signs alone, which say nothing there.

    Examples
    --------
    >>> {letters_and_digits(text) for text in ("White: British", "white – british", "WHITE (British)")}
    {'whitebritish'}
    """
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", "and")
    return "".join(filter(str.isalnum, plain))


def _plain_dashes(text: str) -> str:
    """Return a text in small letters, with the dash of a keyboard for those that word processors make of it."""
    small = text.strip().casefold()
    return small if small.isascii() else small.translate(_DASHES)


#: Words that turn the meaning of those around them; ``no`` does so in front only, behind a word it is a number, unless
#: a sign stands between the two: *passed: no*.
_TURNING = frozenset(
    {
        *("not", "non", "never", "without", "cannot", "aint", "cant", "wont", "false", "anti", "de", "denied"),
        *("refused", "lacks", "lacking", "hardly", "nearly", "almost", "except", "against", "minus"),
    }
)
_ANSWERED_NO = re.compile(r"(?<=\w)\s*(?:[:=(\[,/?!.;]|\s[-‐-―])\s*(?:no?|0)\b")
_LETTERS_APART = re.compile(r"\bn\.\s?o\.\s?t\b\.?")
_SHORT_NOT = re.compile(r"(?<=\b(?:is|do))n['’]?t\b|(?<=\b(?:are|was|has|did))n['’]?t\b|n['’]t\b")
#: Beginnings that turn a word into its opposite. Of a stem shorter than three letters nobody can tell.
_PREFIXES = ("in", "un", "im", "il", "ir", "dis", "non", "not", "with")
_SHORTEST_STEM = 3
#: From so near on, in percent, two stems are one, misspelt.
_SAME_STEM = 80
#: Characters of a text that are looked at: no word of a list is as long.
_LOOKED_AT = 100


def suggestion(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the known word that one which is not known is likely to be a slip of, or an empty text.

    A word is never answered with its opposite: neither *not met* with *met* nor *sufficient* with *insufficient*.

    Parameters
    ----------
    cutoff
        How near the two have to be, from 0 to 1; 1 are equal words.

    Examples
    --------
    >>> suggestion("endorse", ["endorsed", "overturned"]), suggestion("not endorsed", ["endorsed", "overturned"])
    ('endorsed', '')
    """
    from rapidfuzz import fuzz, process  # a wrong word alone needs it, and it takes long to import

    typed, folded = _plain(word), {_plain(one): one for one in sorted(known, reverse=True)}
    near = process.extract(typed, list(folded), scorer=fuzz.ratio, limit=5, score_cutoff=100 * cutoff)
    return next((folded[found] for found, _, _ in near if not _are_opposed(typed, found)), "")


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """Return the words of a text, folded for comparison: ``Isn't_Met`` is ``is not met``."""
    folded = unicodedata.normalize("NFKC", text[:_LOOKED_AT]).casefold()
    spelt = _LETTERS_APART.sub("not", _ANSWERED_NO.sub(" not", _SHORT_NOT.sub(" not", folded)))
    return " ".join(re.findall(r"[^\W_]+", spelt))


def _are_opposed(one: str, other: str) -> bool:
    """Say whether one of two near texts denies the other: by a word such as *not*, or a beginning such as *in-*."""
    whole = one.replace(" ", ""), other.replace(" ", "")
    if whole[0] == whole[1]:
        return False
    first, second = one.split(), other.split()
    if _turns(first) % 2 != _turns(second) % 2:
        return True
    pairs = [whole, *product(first, second)]
    return any(_denies(a, b) or _denies(b, a) for a, b in pairs)


def _turns(words: list[str]) -> int:
    return sum(word in _TURNING or (word == "no" and place == 0) for place, word in enumerate(words))


def _denies(word: str, other: str) -> bool:
    """Say whether a word comes nearer to another, and near, when a denying beginning is taken away."""
    from rapidfuzz import fuzz

    stems = [word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix)]
    least = max(fuzz.ratio(word, other), _SAME_STEM)
    return any(len(stem) >= _SHORTEST_STEM and fuzz.ratio(stem, other) > least for stem in stems)
