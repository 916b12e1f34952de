"""The order around the draw chain: what may be frozen, drawn, withdrawn, and when (``docs/protocol.md`` §9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import sqlalchemy as sa

from qa_lib.calendar.months import check_month, year_of
from qa_lib.errors import MonthPassedError, MonthWaitsError, SampleError, first_few
from qa_lib.register.near_chains import refuse_a_second_chain
from qa_lib.register.record import STATE, append_record, now, rows_of
from qa_lib.register.schema import DRAWS, FREEZES, NOT_MODERATABLE, SELECTED
from qa_lib.register.seed_times import refuse_a_known_seed, refuse_an_older_seed
from qa_lib.register.store import (
    Register,
    StoredFreeze,
    append_entry,
    chain_head,
    frozen_files,
    part_number,
    sampled_entities,
    stored_draw,
    stored_freezes,
)
from qa_lib.register.withdrawals import with_withdrawals, withdrawal_digest, withdrawals_of_month
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import Freeze, SamplingPlan, checked_identifier, make_freeze, withdraw_command
from qa_lib.sampling.population import canonical_population, population_csv, read_population
from qa_lib.sampling.protocol import read_canonical_json, sha256_hex
from qa_lib.sampling.selection import sample_csv

_MOST_NAMED = 20


def record_freeze(
    register: Register,
    files: pd.DataFrame,
    plan: SamplingPlan,
    *,
    provider: str,
    month: str,
    late: bool = False,
    frozen_on: str | None = None,
    by: str = "",
    accept: Collection[str] = (),
    column: str = "provider",
) -> Freeze:
    """Freeze a month's files, or return the freeze that is there already.

    Parameters
    ----------
    files
        The files that may be drawn now.
    late
        Freeze only the files that were in none of the month's freezes.
    frozen_on, by
        When and by whom; the clock's time where nothing is said. Neither enters the freeze.
    accept
        Names of providers of their own, though they look like one that the register holds draws of.
    column
        The column of the data that names the provider, for the way out that an error shows.

    Raises
    ------
    SampleError
        If the order of months, an open freeze, changed or missing files, or another spelling of the provider in the
        register forbid it. Nothing is recorded then.
    """
    provider, month = checked_identifier(provider, "provider"), check_month(month)
    population = canonical_population(files)
    with register.transaction() as connection:
        refuse_a_second_chain(connection, provider, accept=accept, column=column)
        of_month = stored_freezes(connection, provider=provider, purpose=plan.purpose, month=month)
        if late:
            arrived = set(population["case_id"])
            population = _files_not_frozen_yet(connection, population, of_month)
            if population.empty and (before := _last_late_part(connection, of_month, arrived)):
                return before
        elif of_month and of_month[0].part == "month":
            of_the_month = _files_not_frozen_yet(connection, population, of_month[1:])
            is_open = of_month[0].state == "open"
            named = register.named
            return _same_freeze(
                load_freeze(connection, of_month[0].digest), of_the_month, plan, is_open=is_open, register=named
            )
        every = stored_freezes(connection, provider=provider, purpose=plan.purpose)
        _refuse_beside_an_open_one(every, provider, plan.purpose, register)
        _check_order(every, month, late=late)
        if late and population.empty:
            raise SampleError(
                f"{provider} has no late files for {month}: every file that may be drawn was frozen before"
            )
        freeze = make_freeze(
            population,
            plan,
            provider=provider,
            month=month,
            part=_next_part(of_month) if late else "month",
            chain_head=chain_head(connection, provider)[1],
            covered=sampled_entities(connection, provider=provider, year=year_of(month, starts_in=plan.year_starts)),
        )
        _insert_freeze(connection, freeze, frozen_on or now(), by)
        return with_withdrawals(connection, freeze)


def _insert_freeze(connection: sa.Connection, freeze: Freeze, at: str, by: str) -> None:
    content = freeze.content
    identity = {key: content[key] for key in ("provider", "purpose", "month", "part")}
    row = {
        **identity,
        "digest": freeze.digest,
        "year": content["year"],
        "state": "open",
        "frozen_on": at,
        "freeze_json": freeze.json,
        "population_csv": population_csv(freeze.population),
    }
    connection.execute(FREEZES.insert(), row)
    append_entry(connection, {**identity, "kind": "freeze", "digest": freeze.digest}, at=at, by=by)
    append_record(connection, freeze.provider, "freeze", {freeze.digest: [rows_of(FREEZES), STATE]})


def load_freeze(connection: sa.Connection, digest: str) -> Freeze:
    """Return a stored freeze as an object."""
    content_bytes, population = frozen_files(connection, digest)
    content = read_canonical_json(content_bytes, name="the register's freeze.json")
    return with_withdrawals(connection, Freeze(population=read_population(population), content=content))


def _refuse_beside_an_open_one(every: list[StoredFreeze], provider: str, purpose: str, register: Register) -> None:
    for freeze in every:
        if freeze.state == "open":
            about = {"provider": provider, "month": freeze.month, "purpose": purpose}
            raise MonthWaitsError(
                f"{freeze.month} ({freeze.part}) is frozen and waits for its seed; draw it, or withdraw it with a "
                f"reason, before another freeze:\n  {withdraw_command(about, register=register.named)}"
            )


def _check_order(every: list[StoredFreeze], month: str, *, late: bool) -> None:
    last = max((freeze.month for freeze in every if freeze.state == "drawn"), default="")
    if late and month >= last and not any(freeze.month == month for freeze in every):
        raise SampleError(f"{month} has no freeze yet; freeze it as a month, and what comes after it with --late")
    if month < last and not late:
        raise MonthPassedError(
            f"{month} comes before {last}, which is drawn; months are drawn in order. "
            "Files that came late are frozen by themselves (--late)"
        )


def _files_not_frozen_yet(
    connection: sa.Connection, population: pd.DataFrame, of_month: list[StoredFreeze]
) -> pd.DataFrame:
    known: set[str] = set()
    for stored in of_month:
        known |= set(load_freeze(connection, stored.digest).population["case_id"])
    return population[~population["case_id"].isin(known)].reset_index(drop=True)


def _last_late_part(connection: sa.Connection, of_month: list[StoredFreeze], arrived: set[str]) -> Freeze | None:
    """Return the last late freeze all of whose files have arrived: a run over older data gets the one of its time."""
    parts = (load_freeze(connection, stored.digest) for stored in reversed(of_month) if stored.part != "month")
    return next((freeze for freeze in parts if arrived.issuperset(freeze.population["case_id"])), None)


def _next_part(of_month: list[StoredFreeze]) -> str:
    return f"late-{max((part_number(freeze.part) for freeze in of_month), default=0) + 1}"


def recorded_freeze(
    register: Register, files: pd.DataFrame, plan: SamplingPlan, *, provider: str, month: str
) -> Freeze | None:
    """Return a month's own freeze as the register holds it, or None; ``remarks`` name what has arrived otherwise since.

    Parameters
    ----------
    files, plan
        What would be frozen now.
    """
    with register.reading() as connection:
        of_month = stored_freezes(connection, provider=provider, purpose=plan.purpose, month=month)
        if not of_month or of_month[0].part != "month":
            return None
        freeze = load_freeze(connection, of_month[0].digest)
        population = _files_not_frozen_yet(connection, canonical_population(files), of_month[1:])
    return replace(freeze, remarks=tuple(_differences(freeze, population, plan)))


def _same_freeze(
    freeze: Freeze, population: pd.DataFrame, plan: SamplingPlan, *, is_open: bool, register: str
) -> Freeze:
    """Return the stored freeze if the same files and plan arrived again; else refuse, naming what differs.

    What made files certain may become known, or be read otherwise, after they were drawn: that is told in ``remarks``.
    """
    named = _differences(freeze, population, plan)
    if named and not is_open and not _differences(freeze, _with_reasons_of(freeze, population), plan):
        return replace(freeze, remarks=tuple(named))
    if named:
        way_out = f"; before its seed it can be withdrawn:\n  {withdraw_command(freeze.content, register=register)}"
        raise SampleError(
            f"{freeze.provider} {freeze.month} was frozen before ({freeze.digest[:12]}…) and differs from what arrived "
            "now:\n  " + "\n  ".join(named) + f"\nThe freeze stands{way_out if is_open else '.'}"
        )
    return freeze


def _with_reasons_of(freeze: Freeze, population: pd.DataFrame) -> pd.DataFrame:
    """Return files with the reasons that they were frozen with, where they have those and more now."""
    frozen = freeze.population.set_index("case_id")[["stratum", "reasons"]]
    rows = population.to_dict("records")
    for row in rows:
        if row["case_id"] in frozen.index:
            before = frozen.loc[row["case_id"]]
            if set(filter(None, before["reasons"].split(";"))) <= set(row["reasons"].split(";")):
                row.update(before)
    return pd.DataFrame(rows, columns=population.columns, dtype="object")


def _differences(freeze: Freeze, population: pd.DataFrame, plan: SamplingPlan) -> list[str]:
    """Name the files and the parts of the plan that are not as they were frozen."""
    before = freeze.population.set_index("case_id")
    after = population.set_index("case_id")
    both = before.index.intersection(after.index)
    changed = both[(before.loc[both] != after.loc[both]).any(axis=1)]
    differences = {
        "missing since": before.index.difference(after.index),
        "changed since": changed,
        "new since (freeze them by themselves with --late)": after.index.difference(before.index),
    }
    named = [f"{what}: {first_few(sorted(cases), _MOST_NAMED)}" for what, cases in differences.items() if len(cases)]
    again = make_freeze(freeze.population, plan, provider=freeze.provider, month=freeze.month).content
    bound_elsewhere = {"chain_head", "needs_cover", "population_digest", "part"}
    if not again["seed_source"]:  # who does not say where the seed comes from does not say that it comes from elsewhere
        bound_elsewhere.add("seed_source")
    named += [
        f"{key} was {freeze.content[key]}, now {again[key]}"
        for key in sorted(again)
        if key not in bound_elsewhere and again[key] != freeze.content[key]
    ]
    return named


def record_draw(
    register: Register, freeze: Freeze, make: Callable[[], Draw], *, given_on: str | None = None, by: str = ""
) -> tuple[Draw, bool]:
    """Record a draw once; return it, and whether it was recorded now.

    Parameters
    ----------
    make
        Makes the draw; called before anything is written.
    given_on
        When the seed was given: the clock's time where nothing is said.

    Raises
    ------
    SampleError
        If the freeze is unknown or withdrawn, was drawn with another seed or reviewer, or is younger than the seed.
    """
    digest = freeze.digest
    draw = make()
    at = given_on or now()
    with register.transaction() as connection:
        row = connection.execute(
            sa.select(FREEZES.c.state, FREEZES.c.frozen_on).where(FREEZES.c.digest == digest)
        ).first()
        if row is None:
            raise SampleError(
                f"the register holds no freeze {digest[:12]}…; freeze into this register first, or name the right one"
            )
        if row.state == "withdrawn":
            raise SampleError(f"the freeze {digest[:12]}… was withdrawn; freeze the month again")
        before = stored_draw(connection, digest)
        if before is not None:
            _refuse_another(before[0], draw)
            return replace(draw, freeze=with_withdrawals(connection, freeze)), False
        if draw.content["seed_origin"] != "series":
            refuse_an_older_seed(at, row.frozen_on)
            refuse_a_known_seed(connection, draw.content["seed"], freeze, row.frozen_on)
        _insert_draw(connection, draw, at, by)
        return replace(draw, freeze=with_withdrawals(connection, freeze)), True


def _refuse_another(stored: bytes, draw: Draw) -> None:
    if stored == draw.json:
        return
    content = read_canonical_json(stored, name="the register's draw.json")
    differing = [key for key in ("seed", "reviewer", "reviewer_rpa") if content[key] != draw.content[key]]
    raise SampleError(
        f"{draw.freeze.provider} {draw.freeze.month} ({draw.freeze.part}) was drawn before with another "
        f"{' and '.join(differing) or 'program'}; a draw is never made again; "
        "the seed that counts is in draw.json and in the register"
    )


def _insert_draw(connection: sa.Connection, draw: Draw, at: str, by: str) -> None:
    freeze, digest = draw.freeze, draw.freeze.digest
    connection.execute(
        DRAWS.insert(),
        {"freeze_digest": digest, "seed_given_on": at, "draw_json": draw.json, "sample_csv": sample_csv(draw.sample)},
    )
    chosen = draw.sample[["case_id", "selected_by"]].merge(
        freeze.population[["case_id", "assessor_id", "pop_id"]], on="case_id", validate="one_to_one"
    )
    if len(chosen):
        rows: Any = chosen.assign(freeze_digest=digest).to_dict("records")
        connection.execute(SELECTED.insert(), rows)
    connection.execute(FREEZES.update().where(FREEZES.c.digest == digest).values(state="drawn"))
    identity = {key: freeze.content[key] for key in ("provider", "purpose", "month", "part")}
    append_entry(
        connection,
        {**identity, "kind": "draw", "digest": sha256_hex(draw.json)},
        at=at,
        by=by or draw.content["reviewer"],
    )
    append_record(connection, freeze.provider, "draw", {digest: [STATE, rows_of(DRAWS), rows_of(SELECTED)]})


def record_withdrawal(register: Register, *, provider: str, month: str, purpose: str, reason: str, by: str = "") -> str:
    """Withdraw the open freeze of a month before a seed is given; return its digest."""
    why = " ".join(reason.split())
    if not why:
        raise SampleError("a freeze is withdrawn with a reason; say why in a sentence")
    with register.transaction() as connection:
        of_month = stored_freezes(connection, provider=provider, purpose=purpose, month=month)
        open_ones = [freeze for freeze in of_month if freeze.state == "open"]
        if not open_ones:
            before = withdrawals_of_month(connection, provider=provider, purpose=purpose, month=month)
            state = "is drawn already" if of_month else "was withdrawn by now" if before else "was never frozen"
            raise SampleError(
                f"{provider} {month} {state}: only a freeze that waits for its seed can be withdrawn; "
                f"waiting are: {_waiting(connection, purpose) or 'none'}"
            )
        stored = open_ones[0]
        connection.execute(
            FREEZES.update().where(FREEZES.c.digest == stored.digest).values(state="withdrawn", withdrawn_because=why)
        )
        digest = withdrawal_digest(stored.digest, why)
        entry = {"provider": provider, "purpose": purpose, "month": month, "part": stored.part}
        append_entry(connection, {**entry, "kind": "withdrawal", "digest": digest}, at=now(), by=by)
        append_record(connection, provider, "withdrawal", {stored.digest: [STATE]})
    return stored.digest


def _waiting(connection: sa.Connection, purpose: str) -> str:
    """Name the freezes of every provider that wait for their seed."""
    query = sa.select(FREEZES.c.provider, FREEZES.c.month).where(
        FREEZES.c.state == "open", FREEZES.c.purpose == purpose
    )
    return ", ".join(sorted(f"{row.provider} {row.month}" for row in connection.execute(query)))


def record_not_moderatable(register: Register, *, provider: str, reasons: Mapping[str, str]) -> list[str]:
    """Record sampled files that could not be moderated; return the case ids that were new.

    Parameters
    ----------
    reasons
        Case id -> why.

    Raises
    ------
    SampleError
        If a case is not in a sample of the provider.
    """
    recorded: list[str] = []
    written: dict[str, list[str]] = {}
    with register.transaction() as connection:
        for case_id, reason in sorted(reasons.items()):
            query = (
                sa.select(SELECTED.c.freeze_digest)
                .join(FREEZES, FREEZES.c.digest == SELECTED.c.freeze_digest)
                .where(FREEZES.c.provider == provider, FREEZES.c.purpose == "moderation", SELECTED.c.case_id == case_id)
                .order_by(FREEZES.c.month.desc(), FREEZES.c.part.desc())
                .limit(1)
            )
            digest = connection.execute(query).scalar()
            if digest is None:
                raise SampleError(f"{case_id} is in no sample of {provider}; only a sampled file can be recorded so")
            if insert_not_moderatable(connection, digest, case_id, reason):
                recorded.append(case_id)
                written.setdefault(digest, []).append(rows_of(NOT_MODERATABLE, case_id))
        if recorded:
            append_record(connection, provider, "not moderatable", written)
    return recorded


def insert_not_moderatable(connection: sa.Connection, digest: str, case_id: str, reason: str) -> bool:
    """Record one sampled file of a draw that could not be moderated; say whether that is new."""
    key = {"freeze_digest": digest, "case_id": case_id}
    if connection.execute(sa.select(NOT_MODERATABLE.c.case_id).filter_by(**key)).first() is not None:
        return False
    connection.execute(NOT_MODERATABLE.insert(), {**key, "reason": reason, "recorded_at": now()})
    return True
