"""The year's coverage, seen back from its draws: who was sampled when, what each policy would cost (X.COVER)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.calendar.months import place_in_year
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import frozen_plan
from qa_lib.sampling.selection import select

KINDS = {"assessor": "assessor_id", "PoP": "pop_id"}
ENTITY_COLUMNS = [
    "kind",
    "id",
    "status",
    "files",
    "months",
    "first_month",
    "sampled_files",
    "first_sampled",
    "last_month",
]


def coverage_by_entity(draws: Sequence[Draw], *, not_moderatable: Collection[tuple[str, str]] = ()) -> pd.DataFrame:
    """Return one row per assessor and PoP that appeared in the year.

    Parameters
    ----------
    draws
        The year's draws in order, waiting ones included.
    not_moderatable
        Freeze digest and case id of sampled files that could not be moderated: they cover nobody.

    Returns
    -------
    DataFrame
        Columns :data:`ENTITY_COLUMNS`; ``status`` is *sampled*, *waiting for seed* (in an open freeze and not sampled
        before), or *not sampled yet*. Sorted by kind and id.
    """
    files = _files(draws, not_moderatable)
    rows = []
    for kind, column in KINDS.items():
        for entity, own in files.groupby(column, sort=False):
            sampled = own[own["sampled"]]
            status = "sampled" if len(sampled) else "waiting for seed" if own["waiting"].any() else "not sampled yet"
            rows.append(
                {
                    "kind": kind,
                    "id": entity,
                    "status": status,
                    "files": len(own),
                    "months": own["month"].nunique(),
                    "first_month": own["month"].min(),
                    "sampled_files": len(sampled),
                    "first_sampled": sampled["month"].min() if len(sampled) else "",
                    "last_month": own["month"].max(),
                }
            )
    return pd.DataFrame(rows, columns=ENTITY_COLUMNS).sort_values(["kind", "id"], ignore_index=True)


def coverage_by_month(entities: pd.DataFrame, months: Iterable[str]) -> pd.DataFrame:
    """Return ``month, kind, seen, sampled``: how many had been seen and sampled by the end of each month."""
    rows = []
    for month in sorted(set(months)):
        for kind, own in entities.groupby("kind"):
            seen = (own["first_month"] <= month).sum()
            sampled = ((own["first_sampled"] != "") & (own["first_sampled"] <= month)).sum()
            rows.append({"month": month, "kind": f"{kind}s", "seen": int(seen), "sampled": int(sampled)})
    return pd.DataFrame(rows, columns=["month", "kind", "seen", "sampled"])


def policy_costs(draws: Sequence[Draw], *, policies: Sequence[int | None] = (None, *range(2, 13))) -> pd.DataFrame:
    """Draw the year again under each coverage policy, with the tickets that it had.

    Parameters
    ----------
    draws
        The year's draws in order; waiting ones are left out.
    policies
        ``None`` for first_sight, a month of the year for from_month.

    Returns
    -------
    DataFrame
        One row per policy: ``policy, coverage_files`` (extra files in the year), ``sampled_files`` (all), and
        ``never_sampled`` (assessors and PoPs that appeared and were missed).
    """
    drawn = [draw for draw in draws if draw.status == "drawn"]
    rows = []
    for start in policies:
        sampled: dict[str, set[str]] = {kind: set() for kind in KINDS}
        seen: dict[str, set[str]] = {kind: set() for kind in KINDS}
        extra = total = 0
        for draw in drawn:
            step = _step_under(draw, start, sampled)
            extra += int((step == _COVERAGE).sum())
            total += int((step > 0).sum())
            for kind, column in KINDS.items():
                of_file = draw.freeze.population[column].to_numpy()
                seen[kind] |= set(of_file)
                sampled[kind] |= set(of_file[step > 0])
        missed = sum(len(seen[kind] - sampled[kind]) for kind in KINDS)
        name = "first_sight" if start is None else f"from_month {start}"
        rows.append({"policy": name, "coverage_files": extra, "sampled_files": total, "never_sampled": missed})
    return pd.DataFrame(rows, columns=["policy", "coverage_files", "sampled_files", "never_sampled"])


_COVERAGE = 4


def _step_under(draw: Draw, start: int | None, sampled: dict[str, set[str]]) -> NDArray[np.int8]:
    freeze, plan = draw.freeze, frozen_plan(draw.freeze.content)
    early = start is not None and place_in_year(freeze.month, starts_in=plan.year_starts) < start
    population = freeze.population
    needs = {
        "assessors": [] if early else sorted(set(population["assessor_id"]) - sampled["assessor"]),
        "pops": [] if early else sorted(set(population["pop_id"]) - sampled["PoP"]),
    }
    return select(
        population,
        digest=freeze.digest,
        seed=draw.content["seed"],
        rate=plan.rate,
        tiers=plan.tiers,
        needs_cover=needs,
    ).step


def _files(draws: Sequence[Draw], not_moderatable: Collection[tuple[str, str]]) -> pd.DataFrame:
    """Return every frozen file of the year with whether it was sampled, and could be moderated."""
    frames = [pd.DataFrame(columns=["assessor_id", "pop_id", "month", "sampled", "waiting"])]
    spoilt = set(not_moderatable)
    for draw in draws:
        freeze = draw.freeze
        taken = {case for case in draw.sample["case_id"] if (freeze.digest, case) not in spoilt}
        frames.append(
            freeze.population[["assessor_id", "pop_id"]].assign(
                month=freeze.month,
                sampled=freeze.population["case_id"].isin(taken),
                waiting=draw.status != "drawn",
            )
        )
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
