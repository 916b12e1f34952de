"""A run's folder with every kind of draw, made without notebooks, and ways in which a forger would change it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.batch.index import write_index
from qa_lib.batch.manifest import MANIFEST, read_manifest, write_manifest
from qa_lib.files import write_whole
from qa_lib.register.recording import record_draw, record_freeze
from qa_lib.register.store import Register, entry_hash, open_register
from qa_lib.sampling.drawing import Draw, make_draw, waiting
from qa_lib.sampling.frozen import Freeze, SamplingPlan, read_freeze
from qa_lib.sampling.list_draw import draw_list_again, freeze_list
from qa_lib.sampling.population import COLUMNS, population_csv
from qa_lib.sampling.protocol import canonical_json, sha256_hex
from qa_lib.sampling.selection import sample_csv
from tests.second_implementation.examples import file_row, seed_for

NORTH, SOUTH, WEST = "2024-01/north", "2024-01/south", "2018-19/west"
SEED, OTHER_SEED = "6 1 4 2 3 5 1 2 6 4 3 1", "5 5 5 5 1 1 1 1 2 2 2 2"
SERIES = "made-up scripts"
MODERATION = SamplingPlan(rate=Fraction(1, 5), minimum_rate=Fraction(1, 20))
SCRUTINY = SamplingPlan(
    rate=Fraction(1, 5),
    minimum_rate=Fraction(1, 20),
    purpose="scrutiny",
    scrutiny_files={"high": 3, "raised": 2, "standard": 1},
)


def files(name: str, number: int) -> pd.DataFrame:
    """Return a population of so many files."""
    rows = [file_row(f"{name}{place:02d}", f"A{place % 3}", f"P{place % 2}") for place in range(number)]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="object")


def frozen(register: Register, name: str, number: int, plan: SamplingPlan = MODERATION, **more: Any) -> Freeze:
    """Freeze so many files of North, or of another provider, in January 2024 or in another month."""
    return record_freeze(register, files(name, number), plan, **{"provider": "North", "month": "2024-01", **more})


def drawn(register: Register, freeze: Freeze, seed: str = "") -> Draw:
    """Draw a freeze and record the draw, by default with a seed of this freeze alone."""
    own = freeze.content["purpose"] == "scrutiny"
    draw = make_draw(
        freeze, seed=seed or seed_for(freeze.digest), reviewer="R1", reviewer_rpa="North" if own else "East"
    )
    return record_draw(register, freeze, lambda: draw)[0]


def write_draw(folder: Path, draw: Draw) -> None:
    """Write the protocol's files of a draw, or of a freeze that waits."""
    written = {"population.csv": population_csv(draw.freeze.population), "freeze.json": draw.freeze.json}
    if draw.status == "drawn":
        written |= {"sample.csv": sample_csv(draw.sample), "draw.json": draw.json}
    for name, content in written.items():
        write_whole(folder / name, content)


def write_report(folder: Path, provider: str, **more: Any) -> None:
    """Write the manifest of a report over what its folder holds."""
    about = {"notebooks": {"page": ""}, "per": "month", "period": "2024-01", "provider": provider, "title": "T"}
    write_manifest(folder, {**about, **more})


def write_run(out: Path, register: str) -> None:
    """Write a run: North with a late part and scrutiny, South that waits for its seed, West with a draw of scripts."""
    record = open_register(register)
    write_draw(out / NORTH / "scrutiny", drawn(record, frozen(record, "N", 9, SCRUTINY)))
    write_draw(out / NORTH, drawn(record, frozen(record, "N", 12)))
    write_draw(out / NORTH / "late-1", drawn(record, frozen(record, "L", 7, late=True)))
    write_report(out / NORTH, "North")
    write_draw(out / SOUTH, waiting(frozen(record, "S", 6, provider="South")))
    write_report(out / SOUTH, "South")
    write_scripts(out / WEST, f"{SERIES}/West/2018-19")
    intake = {"scheme": "npq"}
    parameters = {"national_moderation": {"period": "2018-19", "seed_series": SERIES}}
    rules = [{"rule": "NPQ.M5", "value": {"sample": "1/10"}}]
    about = {"per": "provider", "period": "2018-19", "intake": intake, "parameters": parameters, "rules": rules}
    write_report(out / WEST, "West", **about)
    write_index(out, run="r", title="T", made=[], failed={}, register=register)


def write_scripts(folder: Path, seed: str, name: str = "scripts", **changes: Any) -> None:
    """Write a draw of thirty scripts, in the place of what is there, or one that was frozen otherwise."""
    scripts = pd.DataFrame({"participant_id": [f"S{number:02d}" for number in range(30)], "level": "NPQSL"})
    about = {"purpose": "national moderation of scripts", "provider": "West", "period": "2018-19", "rate": "1/10"}
    freeze = freeze_list(name, scripts, **{**about, **changes})
    for file, content in draw_list_again(freeze, seed=seed).files().items():
        write_whole(folder / file, content)


# --- what a forger does -------------------------------------------------------------------------------------------


def reseal(out: Path) -> None:
    """Make every manifest fit what lies in the folders now."""
    content = read_manifest(out)
    for name in content["reports"]:
        own = {key: value for key, value in read_manifest(out / name).items() if key != "outputs"}
        write_manifest(out / name, own)
        content["reports"][name] = sha256_hex((out / name / MANIFEST).read_bytes())
    write_whole(out / MANIFEST, canonical_json(content))


def edit_run(out: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the run's manifest."""
    content = read_manifest(out)
    change(content)
    write_whole(out / MANIFEST, canonical_json(content))


def draw_anew(folder: Path) -> Draw:
    """Draw a folder's freeze with another seed and put that draw, whole, in the place of the right one."""
    forged = make_draw(read_freeze(folder), seed=OTHER_SEED, reviewer="R1", reviewer_rpa="East")
    write_draw(folder, forged)
    return forged


def forge_register(place: Path, forged: Draw) -> None:
    """Put a forged draw in the register too, and link its chain anew from there on."""
    with closing(sqlite3.connect(place)) as connection, connection:
        old = connection.execute("SELECT draw_json FROM draws WHERE freeze_digest = ?", (forged.freeze.digest,))
        before = sha256_hex(old.fetchone()[0])
        connection.execute(
            "UPDATE draws SET draw_json = ?, sample_csv = ? WHERE freeze_digest = ?",
            (forged.json, sample_csv(forged.sample), forged.freeze.digest),
        )
        connection.execute("UPDATE chain SET digest = ? WHERE digest = ?", (sha256_hex(forged.json), before))
        columns = ("digest", "kind", "month", "part", "previous", "provider", "purpose")
        query = f"SELECT position, {', '.join(columns)} FROM chain WHERE provider = ? ORDER BY position"  # noqa: S608
        previous = "0" * 64
        for position, *values in connection.execute(query, (forged.freeze.provider,)).fetchall():
            entry = {**dict(zip(columns, values, strict=True)), "previous": previous}
            previous = entry_hash(entry)
            connection.execute(
                "UPDATE chain SET previous = ?, entry_hash = ? WHERE provider = ? AND position = ?",
                (entry["previous"], previous, forged.freeze.provider, position),
            )


def change_json(path: Path, **changes: Any) -> None:
    """Change values of a JSON file and write it canonically."""
    path.write_bytes(canonical_json({**json.loads(path.read_bytes()), **changes}))
