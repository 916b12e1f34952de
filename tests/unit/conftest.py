"""What unit tests share: another office program, a disk that is soon full."""

import os
import shutil
import subprocess

import pytest


def needed(reason):
    """Skip where something is not to be had, but fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def office():
    """Return LibreOffice's program; skip where there is none, but fail in CI."""
    return shutil.which("soffice") or needed("needs LibreOffice (soffice) on the path")


class SmallDisk:
    """A disk of one megabyte: filled to its last byte, emptied again, made read-only."""

    def __init__(self, folder):
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave=0):
        """Leave so many bytes free."""
        with self._filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                file.truncate(max(0, file.tell() - leave))

    def free(self):
        """Free what was filled, and let the disk be written to again."""
        subprocess.run(["mount", "-o", "remount,rw", self.folder], check=True)
        self._filler.unlink(missing_ok=True)

    def forbid_writing(self):
        """Make it read-only, which binds root as well."""
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """Return a small disk below the test's folder; skip where this user may not mount one, but fail in CI."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        needed("needs the right to mount a small disk (Linux, as root)")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", folder], check=True)
