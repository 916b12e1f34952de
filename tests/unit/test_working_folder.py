"""The register of an office is found from anywhere inside its working folder, and from nowhere else."""

import os
from pathlib import Path

import pytest

from qa_lib.register.store import register_location
from qa_lib.register.working_folder import draws_place, found_register, inside, nearest_register, working_folder


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Return a working folder with a register in it, and work two folders below."""
    (tmp_path / "register.sqlite").touch()
    (tmp_path / "notebooks" / "hlta").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "hlta")
    for name in ("QA_REGISTER", "QA_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_everything_is_found_from_inside(office):
    """Register, place for draws, and a path as a command printed it."""
    assert (found_register(), working_folder()) == (office / "register.sqlite", office)
    assert register_location() == str(office / "register.sqlite")
    assert draws_place() == office / "outputs" / "draws"
    (office / "outputs" / "draws" / "2024-01").mkdir(parents=True)
    assert inside("outputs/draws/2024-01") == office / "outputs" / "draws" / "2024-01"
    assert inside("nowhere") == Path("nowhere")


def test_without_a_register_the_working_folder_is_where_one_works(tmp_path, monkeypatch):
    """Paths stay as short as the user knows them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_FOLDER", raising=False)
    assert (found_register(), working_folder(), draws_place()) == (None, Path(), Path("outputs", "draws"))


def test_a_program_that_works_elsewhere_is_told_where_to_begin(office, tmp_path_factory, monkeypatch):
    """JupyterLab's kernels work beside the notebooks and yet find the office's register."""
    monkeypatch.chdir(tmp_path_factory.mktemp("checkout"))
    assert found_register() is None
    monkeypatch.setenv("QA_FOLDER", str(office))
    assert found_register() == office / "register.sqlite"


def test_the_search_ends_at_home(office, monkeypatch):
    """A register around the user's home is not theirs."""
    monkeypatch.setattr(Path, "home", lambda: office / "notebooks")
    assert found_register() is None
    monkeypatch.setattr(Path, "home", lambda: office)
    assert found_register() == office / "register.sqlite"


def test_whoever_has_no_home_finds_the_register_too(office, monkeypatch):
    """A service's user may have none."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(RuntimeError):
        Path.home()
    assert found_register() == office / "register.sqlite"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bit")
def test_a_register_where_anybody_may_write_is_nobodys(office):
    """A stranger could have put it there."""
    office.chmod(0o1777)
    assert nearest_register(office / "notebooks") is None
    assert nearest_register(office) == office / "register.sqlite"
