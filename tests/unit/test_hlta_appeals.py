"""Appeals and review panels: who, on what, answered when, by whom, and told to whom (HLTA.APP.1 to HLTA.APP.3)."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import BOOK, OTHER, RPA, THIRD, audit, files, frame, told

from qa_lib.errors import IntakeError
from qa_lib.schemes.hlta.rules.appeals import (
    LOG,
    STATES,
    appeals_counts,
    appeals_handled,
    appeals_log,
    candidates_know_how_to_appeal,
)
from qa_lib.schemes.hlta.rules.panel import independent_panel, panel_proposal

APPEAL = {
    "appeal_id": "a", "case_id": "c001", "rpa": RPA, "received_on": "2024-03-04", "by_candidate": True,
    "ground": "procedure", "nature": "the visit", "acknowledged_on": "2024-03-05", "due_on": "2024-04-02",
    "answered_on": "2024-03-28", "answered_in_writing": True, "partnership_route_explained": True,
    "outcome": "dismissed", "shared_on": None,
}  # fmt: skip
SPAN = f"{RPA}/2024-03"
PANEL = {
    "panel_on": "2024-04-15", "panel_member_1": "S1", "panel_member_1_rpa": OTHER, "panel_member_2": "S2",
    "panel_member_2_rpa": THIRD, "panel_outcome": "dismissed",
}  # fmt: skip


def appeals(*rows):
    """Return appeals, each over one that is in order."""
    return frame("appeals", [APPEAL | row for row in rows])


def off(said):
    """Return the (status, subject) of what is not in order."""
    return [(status, subject) for status, subject, _ in told(said) if status not in ("met", "information")]


#: Nine earlier appeals with all their days: a tenth that lacks one is judged by itself.
IN_ORDER = [
    {
        "appeal_id": f"b{n}", "received_on": "2023-12-04", "acknowledged_on": "2023-12-05", "due_on": "2024-01-04",
        "answered_on": "2023-12-20",
    }
    for n in range(9)
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("acknowledged_on", "no acknowledgement is recorded, though they were answered or should have been"),
        ("due_on", "no day is recorded by which they would be considered, though they were answered"),
        ("answered_on", "no answer is recorded, though the day that the candidate was told has passed"),
    ],
)
def test_days_that_the_log_seldom_holds_accuse_no_single_appeal(column, said):
    """From nine of ten in twelve months on a blank counts by itself; below it one warning, without any no judgement."""
    for others, expected in ((9, [("breach", "a")]), (8, [("warning", SPAN)]), (0, [("not_assessable", SPAN)])):
        found = appeals_handled(audit(appeals=appeals({column: None}, *IN_ORDER[:others])))
        assert off(found) == expected
        if others < 9:
            assert f"of appeals in the twelve months up to {SPAN[-7:]} {said}, in " in told(found, SPAN)[0][2]
    older = [row | {"received_on": "2023-03-31"} for row in IN_ORDER]
    assert off(appeals_handled(audit(appeals=appeals({column: None}, *older)))) == [("not_assessable", SPAN)]


def test_an_appeal_of_which_a_day_cannot_be_judged_is_in_neither_number():
    """The other eight are; the rule is not met, for the warning stands beside them."""
    table = appeals({"acknowledged_on": None}, *({"appeal_id": f"c{n}"} for n in range(8)))
    said = told(appeals_handled(audit(appeals=table)))
    assert [row[0] for row in said] == ["met", "warning", "information"]
    assert said[0][2].startswith("8 of 8 (100 %)")


def test_an_appeal_in_order_is_met():
    """One line says so, another gives the numbers."""
    said = appeals_handled(audit(appeals=appeals({})))
    assert [one.status for one in said] == ["met", "information"]
    assert said[1].message == "1 appeal received in the months; grounds: 1 procedure; outcomes: 1 dismissed"


@pytest.mark.parametrize(
    ("row", "status", "words"),
    [
        ({"by_candidate": False, "outcome": "upheld"}, "breach", "somebody else than the candidate and upheld"),
        ({"by_candidate": False, "panel_on": "2024-04-15"}, "breach", "put to a panel; only the candidate"),
        ({"by_candidate": False, "outcome": None}, "not_assessable", "its outcome is blank; only the candidate"),
        ({"by_candidate": None}, "not_assessable", "who made it is blank"),
        ({"ground": "judgement", "outcome": "partly_upheld"}, "breach", "ground judgement and partly upheld"),
        ({"ground": "other", "outcome": "upheld"}, "breach", "ground other"),
        ({"ground": None}, "not_assessable", "its ground is blank"),
        ({"acknowledged_on": None}, "breach", "no acknowledgement is recorded"),
        ({"acknowledged_on": "2024-03-04"}, None, ""),
        ({"acknowledged_on": "2024-03-03"}, "not_assessable", "acknowledged before it was received"),
        ({"answered_on": "2024-04-02"}, None, ""),
        ({"answered_on": "2024-04-03"}, "breach", "answered on 2024-04-03; the candidate was told 2024-04-02"),
        ({"answered_on": "2024-03-03"}, "not_assessable", "answered before it was received"),
        ({"due_on": None}, "breach", "answered on 2024-03-28, and the candidate was told no day by which"),
        ({"due_on": None, "answered_on": None}, "not_assessable", "the day by which it will be considered is blank"),
        ({"answered_on": None}, "breach", "never answered; the candidate was told 2024-04-02, 28 days ago"),
        ({"answered_in_writing": False}, "breach", "not answered in writing"),
        ({"answered_in_writing": None}, "not_assessable", "in writing is blank"),
        ({"outcome": "withdrawn", "answered_on": None, "due_on": None, "acknowledged_on": None}, None, ""),
    ],
)
def test_each_part_is_judged_by_itself(row, status, words):
    """No is a breach, a blank yes or no cannot be judged; what is withdrawn needs no answer."""
    said = appeals_handled(audit(appeals=appeals(row, *IN_ORDER)))
    assert off(said) == ([(status, "a")] if status else [])
    assert not status or words in told(said, "a", status)[0][2]


def test_an_open_appeal_is_in_neither_number():
    """It is neither handled nor not, until the day that the candidate was told."""
    table = appeals({}, {"appeal_id": "b", "answered_on": None, "outcome": None})
    said = told(appeals_handled(audit(appeals=table, as_of="2024-04-01")), status="met")
    assert [message.partition(" ")[0] for *_, message in said] == ["1"]
    assert said[0][2].startswith("1 of 1 (100 %) appeals")
    assert said[0][2].endswith("; not due yet: 1")


@pytest.mark.parametrize("fault", [{"by_candidate": False}, {"ground": "judgement"}])
@pytest.mark.parametrize("outcome", ["inadmissible", "dismissed", "withdrawn"])
def test_what_may_not_be_considered_is_rightly_refused(fault, outcome):
    """Refused in writing, or withdrawn, it is told and no fault; its place in the counts is under its ground."""
    there = audit(appeals=appeals({"outcome": outcome} | fault))
    assert off(appeals_handled(there)) == []
    assert told(appeals_handled(there), "a")[0][0] == "information"
    counts = appeals_counts(there).set_index(["what", "kind"])["appeals"]
    assert counts["outcome", outcome] == counts["ground", fault.get("ground", "procedure")] == 1


def test_a_refusal_that_was_not_written_is_a_breach():
    """Refused as inadmissible, but not in writing: the refusal itself is in order, its form is not."""
    said = appeals_handled(audit(appeals=appeals({"by_candidate": False, "answered_in_writing": False})))
    assert [words for status, _, words in told(said, "a") if status == "breach"] == ["not answered in writing"]


def test_what_may_not_be_considered_is_to_be_refused_while_it_is_open():
    """Before the day that the candidate was told, nothing has gone wrong yet."""
    table = appeals({"ground": "judgement", "answered_on": None, "outcome": None})
    said = appeals_handled(audit(appeals=table, as_of="2024-04-01"))
    assert off(said) == []
    assert "to be refused" in told(said, "a")[0][2]


@pytest.mark.parametrize(("as_of", "status"), [("2024-04-02", "information"), ("2024-04-03", "breach")])
def test_an_open_appeal_is_late_after_its_day(as_of, status):
    """On the day itself it may still be answered; until then a missing acknowledgement is information too."""
    table = appeals({"answered_on": "2024-04-20", "acknowledged_on": "2024-04-19"}, *IN_ORDER)
    said = appeals_handled(audit(appeals=table, as_of=as_of))
    assert {one.status for one in said if one.subject == "a"} == {status}
    assert len([one for one in said if one.subject == "a"]) == 2


def test_a_missing_column_is_said_and_the_rest_judged():
    """Each part names its own columns; without the table that is said."""
    table = appeals({"by_candidate": False, "outcome": "upheld"}).drop(columns=["ground", "due_on"])
    said = appeals_handled(audit(appeals=table))
    assert off(said) == [("breach", "a"), ("not_assessable", ""), ("not_assessable", "")]
    assert [words for *_, words in told(said, "", "not_assessable")] == [
        "not assessable, because the table appeals has no column ground",
        "not assessable, because the table appeals has no column due_on",
    ]
    for answer in (appeals_handled, independent_panel):
        assert told(answer(audit())) == [
            ("not_assessable", "", "not assessable, because the data set has no table appeals")
        ]


def test_open_appeals_stay_visible():
    """An earlier one is followed while it was open at the end of the month; later ones and other RPAs' are not."""
    table = appeals(
        {"appeal_id": "open", "received_on": "2024-01-05", "answered_on": None},
        {"appeal_id": "since", "received_on": "2024-02-05", "answered_on": "2024-04-01"},
        {"appeal_id": "before", "received_on": "2024-02-05", "answered_on": "2024-03-31"},
        {"appeal_id": "undated", "received_on": None},
        {"appeal_id": "later", "received_on": "2024-04-01"},
        {"appeal_id": "other", "rpa": OTHER},
        {"appeal_id": "withdrawn", "received_on": "2024-01-05", "answered_on": None, "outcome": "withdrawn"},
        {},
    )
    log = appeals_log(audit(appeals=table))
    assert log["appeal_id"].tolist() == ["a", "open", "since", "undated"]
    assert log["status"].tolist() == ["answered in time", "overdue", "answered in time", "answered in time"]
    assert log["age_days"].tolist()[:3] == [24, 116, 56]
    pd.testing.assert_frame_equal(log, appeals_log(audit(appeals=table[::-1])))


