"""``qa check`` says every fault at once, in lines that carry nobody's id, and exits with what it found."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from qa_lib.cli import main
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.messages import ARRIVED, LINES, NAMED_ROWS, fault_lines

HEADER = "case_id,rpa,month,assessor_id,pop_id,outcome,adjustments"
CANARY = "Zebedee-4711"


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run ``qa check`` and return its exit code, output and errors."""
    with pytest.raises(SystemExit) as caught:
        main(["check", *arguments])
    captured = capsys.readouterr()
    return int(caught.value.code or 0), captured.out, captured.err


def put(folder: Path, *rows: str) -> str:
    """Write a cases file of these rows and return its folder."""
    (folder / "cases.csv").write_text("\n".join([HEADER, *rows, ""]))
    return str(folder)


def test_a_clean_data_set_exits_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Notices are allowed: they are printed, and the verdict is clean."""
    code, out, err = check(capsys, put(tmp_path, "C1,North,2024-01,A1,P1,Met,"))
    assert code == 0
    assert "cases  cases.csv          1          1          0" in out
    assert "Noticed:" in out
    assert out.endswith("Clean: no fault was found.\n")
    assert err == ""


def test_providers_are_named_with_their_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip that is no look-alike makes an RPA of its own: nothing rejects it, so it is to be seen."""
    rows = [f"C{n},{name},2024-01,A1,P1,met," for n, name in enumerate(["Kent"] * 3 + ["Knet"])]
    code, out, _ = check(capsys, put(tmp_path, *rows, "C9,Nowhere,2024-01,A1,P1,maybe,"))
    assert code == 1
    assert "\n2 RPAs, with accepted files: Kent (3), Knet (1)\n" in out


def test_of_many_providers_those_with_the_fewest_files_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt one is among them."""
    rows = [f"C{n}-{m},R{n:02},2024-01,A1,P1,met," for n in range(21) for m in range(2)] + ["X,Typo,2024-01,A1,P1,met,"]
    _, out, _ = check(capsys, put(tmp_path, *rows))
    assert "22 RPAs, with accepted files: R00 (2), R01 (2), " in out
    assert "R18 (2), Typo (1); 2 more have as many or more\n" in out


def test_faults_exit_with_1_and_are_all_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with file, row and column, what arrived, what is expected and what to do."""
    code, out, _ = check(capsys, put(tmp_path, "C1,North,2024-13,A1,P1,mett,", "C2,North,2024-01,A1,,met,"))
    assert code == 1
    assert 'cases.csv, row 2, column month: "2024-13"; expected a month such as 2024-08; ' in out
    assert 'cases.csv, row 2, column outcome: "mett"; expected one of met, ' in out
    assert "cases.csv, row 3, column pop_id: expected a value; fill it in" in out
    assert out.endswith("3 faults; 2 rows rejected.\n")


def test_of_very_many_faults_of_one_column_the_first_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is rejected all the same, and the rest is counted in a line of its own."""
    monkeypatch.setattr("qa_lib.intake.checking.MOST_LISTED", 3)
    given = put(tmp_path, *(f"C{number},North,2024-13,A1,P1,met," for number in range(5)))
    code, out, _ = check(capsys, given)
    assert code == 1
    assert "rows 2, 3, 4, column month" in out
    more = (
        "row 5, column month: expected a month such as 2024-08; the same is found in 2 more rows, which are not listed"
    )
    assert more in out
    assert out.endswith("More than 4 faults; 5 rows rejected.\n")
    assert len(read_dataset(tmp_path).failing["cases"]) == 5


PERSON = "participant_id,provider,level\nP1,West,NPQH\n"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_scheme_is_found_from_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    """Participants are the framework's, whatever other tables there are; nobody has to name it."""
    people, actions = pd.read_csv(io.StringIO(PERSON)), pd.DataFrame({"action_id": ["X"], "provider": ["West"]})
    if kind == "csv":
        people.to_csv(tmp_path / "participants.csv", index=False)
        actions.to_csv(tmp_path / "actions.csv", index=False)
        given = tmp_path
    else:
        given = tmp_path / "year.xlsx"
        with pd.ExcelWriter(given) as writer:
            people.to_excel(writer, sheet_name="Participants", index=False)
            actions.to_excel(writer, sheet_name="actions", index=False)
    code, out, _ = check(capsys, str(given))
    assert (code, "participants" in out, "rpa" in out) == (0, True, False)


@pytest.mark.parametrize("second", ["cases", "actions"])
def test_a_scheme_that_the_tables_leave_open_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], second: str
) -> None:
    """Tables of both schemes, or only such as both have, say nothing: there is no silent choice."""
    tables = {"cases": {"participants": PERSON, "cases": f"{HEADER}\nC1,North,2024-01,A1,P1,met,\n"}}
    for name, text in tables.get(second, {"actions": "action_id\nX\n"}).items():
        (tmp_path / f"{name}.csv").write_text(text)
    code, out, err = check(capsys, str(tmp_path))
    assert (code, out) == (2, "")
    assert "fit more than one scheme; say whose data they are: --scheme hlta or --scheme npq" in err
    assert check(capsys, str(tmp_path), "--scheme", "npq")[0] != 2


