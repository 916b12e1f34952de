"""Writing files whole or not at all, listing folders without following links, names that are safe on every system."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

#: What is said of a link, behind its name.
LINK = "is a link, and links are not followed; put the file or folder itself there"
_LONGEST_SLUG = 40
#: What Windows calls a folder that stands for another one (a junction); Python knows it by no other name before 3.12.
_JUNCTION = 0xA0000003


@dataclass(frozen=True)
class Listing:
    """What lies below a folder, by path with ``/`` between the parts; nothing of it is read and no link followed.

    Attributes
    ----------
    files, folders
        Each sorted.
    links
        Links to files or folders, wherever they lead, also to nothing or back up.
    others
        What is neither file, folder nor link, such as a pipe.
    """

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Return a sentence for everything that cannot be read as a file of the folder."""
        return [
            *(f"{path} {LINK}" for path in self.links),
            *(f"{path} is neither a file nor a folder; take it away" for path in self.others),
        ]


def list_folder(folder: Path) -> Listing:
    """Return everything that lies below a folder, at any depth."""
    found, waiting = Listing(), [("", folder)]
    while waiting:
        above, place = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                path = f"{above}{entry.name}"
                if _is_link(entry):
                    found.links.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    found.folders.append(path)
                    waiting.append((f"{path}/", Path(entry.path)))
                else:
                    (found.files if entry.is_file(follow_symlinks=False) else found.others).append(path)
    for names in (found.files, found.folders, found.links, found.others):
        names.sort()
    return found


def _is_link(entry: os.DirEntry[str]) -> bool:
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return entry.is_symlink() or tag == _JUNCTION


def is_real_file(path: Path) -> bool:
    """Say whether a path is a file itself, and no link to one."""
    return path.is_file() and not path.is_symlink()


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
