"""Peer review: of another RPA, changing, reported in time, and meeting (HLTA.PEER.1 to HLTA.PEER.4)."""

import datetime as dt

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import OTHER, RPA, THIRD, audit, files, frame, told

from qa_lib.schemes.hlta.rules.peer_review import (
    forum_attended,
    joint_report_in_time,
    pairings_change,
    peer_reviewer_of_another_rpa,
)

EVENT = {
    "rpa": RPA, "month": "2024-03", "event_on": "2024-04-10", "peer_reviewer_id": "R1", "peer_rpa": OTHER,
    "deputy_id": "R2", "joint_report_on": "2024-04-12",
}  # fmt: skip
SUBJECT = f"{RPA}/2024-03"
#: The RPA reviewed another one in its turn.
DUTY = {"rpa": OTHER, "peer_rpa": RPA}


def events(*rows):
    """Return events, each over an ordinary one of the month."""
    return frame("events", [EVENT | row for row in rows])


def people(*rows):
    """Return assessors of (id, RPA) or (id, RPA, first day)."""
    return frame(
        "assessors", [dict(zip(("assessor_id", "rpa", "started_on"), (*row, None)[:3], strict=True)) for row in rows]
    )


LISTED = people(("R1", OTHER), ("R2", OTHER), ("R3", RPA), (None, RPA))


def off(said):
    """Return the (status, subject) of what is not in order."""
    return [(status, subject) for status, subject, _ in told(said) if status not in ("met", "information")]


def test_a_reviewer_of_another_rpa_and_a_deputy_are_in_order():
    """One line says so; other months and other RPAs' events are not looked at."""
    table = events({}, {"month": "2024-02", "peer_rpa": RPA}, {"rpa": OTHER, "peer_rpa": OTHER})
    said = told(peer_reviewer_of_another_rpa(audit(events=table, assessors=LISTED)), status="met")
    assert said == [("met", "", "1 of 1 (100 %) events had a peer reviewer of another RPA, and a deputy")]


@pytest.mark.parametrize(
    ("row", "status", "words"),
    [
        ({"peer_rpa": RPA}, "breach", "entered as of HLTA North, the reviewed RPA itself"),
        ({"peer_reviewer_id": "R3"}, "breach", "as of University of Northampton and is an assessor of HLTA North"),
        ({"peer_reviewer_id": None}, "breach", "no peer reviewer is named"),
        ({"deputy_id": None}, "warning", "no deputy is named"),
        ({"deputy_id": "R1"}, "warning", "the deputy is the peer reviewer R1 too"),
        ({"deputy_id": "R3"}, "warning", "the deputy R3 is an assessor of HLTA North"),
        ({"peer_reviewer_id": "R9", "peer_rpa": None}, "not_assessable", "of which RPA the peer reviewer R9 is"),
        ({"peer_rpa": None}, None, ""),  # the table of assessors tells
        ({"peer_reviewer_id": "R9"}, None, ""),  # what is entered tells
    ],
)
def test_each_case_has_its_severity(row, status, words):
    """The reviewed RPA's own people are none, whatever they were entered as; a missing deputy is a warning."""
    said = peer_reviewer_of_another_rpa(audit(events=events(row, DUTY), assessors=LISTED))
    assert off(said) == ([(status, SUBJECT)] if status else [])
    assert not status or words in told(said, SUBJECT)[0][2]


def test_somebody_who_came_to_the_reviewed_rpa_later_was_of_another():
    """The first day with the reviewed RPA counts: the day of the event is one too many, the day after is not."""
    for day, found in (("2024-04-10", [("breach", SUBJECT)]), ("2024-04-11", [])):
        table = people(("R1", OTHER), ("R2", OTHER), ("R1", RPA, day))
        assert off(peer_reviewer_of_another_rpa(audit(events=events({}, DUTY), assessors=table))) == found


def test_what_cannot_be_told_is_said():
    """Without assessors, without deputies, without events: each is said, and the rest is still judged."""
    said = peer_reviewer_of_another_rpa(audit(events=events({"peer_rpa": RPA}, DUTY)))
    assert off(said) == [("breach", SUBJECT), ("not_assessable", "")]
    table = events({}, DUTY).drop(columns="deputy_id")
    said = peer_reviewer_of_another_rpa(audit(events=table, assessors=LISTED))
    assert "no column deputy_id" in told(said, status="not_assessable")[0][2]
    assert "no table events" in told(peer_reviewer_of_another_rpa(audit()))[0][2]
    said = peer_reviewer_of_another_rpa(audit(events=events({"month": "2024-02"}, DUTY), assessors=LISTED))
    assert [(one.status, one.message[:15]) for one in said] == [("information", "nothing to look")]


