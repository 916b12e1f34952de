"""By which characteristics groups are compared (NPQ.M7), and what is known of each person's.

The framework names seven, and says that further protected ones belong in. Those of the Equality Act 2010 are known by
the names of their columns; any other column is compared where somebody declared it, and named where nobody did. Words
that say nothing, and words that the list of a column does not know, are of nobody known; what is not known is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable, once
from qa_lib.audit.words import count_with_noun
from qa_lib.errors import first_few
from qa_lib.lookalikes import shown_name
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.tables.open_words import is_known, is_unsaid, known_words, mapped, near_word, read_text
from qa_lib.tables.vocabulary import GROUP, Column

#: The groups that the framework names, as columns. ``fsm_30``: the school's share of free school meals.
CHARACTERISTICS = ("sex", "disability", "ethnicity", "phase", "type", "ofsted", "fsm_30")
#: Further protected characteristics (Equality Act 2010, section 4), as columns.
PROTECTED = (
    "age_band",
    "religion_or_belief",
    "sexual_orientation",
    "gender_reassignment",
    "marriage_or_civil_partnership",
    "pregnancy_or_maternity",
)
#: Where the second, third and fourth band of age begin, as NPQ.M7 has them.
_BANDS_FROM = ("second_age_band_from", "third_age_band_from", "fourth_age_band_from")
#: The lowest and the highest number that is read as the age of a participant.
_AGES = (16, 120)
_NAMED = 12
_OF_PEOPLE, _OF_SCHOOLS = (
    {column.name: column for column in TABLES[name].columns if column.names == GROUP}
    for name in ("participants", "schools")
)


def characteristics_of(people: pd.DataFrame, declared: Iterable[str] = ()) -> list[str]:
    """Return the columns whose groups are compared: the framework's and the declared ones, where any group is known."""
    named = dict.fromkeys((*CHARACTERISTICS, *PROTECTED, *declared))
    return [name for name in named if name in people.columns and people[name].notna().any()]


def with_characteristics(audit: Audit, people: pd.DataFrame) -> pd.DataFrame:
    """Return people with their groups as they are compared: words that are known alone, and ages in bands."""
    people = _with_age_bands(people, audit.value("NPQ.M7"))
    further = {name: Column(name, "text") for name in _undeclared_columns(audit)}
    grouping = {**further, **_OF_SCHOOLS, **_OF_PEOPLE}
    return people.assign(**{name: known_words(people[name], grouping[name]) for name in people if name in grouping})


def _with_age_bands(people: pd.DataFrame, value: Mapping[str, Any]) -> pd.DataFrame:
    """Return people with the band of their age, where that alone is given, by the cuts of the rule."""
    if "age" not in people.columns:
        return people
    starts = [int(value[name]) for name in _BANDS_FROM]
    bands = mapped(people["age"], lambda text: _band(text, starts))
    return people.assign(age_band=people["age_band"].fillna(bands) if "age_band" in people.columns else bands)


def _band(text: str, starts: list[int]) -> str | None:
    """Return the band of an age.

    Examples
    --------
    >>> [_band(age, [30, 40, 50]) for age in ("29", "30", "49", "50", "29.5", "0", "200")]
    ['Under 30', '30-39', '40-49', '50 and over', None, None, None]
    """
    if not _is_age(text):
        return None
    age, ends = int(text), [start - 1 for start in starts[1:]]
    if age < starts[0]:
        return f"Under {starts[0]}"
    return next(
        (f"{start}-{end}" for start, end in zip(starts, ends, strict=False) if age <= end), f"{starts[-1]} and over"
    )


def _is_age(text: str) -> bool:
    return re.fullmatch(r"\d{2,3}", text, re.ASCII) is not None and _AGES[0] <= int(text) <= _AGES[1]


@once
def _undeclared_columns(audit: Audit) -> list[str]:
    """Return the columns of participants that their table does not list."""
    return [str(name) for name in audit.table("participants").columns if name not in TABLES["participants"].names]


def not_compared(audit: Audit) -> Iterator[Statement]:
    """Say which further columns hold something and are no characteristics, as nobody declared them."""
    people, known = audit.table("participants"), {*PROTECTED, *audit.characteristics}
    others = [name for name in _undeclared_columns(audit) if name not in known and people[name].notna().any()]
    if others:
        message = f"not compared, as nobody declared them to be characteristics: {first_few(others, _NAMED)}"
        yield Statement(status="information", message=message, value=str(len(others)))


def unread_characteristics(audit: Audit, people: pd.DataFrame) -> Iterator[Statement]:
    """Name the words of people's characteristics that are not known: of those people the rule cannot be assessed."""
    raw = audit.table("participants")
    own = raw[raw["participant_id"].isin(people["participant_id"])]
    parts = [(own, _OF_PEOPLE)]
    if audit.has("schools", "urn") and "school_urn" in own.columns:
        parts.append(
            (own[["school_urn"]].merge(audit.tables["schools"], left_on="school_urn", right_on="urn"), _OF_SCHOOLS)
        )
    for frame, columns in parts:
        for name in columns:
            if name in frame.columns and name in CHARACTERISTICS:
                yield from unread_words(audit, frame[name], columns[name], status="not_assessable")
    if "age" in own.columns:
        strange = [text for text in own["age"].dropna().astype("str") if not _is_age(text) and not is_unsaid(text)]
        if strange:
            why = f"the age of {_people(len(strange))} is no whole number of years from {_AGES[0]} to {_AGES[1]}"
            yield not_assessable(why, subject_type="characteristic", subject=f"{audit.provider} age")


def unread_words(
    audit: Audit, cells: pd.Series, column: Column, *, status: Literal["information", "not_assessable"] = "information"
) -> Iterator[Statement]:
    """Name the words of a column that are not of its list: their people count as not known."""
    read = mapped(cells, lambda text: read_text(column, text))
    counts = read.dropna().value_counts().sort_index().sort_values(ascending=False, kind="stable")
    words = {str(word): int(n) for word, n in counts.items() if column.options and not is_known(column, str(word))}
    words = {word: number for word, number in words.items() if not is_unsaid(word)}
    if not words:
        return
    told = [f"{shown_name(word)} ({number}{_near(word, column)})" for word, number in words.items()]
    why = (
        f"the {column.name} of {_people(sum(words.values()))} is in words that are not known, and counts as not known: "
        f"{first_few(told, _NAMED)}; write a known word, or map these when the data are read"
    )
    about = {"subject_type": "characteristic", "subject": f"{audit.provider} {column.name}"}
    yield not_assessable(why, **about) if status == "not_assessable" else Statement(status=status, message=why, **about)


def _near(word: str, column: Column) -> str:
    near = near_word(column, word)
    return f', perhaps "{near}"' if near else ""


def _people(number: int) -> str:
    return count_with_noun(number, "person", "people")
