"""Whose tables a data set holds, where nobody said it: found from the names of its files and sheets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qa_lib.errors import IntakeError
from qa_lib.intake.kinds import ENDINGS, WORKBOOKS
from qa_lib.intake.layout import canonical
from qa_lib.intake.raw_files import contents, data_files
from qa_lib.intake.workbook_files import sheet_names
from qa_lib.scheme import scheme_names, scheme_tables


def scheme_of(path: str | Path) -> str:
    """Return the one scheme that the tables of a data set are of; an empty text where nothing is named as a table.

    Raises
    ------
    IntakeError
        If they fit several schemes: then it has to be said.
    """
    found = set(_names(path))
    of_scheme = {scheme: found & set(scheme_tables(scheme)) for scheme in scheme_names()}
    others = {
        scheme: set().union(*(set(scheme_tables(other)) for other in of_scheme if other != scheme))
        for scheme in of_scheme
    }
    fitting = [scheme for scheme, names in of_scheme.items() if names - others[scheme]]
    if len(fitting) == 1:
        return fitting[0]
    tables = sorted(set().union(*of_scheme.values()))
    if not tables:
        return ""
    choice = " or ".join(f"--scheme {scheme}" for scheme in of_scheme)
    raise IntakeError(f"the tables {', '.join(tables)} fit more than one scheme; say whose data they are: {choice}")


def _names(path: str | Path) -> Iterator[str]:
    """Yield the name of every file of a data set and of every sheet of its workbooks, as tables are named."""
    for file in data_files(path):
        yield canonical(file.name.split(".")[0])
        if ENDINGS.get(file.suffix.lower()) in WORKBOOKS and file.is_file():
            with suppress(IntakeError):  # what is wrong with it is said where it is read
                yield from map(canonical, sheet_names(contents(file), file.name))