def test_an_rpa_that_reviewed_nobody_for_a_month_is_a_breach():
    """Each month each RPA provides a peer reviewer; one event reviewed is enough."""
    table = events({}, {"rpa": OTHER, "peer_rpa": THIRD}, {"rpa": THIRD, "peer_rpa": OTHER})
    said = peer_reviewer_of_another_rpa(audit(events=table, assessors=LISTED))
    assert told(said, SUBJECT) == [
        ("breach", SUBJECT, f"reviewed no other RPA in 2024-03; expected one of {THIRD} and {OTHER}")
    ]
    one = events({}, {"rpa": OTHER, "peer_rpa": RPA}, {"rpa": THIRD, "peer_rpa": OTHER})
    assert told(peer_reviewer_of_another_rpa(audit(events=one, assessors=LISTED)), SUBJECT) == []


@pytest.mark.parametrize("others", [[], [{"rpa": OTHER, "peer_rpa": THIRD}], [{"rpa": OTHER, "peer_rpa": None}]])
def test_whether_an_rpa_reviewed_anybody_is_not_known_from_its_own_data(others):
    """Another RPA's event that is not at hand, or names no RPA, may have been the one."""
    said = peer_reviewer_of_another_rpa(audit(events=events({}, *others), assessors=LISTED))
    assert [row[0] for row in told(said, SUBJECT)] == ["not_assessable"]


def paired(*peers, first=9):
    """Return events from September 2023 on, each reviewed by the RPA that stands there; None: no event."""
    rows = []
    for place, peer in enumerate(peers, start=first - 1):
        month = f"{2023 + place // 12}-{place % 12 + 1:02}"
        if peer:
            rows.append({"month": month, "peer_rpa": peer, "event_on": None})
    return events(*rows)


YEAR = [f"2023-{number:02}" for number in range(9, 13)] + [f"2024-{number:02}" for number in range(1, 9)]
PARTNERS = files({}, {"rpa": OTHER}, {"rpa": THIRD})


def pairing(table, months=YEAR, cases=PARTNERS):
    """Return what is said of the pairings."""
    return [
        (status, subject[-7:], message)
        for status, subject, message in told(pairings_change(audit(events=table, cases=cases, months=months)))
        if subject
    ]


def test_the_fourth_month_of_a_pairing_is_a_breach_and_the_third_is_not():
    """Three months and then another is in order; each month that is kept beyond them is told."""
    three = [OTHER] * 3 + [THIRD] * 3
    assert pairing(paired(*three)) == []
    said = pairing(paired(*three, *[OTHER] * 5))
    assert [(status, month) for status, month, _ in said] == [("breach", "2024-06"), ("breach", "2024-07")]
    assert said[0][2] == f"reviewed by {OTHER} for 4 months in a row; expected a change after 3"
    whole = paired(*three, *[OTHER] * 5)
    assert pairing(whole[::-1].reset_index(drop=True)) == said
    assert pairing(whole, months=["2024-06"]) == said[:1]
    assert pairing(whole, months=["2024-05"]) == []


def test_a_month_without_an_event_does_not_end_a_pairing():
    """The months of the calendar count; so many without an event that another may lie between begin anew."""
    assert [month for _, month, _ in pairing(paired(OTHER, OTHER, None, OTHER))] == ["2023-12"]
    assert [month for _, month, _ in pairing(paired(OTHER, None, None, OTHER))] == ["2023-12"]
    assert pairing(paired(OTHER, OTHER, None, None, None, OTHER)) == []


def test_a_pairing_that_ends_early_is_information():
    """What began before the first event that is known may have lasted three months."""
    said = pairing(paired(OTHER, THIRD, THIRD, OTHER))
    assert [(status, month) for status, month, _ in said] == [("information", "2023-12")]
    assert said[0][2] == f"the peer review changed from {THIRD} to {OTHER} after 2 months; pairings last 3"


def test_a_pairing_that_comes_again_before_all_were_used_is_information():
    """With four RPAs there are three pairings to use."""
    four = files({}, {"rpa": OTHER}, {"rpa": THIRD}, {"rpa": "Fourth"})
    said = pairing(paired(*[OTHER] * 3, *[THIRD] * 3, *[OTHER] * 3), cases=four)
    assert said == [("information", "2024-03", f"reviewed by {OTHER} again, before Fourth")]
    assert pairing(paired(*[OTHER] * 3, *[THIRD] * 3, *["Fourth"] * 3, *[OTHER] * 3), cases=four) == []


