"""Feedback sheets: who gets one and why, that reasons always stand on it, and that nobody reads of anybody else."""

import io
import re

import openpyxl
import pandas as pd
import pytest
from feedback_scene import CASES, HOSTILE, LOG, MODERATIONS, scene
from hlta_frames import MONTH, RPA, files, frame

from qa_lib.schemes.hlta.pages.feedback_pages import feedback_files, feedback_table
from qa_lib.schemes.hlta.sheets import assessor_sheets as of_assessors
from qa_lib.schemes.hlta.sheets.assessor_sheets import CRITERIA, assessor_sheets
from qa_lib.schemes.hlta.sheets.feedback_sheet import Sheet
from qa_lib.schemes.hlta.sheets.pop_sheets import pop_sheets


@pytest.fixture(scope="module")
def made():
    """Return the files of the scene."""
    return feedback_files(scene())


def sections(page):
    """Return heading -> the HTML of each sheet on a page."""
    parts = page.decode().split('<section class="sheet"')[1:]
    return {re.search(r"<h2[^>]*>([^<]*)</h2>", part)[1]: part for part in parts}


def part_of(sheets, subject, name):
    """Return the rows of one part of one sheet, each as a tuple."""
    sheet = next(sheet for sheet in sheets if sheet.subject == subject)
    return list(next(part for part in sheet.parts if part.name == name).frame.itertuples(index=False, name=None))


def test_who_gets_a_sheet_and_why():
    """Assessors with a moderated file or an open action; PoPs with files not met or an entry in the log."""
    table = feedback_table(scene())
    assert table[["audience", "id", "why"]].to_numpy().tolist() == [
        ["assessor", "A1", "2 moderated files; 1 changed outcome"],
        ["assessor", "A2", "1 moderated file; 1 changed outcome"],
        ["assessor", "A9", "1 open action"],
        ["PoP", "P1", "1 file not met; 1 entry in the feedback log"],
        ["PoP", "P2", "1 file not met"],
        ["PoP", "P3", "1 entry in the feedback log"],
    ]


def test_nothing_is_made_where_there_is_nothing_to_say():
    """Without a sample, a log and actions, and with all files met, there are no files and no rows."""
    quiet = scene(without=["moderations", "actions", "feedback_log"], cases=files({}), draws=[])
    assert feedback_files(quiet) == {}
    assert list(feedback_table(quiet).columns) == ["audience", "id", "why", "sheet"]
    assert set(feedback_files(scene(without=["actions"], draws=[], cases=files({})))) == {
        "feedback-pops.html",
        "feedback.xlsx",
    }


def test_the_same_case_gives_the_same_bytes_whatever_the_order_of_rows(made):
    """A second run, and one over tables upside down, change nothing."""
    turned = {"cases": CASES[::-1], "moderations": MODERATIONS[::-1], "feedback_log": LOG[::-1]}
    assert feedback_files(scene(**turned)) == made
    assert sorted(made) == ["feedback-assessors.html", "feedback-pops.html", "feedback.xlsx"]


def test_reasons_for_changes_are_always_there():
    """A change stands with its reason; one that is missing is named as missing."""
    sheets = assessor_sheets(scene())
    assert part_of(sheets, "A1", "changes") == [("c001", "partial reassessment", "met", "Standard 4 is evidenced.")]
    assert part_of(sheets, "A2", "changes")[0][3] == "No reason is recorded. The moderators still owe it."
    assert sheets[0].sentences == (
        "Of your 2 files, 2 were moderated: the moderators endorsed 1 recommended outcome and changed 1.",
    )


def test_an_overturned_file_without_an_outcome_has_none():
    """What the moderators did not record is not taken from what the assessor recommended."""
    sheets = assessor_sheets(scene(moderations=MODERATIONS.assign(final_outcome=None)))
    assert part_of(sheets, "A1", "changes")[0][:3] == ("c001", "partial reassessment", "not recorded")


