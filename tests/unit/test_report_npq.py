"""The NPQ pages: first screen, figures, draw of scripts, return workbook, and what is published."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from qa_lib import read_dataset
from qa_lib.audit.findings import Finding, findings_frame
from qa_lib.audit.first_screen import action_table, late_table, rule_overview, rule_table, section_findings
from qa_lib.batch.runfile import read_run_file
from qa_lib.errors import NothingToShow, SampleError
from qa_lib.project_files import ROOT
from qa_lib.register.list_draws import draw_from_list
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.draws.script_draw import SCRIPTS, script_draw_or_none
from qa_lib.schemes.npq.pages.metric_tables import analysis, metrics
from qa_lib.schemes.npq.pages.provider_page import (
    audit_sentences,
    script_bounds,
    script_draw_table,
    script_sentences,
    shown_metrics,
)
from qa_lib.schemes.npq.pages.public_summary import public_files, public_tables
from qa_lib.schemes.npq.pages.regulator_workbook import return_sheets, return_workbook
from qa_lib.schemes.npq.rules.regulator_returns import completeness

ABOUT = {"provider": "Calderstone Institute of School Leadership", "as_of": "2020-03-01", "period": "2018-19"}


@pytest.fixture(scope="module")
def tables():
    """Return the small slice of the made-up years."""
    return read_dataset(ROOT / "notebooks" / "data" / "npq", scheme="npq").tables


@pytest.fixture(scope="module")
def book():
    """Return the NPQ rule book."""
    return load_rulebook("npq")


@pytest.fixture
def findings():
    """Return findings of four rules: breaches, one late, one unknown, one met."""
    about = {"subject_type": "provider", "subject": "P"}
    person = {"subject_type": "participant", "subject": "X1"}
    return findings_frame(
        [
            Finding(rule="NPQ.M1", status="met", message="100 of 90", **about),
            Finding(rule="NPQ.M1", status="information", message="1 row not counted", **about),
            Finding(rule="NPQ.M6", status="breach", message="awarded before the form", **person),
            Finding(rule="NPQ.M6", status="met", message="mean 7", **about),
            Finding(rule="NPQ.REQ.1", status="breach", message="none of K", **about),
            Finding(rule="NPQ.M4", status="not_assessable", message="not assessable, because", **about),
        ]
    )


def test_a_rule_stands_under_its_worst_finding(findings, book):
    """Breaches come first; information beside what is met changes nothing; a person is named, a provider is not."""
    table = rule_overview(findings, book)
    assert table["rule"].tolist() == ["NPQ.M6", "NPQ.REQ.1", "NPQ.M4", "NPQ.M1"]
    assert table["status"].tolist() == ["breach", "breach", "not assessable", "met"]
    assert table["first"].tolist()[:2] == ["X1: awarded before the form", "none of K"]


def test_the_first_screen_says_what_needs_action_what_is_late_what_is_met(findings, book):
    """Rules stand where they belong in words, id and number of findings behind; what is unknown is never met."""
    said = audit_sentences(findings, book, **ABOUT)
    assert said[1:] == [
        "Needs action: Mean feedback of at least 6 out of 10 (NPQ.M6: 1 breach).",
        "Late, missing or incomplete: Self-assessment against all requirements (NPQ.REQ.1: 1 breach).",
        "Met: 1 of 4 rules.",
        "Not assessable, because something is missing or not due yet: "
        "90 % present for final assessment within 18 months (NPQ.M4: 1 finding).",
    ]


def test_where_nothing_was_asked_nothing_needs_action(findings, book):
    """The sentences stand all the same."""
    said = audit_sentences(findings.iloc[:0], book, **ABOUT)
    assert said[1:4] == ["Needs action: nothing.", "Late, missing or incomplete: nothing.", "Met: 0 of 0 rules."]


def test_the_lists_of_the_first_screen_speak_of_a_provider_in_words(findings, book):
    """Who does what, what is late, every rule with its heading, and a heading's findings: as for every scheme."""
    actions = action_table(findings, book)
    assert actions["rule"].tolist() == ["NPQ.M6", "NPQ.REQ.1"]
    assert actions.loc[0, ["who", "number", "which", "status"]].tolist() == ["provider", 1, "X1", "breach"]
    assert actions.loc[0, "what_to_do"] == book["NPQ.M6"].what_to_do
    assert late_table(findings, book)["rule"].tolist() == ["NPQ.REQ.1"]
    rules = rule_table(findings, book).set_index("rule")
    assert rules.loc["NPQ.M6", ["found", "section"]].tolist() == ["1 breach", "The seven metrics"]
    metrics = section_findings(findings, book, "The seven metrics")
    assert metrics["rule"].tolist() == ["NPQ.M6", "NPQ.M4", "NPQ.M1", "NPQ.M1", "NPQ.M6"]
    assert metrics["subject"].tolist()[:2] == ["X1", "provider"]