@pytest.mark.parametrize(("months", "status"), [(3, []), (4, ["breach"]), (7, ["breach"] * 4)])
def test_an_rpas_own_data_are_held_against_the_rpas_that_the_scheme_has(months, status):
    """Nothing but its own files and events, of one peer: the Partnership has three RPAs, so a change is possible."""
    own = audit(events=paired(*[OTHER] * months), cases=files({}), months=YEAR)
    assert [one.status for one in pairings_change(own) if one.subject] == status


def test_two_rpas_cannot_change():
    """Where the scheme has no more it is said, and nothing is held against them; a single RPA likewise."""
    cases = files({"rpa": "North"}, {"rpa": "South"})
    table = paired(*["South"] * 6).assign(rpa="North")
    message = "the scheme has two RPAs, North and South, so that no change of pairing is possible"
    two = audit(events=table, cases=cases, months=YEAR, provider="North")
    assert told(pairings_change(two)) == [("information", "", message)]
    one = audit(events=paired("North").assign(rpa="North"), cases=cases[:1], months=YEAR, provider="North")
    assert "has one RPA so that" in told(pairings_change(one))[0][2]


def test_a_late_event_of_a_month_does_not_change_its_pairing():
    """The first event of a month counts."""
    late = {"month": "2024-03", "event_on": "2024-04-20", "peer_rpa": THIRD}
    assert pairing(events(late, {}, {"month": "2024-04", "event_on": None}), months=["2024-04"]) == []


def test_an_event_without_the_reviewers_rpa_cannot_be_judged():
    """It is said of that month; the pairing goes on."""
    table = paired(OTHER, OTHER, OTHER, OTHER)
    table.loc[2, "peer_rpa"] = None
    assert [(status, month) for status, month, _ in pairing(table)] == [
        ("not_assessable", "2023-11"), ("breach", "2023-12"),
    ]  # fmt: skip
    gone = audit(events=table.drop(columns="peer_rpa"), cases=PARTNERS)
    assert "no column peer_rpa" in told(pairings_change(gone))[0][2]


@pytest.mark.parametrize(
    ("event", "report", "late"),
    [
        ("2024-03-28", "2024-04-04", False),  # over Easter the third working day
        ("2024-03-28", "2024-04-05", True),
        ("2023-12-21", "2023-12-28", False),  # over Christmas
        ("2023-12-21", "2023-12-29", True),
        ("2024-04-10", "2024-04-10", False),
        ("2024-04-13", "2024-04-17", False),  # an event on a Saturday
        ("2024-04-13", "2024-04-18", True),
    ],
)
def test_the_report_is_due_on_the_third_working_day(event, report, late):
    """The day of the event is not counted, nor weekends and bank holidays."""
    said = joint_report_in_time(audit(events=events({"event_on": event, "joint_report_on": report})))
    assert off(said) == ([("breach", SUBJECT)] if late else [])
    if late:
        assert (said[0].value, said[0].threshold) == ("4 working days", "3 working days")


def test_the_partnerships_own_days_count():
    """A day that was named free moves the deadline, a bank holiday that was worked moves it back."""
    late = events({"event_on": "2024-03-28", "joint_report_on": "2024-04-05"})
    assert off(joint_report_in_time(audit(events=late, free_days={dt.date(2024, 4, 3): True}))) == []
    timely = events({"event_on": "2024-03-28", "joint_report_on": "2024-04-04"})
    worked = audit(events=timely, free_days={dt.date(2024, 4, 1): False})
    assert off(joint_report_in_time(worked)) == [("breach", SUBJECT)]


#: The events of the nine months before, each with its report in time: a tenth without one is judged by itself.
IN_ORDER = [
    {"month": month, "event_on": "2024-01-10", "joint_report_on": "2024-01-12"}
    for month in [*(f"2023-{n:02}" for n in range(6, 13)), "2024-01", "2024-02"]
]


@pytest.mark.parametrize(("others", "status"), [(9, "breach"), (8, "warning"), (0, "not_assessable")])
def test_reports_that_are_seldom_recorded_accuse_no_single_event(others, status):
    """From nine of ten in twelve months on a missing one counts by itself; events before these say nothing."""
    table = events({"joint_report_on": None}, *IN_ORDER[:others])
    assert off(joint_report_in_time(audit(events=table))) == [(status, SUBJECT)]
    older = events({"joint_report_on": None}, *(row | {"month": "2023-03"} for row in IN_ORDER))
    assert off(joint_report_in_time(audit(events=older))) == [("not_assessable", SUBJECT)]