def test_counts_are_of_those_received_in_the_months():
    """Every ground, outcome and state has its row; parts add up to the whole."""
    table = appeals(
        {}, {"appeal_id": "b", "ground": "other", "outcome": None, "answered_on": None}, {"appeal_id": "c"} | PANEL,
        {"appeal_id": "d", "received_on": "2024-01-05", "answered_on": None},
    )  # fmt: skip
    counts = appeals_counts(audit(appeals=table))
    by_kind = counts.set_index(["what", "kind"])["appeals"]
    assert by_kind["all", ""] == 3
    assert (by_kind["ground", "procedure"], by_kind["ground", "other"]) == (2, 1)
    assert (by_kind["outcome", "dismissed"], by_kind["outcome", "not recorded"]) == (2, 1)
    assert (by_kind["status", "overdue"], by_kind["panel", ""], by_kind["panel outcome", "dismissed"]) == (1, 1, 1)
    for what in ("ground", "outcome", "status"):
        assert by_kind[what].sum() == 3
    assert set(by_kind["status"].index) == set(STATES)
    assert appeals_counts(audit())["appeals"].sum() == 0
    assert appeals_log(audit()).columns.tolist() == LOG


def test_what_is_not_known_yet_is_not_in_the_log():
    """An outcome comes with its answer, a panel's with its day; text of any kind passes unchanged."""
    nature = "He said, \"no\", then; left,\nand wrote 'later' on two\nlines; 100 % \\ done"
    table = appeals(PANEL | {"nature": nature})
    early = appeals_log(audit(appeals=table, as_of="2024-03-20")).iloc[0]
    assert pd.isna(early["outcome"])
    assert pd.isna(early["panel_outcome"])
    assert (early["status"], early["age_days"], early["nature"]) == ("open", 16, nature)
    assert appeals_log(audit(appeals=table)).iloc[0]["panel_outcome"] == "dismissed"


