"""The working folder of an office: one register and one place for draws, found from anywhere inside it.

``docs/decisions/0014-one-draw.md`` says why it is looked for so.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from qa_lib.project_files import ROOT

DEFAULT = "register.sqlite"
#: Where the search begins, for programs that work elsewhere: JupyterLab's kernels work in the notebooks' folder.
BEGIN = "QA_FOLDER"
_DRAWS = Path("outputs", "draws")


def working_folder() -> Path:
    """Return the nearest folder upwards that holds a register; the folder where the search begins if none does."""
    found = nearest_register(_beginning())
    return _beginning() if found is None else found.parent


def found_register() -> Path | None:
    """Return the register of the working folder, or None where there is none yet."""
    return nearest_register(_beginning())


def nearest_register(begin: Path) -> Path | None:
    """Return the register in a folder, or in the nearest of those around it.

    The search ends at the user's home, at the root of a disk, and below a folder in which anybody may write: a
    register that a stranger could have put there is nobody's.
    """
    if (begin / DEFAULT).is_file():
        return begin / DEFAULT
    here, home = begin.resolve(), _home()
    with contextlib.suppress(PermissionError):  # what may not be looked into is nobody's working folder
        while here not in (home, here.parent) and not os.path.ismount(here):
            here = here.parent
            if _anybody_may_write(here):
                break
            if (here / DEFAULT).is_file():
                return here / DEFAULT
    return None


def draws_place() -> Path:
    """Return the one place for draws of the working folder."""
    return working_folder() / _DRAWS


def inside(path: str | os.PathLike[str]) -> Path:
    """Return a path as it is from here, or else from the working folder, as every command prints it."""
    here = Path(path)
    there = working_folder() / here
    return there if not here.exists() and there.exists() else here


def found_file(path: str | os.PathLike[str]) -> Path:
    """Return a path as :func:`inside` has it; where nothing is there, as it is among the project's own files.

    What is in neither place is shown as it was written.
    """
    own, of_project = inside(path), ROOT / path
    return of_project if not own.exists() and of_project.exists() else own


def _beginning() -> Path:
    # Without the variable a relative path, so that messages show what the user knows.
    return Path(os.environ.get(BEGIN, ""))


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # a service's user may have none
        return None


def _anybody_may_write(folder: Path) -> bool:
    # Windows gives every folder this bit, whoever may write there.
    return os.name != "nt" and bool(folder.stat().st_mode & stat.S_IWOTH)
