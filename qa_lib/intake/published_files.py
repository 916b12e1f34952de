"""A folder of CSV files that somebody published in a layout of their own, for the readers of the schemes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from qa_lib.errors import IntakeError
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Place
from qa_lib.intake.raw_files import contents


class PublishedFile:
    """One CSV file of the folder: its hash, its rows as they arrived, and the columns asked for by name."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        data = contents(path)
        self.name = path.name
        self.digest = hashlib.sha256(data).hexdigest()
        self.raw = read_delimited(data, Place("", path.name))
        missing = [name for name in columns if name not in self.raw.header]
        if missing:
            raise IntakeError(f"{path.name} has no column {' and no '.join(missing)}; get the published file again")
        if self.raw.broken:
            raise IntakeError(f"row {self.raw.broken[0].row} of {path.name} is damaged; get the published file again")
        numbers = [self.raw.header.index(name) for name in columns]
        self.frame = self.raw.cells[numbers].set_axis(list(columns), axis=1)


def published_files(folder: str | Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, PublishedFile]:
    """Return files of a folder by their names without ending, with the columns that are wanted of each.

    Raises
    ------
    IntakeError
        If a file or a column is not there, naming all of them.
    """
    missing = [f"{name}.csv" for name in wanted if not (Path(folder) / f"{name}.csv").is_file()]
    if missing:
        raise IntakeError(f'{" and ".join(missing)} not found in "{folder}"; give the folder of the OULAD files')
    return {name: PublishedFile(Path(folder) / f"{name}.csv", columns) for name, columns in wanted.items()}


def file_hashes(files: dict[str, PublishedFile]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name."""
    return {file.name: file.digest for file in files.values()}
