"""Text by which people are counted together is read in one spelling, and every reading is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.messages import fault_lines

HEADER = "participant_id,provider,level,year,sex,ethnicity,job_role,coach"


def read(folder: Path, *rows: str, values: dict[str, dict[str, dict[str, str]]] | None = None) -> Dataset:
    """Read participants of one provider and level: year, sex, ethnicity, job role and coach of each."""
    lines = [HEADER, *(f"p{number},Quay,NPQH,{row}" for number, row in enumerate(rows, 1)), ""]
    (folder / "participants.csv").write_text("\n".join(lines), encoding="utf-8")
    return read_dataset(folder, scheme="npq", values=values)


def noticed(data: Dataset, kind: str) -> list[tuple[str, int, str]]:
    """Return column, row and advice of the notices of a kind."""
    found = data.notices[data.notices["kind"] == kind]
    return sorted(found[["column", "row", "advice"]].itertuples(index=False, name=None))


def cells(data: Dataset, column: str) -> list[str]:
    """Return a column as it was accepted, blanks as empty text."""
    return data.tables["participants"][column].fillna("").tolist()


def test_a_label_or_a_code_is_read_as_its_word_and_each_is_noticed_once(tmp_path: Path) -> None:
    """The label of a census and the code of a register are one group; the line says what was read as what."""
    data = read(
        tmp_path,
        "2018-19,F,White: British,Head,a",
        "2018-19,female,WBRI,Head,b",
        "2018-19,Female,English/Welsh/Scottish/Northern Irish/British,Head,c",
        "2018-19,Female,wbri,Head,d",
        "2018-19,Female,White British,Head,e",
    )
    assert data.clean
    assert set(cells(data, "ethnicity")) == {"White British"}
    assert set(cells(data, "sex")) == {"Female"}
    advices = [advice for _, _, advice in noticed(data, "read_as")]
    assert '"WBRI", 1 cell: read as "White British"' in advices
    assert '"F", 1 cell: read as "Female"' in advices
    assert len(advices) == 6


def test_a_word_that_is_not_known_is_kept_and_named_with_count_and_suggestion(tmp_path: Path) -> None:
    """It is no fault: the row stays, and the value mapping can say what it means."""
    rows = ["2018-19,Femail,Martian,Head,a", "2018-19,Femail,Indian,Head,b"]
    data = read(tmp_path, *rows)
    assert data.clean
    assert cells(data, "sex") == ["Femail"] * 2
    words = {column: (row, advice) for column, row, advice in noticed(data, "unknown_word")}
    assert words["sex"] == (
        2,
        '"Femail", 2 cells: kept, and counted as not known; did you mean "Female"? map it to a known word: '
        '--values "sex:THEIRS=OURS"',
    )
    assert words["ethnicity"][1].startswith('"Martian", 1 cell: kept, and counted as not known; map it')
    mapped = read(tmp_path, *rows, values={"participants": {"sex": {"Femail": "F"}}})
    assert cells(mapped, "sex") == ["Female"] * 2
    assert [column for column, *_ in noticed(mapped, "unknown_word")] == ["ethnicity"]
    assert not [advice for column, _, advice in noticed(mapped, "read_as") if column == "sex"]


@pytest.mark.parametrize("word", ["Prefer not to say", "refused", "N/K", "not stated", "Not  disclosed"])
def test_what_says_nothing_is_no_unknown_word(tmp_path: Path, word: str) -> None:
    """It stays as it was said, for a return tells who refused from what is blank."""
    data = read(tmp_path, f"2018-19,{word},Indian,Head,a", "2018-19,Female,Indian,Head,b")
    assert noticed(data, "unknown_word") == []
    assert cells(data, "sex")[0] != ""


@pytest.mark.parametrize("year", ["2018/19", "2018–19", "2018-2019", "201819", "2018 to 19"])
def test_a_school_year_is_one_however_it_is_written(tmp_path: Path, year: str) -> None:
    """Two spellings are one year, with a notice of the other."""
    data = read(tmp_path, f"{year},Female,Indian,Head,a", "2018-19,Female,Indian,Head,b")
    assert cells(data, "year") == ["2018-19"] * 2
    assert [(column, row) for column, row, _ in noticed(data, "read_as")] == [("year", 2)]


def test_one_value_in_two_spellings_is_one_group_in_the_more_frequent_one(tmp_path: Path) -> None:
    """So is that of a further column, of which no word stands in a line; what is free text otherwise stays."""
    rows = ["2018-19,Female,Indian,Deputy Head,Ann", "2018-19,Female,Indian,deputy  head,ann"]
    data = read(tmp_path, *rows, rows[0], *["2018-19,Female,Indian,Year lead,Ben"] * 3)
    assert cells(data, "job_role") == ["Deputy Head"] * 3 + ["Year lead"] * 3
    assert cells(data, "coach") == ["Ann"] * 3 + ["Ben"] * 3
    text = "\n".join(fault_lines(data.notices, scheme="npq"))
    assert '"deputy  head", 1 cell: read as "Deputy Head"' in text
    assert "1 cell: read as the same in another spelling" in text
    assert "ann" not in text


def test_a_percentage_may_have_its_sign(tmp_path: Path) -> None:
    """30 % and 30 are one percentage; elsewhere a sign is none of a number."""
    (tmp_path / "schools.csv").write_text("urn,pupils,fsm_percent\n1,100,30.0%\n2,100,29.9\n", encoding="utf-8")
    data = read_dataset(tmp_path, scheme="npq")
    assert data.tables["schools"]["fsm_percent"].tolist() == ["30.0", "29.9"]
    (tmp_path / "targets.csv").write_text(
        "provider,level,year,metric,target\nQuay,NPQH,2018-19,M3,30%\n", encoding="utf-8"
    )
    assert not read_dataset(tmp_path, scheme="npq").clean
