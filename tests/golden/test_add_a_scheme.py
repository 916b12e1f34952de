"""docs/add-a-scheme.md, word for word: a third scheme from a package of its own, and nothing edited elsewhere."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from qa_lib.project_files import ROOT

PAGE = (ROOT / "docs" / "add-a-scheme.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^`(?P<name>[\w/.]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = re.compile(r"^```\n(qa template .*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(
    r"^```toml\n\[project\.entry-points\.\"(?P<group>.*?)\"\]\n(?P<line>.*?)^```$", re.MULTILINE | re.DOTALL
)


def notebook(text: str) -> str:
    """Return a notebook of cells that are set apart as on the page."""
    cells = []
    for kind, source in re.findall(r"^# %% \[(\w+)\]\n(.*?)(?=^# %% \[|\Z)", text, re.MULTILINE | re.DOTALL):
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cells.append(make(source.strip(), metadata={"tags": ["parameters"]} if kind == "parameters" else {}))
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """Return a folder with the package, installed as far as entry points go, and the data beside it."""
    folder = tmp_path_factory.mktemp("driving")
    for block in BLOCK.finditer(PAGE):
        text = notebook(block["text"]) if block["name"].endswith(".ipynb") else block["text"]
        target = folder / ("" if block["name"].startswith("data/") else "site") / block["name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / "site" / "driving" / "__init__.py").touch()
    known = folder / "site" / "driving-1.dist-info"
    known.mkdir()
    entry = ENTRY.search(PAGE)
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: driving\nVersion: 1\n")
    (known / "entry_points.txt").write_text(f"[{entry['group']}]\n{entry['line'].replace(chr(34), '')}")
    run = (folder / "site" / "driving" / "run.yaml").read_text(encoding="utf-8")
    run = run.replace("DATA", str(folder / "data")).replace("PACKAGE", str(folder / "site" / "driving"))
    (folder / "run.yaml").write_text(run, encoding="utf-8")
    return folder


def said(place: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in the folder, with the package on Python's path as an installed one is."""
    path = os.pathsep.join([str(place / "site"), str(ROOT)])
    words = shlex.split(command, comments=True)
    assert words[0] == "qa"
    environment = {**os.environ, "PYTHONPATH": path, "QA_FOLDER": str(place)}
    call = [sys.executable, "-m", "qa_lib.cli", *words[1:]]
    return subprocess.run(call, cwd=place, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def told(place):
    """Return what each command of the page says, in their order."""
    return {line.split("#")[0].strip(): said(place, line) for line in COMMANDS.search(PAGE)[1].splitlines()}


def test_every_command_of_the_page_ends_well(told):
    """Template, checks, freeze, draw, verify, run, verify and the page of rules."""
    assert [(line, one.stdout, one.stderr) for line, one in told.items() if one.returncode] == []
    words = ["template", "check", "check", "freeze", "draw", "verify", "run", "verify", "rules"]
    assert [line.split()[1] for line in told] == words


def test_its_tables_are_found_and_its_providers_named(told):
    """Nobody said whose tables they are."""
    checked = told["qa check data"].stdout
    assert "2 centres, with accepted tests: Northgate (5), Southquay (2)" in checked
    assert "Clean: no fault was found." in checked


def test_what_is_drawn_is_the_exact_share(place, told):
    """A tenth of four tests, rounded up, is one, and it is one of the month's."""
    drawn = pd.read_csv(place / "frozen" / "recordings-sample.csv")
    assert len(drawn) == 1
    assert set(drawn["test_id"]) < {"T01", "T02", "T03", "T04"}


def test_an_auditor_needs_nothing_of_the_scheme(place, told):
    """The tool that knows no scheme draws the list again, and sees a changed ticket."""
    tool = [sys.executable, str(ROOT / "tools" / "verify_draw.py")]
    assert subprocess.run([*tool, str(place / "frozen")], capture_output=True, check=False).returncode == 0


def test_each_centre_and_month_has_its_report_with_the_right_findings(place, told):
    """The planted facts: too few tests, a test before the training, a late answer; and what is in order is met."""
    folders = {path.parent.name: path for path in sorted((place / "outputs").glob("2024-03/*/findings.csv"))}
    found = {
        name.rsplit("-", 1)[0]: pd.read_csv(path, encoding="utf-8-sig", dtype="str") for name, path in folders.items()
    }
    assert set(found) == {"northgate", "southquay"}
    worst = {
        name: dict(zip(one["rule"] + " " + one["subject"], one["status"], strict=True)) for name, one in found.items()
    }
    assert worst["northgate"] == {
        "DRIVE.TEST.1 Northgate": "met",
        "DRIVE.EXAM.1 T03": "breach",
        "DRIVE.WATCH.1 Northgate": "met",
        "DRIVE.COMP.1 C1": "information",
        "DRIVE.COMP.1 C2": "breach",
    }
    assert worst["southquay"] == {
        "DRIVE.TEST.1 Southquay": "warning",
        "DRIVE.EXAM.1 Southquay": "met",
        "DRIVE.WATCH.1 Southquay": "met",
        "DRIVE.COMP.1 C3": "information",
    }
    assert (place / "outputs" / "2024-04").is_dir()


def test_a_changed_report_does_not_verify(place, told):
    """After everything else: one figure is changed, and the command says where."""
    table = next((place / "outputs").glob("2024-03/northgate-*/tables/rules.csv"))
    table.write_bytes(table.read_bytes().replace(b"DRIVE", b"DROVE", 1))
    again = said(place, "qa verify outputs")
    assert again.returncode == 1
    assert "tables/rules.csv was changed" in again.stdout


def test_the_page_of_its_rules_is_written(place, told):
    """Each rule with its value, clause, section and the function that answers it."""
    page = (place / "rules.md").read_text(encoding="utf-8")
    for rule in ("DRIVE.TEST.1", "DRIVE.EXAM.1", "DRIVE.WATCH.1", "DRIVE.COMP.1"):
        assert f"| {rule} |" in page
    assert "answered_in_time" in page


def test_the_page_of_its_columns_says_which_rules_read_them(place, told):
    """Found in its package; the workbook to fill in is read as a data set of the scheme, and nothing in it is data."""
    page = (place / "data.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r'<a id="([\w-]+)"></a>.*\| ([^|]*) \|$', page, re.MULTILINE))
    assert rows["examiners-trained_on"] == "DRIVE.EXAM.1"
    assert rows["complaints-answered_on"] == "DRIVE.COMP.1"
    assert rows["tests-passed"] == "no rule"
    assert rows["tests-centre"] == rows["tests-held_on"] == "every rule that reads the table"
    assert told["qa check empty.xlsx"].stdout.count(" 0          0          0") == 3


def test_who_reads_its_rules_is_found_in_its_package(place):
    """The function that answers, and what is drawn; nobody keeps a list."""
    card = " ".join(said(place, "qa rules DRIVE.WATCH.1").stdout.split())
    assert "Read by: driving/draws.py, driving/rules.py Checked:" in card
