"""Notebooks that fail in every way: what is said of them, and that nothing of the data is said with it."""

import pytest
from tiny_runs import write_notebook, write_run_file

from qa_lib.cli import main

PROVIDERS = ["Dead", "Loud", "Ours", "Quoting", "Whole", "Without"]
CANARIES = ["CANARY-7", "canary-7", "spoke very softly", "Miss Canary"]
CELLS = [
    "import os, warnings\nfrom qa_lib.errors import SampleError",
    'said = "CANARY-7: Miss Canary spoke very softly"',
    'if provider == "Dead":\n    os.kill(os.getpid(), 9)',
    'if provider == "Loud":\n    warnings.warn(said)',
    'if provider == "Ours":\n    raise SampleError("Ours 2024-01: the file canary-7 of (Miss Canary spoke very softly) '
    'is refused; mend it:\\n  CANARY-7")',
    'if provider == "Without":\n    from qa_lib.register.store import open_register\n'
    '    open(os.environ["QA_REGISTER"], "w").write("no register " * 100)\n    open_register()',
    'if provider == "Quoting":\n    {}[said]',
]


@pytest.fixture
def run_file(tmp_path):
    """Return a run file over six providers, whose data hold what must never be seen."""
    rows = [f'CANARY-{n},{name},2024-01,Miss Canary,P1,met,"spoke very softly"' for n, name in enumerate(PROVIDERS, 5)]
    (tmp_path / "in").mkdir()
    header = "case_id,rpa,month,assessor_id,pop_id,outcome,adjustments"
    (tmp_path / "in" / "cases.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    notebook = write_notebook(tmp_path / "page.ipynb", *CELLS)
    return write_run_file(tmp_path / "tiny.yaml", tmp_path / "in", (notebook, "month"))


def run(capfd, *arguments):
    """Run the command and return its exit code and what stood on standard error."""
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return end.value.code, capfd.readouterr().err


def test_ids_and_free_text_reach_neither_the_index_nor_standard_error(run_file, tmp_path, capfd):
    """Whatever an exception, a warning or one of our own messages quotes; the reasons stay in plain words."""
    code, err = run(capfd, "run", run_file, "--out", tmp_path / "out")
    assert code == 3
    assert "1 report is complete, 5 are not" in err
    for name in ("index.html", "manifest.json"):
        page = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert [canary for canary in CANARIES if canary in page + err] == []
    assert "Traceback" not in err
    assert "page.ipynb was cut off: its Python process ended in the middle, most often because" in err
    assert "cell 6 wrote to standard error (UserWarning), which differs from run to run" in err
    assert "page.ipynb, cell 7: Ours 2024-01: the file … of (… …) is refused; mend it (more," in err
    assert (
        "page.ipynb, cell 8: the register register.sqlite could not be read or written, because the file is no reg"
        in err
    )
    assert "page.ipynb, cell 9: KeyError (more, which may quote the data, with --debug)" in err


def test_debug_shows_on_standard_error_what_is_kept_from_the_index(run_file, tmp_path, capfd):
    """The whole traceback, with what it quotes, is for the person who asks for it, and for no page."""
    code, err = run(capfd, "run", run_file, "--out", tmp_path / "out", "--provider", "Quoting", "--debug")
    assert code == 3
    assert "KeyError: 'CANARY-7: Miss Canary spoke very softly'" in err
    assert "CANARY" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
