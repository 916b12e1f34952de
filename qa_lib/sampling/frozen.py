"""The freeze: population and plan bound by one digest before a seed exists (``docs/protocol.md`` §4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.calendar.months import check_month, place_in_year, year_of
from qa_lib.errors import SampleError, command_line
from qa_lib.files import write_together
from qa_lib.sampling.identifiers import forbidden_character, identifier_fault, normalise_identifier
from qa_lib.sampling.population import TIERS, canonical_population, population_csv, read_population
from qa_lib.sampling.protocol import NO_ENTRY, VERSION, canonical_json, parse_rate, read_canonical_json, sha256_hex

PURPOSES = ("moderation", "scrutiny")
POLICIES = ("first_sight", "from_month")
KEYS = {
    *("chain_head", "coverage", "minimum_rate", "month", "national_standards", "needs_cover", "part"),
    *("population_digest", "protocol", "provider", "purpose", "rate", "scrutiny_files", "seed_source"),
    *("standards", "standards_more", "tiers", "year"),
}
_PART = re.compile("month|late-[1-9][0-9]*")
_DIGEST = re.compile("[0-9a-f]{64}")
_MOST_STANDARDS = 10_000
_NO_TIERS = dict.fromkeys(TIERS, Fraction(0))


@dataclass(frozen=True, kw_only=True)
class SamplingPlan:
    """Everything but the files that decides how a month is sampled.

    Attributes
    ----------
    rate, minimum_rate
        Rate of the random part, and the lowest that the rule book allows.
    tiers
        Extra rate by tier.
    policy, from_month
        Coverage policy (X.COVER); ``from_month`` is the place in the year, 1 to 12, from which cover is made up.
    year_starts
        Calendar month in which the year of coverage begins.
    national_standards, standards_more, standards
        Nationally agreed standards of the month, how many more per file, how many the scheme has.
    seed_source
        Where the seed will come from, named beforehand.
    purpose, scrutiny_files
        ``moderation``, or ``scrutiny`` with the number of files per assessor and tier.
    """

    rate: Fraction
    minimum_rate: Fraction
    tiers: Mapping[str, Fraction] = field(default_factory=lambda: dict(_NO_TIERS))
    policy: str = "first_sight"
    from_month: int | None = None
    year_starts: int = 9
    national_standards: Sequence[int] = ()
    standards_more: int = 0
    standards: int = 0
    seed_source: str = ""
    purpose: str = "moderation"
    scrutiny_files: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a plan that the rules do not allow, with all its faults."""
        object.__setattr__(self, "seed_source", normalise_identifier(self.seed_source))
        object.__setattr__(self, "national_standards", tuple(sorted(set(self.national_standards))))
        if faults := _plan_faults(self):
            raise SampleError("the plan is refused: " + "; ".join(faults))


