"""A table of people for ``qa compare``: its columns and words as the mapping says, and what may be one group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qa_lib.cli.mapping_options import ANY_TABLE, Mapping

if TYPE_CHECKING:
    import pandas as pd

_LINES = 10
_NAMED = 6
#: Among so many different texts the nearest is looked for.
_LOOKED_AT = 500


def mapped_people(frame: pd.DataFrame, mapping: Mapping, *, table: str) -> pd.DataFrame:
    """Return a table with the columns and words that the mapping says of it, or of every table.

    Parameters
    ----------
    frame
        Texts, under the file's own names.
    table
        What the file is called as a table: a run file's mapping may speak of others.

    Raises
    ------
    IntakeError
        If a mapped column is not there, two columns would have one name, or no cell holds a mapped text.
    """
    from qa_lib.errors import IntakeError

    columns = {**mapping.columns.get(ANY_TABLE, {}), **mapping.columns.get(table, {})}
    values = {**mapping.values.get(ANY_TABLE, {}), **mapping.values.get(table, {})}
    faults = _absent(columns, frame)
    renamed = frame.rename(columns=columns)
    twice = sorted(set(renamed.columns[renamed.columns.duplicated()]))
    faults += [f"two columns would be called {name!r}: name one of them otherwise" for name in twice]
    if not faults:
        faults = _absent(values, renamed) or _unused(mapping.values.get(ANY_TABLE, {}), renamed)
    if faults:
        raise IntakeError("the mapping does not fit the file: " + "; ".join(faults))
    return renamed.assign(**{name: renamed[name].replace(words) for name, words in values.items()})


def _absent(names: Iterable[str], frame: pd.DataFrame) -> list[str]:
    from qa_lib.intake.layout import nearest

    there = [str(name) for name in frame.columns]
    held = ", ".join(map(repr, there))
    return [
        f"there is no column {name!r}{nearest(name, there) or f'; the file has {held}'}"
        for name in names if name not in there
    ]  # fmt: skip


def _unused(values: dict[str, dict[str, str]], frame: pd.DataFrame) -> list[str]:
    """Say which texts of the command line no cell holds; a run file may speak of more than one file."""
    from qa_lib.intake.layout import nearest

    return [
        f"no cell of column {name!r} holds {text!r}{nearest(text, frame[name].dropna().unique()[:_LOOKED_AT])}"
        for name, words in values.items()
        for text in words
        if not (frame[name] == text).any()
    ]


def in_plain_groups(frame: pd.DataFrame, columns: Iterable[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return people whose groups stand in one spelling each, missing where a word says nothing; and what was read so.

    Case, spaces and dashes make no group of their own, nor do *prefer not to say*, *unknown* and the like.
    """
    import pandas as pd

    from qa_lib.lookalikes import shown_name
    from qa_lib.tables.open_words import said_in_one_spelling

    lines = []
    for column in dict.fromkeys(columns):
        plain = said_in_one_spelling(frame[column])
        pairs = pd.DataFrame({"text": frame[column], "word": plain.fillna("")}).dropna()
        for row in pairs[pairs["text"] != pairs["word"]].value_counts().reset_index().to_dict("records"):
            as_what = f"counted with {shown_name(row['word'])}" if row["word"] else "says nothing, and is missing"
            lines.append(f"{column}: {shown_name(row['text'])} ({row['count']:,}) {as_what}.")
        frame = frame.assign(**{column: plain})
    more = [f"... and {len(lines) - _LINES} more."] if len(lines) > _LINES else []
    return frame, lines[:_LINES] + more


def near_groups(frame: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    """Say which groups may be one, as their names differ only in what a reader overlooks."""
    from qa_lib.lookalikes import DIFFERENCES, near_equal, shown_name

    lines = []
    for column in dict.fromkeys(columns):
        counts = frame[column].value_counts()
        for group in near_equal(map(str, counts.index)):
            ordered = sorted(group, key=lambda name: (-int(counts[name]), name))
            named = ", ".join(f"{shown_name(name)} ({int(counts[name]):,})" for name in ordered[:_NAMED])
            pairs = " ".join(f'--values "{column}:{name}={ordered[0]}"' for name in ordered[1:_NAMED])
            lines.append(
                f"{column}: {named} differ only in {DIFFERENCES}, and count as different groups; "
                f"if they are one: {pairs}"
            )
    more = [f"... and {len(lines) - _LINES} more names that are nearly alike."] if len(lines) > _LINES else []
    return lines[:_LINES] + more
