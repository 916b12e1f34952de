"""A made-up year played through before its reports are made: every month drawn, its return filled in and imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa_lib.demo.returns import fill_in_return
from qa_lib.files import folder_name, write_whole
from qa_lib.intake.dataset import Dataset
from qa_lib.register.moderation import draw_year
from qa_lib.register.store import Register
from qa_lib.reports.draw_files import RETURN, draw_files
from qa_lib.returns.faults import ReturnError
from qa_lib.returns.importing import import_return
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw

_BY = "made-up moderator"
REFUSED = "refused.txt"


def rehearse_year(dataset: Dataset, book: RuleBook, *, year: str, register: Register, out: Path) -> int:
    """Draw every month of every RPA, fill in the returns as made-up moderators would, and import them.

    Parameters
    ----------
    dataset
        With the table ``moderations``: what moderators would find in every file.
    year
        First month of the year.
    register
        Where draws and returns are recorded.
    out
        A folder for the filled workbooks, by month and RPA, and for what was said of those that were refused.

    Returns
    -------
    int
        How many returns were refused. What moderators found there stays in the data set's own table.
    """
    refused = []
    for provider in sorted(set(dataset.tables["cases"]["rpa"])):
        for draw in draw_year(dataset.tables, book, provider=provider, year=year, register=register):
            refused += list(_returned(draw, dataset, register, out))
    write_whole(out / REFUSED, "\n\n".join([*refused, ""]).encode())
    return len(refused)


def _returned(draw: Draw, dataset: Dataset, register: Register, out: Path) -> Iterator[str]:
    """Fill in and import the return of a draw; yield what is said where it is refused."""
    blank = draw_files(draw).get(RETURN)
    if blank is None:
        return
    freeze = draw.freeze
    filled = fill_in_return(blank, dataset.tables["moderations"])
    part = "" if freeze.part == "month" else f"-{freeze.part}"
    path = out / freeze.month / f"{folder_name(freeze.provider)}{part}.xlsx"
    write_whole(path, filled)
    try:
        import_return(path, register=register, by=_BY)
    except ReturnError as error:
        yield f"{freeze.provider}, {freeze.month}: {error}"
