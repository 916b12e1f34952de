"""Neither the order of rows nor anything of the machine changes a byte of the four protocol files."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.second_implementation.examples import partnership

FILES = ["population.csv", "freeze.json", "sample.csv", "draw.json"]
BOTH_COMMANDS = """
import sys
from qa_lib.cli import main
data, out = sys.argv[1:]
register = ["--register", out + "/register.sqlite"]
for arguments in (
    ["freeze", data, "--provider", "RPA N\\u00f6rd", "--month", "2024-01", "--out", out, *register],
    ["draw", out, "--seed", "W\\u00fcrfel 44162553162236", "--reviewer", "R", "--reviewer-rpa", "S", *register],
):
    try:
        main(arguments)
    except SystemExit as end:
        if end.code:
            raise
"""
VARIANTS: dict[str, dict[str, str]] = {
    "plain": {"PYTHONHASHSEED": "0"},
    "turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    "c": {"LC_ALL": "C", "LANG": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
    "one thread": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TZ": "UTC", "PYTHONHASHSEED": "random"},
}


def write_data(folder: Path, shuffle: int) -> None:
    """Write the example Partnership as tables, the rows of each in another order."""
    rows = partnership()
    outcome = [f'"{cell}"' for row in rows for cell in [row["case_id"].replace('"', '""')] if cell]
    cases = [
        f'{case},RPA Nörd,2024-01,"{row["assessor_id"].replace(chr(34), chr(34) * 2)}",'
        f'"{row["pop_id"].replace(chr(34), chr(34) * 2)}",{row["outcome"]},{"difficult" in row["reasons"]}'
        for case, row in zip(outcome, rows, strict=True)
    ]
    people = sorted({row["assessor_id"] for row in rows})
    assessors = [f'"{who.replace(chr(34), chr(34) * 2)}",RPA Nörd,{number * 3}' for number, who in enumerate(people)]
    standards = [f"2024-01,{number}" for number in (3, 17, 30)]
    order = random.Random(shuffle)
    folder.mkdir(parents=True)
    for name, header, lines in (
        ("cases", "case_id,rpa,month,assessor_id,pop_id,outcome,difficult", cases),
        ("assessors", "assessor_id,rpa,assessments_before", assessors),
        ("national_standards", "month,standard", standards),
    ):
        if shuffle:
            order.shuffle(lines)
        (folder / f"{name}.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Freeze and draw in four processes, each with rows, locale, time zone, hash seed and folder of its own."""
    root = tmp_path_factory.mktemp("machines")
    running = {}
    for number, environment in enumerate(VARIANTS.values()):
        here = root / f"{number}" / ("deep " * number).strip()
        write_data(here / "data", shuffle=number)
        running[here / "out"] = subprocess.Popen(
            [sys.executable, "-c", BOTH_COMMANDS, str(here / "data") if number % 2 else "data", str(here / "out")],
            cwd=root if number % 2 else here,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    errors = [process.communicate()[1].decode(errors="replace") for process in running.values()]
    assert [process.returncode for process in running.values()] == [0] * len(running), errors
    return dict(zip(VARIANTS, running, strict=True))


@pytest.mark.parametrize("name", FILES)
def test_machines_agree_on_every_byte(name: str, drawn: dict[str, Path]) -> None:
    """Shuffled rows, locale, time zone, hash seed, threads and folder change no byte of a protocol file."""
    assert len({(folder / name).read_bytes() for folder in drawn.values()}) == 1


def test_the_example_takes_every_step(drawn: dict[str, Path]) -> None:
    """The comparison says something: the draw has certain, random, raised and covering files."""
    sample = (drawn["plain"] / "sample.csv").read_text(encoding="utf-8")
    assert all(f",{step}," in sample for step in ("certainty", "random", "risk", "coverage"))
