"""Writing files whole or not at all, listing folders without following links, names that are safe on every system."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
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
    write_together(path.parent, {path.name: content})


def write_together(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files of one folder, all or none: each is whole beside its place before the first is moved there.

    They are moved in the order given. A folder made for them goes again where they cannot be written.

    Raises
    ------
    OSError
        With the path of the file, or of the folder, that could not be written.
    """
    made = _missing_folders(folder)
    beside: dict[str, Path] = {}
    moved: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            with _named(folder / name):
                beside[name] = _write_beside(folder / name, content)
        for name, whole in beside.items():
            was_there = (folder / name).exists()
            with _named(folder / name):
                whole.replace(folder / name)
            moved += [] if was_there else [folder / name]
    except BaseException:
        _undo([*beside.values(), *moved], made)
        raise
    _bring_to_the_disk(folder)


@contextlib.contextmanager
def held(path: Path, *, waiting: bool) -> Iterator[None]:
    """Hold a file that is there; the hold goes with the process, however that ends.

    Parameters
    ----------
    waiting
        Wait for another holder to let it go, and do without where the disk knows no locks.

    Raises
    ------
    OSError
        Unless it waits: if another holds it (BlockingIOError, on Windows PermissionError), or the disk knows no locks.
    """
    with path.open("rb") as file:
        try:
            _hold(file.fileno(), waiting=waiting)
        except OSError:
            if not waiting:
                raise
        yield


def _hold(handle: int, *, waiting: bool) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK if waiting else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))


def refuse_unwritable(folder: Path) -> None:
    """Refuse a folder into which no file can be written, before anything else is done; nothing is made or changed.

    Raises
    ------
    OSError
        If a file stands in its way, or the nearest folder that is there may not be written to.
    """
    there = folder
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    if not os.access(there, os.W_OK):
        read_only = hasattr(os, "statvfs") and os.statvfs(there).f_flag & os.ST_RDONLY
        number = errno.EROFS if read_only else errno.EACCES
        raise OSError(number, os.strerror(number), str(folder))


def _missing_folders(folder: Path) -> list[Path]:
    """Return which folders would have to be made, the innermost first."""
    return [place for place in (folder, *folder.parents) if not os.path.lexists(place)]


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a file under a passing name in the folder of its place, and bring it to the disk."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
    except BaseException:
        _undo([Path(beside)], [])
        raise
    return Path(beside)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let an error tell the file that was meant, not its passing name."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:  # else its text is all that it says
            error.filename, error.filename2 = str(path), None
        raise


def _undo(files: Iterable[Path], folders: Iterable[Path]) -> None:
    """Remove what was written, and folders made for it while they are empty; the error that led here is told."""
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _bring_to_the_disk(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows cannot open a folder; there the rename alone must do
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def zipped(parts: Iterable[tuple[str, bytes]], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of named parts; no clock is in it, so that the same parts give the same bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in parts:
            part = zipfile.ZipInfo(name)  # its date is 1980-01-01
            part.create_system = 0
            archive.writestr(part, content, compression)
    return result.getvalue()


def folder_name(name: str) -> str:
    """Turn any name into one that is a safe, short and distinct folder name everywhere.

    The slug is for people; the hash keeps ``A&B`` apart from ``a&b`` and ``CON`` from the device.

    Examples
    --------
    >>> folder_name("Harbour North")
    'harbour-north-5ac092'
    >>> folder_name("../etc")
    'etc-f7f912'
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:_LONGEST_SLUG].strip("-")
    mark = hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:6]
    return f"{slug}-{mark}" if slug else mark
