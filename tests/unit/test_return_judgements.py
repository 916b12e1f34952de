"""A return says of the assessor's judgements what the draw holds, what the moderators report, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pandas as pd
import pytest
from return_faults import told
from returned import FILES, PROVIDER, TODAY, UNJUDGED, YEAR, changed, drawn, fact, filled, form, further, put, said
from test_import_return import converted

from qa_lib.register.return_record import record_return
from qa_lib.register.returned_files import returned_files
from qa_lib.register.store import Register, open_register
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.forms.imported_return import ImportedReturn
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.forms.moderation_return import given_files, given_standards
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from tests.second_implementation.examples import file_row

PARTIAL = {"outcome": "partial_reassessment", "reasons": "partial_reassessment"}


@pytest.fixture
def register() -> Register:
    """Return a register."""
    return open_register("sqlite://")


@pytest.fixture
def draw(register: Register) -> Draw:
    """Return a draw from data that hold no judgements by standard."""
    return drawn(register, files=UNJUDGED)


def back(workbook: bytes, register: Register) -> ImportedReturn:
    """Import a return on the day of the tests."""
    return import_return(workbook, register=register, today=TODAY)


def judged(register: Register) -> pd.DataFrame:
    """Return what the register holds of standards, by file and standard."""
    return returned_files(register, provider=PROVIDER, year=YEAR).standards.set_index(["case_id", "standard"])


def standards(workbook: bytes) -> list[tuple[Any, ...]]:
    """Return the cells of the sheet Standards that stand for a file, without its heading."""
    return [
        row for row in openpyxl.load_workbook(io.BytesIO(workbook))["Standards"].iter_rows(min_row=2) if row[0].value
    ]


def printed(workbook: bytes) -> bytes:
    """Return a form as it went out before: *met* stands where nothing is known, and the form is the first."""

    def edit(book: Any) -> None:
        for row in book["Standards"].iter_rows(min_row=2):
            if row[0].value and not row[2].value:
                row[2].value = "met"

    return changed(workbook, edit, fact("form", "1"))


def test_the_draw_tells_the_assessor_s_judgement_or_nobody_does() -> None:
    """Of a file with named standards all are known; of a pass only beside such a file; of another file none."""
    files = [
        file_row(
            "a", "A1", "P1", **{**PARTIAL, "reasons": "insufficient_evidence;partial_reassessment"}, insufficient="2"
        ),
        file_row("b", "A1", "P1"),
        file_row("c", "A1", "P1", **PARTIAL),
        file_row("d", "A1", "P1", outcome="met", reasons="insufficient_evidence"),
    ]
    frame = pd.DataFrame(files, dtype="object")
    sample = frame[["case_id", "stratum", "reasons"]].assign(selected_by="random", standards_to_moderate="1;2")
    assert given_standards(given_files(sample, frame)) == [
        *(["a", "1", "met"], ["a", "2", "insufficient"], ["b", "1", "met"], ["b", "2", "met"]),
        *(["c", "1", ""], ["c", "2", ""], ["d", "1", ""], ["d", "2", ""]),
    ]
    alone = given_standards(given_files(sample[1:2], frame[1:2]))
    assert alone == [["b", "1", ""], ["b", "2", ""]]


def test_a_form_without_judgements_is_empty_there_and_open(draw: Draw) -> None:
    """The cell is unlocked and offers the two words; the page for the reader says what to do with it."""
    book = openpyxl.load_workbook(io.BytesIO(form(draw)))
    cells = [row[2] for row in standards(form(draw))]
    assert {cell.value for cell in cells} == {None}
    assert not any(cell.protection.locked for cell in cells)
    rules = {str(rule.sqref): rule.formula1 for rule in book["Standards"].data_validations.dataValidation}
    assert rules[f"C2:C{len(cells) + 31}"] == '"met,insufficient"'
    assert "an empty assessor_judgement is not known" in book["Read me"].cell(book["Read me"].max_row, 1).value
    assert book["Draw"]["B2"].value == "2"


def test_a_form_with_every_judgement_is_the_one_it_was(register: Register) -> None:
    """Where all is known, no cell of the assessor's is open, and the form is the first."""
    workbook = form(drawn(register))
    assert all(row[2].value and row[2].protection.locked for row in standards(workbook))
    assert openpyxl.load_workbook(io.BytesIO(workbook))["Draw"]["B2"].value == "1"


@pytest.mark.parametrize("word", ["insufficient", "met"])
def test_what_moderators_report_is_recorded(word: str, draw: Draw, register: Register) -> None:
    """Either word is right; the empty ones are recorded as not known, and that is noticed in one line."""
    edits = [put("c5", "assessor_judgement", word, standard="3"), put("c5", "comment", "Seen.", standard="3")]
    imported = back(changed(filled(draw), *edits), register)
    assert imported.status == "accepted"
    found = judged(register)["assessor_judgement"]
    assert found.loc[("c5", 3)] == word
    assert set(found.drop(("c5", 3))) == {""}
    assert imported.notices["kind"].tolist() == ["not_known"] * (len(found) - 1)
    assert imported.notices["expected"].nunique() == 1


