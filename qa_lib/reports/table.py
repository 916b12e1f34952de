"""A table on a page: caption, headed columns and rows, every cell escaped, long ones cut with the rest in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qa_lib.audit.words import count_with_noun
from qa_lib.errors import RunError
from qa_lib.reports.cells import Link, is_number, percent_text, shown_text, text_rows
from qa_lib.scheme import schemes

#: Look of a table inside JupyterLab; a page has its own and leaves this out.
NOTEBOOK_STYLE = (
    "<style>.qa-table{overflow-x:auto}.qa-table caption{caption-side:top;text-align:left;font-weight:bold}"
    ".qa-table th,.qa-table td{text-align:left!important;vertical-align:top}"
    ".qa-table th.n,.qa-table td.n{text-align:right!important}</style>"
)
#: Most characters of a text that stays on one line, if all of its column do.
_SHORT = 24
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
# What HTML cannot carry; line ends and tabs can stay.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@cache
def templates(*folders: Path) -> Environment:
    """Return the templates of some folders and those of the project; all of them escape what they are given."""
    return Environment(
        loader=FileSystemLoader([*folders, Path(__file__).parent / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _spelled() -> Mapping[str, str]:
    """Return the words of column names that are not written in small letters: a coefficient's, and the schemes' own."""
    return {word.lower(): word for word in ("AC1", *(word for scheme in schemes().values() for word in scheme.spelled))}


def checked_name(name: str) -> str:
    """Return ``name`` if it can name a table or chart everywhere, else refuse it."""
    if not _NAME.fullmatch(name):
        raise RunError(f"{name!r} cannot name a table or chart; use a-z, 0-9, '-' and '_', at most 80, e.g. 'sample'")
    return name


@dataclass(frozen=True, kw_only=True)
class Table:
    """A frame to be shown: as HTML in JupyterLab and on pages, as one line of text elsewhere.

    Attributes
    ----------
    frame
        The rows; its index is not shown.
    caption
        What the table holds, in one phrase.
    name
        Identifies it on the page, e.g. ``sample``.
    file
        Path of the file that holds all rows, relative to the page; empty if there is none.
    row_header
        Column that names the rows.
    percent
        Columns of rates between 0 and 1 that are shown as percentages.
    labels
        Column → heading; other headings are the column's name with spaces for underscores.
    rows
        Most rows to show.
    restricted
        Whether it carries references of the scheme and so must not be published.
    """

    frame: pd.DataFrame = field(repr=False)
    caption: str
    name: str = "table"
    file: str = ""
    row_header: str | None = None
    percent: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    rows: int = 100
    restricted: bool = False

    def __post_init__(self) -> None:
        checked_name(self.name)
        if not self.caption.strip():
            raise RunError(f"table {self.name!r} has no caption; say in one phrase what it holds")
        named = [self.row_header] if self.row_header else []
        unknown = sorted({*named, *self.percent, *self.labels} - set(self.frame.columns))
        if unknown:
            raise RunError(f"table {self.name!r} has no columns {unknown}; it has {list(self.frame.columns)}")

    def __repr__(self) -> str:
        rows, columns = count_with_noun(len(self.frame), "row"), count_with_noun(len(self.frame.columns), "column")
        return f"Table: {self.caption} ({rows}, {columns})"

    def _repr_html_(self) -> str:
        return NOTEBOOK_STYLE + self.html()

    def html(self) -> str:
        """Return the table as HTML; what came from data is text and nothing else."""
        head = self.frame.head(self.rows)
        columns = [self._column(name, head[name]) for name in head.columns]
        return (
            templates()
            .get_template("table.html.j2")
            .render(
                table=self,
                columns=columns,
                rows=list(text_rows(head, self._cell)),
                more=count_with_noun(len(self.frame) - len(head), "more row") if len(self.frame) > len(head) else "",
            )
        )

    def _column(self, name: str, values: pd.Series[Any]) -> dict[str, Any]:
        heading = self.labels.get(name, " ".join(_spelled().get(word, word) for word in name.split("_")))
        present = [value for value in values.tolist() if not isinstance(value, str) and shown_text(value)]
        number = len(present) == int(values.notna().sum()) > 0 and all(map(is_number, present))
        return {
            "heading": printable(heading[:1].upper() + heading[1:]),
            "class": "n" if number else "s" if all(len(shown_text(value)) <= _SHORT for value in values) else "",
            "header": name == self.row_header,
        }

    def _cell(self, name: str, value: Any) -> str:
        if isinstance(value, Link):
            return Markup('<a href="{}">{}</a>').format(value.href, printable(value.text))
        return printable(percent_text(value) if name in self.percent else shown_text(value))


def printable(text: str) -> str:
    """Return ``text`` with what HTML cannot carry shown as U+FFFD, so that it is seen rather than lost."""
    return _UNPRINTABLE.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))
