"""Check a draw folder: draw it again and say exactly what differs.

``tools/verify_draw.py`` does the same with no part of this package; an auditor need not trust one of the two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError, first_few
from qa_lib.files import Listing, list_folder
from qa_lib.sampling.draw_folders import MANIFEST, draws_in, misplaced, readable_draws, strays
from qa_lib.sampling.drawing import Draw, make_draw, make_series_draw, series_ending
from qa_lib.sampling.frozen import Freeze, frozen_plan, read_freeze
from qa_lib.sampling.protocol import canonical_json, read_canonical_json, read_csv, sha256_hex
from qa_lib.sampling.selection import SAMPLE_COLUMNS, sample_csv

_MOST_NAMED = 10
_DIGESTS = ("freeze_digest", "population_digest", "sample_digest")


def verify_draw_folder(folder: Path) -> list[str]:
    """Return everything that is wrong with a freeze or draw folder and the draws inside it; an empty list: nothing.

    Late files' draws, and one for scrutiny, lie in folders inside the month's and are drawn again too. Files and
    folders that belong to no draw are named, unless the folder is a report's, whose manifest lists them; so are links,
    which are not followed. A draw without ``draw.json`` and ``sample.csv`` waits for its seed: its freeze is checked.
    """
    listed = list_folder(folder)
    draws = draws_in(listed) or [""]
    foreign = [] if MANIFEST in listed.files else strays(listed, draws)
    return [*listed.faults(), *verify_draws(folder, listed), *foreign]


def verify_draws(folder: Path, listed: Listing) -> list[str]:
    """Draw every draw in a folder again, at whatever depth; return what differs, each behind the draw's own folder.

    Parameters
    ----------
    folder, listed
        A folder and what lies below it. A draw of which a file is a link is passed over: the listing tells of it.
    """
    draws = readable_draws(listed) if draws_in(listed) else [""]
    found, freezes = [], {}
    for place in draws:
        try:
            freezes[place] = read_freeze(folder / place)
            problems = _verify_one(freezes[place], folder / place)
        except SampleError as error:
            problems = [str(error)]
        found += [(place, problem) for problem in problems]
    found += misplaced(freezes)
    return [f"{place}: {problem}" if place else problem for place, problem in found]


def _verify_one(freeze: Freeze, folder: Path) -> list[str]:
    frozen_plan(freeze.content)
    if foreign := _foreign_needs(freeze):
        return [f"needs_cover names {foreign}, who are not in population.csv"]
    there = [name for name in ("draw.json", "sample.csv") if (folder / name).is_file()]
    if len(there) == 1:
        return [f"{there[0]} is there without {'sample.csv' if there[0] == 'draw.json' else 'draw.json'}"]
    return _verify_drawn(freeze, *((folder / name).read_bytes() for name in there)) if there else []


def _verify_drawn(freeze: Freeze, draw_bytes: bytes, sample_bytes: bytes) -> list[str]:
    stored = read_canonical_json(draw_bytes, name="draw.json")
    problems = _bindings(freeze, stored, sample_bytes)
    again = _draw_again(freeze, stored)
    rows = read_csv(sample_bytes, SAMPLE_COLUMNS, name="sample.csv")
    problems += sample_differences(again.sample, pd.DataFrame(rows, columns=SAMPLE_COLUMNS, dtype="object"))
    if not problems and sample_bytes != sample_csv(again.sample):
        problems.append("sample.csv holds the right rows in another order; they stand by case_id")
    return problems + content_differences(again.content, stored, beside=_DIGESTS)


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
        ending = series_ending(freeze)
        if not seed.endswith(ending):
            raise SampleError(f"the seed is {seed!r}; in a back-run it ends with {ending!r}")
        return make_series_draw(freeze, series=seed.removesuffix(ending))
    return make_draw(
        freeze, seed=seed, reviewer=str(stored.get("reviewer", "")), reviewer_rpa=str(stored.get("reviewer_rpa", ""))
    )


def sample_differences(
    expected: pd.DataFrame, stored: pd.DataFrame, *, key: str = "case_id", name: str = "sample.csv"
) -> list[str]:
    """Return how the rows of a stored sample differ from those of the draw made again, each told by its ``key``."""
    right, there = expected.set_index(key), stored.set_index(key)
    problems = []
    if repeated := sorted(set(there.index[there.index.duplicated()])):
        return [f"{name} names {first_few(repeated, _MOST_NAMED)} more than once"]
    if missing := sorted(right.index.difference(there.index)):
        problems.append(f"{name} lacks {first_few(missing, _MOST_NAMED)}: the draw selects them")
    if extra := sorted(there.index.difference(right.index)):
        problems.append(f"{name} holds {first_few(extra, _MOST_NAMED)}: the draw does not select them")
    both = right.index.intersection(there.index)
    for column in right.columns:
        differing = both[(right.loc[both, column] != there.loc[both, column]).to_numpy(dtype=bool)]
        if len(differing):
            first = sorted(differing)[0]
            problems.append(
                f"{column} differs in {len(differing)} of {len(both)} rows; first {first}: {name} says "
                f"{there.loc[first, column]!r}, the draw gives {right.loc[first, column]!r}"
            )
    return problems


def content_differences(
    expected: Mapping[str, Any], stored: Mapping[str, Any], *, name: str = "draw.json", beside: Collection[str] = ()
) -> list[str]:
    """Return which values of a stored JSON file differ from those made again, those named ``beside`` left out."""
    return [
        f"{name}: {key} is {stored.get(key, 'missing')!r}, the draw gives {expected.get(key, 'nothing')!r}"
        for key in sorted({*expected, *stored} - set(beside))
        if _written(expected, key) != _written(stored, key)
    ]


def _written(content: Mapping[str, Any], key: str) -> bytes:
    """Return how a value stands in the file: Python takes ``true`` and ``1.0`` for 1, and nothing for ``null``."""
    return canonical_json({key: content[key]} if key in content else {})
