"""What a database refuses, in plain words, and that nothing of the step is recorded."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from qa_lib.failures import shown_place

_AGAIN = "then give the same command again"
#: What SQLite says -> why, and what to do.
_WORDS = {
    "database or disk is full": ("the disk is full", f"free some space, {_AGAIN}"),
    "attempt to write a readonly database": (
        "the file or its folder may only be read",
        f"copy it to a place that can be written to, or have that allowed, {_AGAIN}",
    ),
    "unable to open database file": (
        "the file cannot be opened or made there: its folder is missing or may not be written to, or a folder stands "
        "in its place",
        "name the right file with --register",
    ),
    "database is locked": ("another program is writing to it, and did not end in time", f"wait for it, {_AGAIN}"),
    "disk I/O error": ("the disk refused, perhaps because it is full", f"look after the disk, {_AGAIN}"),
    "file is not a database": ("the file is no register", "name the right file with --register"),
    "database disk image is malformed": (
        "the file is damaged",
        "keep it, and fetch the last whole copy of it; qa register verify says whether that one is sound",
    ),
}


def database_words(error: SQLAlchemyError, place: str | None, *, reading: bool = False) -> str:
    """Say why a register could not be read or written, and what to do; values that were to be written are not quoted.

    Parameters
    ----------
    error
        What the database library raised inside a transaction, which is undone then.
    place
        The database, e.g. the path of its file.
    reading
        Whether it was only read: then nothing was to be recorded.
    """
    cause = str(getattr(error, "orig", None) or type(error).__name__)
    known = (words for quoted, words in _WORDS.items() if quoted in cause)
    why, advice = next(known, (f"the database says: {cause}", "is it a register?"))
    name = f"the register {shown_place(place)}" if place else "the register"
    if reading:
        return f"{name} could not be read, because {why}; to do: {advice}"
    return f"{name} could not be read or written, because {why}; nothing of this step is recorded. To do: {advice}"
