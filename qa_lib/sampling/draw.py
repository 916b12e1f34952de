"""The draw itself: certainty, random part, risk top-up, coverage top-up (``docs/protocol.md`` §6).

A pure function of a canonical population, the freeze's values, its digest and a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qa_lib.sampling.coverage import Cover, codes_in_order, least_cover
from qa_lib.sampling.protocol import ceil_share, write_csv
from qa_lib.sampling.tickets import Tickets, ticket, tickets

SAMPLE_COLUMNS = [
    "case_id",
    "stratum",
    "reasons",
    "selected_by",
    "ticket",
    "random_probability",
    "standards_to_moderate",
]
STEPS = ("", "certainty", "random", "risk", "coverage")
_CERTAINTY, _RANDOM, _RISK, _COVERAGE = 1, 2, 3, 4


@dataclass(frozen=True)
class Selection:
    """Which files were selected, by which step, and why no fewer could cover.

    Attributes
    ----------
    step
        Per file of the population: place in :data:`STEPS`, 0 where not selected.
    tickets
        The files' tickets.
    counts
        The ``counts`` of ``draw.json``.
    cover_proof
        The ``cover_proof`` of ``draw.json``.
    """

    step: NDArray[np.int8]
    tickets: Tickets
    counts: Mapping[str, int]
    cover_proof: Mapping[str, list[str]]


def select(
    population: pd.DataFrame,
    *,
    digest: str,
    seed: str,
    rate: Fraction,
    tiers: Mapping[str, Fraction],
    needs_cover: Mapping[str, Sequence[str]],
) -> Selection:
    """Select files out of a canonical population.

    Parameters
    ----------
    population
        As :func:`qa_lib.sampling.population.canonical_population` returns it.
    digest, seed
        Freeze digest and seed: they make the tickets.
    rate
        Rate of the random part, of all files whose outcome is met (HLTA.MOD.3).
    tiers
        Extra rate of each tier (HLTA.MOD.4, HLTA.MOD.5).
    needs_cover
        ``assessors`` and ``pops`` that need a sampled file.
    """
    case_ids = population["case_id"].tolist()
    drawn = tickets(case_ids, digest=digest, seed=seed)
    drawable = (population["stratum"] == "met").to_numpy(dtype=bool)
    step = np.where(drawable, 0, _CERTAINTY).astype(np.int8)
    met = int((population["outcome"] == "met").sum())
    required = ceil_share(rate, met)
    by_ticket = drawn.order[drawable[drawn.order]]
    step[by_ticket[:required]] = _RANDOM
    tier = population["tier"].to_numpy(dtype=object)
    for name, extra in tiers.items():
        if extra:
            of_tier = by_ticket[tier[by_ticket] == name]
            more = ceil_share(extra, len(of_tier))
            step[of_tier[step[of_tier] == 0][:more]] = _RISK
    proof = _cover(population, step, needs_cover, drawn)
    taken = np.bincount(step, minlength=len(STEPS)).tolist()
    counts = {"files": len(case_ids), "met": met, "stratum_met": len(by_ticket), "random_required": required}
    counts |= dict(zip(STEPS[1:], taken[1:], strict=True)) | {"selected": sum(taken[1:])}
    return Selection(step, drawn, counts, proof)


def _cover(
    population: pd.DataFrame, step: NDArray[np.int8], needs_cover: Mapping[str, Sequence[str]], drawn: Tickets
) -> dict[str, list[str]]:
    """Mark the coverage top-up in ``step`` and return its proof."""
    if not needs_cover["assessors"] and not needs_cover["pops"]:
        return {"assessors": [], "files": [], "pops": []}
    assessor, assessors = codes_in_order(population["assessor_id"].to_numpy(dtype=object))
    pop, pops = codes_in_order(population["pop_id"].to_numpy(dtype=object))
    selected = step > 0
    uncovered_assessors = _uncovered(assessors, needs_cover["assessors"], assessor[selected])
    uncovered_pops = _uncovered(pops, needs_cover["pops"], pop[selected])
    free = ~selected & (uncovered_assessors[assessor] | uncovered_pops[pop])
    cover: Cover = least_cover(
        assessor,
        pop,
        uncovered_assessors=uncovered_assessors,
        uncovered_pops=uncovered_pops,
        by_ticket=drawn.order[free[drawn.order]],
    )
    step[cover.files] = _COVERAGE
    return {
        "assessors": [assessors[code] for code in cover.assessors],
        "files": population["case_id"].take(cover.files).tolist(),
        "pops": [pops[code] for code in cover.pops],
    }


def _uncovered(names: list[str], needing: Sequence[str], sampled: NDArray[np.intp]) -> NDArray[np.bool_]:
    wanted = set(needing)
    uncovered = np.fromiter((name in wanted for name in names), dtype=bool, count=len(names))
    uncovered[sampled] = False
    return uncovered


def standards_to_moderate(
    case_id: str, insufficient: str, *, digest: str, seed: str, national: Sequence[int], more: int, standards: int
) -> str:
    """Return the standards to moderate in one file (HLTA.MOD.6), ascending, joined by ``;``."""
    chosen = {int(standard) for standard in insufficient.split(";") if standard} | set(national)
    others = [str(number) for number in range(1, standards + 1) if number not in chosen]
    others.sort(key=lambda standard: ticket(digest, seed, case_id, standard))
    return ";".join(map(str, sorted(chosen | {int(standard) for standard in others[:more]})))


def sample_frame(
    population: pd.DataFrame, selection: Selection, freeze: Mapping[str, Any], *, seed: str
) -> pd.DataFrame:
    """Return the sample: one row per selected file, sorted by ``case_id``, all columns text.

    Parameters
    ----------
    population, selection
        What was drawn from and what :func:`select` returned.
    freeze
        The content of ``freeze.json`` with the additional key ``digest``.
    seed
        The seed of the draw.
    """
    places = np.flatnonzero(selection.step)
    chosen = population.take(places)
    counts = selection.counts
    chance = f"{counts['random']}/{counts['stratum_met']}"
    frame = chosen[["case_id", "stratum", "reasons"]].reset_index(drop=True)
    frame["selected_by"] = [STEPS[step] for step in selection.step[places]]
    frame["ticket"] = [selection.tickets.text(place) for place in places.tolist()]
    frame["random_probability"] = ["1" if stratum != "met" else chance for stratum in frame["stratum"]]
    frame["standards_to_moderate"] = [
        standards_to_moderate(
            case_id,
            insufficient,
            digest=freeze["digest"],
            seed=seed,
            national=freeze["national_standards"],
            more=freeze["standards_more"],
            standards=freeze["standards"],
        )
        for case_id, insufficient in zip(chosen["case_id"], chosen["insufficient"], strict=True)
    ]
    return frame.astype("object")


def sample_csv(sample: pd.DataFrame) -> bytes:
    """Return ``sample.csv`` of a sample."""
    return write_csv(SAMPLE_COLUMNS, zip(*(sample[column].tolist() for column in SAMPLE_COLUMNS), strict=True))
