"""From a freeze and a seed to ``sample.csv`` and ``draw.json`` (``docs/protocol.md`` §5–§7)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.files import held, write_together
from qa_lib.sampling.frozen import Freeze, SamplingPlan, checked_identifier, frozen_plan, same_name
from qa_lib.sampling.identifiers import forbidden_character, normalise_identifier
from qa_lib.sampling.protocol import VERSION, canonical_json, read_canonical_json, read_csv, sha256_hex
from qa_lib.sampling.scrutiny_selection import choose_for_scrutiny
from qa_lib.sampling.selection import SAMPLE_COLUMNS, sample_csv, sample_frame, select

SHORTEST_SEED = 20
OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A draw, or a freeze that still waits for its seed.

    Attributes
    ----------
    freeze
        What was drawn from.
    sample
        One row per selected file, all columns text; empty while waiting.
    content
        The object in ``draw.json``; empty while waiting.
    remarks
        What was done to the seed before it was drawn with; said once, when the draw is made.
    """

    freeze: Freeze
    sample: pd.DataFrame
    content: Mapping[str, Any]
    remarks: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """``drawn`` or ``waiting for seed``."""
        return "drawn" if self.content else "waiting for seed"

    @property
    def json(self) -> bytes:
        """The bytes of ``draw.json``."""
        return canonical_json(self.content)

    def refuse_other(self, folder: Path) -> None:
        """Refuse a folder that holds another draw.

        Raises
        ------
        SampleError
            If its ``draw.json`` is not this draw's.
        """
        target = folder / "draw.json"
        if target.exists() and target.read_bytes() != self.json:
            raise SampleError(
                f"{folder} was drawn already with another seed or reviewer; a draw is never made again. "
                "Read draw.json for the seed that counts"
            )

    def write(self, folder: Path, *, beside: Mapping[str, bytes] | None = None) -> None:
        """Write ``sample.csv`` and last ``draw.json``, all or nothing; refuse a folder that holds another draw.

        Of two people who draw in one folder at once, with different seeds, one draw stands.

        Parameters
        ----------
        beside
            Further files to write with them, by name.
        """
        own = {"sample.csv": sample_csv(self.sample), "draw.json": self.json}
        others = {name: content for name, content in (beside or {}).items() if name not in own}
        frozen = folder / "freeze.json"
        with held(frozen, waiting=True) if frozen.is_file() else nullcontext():
            self.refuse_other(folder)
            write_together(folder, {**others, **own})


def waiting(freeze: Freeze) -> Draw:
    """Return the state of a freeze without a seed."""
    return Draw(freeze=freeze, sample=pd.DataFrame(columns=SAMPLE_COLUMNS, dtype="object"), content={})


def read_draw(freeze: Freeze, draw_json: bytes, sample: bytes) -> Draw:
    """Return a draw from its files as they were written.

    Raises
    ------
    SampleError
        If a file is not in the protocol's form, or they do not belong to the freeze.
    """
    content = read_canonical_json(draw_json, name="draw.json")
    if content.get("freeze_digest") != freeze.digest or content.get("sample_digest") != sha256_hex(sample):
        raise SampleError("draw.json binds another freeze.json or sample.csv; run qa verify on the folder")
    rows = read_csv(sample, SAMPLE_COLUMNS, name="sample.csv")
    return Draw(freeze=freeze, sample=pd.DataFrame(rows, columns=SAMPLE_COLUMNS, dtype="object"), content=content)


def check_seed(seed: str) -> str:
    """Return a normalised seed.

    Raises
    ------
    SampleError
        If it is shorter than 20 characters or holds a control character.
    """
    cleaned = normalise_identifier(seed)
    if fault := forbidden_character(cleaned):
        raise SampleError(f"the seed {fault}; type it in plain characters")
    if len(cleaned) < SHORTEST_SEED:
        raise SampleError(
            f"the seed has {len(cleaned)} characters; expected {SHORTEST_SEED} or more, e.g. twenty dice throws, "
            "so that nobody can try seeds until one suits"
        )
    return cleaned


def series_seed(series: str, freeze: Freeze) -> str:
    """Return the seed of a back-run: series, provider and month joined by ``/``, and the part of late files."""
    return normalise_identifier(series + series_ending(freeze))


def series_ending(freeze: Freeze) -> str:
    """Return what stands behind a series in the seed of a freeze."""
    return "/".join(["", freeze.provider, freeze.month, *([] if freeze.part == "month" else [freeze.part])])


def make_draw(freeze: Freeze, *, seed: str, reviewer: str, reviewer_rpa: str) -> Draw:
    """Draw a frozen population with a reviewer's seed.

    Raises
    ------
    SampleError
        If the seed or the reviewer is refused. For scrutiny the RPA gives the seed itself.
    """
    seed, reviewer = check_seed(seed), checked_identifier(reviewer, "reviewer")
    reviewer_rpa = checked_identifier(reviewer_rpa, "the reviewer's RPA")
    scrutiny = freeze.content["purpose"] == "scrutiny"
    own = same_name(reviewer_rpa, freeze.provider)
    if scrutiny and not own:
        raise SampleError(f"the seed comes from {reviewer_rpa}; for scrutiny {freeze.provider} gives it itself")
    if own and not scrutiny:
        raise SampleError(
            f"the reviewer comes from {reviewer_rpa}, whose own files these are; "
            "the peer reviewer must be of another provider"
        )
    given = {"reviewer": reviewer, "reviewer_rpa": reviewer_rpa, "seed_origin": "rpa" if scrutiny else "reviewer"}
    return _draw(freeze, seed, given)


def make_series_draw(freeze: Freeze, *, series: str) -> Draw:
    """Draw a frozen population in a back-run, with a seed that the operator's series gives."""
    seed = series_seed(series, freeze)
    if not series.strip() or forbidden_character(seed):
        raise SampleError(f"the seed series is {series!r}; expected a text without control characters")
    return _draw(freeze, seed, {"reviewer": OPERATOR, "reviewer_rpa": "", "seed_origin": "series"})


def _draw(freeze: Freeze, seed: str, given: Mapping[str, str]) -> Draw:
    plan, digest = frozen_plan(freeze.content), freeze.digest
    sample, counts, proof = _sample(freeze, plan, digest, seed)
    content = {
        **given,
        "counts": counts,
        "cover_proof": proof,
        "freeze_digest": digest,
        "population_digest": freeze.content["population_digest"],
        "protocol": VERSION,
        "sample_digest": sha256_hex(sample_csv(sample)),
        "seed": seed,
    }
    return Draw(freeze=freeze, sample=sample, content=content)


def _sample(
    freeze: Freeze, plan: SamplingPlan, digest: str, seed: str
) -> tuple[pd.DataFrame, Mapping[str, int], Mapping[str, list[str]]]:
    if plan.purpose == "scrutiny":
        chosen, counts = choose_for_scrutiny(
            freeze.population, digest=digest, seed=seed, files_per_tier=plan.scrutiny_files
        )
        return chosen, counts, {"assessors": [], "files": [], "pops": []}
    selection = select(
        freeze.population,
        digest=digest,
        seed=seed,
        rate=plan.rate,
        tiers=plan.tiers,
        needs_cover=freeze.content["needs_cover"],
    )
    frame = sample_frame(freeze.population, selection, {**freeze.content, "digest": digest}, seed=seed)
    return frame, selection.counts, selection.cover_proof
