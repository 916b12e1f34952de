"""Published tables as an accessible workbook: cover, contents, notes, and one tagged table to a sheet.

Laid out by gptables after the Analysis Function's guidance. What gptables leaves to its caller is done here: title and
language of the document, no formula, no link that came from data, the same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure import SYMBOLS
from qa_lib.reports.publishable import check_publishable
from qa_lib.reports.workbook import CREATED, SAFE, with_language

_SHEET = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,30}")
_TAKEN = {"cover", "contents", "notes", "history"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MOST_ROWS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class PublicTable:
    """One sheet of a published workbook.

    Attributes
    ----------
    sheet
        Name of the sheet: a letter, then letters, digits, spaces, ``_`` and ``-``.
    title
        What the table shows, of whom and when.
    frame
        Published figures as text, as ``suppress`` gives them.
    labels
        Column to the heading that readers see; others are shown under their own names.
    notes
        Column to the key of its note; the key ``""`` puts a note to the title.
    source, scope
        Where the figures come from, and whom they cover.
    """

    sheet: str
    title: str
    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    scope: str = ""


def public_workbook(
    tables: Sequence[PublicTable],
    *,
    title: str,
    about: Sequence[str],
    notes: Mapping[str, str],
    contact: Sequence[str] = (),
    references: Collection[str] = (),
) -> bytes:
    """Return the workbook of some published tables.

    Parameters
    ----------
    tables
        One to a sheet, in their order.
    title
        Title of the document, also on the cover.
    about
        Sentences for the cover: what is in it, for whom, as at when.
    notes
        Key to text; they are numbered in the order in which tables refer to them.
    contact
        Lines of the cover on whom to ask.
    references
        Ids and names of the data set, none of which may occur.

    Raises
    ------
    DisclosureError
        If a table holds references or blank cells, or cannot be laid out; all faults at once.
    """
    faults = _faults(tables, notes)
    if faults:
        raise DisclosureError("the workbook cannot be made: " + "; ".join(faults))
    check_publishable({table.sheet: table.frame for table in tables}, references=references)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # gptables leaves a file open, looks at frames in ways that pandas warns of, and warns where no notes are.
        warnings.simplefilter("ignore")
        import gptables

        book = gptables.produce_workbook(
            buffer,
            {table.sheet: _sheet(table) for table in tables},
            cover=gptables.Cover(
                title=_plain(title), about=[*map(_plain, about)], contact=[*map(_plain, contact)] or None
            ),
            notes_table=_notes(tables, notes),
            workbook_options=SAFE,
        )
    book.set_properties({"title": title[:255], "created": CREATED})
    book.close()
    return with_language(buffer.getvalue())


def _sheet(table: PublicTable) -> Any:
    from gptables import GPTable

    headings = {name: _plain(table.labels.get(name, name)) for name in table.frame.columns}
    frame = pd.DataFrame(
        {headings[name]: [_cell(text) for text in table.frame[name]] for name in headings}, dtype=object
    )
    texts = set(table.frame.astype("str").to_numpy().ravel().tolist())
    legend = [f"[{symbol}] {meaning}" for symbol, meaning in SYMBOLS.items() if symbol in texts]
    marks = {headings[name]: f"$${key}$$" for name, key in table.notes.items() if name}
    return GPTable(
        table=frame,
        table_name=re.sub(r"[^A-Za-z0-9]", "_", table.sheet).lower() + "_table",
        title=_plain(table.title) + (f" $${table.notes['']}$$" if "" in table.notes else ""),
        instructions="This worksheet contains one table."
        + (" Notes are on the notes worksheet." if table.notes else ""),
        legend=legend,
        source=_plain(table.source) or None,
        scope=_plain(table.scope) or None,
        table_notes=marks,
        index_columns={},
        additional_formatting=_formats(frame),
    )


def _formats(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the number format of each column of figures: decimals as printed, thousands set apart."""
    kinds = [{type(value) for value in frame[name]} for name in frame.columns]
    formats = {place: "0.0" if float in kind else "#,##0" for place, kind in enumerate(kinds) if kind & {int, float}}
    return [{"column": {"columns": [place], "format": {"num_format": code}}} for place, code in formats.items()]


def _cell(text: Any) -> str | int | float:
    if text in SYMBOLS:
        return f"[{text}]"
    if not _NUMBER.fullmatch(str(text)):
        return _plain(str(text))
    return float(text) if "." in str(text) else int(text)


def _plain(text: str) -> str:
    """Take away what gptables would read as a link or a note."""
    return text.replace("](", "] (").replace("$$", "$ $")


def _notes(tables: Sequence[PublicTable], notes: Mapping[str, str]) -> pd.DataFrame | None:
    used = {key for table in tables for key in table.notes.values()}
    rows = [(key, _plain(text)) for key, text in notes.items() if key in used]
    return pd.DataFrame(rows, columns=["Note reference", "Note text"]) if rows else None


def _faults(tables: Sequence[PublicTable], notes: Mapping[str, str]) -> list[str]:
    faults = [] if tables else ["there are no tables; give one at least"]
    names = [table.sheet.lower() for table in tables]
    faults += [f"two sheets are named {name!r}; rename one" for name in sorted(set(names)) if names.count(name) > 1]
    for table in tables:
        where = f"sheet {table.sheet!r}"
        if not _SHEET.fullmatch(table.sheet) or table.sheet.lower() in _TAKEN:
            faults.append(f"{where} needs another name: up to 31 letters, digits, spaces, '_' and '-'")
        if not 0 < len(table.frame) <= _MOST_ROWS:
            faults.append(f"{where} has {len(table.frame)} rows; a table has from 1 to {_MOST_ROWS:,}")
        headings = [table.labels.get(name, name) for name in table.frame.columns]
        faults += [
            f"{where} has the heading {name!r} twice" for name in sorted({n for n in headings if headings.count(n) > 1})
        ]
        faults += [
            f"{where} puts a note to {name!r}, which it lacks"
            for name in table.notes
            if name and name not in table.frame
        ]
        faults += [
            f"{where} refers to note {key!r}, which is not given" for key in table.notes.values() if key not in notes
        ]
        words = table.frame.astype("str").to_numpy().ravel()
        if any(text.strip() and not re.search(r"[a-zA-Z0-9]", text) for text in words):
            faults.append(f"{where} has cells without a letter or digit; write what they mean in words")
    return faults