ASSESSORS = frame(
    "assessors",
    [
        {"assessor_id": person, "rpa": rpa, "roles": "assessor;senior"}
        for person, rpa in (("S1", OTHER), ("S2", THIRD), ("S3", OTHER), ("N1", RPA), ("X", RPA), ("X", OTHER))
    ],
)


@pytest.mark.parametrize(
    ("row", "status", "words"),
    [
        ({}, None, ""),
        ({"panel_member_1_rpa": RPA}, "breach", "S1 of the panel belong to HLTA North"),
        ({"panel_member_1": "N1"}, "breach", "N1 of the panel belong to HLTA North"),
        ({"panel_member_1": "X"}, "breach", "X of the panel belong to HLTA North"),
        ({"panel_member_2": "S3"}, "breach", "S1 and S3 of the panel are both of University of Northampton"),
        ({"panel_member_2_rpa": None}, None, ""),
        ({"panel_member_2": "S3", "panel_member_2_rpa": THIRD}, "breach", "both of University of Northampton"),
        ({"panel_member_2": None}, "breach", "1 people are named as the panel; expected 2"),
        ({"panel_member_2": "S1"}, "breach", "1 people are named"),
    ],
)
def test_the_panel_is_of_two_other_rpas(row, status, words):
    """People count as of the RPA that lists them; whoever is of the original RPA in any way is not independent."""
    said = independent_panel(audit(appeals=appeals(PANEL | row), assessors=ASSESSORS))
    assert off(said) == ([(status, "a")] if status else [])
    assert not status or words in told(said, "a")[0][2]


