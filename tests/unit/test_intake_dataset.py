"""A data set gives accepted rows, rejected rows with reasons, notices and hashes, and loses nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from qa_lib import read_dataset
from qa_lib.errors import IntakeError
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.faults import COLUMNS
from qa_lib.scheme import find_scheme, schemes

HEADER = "case_id,rpa,month,assessor_id,pop_id,outcome"
ROW = "C1,North,2024-01,A1,P1,met"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text files, named as the arguments, into one folder and return it."""

    def files(**tables: str) -> Path:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_bytes(text.encode())
        return tmp_path

    return files


def cases(*rows: str, header: str = HEADER) -> str:
    """Return the text of a cases file."""
    return "\n".join([header, *rows, ""])


def kinds(frame: pd.DataFrame) -> list[tuple[str, int, str, str]]:
    """Return table, row, column and kind of each fault."""
    return [tuple(fault) for fault in frame[["table", "row", "column", "kind"]].values.tolist()]


def counted(data: Dataset) -> dict[str, tuple[int, int, int]]:
    """Return rows, accepted and rejected by table."""
    return {row["table"]: (row["rows"], row["accepted"], row["rejected"]) for row in data.counts.to_dict("records")}


def test_a_draw_s_six_columns_make_a_clean_data_set(write: Write) -> None:
    """Nothing else is asked for, nothing is said, and what did not arrive is absent."""
    data = read_dataset(write(cases=cases(ROW)))
    assert data.clean
    assert list(data.tables["cases"].columns) == HEADER.split(",")
    assert counted(data) == {"cases": (1, 1, 0)}
    assert list(data.rejected.columns) == list(data.notices.columns) == COLUMNS
    assert data.rejected.empty
    assert data.notices.empty
    assert data.failing == {}


def test_every_kind_of_column_has_its_type(write: Write) -> None:
    """Text is ``str``, dates are midnight timestamps, flags ``boolean``, numbers ``Int64``; money stays text."""
    header = f"{HEADER},submitted_on,difficult,ages_min,fee"
    frame = read_dataset(write(cases=cases(f"{ROW},2024-01-05,yes,5,450.10", "C2" + ROW[2:] + ",,,,", header=header)))
    types = {name: str(dtype) for name, dtype in frame.tables["cases"].dtypes.items()}
    assert {types[name] for name in HEADER.split(",")} == {"str"}
    assert {name: types[name] for name in ("submitted_on", "difficult", "ages_min", "fee")} == {
        "submitted_on": "datetime64[ns]",
        "difficult": "boolean",
        "ages_min": "Int64",
        "fee": "str",
    }
    assert frame.tables["cases"].iloc[1, 6:].isna().all()
    assert isinstance(frame.tables["cases"].index, pd.RangeIndex)


def test_hashes_are_of_the_bytes_as_they_lie_there(write: Write) -> None:
    """``sha256sum`` gives the same; files that are not read are not listed."""
    folder = write(cases=cases(ROW), notes="hello\n")
    digest = hashlib.sha256((folder / "cases.csv").read_bytes()).hexdigest()
    assert read_dataset(folder).inputs == {"cases.csv": digest}


def test_all_faults_of_all_tables_come_at_once(write: Write) -> None:
    """A row may have several faults; each is named with what arrived, what is expected, what to do."""
    header = f"{HEADER},submitted_on"
    rows = ["C1,North,2024-13,A1,,mett,31/02/2024", f"C2{ROW[2:]},2024-01-05"]
    data = read_dataset(write(cases=cases(*rows, header=header), judgements="case_id,standard,judgement\nC2,34,met\n"))
    assert kinds(data.rejected) == [
        ("cases", 2, "month", "month"),
        ("cases", 2, "outcome", "word"),
        ("cases", 2, "pop_id", "blank"),
        ("cases", 2, "submitted_on", "date"),
        ("judgements", 2, "standard", "number"),
    ]
    word = data.rejected.iloc[1]
    assert word["arrived"] == "mett"
    assert word["expected"] == "one of met, partial_reassessment, full_reassessment, insufficient_evidence"
    assert 'did you mean "met"?' in word["advice"]
    assert counted(data) == {"cases": (2, 1, 1), "judgements": (1, 0, 1)}