def test_a_sheet_without_changes_says_so():
    """Where moderators endorsed everything there is no table of reasons."""
    endorsed = MODERATIONS.assign(decision="endorsed", final_outcome=None)
    sheet = assessor_sheets(scene(moderations=endorsed))[0]
    assert sheet.sentences[0].endswith("the moderators endorsed 2 recommended outcomes and changed none.")
    assert "changes" not in [part.name for part in sheet.parts]


def test_an_assessor_reads_of_nobody_else(made):
    """A sheet holds the assessor's own files only, and no moderator, candidate, PoP or other assessor."""
    found = sections(made["feedback-assessors.html"])
    assert list(found) == [f"Feedback to assessor {name}" for name in ("A1", "A2", "A9")]
    one = found["Feedback to assessor A1"]
    assert "c001" in one
    assert "c002" in one
    for other in ("c003", "c004", "A2", "A9", "M7", "M8", "S1", "P1", "kandidat"):
        assert other not in one, other


def test_a_pop_reads_of_no_assessor(made):
    """A PoP's sheet names neither assessors nor moderators, nor what was noted of an assessor."""
    found = sections(made["feedback-pops.html"])
    assert list(found) == [f"Feedback to PoP {name}" for name in ("P1", "P2", "P3")]
    for page in found.values():
        for other in ("A1", "A2", "A3", "M7", "M8", "kandidat", "Not for a PoP", "Clear."):
            assert other not in page, other
    assert "P2" not in found["Feedback to PoP P1"]


def test_nothing_is_said_of_disability(made):
    """Neither that one was disclosed nor what was adjusted stands in any file."""
    book = openpyxl.load_workbook(io.BytesIO(made["feedback.xlsx"]))
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    for text in (cells, *(content.decode() for name, content in made.items() if name.endswith("html"))):
        assert "disab" not in text.lower()
        assert "scribe" not in text


def test_each_sheet_says_by_itself_what_it_is_about(made):
    """RPA, month and the day up to which things are known stand on every sheet, and where the numbers come from."""
    for name in ("feedback-assessors.html", "feedback-pops.html"):
        for page in sections(made[name]).values():
            assert f"{RPA}, March 2024, as known on 2024-04-30" in page
            assert "feedback log" in page or "return of the month" in page