def test_a_missing_report_is_a_breach_after_its_day():
    """On the last day it may still come: information with its day."""
    table = events({"joint_report_on": None}, *IN_ORDER)
    assert told(joint_report_in_time(audit(events=table, as_of="2024-04-15")), SUBJECT) == [
        (
            "information", SUBJECT,
            "no joint report is recorded; expected by 2024-04-15, 3 working days after the event of 2024-04-10",
        )
    ]  # fmt: skip
    assert off(joint_report_in_time(audit(events=table, as_of="2024-04-16"))) == [("breach", SUBJECT)]


def test_a_report_without_sense_cannot_be_judged():
    """No day of the event, or a report before it."""
    for row in ({"event_on": None}, {"joint_report_on": "2024-04-09"}):
        assert off(joint_report_in_time(audit(events=events(row)))) == [("not_assessable", SUBJECT)]
    gone = audit(events=events({}).drop(columns="joint_report_on"))
    assert "no column joint_report_on" in told(joint_report_in_time(gone))[0][2]


def test_a_report_that_was_open_in_the_audit_before_is_looked_at_again():
    """An event at the end of the month after: the report that came late is told, once it is known."""
    table = events({"month": "2024-02", "event_on": "2024-03-28", "joint_report_on": "2024-04-05"})
    february = joint_report_in_time(audit(events=table, months=["2024-02"]))
    assert told(february, f"{RPA}/2024-02")[0][0] == "information"
    assert off(joint_report_in_time(audit(events=table, months=["2024-03"]))) == [("breach", f"{RPA}/2024-02")]
    assert off(joint_report_in_time(audit(events=table, months=["2024-04"]))) == []


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([(RPA, True)], None),
        ([(RPA, False)], "warning"),
        ([(RPA, None)], "not_assessable"),
        ([(OTHER, True)], "warning"),
    ],
)
def test_somebody_attends_each_meeting(rows, status):
    """Absent, or not on the list at all: a warning; a blank cannot be judged."""
    table = frame("forums", [{"held_on": "2024-03-31", "rpa": rpa, "attended": came} for rpa, came in rows])
    said = forum_attended(audit(forums=table))
    assert off(said) == ([(status, f"{RPA}/2024-03-31")] if status else [])
    assert [one.status for one in forum_attended(audit(forums=table, months=["2024-04"]))] == ["information"]


def test_without_forums_nothing_is_said_of_them():
    """The missing table is named."""
    assert told(forum_attended(audit())) == [
        ("not_assessable", "", "not assessable, because the data set has no table forums")
    ]


def test_a_report_that_is_not_due_yet_is_in_neither_number():
    """On the day after the event one of two was exchanged; with that one alone there is nothing to look at yet."""
    table = events(
        {"month": "2024-02", "event_on": "2024-03-08", "joint_report_on": "2024-03-11"}, {"joint_report_on": None}
    )
    asked = {"months": ["2024-02", "2024-03"], "as_of": "2024-04-11"}
    cases = files({"month": "2024-02"}, {})
    both = told(joint_report_in_time(audit(events=table, cases=cases, **asked)))[-1]
    assert both == ("met", "", "1 of 1 (100 %) joint reports were exchanged in time; not due yet: 1")
    alone = told(joint_report_in_time(audit(events=table[1:], cases=cases, **asked)))[-1]
    assert alone == ("information", "", "nothing to look at: 0 joint reports were exchanged in time; not due yet: 1")


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F80": by.own_reviewers,
    "F81": by.events(lambda events: events["deputy_id"] == ""),
    "F82": by.long_pairings,
    "F83": by.events(lambda events: by.report_days(events) > 3),
    "F84": by.events(lambda events: events["joint_report_on"] == ""),
    "F85": by.events(
        lambda e: (
            (by.report_days(e) <= 3) & (by.days(e["joint_report_on"]) - by.days(e["event_on"]) > pd.Timedelta(days=5))
        )
    ),
    "F86": lambda tables: by.chosen_rows(
        tables["forums"].assign(name=tables["forums"]["rpa"] + "/" + tables["forums"]["held_on"]),
        tables["forums"]["attended"] == "no",
        "name",
    ),
}