def test_what_cannot_be_read_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on the error stream, no traceback, nothing on the output."""
    code, out, err = check(capsys, str(tmp_path / "nowhere"))
    assert (code, out) == (2, "")
    assert err.startswith("qa: nothing is at ")
    assert err.count("\n") == 1


def test_a_file_of_an_unlisted_assessor_is_kept_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no rejected row, and it has to be mended all the same."""
    (tmp_path / "assessors.csv").write_text("assessor_id,rpa\nA2,North\n")
    code, out, _ = check(capsys, put(tmp_path, "C1,North,2024-01,A1,P1,met,"))
    assert code == 1
    assert (
        "Kept, but to be mended:\n  cases.csv, row 2, column assessor_id: expected an id that stands in assess" in out
    )
    assert out.endswith("1 fault; 0 rows rejected.\n")


def test_lines_carry_no_ids_and_no_free_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names in ids, in free text, in orphans, in duplicates and in broken lines are told by their row alone."""
    rows = [
        f"={CANARY},North,2024-01,A1,P1,met,",
        f"{CANARY},North,2024-01,A1,P1,met,",
        f"{CANARY},North,2024-01,A1,P1,met,",
        f"C3,North,2024-01, {CANARY} ,P1,mett,20-Oct",
        f"C4,North,2024-01,A1,P1,met,{CANARY},{CANARY}",
        f'C5,North,"2024-01,{CANARY}',
    ]
    (tmp_path / "judgements.csv").write_text(f"case_id,standard,judgement\n{CANARY}-9,1,met\n")
    (tmp_path / "assessors.csv").write_text("assessor_id,rpa\nA2,North\n")
    code, out, err = check(capsys, put(tmp_path, *rows))
    assert code == 1
    assert "duplicate" not in err
    assert CANARY not in out + err


def test_out_holds_the_faults_and_the_whole_rejected_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As CSV with a BOM, formulas defused, ready to be mended and sent back."""
    out = tmp_path / "mend"
    code, printed, _ = check(
        capsys, put(tmp_path, "=1+1,North,2024-01,A1,P1,met,@SUM(A1)", "C2,North,2024-01,A1,P1,met,"), "--out", str(out)
    )
    assert code == 1
    assert sorted(path.name for path in out.iterdir()) == ["notices.csv", "rejected.csv", "rejected_rows_cases.csv"]
    assert (out / "rejected.csv").read_bytes().startswith(b"\xef\xbb\xbftable,file,sheet,row,column,arrived,")
    rows = pd.read_csv(out / "rejected_rows_cases.csv")
    assert rows[["file", "row", "case_id", "adjustments"]].values.tolist() == [["cases.csv", 2, "'=1+1", "'@SUM(A1)"]]
    assert f"written: {out / 'rejected.csv'}" in printed


def test_mended_tables_leave_no_old_file_in_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder says what the last check found, and other files in it are left alone."""
    out = tmp_path / "mend"
    check(capsys, put(tmp_path, "C1,North,2024-13,A1,P1,met,"), "--out", str(out))
    (out / "notes.csv").write_text("mine")
    check(capsys, put(tmp_path, "C1,North,2024-12,A1,P1,met,"), "--out", str(out))
    assert sorted(path.name for path in out.iterdir()) == ["notes.csv", "notices.csv", "rejected.csv"]


def test_faults_alike_share_a_line(tmp_path: Path) -> None:
    """Ten rows are named and the others counted; of what arrived at most three examples are given, shortened."""
    words = ["x" * (ARRIVED + 1), "y", "z", "w"]
    rows = [f"C{number},North,{words[number % 4]},A1,P1,met," for number in range(NAMED_ROWS + 3)]
    (line,) = fault_lines(read_dataset(put(tmp_path, *rows)).rejected, scheme="hlta")
    assert line.startswith("cases.csv, rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more, column month: ")
    assert f'"{"x" * ARRIVED}..."; "y"; "z"; expected' in line
    assert '"w"' not in line


def test_many_different_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    """The frame holds all of them, the screen the first twenty."""
    rows = [f"C{number // 2},North,2024-01,A1,P1,met," for number in range(2 * LINES + 4)]
    data = read_dataset(put(tmp_path, *rows))
    lines = fault_lines(data.rejected, scheme="hlta")
    assert len(data.rejected) == 2 * LINES + 4
    assert len(lines) == LINES + 1
    assert lines[-1] == f"cases.csv: 2 more lines of this kind, about {2 * LINES + 4} rows"


def test_control_characters_do_not_reach_the_screen(tmp_path: Path) -> None:
    """A terminal obeys escape sequences in what it is shown."""
    (line,) = fault_lines(read_dataset(put(tmp_path, "C1,North,2024\x1b[2J,A1,P1,met,")).rejected, scheme="hlta")
    assert r'"2024\x1b[2J"' in line
