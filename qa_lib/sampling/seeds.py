"""What a new seed must be beyond the protocol's form: nobody can have foreseen it, and everybody types it alike.

The protocol asks for twenty characters (``docs/protocol.md`` §5), and draws that stand verify by that alone. A seed
that is given today is held against more: twenty times the same digit, the day's date, a counting row or the freeze's
own digest are no chance, and a letter that looks like a digit makes two people who type the same paper draw different
samples.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from qa_lib.errors import SampleError
from qa_lib.lookalikes import folded_name, shown_name
from qa_lib.sampling.drawing import check_seed
from qa_lib.sampling.identifiers import normalise_identifier

#: A seed in which one character makes up more than this share is no throw of a die, a coin or a lottery.
_MOST_OF_ONE = 0.8
#: Letters and digits that must remain of a seed when dates and times, or what was known, are taken out of it.
_BESIDE_DATES = 8
_MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
_MONTHS += "|nov(?:ember)?|dec(?:ember)?"
_DAYS = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
#: A day as people write it, a time, and the words around them.
_DATES = re.compile(
    rf"\d{{4}}[-/. ]\d{{1,2}}[-/. ]\d{{1,2}}(?!\d)|(?<!\d)\d{{1,2}}[-/. ]\d{{1,2}}[-/. ]\d{{4}}(?!\d)"
    rf"|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|\b{_DAY}\s+(?:of\s+)?(?:{_MONTHS})(?:[\s,]+\d{{4}})?|\b(?:{_MONTHS})\s+{_DAY}(?:[\s,]+\d{{4}})?"
    rf"|\b(?:{_MONTHS})\s+\d{{4}}|\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?:\s*[ap]m)?|\b{_DAYS}\b",
    re.IGNORECASE,
)
_AROUND_DATES = re.compile(
    r"\b(?:at|on|o'?clock|utc|gmt|bst|today|date|and|the)\b|(?<![a-z])[tz](?![a-z])", re.IGNORECASE
)
#: A shorter text may stand in a seed by chance.
_SHORTEST_KNOWN = 4
#: So many numbers with one step between them are no chance.
_LEAST_NUMBERS = 5
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "asdfghjkl", "zxcvbnm")
_FOR_DIGITS = {"o": "0 (nought)", "l": "1 (one)", "i": "1 (one)"}
_ADVICE = "throw dice or take a lottery's result, and give what comes"


def new_seed(seed: str, *, known: Iterable[object] = ()) -> tuple[str, tuple[str, ...]]:
    """Return a seed as it is drawn with, and what was done to it in sentences; refuse one that could be foreseen.

    Parameters
    ----------
    known
        What everybody knew before the seed: the digest and the values of the freeze. What is no text does not count.

    Raises
    ------
    SampleError
        If the seed is too short, repeats itself, counts, is a date, says only what was known, or mixes letters among
        digits that look like them.

    Examples
    --------
    >>> new_seed("4613 2265 1432  6651 2341")
    ('4613 2265 1432 6651 2341', ('blanks in the seed were made single spaces',))
    """
    typed = check_seed(seed)
    visible = _visible(typed)
    spaced = " ".join(visible.split())
    plain = check_seed(as_read(typed))
    remarks = {
        "invisible characters in the seed were left out": visible != typed,
        "blanks in the seed were made single spaces": spaced != visible,
        "digits of another script in the seed were read as 0 to 9": plain != spaced,
    }
    _refuse_looks_like_digits(plain)
    if why := _foreseeable(plain) or _says_only(plain, known):
        raise SampleError(f"the seed {why}, which anybody could have foreseen; {_ADVICE}")
    return plain, tuple(sentence for sentence, happened in remarks.items() if happened)


def as_read(seed: str) -> str:
    """Return a seed as a reader sees it: what nobody can see must not change a draw.

    Digits of other scripts become plain ones, runs of blanks of any kind one space, and invisible characters go.
    """
    spaced = " ".join(_visible(normalise_identifier(seed)).split())
    return "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in spaced)


def same_seed(one: str, other: str) -> bool:
    """Say whether two seeds are one to whoever knows either: written with other blanks, marks or letter case.

    Examples
    --------
    >>> same_seed("4613 2265 1432 6651 2341", "4613-2265-1432-6651-2341")
    True
    """
    return one == other or (_bare(as_read(one)) == _bare(as_read(other)) != "")


def _bare(seed: str) -> str:
    return "".join(character for character in seed.casefold() if character.isalnum())


def _visible(seed: str) -> str:
    return "".join(one for one in seed if unicodedata.category(one) != "Cf")


def _refuse_looks_like_digits(seed: str) -> None:
    for word in (*re.findall(r"\S+", seed), seed):
        signs = [one for one in word if one.isalnum() or one == "|"]
        letters = [one for one in signs if not one.isdigit()]
        if letters and len(letters) < len(signs) and (digits := [_as_digit(one) for one in letters]) and all(digits):
            raise SampleError(
                f'the seed holds {shown_name(letters[0])} among digits, in "{word}"; expected digits alone: '
                f"if it is {digits[0]}, type that"
            )


def _as_digit(letter: str) -> str:
    """Return the digit that a letter of any script looks like, in words; nothing where it looks like none."""
    plain = "l" if letter == "|" else folded_name(letter)
    return "" if letter in "iL" else _FOR_DIGITS.get(plain, "")


def _foreseeable(seed: str) -> str:
    """Say why a seed is no chance, or nothing where it may be."""
    bare = _bare(seed)
    if not bare:
        return "holds no letter or digit"
    if max(map(bare.count, set(bare))) > _MOST_OF_ONE * len(bare):
        return f'is nearly all "{max(set(bare), key=bare.count)}"'
    if period := next((size for size in range(1, len(bare) // 2 + 1) if _repeats(bare, size)), 0):
        return f'repeats "{bare[:period]}"'
    if _counts(seed) or any(run in row * 4 or run in row[::-1] * 4 for row in _ROWS for run in (bare, _once(bare))):
        return "counts or follows the keyboard"
    rest = _AROUND_DATES.sub(" ", _DATES.sub(" ", seed))
    if _DATES.search(seed) and sum(one.isalnum() for one in rest) < _BESIDE_DATES:
        return "is a date or time"
    return ""


def _says_only(seed: str, known: Iterable[object]) -> str:
    """Say that a seed holds what was known and next to nothing beside; nothing where it holds more."""
    bare = rest = _bare(seed)
    texts = sorted((_bare(one) for one in known if isinstance(one, str)), key=len, reverse=True)
    for text in texts:
        rest = rest.replace(text, "") if len(text) >= _SHORTEST_KNOWN else rest
    only_known = any(bare in text for text in texts) or (rest != bare and len(rest) < _BESIDE_DATES)
    return "says only what the freeze says" if only_known else ""


def _once(text: str) -> str:
    """Return a text in which no character follows itself: who counts 1122334455 counts."""
    return re.sub(r"(.)\1+", r"\1", text)


def _counts(seed: str) -> bool:
    """Say whether a seed is a row of numbers with the same step from each to the next: 1 2 3 … 12, or 10 20 30."""
    numbers = re.findall(r"(?<!\d)\d{1,18}(?!\d)", seed)
    steps = {int(after) - int(before) for before, after in pairwise(numbers)}
    return len(numbers) >= _LEAST_NUMBERS and len(steps) == 1 and _bare(seed) == "".join(numbers)


def _repeats(text: str, size: int) -> bool:
    return all(one == text[place % size] for place, one in enumerate(text))
