"""What a peer reviewer does with a month: freeze it, give the seed, hold the sample (``docs/protocol.md``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.files import folder_name
from qa_lib.register.recording import record_draw, record_freeze, record_not_moderatable
from qa_lib.register.store import Register, selected_of_year, stored_draw
from qa_lib.register.year import draws_of_year
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw, check_seed, make_draw, make_series_draw, waiting
from qa_lib.sampling.freeze import Freeze
from qa_lib.sampling.months import year_of
from qa_lib.sampling.population import canonical_population
from qa_lib.sampling.protocol import read_canonical_json
from qa_lib.sampling.seeds import new_seed
from qa_lib.schemes.hlta.draws.plan import PlanChoices, hlta_plan, population_readings, returned_counts
from qa_lib.schemes.hlta.draws.population import LEFT_OUT_COLUMNS, moderation_population, submitted_population

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Event:
    """What the data set's ``events`` table says of one month's moderation; empty text where it says nothing."""

    frozen_on: str = ""
    seed: str = ""
    seed_given_on: str = ""
    peer_reviewer_id: str = ""
    peer_rpa: str = ""


def recorded_events(tables: Tables, *, provider: str, month: str) -> list[Event]:
    """Return what ``events`` holds for a provider and month, by day: the month's own, then late files'."""
    events = tables.get("events")
    if events is None or not {"rpa", "month"} <= set(events.columns):
        return []
    rows = events[(events["rpa"] == provider) & (events["month"] == month)]
    names = [name for name in Event.__dataclass_fields__ if name in rows.columns]
    found = [
        Event(**{name: _text(value) for name, value in zip(names, row, strict=True)})
        for row in rows[names].itertuples(index=False)
    ]
    return sorted(found, key=astuple)


def recorded_event(tables: Tables, *, provider: str, month: str) -> Event:
    """Return the month's own event, or an empty one where the data set holds none."""
    return next(iter(recorded_events(tables, provider=provider, month=month)), Event())


