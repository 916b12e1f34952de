"""How a command ends that could not do what was asked: a plain line, an exit code, and what stands recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from qa_lib.errors import QAError, StorageError
from qa_lib.failures import machine_words, place_in_code

#: As shells have it for a program that Ctrl-C stopped, and for one whose reader went (``qa check … | head``).
STOPPED, READER_GONE = 130, 141


def ending(error: Exception) -> tuple[int, str]:
    """Return the exit code and the line that end a command; a fault of ours is not quoted, as it may hold data."""
    if isinstance(error, QAError):
        return error.exit_code, str(error)
    message = machine_words(error)
    if not message:
        message = (
            f"this program has a fault ({type(error).__name__} in {place_in_code(error)}). "
            "Please report this line; --debug shows more, which may quote the data"
        )
    return QAError.exit_code, message


@contextlib.contextmanager
def recorded(what: str) -> Iterator[None]:
    """Let whatever refuses inside say what stands in the register all the same.

    Raises
    ------
    StorageError
        With ``what``, and why the rest failed; where the machine refused, the same command may be given again.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except Exception as error:
        again = ". That changes nothing in the register and completes the rest" if machine_words(error) else ""
        raise StorageError(f"{what}. But {ending(error)[1]}{again}") from error
