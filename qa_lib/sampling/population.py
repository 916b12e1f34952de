"""The population of a draw: one row per file that may be drawn, in its canonical form (``docs/protocol.md`` §3)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.sampling.identifiers import identifier_fault, normalise_identifier
from qa_lib.sampling.protocol import read_csv, write_csv

COLUMNS = ["case_id", "stratum", "reasons", "outcome", "tier", "assessor_id", "pop_id", "insufficient"]
#: Reasons for certain selection, in the order in which they name a file's stratum.
REASONS = (
    "insufficient_evidence",
    "full_reassessment",
    "partial_reassessment",
    "resubmission",
    "difficult",
    "first_solo",
)
OUTCOMES = ("met", "partial_reassessment", "full_reassessment", "insufficient_evidence")
#: From the least to the most heavily sampled.
TIERS = ("standard", "raised", "high")

_MOST_NAMED = 20


def canonical_population(files: pd.DataFrame) -> pd.DataFrame:
    """Return the files in canonical form: ids normalised, every field checked, sorted by ``case_id``.

    Parameters
    ----------
    files
        One row per file with the columns of :data:`COLUMNS`; other columns are left out.

    Raises
    ------
    SampleError
        Naming every row that is refused, by its position (from 1) and why.
    """
    missing = [column for column in COLUMNS if column not in files.columns]
    if missing:
        raise SampleError(f"the population lacks the columns {missing}")
    frame = files[COLUMNS].reset_index(drop=True).astype("object").fillna("")
    faults: list[str] = []
    for column in ("case_id", "assessor_id", "pop_id"):
        # Each distinct id is looked at once: a million files have few assessors.
        codes, ids = pd.factorize(frame[column])
        cleaned = [normalise_identifier(str(text)) for text in ids]
        for code, text in enumerate(cleaned):
            if fault := identifier_fault(text):
                rows = [int(row) + 1 for row in (codes == code).nonzero()[0][:_MOST_NAMED]]
                faults.append(f"row {rows}: {column} {fault}")
        frame[column] = pd.Series(np.array(cleaned, dtype=object)[codes], dtype="object")
    faults += _duplicates(frame["case_id"]) + _contradictions(frame)
    if faults:
        raise SampleError("the population is refused:\n  " + "\n  ".join(faults))
    # Python compares texts by code point, whatever the locale.
    order = sorted(range(len(frame)), key=frame["case_id"].tolist().__getitem__)
    return frame.take(order).reset_index(drop=True).astype("object")


def _duplicates(case_ids: pd.Series) -> list[str]:
    repeated = case_ids[case_ids.duplicated(keep=False)]
    return [
        f"rows {[int(row) + 1 for row in rows[:_MOST_NAMED]]}: the same case_id, after Unicode normalisation"
        for rows in repeated.groupby(repeated, sort=False).groups.values()
    ]


def _contradictions(frame: pd.DataFrame) -> list[str]:
    """Check the fields against each other, once per distinct combination."""
    fields = frame[["stratum", "reasons", "outcome", "tier", "insufficient"]]
    faults = []
    for combination in fields.drop_duplicates().itertuples(index=False, name=None):
        if fault := _contradiction(*map(str, combination)):
            rows = (fields == list(combination)).all(axis=1).to_numpy().nonzero()[0]
            faults.append(f"row {[int(row) + 1 for row in rows[:_MOST_NAMED]]}: {fault}")
    return faults


def _contradiction(stratum: str, reasons: str, outcome: str, tier: str, insufficient: str) -> str | None:
    listed = reasons.split(";") if reasons else []
    standards = insufficient.split(";") if insufficient else []
    numbers = [int(standard) for standard in standards if standard.isdecimal() and standard.isascii()]
    checks = {
        f"outcome {outcome!r} is none of {list(OUTCOMES)}": outcome not in OUTCOMES,
        f"tier {tier!r} is none of {list(TIERS)}": tier not in TIERS,
        f"reasons {reasons!r} are not among {list(REASONS)}, each once and in this order": listed
        != [reason for reason in REASONS if reason in listed],
        f"stratum {stratum!r} is not the first reason ({join_reasons(listed[:1]) or 'met'})": stratum
        != (listed[0] if listed else "met"),
        f"insufficient {insufficient!r} is not ascending standards joined by ';'": [
            str(n) for n in sorted(set(numbers))
        ]
        != standards
        or 0 in numbers,
        f"outcome {outcome} is not among the reasons": outcome in OUTCOMES[1:] and outcome not in listed,
        "standards are judged insufficient but insufficient_evidence is not among the reasons": bool(standards)
        and REASONS[0] not in listed,
    }
    return next((text for text, wrong in checks.items() if wrong), None)


def join_reasons(reasons: Iterable[str]) -> str:
    """Join reasons in the protocol's order."""
    chosen = set(reasons)
    return ";".join(reason for reason in REASONS if reason in chosen)


def population_csv(population: pd.DataFrame) -> bytes:
    """Return ``population.csv`` of a canonical population."""
    return write_csv(COLUMNS, zip(*(population[column].tolist() for column in COLUMNS), strict=True))


def read_population(content: bytes) -> pd.DataFrame:
    """Read ``population.csv`` back; refuse it where it is not canonical."""
    rows = read_csv(content, COLUMNS, name="population.csv")
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    population = canonical_population(frame)
    if population_csv(population) != content:
        raise SampleError("population.csv is not sorted by case_id with normalised ids; fetch the original")
    return population
