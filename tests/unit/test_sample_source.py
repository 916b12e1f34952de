"""What a page draws: from a freeze folder alone, or from the register that is named or found."""

import shutil

import pytest

from qa_lib import (
    PlanChoices,
    draw_year,
    load_rulebook,
    open_register,
    page_register,
    rehearsal_sentences,
    sample_source,
)
from qa_lib.errors import NothingToShow, SampleError
from qa_lib.project_files import ROOT
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.monthly_draws import draw, freeze
from qa_lib.register.recording import record_withdrawal
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.forms.draw_files import draw_files
from qa_lib.schemes.hlta.pages.month_sample import sample_findings

BOOK, SEED = load_rulebook("hlta"), "4416255316223641 dice"
REVIEWER = {"reviewer": "R1", "reviewer_rpa": "HLTA North"}
MONTHS = ("2024-01", "2024-02")
ASKED = {"dataset": "data", "provider": "North"}


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Work in an empty folder with a data set of two months in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("QA_REGISTER", "QA_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "data").mkdir()
    rows = [f"{month}-{n:02},North,{month},A{n % 4},P{n % 3},met\n" for month in MONTHS for n in range(12)]
    write_cases(tmp_path, rows)
    return tmp_path


def write_cases(office, rows):
    """Write the rows below a header."""
    header = "case_id,rpa,month,assessor_id,pop_id,outcome\n"
    (office / "data" / "cases.csv").write_text(header + "".join(rows), encoding="utf-8")


def add_file(office, month="2024-01"):
    """Let one more file arrive."""
    with (office / "data" / "cases.csv").open("a", encoding="utf-8") as cases:
        cases.write(f"{month}-99,North,{month},A9,P1,met\n")


def made(source, seed="", **choices):
    """Freeze and draw as a page does; keep the files where they belong; return the draw."""
    drawn = source.draw(source.freeze(BOOK, choices=PlanChoices(**choices)), seed=seed, **REVIEWER)
    return drawn, source.keep(draw_files(drawn), drawn)


def bytes_of(folder):
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_freeze_folder_alone_gives_what_the_register_gives(office):
    """A reviewer who has nothing but the folder gets the bytes of the RPA; nothing is recorded and no register made."""
    record = open_register("register.sqlite")
    waiting, _ = made(sample_source("", month="2024-01", **ASKED))
    (there,) = (office / "outputs" / "draws" / "2024-01").iterdir()
    shutil.copytree(there, office / "sent")
    (office / "register.sqlite").rename(office / "away.sqlite")
    drawn, said = made(sample_source("sent", dataset="nowhere", provider="X", month=""), seed=SEED)
    assert (waiting.status, drawn.status) == ("waiting for seed", "drawn")
    assert said == ("The files of the draw are in sent.",)
    assert not (office / "register.sqlite").exists()
    (office / "away.sqlite").rename(office / "register.sqlite")
    made(sample_source("", month="2024-01", **ASKED), seed=SEED)
    assert bytes_of(there) == bytes_of(office / "sent")
    assert [one.status for one in draws_of_year(record, provider="North", year="2023-09")] == ["drawn"]


def test_the_freeze_folder_may_be_the_one_that_one_works_in(office, monkeypatch):
    """Its files are kept there."""
    open_register("register.sqlite")
    made(sample_source("", month="2024-01", **ASKED))
    (there,) = (office / "outputs" / "draws" / "2024-01").iterdir()
    monkeypatch.chdir(there)
    assert made(sample_source(".", **ASKED, month=""), seed=SEED)[0].json == (there / "draw.json").read_bytes()


def test_a_freeze_folder_is_drawn_into_the_register_that_holds_it(office):
    """The RPA may draw from the folder too: where the register holds the freeze the draw is recorded."""
    record = open_register("register.sqlite")
    made(sample_source("", month="2024-01", **ASKED))
    (there,) = (office / "outputs" / "draws" / "2024-01").iterdir()
    drawn, _ = made(sample_source(there, **ASKED, month=""), seed=SEED)
    assert [one.json for one in draws_of_year(record, provider="North", year="2023-09")] == [drawn.json]
    again = sample_source(there, **ASKED, month="")
    assert made(again)[0].json == drawn.json
    with pytest.raises(SampleError, match="drawn already with another seed"):
        made(again, seed="6213 4552 1364 2516 3342")


def test_what_only_the_folder_says_is_not_taken_for_more(office):
    """Which files were left out is not known from the freeze alone."""
    open_register("register.sqlite")
    made(sample_source("", month="2024-01", **ASKED))
    (there,) = (office / "outputs" / "draws" / "2024-01").iterdir()
    drawn, _ = made(sample_source(there, **ASKED, month=""), seed=SEED)
    findings = sample_findings(drawn, BOOK).set_index("rule")
    assert findings.loc["HLTA.SCR.2", "status"] == "not_assessable"


def test_the_recorded_freeze_stands_whatever_the_data_and_the_choices_say(office):
    """A withdrawn freeze before it changes nothing; what differs since is a warning on the page."""
    record = open_register("register.sqlite")
    tables = sample_source("", month="2024-01", **ASKED).data.tables
    by_hand = {"provider": "North", "month": "2024-01", "register": record}
    freeze(tables, BOOK, **by_hand)
    record_withdrawal(record, provider="North", month="2024-01", purpose="moderation", reason="a tenth was agreed")
    frozen = freeze(tables, BOOK, **by_hand, choices=PlanChoices(rate="10%"))
    drawn = draw(frozen, seed=SEED, **REVIEWER, register=record)
    add_file(office)
    shown, _ = made(sample_source("", month="2024-01", **ASKED))
    assert (shown.json, shown.freeze.json) == (drawn.json, frozen.json)
    warned = sample_findings(shown, BOOK).query("status == 'warning' and rule == 'HLTA.MOD.1'")["message"]
    assert [message.partition("given now: ")[2] for message in warned] == [
        "new since (freeze them by themselves with --late): 2024-01-99",
        "rate was 1/10, now 1/20",
    ]


def test_a_source_of_the_seed_that_is_not_named_again_is_not_another_one(office):
    """A page that is told nothing warns of nothing, and the freeze may be asked for again; another source is told."""
    record = open_register("register.sqlite")
    by_hand = {"provider": "North", "month": "2024-01", "register": record}
    tables = sample_source("", month="2024-01", **ASKED).data.tables
    frozen = freeze(tables, BOOK, **by_hand, choices=PlanChoices(seed_source="twenty dice"))
    assert sample_source("", month="2024-01", **ASKED).freeze(BOOK, choices=PlanChoices()).remarks == ()
    assert freeze(tables, BOOK, **by_hand).json == frozen.json
    shown = sample_source("", month="2024-01", **ASKED).freeze(BOOK, choices=PlanChoices(seed_source="a lottery"))
    assert shown.remarks == ("seed_source was twenty dice, now a lottery",)


def test_another_seed_than_the_recorded_one_is_refused_and_no_seed_shows_the_draw(office):
    """What was drawn is shown to whoever gives none."""
    open_register("register.sqlite")
    drawn, _ = made(sample_source("", month="2024-01", **ASKED), seed=SEED)
    assert made(sample_source("", month="2024-01", **ASKED))[0].json == drawn.json
    with pytest.raises(SampleError, match="drawn already with another seed"):
        made(sample_source("", month="2024-01", **ASKED), seed="6213 4552 1364 2516 3342")


def test_a_month_that_was_passed_over_has_nothing_to_show(office):
    """Once February is drawn January cannot be frozen any more; that is said, and is no fault."""
    open_register("register.sqlite")
    made(sample_source("", month="2024-02", **ASKED), seed=SEED)
    with pytest.raises(NothingToShow, match="2024-01 comes before 2024-02, which is drawn"):
        made(sample_source("", month="2024-01", **ASKED))


def test_a_year_passes_over_what_was_not_frozen_in_its_turn(office):
    """February was drawn by hand first: the year shows it, and January is no fault; so it is for an audit."""
    record = open_register("register.sqlite")
    tables = sample_source("", month="2024-02", **ASKED).data.tables
    made(sample_source("", month="2024-02", **ASKED), seed=SEED)
    drawn = draw_year(tables, BOOK, provider="North", year="2023-09", register=record)
    assert [(one.freeze.month, one.status) for one in drawn] == [("2024-02", "drawn")]
    assert read_audit(tables, BOOK, provider="North", month="2024-01", register=record).draws == ()


def test_a_year_is_shown_although_a_later_month_was_frozen_first_and_waits(office):
    """The months before it cannot be frozen now; that is no failure of the report."""
    record = open_register("register.sqlite")
    tables = sample_source("", month="2024-02", **ASKED).data.tables
    freeze(tables, BOOK, provider="North", month="2024-02", register=record)
    drawn = draw_year(tables, BOOK, provider="North", year="2023-09", register=record)
    assert [(one.freeze.month, one.status) for one in drawn] == [("2024-02", "waiting for seed")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"provider": "Nroth", "year": "2023-09"}, "did you mean 'North'"),
        ({"provider": "North", "year": "2024-09"}, "its years begin with 2023-09; did you mean 2023-09"),
    ],
)
def test_a_year_that_the_data_do_not_hold_is_refused(office, asked, said):
    """With the nearest RPA or year; nothing is recorded."""
    record = open_register("sqlite://")
    tables = sample_source("", month="2024-01", **ASKED).data.tables
    with pytest.raises(SampleError, match=said):
        draw_year(tables, BOOK, register=record, **asked)