def test_a_member_whom_nobody_lists_is_of_the_rpa_that_was_entered():
    """Two of one RPA are a breach, no RPA cannot be told; whether they are seniors cannot be told either."""
    for entered, status, words in (
        (OTHER, "breach", "both of University of Northampton"),
        (None, "not_assessable", "of which RPA Y of the panel is"),
    ):
        table = appeals(PANEL | {"panel_member_2": "Y", "panel_member_2_rpa": entered})
        found = told(independent_panel(audit(appeals=table, assessors=ASSESSORS)), "a")
        assert [row[0] for row in found] == [status, "not_assessable"]
        assert words in found[0][2]
        assert "whether Y of the panel is a senior assessor is not recorded" in found[1][2]


def test_without_assessors_what_was_entered_counts():
    """Two RPAs beside the names are in order, the same one twice is not; who is a senior is not known."""
    known = [row for row in told(independent_panel(audit(appeals=appeals(PANEL)))) if "senior assessor" not in row[2]]
    assert {row[0] for row in known} == {"information"}
    same = appeals(PANEL | {"panel_member_2_rpa": OTHER})
    assert off(independent_panel(audit(appeals=same))) == [("breach", "a"), *[("not_assessable", "a")] * 2]


@pytest.mark.parametrize(
    ("member", "status", "words"),
    [
        ({"roles": "senior"}, None, ""),
        ({"started_on": "2024-04-15"}, None, ""),
        ({"started_on": "2024-04-16", "named_for_panels_on": "2024-04-16"}, "breach", "S1 of the panel was neither"),
        ({"roles": "assessor", "named_for_panels_on": "2024-04-15"}, None, ""),
        ({"roles": "assessor", "named_for_panels_on": "2024-04-16"}, "breach", "nor named for panels by then"),
        ({"roles": None, "named_for_panels_on": "2024-04-15"}, None, ""),
        ({"roles": None, "named_for_panels_on": None}, "not_assessable", "whether S1 of the panel is a senior"),
        ({"roles": "assessor", "named_for_panels_on": None}, "breach", "S1 of the panel was neither"),
    ],
)
def test_a_member_is_a_senior_assessor_or_was_named(member, status, words):
    """On the day of the panel, 15 April; the day itself is in time, the day after is not."""
    people = [
        {"assessor_id": "S1", "rpa": OTHER, "roles": "assessor;senior", "started_on": None} | member,
        {"assessor_id": "S2", "rpa": THIRD, "roles": "senior", "named_for_panels_on": "2023-01-09"},
    ]
    said = independent_panel(audit(appeals=appeals(PANEL), assessors=frame("assessors", people)))
    assert off(said) == ([(status, "a")] if status else [])
    assert not status or words in told(said, "a")[0][2]


