"""Two moderators' halves of a return are one return, whichever comes first; where they contradict, both are named."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
from hlta_frames import audit, files
from returned import (
    FILES,
    MONTH,
    PROVIDER,
    TODAY,
    UNJUDGED,
    YEAR,
    Edit,
    changed,
    drawn,
    emptied,
    filled,
    form,
    further,
    put,
    row_of,
    said,
    without_row,
)
from test_import_return import converted

from qa_lib.cli import main
from qa_lib.forms.remarks import ReturnError
from qa_lib.register.merged_return import ENTERED_COLUMNS, entered_in
from qa_lib.register.returned_files import Returned, returned_files
from qa_lib.register.schema import RETURNS
from qa_lib.register.store import Register, open_register
from qa_lib.register.verify_chains import verify_register
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.schemes.hlta.audit_from_register import entered_by
from qa_lib.schemes.hlta.forms.imported_return import ImportedReturn
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.forms.moderation_return import MODERATION_RETURN
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from tests.second_implementation.examples import file_row

FIRST, SECOND = ("c1", "c2", "c3"), ("c4", "c5", "c6")


@pytest.fixture
def register() -> Register:
    """Return a register with a draw."""
    return open_register("sqlite://")


@pytest.fixture
def good(register: Register) -> bytes:
    """Return the draw's return, filled in with nothing wrong, by one moderator for all."""
    return filled(drawn(register))


@cache
def half(good: bytes, *others: str) -> bytes:
    """Return the workbook in which somebody else fills in some files."""
    return changed(good, emptied(*others))


def halves(good: bytes, *, ann: Sequence[Edit] = (), ben: Sequence[Edit] = ()) -> dict[str, bytes]:
    """Return two workbooks: Ann filled in the first three files, Ben the others; and what else each did."""
    made = {"Ann.xlsx": (half(good, *SECOND), ann), "Ben.xlsx": (half(good, *FIRST), ben)}
    return {name: changed(workbook, *edits) if edits else workbook for name, (workbook, edits) in made.items()}


def written(folder: Path, workbooks: dict[str, bytes]) -> list[Path]:
    """Write workbooks, and return their paths."""
    for name, content in workbooks.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in workbooks]


def back(*workbooks: Path | bytes, register: Register) -> ImportedReturn:
    """Import a return on the day of the tests."""
    return import_return(*workbooks, register=register, today=TODAY)


def refused(paths: list[Path], register: Register) -> list[str]:
    """Return what is said of workbooks that are refused together, in whatever order they are named."""
    heard = []
    for order in (paths, paths[::-1]):
        with pytest.raises(ReturnError) as error:
            back(*order, register=register)
        heard.append([line.strip() for line in str(error.value).splitlines()])
    assert heard[0] == heard[1]
    assert held(register).versions.empty
    return heard[0]


def held(register: Register) -> Returned:
    """Return what the register holds of the year."""
    return returned_files(register, provider=PROVIDER, year=YEAR)


def blobs(register: Register) -> list[bytes]:
    """Return what the register keeps of each version."""
    with register.transaction() as connection:
        return list(connection.execute(sa.select(RETURNS.c.workbook).order_by(RETURNS.c.version)).scalars())


def test_two_halves_are_the_whole_whichever_comes_first(good: bytes, tmp_path: Path) -> None:
    """They say what one complete workbook says, and the register keeps the same bytes of them in either order."""
    paths = written(tmp_path, halves(good))
    registers = [open_register("sqlite://") for _ in range(3)]
    for order, register in zip(([good], paths, paths[::-1]), registers, strict=True):
        drawn(register)
        imported = back(*order, register=register)
        assert (imported.status, imported.files, imported.notices.empty) == ("accepted", len(FILES), True)
        assert verify_register(register) == []
    whole, *merged = (held(register) for register in registers)
    for one in merged:
        pd.testing.assert_frame_equal(one.files, whole.files)
        pd.testing.assert_frame_equal(one.standards, whole.standards)
    assert blobs(registers[1]) == blobs(registers[2]) != blobs(registers[0])
    assert back(good, register=registers[1]).status == "no change"


