"""One run at a time in a folder. The lock goes with the process that holds it, however that ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_lib.errors import RunError


@contextmanager
def only_run_here(folder: Path) -> Iterator[None]:
    """Hold a run's folder, or refuse.

    Raises
    ------
    RunError
        If another run holds it.
    """
    with (folder / ".lock").open("ab") as file:
        try:
            _hold(file.fileno())
        except (BlockingIOError, PermissionError):  # the second is Windows' way to say it
            raise RunError(
                f"another run is at work in {folder.name}; wait for it, or name another folder with --out"
            ) from None
        yield


def _hold(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
