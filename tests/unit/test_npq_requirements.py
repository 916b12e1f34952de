"""NPQ.REQ.1 to REQ.7 and REM.1: what has to be in place, to both sides of each number and date."""

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import BOOK, PERIOD, audit, frame, people

from qa_lib.audit.answering import Statement
from qa_lib.project_files import ROOT
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.rules.remedial import remedial_action
from qa_lib.schemes.npq.rules.requirements import (
    malpractice_reported,
    published,
    self_assessed,
    serving_leaders,
    throughout_the_area,
    trained_and_moderated,
    two_terms,
)


def statuses(said):
    """Return the statuses, in order."""
    return [one.status for one in said]


def rows(name, *records, **shared):
    """Return a table of provider P."""
    return frame(name, [{"provider": "P", **shared, **record} for record in records])


def self_assessment(letters, period="2018-19 mid-year", **more):
    """Return a self-assessment of these requirements."""
    record = {"judgement": "met", "evidence": "e", "owner": "o", "assessed_on": "2019-02-01", "period": period} | more
    return rows("self_assessment", *[{"requirement": letter} for letter in letters], **record)


@pytest.mark.parametrize(("letters", "status"), [("ABCDEFGHIJKLMNO", "met"), ("ABCDEFGIJKLMNO", "breach")])
def test_all_fifteen_requirements_are_judged(letters, status):
    """One missing is named."""
    first, *_ = self_assessed(
        audit(participants=people({}), self_assessment=self_assessment(letters), operating_year=1)
    )
    assert first.status == status
    assert ("none of H" in first.message) == (status == "breach")


def test_a_requirement_without_a_judgement_is_a_gap():
    """A row alone is no judgement; blank evidence, owner or date is told."""
    blank = self_assessment("ABCDEFGHIJKLMNO", judgement=None, evidence=None, owner=None, assessed_on=None)
    said = self_assessed(audit(participants=people({}), self_assessment=blank, operating_year=1))
    assert statuses(said)[:4] == ["breach", "not_assessable", "not_assessable", "not_assessable"]


@pytest.mark.parametrize(
    ("periods", "year", "as_of", "status"),
    [
        (("mid-year", "end-year"), 2, "2020-03-01", "met"),
        (("mid-year",), 2, "2019-10-01", "breach"),
        (("mid-year",), 2, "2019-09-30", "not_assessable"),
        ((), 2, "2019-10-01", "breach"),
        (("mid-year",), 3, "2019-10-01", "information"),
        (("mid-year",), None, "2019-10-01", "not_assessable"),
    ],
)
def test_twice_a_year_in_years_one_and_two(periods, year, as_of, status):
    """From the day after the year two are needed; in year three none are."""
    table = pd.concat(
        [self_assessment("A", f"2018-19 {name}") for name in periods] or [self_assessment("A", "2017-18")]
    )
    bare = frame("participants", [{"participant_id": "p", "provider": "P", "level": "NPQH"}])
    said = self_assessed(audit(participants=bare, self_assessment=table, operating_year=year, as_of=as_of))
    assert said[-1].status == status


@pytest.mark.parametrize(
    ("leaders", "blank", "everybody", "status"),
    [(5, 0, 10, "met"), (4, 0, 10, "breach"), (5, 1, 10, "met"), (4, 1, 10, "not_assessable"), (3, 1, 10, "breach")],
)
def test_half_are_serving_leaders(leaders, blank, everybody, status):
    """Exactly half is enough; a blank withholds the verdict only where it decides."""
    flags = [True] * leaders + [None] * blank + [False] * (everybody - leaders - blank)
    people_of = [{"person_id": f"s{number}", "serving_leader": flag} for number, flag in enumerate(flags)]
    others = [{"person_id": "x", "role": "other", "serving_leader": False}]
    table = rows("personnel", *[{"role": "facilitator", **one} for one in people_of], *others, level="NPQH")
    assert statuses(serving_leaders(audit(participants=people({}), personnel=table))) == [status]


