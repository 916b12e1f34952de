"""Whether every assessor and PoP has been in a sample over the year."""

from dataclasses import replace

import hlta_counts as by
import pandas as pd
import pytest
from hlta_draws import SEED, moderations, month_draw, with_value, without
from hlta_frames import BOOK, OTHER, RPA, audit, files, frame, told

from qa_lib import open_register
from qa_lib.schemes.hlta.pages.coverage_page import year_entities, year_findings
from qa_lib.schemes.hlta.rules.year_coverage import covered, every_assessor_sampled, every_pop_sampled, not_moderatable

LAST = "2024-08"


def year_case(table, *, months=(LAST,), gone=(), **more):
    """Return the audit of months, drawn in order, of whose samples these files are missing."""
    register = open_register("sqlite://")
    own = sorted(set(table.loc[table["rpa"] == RPA, "month"]))
    draws = [
        without(month_draw({"cases": table, **more}, month, seed=f"{SEED} {month}", register=register), *gone)
        for month in own
    ]
    return audit(cases=table, months=list(months), draws=draws, **more)


def test_everyone_who_was_sampled_is_met():
    """One line over all, and how heavily each tier was sampled."""
    table = files(*[{"month": LAST}] * 5)
    assert [row[0] for row in told(every_assessor_sampled(year_case(table)))] == ["met", "information"]
    assert [row[0] for row in told(every_pop_sampled(year_case(table)))] == ["met"]


@pytest.mark.parametrize(("months", "status"), [(("2024-07",), "warning"), ((LAST,), "breach")])
def test_who_was_not_sampled_is_a_warning_until_the_year_is_over(months, status):
    """With the last month it is a breach, for the assessor and for the PoP."""
    table = files({"month": months[0], "assessor_id": "A9", "pop_id": "P9"}, *[{"month": months[0]}] * 3)
    given = year_case(table, months=months, gone=["c001"])
    text = f"has not been in a sample: 1 files, last in {months[0]}"
    assert told(every_assessor_sampled(given), "A9") == [(status, "A9", text)]
    assert told(every_pop_sampled(given), "P9") == [(status, "P9", text)]


@pytest.mark.parametrize(("as_of", "status"), [("2024-09-29", "warning"), ("2024-09-30", "breach")])
def test_a_waiting_freeze_can_still_sample_until_its_event_is_over(as_of, status):
    """At the end of the month after the last it cannot."""
    table = files({"month": LAST})
    given = audit(cases=table, months=[LAST], draws=[month_draw({"cases": table}, LAST, seed="")], as_of=as_of)
    assert told(every_assessor_sampled(given), "A1") == [(status, "A1", "waits for a seed: 1 files, last in 2024-08")]


def test_any_sampled_file_of_the_year_counts_and_another_years_does_not():
    """September opens a new year; the draws of the year before are not handed in."""
    table = files({"month": "2024-02"}, {"month": LAST})
    assert told(every_assessor_sampled(year_case(table, gone=["c002"])))[0][0] == "met"
    new = files({"month": "2024-09"})
    drawn = without(month_draw({"cases": new}, "2024-09"), "c001")
    said = every_assessor_sampled(audit(cases=new, months=["2024-09"], draws=[drawn]))
    assert [row[0] for row in told(said, "A1")] == ["warning"]


def test_somebody_of_whom_no_file_was_frozen_is_not_forgotten():
    """A file that scrutiny sent back is in no population; its assessor still needs a sampled file."""
    table = files({"month": LAST, "assessor_id": "A9"}, {"month": LAST})
    drawn = month_draw({"cases": table[1:]}, LAST)
    said = told(every_assessor_sampled(audit(cases=table, months=[LAST], draws=[drawn])), "A9")
    assert said == [
        (
            "breach", "A9",
            "no file of theirs was frozen, so they have not been in a sample: 1 files, last in 2024-08",
        )
    ]  # fmt: skip
    entities = year_entities([drawn], {"cases": table}, provider=RPA, year="2023-09")
    page = year_findings(entities, {"cases": table}, BOOK, provider=RPA, year="2023-09", over=True)
    assert page.loc[page["subject"] == "A9", "status"].tolist() == ["breach"]