def test_who_entered_what_is_kept_with_the_workbooks(good: bytes, register: Register, tmp_path: Path) -> None:
    """Each workbook stands in the register as it came, and of each file and standard which of them filled it in."""
    workbooks = halves(good, ben=[put("c4", "moderator_id", "M3")])
    imported = back(*written(tmp_path, workbooks), register=register)
    assert list(imported.entered) == ENTERED_COLUMNS
    entered = imported.entered.set_index(["case_id", "standard"])
    assert entered.loc[("c1", ""), ["workbook", "moderator_id"]].tolist() == ["Ann.xlsx", "M1"]
    assert entered.loc[("c4", ""), ["workbook", "moderator_id"]].tolist() == ["Ben.xlsx", "M3"]
    columns = "moderated_on;moderator_id;decision;final_outcome;strengths"
    assert entered.loc[("c4", ""), "columns"] == columns
    assert entered.loc[("c5", "2"), ["workbook", "columns"]].tolist() == ["Ben.xlsx", "moderator_judgement"]
    assert set(entered.loc[entered["workbook"] == "Ann.xlsx", "file_digest"]) == {sha256_hex(workbooks["Ann.xlsx"])}
    kept = blobs(register)[0]
    pd.testing.assert_frame_equal(entered_in(kept), imported.entered)
    with zipfile.ZipFile(io.BytesIO(kept)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert {name.split("/")[1]: content for name, content in contents.items() if "/" in name} == workbooks


def test_a_report_can_show_who_entered_what(good: bytes, register: Register, tmp_path: Path) -> None:
    """By month and version, of the audit's months alone, and of the latest version."""
    cases = files({"rpa": PROVIDER, "month": MONTH})
    own = audit(cases=cases, provider=PROVIDER, months=[MONTH])
    columns = ["month", "part", "version", *ENTERED_COLUMNS]
    assert (list(entered_by(register, own)), len(entered_by(register, own))) == (columns, 0)
    imported = back(*written(tmp_path, halves(good)), register=register)
    shown = entered_by(register, own)
    assert list(shown) == columns
    assert shown[["month", "part", "version"]].drop_duplicates().values.tolist() == [[MONTH, "month", 1]]
    assert shown[ENTERED_COLUMNS].values.tolist() == imported.entered.values.tolist()
    assert entered_by(register, audit(cases=cases, provider=PROVIDER, months=["2023-12"])).empty
    back(changed(good, put("c1", "weaknesses", "Brief.")), register=register)
    assert entered_by(register, own).empty


def test_what_both_say_alike_is_no_contradiction(good: bytes, register: Register, tmp_path: Path) -> None:
    """Whatever the spelling of a word or a date; both then entered it."""
    again = [
        put("c3", "decision", "ENDORSED"),
        put("c3", "moderated_on", "7 Feb 2024"),
        put("c3", "final_outcome", "Met"),
    ]
    imported = back(*written(tmp_path, halves(good, ben=again)), register=register)
    assert imported.status == "accepted"
    of_c3 = imported.entered[(imported.entered["case_id"] == "c3") & (imported.entered["standard"] == "")]
    assert (
        dict(zip(of_c3["workbook"], of_c3["columns"], strict=True))["Ben.xlsx"] == "moderated_on;decision;final_outcome"
    )
    assert set(held(register).files["moderated_on"]) == {"2024-02-07"}


def test_one_row_may_be_filled_in_by_both(good: bytes, register: Register, tmp_path: Path) -> None:
    """A filled cell counts, an empty one says nothing: cell by cell, not row by row."""
    workbooks = {
        "Ann.xlsx": changed(good, put("c5", "reason", None), put("c5", "second_moderator_id", None)),
        "Ben.xlsx": changed(good, emptied("c1"), *(put("c5", name, None) for name in ("decision", "strengths"))),
    }
    assert back(*written(tmp_path, workbooks), register=register).status == "accepted"
    whole = open_register("sqlite://")
    drawn(whole)
    back(good, register=whole)
    pd.testing.assert_frame_equal(held(register).files, held(whole).files)


@pytest.mark.parametrize("seed", range(3))
def test_any_division_of_the_cells_gives_the_same_return(seed: int, good: bytes, tmp_path: Path) -> None:
    """Each filled cell in one of three workbooks or in several, rows in another order or gone: the whole comes back."""
    chance = random.Random(seed)
    register = open_register("sqlite://")
    drawn(register)
    back(good, register=register)
    workbooks = {}
    holders = {}
    for number in range(3):

        def divided(book: Any, number: int = number) -> None:
            for declared in MODERATION_RETURN.sheets:
                title, given = declared.title, len(declared.given)
                for row in [row for row in book[title].iter_rows(min_row=2) if row[given - 1].value]:
                    for cell in row[given:]:
                        key = (title, cell.coordinate)
                        if number not in holders.setdefault(key, chance.sample(range(3), chance.randint(1, 3))):
                            cell.value = None

        workbooks[f"{number}.xlsx"] = changed(good, divided)
    assert back(*written(tmp_path, workbooks), register=register).status == "no change"


def test_rows_in_another_order_or_gone_are_found_by_their_file(good: bytes, register: Register, tmp_path: Path) -> None:
    """A half may have lost the rows of the other; a further standard of one of them is a row of the whole."""

    def reversed_files(book: Any) -> None:
        sheet = book["Files"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), start=2):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value

    workbooks = halves(good, ann=[*(without_row(name) for name in SECOND), further("c1", 31)], ben=[reversed_files])
    assert back(*written(tmp_path, workbooks), register=register).status == "accepted"
    judged = held(register).standards.set_index(["case_id", "standard"])["moderator_judgement"]
    assert judged.loc[("c1", 31)] == "met"