def test_executive_leadership_is_exempt_and_nobody_listed_is_not_assessable():
    """NPQEL is shown as information."""
    table = rows("personnel", {"person_id": "s", "role": "coach", "level": "NPQEL", "serving_leader": False})
    said = serving_leaders(audit(participants=people({"level": "NPQEL"}, {}), personnel=table))
    assert {one.level: one.status for one in said} == {"NPQH": "not_assessable", "NPQEL": "information"}


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2018-12-31", "2019-01-01", "met"),
        ("2018-09-01", "2018-12-31", "breach"),
        ("2019-01-01", "2019-04-01", "met"),
        ("2019-01-01", "2019-03-31", "breach"),
        ("2019-07-31", "2019-08-31", "breach"),
        ("2019-07-31", "2019-09-01", "met"),
        (None, "2019-09-01", "not_assessable"),
        ("2019-09-02", "2019-09-01", "not_assessable"),
    ],
)
def test_two_terms_are_touched(first, last, status):
    """A day of a term is enough, and August belongs to none."""
    table = rows("delivery", {"level": "NPQH", "designed_from": first, "designed_to": last})
    assert statuses(two_terms(audit(participants=people({}), delivery=table))) == [status]


def test_no_delivery_is_not_assessable():
    """An empty table says so."""
    table = rows("delivery", {"level": "NPQH", "designed_from": None, "designed_to": None}).iloc[:0]
    assert "no delivery" in two_terms(audit(participants=people({}), delivery=table))[0].message


@pytest.fixture
def book_with_pass_mark(tmp_path):
    """Return the rule book with a pass mark of 20, as who uses it enters it."""
    text = (ROOT / "parameters" / "rules" / "npq.yaml").read_text()
    text = text.replace('borderline_within: "2"}', 'borderline_within: "2", pass_mark: "20"}')
    (tmp_path / "npq.yaml").write_text(text)
    return load_rulebook(tmp_path / "npq.yaml")


@pytest.mark.parametrize(
    ("mark", "moderated", "status"),
    [
        ("18", False, "breach"), ("17.9", False, "not_assessable"), ("22", False, "breach"),
        ("22.1", False, "not_assessable"), ("22", True, "met"), ("20", None, "not_assessable"),
    ],
)  # fmt: skip
def test_borderline_scripts_are_peer_moderated(book_with_pass_mark, mark, moderated, status):
    """Within two marks on either side of the pass mark, both ends included."""
    tables = {
        "participants": people({}),
        "scripts": frame("scripts", [{"participant_id": "p0001", "final_mark": mark, "peer_moderated": moderated}]),
        "personnel": rows("personnel", {"person_id": "a", "role": "assessor", "trained": True}),
    }
    said = trained_and_moderated(
        make_audit(tables, book_with_pass_mark, provider="P", as_of="2020-03-01", period=PERIOD)
    )
    assert statuses(said) == ["met", "information", status]


def test_without_a_pass_mark_borderline_is_not_assessable():
    """The framework gives none."""
    scripts = frame("scripts", [{"participant_id": "p0001", "final_mark": "20", "peer_moderated": True}])
    said = trained_and_moderated(audit(participants=people({}), scripts=scripts))
    assert "no table personnel" in said[0].message
    assert "no pass mark" in said[-1].message


def test_every_assessor_is_trained():
    """One who is not is named; a blank and one who is not listed are told."""
    scripts = [{"participant_id": "p0001", "final_mark": "20", "peer_moderated": True, "assessor_id": "z"}]
    table = rows(
        "personnel", {"person_id": "a", "trained": True}, {"person_id": "b", "trained": False},
        {"person_id": "c", "trained": None}, role="assessor",
    )  # fmt: skip
    said = trained_and_moderated(audit(participants=people({}), personnel=table, scripts=frame("scripts", scripts)))
    assert [(one.status, one.subject) for one in said[:4]] == [
        ("breach", "b"), ("not_assessable", ""), ("not_assessable", ""), ("breach", ""),
    ]  # fmt: skip
    none = trained_and_moderated(audit(participants=people({}), personnel=table.iloc[:0]))
    assert "no assessor is listed" in none[0].message