def test_who_is_no_senior_cannot_be_judged_where_no_naming_is_recorded():
    """The column is missing, or nobody has a day in it."""
    people = [
        {"assessor_id": "S1", "rpa": OTHER, "roles": "assessor"},
        {"assessor_id": "S2", "rpa": THIRD, "roles": "senior"},
    ]
    for more in ({}, {"named_for_panels_on": None}):
        table = frame("assessors", [row | more for row in people])
        said = told(independent_panel(audit(appeals=appeals(PANEL), assessors=table)), "a")
        assert [row[0] for row in said] == ["not_assessable"]
        assert "S1 of the panel is no senior assessor, and who was named for panels is not recorded" in said[0][2]


def test_a_panel_is_judged_when_it_has_met():
    """Before its day the members are information; in the audit after it, it is looked at though the appeal is old."""
    table = appeals(PANEL | {"panel_member_1_rpa": RPA})
    early = told(independent_panel(audit(appeals=table, assessors=ASSESSORS, as_of="2024-04-14")))
    assert early[0] == ("information", "a", "members are named, and no day up to 2024-04-14 on which the panel met")
    assert [(status, message.rpartition("; ")[2]) for status, _, message in early[1:]] == [
        ("information", "not due yet: 1")
    ]
    assert off(independent_panel(audit(appeals=table, assessors=ASSESSORS, as_of="2024-04-15"))) == [("breach", "a")]
    for day, found in (("2024-05-01", [("breach", "a")]), ("2024-04-30", [])):
        table = appeals(PANEL | {"panel_member_1_rpa": RPA, "panel_on": day})
        assert off(independent_panel(audit(appeals=table, assessors=ASSESSORS, months=["2024-04"]))) == found


def tables(**more):
    """Return the tables of three RPAs."""
    return {"cases": files({}, {"rpa": OTHER}, {"rpa": THIRD}), "assessors": ASSESSORS, "appeals": appeals({})} | more


def test_a_proposed_panel_would_be_independent():
    """Two senior assessors of the two other RPAs; nobody who assesses for the original one too."""
    made = panel_proposal(tables(), BOOK, appeal_id="a", on="2024-04-15")
    assert set(made["rpa"]) == {OTHER, THIRD}
    assert set(made["assessor_id"]) <= {"S1", "S2", "S3"}
    assert set(made["note"]) == {""}
    by_rpa = panel_proposal(tables(), BOOK, rpa=OTHER, on="2024-04-15")
    assert set(by_rpa["rpa"]) == {RPA, THIRD}
    assert set(by_rpa["assessor_id"]) == {"N1", "S2"}
    again = {name: table[::-1].reset_index(drop=True) for name, table in tables().items()}
    pd.testing.assert_frame_equal(made, panel_proposal(again, BOOK, appeal_id="a", on="2024-04-15"))
    proposed = made.set_index("member")
    row = {f"panel_member_{n}": proposed.loc[n, "assessor_id"] for n in (1, 2)}
    row |= {f"panel_member_{n}_rpa": proposed.loc[n, "rpa"] for n in (1, 2)}
    held = appeals(PANEL | row)
    assert off(independent_panel(audit(appeals=held, assessors=ASSESSORS))) == []


def test_whoever_sat_less_comes_first():
    """Panels of other appeals before the day count, later ones and the appeal's own do not."""
    for person, other in (("S1", "S3"), ("S3", "S1")):
        sat = appeals({}, PANEL | {"appeal_id": "b", "panel_member_1": person})
        made = panel_proposal(tables(appeals=sat), BOOK, appeal_id="a", on="2024-04-20")
        assert made.set_index("rpa").loc[OTHER, ["assessor_id", "earlier_panels"]].tolist() == [other, 0]
        assert made.set_index("rpa").loc[THIRD, "earlier_panels"] == 1
        before = panel_proposal(tables(appeals=sat), BOOK, appeal_id="a", on="2024-04-14")
        assert before["earlier_panels"].tolist() == [0, 0]


