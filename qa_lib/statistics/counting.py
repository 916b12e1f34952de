"""From people to counts: who is in which group, and who succeeded."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.errors import first_few
from qa_lib.statistics.inputs import MOST, Ints, StatisticsError, check_part, counts

#: How a missing value is shown. It is a group that counts and is not tested.
MISSING = "(missing)"
_WORDS = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "y": 1, "0": 0, "0.0": 0, "false": 0, "no": 0, "n": 0}
#: Words for a result that is not there yet, or never will be: nobody has failed who carries one.
_NO_RESULT = frozenset(
    {
        *("absent", "awaited", "awaiting", "blank", "deferred", "excluded", "incomplete", "missing", "ongoing"),
        *("outstanding", "pending", "progress", "tba", "tbc", "unknown", "unrecorded", "void", "withdrawn", "withdrew"),
        *("x", "yet"),
    }
)
#: Of these each is said in two words: *not known*, *not applicable*.
_NOT_THERE = re.compile(
    r"(?:not|never) (?:applicable|assessed|available|entered|given|known|marked|recorded|sat|taken)"
)
_THOUSANDS = r"(?<=\d),(?=\d{3}(?!\d))"
_SHOWN = 8
#: Codes are counted one by one unless there could be so many times more of them than rows.
_SPARSE = 8


def column_names(columns: str | Sequence[str]) -> list[str]:
    """Return names of columns as a list; one may be given alone."""
    return [columns] if isinstance(columns, str) else list(columns)


def check_columns(frame: pd.DataFrame, named: Mapping[str, Sequence[str]], *, result: Collection[str]) -> None:
    """Refuse columns that are not there, are asked for twice, or whose names within the result needs itself.

    Raises
    ------
    StatisticsError
        With all of them at once.
    """
    asked = [column for columns in named.values() for column in columns]
    faults = [
        f"{role} asks for column {column!r}, which is not in the table"
        for role, columns in named.items()
        for column in columns
        if column not in frame.columns
    ]
    faults += [f"column {column!r} is asked for twice" for column in dict.fromkeys(asked) if asked.count(column) > 1]
    taken = [column for column in named.get("within", ()) if column in result]
    faults += [f"within names column {column!r}, which the result also has: rename it" for column in taken]
    if faults:
        there = ", ".join(map(str, frame.columns))
        raise StatisticsError(f"{'; '.join(faults)}; the columns are: {there}")


def read_outcome(values: pd.Series[Any], *, positive: Any = None, negative: Any = None) -> Ints:
    """Return 1 for success, 0 for none, -1 where the outcome is missing or was not named.

    Parameters
    ----------
    values
        0 and 1, true and false, yes and no; anything else needs ``positive``.
    positive
        The value that counts as success, or a list of them.
    negative
        The value that counts as none, or a list of them; every value that is named in neither is left out. Without it
        a single other value counts as none, unless it says that there is no result yet.

    Raises
    ------
    StatisticsError
        Where the values are of another kind, a value named is not there, or it has to be said what the others are.
    """
    codes, unique = pd.factorize(values)
    words = [_text(value).strip() for value in unique]
    meaning = _meanings(values, codes, words, _listed(positive), _listed(negative))
    return np.array([*(meaning.get(word, -1) for word in words), -1], dtype=np.int64)[codes]


def outcome_words(values: pd.Series[Any], success: Ints) -> pd.DataFrame:
    """Return how each word of an outcome was read.

    Parameters
    ----------
    values, success
        The outcome, and what :func:`read_outcome` made of it.

    Returns
    -------
    DataFrame
        ``word, people, counts_as`` (1 success, 0 none, -1 left out), by word; blank ones are not in it.
    """
    texts = values.dropna().map(_text).str.strip()
    frame = pd.DataFrame({"word": texts, "counts_as": success[values.notna().to_numpy()]})
    frame = frame[frame["word"] != ""]
    return frame.groupby(["word", "counts_as"]).size().rename("people").reset_index()[["word", "people", "counts_as"]]


def _meanings(
    values: pd.Series[Any], codes: Ints, words: list[str], positive: list[str], negative: list[str]
) -> dict[str, int]:
    """Return what each word counts as; a word that is left out is not in it."""
    there = sorted({word for word in words if word})
    if not positive:
        strange = [word for word in there if word.lower() not in _WORDS]
        if strange or negative:
            text = f"the outcome {values.name!r} holds {_some(strange or there)}; expected 0/1 or yes/no"
            counted = (
                "; or name the column with how many people a row stands for (people), if these are numbers of them"
            )
            more = counted if all(word.isdecimal() for word in there) else ""
            raise StatisticsError(f"{text}: say which value counts as success (positive){more}")
        return {word: _WORDS[word.lower()] for word in there}
    if there and not set(positive) & set(there):
        raise StatisticsError(f"no outcome is {_some(positive)}; the column {values.name!r} holds {_some(there)}")
    absent = [word for word in [*positive, *negative] if there and word not in there]
    both = sorted(set(positive) & set(negative))
    if absent or both:
        wrong = f"{_some(both)} stands among both" if both else f"no outcome is {_some(absent)}"
        raise StatisticsError(f"{wrong}; the column {values.name!r} holds {_some(there)}")
    _refuse_other_forms(there, [*positive, *negative], column=values.name)
    others = [word for word in there if word not in positive]
    if not negative and (len(others) > 1 or any(map(_says_no_result, others))):
        counts = np.bincount(codes[codes >= 0], minlength=len(words))
        people = {word: sum(int(n) for one, n in zip(words, counts, strict=True) if one == word) for word in others}
        told = first_few([f"{word!r} ({people[word]:,})" for word in others], _SHOWN)
        raise StatisticsError(
            f"beside {_some(positive)} the outcome {values.name!r} holds {told}: say which of them count as no "
            "success (negative); those that are not named are left out"
        )
    return dict.fromkeys(positive, 1) | dict.fromkeys(negative or others, 0)


def _refuse_other_forms(there: list[str], named: list[str], *, column: Any) -> None:
    """Refuse a word that was not named and is one that was, in another case or with other spaces."""
    forms = {_form(word): word for word in named}
    others = {word: forms[_form(word)] for word in there if word not in named and _form(word) in forms}
    if others:
        pairs = first_few([f"{word!r} beside {meant!r}" for word, meant in others.items()], _SHOWN)
        raise StatisticsError(
            f"the outcome {column!r} holds {pairs}, which differ only in letter case or spaces: name both as "
            "success (positive) or as no success (negative)"
        )


def _form(word: str) -> str:
    return "".join(word.casefold().split())


def _says_no_result(word: str) -> bool:
    """Say whether an outcome tells that there is none: by one of its words, by a spreadsheet's error, or by signs."""
    words = re.findall(r"[^\W_]+", word.casefold())
    plain = " ".join(words)
    return word.startswith("#") or not words or not _NO_RESULT.isdisjoint(words) or bool(_NOT_THERE.search(plain))