def test_another_seed_in_the_data_than_the_one_that_was_drawn_with_is_a_warning(office):
    """The draw stands; a data set without a seed says nothing."""
    open_register("register.sqlite")
    drawn, _ = made(sample_source("", month="2024-01", **ASKED), seed=SEED)
    assert drawn.freeze.remarks == ()
    events = "rpa,month,event_on,seed,peer_reviewer_id,peer_rpa\nNorth,2024-01,2024-02-09,{},R1,HLTA North\n"
    for seed, remarks in ((SEED, 0), ("6213 4552 1364 2516 3342", 1)):
        (office / "data" / "events.csv").write_text(events.format(seed), encoding="utf-8")
        shown, _ = made(sample_source("", month="2024-01", **ASKED))
        assert (shown.json, len(shown.freeze.remarks)) == (drawn.json, remarks)


def test_late_files_wait_for_a_seed_of_their_own(office):
    """The month's seed in the data is not theirs."""
    events = f"rpa,month,event_on,seed,peer_reviewer_id,peer_rpa\nNorth,2024-01,2024-02-09,{SEED},R1,HLTA North\n"
    (office / "data" / "events.csv").write_text(events, encoding="utf-8")
    open_register("register.sqlite")
    assert made(sample_source("", month="2024-01", **ASKED))[0].status == "drawn"
    add_file(office)
    source = sample_source("", month="2024-01", **ASKED)
    late = source.draw(source.freeze(BOOK, choices=PlanChoices(), late=True))
    assert (late.freeze.part, late.status) == ("late-1", "waiting for seed")
    month = source.draw(source.freeze(BOOK, choices=PlanChoices()))
    assert [one.freeze.part for one in source.draw_late(month, BOOK, choices=PlanChoices())] == ["late-1"]


