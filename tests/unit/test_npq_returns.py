"""NPQ.RET.1 and RET.2: what is returned, what is lacking in it, how often, and what is published."""

import npq_counts as by
import pandas as pd
import pytest
from npq_frames import AS_OF, PERIOD, audit, frame, people

from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.pages.metric_tables import analysis
from qa_lib.schemes.npq.rules.regulator_returns import (
    FIELDS,
    completeness,
    performance_published,
    return_rows,
    returned,
)

PERSON = {
    "enrolled_on": "2018-03-01", "commenced_on": "2018-03-01", "name": "N",
    "job_role": "Head", "school_urn": "1", "ethnicity": "White British", "sex": "Female",
    "disability": "No",
}  # fmt: skip
SCHOOL = {
    "urn": "1", "name": "S", "la": "Kent", "region": "South East", "phase": "Primary", "type": "Academy",
    "ofsted": "Good", "pupils": 10, "fsm_pupils": 3,
}  # fmt: skip


def tables(**person):
    """Return a data set of one participant who lacks nothing, with what is said otherwise."""
    script = {"participant_id": "p0001", "final_mark": "20", "passed": True, "peer_moderated": True, "changed": False}
    return {
        "participants": people(PERSON | person),
        "schools": frame("schools", [SCHOOL]),
        "scripts": frame("scripts", [script]),
    }


def test_the_fields_are_those_of_the_framework():
    """Annex A, by metric; metric 6 is gathered by the regulator."""
    assert {metric: [field.name for field in fields] for metric, fields in FIELDS.items()} == {
        "M1": [
            *("name", "job_role", "school", "school_urn", "la", "region", "phase", "type", "ofsted"),
            *("trn", "la_district"),
        ],
        "M2": ["fsm_30"],
        "M3": ["ethnicity", "white_british"],
        "M4": ["enrolled_on", "commenced_on", "presented_on"],
        "M5": ["final_mark", "passed", "peer_moderated", "changed"],
        "M7": ["sex", "disability", "withdrawn_on", "deferred_on", "reason"],
    }  # fmt: skip


def test_a_whole_return_lacks_nothing():
    """Every needed field is filled, so each metric is met."""
    table = completeness(audit(**tables()))
    assert table["lacking"].sum() == 0
    assert len(table) == sum(map(len, FIELDS.values()))
    said = returned(audit(**tables()))
    assert [one.status for one in said] == ["met"] * 6 + ["not_assessable"]