def _text(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]


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
        The HLTA rule book.
    choices
        What may be chosen beside the rule book: a higher rate, the coverage policy, where the seed will come from.
    purpose
        ``moderation``; or ``scrutiny``, to choose files for pre-upload scrutiny (HLTA.SCR.1).
    late
        Freeze only files that came after the month's freeze.
    frozen_on
        The day of the freeze, where the data hold it: scrutiny after it is not known yet. Otherwise the clock's.

    Raises
    ------
    IntakeError
        If the data set lacks what a draw needs.
    SampleError
        If the provider, the population, the plan or the order of months is refused. No freeze is recorded then.
    """
    choices = choices or PlanChoices()
    _refuse_unknown(tables, provider)
    plan = hlta_plan(tables, book, month=month, choices=choices, purpose=purpose)
    readings = population_readings(book, month, rules_on=choices.rules_on)
    left_out = pd.DataFrame(columns=LEFT_OUT_COLUMNS, dtype="object")
    if purpose == "scrutiny":
        files = submitted_population(tables, provider=provider, month=month, **readings)
    else:
        files, left_out = moderation_population(
            tables,
            provider=provider,
            month=month,
            as_of=frozen_on or None,
            returned_counts=returned_counts(book, month, rules_on=choices.rules_on),
            **readings,
        )
        files = canonical_population(files)
        year = year_of(month, starts_in=plan.year_starts)
        _record_returned_since(register, tables, provider=provider, year=year, as_of=frozen_on or None)
    frozen = record_freeze(
        register, files, plan, provider=provider, month=month, late=late, frozen_on=frozen_on or None, by=by
    )
    return replace(frozen, left_out=left_out)


def _refuse_unknown(tables: Tables, provider: str) -> None:
    """Refuse a provider that no file is of: a name typed wrongly would freeze an empty month."""
    cases = tables.get("cases")
    if cases is None or "rpa" not in cases.columns or provider in set(cases["rpa"]):
        return
    known = sorted(set(cases["rpa"]))
    near = get_close_matches(provider, known, n=1)
    raise SampleError(
        f"no file is of the RPA {provider!r}; the data set has files of {', '.join(known[:20])}"
        + (f"; did you mean {near[0]!r}?" if near else "")
    )


def _record_returned_since(register: Register, tables: Tables, *, provider: str, year: str, as_of: str | None) -> None:
    """Record sampled files that scrutiny or the moderators sent back after they were frozen (HLTA.SCR.5)."""
    scrutiny = tables.get("scrutiny")
    if scrutiny is None or not {"result", "scrutinised_on"} <= set(scrutiny.columns):
        return
    known = scrutiny if as_of is None else scrutiny[~(scrutiny["scrutinised_on"] > pd.Timestamp(as_of))]
    latest = known.sort_values(["scrutinised_on", "result"], na_position="first").drop_duplicates(
        "case_id", keep="last"
    )
    returned = latest[latest["result"] == "returned"].set_index("case_id")["scrutinised_on"]
    with register.transaction() as connection:
        sampled = {row.case_id for row in selected_of_year(connection, provider=provider, year=year)}
    reasons = {
        str(case_id): f"sent back for revision on {_text(day) or 'a day not recorded'}"
        for case_id, day in returned.items()
        if case_id in sampled
    }
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
    if not (seed.strip() or series):
        return waiting(frozen)

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
    if register is not None:
        with register.transaction() as connection:
            stored = stored_draw(connection, frozen.digest)
        if stored and read_canonical_json(stored[0], name="the register's draw.json")["seed"] == check_seed(seed):
            return seed, ()
    return new_seed(seed)


def draw_late(
    drawn: Draw,
    tables: Tables,
    book: RuleBook,
    *,
    register: Register,
    choices: PlanChoices | None = None,
) -> list[Draw]:
    """Freeze and draw a month's late files, for each further event that the data set holds for the month.

    Parameters
    ----------
    drawn
        The month's own draw; while it waits for its seed nothing else can be frozen.

    Returns
    -------
    list of Draw
        One per event for which late files had come; none for a month with one event.
    """
    draws: list[Draw] = []
    provider, month = drawn.freeze.provider, drawn.freeze.month
    if drawn.status != "drawn":
        return draws
    readings = population_readings(book, month, rules_on=choices.rules_on if choices else "")
    own, *further = recorded_events(tables, provider=provider, month=month) or [Event()]
    known = _cases_at(tables, provider, month, own, readings)
    for event in further:
        now_there = _cases_at(tables, provider, month, event, readings)
        if not now_there - known:
            continue
        known |= now_there
        frozen = freeze(
            tables,
            book,
            provider=provider,
            month=month,
            register=register,
            choices=choices,
            late=True,
            frozen_on=event.frozen_on,
        )
        draws.append(_draw_recorded(frozen, event, register))
    return draws


def _cases_at(tables: Tables, provider: str, month: str, event: Event, readings: Mapping[str, Any]) -> set[str]:
    as_of = event.frozen_on or None
    files = moderation_population(tables, provider=provider, month=month, as_of=as_of, **readings)[0]
    return set(files["case_id"])


def _draw_recorded(frozen: Freeze, event: Event, register: Register, series: str = "") -> Draw:
    return draw(
        frozen,
        seed=event.seed,
        reviewer=event.peer_reviewer_id,
        reviewer_rpa=event.peer_rpa,
        register=register,
        given_on=event.seed_given_on,
        series=series,
    )


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
    starts_in = int(year[5:])
    cases = tables["cases"]
    own = {str(month) for month in cases.loc[cases["rpa"] == provider, "month"]}
    for month in sorted(month for month in own if year_of(month, starts_in=starts_in) == year):
        if until and month > until:
            break
        event = recorded_event(tables, provider=provider, month=month)
        frozen = freeze(
            tables, book, provider=provider, month=month, register=register, choices=choices, frozen_on=event.frozen_on
        )
        drawn = _draw_recorded(frozen, event, register, series)
        if drawn.status != "drawn":
            break
        draw_late(drawn, tables, book, register=register, choices=choices)
    return draws_of_year(register, provider=provider, year=year)


def draw_folder(root: Path, frozen: Freeze) -> Path:
    """Return where a freeze's files stand below ``root``: month, provider, and the part of late files."""
    folder = root / frozen.month / folder_name(frozen.provider)
    if frozen.content["purpose"] == "scrutiny":
        folder /= "scrutiny"
    return folder if frozen.part == "month" else folder / frozen.part
