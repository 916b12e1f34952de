"""The moderation return holds the draw as text, helps to fill it in, and says which draw it is."""

from __future__ import annotations

import io
import re
import subprocess
import time
import zipfile

import openpyxl
import pandas as pd
import pytest

from qa_lib.errors import RunError
from qa_lib.forms.form_workbook import write_form
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import Freeze
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.sampling.selection import SAMPLE_COLUMNS, sample_csv
from qa_lib.schemes.hlta.forms.moderation_return import FILES, draw_copy

POPULATION = pd.DataFrame(
    [
        ("007", "met", "", "met", "standard", "1E5", "P-1", ""),
        ("008", "insufficient_evidence", "insufficient_evidence;difficult", "met", "high", "20-Oct", "P-2", "3;10"),
        ("1E5", "met", "", "met", "standard", "1E5", "P-1", ""),
    ],
    columns=COLUMNS,
)
SAMPLE = pd.DataFrame(
    [
        ("007", "met", "", "random", "ab" * 32, "1/2", "1"),
        ("008", "insufficient_evidence", "insufficient_evidence;difficult", "certainty", "cd" * 32, "1", "3;10;33"),
    ],
    columns=SAMPLE_COLUMNS,
)
DRAW = {"provider": "RPA <North> & Söhne", "month": "2013-01", "standards": 33}


def made(sample=SAMPLE, population=POPULATION, *, moderators=(), seed="", **changes):
    """Return the bytes of the small return."""
    freeze = Freeze(population=population, content={**DRAW, **changes})
    content = {"sample_digest": sha256_hex(sample_csv(sample)), "seed": seed}
    return write_form(draw_copy(Draw(freeze=freeze, sample=sample, content=content), moderators))


