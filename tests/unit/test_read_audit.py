"""The audit of an RPA only reads what the register knows; what it will ask for is drawn by a step of its own."""

import pytest
from hlta_draws import moderations, month_draw
from hlta_frames import BOOK, RPA, files

from qa_lib import load_rulebook, open_register, read_dataset
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.errors import IntakeError, SampleError
from qa_lib.project_files import ROOT
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.monthly_draws import draw_year
from qa_lib.schemes.hlta.audit_from_register import months_of_year, read_audit, read_audits, returned_versions
from qa_lib.schemes.hlta.draws.missing_months import draw_missing_months, draw_missing_months_of_all
from qa_lib.schemes.hlta.rules.consequences import may_be_confirmed

NORTH, OTHER = "HLTA North", "University of Northampton"


@pytest.fixture(scope="module")
def data():
    """Return the tables of the small slice: two RPAs, January to March 2024."""
    return read_dataset(ROOT / "notebooks" / "data" / "partnership").tables


@pytest.fixture(scope="module")
def book():
    """Return the HLTA rule book."""
    return load_rulebook("hlta")


def months(draws):
    """Return the months of draws, each once."""
    return sorted({draw.freeze.month for draw in draws})


def drawn_audit(data, book, register, **asked):
    """Return the audit of an RPA after the months that it asks for were drawn."""
    draw_missing_months(data, book, register=register, **asked)
    return read_audit(data, book, register=register, **asked)


def test_a_month_draws_the_months_up_to_it_and_none_after(data, book):
    """The register holds just those, whatever the data set has."""
    register = open_register("sqlite://")
    audit = drawn_audit(data, book, register, provider=NORTH, month="2024-02")
    assert months(audit.draws) == ["2024-01", "2024-02"]
    assert months(draws_of_year(register, provider=NORTH, year="2023-09")) == ["2024-01", "2024-02"]


def test_a_month_that_is_drawn_already_is_taken_as_the_register_holds_it(data, book):
    """An earlier month seen back shows no later draw, though the register has it; nothing is drawn again."""
    register = open_register("sqlite://")
    whole = draw_year(data, book, provider=NORTH, year="2023-09", register=register)
    assert months(whole) == ["2024-01", "2024-02", "2024-03"]
    audit = drawn_audit(data, book, register, provider=NORTH, month="2024-02")
    assert months(audit.draws) == ["2024-01", "2024-02"]
    assert [draw.freeze.digest for draw in audit.draws] == [
        draw.freeze.digest for draw in whole if draw.freeze.month <= "2024-02"
    ]


def test_reading_leaves_the_register_as_it_is(data, book, tmp_path):
    """Whatever months it lacks, not a byte changes; of a month that was not drawn the recorded moderations count."""
    path = tmp_path / "register.sqlite"
    register = open_register(str(path))
    draw_year(data, book, provider=NORTH, year="2023-09", register=register, until="2024-01")
    before = path.read_bytes()
    audit = read_audit(data, book, provider=NORTH, month="2024-02", register=register)
    read_audits(data, book, register=register, month="2024-03", year="2023-09")
    findings = audit_findings(audit)
    assert path.read_bytes() == before
    assert months(audit.draws) == ["2024-01"]
    sampled = findings[findings["rule"].isin(["HLTA.MOD.2", "HLTA.MOD.3"])]
    assert sampled["status"].tolist() == ["met", "not_assessable"]
    assert "drawn at random cannot be seen" in sampled["message"].iloc[1]


def test_a_year_goes_as_far_as_the_data_or_to_a_month(data, book):
    """With a month beside the year it ends there, for what is drawn too."""
    register = open_register("sqlite://")
    assert drawn_audit(data, book, register, provider=NORTH, year="2023-09", month="2024-01").months == ("2024-01",)
    assert months(draws_of_year(register, provider=NORTH, year="2023-09")) == ["2024-01"]
    audit = drawn_audit(data, book, register, provider=NORTH, year="2023-09")
    assert audit.months == ("2024-01", "2024-02", "2024-03")
    assert not audit.year_over
    assert months(audit.draws) == months_of_year(data, book, year="2023-09") == list(audit.months)