def test_who_has_no_file_is_not_assessable():
    """Listed for the RPA and without a submission; another RPA's people are not looked at."""
    people = frame("assessors", [{"assessor_id": name, "rpa": rpa} for name, rpa in (("A8", RPA), ("A7", OTHER))])
    pops = frame("pops", [{"pop_id": "P8", "rpa": RPA}])
    given = year_case(files({"month": LAST}), assessors=people, pops=pops)
    why = "not assessable, because no file of theirs was submitted in the year"
    assert told(every_assessor_sampled(given), status="not_assessable") == [("not_assessable", "A8", why)]
    assert told(every_pop_sampled(given), status="not_assessable") == [("not_assessable", "P8", why)]


def test_an_assessor_of_two_rpas_is_counted_in_each():
    """A sampled file elsewhere covers nobody here; that they assess elsewhere is said."""
    table = files({"month": LAST}, {"month": LAST, "rpa": OTHER})
    said = told(every_assessor_sampled(year_case(table, gone=["c001"])), "A1")
    assert [row[0] for row in said] == ["breach", "information"]
    assert said[1][2] == f"also assesses for {OTHER}; each RPA needs a sampled file of its own"


@pytest.mark.parametrize(("number", "found"), [(1, True), (2, True), (3, False)])
def test_who_is_easily_missed_is_shown_at_the_end_of_the_year(number, found):
    """One file more than is asked for, or fewer."""
    given = year_case(files(*[{"month": LAST, "outcome": "partial_reassessment"}] * number))
    assert bool(told(every_assessor_sampled(given), "A1")) == found
    assert bool(told(every_pop_sampled(given), "P1")) == found


@pytest.mark.parametrize("answer", [every_assessor_sampled, every_pop_sampled])
def test_without_draws_nobody_is_accused(answer):
    """Files and no draw: not assessable. No files: nothing to look at."""
    assert told(answer(audit())) == [("not_assessable", "", "not assessable, because no draw of the year is at hand")]
    assert [row[0] for row in told(answer(audit(months=["2024-02"])))] == ["information"]


def test_a_file_that_could_not_be_moderated_covers_nobody():
    """Whether the moderators say so or scrutiny sent it back after the freeze, as far as the day knows."""
    table = files({"month": LAST})
    back = pd.DataFrame([{
        "case_id": "c001", "moderated_on": "2024-09-10", "decision": "", "not_moderatable_reason": "unreadable",
    }])  # fmt: skip
    drawn = month_draw({"cases": table}, LAST)
    spoilt = audit(cases=table, months=[LAST], draws=[drawn], returned=back)
    assert not_moderatable(spoilt) == {(drawn.freeze.digest, "c001"): "unreadable"}
    assert told(every_assessor_sampled(spoilt), "A1")[0][0] == "breach"
    sent = frame("scrutiny", [{"case_id": "c001", "scrutinised_on": "2024-09-12", "result": "returned"}])
    for as_of, sampled in (("2024-09-11", 1), ("2024-09-12", 0)):
        given = audit(cases=table, months=[LAST], draws=[drawn], scrutiny=sent, as_of=as_of)
        assert covered(given)["sampled_files"].tolist() == [sampled, sampled]
    again = pd.concat([sent, frame("scrutiny", [{"case_id": "c001", "scrutinised_on": "2024-09-20", "result": "fit"}])])
    given = audit(cases=table, months=[LAST], draws=[drawn], scrutiny=again[::-1], moderations=moderations())
    assert not_moderatable(given) == {}


def test_more_than_one_sampled_file_can_be_asked_for(monkeypatch):
    """The number is a value of the rule."""
    given = year_case(files(*[{"month": LAST, "outcome": "partial_reassessment"}] * 2), gone=["c001"])
    with_value(monkeypatch, given, "HLTA.MOD.5", {"year_starts_in_month": 9, "fewest_files": 2})
    assert told(every_pop_sampled(given), "P1") == [
        ("breach", "P1", "has 1 of 2 sampled files: 2 files, last in 2024-08")
    ]
    assert told(every_assessor_sampled(given), "A1")[0][0] == "information"


def test_the_order_of_rows_and_draws_says_nothing():
    """The same table comes out."""
    table = files({"month": "2024-02"}, {"month": LAST, "assessor_id": "A2"})
    given = year_case(table)
    turned = replace(given, tables={"cases": table[::-1]}, draws=given.draws[::-1], kept={})
    pd.testing.assert_frame_equal(covered(given), covered(turned))


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "S01": lambda tables: by.with_files(tables, "assessor_id", 0),
    "S02": lambda tables: by.with_files(tables, "assessor_id", 2),
    "S03": lambda tables: by.with_files(tables, "pop_id", 1),
    "S04": lambda tables: by.doubled(tables["assessors"]["assessor_id"]),
}
