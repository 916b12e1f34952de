"""Pre-upload scrutiny: at least one file of every assessor, by ticket (``docs/protocol.md`` §7)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from qa_lib.sampling.population import TIERS
from qa_lib.sampling.tickets import tickets


def choose_for_scrutiny(
    population: pd.DataFrame, *, digest: str, seed: str, files_per_tier: Mapping[str, int]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Choose each assessor's files with the smallest tickets, as many as the highest tier among them asks for.

    Returns
    -------
    tuple
        The sample in the shape of ``sample.csv``, and the ``counts`` of ``draw.json``.
    """
    drawn = tickets(population["case_id"].tolist(), digest=digest, seed=seed)
    by_ticket = population.take(drawn.order)
    heights = population["tier"].map({tier: height for height, tier in enumerate(TIERS)})
    highest = heights.groupby(population["assessor_id"]).max()
    wanted = by_ticket["assessor_id"].map(highest).map({height: files_per_tier[t] for height, t in enumerate(TIERS)})
    place = by_ticket.groupby("assessor_id").cumcount()
    submitted = by_ticket["assessor_id"].map(population["assessor_id"].value_counts())
    taken = np.minimum(wanted.astype("int64"), submitted.astype("int64"))
    chosen = by_ticket[(place < taken).to_numpy()].sort_index()
    sample = chosen[["case_id", "stratum", "reasons"]].copy()
    sample["selected_by"] = "scrutiny"
    sample["ticket"] = [drawn.text(position) for position in chosen.index]
    sample["random_probability"] = [f"{taken[row]}/{submitted[row]}" for row in chosen.index]
    sample["standards_to_moderate"] = ""
    counts = {"assessors": len(highest), "files": len(population), "selected": len(sample)}
    return sample.reset_index(drop=True).astype("object"), counts