@pytest.mark.parametrize(
    ("level", "day", "status"),
    [
        ("NPQH", "2020-03-01", "met"), ("NPQH", "2020-03-02", "breach"), (None, "2020-03-01", "met"),
        ("NPQSL", "2020-03-01", "breach"), ("NPQH", None, "breach"),
    ],
)  # fmt: skip
def test_what_must_be_published_has_a_day(level, day, status):
    """On the as-of day it is published; a row without a level holds for all; without a day it is missing."""
    table = rows("publications", {"item": "cost", "level": level, "published_on": day})
    said = published(audit(participants=people({}), publications=table))
    assert [one.status for one in said if one.message.startswith("cost")] == [status]
    assert [one.status for one in said if not one.message.startswith("cost")] == ["breach", "breach"]
    without = published(audit(participants=people({}), publications=table.drop(columns="level")))
    assert [one.message for one in without] == ["not assessable, because the table publications has no column level"]


@pytest.mark.parametrize(
    ("reported", "status"),
    [
        ("2019-05-01", "met"), ("2019-05-02", "met"), ("2019-05-03", "breach"), (None, "breach"),
        ("2019-04-30", "not_assessable"),
    ],
)  # fmt: skip
def test_malpractice_is_reported_within_a_day(reported, status):
    """The next day is still immediate, two days are not; no report is shown with its age."""
    log = {"malpractice_id": "m", "stage": "finding", "known_on": "2019-05-01", "reported_on": reported}
    said = malpractice_reported(audit(participants=people({}), malpractice=rows("malpractice", log)))
    assert statuses(said) == [status]
    none = rows("malpractice", log).iloc[:0]
    assert statuses(malpractice_reported(audit(participants=people({}), malpractice=none))) == ["information"]
    unknown = rows("malpractice", log | {"known_on": None})
    assert statuses(malpractice_reported(audit(participants=people({}), malpractice=unknown))) == ["not_assessable"]


@pytest.mark.parametrize(
    ("as_of", "status", "age"),
    [
        ("2019-05-01", "information", "0 days"),
        ("2019-05-02", "information", "1 day"),
        ("2019-05-03", "breach", "2 days"),
    ],
)
def test_malpractice_without_a_report_is_late_from_the_day_after(as_of, status, age):
    """The allowed day is not over on its own day; no day of a report is no excuse."""
    log = {"malpractice_id": "m", "stage": "finding", "known_on": "2019-05-01", "reported_on": None}
    given = audit(participants=people({}), malpractice=rows("malpractice", log), as_of=as_of)
    (said,) = malpractice_reported(given)
    assert (said.status, said.value) == (status, age)
    assert said.message == f"no report is recorded; it was known {age} ago"


@pytest.mark.parametrize(
    ("area", "status"), [("Kent", "met"), ("Kent; Devon", "information"), (None, "not_assessable")]
)
def test_authorities_without_anybody_are_listed(area, status):
    """As information."""
    said = throughout_the_area(
        audit(
            participants=people({"school_urn": "1"}),
            schools=frame("schools", [{"urn": "1", "la": "Kent"}]),
            delivery=rows("delivery", {"level": "NPQH", "area_las": area}),
        )
    )
    assert statuses(said) == [status]
    assert ("nobody from Devon" in said[0].message) == (status == "information")


def test_an_authority_is_the_same_however_it_is_written():
    """Capitals and spaces in the provider's list of its area, or in that of schools, leave nobody out."""
    (said,) = throughout_the_area(
        audit(
            participants=people({"school_urn": "1"}),
            schools=frame("schools", [{"urn": "1", "la": "East Sussex"}]),
            delivery=rows("delivery", {"level": "NPQH", "area_las": "EAST  SUSSEX; East Sussex"}),
        )
    )
    assert (said.status, said.message) == ("met", "recruited from 1 of the 1 local authorities of the area in 2018-19")


def action(**more):
    """Return a log of one action."""
    record = {"action_id": "a", "kind": "remedial", "state": "open", "metric": "M4", "level": "NPQH"}
    return rows("actions", record | {"opened_on": "2020-02-28", "serious_case": None, "set_by": None} | more)