def test_the_whole_failing_row_is_kept_as_it_arrived(write: Write) -> None:
    """With file, sheet and row in front; broken records stand there as far as they were read."""
    data = read_dataset(
        write(cases=cases("C1,North,2024-01,A1,P1, mett", "C2,North", ROW.replace("C1", "C3") + ",x,y"))
    )
    failing = data.failing["cases"]
    assert list(failing.columns) == ["file", "sheet", "row", *HEADER.split(","), "column 7", "column 8"]
    assert failing["row"].tolist() == [2, 3, 4]
    assert failing.iloc[0, 3:].tolist() == ["C1", "North", "2024-01", "A1", "P1", " mett", "", ""]
    assert failing.iloc[1, 3:].tolist() == ["C2", "North", "", "", "", "", "", ""]
    assert failing.iloc[2, -2:].tolist() == ["x", "y"]


def test_duplicates_are_found_after_normalisation_and_all_named(write: Write) -> None:
    """A composed and a decomposed accent, and spaces around, make no other id: every row of the group is rejected."""
    ids = ["Zo\u00eb", "Zoe\u0308", " Zo\u00eb ", "Zoe"]
    data = read_dataset(write(cases=cases(*(f"{name}{ROW[2:]}" for name in ids))))
    assert kinds(data.rejected) == [("cases", row, "case_id", "duplicate") for row in (2, 3, 4)]
    assert set(data.rejected["advice"]) == {"rows 2, 3, 4 have the same: keep one, or correct the others"}
    assert data.tables["cases"]["case_id"].tolist() == ["Zoe"]


def test_long_groups_of_duplicates_are_named_in_part_and_rejected_whole(write: Write) -> None:
    """The frame has every row; the sentence names twelve and counts the others."""
    data = read_dataset(write(cases=cases(*[ROW] * 15)))
    assert data.rejected["row"].tolist() == list(range(2, 17))
    assert "rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 3 more have the same" in data.rejected["advice"].iloc[0]


def test_a_key_of_two_columns_repeats_only_as_a_whole(write: Write) -> None:
    """The same standard of two files, and two standards of one file, are no duplicates."""
    judgements = "case_id,standard,judgement\nC1,1,met\nC1,2,met\nC2,1,met\nC2,1,insufficient\n"
    data = read_dataset(write(cases=cases(ROW, "C2" + ROW[2:]), judgements=judgements))
    assert kinds(data.rejected) == [("judgements", row, "case_id", "duplicate") for row in (4, 5)]


def test_blank_dates_in_a_key_are_no_fault(write: Write) -> None:
    """An event that has not taken place has no date yet; two such of one month are the same one twice."""
    events = "rpa,month,event_on,frozen_on\nNorth,2024-01,,\nNorth,2024-02,,\nNorth,2024-02,,\n"
    data = read_dataset(write(events=events))
    assert kinds(data.rejected) == [("events", 3, "rpa", "duplicate"), ("events", 4, "rpa", "duplicate")]


def test_a_row_that_belongs_to_nothing_is_rejected(write: Write) -> None:
    """A judgement on a file that is not in cases is an orphan; one on a rejected file follows it."""
    judgements = "case_id,standard,judgement\nC1,1,met\nC9,1,met\nC2,1,met\n"
    data = read_dataset(write(cases=cases(ROW, "C2,North,2024-01,A1,P1,mett"), judgements=judgements))
    assert kinds(data.rejected) == [
        ("cases", 3, "outcome", "word"),
        ("judgements", 3, "case_id", "reference"),
        ("judgements", 4, "case_id", "follows"),
    ]
    assert set(data.tables["judgements"]["case_id"]) <= set(data.tables["cases"]["case_id"])


