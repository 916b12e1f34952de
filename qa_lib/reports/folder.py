"""The one way by which a notebook leaves anything behind: a report's folder.

Each file is written beside its place, brought to the disk and renamed, so a reader never meets half of one.
"""

from __future__ import annotations

import base64
import io
import os
import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from qa_lib.audit.findings import COLUMNS, WORST_FIRST
from qa_lib.errors import RunError
from qa_lib.files import write_whole
from qa_lib.parameter_values import as_path
from qa_lib.reports.cells import people_csv
from qa_lib.reports.table import Table, checked_name, printable, templates

if TYPE_CHECKING:
    from qa_lib.reports.charts import Chart

_FILE_NAME = re.compile(r"(late-[1-9][0-9]{0,3}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_DPI = 160


def open_report(out: str | os.PathLike[str] = "") -> Report:
    """Open the folder of a report; with an empty ``out`` everything is shown and nothing is written."""
    out = as_path(out, name="out")
    if not os.fspath(out):
        return Report(None)
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder.name!r} is a file; a report needs a folder: name another place")
    folder.mkdir(parents=True, exist_ok=True)
    return Report(folder)


class Report:
    """Shows what a notebook found and keeps it as files. Made by :func:`open_report`."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        caption: str,
        restricted: bool = True,
        row_header: str | None = None,
        percent: Collection[str] = (),
        labels: Mapping[str, str] | None = None,
        rows: int = 100,
    ) -> None:
        """Show ``frame`` as a table and write all of it to ``tables/<name>.csv``; see :class:`Table` for the rest."""
        file = f"tables/{checked_name(name)}.csv"
        table = Table(
            frame=frame,
            caption=caption,
            name=name,
            file=file if self._folder else "",
            row_header=row_header,
            percent=tuple(percent),
            labels=labels or {},
            rows=rows,
            restricted=restricted,
        )
        self._write(file, people_csv(frame))
        _display(table)

    def findings(
        self, frame: pd.DataFrame, *, caption: str = "Findings", rows: int = 100, name: str = "findings"
    ) -> None:
        """Show findings, the worst first, and write them to ``<name>.csv``."""
        if list(frame.columns) != COLUMNS:
            raise RunError(
                f"findings have the columns {list(frame.columns)}; expected {COLUMNS}, as findings_frame gives"
            )
        rank = frame["status"].map(WORST_FIRST.index)
        ordered = frame.assign(_rank=rank).sort_values(["_rank", *COLUMNS], ignore_index=True).drop(columns="_rank")
        file = f"{checked_name(name)}.csv"
        self._write(file, people_csv(ordered))
        shown = ordered.assign(status=ordered["status"].str.replace("_", " "))
        link = file if self._folder else ""
        _display(Table(frame=shown, caption=caption, name=name, file=link, rows=rows, restricted=True))

    def chart(self, chart: Chart, *, name: str) -> None:
        """Show a chart with its text alternative, write it to ``charts/<name>.png`` and close it."""
        figure, alt = chart.figure, chart.alt
        if not alt.strip():
            raise RunError(f"chart {name!r} has no text alternative; say in its alt what it shows")
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=_DPI, metadata={"Software": None, "Description": printable(alt)})
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)  # a figure that pyplot knows would be shown again at the end of the cell
        self._write(f"charts/{checked_name(name)}.png", png.getvalue())
        width = round(figure.get_size_inches()[0] * 96)
        _display(
            {"image/png": base64.b64encode(png.getvalue()).decode("ascii"), "text/plain": f"Chart: {alt}"},
            metadata={"image/png": {"alt": alt, "width": width}},
        )

    def say(self, *sentences: str) -> None:
        """Show sentences as a paragraph each, nothing where there are none; what they quote from data stays text."""
        if sentences:
            _display(Note(sentences))

    def file(self, name: str, content: bytes) -> None:
        """Write any other file of the folder, e.g. a workbook, and name it on the page."""
        if not _FILE_NAME.fullmatch(name) or _DEVICES.fullmatch(name.rpartition("/")[2]):
            raise RunError(
                f"{name!r} cannot name a file of a report; use letters, digits, '.', '-' and '_' (late files: late-1/)"
            )
        self._write(name, content)
        if self._folder:
            _display(Note((), file=name))

    def files(self, contents: Mapping[str, bytes]) -> None:
        """Write several files, in the order of their names."""
        for name in sorted(contents):
            self.file(name, contents[name])

    def _write(self, name: str, content: bytes) -> None:
        if self._folder is None:
            return
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        if not path.parent.resolve().is_relative_to(self._folder.resolve()):
            raise RunError(f"{name!r} leads out of the report's folder through a link; remove that link")
        write_whole(path, content)


class Note:
    """Sentences on a page, or the name of a file that was written."""

    def __init__(self, sentences: Collection[str], *, file: str = "") -> None:
        self.sentences = [printable(sentence) for sentence in sentences]
        self.file = file

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, *([f"File: {self.file}"] if self.file else [])])

    def _repr_html_(self) -> str:
        return templates().get_template("note.html.j2").render(note=self)


def _display(thing: object, metadata: dict[str, Any] | None = None) -> None:
    from IPython.display import display

    display(thing, raw=isinstance(thing, dict), metadata=metadata)  # type: ignore[no-untyped-call]
