"""What a peer reviewer does with a month: freeze it, give the seed, hold the sample (``docs/protocol.md``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.calendar.months import check_month, year_of
from qa_lib.errors import MonthPassedError, MonthWaitsError, SampleError
from qa_lib.files import folder_name
from qa_lib.intake.near_providers import accepted_names, refuse_near_providers
from qa_lib.lookalikes import folded_name
from qa_lib.parameter_values import as_text, as_truth
from qa_lib.register.draws_of_year import draws_of_year, frozen_since, holds_year, recorded_draw
from qa_lib.register.month_draw import MonthDraw, month_draw_of
from qa_lib.register.months_with_files import own_months, refuse_not_held, refuse_year
from qa_lib.register.recorded_events import Event, recorded_event, recorded_events
from qa_lib.register.recording import record_draw, record_freeze, record_not_moderatable, recorded_freeze
from qa_lib.register.returned_files import returned_so_far
from qa_lib.register.store import Register, selected_of_year
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw, check_seed, make_draw, make_series_draw, waiting
from qa_lib.sampling.frozen import Freeze, SamplingPlan
from qa_lib.sampling.identifiers import normalise_identifier
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.sampling.population import canonical_population
from qa_lib.sampling.seeds import new_seed
from qa_lib.scheme import find_scheme

Tables = Mapping[str, pd.DataFrame]


def freeze(
    tables: Tables,
    book: RuleBook,
    *,
    provider: str,
    month: str,
    register: Register,
    choices: PlanChoices | None = None,
    purpose: str = "moderation",
    late: bool = False,
    frozen_on: str = "",
    by: str = "",
) -> Freeze:
    """Freeze a month's population, or return the freeze that the register holds already.

    Parameters
    ----------
    tables
        Accepted tables of a data set.
    book
        The rule book of the data's scheme.
    choices
        What may be chosen beside the rule book: a higher rate, the coverage policy, where the seed will come from.
    purpose
        ``moderation``; or ``scrutiny``, to choose files for pre-upload scrutiny.
    late
        Freeze only files that came after the month's freeze.
    frozen_on
        The day of the freeze, where the data hold it: scrutiny after it is not known yet. Otherwise the clock's.

    Raises
    ------
    IntakeError
        If the data set lacks what a draw needs.
    SampleError
        If the provider, the population, the plan or the order of months is refused, or another provider's name, of the
        data or of the register, looks like this one's and nobody said that it is another. No freeze is recorded then.
    """
    choices, late = choices or PlanChoices(), as_truth(late, name="late")
    provider, month = as_text(provider, name="provider"), as_text(month, name="month")
    scheme = find_scheme(book.scheme)
    refuse_not_held(tables, scheme, provider=provider, month=month)
    accept = accepted_names(choices.accept_near_equal)
    refuse_near_providers(tables, column=scheme.provider_column, provider=provider, accept=accept)
    about: dict[str, Any] = {"provider": provider, "month": month}
    now = _month_now(tables, book, register, choices=choices, purpose=purpose, as_of=frozen_on, **about)
    if purpose == "moderation":
        _record_returned_since(register, tables, now, as_of=frozen_on, **about)
    asked = {**about, "late": late, "by": by, "accept": accept, "column": scheme.provider_column}
    frozen = record_freeze(register, now.files, now.plan, frozen_on=frozen_on or None, **asked)
    return replace(frozen, left_out=now.left_out)


def freeze_of_month(
    tables: Tables,
    book: RuleBook,
    *,
    provider: str,
    month: str,
    register: Register,
    choices: PlanChoices | None = None,
    frozen_on: str = "",
) -> Freeze:
    """Return a month's own freeze as the register holds it, whoever made it and with what choices; else freeze it now.

    How the data set and the choices differ from what was frozen is in its ``remarks``: the freeze stands.

    Parameters
    ----------
    tables, book, provider, month, register, choices, frozen_on
        As in :func:`freeze`. Where the data do not hold the day of the freeze, it is the register's.
    """
    choices = choices or PlanChoices()
    since = frozen_since(register, provider=provider, month=month)
    if not since:
        asked: dict[str, Any] = {"provider": provider, "month": month, "register": register}
        return freeze(tables, book, choices=choices, frozen_on=frozen_on, **asked)
    as_of = frozen_on or since[: len("2024-01-31")]
    now = _month_now(tables, book, register, provider=provider, month=month, choices=choices, as_of=as_of)
    _record_returned_since(register, tables, now, provider=provider, month=month, as_of=frozen_on)
    frozen = recorded_freeze(register, now.files, now.plan, provider=provider, month=month)
    if frozen is None:  # withdrawn in this moment
        raise SampleError(f"the freeze of {provider} {month} was withdrawn just now; try again")
    return replace(frozen, left_out=now.left_out)


@dataclass(frozen=True)
class _Month:
    """What would be frozen of a month as the data stand now."""

    files: pd.DataFrame
    left_out: pd.DataFrame
    plan: SamplingPlan
    how: MonthDraw


def _month_now(
    tables: Tables,
    book: RuleBook,
    register: Register,
    *,
    provider: str,
    month: str,
    choices: PlanChoices,
    as_of: str,
    purpose: str = "moderation",
) -> _Month:
    how = month_draw_of(find_scheme(book.scheme))
    asked: dict[str, Any] = {"month": month, "choices": choices, "purpose": purpose}
    plan = how.plan(tables, book, **asked)
    asked["returned"] = returned_so_far(register)
    files, left_out = how.population(tables, book, provider=provider, as_of=as_of, **asked)
    return _Month(canonical_population(files), left_out, plan, how)


def _record_returned_since(
    register: Register, tables: Tables, now: _Month, *, provider: str, month: str, as_of: str
) -> None:
    """Record sampled files that were sent back after they were frozen."""
    returned = now.how.returned(tables, as_of)
    if not returned:
        return
    year = year_of(month, starts_in=now.plan.year_starts)
    with register.reading() as connection:
        sampled = {row.case_id for row in selected_of_year(connection, provider=provider, year=year)}
    reasons = {
        case_id: f"sent back for revision on {day or 'a day not recorded'}"
        for case_id, day in returned.items()
        if case_id in sampled
    }
    if reasons:
        record_not_moderatable(register, provider=provider, reasons=reasons)


def draw(
    frozen: Freeze,
    *,
    seed: str,
    reviewer: str,
    reviewer_rpa: str,
    register: Register | None = None,
    given_on: str = "",
    series: str = "",
) -> Draw:
    """Draw a frozen population with the peer reviewer's seed; without a seed, say that it is waited for.

    Parameters
    ----------
    frozen
        A freeze, from :func:`freeze` or read from its folder.
    seed
        20 or more characters; empty while the reviewer has not given it.
    reviewer, reviewer_rpa
        Who gives the seed, and of which RPA: never the provider's own.
    register
        Where the draw is recorded. Without one the draw is the same, and recorded nowhere.
    given_on
        The day on which the seed was given, where the data hold it.
    series
        In a back-run over old data: the seed is the operator's series with provider and month, and reports say so.

    Raises
    ------
    SampleError
        If seed or reviewer are refused, or the freeze was drawn with another seed.
    """
    seed, series = as_text(seed, name="seed"), as_text(series, name="seed_series")
    reviewer, reviewer_rpa = as_text(reviewer, name="reviewer"), as_text(reviewer_rpa, name="reviewer_rpa")
    if not (seed.strip() or series):
        return waiting(frozen)
    if not series and (register is None or recorded_draw(register, frozen) is None):
        _refuse_look_alike(frozen, reviewer_rpa)

    def made() -> Draw:
        if series:
            return make_series_draw(frozen, series=series)
        given, remarks = _seed_to_draw_with(seed, frozen, register)
        return replace(make_draw(frozen, seed=given, reviewer=reviewer, reviewer_rpa=reviewer_rpa), remarks=remarks)

    if register is None:
        return made()
    return record_draw(register, frozen, made, given_on=given_on or None, by=reviewer)[0]


def _seed_to_draw_with(seed: str, frozen: Freeze, register: Register | None) -> tuple[str, tuple[str, ...]]:
    """Return a seed as a new draw takes it; one that this freeze was drawn with before is taken as it stands."""
    stored = None if register is None else recorded_draw(register, frozen)
    if stored is not None and stored.content["seed"] == check_seed(seed):
        return seed, ()
    return new_seed(seed, known=(frozen.digest, *frozen.content.values()))


def _refuse_look_alike(frozen: Freeze, reviewer_rpa: str) -> None:
    """Refuse a new draw by a reviewer whose RPA only looks like another one; verifying an old draw never asks."""
    if frozen.content["purpose"] == "moderation" and folded_name(reviewer_rpa) == folded_name(frozen.provider):
        raise SampleError(
            f"the reviewer comes from {reviewer_rpa}, whose own files these are in another spelling; "
            "the peer reviewer must be of another provider"
        )


def draw_late(
    drawn: Draw, tables: Tables, book: RuleBook, *, register: Register, choices: PlanChoices | None = None
) -> list[Draw]:
    """Return the draws of a month's late files: those that the register holds, and one for each further event.

    Parameters
    ----------
    drawn
        The month's own draw; while it waits for its seed nothing else can be frozen.

    Returns
    -------
    list of Draw
        In the order of their parts. A further event counts where late files had come by then.
    """
    if drawn.status != "drawn":
        return []
    _draw_further(drawn, tables, book, register=register, choices=choices)
    provider, year, month = drawn.freeze.provider, str(drawn.freeze.content["year"]), drawn.freeze.month
    of_month = draws_of_year(register, provider=provider, year=year, month=month)
    return [one for one in of_month if one.freeze.part != "month"]


def _draw_further(
    drawn: Draw, tables: Tables, book: RuleBook, *, register: Register, choices: PlanChoices | None
) -> None:
    """Freeze and draw late files at each further event of a drawn month."""
    provider, month = drawn.freeze.provider, drawn.freeze.month
    asked: dict[str, Any] = {"provider": provider, "month": month, "choices": choices or PlanChoices()}
    events = recorded_events(tables, find_scheme(book.scheme), provider=provider, month=month)
    if len(events) < 2:
        return
    own, *further = events
    known = _cases_at(tables, book, register, own, **asked)
    for event in further:
        now_there = _cases_at(tables, book, register, event, **asked)
        if not now_there - known:
            continue
        known |= now_there
        frozen = freeze(tables, book, register=register, late=True, frozen_on=event.frozen_on, **asked)
        draw_of_freeze(frozen, event, register=register)


def _cases_at(tables: Tables, book: RuleBook, register: Register, event: Event, **asked: Any) -> set[str]:
    return set(_month_now(tables, book, register, as_of=event.frozen_on, **asked).files["case_id"])


def draw_of_freeze(frozen: Freeze, event: Event, *, register: Register, series: str = "") -> Draw:
    """Return the draw that the register holds of a freeze; else draw it with the seed in the data or of a series.

    Where the data give another seed than the one that was drawn with, the draw stands, and ``freeze.remarks`` say so.
    """
    stored = recorded_draw(register, frozen)
    if stored is None:
        given = {"seed": event.seed, "reviewer": event.peer_reviewer_id, "reviewer_rpa": event.peer_rpa}
        return draw(frozen, register=register, given_on=event.seed_given_on, series=series, **given)
    if event.seed and not series and normalise_identifier(event.seed) != stored.content["seed"]:
        remark = "the data set's table events gives another seed than the one that was drawn with"
        return replace(stored, freeze=replace(stored.freeze, remarks=(*stored.freeze.remarks, remark)))
    return stored


def draw_year(
    tables: Tables,
    book: RuleBook,
    *,
    provider: str,
    year: str,
    register: Register,
    choices: PlanChoices | None = None,
    series: str = "",
    until: str = "",
) -> list[Draw]:
    """Freeze and draw a provider's months of one year in order, with the seeds in the data or of a series.

    Months that the register holds already are returned as they are. A month without a seed is the last one: the next
    cannot be frozen before it is drawn.

    Parameters
    ----------
    year
        First month of the year, e.g. ``2023-09``.
    until
        The last month that may be drawn; by default the last in the data.
    """
    provider, year = as_text(provider, name="provider"), check_month(as_text(year, name="year"))
    asked = {"provider": provider, "year": year}
    if not holds_year(register, **asked):
        scheme = find_scheme(book.scheme)
        refuse_not_held(tables, scheme, provider=provider)
        years = {_year(month, year) for month in own_months(tables, scheme, provider=provider)}
        refuse_year(year, years, provider=provider)
    return draw_months(tables, book, register=register, choices=choices, series=series, until=until, **asked)


def draw_months(
    tables: Tables,
    book: RuleBook,
    *,
    provider: str,
    year: str,
    register: Register,
    choices: PlanChoices | None,
    series: str,
    until: str,
) -> list[Draw]:
    """Do as :func:`draw_year` does, also where the data hold no file of the provider and year: then nothing is drawn.

    A month that was not frozen before a later one was drawn is passed over, and so is one that cannot be frozen because
    another freeze waits for its seed.
    """
    scheme = find_scheme(book.scheme)
    for month in own_months(tables, scheme, provider=provider):
        if _year(month, year) != year:
            continue
        if until and month > until:
            break
        event = recorded_event(tables, scheme, provider=provider, month=month)
        asked: dict[str, Any] = {"provider": provider, "month": month, "register": register}
        try:
            frozen = freeze_of_month(tables, book, choices=choices, frozen_on=event.frozen_on, **asked)
        except (MonthPassedError, MonthWaitsError):
            continue
        drawn = draw_of_freeze(frozen, event, register=register, series=series)
        if drawn.status != "drawn":
            break
        _draw_further(drawn, tables, book, register=register, choices=choices)
    return draws_of_year(register, provider=provider, year=year)


def _year(month: str, year: str) -> str:
    return year_of(month, starts_in=int(year[5:]))


def draw_folder(root: Path, frozen: Freeze) -> Path:
    """Return where a freeze's files stand below ``root``: month, provider, and the part of late files."""
    folder = root / frozen.month / folder_name(frozen.provider)
    if frozen.content["purpose"] == "scrutiny":
        folder /= "scrutiny"
    return folder if frozen.part == "month" else folder / frozen.part