def test_a_file_whose_assessor_is_not_listed_is_kept_and_reported(write: Write) -> None:
    """No file escapes the draw because a list is incomplete; yet the data set is not clean."""
    data = read_dataset(write(cases=cases(ROW), assessors="assessor_id,rpa\nA2,North\n", pops="pop_id,rpa\nP1,North\n"))
    assert data.rejected.empty
    assert counted(data)["cases"] == (1, 1, 0)
    assert kinds(data.notices) == [("cases", 2, "assessor_id", "reference")]
    assert not data.clean


def test_no_reference_is_asked_of_a_table_that_is_absent_or_lacks_the_column(write: Write) -> None:
    """Only what is there can be pointed to; a table without its key says so itself, and is left out."""
    judgements = "case_id,standard,judgement\nC9,1,met\n"
    assert read_dataset(write(judgements=judgements)).clean
    found = read_dataset(write(judgements=judgements, pops="rpa,past_difficulty\nNorth,none\n"))
    assert found.rejected["table"].tolist() == ["pops"]
    assert found.rejected["column"].tolist() == ["pop_id"]
    assert list(found.tables) == ["judgements"]


@pytest.mark.parametrize(
    ("scheme", "table", "missing"),
    [
        (scheme.name, table.name, name)
        for scheme in schemes().values()
        for table in scheme.tables.values()
        for name in table.identifying
    ],
)
def test_a_table_without_a_column_that_says_what_its_rows_are_about_is_refused(
    write: Write, scheme: str, table: str, missing: str
) -> None:
    """Neither a key nor a link may lack, for a rule has nothing to hold the rows by; the column is named."""
    declared = find_scheme(scheme).tables[table]
    header = ",".join(name for name in declared.names if name != missing)
    found = read_dataset(write(**{table: header + "\n"}), scheme=scheme)
    assert table not in found.tables
    assert found.rejected[["kind", "column"]].to_numpy().tolist() == [["missing_column", missing]]


def test_a_missing_required_column_is_a_fault_that_names_the_nearest(write: Write) -> None:
    """Without it the table is of no use: no row of it is accepted, and it is not among the tables."""
    data = read_dataset(write(cases=cases(ROW, header=HEADER.replace("outcome", "outcomes"))))
    assert kinds(data.rejected) == [("cases", 1, "outcome", "missing_column")]
    assert 'did you mean "outcomes"?' in data.rejected["advice"].iloc[0]
    assert "cases" not in data.tables
    assert counted(data) == {"cases": (1, 0, 1)}
    assert len(data.failing["cases"]) == 1


def test_a_column_that_comes_twice_is_a_fault(write: Write) -> None:
    """Nobody can know which of them is meant."""
    data = read_dataset(write(cases=cases(ROW + ",met", header=HEADER + ",Outcome")))
    assert kinds(data.rejected) == [("cases", 1, "outcome", "double_column")]
    assert data.rejected["arrived"].tolist() == ["2 columns"]
    assert list(data.failing["cases"].columns[-2:]) == ["outcome", "Outcome"]


def test_unknown_and_nameless_columns_are_left_out_with_a_notice(write: Write) -> None:
    """They may be a misspelling, so the nearest known column is suggested; an empty nameless one is nothing."""
    header = f"{HEADER},submited_on,,"
    data = read_dataset(write(cases=cases(f"{ROW},2024-01-05,x,", header=header)))
    assert kinds(data.notices) == [("cases", 1, "", "unnamed_column"), ("cases", 1, "submited_on", "unknown_column")]
    assert 'did you mean "submitted_on"?' in data.notices["advice"].iloc[1]
    assert list(data.tables["cases"].columns) == HEADER.split(",")


