"""``--columns``, ``--values`` and ``--run``: one mapping for ``qa check``, ``qa freeze`` and ``qa compare``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_lib.cli import main
from qa_lib.cli.mapping_options import read_mapping
from qa_lib.errors import IntakeError, RunError
from qa_lib.sampling.frozen import read_freeze

Statement = tuple[int, str, str]
QA = Callable[..., Statement]
SAME = ["--values", "rpa:HARBOUR=Harbour", "--values", "rpa:Har bour=Harbour"]


@pytest.fixture
def qa_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> QA:
    """Return a function that runs a command in a folder with twelve files, three of them under other spellings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_REGISTER", raising=False)
    names = ["Harbour"] * 9 + ["HARBOUR", "HARBOUR", "Har bour"]
    people = ["W1", "w-01", *(f"W{n}" for n in range(2, 12))]
    rows = [f"c{n},{name},2024-01,{who},P{n % 3},met" for n, (name, who) in enumerate(zip(names, people, strict=True))]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cases.csv").write_text("\n".join(["ref,rpa,month,assessor_id,pop_id,outcome", *rows, ""]))
    (tmp_path / "run.yaml").write_text(
        "run: small\ntitle: Small\ndataset: data\nnotebooks: [{notebook: x.ipynb, per: month}]\n"
        "columns: {cases: {ref: case_id}}\nvalues: {cases: {rpa: {HARBOUR: Harbour, Har bour: Harbour}}}\n"
    )

    def run(*arguments: str) -> Statement:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return run


FREEZE = ["freeze", "data", "--provider", "Harbour", "--month", "2024-01", "--out", "frozen"]
COLUMNS = ["--columns", "ref=case_id"]


def test_a_freeze_stops_at_near_equal_providers_and_leaves_nothing(qa_says: QA, tmp_path: Path) -> None:
    """Exit code 2, both ways out on standard error, no folder and no freeze."""
    code, out, err = qa_says(*FREEZE, *COLUMNS)
    assert (code, out) == (2, "")
    assert '"Harbour" (9 rows) and "HARBOUR" (2 rows), "Har bour" (1 row) differ only in' in err
    assert "Traceback" not in err
    assert not (tmp_path / "frozen").exists()


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ([*COLUMNS, *SAME], 12),
        (["--run", "run.yaml"], 12),
        ([*COLUMNS, "--accept", "HARBOUR", "--accept", "Har bour"], 9),
        ([*COLUMNS, "--accept", "HARBOUR", "--values", "cases.rpa:Har bour=Harbour"], 10),
    ],
    ids=["mapped", "run file", "accepted", "both"],
)
def test_a_freeze_takes_what_was_said_to_be_the_providers(
    qa_says: QA, tmp_path: Path, options: list[str], files: int
) -> None:
    """Mapped names are one provider, accepted ones are others; near-equal assessors are noted without their ids."""
    code, _, err = qa_says(*FREEZE, *options)
    assert code == 0
    assert len(read_freeze(tmp_path / "frozen").population) == files
    assert "Note: assessors whose ids differ only in letter case" in err
    assert "count as different (1 group); qa check names their rows" in err
    assert "w-01" not in err


def test_a_freeze_takes_over_whom_the_run_file_accepts(qa_says: QA, tmp_path: Path) -> None:
    """The batch and the freeze by hand make the same draw from one run file."""
    text = (tmp_path / "run.yaml").read_text().replace("rpa: {HARBOUR: Harbour, Har bour: Harbour}", "rpa: {}")
    (tmp_path / "run.yaml").write_text(f"{text}accept_near_equal: [HARBOUR]\n")
    asked = [*FREEZE, "--run", "run.yaml", "--accept", "Har bour"]
    assert qa_says(*asked)[0] == 0
    assert len(read_freeze(tmp_path / "frozen").population) == 9


def test_an_accepted_name_that_is_not_there_is_refused(qa_says: QA) -> None:
    """A name typed wrongly keeps nobody apart."""
    code, _, err = qa_says(*FREEZE, *COLUMNS, "--accept", "HARBOR")
    assert code == 2
    assert 'accepted as a provider of its own: "HARBOR"; expected names as the data set spells them' in err


@pytest.mark.parametrize("options", [[*COLUMNS, *SAME], ["--run", "run.yaml"]])
def test_check_reads_what_is_called_otherwise(qa_says: QA, options: list[str]) -> None:
    """Without the mapping the table is of no use; with it all rows are accepted and one provider is left."""
    assert qa_says("check", "data")[0] == 1
    code, out, _ = qa_says("check", "data", *options)
    assert code == 0
    assert "column rpa" not in out
    assert "column assessor_id" in out


def test_an_option_stands_over_the_run_file(qa_says: QA, tmp_path: Path) -> None:
    """What is typed now is meant now."""
    mapping = read_mapping(values=["cases.rpa:HARBOUR=Quay"], run_file=tmp_path / "run.yaml")
    assert mapping.values == {"cases": {"rpa": {"HARBOUR": "Quay", "Har bour": "Harbour"}}}
    assert mapping.columns == {"cases": {"ref": "case_id"}}