def test_a_return_that_was_filled_in_is_not_written_over(office):
    """Drawing again leaves the workbook as people left it, and says so."""
    open_register("register.sqlite")
    made(sample_source("", month="2024-01", **ASKED), seed=SEED)
    (there,) = (office / "outputs" / "draws" / "2024-01").iterdir()
    (there / "moderation-return.xlsx").write_bytes(b"filled in")
    _, said = made(sample_source("", month="2024-01", **ASKED))
    assert (there / "moderation-return.xlsx").read_bytes() == b"filled in"
    assert "is left as it is" in said[1]


def test_without_a_register_a_page_is_a_rehearsal_and_says_so(office):
    """Nothing is recorded, kept or made."""
    source = sample_source("", month="2024-01", **ASKED)
    drawn, said = made(source, seed=SEED)
    assert (drawn.status, said) == ("drawn", ())
    assert "records nothing" in source.said[0]
    assert {path.name for path in office.iterdir()} == {"data"}


@pytest.mark.parametrize("dataset", ["data", ROOT / "notebooks" / "data" / "partnership"])
def test_who_only_looks_back_or_has_made_up_data_works_on_a_copy(office, dataset):
    """The register that is found stays as it is, and the page shows what it holds."""
    record = open_register("register.sqlite")
    made(sample_source("", month="2024-01", **ASKED), seed=SEED)
    copy = page_register(dataset=dataset, records=dataset != "data")
    freeze(
        sample_source("", month="2024-02", **ASKED).data.tables, BOOK, provider="North", month="2024-02", register=copy
    )
    asked = {"provider": "North", "year": "2023-09"}
    assert [one.freeze.month for one in draws_of_year(copy, **asked)] == list(MONTHS)
    assert [one.freeze.month for one in draws_of_year(record, **asked)] == ["2024-01"]
    assert rehearsal_sentences(copy)


def test_a_register_that_is_named_is_used_as_it_is(office, monkeypatch):
    """By argument or environment variable; the page then has nothing to add."""
    for register, variable in (("one.sqlite", "other.sqlite"), ("", "other.sqlite")):
        monkeypatch.setenv("QA_REGISTER", variable)
        source = sample_source("", month="2024-01", register=register, out="page", **ASKED)
        made(source, seed=SEED)
        assert source.said == ()
        held = draws_of_year(open_register(register or variable), provider="North", year="2023-09")
        assert [one.status for one in held] == ["drawn"]
    assert not (office / "outputs").exists()