def test_names_of_files_and_columns_may_be_written_freely(tmp_path: Path) -> None:
    """Case, blanks, hyphens and underscores do not matter."""
    (tmp_path / "National-Standards.CSV").write_text("Month, Standard \n2024-01,7\n")
    assert read_dataset(tmp_path).tables["national_standards"].values.tolist() == [["2024-01", 7]]


def test_columns_and_values_can_be_mapped(write: Write) -> None:
    """The run file says what the export calls a column and a word; a fault names the file's own word beside ours."""
    text = cases(
        "C1,North,2024-01,A1,P1,Standards met",
        "C2,North,2024-01,A1,P1,Void",
        header=HEADER.replace("outcome", "Result (final)"),
    )
    data = read_dataset(
        write(cases=text),
        columns={"cases": {"Result (final)": "outcome"}},
        values={"cases": {"outcome": {"Standards met": "met"}}},
    )
    assert data.tables["cases"]["outcome"].tolist() == ["met"]
    assert data.rejected[["row", "column", "header", "arrived"]].values.tolist() == [
        [3, "outcome", "Result (final)", "Void"]
    ]


def test_a_mapping_of_a_column_that_is_not_there_is_noticed(write: Write) -> None:
    """Several exports may share a mapping, so it is no fault."""
    data = read_dataset(write(cases=cases(ROW)), columns={"cases": {"candidate_ref": "candidate_id"}})
    assert kinds(data.notices) == [("cases", 1, "candidate_ref", "mapping")]


def test_mappings_to_nothing_are_refused_all_at_once(write: Write) -> None:
    """A misspelt table or column of a mapping would silently do nothing."""
    with pytest.raises(
        IntakeError, match=r'"case" is no table.*"cases"\?.*"outcom" is no column of cases.*"outcome"\?'
    ):
        read_dataset(write(cases=cases(ROW)), columns={"case": {}}, values={"cases": {"outcom": {"x": "met"}}})


def test_two_files_of_one_table_are_refused_by_name(write: Write, tmp_path: Path) -> None:
    """Nobody can know which one counts."""
    (tmp_path / "Cases.tsv").write_text(cases(ROW).replace(",", "\t"))
    with pytest.raises(IntakeError, match=r"cases came 2 times \(Cases.tsv and cases.csv\); keep one of them"):
        read_dataset(write(cases=cases(ROW)))


def test_a_table_without_rows_is_kept_and_noticed(write: Write) -> None:
    """A header alone is a table, with the columns it names."""
    data = read_dataset(write(cases=cases()))
    assert kinds(data.notices) == [("cases", 1, "", "empty_table")]
    assert list(data.tables["cases"].columns) == HEADER.split(",")
    assert data.clean


def test_an_empty_file_is_a_fault(write: Write) -> None:
    """It has no header, so it is no table; the other tables are read."""
    data = read_dataset(write(cases="", pops="pop_id,rpa\nP1,North\n"))
    assert kinds(data.rejected) == [("cases", 0, "", "empty_file")]
    assert list(data.tables) == ["pops"]
    assert counted(data)["cases"] == (0, 0, 0)


def test_hidden_files_and_folders_are_not_looked_at(write: Write, tmp_path: Path) -> None:
    """Lock files and system files are none of its tables; of a folder, which may hold some, it is said."""
    folder = write(cases=cases(ROW))
    for name in (".DS_Store", "~$pops.xlsx", ".pops.csv", "Thumbs.db"):
        (folder / name).write_text("x")
    (folder / "evidence").mkdir()
    data = read_dataset(folder)
    assert data.notices[["file", "advice"]].to_numpy().tolist() == [
        ["evidence", "the folder is not looked into; put tables beside it if any are in it"]
    ]
    assert list(data.tables) == ["cases"]


def test_other_files_are_left_out_with_a_notice(write: Write, tmp_path: Path) -> None:
    """A file of another kind, or named as no table, is mentioned with the nearest name."""
    (tmp_path / "readme.docx").write_text("x")
    data = read_dataset(write(cases=cases(ROW), judgments="case_id\nC1\n"))
    assert data.notices[["file", "kind"]].values.tolist() == [
        ["judgments.csv", "unknown_file"],
        ["readme.docx", "unknown_file"],
    ]
    assert 'did you mean "judgements"?' in data.notices["advice"].iloc[0]