def test_a_run_file_with_faults_is_refused_by_line(tmp_path: Path) -> None:
    """The same words as from qa run; its notebooks are not looked for."""
    (tmp_path / "run.yaml").write_text("run: small\ntitle: x\nvalue: {}\nnotebooks: []\n")
    with pytest.raises(RunError, match=r"run\.yaml:3: unknown key 'value'"):
        read_mapping(run_file=tmp_path / "run.yaml")


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("columns", "ref", r'--columns is "ref"; expected THEIRS=OURS, such as "candidate_ref=candidate_id"'),
        ("columns", "=case_id", 'a name is missing on one side of "="'),
        ("columns", "ref=", 'a name is missing on one side of "="'),
        ("values", "HARBOUR=Harbour", 'expected COLUMN:THEIRS=OURS, such as "rpa:Al pha=Alpha"'),
        ("values", "rpa:HARBOUR", 'expected COLUMN:THEIRS=OURS, such as "rpa:Al pha=Alpha"'),
        ("values", "rpa:a=b=c", "where a text holds = itself, write it into a run file and give --run"),
    ],
)
def test_an_option_of_another_form_is_refused(option: str, text: str, says: str) -> None:
    """What arrived, and an example of what was expected."""
    with pytest.raises(IntakeError, match=says):
        read_mapping(**{option: [text]})


def test_two_readings_of_one_text_are_refused() -> None:
    """The last one does not win silently; the same said twice is no fault."""
    assert read_mapping(values=["rpa:a=b", "rpa:a=b"]).values == {"*": {"rpa": {"a": "b"}}}
    with pytest.raises(IntakeError, match='--values reads "a" as "b" and as "c"; keep one of the two'):
        read_mapping(values=["rpa:a=b", "rpa:a=c"])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Write a table of eighty people, whose groups stand in two spellings."""
    words = ["Coastal", "Coastal", "coastal", "Inland"]
    rows = [f"{words[n % 4]},{'yes' if n % 3 else 'no'}" for n in range(80)]
    (tmp_path / "people.csv").write_text("\n".join(["area,passed", *rows, ""]))
    return tmp_path / "people.csv"


def test_compare_counts_one_group_in_two_spellings_as_one(qa_says: QA, people: Path) -> None:
    """Two groups, and a line that says what was counted with what; a word that says nothing is missing."""
    told = people.read_text(encoding="utf-8").replace("Inland", "Prefer not to say", 1)
    people.write_text(told, encoding="utf-8")
    code, out, _ = qa_says("compare", str(people), "--outcome", "passed", "--groups", "area")
    assert code == 0
    assert 'area: "coastal" (20) counted with "Coastal".' in out
    assert 'area: "Prefer not to say" (1) says nothing, and is missing.' in out
    assert "80 people, 3 groups" in out
    assert "area (missing)" in out
    assert "area coastal" not in out


def test_compare_says_which_groups_may_be_one_and_joins_them_when_told(qa_says: QA, people: Path) -> None:
    """Three groups with a line on the two that look alike; two groups once they are mapped."""
    people.write_text(people.read_text(encoding="utf-8").replace("coastal", "Сoastal"), encoding="utf-8")
    asked = [
        "compare",
        str(people),
        "--outcome",
        "passed",
        "--groups",
        "area",
        "--margin",
        "10%",
        "--confidence",
        "90%",
    ]
    code, out, _ = qa_says(*asked)
    assert code == 0
    assert "80 people, 3 groups" in out
    assert 'area: "Coastal" (40), "\\u0421oastal" (20) differ only in letter case' in out
    assert 'if they are one: --values "area:Сoastal=Coastal"' in out
    _, out, _ = qa_says(*asked, "--values", "area:Сoastal=Coastal")
    assert "80 people, 2 groups" in out
    assert "may be one" not in out


def test_compare_takes_the_columns_of_a_run_file_for_its_own_table(qa_says: QA, people: Path, tmp_path: Path) -> None:
    """The mapping of the table that is called as the file; another table's is not looked at."""
    (tmp_path / "more.yaml").write_text(
        "run: small\ntitle: Small\ndataset: data\nnotebooks: [{notebook: x.ipynb, per: whole}]\n"
        "columns: {people: {area: region}, cases: {nothing: rpa}}\n"
        "values: {people: {region: {coastal: Coastal, z: Z}}}\n"
    )
    code, out, _ = qa_says("compare", str(people), "--outcome", "passed", "--groups", "region", "--run", "more.yaml")
    assert code == 0
    assert "80 people, 2 groups" in out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--columns", "aera=region"], """there is no column 'aera'; did you mean "area"?"""),
        (["--values", "region:a=b"], "there is no column 'region'"),
        (["--values", "area:Inlnd=x"], """no cell of column 'area' holds 'Inlnd'; did you mean "Inland"?"""),
        (["--columns", "passed=area"], "two columns would be called 'area'"),
    ],
)
def test_compare_refuses_a_mapping_that_does_not_fit(qa_says: QA, people: Path, options: list[str], says: str) -> None:
    """A name typed wrongly maps nothing, and is said with the nearest."""
    code, _, err = qa_says("compare", str(people), "--outcome", "passed", "--groups", "area", *options)
    assert code == 2
    assert err.startswith("qa: the mapping does not fit the file: ")
    assert says in err