def test_figures_are_shown_in_their_own_unit():
    """Shares as percentages, ratings as points, and what is not there as nothing."""
    blank = dict.fromkeys(["numerator", "denominator", "rate", "target", "low", "high"], float("nan"))
    named = {"metric": "M", "level": "", "measure": "m", "beside": "", "status": "not_assessable"}
    metrics = pd.DataFrame(
        [
            {**named, **blank, "unit": "share"},
            {**named, **blank, "unit": "share", "numerator": 9.0, "denominator": 10.0, "rate": 0.9, "target": 0.9},
            {
                **named,
                **blank,
                "unit": "points",
                "numerator": 60.5,
                "denominator": 10.0,
                "rate": 6.05,
                "low": 5,
                "high": 7,
            },
        ]
    )
    table = shown_metrics(metrics)
    assert table["counted"].tolist() == ["", "9 of 10", "60.5 over 10"]
    assert table["rate"].tolist() == ["", "90.0 %", "6.05"]
    assert table["interval"].tolist() == ["", "", "5 to 7"]
    assert set(table["level"]) == {"all"}


def test_scripts_wait_for_a_seed_and_are_drawn_with_one(tables, book):
    """A freeze without a seed has no sample; series or seed give one of a tenth, rounded up."""
    waiting = draw_from_list(SCRIPTS, tables, book, **ABOUT)
    assert (
        "Waiting for seed" in script_sentences(waiting, script_bounds(waiting, _moderated(waiting)), tolerable=0.05)[0]
    )
    assert set(waiting.files()) == {"scripts.csv", "scripts-freeze.json"}
    drawn = draw_from_list(SCRIPTS, tables, book, seed_series="a made-up series", **ABOUT)
    assert drawn.seed == f"a made-up series/{ABOUT['provider']}/2018-19"
    assert len(drawn.sample) == -(-len(drawn.population) // 10)
    files = drawn.files()
    assert set(files) == {"scripts.csv", "scripts-freeze.json", "scripts-sample.csv", "scripts-draw.json"}
    assert sha256_hex(files["scripts-freeze.json"]) == drawn.digest
    ticket = sha256_hex(f"{drawn.digest}:{drawn.seed}:{drawn.sample['participant_id'].iloc[0]}".encode())
    assert drawn.sample["ticket"].iloc[0] == ticket
    facts = dict(script_draw_table(drawn).to_numpy().tolist())
    assert facts["Source of the seed"] == "a series that the operator chose"


def test_a_seed_for_scripts_is_held_to_what_every_new_seed_is(tables, book):
    """What anybody could have foreseen is refused; blanks are read as a reader sees them, and the page says so."""
    with pytest.raises(SampleError, match="is nearly all"):
        draw_from_list(SCRIPTS, tables, book, seed="7" * 20, **ABOUT)
    drawn = draw_from_list(SCRIPTS, tables, book, seed="4613 2265  1432 6651 2341", **ABOUT)
    assert drawn.seed == "4613 2265 1432 6651 2341"
    said = script_sentences(drawn, script_bounds(drawn, _moderated(drawn)), tolerable=0.05)
    assert said[1] == "Blanks in the seed were made single spaces."


def test_a_short_seed_is_refused_and_none_is_no_draw(tables, book):
    """Nobody can try seeds until one suits; without scripts or seed nothing is drawn."""
    with pytest.raises(SampleError, match="20 or more"):
        draw_from_list(SCRIPTS, tables, book, seed="short", **ABOUT)
    assert script_draw_or_none(tables, book, seed="", seed_series="", **ABOUT) is None
    with pytest.raises(NothingToShow, match="no table scripts"):
        draw_from_list(SCRIPTS, {"participants": tables["participants"]}, book, **ABOUT)
    assert script_draw_or_none({}, book, seed_series="series", **ABOUT) is None


def _moderated(drawn, *, back=True, overturned=0):
    """Return the sample as it came back."""
    frame = drawn.sample[["participant_id", "level"]].assign(in_draw=True, returned=back, overturned=False)
    frame.loc[: overturned - 1, "overturned"] = True
    return frame


def test_bounds_are_wider_while_scripts_have_not_come_back(tables, book):
    """A script not back may be either; the sentences ask for it."""
    drawn = draw_from_list(SCRIPTS, tables, book, seed_series="a made-up series", **ABOUT)
    frame = _moderated(drawn, overturned=1)
    whole = script_bounds(drawn, frame)
    assert whole["label"].iloc[0] == "all levels"
    assert whole["overturned"].iloc[0] == 1
    late = frame.assign(returned=frame.index != len(frame) - 1)
    missing = script_bounds(drawn, late)
    assert missing["high"].iloc[0] > whole["high"].iloc[0]
    assert "Needs action: 1 of them have not come back." in script_sentences(drawn, missing, tolerable=0.05)
    assert "All of them have come back." in script_sentences(drawn, whole, tolerable=0.05)


@pytest.fixture
def audit(tables, book):
    """Return the audit of the provider."""
    return make_audit(tables, book, **ABOUT)


def test_the_return_workbook_holds_every_metric(audit):
    """One sheet per metric that has participant rows, analysis, what to answer, completeness; always the same bytes."""
    sheets = return_sheets(audit)
    asked = {"analysis": analysis(audit), "completeness": completeness(audit), "title": "T"}
    content = return_workbook(sheets, **asked)
    assert content == return_workbook(sheets, **asked)
    opened = openpyxl.load_workbook(io.BytesIO(content))
    assert opened.sheetnames == [
        *("Read me", "Analysis", "Groups to answer", "Completeness"), *("M1", "M2", "M3", "M4", "M5", "M7"),
    ]  # fmt: skip
    assert opened["M1"].max_row == len(sheets["M1"]) + 1
    kinds = {cell.data_type for row in opened["M1"].iter_rows(min_row=2) for cell in row if cell.value is not None}
    assert kinds == {"s"}, "names, places and reference numbers are text"


def _cells(sheet):
    """Return the rows of a sheet by its headings."""
    rows = list(sheet.iter_rows(values_only=True))
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_figures_marks_and_days_of_the_return_are_numbers_and_days(audit):
    """The regulator's agent counts with them: rate, target, status and as-of day, marks, the day of commencing."""
    sheets = return_sheets(audit)
    content = return_workbook(sheets, analysis=analysis(audit), completeness=completeness(audit), title="T")
    opened = openpyxl.load_workbook(io.BytesIO(content))
    figures = _cells(opened["Analysis"])
    first = figures[(figures["metric"] == "M4") & (figures["level"] == "NPQML")].iloc[0]
    shown = metrics(audit).query("metric == 'M4' and level == 'NPQML'").iloc[0]
    asked = ["numerator", "denominator", "rate", "target", "status"]
    assert first[asked].tolist() == shown[asked].tolist()
    assert first["target"] == 0.9
    assert set(figures["as_of"]) == {dt.datetime(2020, 3, 1)}
    assert set(figures.loc[figures["metric"] == "M7", "most_apart"]) == {"10 points"}
    assert isinstance(_cells(opened["M5"])["final_mark"].iloc[0].item(), (int, float))
    assert isinstance(_cells(opened["Completeness"])["rows"].iloc[0].item(), int)
    began = _cells(opened["M4"])[["enrolled_on", "commenced_on", "formally_commenced_on"]]
    assert (began.max(axis=1) == began["formally_commenced_on"]).all()
    assert began.dtypes.astype("str").str.startswith("datetime").all()


def test_every_flagged_group_has_a_cell_for_an_answer(tables, book):
    """Open, empty, with a note on what it is for; a group that is not flagged has none."""
    audit = make_audit(tables, book, **{**ABOUT, "provider": "Oakhanger Institute of School Leadership"})
    groups = analysis(audit)
    content = return_workbook({}, analysis=groups, completeness=completeness(audit), title="T")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Groups to answer"]
    asked = _cells(sheet)
    flagged = groups[(groups["characteristic"] != "") & (groups["status"] == "breach")]
    assert len(flagged) > 0
    assert asked[["level", "characteristic", "group"]].to_numpy().tolist() == (
        flagged[["level", "characteristic", "group"]].to_numpy().tolist()
    )
    column = list(asked.columns).index("answer") + 1
    open_cells = [not cell.protection.locked for cell in sheet[openpyxl.utils.get_column_letter(column)]]
    assert open_cells == [False, *[True] * len(flagged)]
    (note,) = sheet.data_validations.dataValidation
    assert "what is being done" in note.prompt
    assert set(asked["answer"]) == {None}


def test_published_files_name_nobody(tables, audit):
    """Workbook and open data of each table; no participant's id, reference number or name is in them."""
    public = public_tables(audit, metrics=metrics(audit))
    files = public_files(public, audit, tables=tables)
    assert "npq-public.xlsx" in files
    assert {"npq-retention.csv", "npq-retention.meta.csv", "npq-achievement.csv"} <= set(files)
    text = b"".join(content for name, content in files.items() if name.endswith(".csv")).decode()
    people = tables["participants"]
    assert not [name for name in (*people["name"], *people["participant_id"]) if name in text]


@pytest.mark.parametrize("name", ["npq_return"])
def test_the_shipped_run_file_can_be_read(name):
    """It names notebooks that declare what it sets, and one period for each report."""
    run = read_run_file(ROOT / "parameters" / "runs" / f"{name}.yaml")
    assert {notebook.per for notebook in run.notebooks} == {"provider", "whole"}
    assert run.seed_series