def _listed(named: Any) -> list[str]:
    """Return the words that were named, one or several."""
    if named is None:
        return []
    several = isinstance(named, Collection) and not isinstance(named, str | bytes)
    return [_text(word).strip() for word in (named if several else [named])]


@dataclass(frozen=True)
class Tallies:
    """How many people each row of a table stands for: all, with a known outcome, with success.

    A table with one row per person holds true and false; a table of counts holds numbers.
    """

    everybody: NDArray[Any]
    known: NDArray[Any]
    hits: NDArray[Any]

    def over(self, place: Ints, size: int) -> tuple[Ints, Ints, Ints]:
        """Return the three summed over the rows of each place, from 0 to ``size`` - 1."""
        people, n, k = (_sums(place, rows, size) for rows in (self.everybody, self.known, self.hits))
        return people, n, k


def tallies(
    frame: pd.DataFrame, *, outcome: str, people: str | None, positive: Any = None, negative: Any = None
) -> Tallies:
    """Return how many people each row stands for.

    Parameters
    ----------
    frame, outcome, people, positive, negative
        As in :func:`qa_lib.statistics.groups.compare_groups`.

    Raises
    ------
    StatisticsError
        Where the outcome cannot be read, or numbers of people are not whole or smaller than their successes.
    """
    if people is None:
        success = read_outcome(frame[outcome], positive=positive, negative=negative)
        return Tallies(np.ones(len(success), dtype=bool), success >= 0, success == 1)
    if positive is not None or negative is not None:
        raise StatisticsError(f"{outcome!r} holds how many of {people!r} succeeded; leave out what counts as success")
    numbers = {name: _whole_numbers(frame[name], name) for name in (outcome, people)}
    _, (hits, everybody) = counts(**numbers)
    check_part(outcome, hits, people, everybody)
    if everybody.sum(dtype=object) >= MOST:
        raise StatisticsError(
            f"{people!r} adds up to {everybody.sum(dtype=object):,}; expected fewer than {MOST:,} people"
        )
    return Tallies(everybody, everybody, hits)


