"""Words of free text: an open list of known ones, beside which others may stand, and the words that say nothing.

A column of text may declare words as a column of a closed list does. Another word is kept, and is not known: what is
counted by such a column counts it with those of whom nothing is known, and names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd

from qa_lib.calendar.school_years import with_school_years
from qa_lib.lookalikes import bare_word, letters_and_digits, suggestion
from qa_lib.tables.vocabulary import PERIOD, Column


def _forms(*texts: str) -> frozenset[str]:
    return frozenset(map(letters_and_digits, texts))


#: What people and programs write where nothing is known of somebody.
NOT_KNOWN = _forms(
    *("not known", "unknown", "N/K", "NK", "don't know", "not available", "not applicable", "no data"),
    *(
        "missing",
        "not stated",
        "not said",
        "not given",
        "not provided",
        "not recorded",
        "not specified",
        "unspecified",
        "blank",
    ),
    *("not sought", "information not sought", "not obtained", "information not obtained", "not yet obtained"),
    *("information not yet obtained", "did not answer", "no answer", "no response", ""),
)
#: What stands where somebody did not want to say. In a closed list it may be an answer: *refused*, of yes and no.
NOT_TOLD = _forms(
    *("prefer not to say", "prefers not to say", "preferred not to say", "prefer not to answer", "rather not say"),
    *("prefer not to disclose", "not disclosed", "undisclosed", "not declared", "undeclared", "withheld", "refused"),
    *("information refused", "refused to say", "refused to answer", "declined", "declined to say", "did not say"),
)


def is_unsaid(text: str) -> bool:
    """Say whether a text says that nothing is known: *prefer not to say*, *N/K*, *not stated*.

    Examples
    --------
    >>> [is_unsaid(text) for text in ("Prefer not to say", "N/K", "Information – not yet obtained", "None")]
    [True, True, True, False]
    """
    form = letters_and_digits(text)
    return form in NOT_KNOWN or form in NOT_TOLD


def is_not_known(text: str) -> bool:
    """Say whether a text says that nothing is known, and cannot be an answer: *N/K*, but not *refused*."""
    return letters_and_digits(text) in NOT_KNOWN


def read_text(column: Column, text: str) -> str:
    """Return a text as its column reads it: a word of its open list, a school year, or as it is.

    Examples
    --------
    >>> from qa_lib.tables.vocabulary import column
    >>> sex = column("sex", "text", words={"Female": "F, woman", "Male": "M, man"})
    >>> read_text(sex, "WOMAN"), read_text(sex, "n/k"), read_text(column("year", "text", names="period"), "2018/19")
    ('Female', 'n/k', '2018-19')
    """
    if column.names == PERIOD:
        return with_school_years(text)
    return _words(column.options, column.synonyms).get(letters_and_digits(text), text)


def is_known(column: Column, text: str) -> bool:
    """Say whether a text as it was read says something that the column knows; without a list everything said is."""
    return not is_unsaid(text) and (not column.options or text in column.options)


def near_word(column: Column, text: str) -> str:
    """Return the word of an open list that another is likely to be a slip of, or an empty text.

    It has to be nearer than in a closed list, where every other word is a fault.

    Examples
    --------
    >>> from qa_lib.tables.vocabulary import column
    >>> group = column("ethnicity", "text", words="Indian African")
    >>> near_word(group, "Indan"), near_word(group, "Martian")
    ('Indian', '')
    """
    return suggestion(text, column.options, cutoff=0.8)


def known_words(cells: pd.Series, column: Column) -> pd.Series:
    """Return words as the column reads them, missing where they say nothing or are not of its list."""

    def known(text: str) -> str | None:
        read = read_text(column, text)
        return read if is_known(column, read) else None

    return mapped(cells, known)


def mapped(cells: pd.Series, read: Callable[[str], str | None]) -> pd.Series:
    """Return a column of text with each distinct text read once."""
    return cells.map({text: read(str(text)) for text in cells.dropna().unique()}).astype("str")


def one_spelling(cells: pd.Series) -> pd.Series:
    """Return texts that differ in case, spaces or dashes alone in one spelling: the most frequent, else the first.

    Examples
    --------
    >>> one_spelling(pd.Series(["Primary", "primary", "Primary", "16 plus", None])).tolist()
    ['Primary', 'Primary', 'Primary', '16 plus', nan]
    """
    counts = {str(text): int(number) for text, number in cells.value_counts().items()}
    best: dict[str, str] = {}
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        best.setdefault(bare_word(text), text)
    return cells if len(best) == len(counts) else mapped(cells, lambda text: best[bare_word(text)])


def said_in_one_spelling(cells: pd.Series) -> pd.Series:
    """Return texts in one spelling each, missing where they say that nothing is known.

    Examples
    --------
    >>> said_in_one_spelling(pd.Series(["White", "white", "White", "N/K", None])).tolist()
    ['White', 'White', 'White', nan, nan]
    """
    return mapped(one_spelling(cells), lambda text: None if is_unsaid(text) else text)


@cache
def _words(options: tuple[str, ...], synonyms: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {letters_and_digits(text): word for text, word in (*synonyms, *((word, word) for word in options))}
