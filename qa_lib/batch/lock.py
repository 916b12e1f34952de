"""One run at a time in a folder. The lock goes with the process that holds it, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from qa_lib.errors import RunError
from qa_lib.files import held


@contextmanager
def only_run_here(folder: Path) -> Iterator[None]:
    """Hold a run's folder, or refuse.

    Raises
    ------
    RunError
        If another run holds it.
    """
    lock = folder / ".lock"
    lock.touch()
    with ExitStack() as stack:
        try:
            stack.enter_context(held(lock, waiting=False))
        except (BlockingIOError, PermissionError):  # the second is Windows' way to say it
            raise RunError(
                f"another run is at work in {folder.name}; wait for it, or name another folder with --out"
            ) from None
        yield