def test_contradictions_are_named_cell_by_cell_with_both_workbooks(
    good: bytes, register: Register, tmp_path: Path
) -> None:
    """What each says and where, and nothing is recorded; no other rule speaks of such a cell."""
    of_ben = ["overturned", "Other words.", "insufficient"]
    other = [put("c3", "decision", of_ben[0]), put("c3", "strengths", of_ben[1])]
    other += [put("c3", "moderator_judgement", of_ben[2], standard="3")]
    workbooks = halves(good, ben=other)
    number = row_of(openpyxl.load_workbook(io.BytesIO(good))["Standards"], "c3", "3")
    cells = [
        ("Files", 4, "K (decision)"),
        ("Files", 4, "N (strengths)"),
        ("Standards", number, "D (moderator_judgement)"),
    ]
    said_by = {"Ann.xlsx": ["endorsed", "Clear summaries.", "met"], "Ben.xlsx": of_ben}
    one, two = sorted(workbooks, key=lambda name: sha256_hex(workbooks[name]))
    assert refused(written(tmp_path, workbooks), register) == [
        f"{one} and {two} are refused: 3 faults. Nothing was recorded; mend them and import all of them again.",
        *(
            f'{one}, sheet {sheet}, row {row}, column {column}: "{mine}" arrived; expected what {two} says in '
            f'row {row}, "{theirs}", or nothing; the two contradict each other: agree, and correct or clear one of them'
            for (sheet, row, column), mine, theirs in zip(cells, said_by[one], said_by[two], strict=True)
        ),
    ]


def test_long_texts_are_told_where_they_differ(good: bytes, register: Register, tmp_path: Path) -> None:
    """Two texts with the same beginning are not shown as if they were equal."""
    text = "The summaries of evidence are clear and well written, "
    edits = ([put("c3", "weaknesses", f"{text}but late.")], [put("c3", "weaknesses", f"{text}but short.")])
    line = refused(written(tmp_path, halves(good, ann=edits[0], ben=edits[1])), register)[1]
    assert "...tten, but late." in line
    assert "...tten, but short." in line


def test_the_same_workbook_twice_is_one(good: bytes, register: Register, tmp_path: Path) -> None:
    """It is kept as it came, not in an archive."""
    paths = written(tmp_path, {"one.xlsx": good, "two.xlsx": good})
    assert back(*paths, register=register).status == "accepted"
    assert blobs(register) == [good]


def test_workbooks_of_one_name_are_called_by_their_paths(good: bytes, register: Register, tmp_path: Path) -> None:
    """Both moderators send ``return.xlsx``: each message says which, and the register keeps both."""
    for number, content in enumerate(halves(good).values(), start=1):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "return.xlsx").write_bytes(content)
    paths = [tmp_path / "1" / "return.xlsx", tmp_path / "2" / "return.xlsx"]
    entered = back(*paths, register=register).entered
    assert set(entered["workbook"]) == set(map(str, paths))
    with zipfile.ZipFile(io.BytesIO(blobs(register)[0])) as archive:
        assert archive.namelist() == ["entered-by.csv", "1/return.xlsx", "2/return.xlsx"]


def test_bytes_without_a_name_are_numbered(good: bytes, register: Register) -> None:
    """From Python, workbooks may be given as bytes."""
    assert set(back(*halves(good).values(), register=register).entered["workbook"]) == {"workbook 1", "workbook 2"}


def test_workbooks_of_two_draws_are_no_return(good: bytes, register: Register, tmp_path: Path) -> None:
    """Each draw has its own return: the months are named."""
    later = drawn(register, month="2024-02", files=[file_row("d1", "A1", "P1")])
    words = {**said().iloc[0].to_dict(), "case_id": "d1"}
    other = fill_in_return(form(later), pd.DataFrame([words]))
    lines = refused(written(tmp_path, {"January.xlsx": good, "February.xlsx": other}), register)
    assert len(lines) == 2
    assert "sheet Draw: expected the draw of" in lines[1]
    assert {month for month in ("North 2024-01", "North 2024-02") if month in lines[1]} == {
        "North 2024-01",
        "North 2024-02",
    }
    assert lines[1].endswith("import the workbooks of each draw by themselves")


