"""Check a draw folder: draw it again and say exactly what differs.

``tools/verify_draw.py`` does the same with no part of this package; an auditor need not trust one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.sampling.draw import SAMPLE_COLUMNS, sample_csv
from qa_lib.sampling.drawing import Draw, make_draw, make_series_draw
from qa_lib.sampling.freeze import Freeze, frozen_plan, read_freeze
from qa_lib.sampling.protocol import read_canonical_json, read_csv, sha256_hex

_MOST_NAMED = 10


def verify_draw_folder(folder: Path) -> list[str]:
    """Return everything that is wrong with a freeze or draw folder; an empty list where nothing is.

    A folder without ``draw.json`` and ``sample.csv`` waits for its seed: only the freeze is checked.
    """
    try:
        freeze = read_freeze(folder)
        frozen_plan(freeze.content)
        if foreign := _foreign_needs(freeze):
            return [f"needs_cover names {foreign}, who are not in population.csv"]
        found = {name: folder / name for name in ("draw.json", "sample.csv")}
        there = [name for name, path in found.items() if path.is_file()]
        if not there:
            return []
        if len(there) == 1:
            return [f"{there[0]} is there without {'sample.csv' if there[0] == 'draw.json' else 'draw.json'}"]
        stored = read_canonical_json(found["draw.json"].read_bytes(), name="draw.json")
        sample_bytes = found["sample.csv"].read_bytes()
        problems = _bindings(freeze, stored, sample_bytes)
        again = _draw_again(freeze, stored)
        rows = read_csv(sample_bytes, SAMPLE_COLUMNS, name="sample.csv")
        stored_sample = pd.DataFrame(rows, columns=SAMPLE_COLUMNS, dtype="object")
        problems += _sample_differences(again.sample, stored_sample)
        if not problems and sample_bytes != sample_csv(again.sample):
            problems.append("sample.csv holds the right rows in another order; they stand by case_id")
        problems += _content_differences(again.content, stored)
    except SampleError as error:
        return [str(error)]
    return problems


def _foreign_needs(freeze: Freeze) -> list[str]:
    needs = freeze.content["needs_cover"]
    return sorted(
        (set(needs["assessors"]) - set(freeze.population["assessor_id"]))
        | (set(needs["pops"]) - set(freeze.population["pop_id"]))
    )


def _bindings(freeze: Freeze, stored: Mapping[str, Any], sample_bytes: bytes) -> list[str]:
    actual = {
        "freeze_digest": (freeze.digest, "freeze.json"),
        "population_digest": (freeze.content["population_digest"], "population.csv"),
        "sample_digest": (sha256_hex(sample_bytes), "sample.csv"),
    }
    return [
        f"draw.json binds another {name}: {key} is {stored.get(key)}, the file's SHA-256 is {digest}"
        for key, (digest, name) in actual.items()
        if stored.get(key) != digest
    ]


def _draw_again(freeze: Freeze, stored: Mapping[str, Any]) -> Draw:
    seed, origin = str(stored.get("seed", "")), stored.get("seed_origin")
    if origin == "series":
        tail = [freeze.provider, freeze.month] + ([] if freeze.part == "month" else [freeze.part])
        ending = "/" + "/".join(tail)
        if not seed.endswith(ending):
            raise SampleError(f"the seed is {seed!r}; in a back-run it ends with {ending!r}")
        return make_series_draw(freeze, series=seed.removesuffix(ending))
    return make_draw(
        freeze, seed=seed, reviewer=str(stored.get("reviewer", "")), reviewer_rpa=str(stored.get("reviewer_rpa", ""))
    )


def _sample_differences(expected: pd.DataFrame, stored: pd.DataFrame) -> list[str]:
    right, there = expected.set_index("case_id"), stored.set_index("case_id")
    problems = []
    if repeated := sorted(set(there.index[there.index.duplicated()])):
        return [f"sample.csv names {_named(repeated)} more than once"]
    if missing := sorted(right.index.difference(there.index)):
        problems.append(f"sample.csv lacks {_named(missing)}: the draw selects them")
    if extra := sorted(there.index.difference(right.index)):
        problems.append(f"sample.csv holds {_named(extra)}: the draw does not select them")
    both = right.index.intersection(there.index)
    for column in right.columns:
        differing = both[(right.loc[both, column] != there.loc[both, column]).to_numpy(dtype=bool)]
        if len(differing):
            case_id = sorted(differing)[0]
            problems.append(
                f"{column} differs in {len(differing)} of {len(both)} rows; first {case_id}: sample.csv says "
                f"{there.loc[case_id, column]!r}, the draw gives {right.loc[case_id, column]!r}"
            )
    return problems


def _content_differences(expected: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    digests = {"freeze_digest", "population_digest", "sample_digest"}
    return [
        f"draw.json: {key} is {stored.get(key, 'missing')!r}, the draw gives {expected.get(key, 'nothing')!r}"
        for key in sorted({*expected, *stored} - digests)
        if expected.get(key) != stored.get(key)
    ]


def _named(cases: list[str]) -> str:
    more = f" and {len(cases) - _MOST_NAMED} more" if len(cases) > _MOST_NAMED else ""
    return ", ".join(cases[:_MOST_NAMED]) + more