def _plan_faults(plan: SamplingPlan) -> list[str]:
    national, tiers = list(plan.national_standards), set(TIERS)
    from_month_fits = {"first_sight": plan.from_month is None, "from_month": plan.from_month in range(1, 13)}
    checks = [
        (
            plan.rate >= plan.minimum_rate,
            f"rate {plan.rate} is below {plan.minimum_rate}; it may be raised, never lowered",
        ),
        (plan.rate <= 1, f"rate {plan.rate} is above 1"),
        (
            set(plan.tiers) == tiers,
            f"tiers are {sorted(plan.tiers)}; expected an extra rate for each of {sorted(tiers)}",
        ),
        (all(0 <= extra <= 1 for extra in plan.tiers.values()), "an extra rate lies outside 0 to 1"),
        (plan.policy in POLICIES, f"coverage policy is {plan.policy!r}; expected one of {list(POLICIES)}"),
        (
            from_month_fits.get(plan.policy, True),
            f"from_month is {plan.from_month!r}; first_sight takes none, from_month a month of the year from 1 to 12",
        ),
        (
            not national or (national[0] >= 1 and national[-1] <= plan.standards),
            f"national standards are {national}; expected numbers from 1 to {plan.standards}",
        ),
        (min(plan.standards_more, plan.standards) >= 0, "a number of standards is negative"),
        (plan.standards <= _MOST_STANDARDS, f"{plan.standards} standards; at most {_MOST_STANDARDS} are allowed"),
        (not forbidden_character(plan.seed_source), f"the seed source {forbidden_character(plan.seed_source)}"),
        (plan.purpose in PURPOSES, f"purpose is {plan.purpose!r}; expected one of {list(PURPOSES)}"),
        (
            (set(plan.scrutiny_files) == tiers and min(plan.scrutiny_files.values()) > 0)
            if plan.purpose == "scrutiny"
            else not plan.scrutiny_files,
            f"scrutiny takes a number of files, 1 or more, for each of {sorted(tiers)}; moderation takes none",
        ),
    ]
    return [message for holds, message in checks if not holds]


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A freeze that was withdrawn before its seed was given: which, why, when and by whom."""

    freeze_digest: str
    part: str
    reason: str
    recorded_at: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """A frozen population.

    Attributes
    ----------
    population
        Canonical population, all columns text.
    content
        The object in ``freeze.json``.
    left_out
        Files of the month that are not in the population, with the reason: ``case_id, why``.
    withdrawn
        Every freeze of the month that was withdrawn, as far as a register says.
    folder
        The folder that it was read from, if it was.
    remarks
        How the data set and the choices differ from what was frozen, where somebody looked; the freeze stands.
    """

    population: pd.DataFrame
    content: Mapping[str, Any]
    left_out: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["case_id", "why"], dtype="str"))
    withdrawn: tuple[Withdrawal, ...] = ()
    folder: Path | None = None
    remarks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The freeze digest: SHA-256 of ``freeze.json``."""
        return sha256_hex(self.json)

    @property
    def json(self) -> bytes:
        """The bytes of ``freeze.json``."""
        return canonical_json(self.content)

    @property
    def provider(self) -> str:
        """The provider whose files these are."""
        return str(self.content["provider"])

    @property
    def month(self) -> str:
        """The month, ``YYYY-MM``."""
        return str(self.content["month"])

    @property
    def part(self) -> str:
        """``month``, or ``late-1`` and so on for late files."""
        return str(self.content["part"])

    def write(self, folder: Path, *, over: Collection[str] = ()) -> None:
        """Write ``population.csv`` and ``freeze.json``, both or none; refuse a folder that holds another freeze.

        Parameters
        ----------
        over
            Digests of withdrawn freezes, which may be written over.
        """
        target, drawn = folder / "freeze.json", folder / "draw.json"
        held = sha256_hex(target.read_bytes()) if target.exists() else self.digest
        if held not in {self.digest, *over}:
            raise SampleError(
                f"{folder} already holds another freeze ({held[:12]}…); choose another folder, or withdraw that one "
                f"first:\n  {withdraw_command(self.content)}"
            )
        if held != self.digest and drawn.exists():
            raise SampleError(
                f"{folder} holds a draw of the freeze {held[:12]}…, which was withdrawn; nothing of it counts, and "
                "nothing of it is written over: move the folder elsewhere, and give the same command again"
            )
        write_together(folder, {"population.csv": population_csv(self.population), target.name: self.json})


def make_freeze(
    files: pd.DataFrame,
    plan: SamplingPlan,
    *,
    provider: str,
    month: str,
    part: str = "month",
    chain_head: str = NO_ENTRY,
    covered: Mapping[str, Collection[str]] | None = None,
) -> Freeze:
    """Bind a population and a plan.

    Parameters
    ----------
    files
        The files that may be drawn; see :func:`qa_lib.sampling.population.canonical_population`.
    plan
        How they will be sampled.
    covered
        ``assessors`` and ``pops`` that have had a sampled file this year already.

    Raises
    ------
    SampleError
        If the provider, the month or any file is refused.
    """
    provider, month = checked_identifier(provider, "provider"), check_month(month)
    population = canonical_population(files)
    content = _content(
        plan,
        provider=provider,
        month=month,
        part=part,
        chain_head=chain_head,
        needs_cover=_needs_cover(population, plan, month, covered or {}),
        population_digest=sha256_hex(population_csv(population)),
    )
    return Freeze(population=population, content=content)


def _content(plan: SamplingPlan, *, month: str, **bound: Any) -> dict[str, Any]:
    """Return the object of ``freeze.json``; ``bound`` is what does not follow from plan and month."""
    coverage: dict[str, Any] = {"policy": plan.policy}
    if plan.policy == "from_month":
        coverage["from_month"] = plan.from_month
    return {
        **bound,
        "coverage": coverage,
        "minimum_rate": str(plan.minimum_rate),
        "month": month,
        "national_standards": list(plan.national_standards),
        "protocol": VERSION,
        "purpose": plan.purpose,
        "rate": str(plan.rate),
        "scrutiny_files": dict(plan.scrutiny_files),
        "seed_source": plan.seed_source,
        "standards": plan.standards,
        "standards_more": plan.standards_more,
        "tiers": {tier: str(extra) for tier, extra in plan.tiers.items()},
        "year": year_of(month, starts_in=plan.year_starts),
    }


def _needs_cover(
    population: pd.DataFrame, plan: SamplingPlan, month: str, covered: Mapping[str, Collection[str]]
) -> dict[str, list[str]]:
    if _covers_nobody(plan, month):
        return {"assessors": [], "pops": []}
    return {
        kind: sorted(set(population[column]) - set(covered.get(kind, ())))
        for kind, column in (("assessors", "assessor_id"), ("pops", "pop_id"))
    }


def _covers_nobody(plan: SamplingPlan, month: str) -> bool:
    early = plan.policy == "from_month" and place_in_year(month, starts_in=plan.year_starts) < (plan.from_month or 0)
    return early or plan.purpose == "scrutiny"


