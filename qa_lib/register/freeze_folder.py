"""Drawing from a freeze folder, as ``qa draw`` and a page do it, and keeping the files of a draw in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qa_lib.register.draws_of_year import holds_freeze
from qa_lib.register.monthly_draws import draw
from qa_lib.register.store import ENVIRONMENT, Register, open_existing_register, open_register
from qa_lib.register.working_folder import found_register
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import Freeze

#: What people fill in: it is never written over once it has been changed.
_FILLED_IN = ".xlsx"


@dataclass(frozen=True)
class DrawnFolder:
    """A draw made from a freeze folder, and the register that holds it, if one does."""

    draw: Draw
    register: Register | None


def draw_from_folder(
    folder: Path, frozen: Freeze, *, seed: str, reviewer: str, reviewer_rpa: str, register: str = ""
) -> DrawnFolder:
    """Draw a freeze that was read from a folder, and record that where the register holds the freeze.

    Parameters
    ----------
    folder, frozen
        The folder and what :func:`qa_lib.sampling.frozen.read_freeze` read there.
    register
        A register that is named must hold the freeze. One that is found, or that the environment variable
        ``QA_REGISTER`` names, may be the reviewer's own RPA's: where it holds no such freeze nothing is recorded.

    Raises
    ------
    SampleError
        If seed or reviewer are refused, or folder or register hold another draw of the freeze.
    """
    with_seed = partial(draw, frozen, seed=seed, reviewer=reviewer, reviewer_rpa=reviewer_rpa)
    # The folder is asked first: a draw that it refuses must not be recorded.
    with_seed().refuse_other(folder)
    record = open_register(register) if register else _register_of(frozen)
    return DrawnFolder(with_seed(register=record), record)


def _register_of(frozen: Freeze) -> Register | None:
    """Return the register that was not named by hand, if it holds a freeze."""
    place = os.environ.get(ENVIRONMENT) or found_register()
    if place is None:
        return None
    register = open_existing_register(str(place))
    return register if holds_freeze(register, frozen) else None


def files_to_write(folder: Path, files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Return which of a draw's files are written into a folder, and the names of workbooks left as they are.

    A return that was filled in where it lay would else be lost when somebody draws again.
    """

    def changed(name: str, content: bytes) -> bool:
        path = folder / name
        return name.endswith(_FILLED_IN) and path.exists() and path.read_bytes() != content

    left = [name for name, content in files.items() if changed(name, content)]
    return {name: content for name, content in files.items() if name not in left}, left


def left_sentence(left: list[str]) -> str:
    """Say that workbooks were left as they are; an empty text where none was."""
    if not left:
        return ""
    names = " and ".join(left)
    return f"{names} was changed since it was written, so it is left as it is; move it to get an empty one"