@pytest.mark.parametrize(
    ("blank", "metric", "field"),
    [
        ({"name": None}, "M1", "name"), ({"school_urn": "9"}, "M1", "la"), ({"school_urn": "9"}, "M2", "fsm_30"),
        ({"ethnicity": None}, "M3", "white_british"), ({"sex": None}, "M7", "sex"),
        ({"withdrawn_on": "2019-01-01", "reason": None}, "M7", "reason"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_named(blank, metric, field):
    """A reason is needed only where somebody withdrew or deferred."""
    table = completeness(audit(**tables(**blank))).set_index(["metric", "field"])
    assert table.loc[(metric, field), "lacking"] == 1
    (said,) = [one for one in returned(audit(**tables(**blank))) if one.subject == f"P {metric}"]
    assert said.status == "breach"
    assert f"{field} (1)" in said.message


def test_flags_are_words_and_not_saying_is_an_answer():
    """30 % free school meals exactly is yes; who prefers not to say is not known."""
    assert return_rows(audit(**tables()), "M2")["fsm_30"].tolist() == ["yes"]
    silent = return_rows(audit(**tables(ethnicity="Prefer not to say")), "M3")
    assert silent["white_british"].tolist() == ["not known"]
    assert return_rows(audit(participants=people({})), "M5").empty
    with pytest.raises(IntakeError, match="M6"):
        return_rows(audit(**tables()), "M6")


def test_nobody_to_return_is_not_assessable():
    """Without scripts metric 5 has no rows."""
    (said,) = [one for one in returned(audit(participants=people({}))) if one.subject == "P M5"]
    assert said.status == "not_assessable"


def log(*days, kind="recruitment"):
    """Return a log of returns."""
    return frame("returns", [{"provider": "P", "kind": kind, "returned_on": day} for day in days])


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (["2019-03-01", "2019-09-01"], "met"), (["2019-03-01", "2019-08-31"], "breach"),
        (["2019-03-02", "2019-09-01"], "breach"), (["2019-09-01"], "breach"), (["2018-08-20", "2019-02-20"], "breach"),
    ],
)  # fmt: skip
def test_recruitment_is_returned_every_six_months(days, status):
    """From the provider's first day, 1 September, on; on 1 March the last return may be six months old, no older."""
    said = returned(audit(**tables(enrolled_on="2018-09-01", commenced_on="2018-09-01"), returns=log(*days)))
    (recruitment,) = [one for one in said if "returns of recruitment" in one.message]
    assert recruitment.status == status


def test_the_first_return_is_held_against_the_start():
    """A single return years later is late from the first day on; no return at all of a kind is, too."""
    given = audit(**tables(enrolled_on="2017-09-01", commenced_on="2017-09-04"), returns=log("2020-02-28"))
    *_, recruitment, outcomes = [one for one in returned(given) if one.message.startswith("more than 6 months")]
    assert recruitment.message.endswith("returns of recruitment: the start on 2017-09-01 to 2020-02-28")
    assert outcomes.message.endswith("assessment outcomes: the start on 2017-09-01 to 2020-03-01 (none since)")
    new = audit(**tables(enrolled_on="2019-12-02", commenced_on="2019-12-02"), returns=log("2020-02-28"))
    assert "the first is due by 2020-06-02" in returned(new)[-1].message
    bare = frame("participants", [{"participant_id": "p", "provider": "P", "level": "NPQH"}])
    said = returned(audit(participants=bare, returns=log("2020-02-28")))
    assert [(one.status, "first day is not known" in one.message) for one in said[-2:]] == [
        ("not_assessable", True), ("not_assessable", False),
    ]  # fmt: skip
    assert "no return is logged up to 2020-03-01" in returned(audit(**tables(), returns=log("2020-03-02")))[-1].message


@pytest.mark.parametrize(("last", "status"), [("2019-08-31", "met"), ("2019-09-01", "breach")])
def test_from_one_month_end_to_another_six_months_are_six_months(last, status):
    """28 February and 31 August: the last days of their months; the day after is late."""
    began = {"enrolled_on": "2019-01-01", "commenced_on": "2019-01-01"}
    said = returned(audit(**tables(**began), returns=log("2019-02-28", last), as_of="2019-12-01"))
    (recruitment,) = [one for one in said if "returns of recruitment" in one.message]
    assert recruitment.status == status


def test_gaps_between_returns_are_named():
    """From 31 August six months last until the end of February; the day after, and nothing since, are told."""
    for second, gaps in (("2019-02-28", ""), ("2019-03-01", "2018-08-31 to 2019-03-01, ")):
        said = returned(audit(**tables(), returns=log("2018-08-31", second), as_of="2019-09-02"))
        (recruitment,) = [one for one in said if "returns of recruitment" in one.message]
        message = f"more than 6 months between returns of recruitment: {gaps}{second} to 2019-09-02 (none since)"
        assert (recruitment.message, recruitment.value) == (message, f"last on {second}")


@pytest.mark.parametrize(
    ("year", "days", "status"),
    [
        (2, ["2018-04-01", "2018-10-01", "2019-03-30"], "met"),
        (2, ["2018-04-01", "2018-10-01", "2019-03-29"], "breach"),
        (2, ["2018-04-02", "2018-10-01", "2019-03-30"], "breach"),
        (3, ["2017-10-01", "2018-10-01", "2019-03-01"], "met"),
        (3, ["2017-10-01", "2018-10-01", "2019-02-28"], "breach"),
        (None, ["2019-03-01"], "not_assessable"),
    ],
)  # fmt: skip
def test_metrics_are_returned_half_yearly_and_then_yearly(year, days, status):
    """Six months in years 1 and 2, whose last day is 30 September; twelve from year 3; from the start of year 1."""
    bare = frame("participants", [{"participant_id": "p", "provider": "P", "level": "NPQH"}])
    said = returned(audit(participants=bare, returns=log(*days, kind="metrics"), operating_year=year))
    (metrics,) = [one for one in said if "returns of metrics" in one.message]
    assert metrics.status == status


def test_the_return_of_a_period_holds_that_period():
    """Rows of metrics 4 and 7 are of those whose 18 months ended in it, those of metric 5 of its scripts."""
    data = tables()
    later = data["participants"].assign(participant_id="q", commenced_on=pd.Timestamp("2019-03-01"))
    data["participants"] = pd.concat([data["participants"], later], ignore_index=True)
    data["scripts"] = pd.concat(
        [data["scripts"].assign(assessed_on=pd.Timestamp(day), participant_id=one)
         for one, day in (("p0001", "2019-06-20"), ("q", "2019-10-01"))]
    )  # fmt: skip
    for metric in ("M4", "M5", "M7"):
        assert return_rows(audit(**data), metric)["participant_id"].tolist() == ["p0001"]
        assert len(return_rows(audit(**data, period=""), metric)) == 2


def test_performance_is_published_and_never_rows_of_participants():
    """What is published is said; the day is looked for per level."""
    table = frame("publications", [{"provider": "P", "item": "performance", "level": "NPQH", "published_on": AS_OF}])
    what, found = performance_published(audit(participants=people({}), publications=table))
    assert "never participant rows" in what.message
    assert found.status == "met"
    assert performance_published(audit(participants=people({}), publications=table.iloc[:0]))[1].status == "breach"


def test_the_analysis_has_no_people_and_says_who_supplies_it():
    """Metrics 5 and 6 come from the regulator; groups have their rates."""
    data = tables(enrolled_on="2017-09-01", commenced_on="2017-09-01", presented_on="2018-09-01", result="pass")
    data["feedback"] = frame("feedback", [{"participant_id": "p0001", "rating": "7", "completed_on": "2018-10-01"}])
    data["targets"] = frame(
        "targets", [{"provider": "P", "level": "NPQH", "year": PERIOD, "metric": "M1", "target": "1"}]
    )
    table = analysis(audit(**data))
    assert dict(zip(table["metric"], table["supplied_by"], strict=True))["M6"] == "regulator"
    assert set(table["metric"]) == {"M1", "M2", "M3", "M4", "M6", "M7"}
    assert not table.astype("str").apply(lambda column: column.str.contains("p0001")).any(axis=None)
    group = table[(table["characteristic"] == "sex") & (table["figure"] == "retention of a group")]
    assert group[["group", "numerator", "denominator", "rate"]].to_numpy().tolist() == [["Female", 1.0, 1.0, 1.0]]
    bare = frame("participants", [{"participant_id": "p", "provider": "P", "level": "NPQH"}])
    assert analysis(audit(participants=bare)).empty


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N128": by.first_returned_late,
    "N129": by.rows("returns", "provider", lambda log: log["returned_on"] == "2018-08-31"),
    "N66": by.returned_late,
    "N67": by.return_overdue,
    "N70": lambda tables: by.unpublished(tables, ("performance",)),
}
