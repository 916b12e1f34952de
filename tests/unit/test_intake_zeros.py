"""Ids that a spreadsheet took for numbers are seen by those of their column that it left alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from qa_lib import read_dataset
from qa_lib.intake.zeros import lost_zeros

HEADER = ["pop_id", "rpa"]


def told(folder: Path, *ids: object) -> list[list[object]]:
    """Return row, column, what is expected and what to do of the notices on lost zeros in a table of PoPs."""
    rows = "".join(f"{name},North\n" for name in ids)
    (folder / "pops.csv").write_text(f"pop_id,rpa\n{rows}")
    notices = read_dataset(folder).notices
    lost: list[list[object]] = notices.loc[
        notices["kind"] == "lost_zeros", ["row", "column", "expected", "advice"]
    ].to_numpy().tolist()  # fmt: skip
    return lost


def test_shorter_ids_beside_ones_that_begin_with_0_are_noticed(tmp_path: Path) -> None:
    """With their number, the first row and what to do; no id is changed, and none is named."""
    assert told(tmp_path, "00012", "13", "P7", "00014", "145", "12345", "0") == [
        [
            3,
            "pop_id",
            "5 digits, as ids of this column that begin with 0 have",
            "2 cells, this the first: leading zeros may be lost: format the column as text, and put them back",
        ]
    ]
    assert read_dataset(tmp_path).tables["pops"]["pop_id"].tolist()[:2] == ["00012", "13"]


@pytest.mark.parametrize(
    "ids",
    [["1", "22", "333"], ["0", "7", "12"], ["00012", "00345", "12345"], ["001", "P1", "x12"], ["007", "1234", "987"]],
    ids=["no zeros", "nought", "one length", "letters", "longer"],
)
def test_ids_of_which_nobody_can_say_so_are_not(tmp_path: Path, ids: list[str]) -> None:
    """Where none begins with 0, all are as long, or what is shorter is no number."""
    assert told(tmp_path, *ids) == []


def test_the_usual_length_of_the_filled_up_ids_counts(tmp_path: Path) -> None:
    """One long id among short ones makes no short one suspicious."""
    assert told(tmp_path, "007", "012", "0000000001", "123") == []


def test_numbers_of_a_workbook_are_noticed_for_themselves_alone(tmp_path: Path) -> None:
    """A cell that is a number is said to be one; texts beside it are looked at."""
    pd.DataFrame([["0012", "N"], [13, "N"], ["14", "N"]], columns=HEADER).to_excel(tmp_path / "pops.xlsx", index=False)
    notices = read_dataset(tmp_path).notices
    assert notices[["row", "kind"]].to_numpy().tolist() == [[3, "number_id"], [4, "lost_zeros"]]


def test_free_text_and_counts_have_no_zeros_to_lose(tmp_path: Path) -> None:
    """Only ids are looked at."""
    (tmp_path / "cases.csv").write_text(
        "case_id,rpa,month,assessor_id,pop_id,outcome,adjustments,ages_min\n"
        "C1,N,2024-01,A,P,met,0012,05\nC2,N,2024-01,A,P,met,13,7\n"
    )
    assert "lost_zeros" not in read_dataset(tmp_path).notices["kind"].tolist()


def test_spaces_around_an_id_do_not_matter() -> None:
    """The ids are compared as they are read."""
    positions, problem = lost_zeros(pd.Series([" 0012", "13 ", "13"], dtype="str"), None)
    assert positions.tolist() == [1, 2]
    assert problem is not None