def test_what_is_wrong_in_one_workbook_is_told_of_that_one(good: bytes, register: Register, tmp_path: Path) -> None:
    """A given cell that was changed, a word that is not in the list, a sheet that is gone: with the file's name."""
    spoilt = [put("c4", "outcome", "full_reassessment"), put("c4", "decision", "agreed")]
    spoilt += [lambda book: book.remove(book["Standards"])]
    lines = refused(written(tmp_path, halves(good, ben=spoilt)), register)
    assert [line.split(":")[0] for line in lines[1:]] == [
        "Ben.xlsx, sheet Files, row 5, column G (outcome)",
        "Ben.xlsx, sheet Files, row 5, column K (decision)",
        "Ben.xlsx, sheet Standards",
    ]


def test_what_nobody_filled_in_is_asked_of_both(good: bytes, register: Register, tmp_path: Path) -> None:
    """The cell is empty in each of them, and both are named."""
    paths = written(tmp_path, halves(good, ben=[emptied("c4")]))
    lines = refused(paths, register)
    assert all(line.split(", sheet")[0] in ("Ann.xlsx and Ben.xlsx", "Ben.xlsx and Ann.xlsx") for line in lines[1:])
    assert ["row 5, column K (decision): the cell is empty" in line for line in lines[1:]] == [True, False]


def test_a_file_lost_for_one_and_decided_by_the_other_is_refused(
    good: bytes, register: Register, tmp_path: Path
) -> None:
    """A file cannot be both: the decision is named in the workbook in which it stands."""
    lines = refused(written(tmp_path, halves(good, ben=[put("c1", "not_moderatable_reason", "Lost.")])), register)
    assert lines[1].startswith(
        'Ann.xlsx, sheet Files, row 2, column K (decision): "endorsed" arrived; expected an empty'
    )


def test_judgements_of_the_assessor_are_put_together_too(tmp_path: Path) -> None:
    """One reports it, the other leaves it empty: it is known; both report it otherwise: that is named."""
    register = open_register("sqlite://")
    whole = filled(drawn(register, files=UNJUDGED))
    reported = [put("c5", "assessor_judgement", "insufficient", standard="3")]
    otherwise = put("c5", "assessor_judgement", "met", standard="3")
    lines = refused(written(tmp_path, halves(whole, ann=[otherwise], ben=reported)), register)
    assert ["(assessor_judgement)" in line for line in lines[1:]] == [True]
    imported = back(*written(tmp_path, halves(whole, ben=reported)), register=register)
    assert imported.status == "accepted"
    found = held(register).standards.set_index(["case_id", "standard"])["assessor_judgement"]
    assert found.loc[("c5", 3)] == "insufficient"
    entered = imported.entered.set_index(["case_id", "standard"])["columns"]
    assert entered.loc[("c5", "3")] == "assessor_judgement;moderator_judgement"


def test_the_command_takes_both_and_says_who_entered_what(
    good: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File by file, with the digest of each workbook; with none, or with one that is not there, it ends with 2."""
    url = str(tmp_path / "register.sqlite")
    drawn(open_register(url))
    workbooks = halves(good)
    paths = [str(path) for path in written(tmp_path, workbooks)]

    def told(*names: str) -> tuple[object, list[str]]:
        with pytest.raises(SystemExit) as end:
            main(["import-return", *names, "--register", url])
        return end.value.code, capsys.readouterr().out.splitlines()

    code, lines = told(*paths)
    assert (code, lines[:2]) == (
        0,
        [
            "accepted: North 2024-01, version 1, 6 files",
            "put together of these workbooks, each with what it fills in:",
        ],
    )
    start = lines.index(f"  Ann.xlsx (SHA-256 {sha256_hex(workbooks['Ann.xlsx'])})")
    cells = "moderated_on, moderator_id, decision, final_outcome, strengths"
    assert lines[start + 1] == f"    c1, c2, c3, moderator M1: {cells}"
    assert lines[start + 2].startswith("    standards: c1 3, ")
    assert told(*paths[::-1]) == (0, ["no change: North 2024-01, version 1 says the same already"])
    assert told(paths[0], str(tmp_path / "none.xlsx"))[0] == 2
    assert told()[0] == 2


@pytest.mark.office
def test_a_half_saved_by_another_office_program_fits_the_other(
    good: bytes, register: Register, office: str, tmp_path: Path
) -> None:
    """Dates, words and empty cells of the one are those of the other."""
    workbooks = halves(good, ann=[put("c3", "moderated_on", dt.datetime(2024, 2, 7))], ben=[put("c1", "reason", None)])
    (tmp_path / "return.xlsx").write_bytes(changed(workbooks["Ann.xlsx"], put("c4", "moderator_id", "M1")))
    saved = converted(office, tmp_path / "return.xlsx", "xlsx", tmp_path)
    assert back(saved, *written(tmp_path, {"Ben.xlsx": workbooks["Ben.xlsx"]}), register=register).status == "accepted"
    assert back(good, register=register).status == "no change"