def test_a_month_without_a_seed_or_without_files_is_in_the_audit_as_it_is(data, book):
    """The freeze waits; a month in which only others have files has no draw of its own. Neither is a fault."""
    events = data["events"].copy()
    events.loc[(events["rpa"] == NORTH) & (events["month"] == "2024-02"), "seed"] = None
    register, asked = open_register("sqlite://"), {"provider": NORTH, "month": "2024-02"}
    assert [draw.status for draw in drawn_audit({**data, "events": events}, book, register, **asked).month_draws] == [
        "waiting for seed"
    ]
    cases = data["cases"]
    without = {**data, "cases": cases[(cases["rpa"] != NORTH) | (cases["month"] != "2024-03")]}
    later = drawn_audit(without, book, open_register("sqlite://"), provider=NORTH, month="2024-03")
    assert later.month_draws == ()
    assert months(later.draws) == ["2024-01", "2024-02"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"provider": "Nobody", "month": "2024-01"}, "no RPA 'Nobody'"),
        ({"provider": "HLTA Nroth", "month": "2024-01"}, "did you mean 'HLTA North'"),
        ({"provider": NORTH, "month": "2024-04"}, "no file of any RPA is of 2024-04; .* did you mean 2024-03"),
        ({"provider": NORTH, "year": "2024-09"}, "lies in the year from 2024-09; .* did you mean 2023-09"),
        ({"provider": NORTH}, "no month was named"),
    ],
)
def test_what_was_typed_wrongly_is_refused_before_anything_is_drawn(data, book, asked, said):
    """The register stays empty; the audit refuses the same."""
    register = open_register("sqlite://")
    for step in (draw_missing_months, read_audit):
        with pytest.raises((IntakeError, SampleError), match=said):
            step(data, book, register=register, **asked)
    assert draws_of_year(register, provider=NORTH, year="2023-09") == []


def test_a_file_of_free_days_that_is_not_there_is_refused(data, book):
    """By the audit, which reads it."""
    with pytest.raises(IntakeError, match="cannot be read"):
        read_audit(
            data, book, provider=NORTH, month="2024-01", register=open_register("sqlite://"), free_days="nowhere.csv"
        )


def test_days_that_a_partnership_adds_are_read_from_a_file(data, book, tmp_path):
    """They reach the answers that count working days."""
    path = tmp_path / "free.csv"
    path.write_text("day,free,reason\n2024-04-04,yes,local closure\n", encoding="utf-8")
    audit = read_audit(
        data, book, provider=NORTH, month="2024-01", register=open_register("sqlite://"), free_days=str(path)
    )
    assert [day.isoformat() for day in audit.free_days] == ["2024-04-04"]


def test_every_rpa_has_its_audit_and_no_return_came_back(data, book):
    """By name, with its draws; of a year only those with files in it."""
    register = open_register("sqlite://")
    draw_missing_months_of_all(data, book, register=register, month="2024-01")
    audits = read_audits(data, book, register=register, month="2024-01")
    assert list(audits) == [NORTH, OTHER]
    assert [months(audit.draws) for audit in audits.values()] == [["2024-01"]] * 2
    so_far = read_audits(data, book, register=register, month="2024-01", year="2023-09")
    assert [audit.months for audit in so_far.values()] == [("2024-01",)] * 2
    assert returned_versions(register, audits[NORTH]).empty


@pytest.mark.parametrize(
    ("released", "why"),
    [(None, ["", "sampled, and no decision has come back"]), ("2024-04-01", [""]), ("2024-06-01", None)],
)
def test_what_an_earlier_year_has_not_released_stays_on_the_list(released, why):
    """Over the year's turn, with the draws and moderations of its own year; what is released is off it."""
    old = {"month": "2023-08", "outcome": "partial_reassessment", "result_released_on": None, "paid_on": "2023-08-01"}
    table = files(old, {**old, "result_released_on": released}, {"result_released_on": None, "paid_on": "2024-03-01"})
    tables = {"cases": table, "moderations": moderations({"case_id": "c001", "moderated_on": "2023-09-12"})}
    register = open_register("sqlite://")
    for month, seed in (("2023-08", "5312 4416 2351 6642 1"), ("2024-03", "1234 5624 1553 2461 4")):
        month_draw(tables, month, seed=seed, register=register)
    audit = read_audit(tables, BOOK, provider=RPA, month="2024-03", register=register)
    listed = may_be_confirmed(audit)
    earlier = listed[listed["month"] == "2023-08"]
    assert earlier["why_not"].tolist() == (why or ["", "sampled, and no decision has come back"])
    assert earlier["outcome"].iloc[0] == "partial_reassessment"
    assert listed["case_id"].tolist() == sorted(listed["case_id"])
    assert [one.year for one in audit.earlier] == ["2022-09"]
