"""A provider's made-up year played through: every month drawn, its return filled in and imported."""

from __future__ import annotations

from pathlib import Path

from qa_lib.files import folder_name, write_whole
from qa_lib.forms.remarks import ReturnError
from qa_lib.intake.accepted import Dataset
from qa_lib.register.monthly_draws import draw_year
from qa_lib.register.store import open_register
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return

_BY = "made-up moderator"


def return_year(dataset: Dataset, book: RuleBook, provider: str, year: str, register: str, out: Path) -> list[str]:
    """Draw an RPA's months, fill in and import their returns; return what was said of those that were refused.

    Parameters
    ----------
    dataset
        With the table ``moderations``: what moderators would find in every file.
    year
        First month of the year.
    register
        Path of the register in which draws and returns are recorded.
    out
        A folder for the filled workbooks, by month and RPA.
    """
    record, refused = open_register(register), []
    for draw in draw_year(dataset.tables, book, provider=provider, year=year, register=record):
        blank = draw_files(draw).get(RETURN)
        if blank is None:
            continue
        freeze = draw.freeze
        part = "" if freeze.part == "month" else f"-{freeze.part}"
        path = out / freeze.month / f"{folder_name(provider)}{part}.xlsx"
        write_whole(path, fill_in_return(blank, dataset.tables["moderations"]))
        try:
            import_return(path, register=record, by=_BY)
        except ReturnError as error:
            refused.append(f"{provider}, {freeze.month}: {error}")
    return refused