def test_nobody_who_is_away_is_proposed():
    """Suspended or removed on the day, or not there yet: another one, or the reason why there is none."""
    for procedure, closed in (("suspension", None), ("removal", "2024-03-01")):
        out = frame("actions", [
            {"assessor_id": "S1", "procedure": procedure, "opened_on": "2024-03-01", "closed_on": closed}
        ])  # fmt: skip
        made = panel_proposal(tables(actions=out), BOOK, appeal_id="a", on="2024-04-15")
        assert "S1" not in set(made["assessor_id"])
    late = ASSESSORS.assign(started_on=pd.Timestamp("2024-04-16"))
    made = panel_proposal(tables(assessors=late), BOOK, appeal_id="a", on="2024-04-15")
    assert made["assessor_id"].tolist() == ["", ""]
    assert made["note"][0] == (f"nobody can be proposed: no senior assessor who may sit is listed for {THIRD}, {OTHER}")
    assert panel_proposal(tables(assessors=late), BOOK, appeal_id="a", on="2024-04-16")["note"].tolist() == ["", ""]


def test_two_rpas_cannot_form_a_panel():
    """It is said why."""
    two = {"cases": files({}, {"rpa": OTHER}), "assessors": ASSESSORS[ASSESSORS["rpa"] != THIRD]}
    made = panel_proposal(two, BOOK, rpa=RPA, on="2024-04-15")
    assert made["note"][1] == f"no panel is possible: it needs 2 RPAs other than {RPA}, and the data name 1"


def test_wrong_use_of_the_proposal_is_told():
    """An appeal that is not known on the day, none at all, or a day that is none."""
    for more in ({"appeal_id": "z", "on": "2024-04-15"}, {"on": "2024-04-15"}, {"appeal_id": "a", "on": "2024-03-03"}):
        with pytest.raises(IntakeError, match="expected one that the data set knows on that day"):
            panel_proposal(tables(), BOOK, **more)
    with pytest.raises(IntakeError, match="the day of the panel is 'April'"):
        panel_proposal(tables(), BOOK, rpa=RPA, on="April")


SHOWN = frame(
    "publications", [{"rpa": RPA, "item": "appeals_procedure", "published_on": "2023-09-01", "withdrawn_on": None}]
)
SENT = {"assessment_information_on": "2024-01-15", "appeals_information_on": "2024-01-15"}


def knows(*rows, **more):
    """Return what is said of candidates' knowledge, of files over one that is in order."""
    given = {"cases": files(*(SENT | row for row in rows)), "appeals": appeals({}), "publications": SHOWN}
    return candidates_know_how_to_appeal(audit(**(given | more)))


def test_three_ways_to_know_are_met():
    """What was sent, the website, and the outcome."""
    assert [one.status for one in knows({})] == ["met", "met", "met"]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"appeals_information_on": "2024-01-14"}, None),
        ({"appeals_information_on": "2024-01-16"}, "breach"),
        ({"appeals_information_on": None}, "breach"),
        ({"assessment_information_on": None}, "not_assessable"),
    ],
)
def test_information_goes_out_with_the_first_of_the_assessment(row, status):
    """The same day or before is in time, a day later or never is not; a blank first day cannot be judged."""
    assert off(knows({}, row, *[{}] * 8)) == ([(status, "c002")] if status else [])


def test_without_days_of_the_information_on_appeals_no_single_file_is_accused():
    """Below nine of ten in the month it is one warning; where no day is recorded, nothing can be judged."""
    blank = {"appeals_information_on": None}
    assert off(knows({}, blank)) == [("warning", SPAN)]
    assert off(knows(blank, blank)) == [("not_assessable", SPAN)]


