"""Files are written whole, together or not at all; a place that cannot be written is seen beforehand."""

import errno
import io
import zipfile
from pathlib import Path

import pytest

import qa_lib.failures
from qa_lib.failures import machine_words
from qa_lib.files import refuse_unwritable, write_together, write_whole, zipped


def names(folder):
    """Return what a folder holds, passing files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def refused(monkeypatch):
    """Return a function that lets the n-th move of a file to its place be refused as on a full disk."""

    def at(which):
        move, moves = Path.replace, []

        def replace(path, target):
            moves.append(target)
            if len(moves) == which:
                raise OSError(errno.ENOSPC, "No space left on device", str(path), None, str(target))
            return move(path, target)

        monkeypatch.setattr(Path, "replace", replace)

    return at


@pytest.mark.parametrize("which", [1, 2, 3])
def test_files_that_belong_together_are_written_all_or_none(refused, tmp_path, which):
    """Wherever it stops, no new file and no passing file is left, and a folder made for them is gone."""
    refused(which)
    with pytest.raises(OSError, match="No space") as caught:
        write_together(tmp_path / "new" / "folder", {"a": b"1", "b": b"2", "c": b"3"})
    assert names(tmp_path) == []
    assert caught.value.filename == str(tmp_path / "new" / "folder" / "abc"[which - 1])


def test_a_file_that_stood_there_is_old_or_new_but_never_gone(refused, tmp_path):
    """What was replaced before the refusal is the new file, what was not is the old one."""
    write_together(tmp_path, {"a": b"old", "b": b"old"})
    refused(2)
    with pytest.raises(OSError, match="No space"):
        write_together(tmp_path, {"a": b"new", "b": b"new"})
    assert [(tmp_path / name).read_bytes() for name in names(tmp_path)] == [b"new", b"old"]


def test_the_last_of_files_is_moved_last(monkeypatch, tmp_path):
    """So a reader who finds freeze.json finds all that it binds."""
    moved, move = [], Path.replace
    monkeypatch.setattr(Path, "replace", lambda path, target: (moved.append(target.name), move(path, target)))
    write_together(tmp_path, {"population.csv": b"", "freeze.json": b""})
    assert moved == ["population.csv", "freeze.json"]


def test_a_folder_that_cannot_be_written_is_seen_without_making_it(monkeypatch, tmp_path):
    """A file in the way is named; a folder that may be made is neither made nor refused."""
    refuse_unwritable(tmp_path / "may" / "be" / "made")
    refuse_unwritable(Path("here"))
    assert names(tmp_path) == []
    write_whole(tmp_path / "file", b"")
    with pytest.raises(NotADirectoryError) as caught:
        refuse_unwritable(tmp_path / "file" / "below")
    assert caught.value.filename == str(tmp_path / "file")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(PermissionError):
        refuse_unwritable(tmp_path / "other")


def test_every_refusal_of_the_machine_says_what_where_why_and_what_to_do(monkeypatch, tmp_path):
    """For each known error number: the path, relative to where one works, a reason and an instruction, no number."""
    monkeypatch.chdir(tmp_path)
    for number in qa_lib.failures._BY_NUMBER:
        said = machine_words(OSError(number, "No such luck", str(tmp_path / "a" / "b.csv")))
        assert said.startswith(str(Path("a", "b.csv ")))
        assert " could not be " in said
        assert ", because " in said
        assert "; " in said
        assert "No such luck" not in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "a file or the output could not be written, because the disk is full"),
        (OSError(errno.EXDEV, "Invalid cross-device link", "/a"), "/a could not be used (Invalid cross-device link)"),
        (OSError(errno.ENOMEM, "x"), "the memory of this machine did not suffice"),
        (OSError("no number"), ""),
        (ValueError("[Errno 28]"), ""),
    ],
)
def test_what_is_not_of_the_machine_gets_no_words_of_it(error, said):
    """Unknown numbers keep the system's own words; other errors get none, so that nothing is explained away."""
    words = machine_words(error)
    assert words.startswith(said)
    assert bool(words) == bool(said)


def test_an_archive_of_the_same_parts_has_the_same_bytes() -> None:
    """No clock is in it, and the parts come out as they went in."""
    parts = [("a.txt", b"one"), ("folder/b.txt", b"two")]
    content = zipped(parts)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == parts
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert zipped(iter(parts)) == content