def test_hostile_text_stays_text(made):
    """Markup is escaped, and no cell of the workbook is a formula or a link."""
    page = made["feedback-assessors.html"].decode()
    assert "<script" not in page
    assert "&lt;script class=" in page
    book = openpyxl.load_workbook(io.BytesIO(made["feedback.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    for text in HOSTILE:
        assert any(text in cell.value for cell in cells), text


def test_the_workbook_has_a_sheet_for_each_of_them(made):
    """The list names every sheet, each with its heading and its sections."""
    book = openpyxl.load_workbook(io.BytesIO(made["feedback.xlsx"]))
    listed = [row[3] for row in book["Who"].iter_rows(min_row=2, values_only=True)]
    assert book.sheetnames == ["Read me", "Who", *listed]
    rows = list(book["assessor_A1"].iter_rows(values_only=True))
    assert rows[0] == ("section", "about", "says")
    assert rows[1] == ("This sheet", None, "Feedback to assessor A1")
    assert "reason for the change: Standard 4 is evidenced." in next(row[2] for row in rows if row[1] == "c001")


def test_names_of_sheets_are_such_that_every_program_takes_them(monkeypatch):
    """Ids that differ in case, in what a sheet's name cannot hold, or beyond its length still get one sheet each."""
    ids = ["a/1", "A_1", "a:1", "x" * 40, "x" * 41, "Ä[1]"]
    sheets = [Sheet(audience="assessor", subject=name, why=("1",), sentences=(), parts=(), source="-") for name in ids]
    monkeypatch.setattr("qa_lib.schemes.hlta.pages.feedback_pages.assessor_sheets", lambda _: sheets)
    seen = scene(without=["feedback_log"], cases=files({}))
    names = feedback_table(seen)["sheet"].tolist()
    assert len({name.lower() for name in names}) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,31}", name) for name in names)
    assert len(openpyxl.load_workbook(io.BytesIO(feedback_files(seen)["feedback.xlsx"])).sheetnames) == len(ids) + 2


def test_what_cannot_be_shown_is_said():
    """Without a log of actions the sheet says so; a file that could not be moderated has its reason."""
    assert "the data set has no table actions" in assessor_sheets(scene(without=["actions"]))[0].parts[-1].nothing
    blank = dict.fromkeys(("decision", "final_outcome", "reason", "strengths", "weaknesses"), "")
    unfit = {**blank, "case_id": "c001", "moderated_on": "2024-04-10", "not_moderatable_reason": "F15 is missing"}
    sheets = assessor_sheets(scene(returned=pd.DataFrame([unfit])))
    assert part_of(sheets, "A1", "unfit") == [("c001", "F15 is missing")]
    assert sheets[0].why == ("1 moderated file", "1 file that could not be moderated")


def test_judgements_that_differ_come_back_by_standard():
    """Standards judged otherwise or commented on are listed in their order; against what is not known, none is."""
    judged = {"case_id": "c001", "assessor_judgement": "met", "moderator_judgement": "met", "comment": ""}
    rows = [
        {**judged, "standard": "10", "moderator_judgement": "insufficient"},
        {**judged, "standard": "9", "comment": "well shown"},
        {**judged, "standard": "11"},
        {**judged, "standard": "12", "moderator_judgement": ""},
        {**judged, "standard": "13", "case_id": "c004", "comment": "of another"},
        {**judged, "standard": "14", "assessor_judgement": "", "moderator_judgement": "insufficient"},
        {**judged, "standard": "15", "assessor_judgement": "", "comment": "seen late"},
    ]
    found = part_of(assessor_sheets(scene(returned_standards=pd.DataFrame(rows))), "A1", "standards")
    assert found == [
        ("c001", "9", "met", "met", "well shown"),
        ("c001", "10", "met", "insufficient", ""),
        ("c001", "15", "not known", "met", "seen late"),
    ]


def test_open_actions_stand_on_the_sheet_with_their_reason():
    """An action that is closed is gone; one without a reason says so; who is responsible is not told."""
    assert part_of(assessor_sheets(scene()), "A9", "actions") == [
        ("AC1", "suspension", "2024-04-15", "No reason is recorded.")
    ]


def test_six_criteria_stand_on_every_sheet(monkeypatch):
    """They come from the profiles; a percentage of fewer files than are compared is left out, of more it stays."""
    texts = dict.fromkeys(CRITERIA, "1 of 4 (25 %); 1 of 5 (20 %); 1 of 1,000 (0.1 %)")
    profiles = pd.DataFrame([{"assessor": "A1", "files": 2, **texts}])
    monkeypatch.setattr(of_assessors, "competence_profiles", lambda _: profiles)
    sheets = assessor_sheets(scene())
    found = part_of(sheets, "A1", "criteria")
    assert [row[0] for row in found] == list(CRITERIA.values())
    assert {row[1] for row in found} == {"1 of 4; 1 of 5 (20 %); 1 of 1,000 (0.1 %)"}
    assert part_of(sheets, "A2", "criteria") == []


def judgements(cases, standards):
    """Return judgements of the first standards of every file: the first file of each PoP falls short of all."""
    first = set(cases.drop_duplicates("pop_id")["case_id"])
    rows = [
        {"case_id": file, "standard": standard, "judgement": "insufficient" if file in first else "met"}
        for file in cases["case_id"]
        for standard in range(1, standards + 1)
    ]
    return frame("judgements", rows)


@pytest.mark.parametrize(("number", "shown"), [(4, "1 of 4"), (5, "1 of 5 (20 %)")])
def test_small_numbers_of_a_pop_are_named_and_get_no_percentage(number, shown):
    """With four files nothing is compared, with five there is a share."""
    cases = files(*[{"pop_id": "P1"}] * number, *[{"pop_id": "P2"}] * 20, {"pop_id": "P1", "month": "2023-08"})
    cases.loc[0, "outcome"] = "partial_reassessment"
    sheets = pop_sheets(scene(cases=cases, judgements=judgements(cases, 1), draws=[]))
    row = part_of(sheets, "P1", "standards")[0]
    assert row[:3] == ("1", shown, "1 of 20 (5 %)")
    assert (row[3] == "too few files to compare") == (number == 4)


def test_a_pops_table_of_standards_stays_short():
    """Ten standards at most are shown where none stands out; the others are named below the table."""
    cases = files(*[{"pop_id": "P1", "outcome": "partial_reassessment"}] * 3, *[{"pop_id": "P2"}] * 3)
    sheet = pop_sheets(scene(cases=cases, judgements=judgements(cases, 12), draws=[]))[0]
    part = next(part for part in sheet.parts if part.name == "standards")
    assert part.frame["standard"].tolist() == [str(standard) for standard in range(1, 11)]
    assert part.note.startswith("Also insufficient, in at most 1 file each: 11, 12. ")


def test_a_standard_that_stands_out_gives_a_sheet():
    """A PoP without files in the month hears of a standard that fails more often than elsewhere in the year."""
    weak = [{"pop_id": "P1", "month": "2024-02"}] * 20
    cases = files(*weak, *[{"pop_id": "P2"}] * 200)
    table = judgements(cases, 1)
    table.loc[table["case_id"].isin(cases.loc[cases["pop_id"] == "P1", "case_id"]), "judgement"] = "insufficient"
    sheets = pop_sheets(scene(cases=cases, judgements=table, draws=[]))
    assert part_of(sheets, "P1", "standards") == [
        ("1", "20 of 20 (100 %)", "1 of 200 (0.5 %)", "more often than elsewhere")
    ]
    assert "1 standard that stands out" in sheets[0].why


def test_what_the_log_holds_reaches_the_pop():
    """Entries go to the PoP they name, else to that of the file; who was not told is told with the sheet."""
    sheets = pop_sheets(scene())
    assert part_of(sheets, "P1", "notes") == [
        ("harm done by preparation", "c001", "2024-03-13", HOSTILE[0], "2024-03-14")
    ]
    assert part_of(sheets, "P3", "notes") == [("preparation", "", "2024-03-13", "Well prepared.", "with this sheet")]
    assert {sheet.subject for sheet in pop_sheets(scene(feedback_log=LOG.drop(columns="pop_id")))} == {"P1", "P2"}


def test_outcomes_of_a_pop_are_those_after_moderation():
    """A partial reassessment that moderators turned to met counts as met, and the change is named."""
    sheet = pop_sheets(scene())[0]
    assert sheet.sentences == (
        "2 assessed files came from your candidates: 1 met, 1 full reassessment.",
        "Moderators changed 1 outcome among them.",
    )
    alone = pop_sheets(scene(draws=[]))[0]
    assert "1 partial reassessment, 1 full reassessment" in alone.sentences[0]


def test_forms_that_files_lack_are_named():
    """Documentation stands on the sheet of the PoP whose files lack a form, and on no other."""
    kept = [f"F{number}" for number in (*range(9), 11, 12, 13, 14, 15)] + ["F9/10"]
    rows = [
        {"case_id": file, "form": form} for file in CASES["case_id"] for form in kept if (file, form) != ("c001", "F15")
    ]
    sheets = pop_sheets(scene(forms=frame("forms", rows)))
    assert part_of(sheets, "P1", "documentation") == [("1 of 2", "F15 in 1", "0 of 2")]
    assert part_of(sheets, "P2", "documentation") == []


def test_a_month_is_named_in_words(made):
    """The heading of each page names the RPA and the month."""
    assert MONTH == "2024-03"
    assert "<title>Feedback to assessors – HLTA North, March 2024, as known on 2024-04-30</title>" in (
        made["feedback-assessors.html"].decode()
    )