@pytest.mark.parametrize("place", ["", "nowhere", "postgresql://user:secret@host/db"])
def test_what_is_no_data_set_is_refused_with_what_is(tmp_path: Path, place: str) -> None:
    """An empty folder, a path to nothing and an address: the message says what is accepted, and repeats no password."""
    with pytest.raises(IntakeError, match="a folder of CSV, Excel, OpenDocument or Parquet files") as caught:
        read_dataset(place if "://" in place else tmp_path / place)
    assert "secret" not in str(caught.value)


def test_one_file_is_a_data_set(write: Write) -> None:
    """A single CSV file named as a table is read like a folder of one."""
    assert read_dataset(write(cases=cases(ROW)) / "cases.csv").clean


def test_an_unknown_reader_is_refused() -> None:
    """The message names the one there is."""
    with pytest.raises(IntakeError, match='no reader is called "oulad"'):
        read_dataset(".", reader="oulad")


def test_notices_come_once_per_column_with_their_number(write: Write) -> None:
    """Ambiguous dates, spaces and spellings are said once, at the first row, with how many there are."""
    header = f"{HEADER},submitted_on"
    rows = [f"C{number} ,North,2024-01,A1,P1,Met,03/04/2024" for number in range(3)]
    data = read_dataset(write(cases=cases(*rows, header=header)))
    assert kinds(data.notices) == [
        ("cases", 2, "case_id", "spaces"),
        ("cases", 2, "outcome", "word_form"),
        ("cases", 2, "submitted_on", "day_first"),
    ]
    assert all(advice.startswith("3 cells, this the first") for advice in data.notices["advice"])


@pytest.mark.parametrize("bad", ["=C1", "+C1", "-C1", "@C1", "C\x071", "C" * 101])
def test_ids_that_cannot_be_drawn_are_rejected(write: Write, bad: str) -> None:
    """Formula starts, control characters and ids of 101 characters; one of 100 is accepted."""
    data = read_dataset(write(cases=cases(bad + ROW[2:], "C" * 100 + ROW[2:])))
    assert kinds(data.rejected) == [("cases", 2, "case_id", "identifier")]


def test_npq_keeps_further_characteristics(tmp_path: Path) -> None:
    """Columns of participants that nobody listed are kept as text; of other tables they are left out."""
    (tmp_path / "participants.csv").write_text("participant_id,provider,level,Caring-for others\nX1,Best,npqsl,yes \n")
    (tmp_path / "feedback.csv").write_text("participant_id,rating,mood\nX1,7.5,good\n")
    data = read_dataset(tmp_path, scheme="npq")
    assert data.tables["participants"].values.tolist() == [["X1", "Best", "NPQSL", "yes"]]
    assert list(data.tables["participants"].columns)[-1] == "caring_for_others"
    assert list(data.tables["feedback"].columns) == ["participant_id", "rating"]


def test_row_order_changes_nothing_but_order(write: Write, tmp_path: Path) -> None:
    """Read backwards, the same rows are accepted and the same are rejected for the same reasons."""
    rows = [ROW, ROW, "C2,North,2024-01,A1,P1,mett", "C3,North,2024-01,A1,P1,met", "C4,,2024-01,A1,P1,met"]
    forwards, backwards = (read_dataset(write(cases=cases(*order))) for order in (rows, rows[::-1]))
    assert forwards.tables["cases"].values.tolist() == backwards.tables["cases"].values.tolist()
    reasons = [sorted(d.rejected[["column", "arrived", "expected"]].values.tolist()) for d in (forwards, backwards)]
    assert reasons[0] == reasons[1]
    assert sorted(8 - row for row in backwards.rejected["row"]) == sorted(forwards.rejected["row"])
