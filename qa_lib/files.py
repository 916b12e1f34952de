"""Writing files whole or not at all, and folder names that are safe on every system."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path

_LONGEST_SLUG = 40


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: a crash leaves the old file or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # Windows cannot open a folder; there the rename alone must do
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def folder_name(name: str) -> str:
    """Turn any name into one that is a safe, short and distinct folder name everywhere.

    The slug is for people; the hash keeps ``A&B`` apart from ``a&b`` and ``CON`` from the device.

    Examples
    --------
    >>> folder_name("HLTA North")
    'hlta-north-f6a156'
    >>> folder_name("../etc")
    'etc-f7f912'
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:_LONGEST_SLUG].strip("-")
    mark = hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:6]
    return f"{slug}-{mark}" if slug else mark
