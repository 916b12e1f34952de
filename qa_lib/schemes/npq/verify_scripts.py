"""Check a draw of scripts for national moderation: freeze and draw the list again, and say exactly what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.files import Listing
from qa_lib.sampling.protocol import read_canonical_json, read_csv
from qa_lib.sampling.verify_draws import content_differences, sample_differences
from qa_lib.schemes.npq.scripts import DRAWN_COLUMNS, SCRIPT_COLUMNS, ScriptDraw, freeze_scripts, npq_draw_scripts

SCRIPTS, FREEZE, SAMPLE, DRAW = "scripts.csv", "scripts-freeze.json", "scripts-sample.csv", "scripts-draw.json"


FILES = (SCRIPTS, FREEZE, SAMPLE, DRAW)


def script_draws_in(listed: Listing) -> list[str]:
    """Return the folder of every draw of scripts below a folder; ``""`` is the folder itself.

    One of which a file is a link, or is no file, is left out: the listing tells of it.
    """
    found = {path.rpartition("/")[0] for path in listed.files if path.rpartition("/")[2] in (FREEZE, SAMPLE, DRAW)}
    unread = {*listed.links, *listed.others}
    return sorted(place for place in found if unread.isdisjoint(files_at(place)))


def files_at(place: str) -> list[str]:
    """Return the paths of the files of a draw of scripts that lies in a folder."""
    return [f"{place}/{name}".lstrip("/") for name in FILES]


def verify_script_draw(folder: Path) -> list[str]:
    """Return everything that is wrong with the draw of scripts in a folder; an empty list where nothing is.

    Without ``scripts-sample.csv`` and ``scripts-draw.json`` it waits for its seed: only the freeze is checked.
    """
    there = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    needed = [SCRIPTS, FREEZE, *([SAMPLE, DRAW] if there.keys() & {SAMPLE, DRAW} else [])]
    if lacking := [name for name in needed if name not in there]:
        return [f"{name} is missing" for name in lacking]
    try:
        content = read_canonical_json(there[FREEZE], name=FREEZE)
        frozen = _frozen_again(content, there[SCRIPTS])
        problems = content_differences(frozen.content, content, name=FREEZE)
        if problems or DRAW not in there:  # the tickets of another freeze would say nothing
            return problems
        return _draw_problems(frozen, read_canonical_json(there[DRAW], name=DRAW), there[SAMPLE])
    except SampleError as error:
        return [str(error)]


def _frozen_again(content: dict[str, Any], scripts: bytes) -> ScriptDraw:
    """Freeze the list anew: whatever it does not give as the stored freeze says it was changed."""
    rows = read_csv(scripts, SCRIPT_COLUMNS, name=SCRIPTS)
    given = {key: str(content.get(key, "")) for key in ("provider", "period", "rate", "seed_source")}
    return freeze_scripts(pd.DataFrame(rows, columns=SCRIPT_COLUMNS, dtype="str"), **given)


def _draw_problems(frozen: ScriptDraw, stored: dict[str, Any], sample: bytes) -> list[str]:
    again = npq_draw_scripts(frozen, seed=str(stored.get("seed", "")))
    files = again.files()
    rows = pd.DataFrame(read_csv(sample, DRAWN_COLUMNS, name=SAMPLE), columns=DRAWN_COLUMNS, dtype="str")
    problems = sample_differences(again.sample, rows, key="participant_id", name=SAMPLE)
    if not problems and sample != files["sample.csv"]:
        problems.append(f"{SAMPLE} holds the right rows in another order; they stand by participant_id")
    return problems + content_differences(read_canonical_json(files["draw.json"], name=DRAW), stored, name=DRAW)
