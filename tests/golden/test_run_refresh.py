"""The committed outputs of notebooks: refreshed once they stay as they are."""

import json

from tiny_runs import write_notebook

from qa_lib.batch.refresh import main


def test_a_second_refresh_changes_no_byte(tmp_path, capsys):
    """The first refresh executes and writes; after it ``--check`` finds nothing to change."""
    path = write_notebook(tmp_path / "page.ipynb", "print(number + 1)")
    before = path.read_bytes()
    assert main(["--check", str(path)]) == 1
    assert path.read_bytes() == before
    assert main([str(path)]) == 0
    done = path.read_bytes()
    assert json.loads(done)["cells"][2]["outputs"][0]["text"] == ["2\n"]
    assert main(["--check", str(path)]) == 0
    assert path.read_bytes() == done
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["changed", "changed", "same"]


def test_a_notebook_that_fails_is_named_and_left_alone(tmp_path, capsys):
    """A failing notebook gives exit code 2, its name and its error; the file stays as it was."""
    path = write_notebook(tmp_path / "page.ipynb", "1 / 0")
    before = path.read_bytes()
    assert main([str(path)]) == 2
    assert "page.ipynb: ZeroDivisionError" in capsys.readouterr().err
    assert path.read_bytes() == before