def _whole_numbers(values: pd.Series[Any], name: str) -> NDArray[Any]:
    """Read a column of counts, as numbers or as text; thousands may be set apart by commas."""
    plain = pd.to_numeric(values.map(_text).str.replace(_THOUSANDS, "", regex=True), errors="coerce")
    strange = values[plain.isna()]
    if len(strange):
        texts = ["(blank)" if pd.isna(one) else _text(one) for one in strange]
        raise StatisticsError(f"{name!r} holds {_some(list(dict.fromkeys(texts)))}; expected whole numbers")
    whole: NDArray[Any] = plain.to_numpy()
    return whole


def _sums(place: Ints, rows: NDArray[Any], size: int) -> Ints:
    if rows.dtype == bool:
        return np.bincount(place[rows], minlength=size)
    # Exact: sums of whole numbers below 2^53 are whole in floating point too.
    return np.bincount(place, weights=rows, minlength=size).astype(np.int64)


def label_codes(values: pd.Series[Any]) -> tuple[Ints, list[str]]:
    """Return a code per row and the labels in order: numbers by size, text by code point, missing last.

    An ordered categorical keeps its order.
    """
    codes, unique = pd.factorize(values)
    texts = [_text(value) for value in unique]
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        ranks = [float(code) for code in pd.Categorical(unique).codes]
        keys = [(rank, text) for rank, text in zip(ranks, texts, strict=True)]
    elif pd.api.types.is_numeric_dtype(values.dtype):
        keys = [(float(value), text) for value, text in zip(unique, texts, strict=True)]
    else:
        keys = [(0.0, text) for text in texts]
    blank = [text.strip() == "" for text in texts]
    labels = [text for _, text in sorted({key for key, none in zip(keys, blank, strict=True) if not none})]
    place = {text: index for index, text in enumerate(labels)}
    missing = len(labels)
    new = [missing if none else place[text] for text, none in zip(texts, blank, strict=True)]
    return np.array([*new, missing], dtype=np.int64)[codes], [*labels, MISSING]


def cluster_codes(values: pd.Series[Any]) -> Ints:
    """Return a code per cluster; a row whose cluster is not known has -1."""
    codes, labels = label_codes(values)
    return np.where(codes == len(labels) - 1, -1, codes)


def cells(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Ints, pd.DataFrame]:
    """Return a code per row for the combination of columns, and one row of labels per combination that occurs."""
    combined = np.zeros(len(frame), dtype=np.int64)
    coded = [label_codes(frame[column]) for column in columns]
    for codes, labels in coded:
        # Compressed at each step, so that many columns cannot overflow the code.
        combined = _compressed(combined * len(labels) + codes)
    first = np.zeros(int(combined.max(initial=-1)) + 1, dtype=np.int64)
    first[combined[::-1]] = np.arange(len(combined))[::-1]
    table = {
        column: np.array(labels, dtype=object)[codes[first]]
        for column, (codes, labels) in zip(columns, coded, strict=True)
    }
    return combined, pd.DataFrame(table, index=range(len(first)), dtype="str")


def _compressed(codes: Ints) -> Ints:
    """Return the places of codes among those that occur, in order."""
    if int(codes.max(initial=0)) > _SPARSE * len(codes):
        return np.unique(codes, return_inverse=True)[1]
    return np.asarray(np.cumsum(np.bincount(codes) > 0) - 1)[codes]


def _text(value: Any) -> str:
    """Return a value as people write it: a whole number without a fraction."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _some(words: Sequence[str]) -> str:
    shown = ", ".join(repr(word) for word in words[:_SHOWN])
    return shown + (" and more" if len(words) > _SHOWN else "")
