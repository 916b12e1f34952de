"""Draw folders for tests, built by the naive implementation, which checks nothing: rule-breaking ones too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.second_implementation import naive

SEED = "4 4 1 6 2 5 5 3 1 6 2 2 3 6"


def seed_for(digest: str) -> str:
    """Return a seed for a freeze alone, as a register wants it: one that was used before is refused."""
    return f"thrown for {digest[:16]}"


def file_row(case_id: str, assessor_id: str = "A1", pop_id: str = "P1", **others: str) -> dict[str, str]:
    """Return one row of a population; ``others`` are further columns, ``stratum`` follows from ``reasons``."""
    row = {"outcome": "met", "reasons": "", "tier": "standard", "insufficient": "", **others}
    return {
        "case_id": case_id,
        "stratum": row["reasons"].split(";")[0] or "met",
        "assessor_id": assessor_id,
        "pop_id": pop_id,
        **row,
    }


def partnership() -> list[dict[str, str]]:
    """Return 64 files with every outcome, reason and tier, and with names that need quotes or sort unlike UTF-16."""
    tiers, certain = ["standard", "standard", "raised", "high"], "insufficient_evidence;resubmission"
    rows = [
        file_row(f"N-{i:03}", f"A{i % 9}", f"P{i % 7}", tier=tiers[i * i % 4 if i % 3 else i % 4]) for i in range(52)
    ]
    return [
        *rows,
        file_row("C-1", "A1", "P2", reasons=certain, outcome="insufficient_evidence", insufficient="2;9;31"),
        file_row("C-2", "A2", "P3", reasons="full_reassessment", outcome="full_reassessment"),
        file_row("C-3", "A3", "P4", reasons="partial_reassessment;difficult", outcome="partial_reassessment"),
        file_row("C-4", "A4", "P5", reasons="resubmission"),
        file_row("C-5", "A5", "P6", reasons="difficult;first_solo", tier="raised"),
        file_row("C-6", "A6", "P1", reasons="first_solo", tier="high"),
        file_row("M-1, annex", "Ann, senior", "P1"),
        file_row('M-2 "B"', 'Bea "B"', 'The "Pop", west'),
        file_row("É-1", "Éva", "P1"),
        file_row("～-1", "Ann, senior", "～"),
        file_row("𝄞-1", "Éva", "𝄞"),
        file_row("last one", "A1", "～"),
    ]


def freeze_content(rows: Iterable[dict[str, str]], **changes: Any) -> dict[str, Any]:
    """Return the content of a ``freeze.json`` for these rows in which everybody still needs a file."""
    rows = list(rows)
    return {
        "chain_head": naive.NO_ENTRY,
        "coverage": {"policy": "first_sight"},
        "minimum_rate": "1/20",
        "month": "2024-01",
        "national_standards": [3, 17],
        "needs_cover": {
            "assessors": sorted({row["assessor_id"] for row in rows}),
            "pops": sorted({row["pop_id"] for row in rows}),
        },
        "part": "month",
        "population_digest": naive.sha256(naive.write_population(rows)),
        "protocol": "1",
        "provider": "RPA North",
        "purpose": "moderation",
        "rate": "1/20",
        "scrutiny_files": {},
        "seed_source": "fourteen dice thrown by the reviewer",
        "standards": 33,
        "standards_more": 3,
        "tiers": {"high": "1/10", "raised": "1/20", "standard": "0"},
        "year": "2023-09",
        **changes,
    }


def scrutiny_content(rows: Iterable[dict[str, str]], **changes: Any) -> dict[str, Any]:
    """Return the content of a ``freeze.json`` for the scrutiny before upload."""
    scrutiny = {
        "needs_cover": {"assessors": [], "pops": []},
        "purpose": "scrutiny",
        "scrutiny_files": {"high": 3, "raised": 2, "standard": 1},
    }
    return freeze_content(rows, **{**scrutiny, **changes})


def frozen(rows: Iterable[dict[str, str]], freeze: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of a folder that waits for its seed, by name."""
    return {"population.csv": naive.write_population(rows), "freeze.json": naive.write_freeze(freeze)}


def drawn(
    files: dict[str, bytes],
    *,
    seed: str = SEED,
    reviewer: str = "R. Viewer",
    reviewer_rpa: str = "RPA South",
    seed_origin: str = "reviewer",
) -> dict[str, bytes]:
    """Return the files of a frozen folder with those of its draw."""
    population, freeze = files["population.csv"], files["freeze.json"]
    sample, draw = naive.draw(population, freeze, seed, reviewer, reviewer_rpa, seed_origin)
    return {**files, "sample.csv": sample, "draw.json": draw}


def inside(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files as they lie in a folder inside another."""
    return {f"{folder}/{name}": content for name, content in files.items()}


def late(part: str = "late-1", *, prefix: str = "late", **changes: Any) -> dict[str, bytes]:
    """Return the draw of a late part with files of its own, in the folder of its name."""
    rows = [file_row(f"{prefix} {number}") for number in range(4)]
    return inside(part, drawn(frozen(rows, freeze_content(rows, part=part, **changes))))


def with_every_part() -> dict[str, bytes]:
    """Return a month's draw with late parts, one of which waits, and scrutiny, which has a late part too."""
    rows = partnership()
    waiting = [file_row("later")]
    fresh = [file_row("fresh")]
    month = {**drawn(frozen(rows, freeze_content(rows))), "moderation-return.xlsx": b"a form"}
    scrutiny = drawn(frozen(rows, scrutiny_content(rows)), reviewer_rpa="RPA North", seed_origin="rpa")
    scrutiny_late = frozen(fresh, scrutiny_content(fresh, part="late-1"))
    return {
        **month,
        **late(),
        **inside("late-2", frozen(waiting, freeze_content(waiting, part="late-2"))),
        **inside("scrutiny", {**scrutiny, **inside("late-1", scrutiny_late)}),
    }