def test_an_open_action_shows_its_age():
    """In days up to the as-of day; one opened later is not known yet."""
    (said,) = remedial_action(audit(participants=people({}), actions=action()))
    assert (said.status, said.message) == ("information", "remedial M4 NPQH: open, opened 2 days ago")
    (said,) = remedial_action(audit(participants=people({}), actions=action(opened_on="2020-03-02")))
    assert said.message == "no metric fails and no action is logged"
    (said,) = remedial_action(audit(participants=people({}), actions=action(state=None)))
    assert said.status == "not_assessable"


def test_only_a_person_sets_a_serious_case():
    """Set by somebody it is shown with its meaning; set by nobody it is not assessable."""
    by = remedial_action(audit(participants=people({}), actions=action(serious_case="third", set_by="QA-01")))
    assert "third case (malpractice not reported immediately), set by QA-01" in by[1].message
    assert (
        remedial_action(audit(participants=people({}), actions=action(serious_case="first")))[1].status
        == "not_assessable"
    )


def test_a_failing_metric_without_an_action_is_shown():
    """As information, for the metric and level that fail."""
    failing = {"NPQ.M4": "NPQH", "NPQ.M5": "", "NPQ.M7": "NPQH"}
    others = {
        rule: [Statement(status="breach", message="", measure="share", level=level)] for rule, level in failing.items()
    }
    said = remedial_action(audit(participants=people({}), actions=action()), others)
    assert [(one.level, one.message[:2]) for one in said[1:]] == [("", "M5"), ("NPQH", "M7")]
    nothing = audit(participants=people({}), actions=action().iloc[:0])
    assert remedial_action(nothing)[0].message == "no metric fails and no action is logged"


@pytest.mark.parametrize(
    "answer",
    [
        *(self_assessed, serving_leaders, two_terms, trained_and_moderated, published, malpractice_reported),
        *(throughout_the_area, remedial_action),
    ],
)
def test_a_missing_table_is_named(answer):
    """Never a silent pass."""
    assert BOOK[answer.rule]
    for one in answer(audit(participants=people({}))):
        assert one.status == "not_assessable"
        assert "no table" in one.message


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N72": lambda tables: by.unassessed(tables, period=False),
    "N73": lambda tables: by.chosen(
        tables["self_assessment"].assign(name=by.named(tables["self_assessment"], "provider", "period")),
        tables["self_assessment"][["judgement", "evidence", "owner"]].eq("").all(axis=1),
        "name",
    ),
    "N74": lambda tables: by.unassessed(tables, period=True),
    "N75": by.leaders(lambda t: (2 * t["serving"] == t["n"]) & (t["level"] != "NPQEL")),
    "N76": by.leaders(lambda t: (2 * t["serving"] < t["n"]) & (t["level"] != "NPQEL")),
    "N77": by.leaders(lambda t: (2 * t["serving"] < t["n"]) & (t["level"] == "NPQEL")),
    "N80": by.terms(lambda names, _: names == {"autumn"}),
    "N81": by.terms(lambda names, number: len(names) == 2 and number < 100),
    "N82": by.terms(lambda names, _: names == {"summer"}),
    "N83": by.rows("personnel", "person_id", lambda p: (p["role"] == "assessor") & (p["trained"] != "yes")),
    "N84": by.rows(
        "scripts",
        "provider",
        lambda s: s["final_mark"].astype(int).between(18, 22) & (s["peer_moderated"] != "yes"),
    ),
    "N86": by.reported(2, 7),
    "N87": by.reported(8, 999),
    "N88": by.rows("malpractice", "malpractice_id", lambda log: log["reported_on"] == ""),
    "N90": by.without_recruits,
    "N91": by.rows("actions", "action_id", lambda a: (a["state"] == "open") & (a["due_on"] > "2020-03-01")),
    "N92": by.rows("actions", "action_id", lambda actions: actions["serious_case"] != ""),
    "N71": lambda tables: by.chosen(
        tables["publications"].assign(name=by.named(tables["publications"], "provider", "level")),
        tables["publications"]["published_on"] == "",
        "name",
    ),
    "N78": lambda tables: by.unpublished(tables, ("cost", "duration")),
}
