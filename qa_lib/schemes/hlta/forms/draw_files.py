"""The files of a freeze or draw, as a report's folder holds them."""

from __future__ import annotations

from collections.abc import Sequence

from qa_lib.forms.form_workbook import write_form
from qa_lib.sampling.draw_folders import RETURN as RETURN
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.population import population_csv
from qa_lib.sampling.selection import sample_csv
from qa_lib.schemes.hlta.forms.moderation_return import draw_copy


def draw_files(drawn: Draw, *, late: Sequence[Draw] = (), moderators: Sequence[str] = ()) -> dict[str, bytes]:
    """Return name and content of every file of a draw; of a freeze without a seed, only the frozen ones.

    Parameters
    ----------
    drawn
        A draw, or the state of a freeze that waits for its seed.
    late
        Draws of the month's late files; theirs are in folders ``late-1`` and so on.
    moderators
        Ids that the return workbook offers in its drop-downs.
    """
    files = _own_files(drawn, moderators)
    for one in late:
        own = _own_files(one, moderators)
        files |= {f"{one.freeze.part}/{name}": content for name, content in own.items()}
    return files


def _own_files(drawn: Draw, moderators: Sequence[str]) -> dict[str, bytes]:
    freeze = drawn.freeze
    files = {"population.csv": population_csv(freeze.population), "freeze.json": freeze.json}
    if drawn.status != "drawn":
        return files
    files |= {"sample.csv": sample_csv(drawn.sample), "draw.json": drawn.json}
    if freeze.content["purpose"] == "moderation":
        files[RETURN] = write_form(draw_copy(drawn, moderators))
    return files