def checked_identifier(text: str, name: str) -> str:
    """Return a normalised identifier, or refuse it under the name it has in the message."""
    cleaned = normalise_identifier(text)
    if fault := identifier_fault(cleaned):
        raise SampleError(f"{name} {fault}; give a name of 1 to 100 plain characters")
    return cleaned


def withdraw_command(freeze: Mapping[str, str], *, register: str = "") -> str:
    """Return the command that withdraws a freeze, with a reason to be put in.

    Parameters
    ----------
    freeze
        Its ``provider``, ``month`` and ``purpose``.
    register
        As the user named the register; empty where it was found.
    """
    words = ["qa", "freeze", "--provider", freeze["provider"], "--month", freeze["month"], "--withdraw", "the reason"]
    words += ["--scrutiny"] if freeze["purpose"] == "scrutiny" else []
    return command_line([*words, *(["--register", register] if register else [])])


def same_name(one: str, other: str) -> bool:
    """Say whether two names differ in more than normalisation and letter case."""
    folded = [unicodedata.normalize("NFC", normalise_identifier(name).casefold()) for name in (one, other)]
    return folded[0] == folded[1]


def read_freeze(folder: Path) -> Freeze:
    """Read a freeze folder and check that ``freeze.json`` binds its ``population.csv``.

    Raises
    ------
    SampleError
        If a file is missing, not canonical, or the digests disagree.
    """
    for name in ("freeze.json", "population.csv"):
        if not (folder / name).is_file():
            raise SampleError(f"{folder} has no {name}; give the folder that qa freeze wrote")
    content = read_canonical_json((folder / "freeze.json").read_bytes(), name="freeze.json")
    if set(content) != KEYS:
        raise SampleError(f"freeze.json has other keys than the protocol's: {sorted(set(content) ^ KEYS)}")
    if content["protocol"] != VERSION:
        raise SampleError(f"freeze.json follows protocol {content['protocol']!r}; this program knows {VERSION!r}")
    population_bytes = (folder / "population.csv").read_bytes()
    found = sha256_hex(population_bytes)
    if found != content["population_digest"]:
        raise SampleError(
            f"population.csv is not the one that was frozen: its SHA-256 is {found}, "
            f"freeze.json binds {content['population_digest']}; fetch the original"
        )
    return Freeze(population=read_population(population_bytes), content=content, folder=folder)


def frozen_plan(content: Mapping[str, Any]) -> SamplingPlan:
    """Return the plan in a freeze's content; refuses what a plan refuses, so that an edited freeze cannot be drawn.

    Raises
    ------
    SampleError
        Also if a value is not written as the protocol writes it, such as ``2/40`` or ``33.0``.
    """
    try:
        plan = _plan_of(content)
        wrong = _not_as_written(content, plan)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SampleError(
            f"freeze.json does not hold what the protocol asks for ({error!r}); fetch the original"
        ) from None
    if wrong:
        raise SampleError(f"freeze.json: {', '.join(wrong)} not as the protocol asks for; fetch the original")
    return plan


def _plan_of(content: Mapping[str, Any]) -> SamplingPlan:
    from_month = content["coverage"].get("from_month")
    return SamplingPlan(
        rate=parse_rate(content["rate"]),
        minimum_rate=parse_rate(content["minimum_rate"], name="minimum_rate"),
        tiers={tier: parse_rate(extra, name=f"tier {tier}") for tier, extra in content["tiers"].items()},
        policy=content["coverage"]["policy"],
        from_month=None if from_month is None else int(from_month),
        year_starts=int(check_month(content["year"])[5:]),
        national_standards=[int(standard) for standard in content["national_standards"]],
        standards_more=int(content["standards_more"]),
        standards=int(content["standards"]),
        seed_source=content["seed_source"],
        purpose=content["purpose"],
        scrutiny_files={tier: int(files) for tier, files in content["scrutiny_files"].items()},
    )


def _not_as_written(content: Mapping[str, Any], plan: SamplingPlan) -> list[str]:
    """Name the keys whose values this program would have written in another way."""
    month, needs = check_month(content["month"]), content["needs_cover"]
    again = _content(
        plan,
        provider=checked_identifier(content["provider"], "provider"),
        month=month,
        part=_PART.fullmatch(content["part"]) and content["part"],
        chain_head=_DIGEST.fullmatch(content["chain_head"]) and content["chain_head"],
        needs_cover={
            kind: []
            if _covers_nobody(plan, month)
            else sorted({checked_identifier(name, kind) for name in needs[kind]})
            for kind in ("assessors", "pops")
        },
        population_digest=_DIGEST.fullmatch(content["population_digest"]) and content["population_digest"],
    )
    return [key for key in sorted(again) if canonical_json(again[key]) != canonical_json(content[key])]
