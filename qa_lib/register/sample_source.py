"""Where a month's sample comes from on a page: a freeze folder, or data set and register; the same bytes always."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import MonthPassedError, NothingToShow
from qa_lib.files import write_together
from qa_lib.intake.accepted import COUNTS, Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.faults import Ledger
from qa_lib.parameter_values import as_path, as_text, as_truth
from qa_lib.register.freeze_folder import draw_from_folder, files_to_write, left_sentence
from qa_lib.register.monthly_draws import draw, draw_folder, draw_late, draw_of_freeze, freeze, freeze_of_month
from qa_lib.register.recorded_events import Event, recorded_event
from qa_lib.register.store import ENVIRONMENT, Register, open_register, withdrawn_freezes
from qa_lib.register.working_folder import DEFAULT, draws_place, found_register, inside
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw, read_draw, waiting
from qa_lib.sampling.frozen import Freeze, read_freeze
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.scheme import find_scheme

IN_MEMORY = "sqlite://"
#: Stands above data sets that are made up.
MADE_UP = "MADE-UP.md"


def page_register(register: str = "", *, dataset: str | os.PathLike[str], records: bool = False) -> Register:
    """Return the register that a page rests on.

    One that is named, by the argument or the environment variable ``QA_REGISTER``, is used as it is. Else the register
    of the working folder is found. A page that only looks back works on a copy of it in which everything it draws is
    forgotten; so does every page of the made-up data beside the notebooks. Where there is none, nothing is recorded.

    Parameters
    ----------
    dataset
        What the page is about.
    records
        Whether what the page freezes and draws is to be recorded in a register that was found.
    """
    register, dataset = as_text(register, name="register"), as_path(dataset, name="dataset")
    named = register or os.environ.get(ENVIRONMENT, "")
    if named:
        record = open_register(named)
        record.named, record.forgets = register, named == IN_MEMORY
        return record
    found = found_register()
    if found is None:
        return _forgetting(open_register(IN_MEMORY))
    if records and not is_made_up(dataset):
        return open_register(str(found))
    return _forgetting(_copy(found))


def is_made_up(dataset: str | os.PathLike[str]) -> bool:
    """Say whether a data set lies below a folder that says so: nothing of it may get among draws that count.

    The project's own data do, and so do the copies of them that ``qa lab`` makes.
    """
    return any((folder / MADE_UP).is_file() for folder in Path(dataset).resolve().parents)


def _forgetting(register: Register) -> Register:
    register.forgets = True
    return register


def _copy(found: Path) -> Register:
    place = tempfile.mkdtemp(prefix="qa-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    copy = Path(place, DEFAULT)
    with contextlib.closing(sqlite3.connect(found)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return open_register(str(copy))


def rehearsal_sentences(register: Register) -> tuple[str, ...]:
    """Return what a page has to say of draws that are recorded nowhere; nothing where they are recorded."""
    if not register.forgets:
        return ()
    return (
        "This page records nothing: a month that the RPA's register does not hold is drawn here as a rehearsal, and "
        "the freeze that counts may have another digest.",
    )


@dataclass(frozen=True, kw_only=True)
class SampleSource:
    """What a month's sample is made from. Made by :func:`sample_source`.

    Attributes
    ----------
    data
        The data set; empty where only a freeze folder is there.
    provider, month
        Whose files, and of which month.
    register
        Where freeze and draw are recorded; None where only a freeze folder is there.
    folder, named
        The freeze folder, where the sample is drawn from that alone, and the register that was named beside it.
    keep_in
        The place for draws, where the page keeps a draw's files there.
    """

    data: Dataset
    provider: str
    month: str
    register: Register | None = None
    folder: Path = Path()
    named: str = ""
    keep_in: Path | None = None
    event: Event = field(default_factory=Event)

    @property
    def said(self) -> tuple[str, ...]:
        """What the page has to say of where its draws are recorded."""
        return () if self.register is None else rehearsal_sentences(self.register)

    @property
    def rpas(self) -> list[str]:
        """The RPAs that the data set names."""
        return self.data.named_providers

    def freeze(self, book: RuleBook, *, choices: PlanChoices, late: bool = False) -> Freeze:
        """Return the freeze in the folder, or that of the register, or freeze the month now.

        Raises
        ------
        NothingToShow
            If a later month is drawn, so that this one cannot be frozen any more.
        """
        late = as_truth(late, name="late")
        if self.register is None:
            return read_freeze(self.folder)
        make = partial(freeze, late=True) if late else freeze_of_month
        try:
            asked: dict[str, Any] = {"provider": self.provider, "month": self.month, "register": self.register}
            return make(self.data.tables, book, choices=choices, frozen_on=self.event.frozen_on, **asked)
        except MonthPassedError as error:
            raise NothingToShow(str(error)) from None

    def draw(
        self, frozen: Freeze, *, seed: str = "", reviewer: str = "", reviewer_rpa: str = "", series: str = ""
    ) -> Draw:
        """Draw with the seed that is given here, else return the draw that is there, else draw with that of the data.

        Raises
        ------
        SampleError
            If seed or reviewer are refused, or the freeze was drawn with another seed.
        """
        seed, series = as_text(seed, name="seed"), as_text(series, name="seed_series")
        reviewer, reviewer_rpa = as_text(reviewer, name="reviewer"), as_text(reviewer_rpa, name="reviewer_rpa")
        if self.register is None:
            return self._from_folder(frozen, seed=seed, reviewer=reviewer, reviewer_rpa=reviewer_rpa)
        event = self.event if frozen.part == "month" else Event()
        if not seed.strip():
            return draw_of_freeze(frozen, event, register=self.register, series=series)
        reviewer, reviewer_rpa = reviewer or event.peer_reviewer_id, reviewer_rpa or event.peer_rpa
        with_seed = partial(draw, frozen, seed=seed, reviewer=reviewer, reviewer_rpa=reviewer_rpa)
        if self.keep_in is not None:
            with_seed().refuse_other(draw_folder(self.keep_in, frozen))
        return with_seed(register=self.register, given_on=event.seed_given_on)

    def _from_folder(self, frozen: Freeze, *, seed: str, reviewer: str, reviewer_rpa: str) -> Draw:
        if seed.strip():
            given = {"seed": seed, "reviewer": reviewer, "reviewer_rpa": reviewer_rpa}
            return draw_from_folder(self.folder, frozen, register=self.named, **given).draw
        there = [self.folder / name for name in ("draw.json", "sample.csv")]
        if not all(path.is_file() for path in there):
            return waiting(frozen)
        return read_draw(frozen, *(path.read_bytes() for path in there))

    def draw_late(self, drawn: Draw, book: RuleBook, *, choices: PlanChoices) -> list[Draw]:
        """Return the draws of the month's late files; none from a freeze folder alone."""
        if self.register is None or drawn.freeze.part != "month":
            return []
        return draw_late(drawn, self.data.tables, book, register=self.register, choices=choices)

    def keep(self, files: Mapping[str, bytes], drawn: Draw) -> tuple[str, ...]:
        """Write a draw's files to where ``qa freeze`` and ``qa draw`` put them; say where, or nothing if nowhere."""
        if self.register is not None and self.keep_in is None:
            return ()
        place = self.folder if self.keep_in is None else draw_folder(self.keep_in, drawn.freeze)
        if self.register is not None:
            drawn.freeze.write(place, over=withdrawn_freezes(self.register, provider=self.provider))
        written, left = files_to_write(place, files)
        write_together(place, written)
        return (f"The files of the draw are in {place.as_posix()}.", *([f"{left_sentence(left)}."] if left else []))