def opened(content):
    """Return the workbook as a program of someone else reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet):
    """All rows as tuples."""
    return list(sheet.iter_rows(values_only=True))


def rules(sheet):
    """Range → what its validation allows."""
    return {str(rule.sqref): (rule.type, rule.formula1) for rule in sheet.data_validations.dataValidation}


def test_each_sampled_file_has_a_row_with_its_ids_as_text():
    """Ids that a spreadsheet would make numbers or dates stay what they are."""
    sheet = opened(made())["Files"]
    given = [row[:7] for row in rows(sheet)]
    assert given == [
        ("case_id", "stratum", "reasons", "selected_by", "assessor_id", "pop_id", "outcome"),
        ("007", "met", None, "random", "1E5", "P-1", "met"),
        ("008", "insufficient_evidence", "insufficient_evidence;difficult", "certainty", "20-Oct", "P-2", "met"),
    ]
    assert {cell.number_format for cell in sheet["A"][1:]} == {"@"}
    assert [cell.value for cell in sheet[1]][7:] == FILES.to_fill_in


def test_each_standard_to_moderate_has_a_row_with_the_assessor_s_judgement():
    """Insufficient where the assessor said so, met elsewhere; spare rows follow."""
    found = rows(opened(made())["Standards"])
    assert found[1:5] == [
        ("007", "1", "met", None, None),
        ("008", "3", "insufficient", None, None),
        ("008", "10", "insufficient", None, None),
        ("008", "33", "met", None, None),
    ]
    assert len(found) == 1 + 4 + 30


def test_the_population_is_whole():
    """Every field of every file, as text."""
    assert [tuple(cell or "" for cell in row) for row in rows(opened(made())["Population"])] == [
        tuple(COLUMNS),
        *POPULATION.itertuples(index=False, name=None),
    ]


def test_the_workbook_says_which_draw_it_is():
    """Freeze digest, sample digest and seed, so that a return of another draw is noticed."""
    facts = dict(rows(opened(made(seed="lottery 1 2 3 4 5 6 7"))["Draw"])[1:])
    assert facts == {
        "form": "1",
        "provider": "RPA <North> & Söhne",
        "month": "2013-01",
        "freeze_digest": Freeze(population=POPULATION, content=DRAW).digest,
        "sample_digest": sha256_hex(sample_csv(SAMPLE)),
        "seed": "lottery 1 2 3 4 5 6 7",
    }


def test_cells_to_fill_in_offer_what_is_allowed():
    """Drop-downs for decision, outcome, moderators and judgements; a date not before the month."""
    book = opened(made(moderators=["M-2", "M-1", "M-2"]))
    assert rules(book["Files"]) == {
        "H2:H3": ("date", "41275"),
        "I2:I3": ("list", "Lists!$B$35:$B$36"),
        "J2:J3": ("list", "Lists!$B$35:$B$36"),
        "K2:K3": ("list", '"endorsed,overturned"'),
        "L2:L3": ("list", '"met,partial_reassessment,full_reassessment,insufficient_evidence"'),
    }
    assert rules(book["Standards"]) == {
        "A6:A35": ("list", "Files!$A$2:$A$3"),
        "B6:B35": ("list", "Lists!$B$2:$B$34"),
        "C6:C35": ("list", '"met,insufficient"'),
        "D2:D35": ("list", '"met,insufficient"'),
    }
    assert [cell.value for cell in book["Lists"]["B"][34:]] == ["M-1", "M-2"]
    assert pd.Timestamp("1899-12-30") + pd.Timedelta(days=41275) == pd.Timestamp("2013-01-01")


def test_every_drop_down_says_what_is_expected():
    """A prompt before, and an error message that names the way out."""
    for sheet in opened(made(moderators=["M"])).worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert rule.prompt
            assert rule.error
            assert rule.showErrorMessage


def test_only_cells_to_fill_in_are_open():
    """Every sheet is protected, without a password; what was drawn is locked."""
    book = opened(made())
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets)
    unlocked = {
        sheet.title: {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        for sheet in book.worksheets
    }
    assert unlocked.pop("Files") == {f"{column}{row}" for column in "HIJKLMNOP" for row in (2, 3)}
    spare = {f"{column}{row}" for column in "ABC" for row in range(6, 36)}
    assert unlocked.pop("Standards") == {f"{column}{row}" for column in "DE" for row in range(2, 36)} | spare
    assert set(map(len, unlocked.values())) == {0}


def test_sheets_are_plain_tagged_tables():
    """One header row from A1, a table over all of it, panes frozen, nothing merged or hidden."""
    book = opened(made())
    assert book.sheetnames == ["Read me", "Files", "Standards", "Population", "Draw", "Lists"]
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        assert not sheet.merged_cells.ranges
        if sheet.title != "Read me":
            assert [table.ref for table in sheet.tables.values()] == [sheet.dimensions]
            assert sheet.freeze_panes == "B2"
    assert book.properties.title == "Moderation return: RPA <North> & Söhne, 2013-01"
    assert book.properties.language == "en-GB"


def test_the_read_me_fits_its_lines():
    """A line that is longer than its column would cover the next in some programs."""
    lines = [row[0] for row in rows(opened(made())["Read me"])]
    assert max(map(len, lines)) <= 105
    assert None not in lines


def test_the_same_draw_gives_the_same_bytes_at_another_time():
    """No clock is in it, and the order of rows does not matter to what was sampled."""
    first = made(moderators=["M-2", "M-1"])
    time.sleep(1.1)
    assert made(moderators=["M-1", "M-2"]) == first


def test_a_changed_draw_changes_the_workbook():
    """One ticket digit is enough."""
    assert made(SAMPLE.replace({"ticket": {"ab" * 32: "ac" + "ab" * 31}})) != made()


def test_nothing_in_it_is_a_formula():
    """Hostile text in every field is text in the file itself."""
    hostile = POPULATION.assign(
        assessor_id='=HYPERLINK("http://example.org")', pop_id="http://example.org", tier="{=1}"
    )
    content = made(population=hostile, moderators=["=1+1", "@x"], provider="=1+1")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 6
    assert not any(re.search(r"<f[ >/]|<hyperlink|<mergeCell", text) for text in sheets)
    assert not any("externalLink" in name or "vba" in name.lower() for name in parts)
    assert opened(content)["Files"]["E2"].value == '=HYPERLINK("http://example.org")'
    assert {cell.data_type for sheet in opened(content).worksheets for row in sheet for cell in row} <= {"s", "n", "f"}


def test_a_draw_without_files_still_has_its_sheets():
    """An empty sample gives headings and the population."""
    book = opened(made(sample=SAMPLE.head(0)))
    assert [len(rows(book[name])) for name in ("Files", "Standards", "Population")] == [1, 1, 4]


def test_a_scheme_without_standards_has_none_to_fill_in():
    """Nothing is offered where nothing is to be judged."""
    book = opened(made(sample=SAMPLE.assign(standards_to_moderate=""), standards=0))
    assert rows(book["Standards"]) == [("case_id", "standard", "assessor_judgement", "moderator_judgement", "comment")]
    assert rows(book["Lists"]) == [("list", "value")]


def test_what_a_sheet_cannot_hold_is_refused():
    """Rows and texts beyond a sheet's limits are never left out silently."""
    with pytest.raises(RunError, match="row 2, column 6 of sheet 'Files'"):
        made(population=POPULATION.assign(pop_id="x" * 32_768))


@pytest.mark.office
def test_another_office_program_keeps_the_drop_downs(office, tmp_path):
    """Opened and saved by LibreOffice, validations and ids are still there and no formula has come to life."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/return.xlsx").write_bytes(made(moderators=["M-1"]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        tmp_path,
        tmp_path / "in/return.xlsx",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    before, after = opened(made(moderators=["M-1"])), openpyxl.load_workbook(tmp_path / "return.xlsx")
    for name in ("Files", "Standards", "Population", "Draw"):
        assert rows(after[name]) == rows(before[name])
    for name in ("Files", "Standards"):
        was, now = rules(before[name]), rules(after[name])
        assert {place: kind for place, (kind, _) in now.items()} == {place: kind for place, (kind, _) in was.items()}
    assert rules(after["Files"])["K2:K3"] == ("list", '"endorsed,overturned"')