def test_what_is_not_known_is_overturned_by_nobody(draw: Draw, register: Register) -> None:
    """Insufficient beside an empty cell asks for no second moderator; beside the assessor's *met* it does."""
    insufficient = put("c6", "moderator_judgement", "insufficient", standard="3")
    assert back(changed(filled(draw), insufficient), register).status == "accepted"
    known = changed(filled(draw), insufficient, put("c6", "assessor_judgement", "met", standard="3"))
    assert ["standard 3 is not the assessor's" in line for line in told(known, register)] == [True, True]


def test_a_word_for_the_assessor_s_judgement_is_one_of_two(draw: Draw, register: Register) -> None:
    """Another word is refused, and its opposite is not suggested."""
    wrong = changed(filled(draw), put("c1", "assessor_judgement", "not met", standard="3"))
    assert told(wrong, register) == [
        'sheet Standards, row 2, column C (assessor_judgement): "not met" arrived; expected met or insufficient; '
        "choose from the list"
    ]


def test_further_standards_may_be_insufficient_where_nothing_is_known(draw: Draw, register: Register) -> None:
    """What the assessor judged of them is what the moderators report, or not known."""
    edits = [further("c1", 31, "met", "insufficient"), further("c2", 32, "met", None), put("c1", "reason", "Seen.")]
    back(changed(filled(draw), *edits, put("c1", "second_moderator_id", "M2")), register)
    found = judged(register)["assessor_judgement"]
    assert found.loc[[("c1", 31), ("c2", 32)]].tolist() == ["insufficient", ""]


def test_a_form_of_before_comes_back_without_what_it_invented(draw: Draw, register: Register) -> None:
    """Its *met* is nobody's judgement; what was put right by hand is taken, which once was refused."""
    right = put("c5", "assessor_judgement", "insufficient", standard="3")
    assert back(changed(printed(filled(draw)), right), register).status == "accepted"
    found = judged(register)["assessor_judgement"]
    assert found.loc[("c5", 3)] == "insufficient"
    assert set(found.drop(("c5", 3))) == {""}


def test_the_last_workbook_again_is_no_change_though_less_is_read_in_it(draw: Draw, register: Register) -> None:
    """A register that recorded the *met* of a form of before is not told that its files changed after moderation."""
    workbook = printed(filled(draw))
    back(workbook, register)
    held = returned_files(register, provider=PROVIDER, year=YEAR)
    other = open_register("sqlite://")
    drawn(other, files=UNJUDGED)
    invented = held.standards.assign(assessor_judgement="met").to_dict("records")
    record_return(other, draw.freeze.digest, held.files.to_dict("records"), invented, workbook=workbook)
    assert back(workbook, other).status == "no change"
    assert back(changed(workbook, put("c1", "weaknesses", "Brief.")), other).status == "changed"


def test_a_draw_recorded_in_retrospect_was_moderated_before(register: Register) -> None:
    """The clock saw the seed long after it was given: an earlier day is noticed, and accepted."""
    draw = drawn(register, seeded=None)
    imported = back(changed(filled(draw), put("c1", "moderated_on", "2024-01-15")), register)
    assert imported.status == "accepted"
    own = imported.notices[imported.notices["row"] == 2]
    assert own["kind"].tolist() == ["before_the_seed"]
    assert own["expected"].item().endswith(" on, when the seed was recorded")
    assert own["advice"].item().startswith("accepted, as a draw may be recorded in retrospect")


def test_a_moderation_after_the_seed_was_recorded_is_not_noticed(register: Register) -> None:
    """The day on which the clock saw the seed is itself in order."""
    draw = drawn(register, seeded=None)
    today = dt.datetime.now(dt.UTC).date()
    moderated = said().assign(moderated_on=pd.Timestamp(today))
    workbook = fill_in_return(form(draw), moderated)
    imported = import_return(workbook, register=register, today=today + dt.timedelta(days=1))
    assert imported.notices.empty


def test_before_its_month_and_after_today_nothing_is_moderated(register: Register) -> None:
    """Also of a draw recorded in retrospect: those days are refused."""
    draw = drawn(register, seeded=None)
    early, late = (changed(filled(draw), put("c1", "moderated_on", day)) for day in ("2023-12-31", "2024-02-21"))
    assert "expected a day from 2024-01-01 on, the first day of the month" in told(early, register)[0]
    assert "expected a day up to today, 2024-02-20" in told(late, register)[0]


def test_the_data_s_own_day_of_the_seed_is_the_first(register: Register) -> None:
    """Where the data hold the day of the seed nothing is recorded in retrospect: earlier days are refused."""
    early = changed(filled(drawn(register)), put("c1", "moderated_on", dt.datetime(2024, 2, 4)))
    assert "expected a day from 2024-02-05 on, when the seed was given" in told(early, register)[0]


@pytest.mark.office
def test_another_office_program_keeps_the_open_cells(
    draw: Draw, register: Register, office: str, tmp_path: Any
) -> None:
    """Saved by LibreOffice, what is empty stays empty and open, and what was filled in is read."""
    (tmp_path / "return.xlsx").write_bytes(
        changed(filled(draw), put("c5", "assessor_judgement", "insufficient", standard="3"))
    )
    saved = converted(office, tmp_path / "return.xlsx", "xlsx", tmp_path).read_bytes()
    cells = [row[2] for row in standards(saved)]
    assert [cell.value for cell in cells if cell.value] == ["insufficient"]
    assert not any(cell.protection.locked for cell in cells)
    assert back(saved, register).status == "accepted"
    assert len(judged(register)) >= len(FILES)