def sample_source(
    freeze_folder: str | os.PathLike[str],
    *,
    dataset: str | os.PathLike[str],
    provider: str,
    month: str,
    register: str = "",
    out: str | os.PathLike[str] = "",
    scheme: str = "",
) -> SampleSource:
    """Return what a month's sample is made from: a freeze folder where one is named, else data set and register.

    Parameters
    ----------
    freeze_folder
        What the provider sent; nothing else is then looked at. Empty: the other parameters count.
    dataset, provider, month
        The files, and whose and of which month.
    register
        As in :func:`page_register`.
    out
        The page's own folder. Where there is none, a draw that is recorded is kept in the place for draws.
    scheme
        Whose tables the data set holds; as they are named where nothing is said.
    """
    freeze_folder, out = as_path(freeze_folder, name="freeze_folder"), as_path(out, name="out")
    register = as_text(register, name="register")
    if os.fspath(freeze_folder):
        folder = inside(freeze_folder)
        frozen = read_freeze(folder)
        return SampleSource(
            data=_of_folder(folder), provider=frozen.provider, month=frozen.month, folder=folder, named=register
        )
    provider, month = as_text(provider, name="provider"), as_text(month, name="month")
    files = inside(as_path(dataset, name="dataset"))
    data, record = read_dataset(files, scheme=scheme or None), page_register(register, dataset=files, records=True)
    keep = not os.fspath(out) and not record.forgets
    return SampleSource(
        data=data,
        provider=provider,
        month=month,
        register=record,
        keep_in=draws_place() if keep else None,
        event=recorded_event(data.tables, find_scheme(data.scheme), provider=provider, month=month),
    )


def _of_folder(folder: Path) -> Dataset:
    """Return the data set of a page that knows nothing but a freeze folder."""
    inputs = {name: sha256_hex((folder / name).read_bytes()) for name in ("freeze.json", "population.csv")}
    nothing = Ledger()
    counts = pd.DataFrame(columns=COUNTS)
    return Dataset("", {}, nothing.rejected, nothing.noticed, inputs, counts)