@pytest.mark.parametrize(
    ("spans", "status", "words"),
    [
        ([("2024-03-01", None)], "met", "on every day from 2024-03-01 to 2024-03-31"),
        ([("2024-03-02", None)], "breach", "not published on 1 days, the first 2024-03-01"),
        ([("2023-01-01", "2024-03-31")], "met", ""),
        ([("2023-01-01", "2024-03-30")], "breach", "1 days, the first 2024-03-31"),
        ([("2023-01-01", "2024-03-10"), ("2024-03-11", None)], "met", ""),
        ([("2023-01-01", "2024-03-10"), ("2024-03-13", None)], "breach", "2 days, the first 2024-03-11"),
        ([], "breach", "any of the days from 2024-03-01 to 2024-03-31"),
        ([(None, None)], "not_assessable", "the day of publication is blank"),
        ([(None, None), ("2023-01-01", None)], "met", ""),
    ],
)
def test_the_procedure_is_on_the_website_every_day(spans, status, words):
    """The days of publication and withdrawal count as published."""
    rows = [{"published_on": start, "withdrawn_on": end} for start, end in spans]
    table = frame("publications", [{"rpa": RPA, "item": "appeals_procedure"} | row for row in rows])
    table = table if spans else SHOWN.head(0)
    said = [one for one in knows({}, publications=table) if "appeals procedure" in one.message]
    assert [one.status for one in said] == [status]
    assert words in said[0].message


def test_days_to_come_are_not_judged():
    """A page that is taken down later, or an audit before the months, breaches nothing."""
    gone = SHOWN.assign(withdrawn_on=pd.Timestamp("2024-03-15"))
    assert off(knows({}, publications=gone, as_of="2024-03-15")) == []
    assert off(knows({}, publications=gone, as_of="2024-03-16")) == [("breach", "")]
    assert "have not begun" in " ".join(one.message for one in knows({}, publications=gone, as_of="2024-02-29"))


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"partnership_route_explained": False}, "breach"),
        ({"partnership_route_explained": None}, "not_assessable"),
        ({"partnership_route_explained": False, "answered_on": None}, None),
        ({"partnership_route_explained": False, "outcome": "withdrawn"}, None),
    ],
)
def test_an_outcome_explains_the_way_to_the_partnership(row, status):
    """Where there is an answer; what is open or withdrawn has no outcome to explain."""
    assert off(knows({}, appeals=appeals(row))) == ([(status, "a")] if status else [])


def test_each_missing_table_or_column_is_said():
    """And the other ways to know are judged."""
    said = candidates_know_how_to_appeal(audit())
    assert [one.status for one in said] == ["not_assessable"] * 3
    gone = knows({}, publications=SHOWN.drop(columns="withdrawn_on"))
    assert [one.status for one in gone] == ["met"] * 3


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F32": by.late("appeals_information_on", "assessment_information_on"),
    "F87": by.table_rows("appeals", "appeal_id", lambda rows: rows["by_candidate"] == "no"),
    "F88": by.table_rows("appeals", "appeal_id", lambda rows: rows["ground"] != "procedure"),
    "F89": by.table_rows("appeals", "appeal_id", lambda rows: rows["acknowledged_on"] == ""),
    "F90": by.table_rows("appeals", "appeal_id", lambda rows: rows["answered_on"] > rows["due_on"]),
    "F91": by.table_rows("appeals", "appeal_id", lambda rows: rows["answered_in_writing"] == "no"),
    "F92": by.table_rows("appeals", "appeal_id", lambda rows: rows["answered_on"] == ""),
    "F93": by.table_rows(
        "appeals",
        "appeal_id",
        lambda rows: (rows["panel_member_1_rpa"] == rows["rpa"]) | (rows["panel_member_2_rpa"] == rows["rpa"]),
    ),
    "F157": by.no_seniors_on_panels(named=False),
    "F158": by.no_seniors_on_panels(named=True),
    "F94": by.table_rows(
        "appeals",
        "appeal_id",
        lambda rows: (rows["panel_on"] != "") & (rows["panel_member_1_rpa"] == rows["panel_member_2_rpa"]),
    ),
    "F95": by.table_rows("appeals", "appeal_id", lambda rows: rows["partnership_route_explained"] == "no"),
    "F96": by.unpublished("appeals_procedure"),
}
