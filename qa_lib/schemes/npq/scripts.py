"""The random 10 % of a provider's scripts for national moderation, drawn by tickets that anyone can check.

As every random selection of this suite (``docs/protocol.md`` §6): the list of scripts is frozen and its digest fixed
before there is a seed; the ticket of a script is the SHA-256 of ``digest:seed:participant_id``, and the lowest win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.sampling.drawing import check_seed
from qa_lib.sampling.identifiers import identifier_fault, normalise_identifier
from qa_lib.sampling.protocol import VERSION, canonical_json, ceil_share, parse_rate, sha256_hex, write_csv
from qa_lib.sampling.tickets import tickets

SCRIPT_COLUMNS = ["participant_id", "level"]
DRAWN_COLUMNS = [*SCRIPT_COLUMNS, "ticket"]


@dataclass(frozen=True, kw_only=True)
class ScriptDraw:
    """A frozen list of scripts and, once there is a seed, the sample.

    Attributes
    ----------
    population
        ``participant_id, level`` of every script, by code point.
    content
        What the freeze binds: provider, period, rate as text, number of scripts, digest of the list.
    seed
        The seed; blank while the freeze waits for one.
    sample
        ``participant_id, level, ticket`` of the scripts drawn, by code point.
    remarks
        What was done to the seed before it was drawn with; said once, when the draw is made.
    """

    population: pd.DataFrame
    content: Mapping[str, Any]
    seed: str = ""
    sample: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DRAWN_COLUMNS, dtype="str"))
    remarks: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """``drawn`` or ``waiting for seed``."""
        return "drawn" if self.seed else "waiting for seed"

    @property
    def digest(self) -> str:
        """The freeze digest: SHA-256 of the freeze."""
        return sha256_hex(canonical_json(self.content))

    @property
    def size(self) -> int:
        """How many scripts the rate asks for, rounded up, exactly."""
        return ceil_share(parse_rate(self.content["rate"]), len(self.population))

    def files(self) -> dict[str, bytes]:
        """Return the freeze and, once drawn, the sample as files, verbatim."""
        files = {
            "scripts.csv": _csv(self.population, SCRIPT_COLUMNS),
            "freeze.json": canonical_json(self.content),
        }
        if self.seed:
            sample = _csv(self.sample, DRAWN_COLUMNS)
            draw = {"freeze_digest": self.digest, "sample_digest": sha256_hex(sample), "seed": self.seed}
            files |= {"sample.csv": sample, "draw.json": canonical_json(draw | {"protocol": VERSION})}
        return files


def freeze_scripts(
    scripts: pd.DataFrame, *, provider: str, period: str, rate: Fraction | str, seed_source: str = ""
) -> ScriptDraw:
    """Freeze a provider's list of scripts; it waits for a seed.

    Parameters
    ----------
    scripts
        One row per script, with ``participant_id`` and ``level``.
    provider, period
        Whose scripts, and of which year.
    rate
        The rate of NPQ.M5, exact.
    seed_source
        Where the seed will come from, named beforehand.

    Raises
    ------
    SampleError
        If an id repeats or cannot be hashed the same everywhere.
    """
    ids = [normalise_identifier(text) for text in scripts["participant_id"]]
    faults = [f"{text!r} {fault}" for text in ids if (fault := identifier_fault(text))]
    repeated = pd.Series(ids, dtype="str")
    faults += [f"{text!r} is there twice" for text in repeated[repeated.duplicated()].unique()]
    if faults:
        shown = "; ".join(sorted(set(faults))[:5])
        raise SampleError(f"the list of scripts is refused, because of its ids: {shown}; mend them")
    frame = pd.DataFrame({"participant_id": ids, "level": scripts["level"].tolist()}, dtype="str")
    frame = frame.sort_values("participant_id", key=lambda column: column.astype("object"), ignore_index=True)
    exact = parse_rate(rate)
    content = {
        "population_digest": sha256_hex(_csv(frame, SCRIPT_COLUMNS)),
        "period": period,
        "protocol": VERSION,
        "provider": provider,
        "purpose": "national moderation of scripts",
        "rate": f"{exact.numerator}/{exact.denominator}",
        "scripts": len(frame),
        "seed_source": normalise_identifier(seed_source),
    }
    return ScriptDraw(population=frame, content=content)


def npq_draw_scripts(freeze: ScriptDraw, *, seed: str) -> ScriptDraw:
    """Draw a frozen list with the seed of the body that moderates.

    Raises
    ------
    SampleError
        If the seed is too short or holds control characters, or the list was drawn with another one.
    """
    checked = check_seed(seed)
    if freeze.seed not in ("", checked):
        raise SampleError("these scripts were drawn already with another seed; a draw is never made again")
    drawn = tickets(freeze.population["participant_id"].tolist(), digest=freeze.digest, seed=checked)
    places = sorted(drawn.order[: freeze.size].tolist())
    sample = freeze.population.iloc[places].reset_index(drop=True)
    sample["ticket"] = pd.Series([drawn.text(place) for place in places], dtype="str")
    return ScriptDraw(population=freeze.population, content=freeze.content, seed=checked, sample=sample)


def _csv(frame: pd.DataFrame, columns: list[str]) -> bytes:
    return write_csv(columns, zip(*(frame[column].tolist() for column in columns), strict=True))
