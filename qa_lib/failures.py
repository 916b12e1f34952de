"""What befalls a program on any machine, in plain words: a full disk, a folder that went, too little memory."""

from __future__ import annotations

import builtins
import contextlib
import errno
import os
import re
from concurrent.futures import BrokenExecutor
from pathlib import Path

#: Set to anything, it lets a run show whole tracebacks on standard error; ``qa --debug`` sets it.
DEBUG = "QA_DEBUG"
_AGAIN = "then give the same command again"
_MEMORY = (
    "the memory of this machine did not suffice; close other programs, or take less at once "
    f"(one month, one provider, --jobs 1), {_AGAIN}"
)
_ENDED = (
    "a process ended in the middle, most often because the memory of this machine did not suffice; close other "
    f"programs or take fewer --jobs, {_AGAIN}"
)
_NO_PASSING_FILES = (
    "no folder for passing files can be written to; free some space in the one that TMPDIR names, or in /tmp, "
    f"or set TMPDIR to another, {_AGAIN}"
)
_FULL = ("could not be written", "the disk is full", f"free some space, {_AGAIN}")
_DENIED = (
    "could not be opened",
    "this user may not do that there, or another program has it open",
    "close it there, or name a place that is yours to write to",
)
_IN_THE_WAY = ("could not be made", "a file stands where a folder should be", f"move that file away, {_AGAIN}")
_GONE = (
    "could not be opened",
    "it is not there, or its folder was moved or removed meanwhile",
    f"check the path, {_AGAIN}",
)
_TOO_MANY = ("could not be opened", "too many files are open on this machine", f"close other programs, {_AGAIN}")
_DRIVE = ("could not be reached", "the drive or its connection does not answer", f"look after that, {_AGAIN}")
#: Name of an error number -> what could not be done, why, what to do. Not every system has every number.
_WORDS = {
    "ENOSPC": _FULL,
    "EDQUOT": ("could not be written", "this user's share of the disk is used up", f"free some space, {_AGAIN}"),
    "EFBIG": ("could not be written", "the disk takes no file of that size", "name a place on another disk"),
    "EROFS": ("could not be written", "the disk is read-only", "name a place that can be written to"),
    "EACCES": _DENIED,
    "EPERM": _DENIED,
    "EBUSY": _DENIED,
    "ETXTBSY": _DENIED,
    "ENOENT": _GONE,
    "ENOTDIR": _IN_THE_WAY,
    "EISDIR": ("could not be written", "a folder stands in its place", f"move that folder away, {_AGAIN}"),
    "EEXIST": _IN_THE_WAY,
    "ENOTEMPTY": ("could not be replaced", "something was put into it meanwhile", f"look into it, {_AGAIN}"),
    "ENAMETOOLONG": ("could not be made", "its name is longer than this disk allows", "name a shorter path"),
    "EMFILE": _TOO_MANY,
    "ENFILE": _TOO_MANY,
    "EIO": _DRIVE,
    "ESTALE": _DRIVE,
    "ENOTCONN": _DRIVE,
    "EHOSTDOWN": _DRIVE,
    "ETIMEDOUT": _DRIVE,
}
_BY_NUMBER = {getattr(errno, name): words for name, words in _WORDS.items() if hasattr(errno, name)}


def machine_words(error: BaseException) -> str:
    """Say what the machine refused, where, and what to do; nothing for an error that is not of the machine.

    Examples
    --------
    >>> machine_words(OSError(28, "No space left on device", "jan/freeze.json"))
    'jan/freeze.json could not be written, because the disk is full; free some space, then give the same command again'
    """
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return _MEMORY
    if isinstance(error, BrokenExecutor):
        return _ENDED
    if not isinstance(error, OSError) or error.errno is None:
        return ""
    if str(error.strerror).startswith("No usable temporary directory"):
        return _NO_PASSING_FILES
    place = (
        shown_place(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else "a file or the output"
    )
    return number_words(error.errno, place) or f"{place} could not be used ({error.strerror}); mend that, {_AGAIN}"


def number_words(number: int, place: str) -> str:
    """Say the same of a bare error number; nothing where it is not one of the usual ones."""
    if number not in _BY_NUMBER:
        return ""
    what, why, advice = _BY_NUMBER[number]
    return f"{place} {what}, because {why}; {advice}"


def machine_words_of(name: str, message: str) -> str:
    """Say the same of an error of which only the class's name and the message came over from another process.

    Examples
    --------
    >>> machine_words_of("OSError", "[Errno 28] No space left on device: 'x'").split(",")[0]
    'a file could not be written'
    >>> machine_words_of("KeyError", "[Errno 28]")
    ''
    """
    if name in ("MemoryError", "_ArrayMemoryError"):
        return _MEMORY
    kind = getattr(builtins, name, None)
    number = re.match(r"\[Errno (\d+)\]", message)
    if number is None or not (isinstance(kind, type) and issubclass(kind, OSError)):
        return ""
    return number_words(int(number[1]), "a file")


def place_in_code(error: BaseException) -> str:
    """Return the module and line where an error was raised, the innermost of ours: it quotes no data."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "?")
        if not found or module.startswith("qa_lib"):
            found = f"{module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


def shown_place(place: str | bytes | os.PathLike[str]) -> str:
    """Return a path from the current folder where it lies below that, else as it is."""
    path = Path(os.fsdecode(place))
    with contextlib.suppress(ValueError, OSError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
