"""A wheel, installed where no checkout can be seen, runs everything from a user's folder and writes nowhere else.

The dependencies are those of the environment that the tests run in; the project itself comes from the wheel alone.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from qa_lib.project_files import ROOT

MONTH = ["--month", "2024-01"]
RPA, BY_HAND = ["--provider", "University of Northampton"], ["--provider", "HLTA North"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Return the wheel of the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Return an environment with the wheel in it; a path file adds other packages, and reads none of their own."""
    place = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(place, symlinks=os.name != "nt")
    names = {"base": str(place), "platbase": str(place)}
    site = Path(sysconfig.get_path("purelib", sysconfig.get_preferred_scheme("prefix"), vars=names))
    with zipfile.ZipFile(wheel) as content:
        content.extractall(site)
    (site / "dependencies.pth").write_text("\n".join(one for one in sys.path if one.endswith("site-packages")))
    return place


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """Return an empty working folder."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def qa(installed, office):
    """Return a function that runs ``qa`` of the wheel in the working folder and returns what it printed."""
    python = installed / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    hidden = {"PYTHONPATH", "QA_FOLDER", "QA_REGISTER"}
    environment = {name: text for name, text in os.environ.items() if name not in hidden}

    def run(*words: str) -> str:
        command = [str(python), "-m", "qa_lib.cli", *words]
        done = subprocess.run(command, cwd=office, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    return run


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by path; Python's own cache is none of ours."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def worked(qa, installed, office) -> dict[str, str]:
    """Do everything that a newcomer does with the wheel; return what was printed, by a word for each step."""
    before = digests(installed)
    said = {"demo": qa("demo", "--scheme", "npq", "--jobs", "1"), "rules": qa("rules", "HLTA.MOD.3")}
    said["check"] = qa("rules", "--check")
    said["lab"] = qa("lab", "--copy-only")
    said["freeze"] = qa("freeze", "notebooks/data/partnership", *BY_HAND, *MONTH)
    (frozen,) = office.glob("outputs/draws/*/*/freeze.json")
    seed = ["--seed", "4613 2265 1432 6651 2341", "--reviewer", "A008", "--reviewer-rpa", RPA[1]]
    said["draw"] = qa("draw", str(frozen.parent), *seed)
    said["verify"] = qa("verify", str(frozen.parent))
    data = "notebooks/data/npq/participants.csv"
    outcome = ["--outcome", "result", "--positive", "pass", "--negative", "fail", "--groups", "sex"]
    said["compare"] = qa("compare", data, *outcome)
    said["run"] = qa("run", "hlta_sample", *RPA, *MONTH)
    own = (office / "parameters" / "runs" / "hlta_sample.yaml").read_text(encoding="utf-8")
    first, _, _ = own.partition("  - notebook: notebooks/hlta/annual_coverage.ipynb")
    own = f"{first.replace('notebooks/data/partnership', 'ours')}providers: all\n".replace("run: hlta", "run: our")
    (office / "ours.yaml").write_text(own, encoding="utf-8")
    (office / "notebooks" / "data" / "partnership").rename(office / "ours")
    said["own"] = qa("run", "ours.yaml", *RPA, *MONTH)
    assert digests(installed) == before, "something was written beside the installed package"
    return said


def test_everything_works_from_a_wheel(worked, office):
    """Demo, rules, lab, freeze, draw, verify, compare, runs by name and of one's own; nothing is written elsewhere."""
    assert worked["demo"] == f"{office / 'outputs' / 'demo' / 'index.html'}\n"
    assert "HLTA.MOD.3" in worked["rules"]
    assert "parameters/rules/hlta.yaml" in worked["check"]
    assert worked["lab"] == "notebooks\n"
    assert worked["compare"]
    assert (office / worked["run"].strip()).is_file()
    assert (office / worked["own"].strip()).is_file()
    assert len(list((office / "outputs" / "our_sample").glob("2024-01/*/draw.json"))) == 1


def test_no_test_and_no_tool_of_the_project_travels_with_it(wheel):
    """What a user runs is in it, with the guides that messages lead to, and nothing else."""
    names = zipfile.ZipFile(wheel).namelist()
    own = [name for name in names if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in own} == {"qa_lib"}
    assert not any("conftest" in name or "__pycache__" in name for name in names)
    held = {name.removeprefix("qa_lib/project/") for name in names if name.startswith("qa_lib/project/")}
    expected = [path for folder in ("notebooks", "parameters") for path in (ROOT / folder).rglob("*")]
    expected += (ROOT / "docs").glob("*.md")
    kinds = {".ipynb", ".csv", ".md", ".yaml"}
    assert held == {
        path.relative_to(ROOT).as_posix()
        for path in expected
        if path.suffix in kinds and ".ipynb_checkpoints" not in path.parts
    }


def test_a_report_is_the_same_bytes_from_a_wheel_and_from_a_checkout(worked, office, tmp_path):
    """Its page, tables, draw and manifest: neither a path nor the place of installation stands in any of them."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QA_REGISTER": str(tmp_path / "register.sqlite")}
    command = [sys.executable, "-m", "qa_lib.cli", "run", "ours.yaml", *RPA, *MONTH, "--out", str(tmp_path / "out")]
    subprocess.run(command, cwd=office, env=environment, check=True, capture_output=True)
    (wheels,), (checkouts,) = [
        list(out.glob("2024-01/*")) for out in (office / "outputs" / "our_sample", tmp_path / "out")
    ]
    assert len(digests(wheels)) > 20
    assert digests(wheels) == digests(checkouts)
