"""Check a draw from a list: freeze and draw the list again, and say exactly what differs.

What is frozen and drawn tells by itself what it is: no scheme is asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.sampling.draw_folders import list_files
from qa_lib.sampling.list_draw import TICKET, FrozenList, draw_list_again, freeze_list_again
from qa_lib.sampling.protocol import read_canonical_json, read_csv
from qa_lib.sampling.verify_draws import content_differences, sample_differences


def verify_list_draw(folder: Path, draw: str) -> list[str]:
    """Return everything that is wrong with a draw from a list; an empty list where nothing is.

    Without its sample and draw file it waits for its seed: only the freeze is checked.

    Parameters
    ----------
    folder, draw
        A folder, and the path in it that the draw's files begin with, as ``west/scripts``.
    """
    place, _, name = draw.rpartition("/")
    files = list_files(name)
    listed, freeze, sample, record = files
    there = {one: (folder / place / one).read_bytes() for one in files if (folder / place / one).is_file()}
    needed = files if there.keys() & {sample, record} else (listed, freeze)
    if lacking := [one for one in needed if one not in there]:
        return [f"{one} is missing" for one in lacking]
    try:
        content = read_canonical_json(there[freeze], name=freeze)
        frozen = freeze_list_again(name, content, there[listed])
        problems = content_differences(frozen.content, content, name=freeze)
        if problems or record not in there:  # the tickets of another freeze would say nothing
            return problems
        return _draw_problems(frozen, read_canonical_json(there[record], name=record), there[sample])
    except SampleError as error:
        return [str(error)]


def _draw_problems(frozen: FrozenList, stored: dict[str, Any], sample: bytes) -> list[str]:
    again = draw_list_again(frozen, seed=str(stored.get("seed", "")))
    *_, name, record = list_files(frozen.name)
    columns, key = [*frozen.population.columns, TICKET], frozen.population.columns[0]
    rows = pd.DataFrame(read_csv(sample, columns, name=name), columns=columns, dtype="str")
    problems = sample_differences(again.sample, rows, key=key, name=name)
    if not problems and sample != again.files()[name]:
        problems.append(f"{name} holds the right rows in another order; they stand by {key}")
    return problems + content_differences(again.draw_content, stored, name=record)
