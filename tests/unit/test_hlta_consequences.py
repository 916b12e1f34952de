"""Review pending after a full reassessment, its end, and which outcomes may be confirmed."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_draws import events, moderations, month_draw, with_value
from hlta_frames import BOOK, MONTH, OTHER, RPA, THIRD, audit, files, frame, told

from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rules.consequences import may_be_confirmed, reclassified, review_before_release, review_pending

PARTIAL = {"outcome": "partial_reassessment"}
FULL = {"case_id": "c001", "decision": "overturned", "final_outcome": "full_reassessment", "second_moderator_id": "M2"}


def released(day, **more):
    """Return a file of the assessor with the day on which its result was released."""
    return {"result_released_on": day, **more}


def consequences(*rows, said=FULL, **more):
    """Return the audit in which c001 was reclassified on 2024-04-10 and the other files are these."""
    table = files({**PARTIAL, **released(None)}, *rows)
    drawn = month_draw({"cases": table})
    given = {"cases": table, "moderations": moderations(said), "draws": [drawn], "events": events("2024-04-10")}
    return audit(**{**given, **more})


def reviews(*rows):
    """Return reviews as (file, day, by, result)."""
    names = ("case_id", "reviewed_on", "by", "result")
    return frame("reviews", [dict(zip(names, row, strict=True)) for row in rows])


@pytest.mark.parametrize(
    ("row", "flagged"),
    [
        ({"submitted_on": "2024-04-10", "result_released_on": None}, True),
        ({"submitted_on": "2024-04-11", "result_released_on": None}, True),
        ({"month": "2024-04", "submitted_on": "2024-04-12", "result_released_on": None}, True),
        ({"month": "2023-08", "submitted_on": "2023-08-12", "result_released_on": None}, True),
        ({"result_released_on": "2024-04-11"}, True),
        ({"result_released_on": "2024-04-10"}, False),
        ({"assessor_id": "A2", "result_released_on": None}, False),
        ({"submitted_on": None, "result_released_on": None}, True),
        ({"rpa": OTHER, "result_released_on": None}, True),
    ],
)
def test_which_files_are_flagged(row, flagged):
    """The other files of the assessor whose result was not out by that day: in any RPA and month, also later ones."""
    flags = review_pending(consequences(row))
    assert flags["case_id"].tolist() == ["c002"] * flagged
    if flagged:
        assert flags[["because_of", "assessor_id"]].iloc[0].tolist() == ["c001", "A1"]
        assert flags["flagged_on"].tolist() == [pd.Timestamp("2024-04-10")]


def test_a_pending_review_is_shown_with_its_age_and_a_release_without_it_is_a_breach():
    """The reclassified file is shown too; the released one under both."""
    said = told(review_before_release(consequences(released(None), released("2024-04-12"))))
    assert said == [
        (
            "information",
            "c001",
            "partial reassessment became full reassessment on 2024-04-10; other files to review: 2",
        ),
        ("information", "c002", "review pending for 20 days, since 2024-04-10, because of c001"),
        ("information", "c003", "released without review; flagged on 2024-04-10, because of c001"),
        ("breach", "c003", "released without review, on 2024-04-12; flagged on 2024-04-10, because of c001"),
        ("information", "", "1 of 2 (50 %) files under review were not released before it"),
    ]


@pytest.mark.parametrize(
    ("out", "state"),
    [
        (None, "reviewed"),
        ("2024-04-19", "released before its review"),
        ("2024-04-20", "reviewed"),
        ("2024-04-21", "reviewed"),
    ],
)
def test_a_review_ends_the_flag(out, state):
    """The result may be released from the day of the review on; a day earlier is a breach."""
    given = consequences(released(out), reviews=reviews(("c002", "2024-04-20", "S1", "met")))
    flags = review_pending(given)
    assert flags[["state", "by", "result"]].iloc[0].tolist() == [state, "S1", "met"]
    found = {one.status for one in review_before_release(given) if one.subject == "c002"}
    assert found == ({"information"} if state == "reviewed" else {"information", "breach"})


def test_a_review_before_the_flag_ends_nothing_and_one_without_a_result_is_named():
    """What was reviewed earlier was another matter; who and what must be recorded."""
    early = consequences(released(None), reviews=reviews(("c002", "2024-04-09", "S1", "met")))
    assert review_pending(early)["state"].tolist() == ["review pending"]
    bare = consequences(released(None), reviews=reviews(("c002", "2024-04-20", None, None)))
    assert told(review_before_release(bare), "c002")[-1] == (
        "not_assessable", "c002", "not assessable, because who reviewed it, or the result, is blank",
    )  # fmt: skip
    assert may_be_confirmed(bare).set_index("case_id").loc["c002", "why_not"].endswith("its review has no result")


@pytest.mark.parametrize("said", [("S1", None), (None, "met"), "no column"])
def test_a_review_that_does_not_say_who_or_what_lets_no_result_go(said):
    """It may have been the assessor's own: neither met nor confirmed, also where the column is missing altogether."""
    by_nobody = said == "no column"
    rows = reviews(("c002", "2024-04-20", *(("A1", "met") if by_nobody else said)))
    given = consequences(PAID, reviews=rows.drop(columns="by") if by_nobody else rows)
    found = told(review_before_release(given))
    assert "met" not in {status for status, _, _ in found}
    assert found[-1][2] == "0 of 1 (0 %) files under review were not released before it"
    stops = "its review has no result" if said == ("S1", None) else "its review names nobody who did it"
    assert may_be_confirmed(given).set_index("case_id").loc["c002", "why_not"].endswith(stops)


def test_an_assessor_does_not_review_their_own_file():
    """The flag stands until somebody else has."""
    own = ("c002", "2024-04-20", "A1", "met")
    given = consequences(released(None), reviews=reviews(own))
    assert review_pending(given)["state"].tolist() == ["review pending"]
    both = consequences(released(None), reviews=reviews(own, ("c002", "2024-04-22", "S1", "partial_reassessment")))
    assert review_pending(both)[["state", "by", "result"]].iloc[0].tolist() == [
        "reviewed",
        "S1",
        "partial_reassessment",
    ]


def test_a_review_after_the_day_is_not_known():
    """The audit of an earlier day still shows the flag."""
    given = consequences(released(None), reviews=reviews(("c002", "2024-04-20", "S1", "met")), as_of="2024-04-19")
    assert review_pending(given)["state"].tolist() == ["review pending"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({**FULL, "final_outcome": "met"}, "partial_reassessment"),
        ({**FULL, "decision": "endorsed"}, "full_reassessment"),
    ],
)
def test_only_a_result_that_became_a_full_reassessment_flags(said, outcome):
    """Another overturn, or a full reassessment that was recommended, flags nobody."""
    table = files({"outcome": outcome, **released(None)}, released(None))
    given = audit(cases=table, moderations=moderations(said), draws=[month_draw({"cases": table})])
    assert review_pending(given).empty
    assert told(review_before_release(given))[0][2].startswith("nothing to look at")


@pytest.mark.parametrize(
    ("assessed", "closed", "flagged"),
    [
        ("2024-04-20", "2024-04-20", True),
        ("2024-04-21", "2024-04-20", False),
        ("2024-04-21", None, True),
        ("2024-04-21", "2024-04-09", True),
        (None, "2024-04-20", True),
    ],
)
def test_what_was_assessed_after_a_closed_investigation_is_spared(assessed, closed, flagged):
    """From the day after it was closed; an investigation that ended before the reclassification was another one."""
    suspension = {
        "action_id": "X", "assessor_id": "A1", "rpa": RPA, "procedure": "suspension", "opened_on": "2024-04-01",
        "closed_on": closed,
    }  # fmt: skip
    given = consequences({"assessed_on": assessed, **released(None)}, actions=frame("actions", [suspension]))
    assert review_pending(given)["case_id"].tolist() == ["c002"] * flagged


@pytest.mark.parametrize("drawn", [True, False])
def test_a_reclassification_beyond_the_draw_has_the_same_consequences(drawn):
    """Of 26 passes one that nobody drew is overturned: the others of its assessor wait, and it is marked as beyond."""
    table = files(*[{**PAID, **released(None)}] * 26)
    sample = month_draw({"cases": table})
    left = sorted(set(table["case_id"]) - set(sample.sample["case_id"]))[0]
    rows = moderations({**FULL, "case_id": left}, {"case_id": sample.sample["case_id"].iloc[0]})
    given = audit(cases=table, moderations=rows, draws=[sample] * drawn, events=events("2024-04-10"))
    assert reclassified(given)["case_id"].tolist() == [left]
    assert set(review_pending(given)["case_id"]) == set(table["case_id"]) - {left}
    listed = may_be_confirmed(given).set_index("case_id")
    assert listed.loc[left, ["outcome", "decided", "why_not"]].tolist() == ["full_reassessment", "overturned", ""]
    assert listed["why_not"].drop(left).str.contains("review pending since 2024-04-10").all()


@pytest.mark.parametrize(
    ("said", "caused"),
    [
        ({"decision": "overturned"}, True),
        ({"decision": "endorsed"}, False),
        ({"decision": None}, True),
    ],
)
def test_insufficient_evidence_endorsed_as_full_reassessment_is_no_reclassification(said, caused):
    """It is what insufficient evidence leads to; required by moderators, because the process failed, it is one."""
    table = files({"outcome": "insufficient_evidence", **released(None)}, released(None))
    given = audit(cases=table, moderations=moderations({**FULL, **said}), draws=[month_draw({"cases": table})])
    assert len(reclassified(given)) == caused


@pytest.mark.parametrize(("day", "flagged"), [("2024-04-30", True), ("2024-05-01", False)])
@pytest.mark.parametrize("where", [{"rpa": OTHER, "month": "2024-03"}, {"month": "2023-08"}])
def test_a_return_of_another_rpa_or_year_flags_as_a_table_does(where, day, flagged):
    """As far as it is known on the day; the register holds it, not this RPA's data set."""
    table = files({**PARTIAL, **where}, released(None))
    back = pd.DataFrame(
        [{"case_id": "c001", "moderated_on": day, "decision": "overturned", "final_outcome": "full_reassessment"}]
    )
    given = audit(cases=table, draws=[month_draw({"cases": table})], returned_elsewhere=back)
    assert review_pending(given)["case_id"].tolist() == ["c002"] * flagged


@pytest.mark.parametrize(("out", "named"), [("2023-04-10", False), ("2023-04-11", True), ("2024-04-10", True)])
def test_what_was_confirmed_in_the_twelve_months_before_is_listed(out, named):
    """As information, since the document asks nothing of it; the day itself is within."""
    said = told(review_before_release(consequences(released(out))), "c001")
    assert [row[2] for row in said[1:]] == [
        "of A1, confirmed in the 12 months before and not reviewed (ours): c002"
    ] * named


@pytest.mark.parametrize(("day", "by", "named"), [("2024-04-10", "S1", False), ("2024-04-09", "S1", True),
                                                  ("2024-04-10", "A1", True)])  # fmt: skip
def test_what_was_confirmed_before_and_reviewed_since_is_not_listed(day, by, named):
    """A review of before the reclassification, or by the assessor, is none."""
    given = consequences(released("2024-04-01"), reviews=reviews(("c002", day, by, "met")))
    assert any("not reviewed (ours): c002" in row[2] for row in told(review_before_release(given), "c001")) == named


def two_rpas(provider):
    """Return the audit of an RPA where HLTA North reclassified a file of an assessor who works for two."""
    table = files({**PARTIAL, **released(None)}, {"rpa": OTHER, **released("2024-04-12")}, released("2024-04-01"))
    drawn = month_draw({"cases": table})
    tables = {"cases": table, "moderations": moderations(FULL)}
    return make_audit(tables, BOOK, provider=provider, months=[MONTH], draws=[drawn])


def test_files_in_another_rpa_are_flagged_on_both_sides():
    """The RPA that moderated tells the other one, whose breach it is."""
    mine = told(review_before_release(two_rpas(RPA)), "c002")
    assert [row[0] for row in mine] == ["information"]
    assert mine[0][2].endswith(f"({OTHER} is to be told)")
    theirs = told(review_before_release(two_rpas(OTHER)), "c002")
    assert [row[0] for row in theirs] == ["information", "breach"]


def test_the_rule_book_can_keep_the_flag_to_one_rpa(monkeypatch):
    """The scope is a value of the rule."""
    given = two_rpas(RPA)
    with_value(monkeypatch, given, "HLTA.MOD.8", "own_rpa")
    assert review_pending(given).empty


@pytest.mark.parametrize(("month", "shown"), [("2024-04", {"c002", "c003", "c004"}), ("2024-05", {"c002"})])
def test_open_flags_stay_visible_in_later_months_and_ended_ones_until_they_were_told(month, shown):
    """What ended since the month began is shown in its audit, also a release that was too early; later it is not."""
    later = consequences(
        released(None), released(None), released("2024-04-30"), {"month": month, "assessor_id": "A2"},
        months=[month], reviews=reviews(("c003", "2024-04-20", "S1", "met")),
    )  # fmt: skip
    said = review_before_release(later)
    assert {one.subject for one in said if one.subject} == shown
    assert ("breach" in {one.status for one in said}) == ("c004" in shown)


def test_a_reclassification_without_a_day_holds_what_is_not_out():
    """Which files were unconfirmed then is not known, so that none that still waits is let go, and none is accused."""
    given = consequences(released(None), released("2024-04-12"), said={**FULL, "moderated_on": None})
    assert told(review_before_release(given), "c001")[0][0] == "not_assessable"
    assert review_pending(given)["case_id"].tolist() == ["c002"]
    assert (
        told(review_before_release(given), "c002")[0][2] == "review pending, since a day not recorded, because of c001"
    )
    ended = consequences(
        released(None), said={**FULL, "moderated_on": None}, reviews=reviews(("c002", "2024-04-20", "S1", "met"))
    )
    assert review_pending(ended)["state"].tolist() == ["reviewed"]


def test_without_what_it_needs_the_rule_is_not_assessable():
    """No days of release; no draw; nothing came back."""
    for given in (audit(), audit(cases=files(released(None)))):
        assert [row[0] for row in told(review_before_release(given))] == ["not_assessable"]
    table = files(released(None))
    said = told(review_before_release(audit(cases=table, draws=[month_draw({"cases": table})])))
    assert [row[0] for row in said] == ["not_assessable"]


def confirmable(table, *said, **more):
    """Return why each file of a table may not be confirmed, and what may be, by file."""
    given = {"cases": table, "events": events("2024-04-10"), "draws": [month_draw({"cases": table})], **more}
    rows = {"moderations": moderations(*said)} if said else {}
    frame_ = may_be_confirmed(audit(**{**given, **rows}))
    return frame_.set_index("case_id")[["outcome", "decided", "why_not"]].T.to_dict("list")


PAID = {"paid_on": "2024-03-01", "result_released_on": None}


def test_what_moderators_endorsed_or_overturned_may_be_confirmed():
    """The final outcome, else the recommended one; nothing of what moderators have not settled."""
    table = files(*[{**PAID, **PARTIAL}] * 6, {**PAID, **PARTIAL, "result_released_on": "2024-04-12"})
    found = confirmable(
        table,
        {"case_id": "c001"},
        {"case_id": "c002", "decision": "overturned", "final_outcome": "met", "second_moderator_id": "M2"},
        {"case_id": "c003", "decision": "overturned", "final_outcome": "met", "second_moderator_id": None},
        {"case_id": "c004", "decision": "overturned", "final_outcome": None, "second_moderator_id": "M2"},
        {"case_id": "c005", "decision": None},
    )
    assert found == {
        "c001": ["partial_reassessment", "endorsed", ""],
        "c002": ["met", "overturned", ""],
        "c003": ["", "overturned", "overturned without a second moderator"],
        "c004": ["", "overturned", "overturned without a final outcome"],
        "c005": ["", "", "sampled, and no decision has come back"],
        "c006": ["", "", "sampled, and no decision has come back"],
    }


def test_files_that_were_not_sampled_wait_for_the_event():
    """Until it has been, none of them may be confirmed; without a table of events, until something came back."""
    table = files(*[PAID] * 25, {**PAID, **PARTIAL})
    drawn = month_draw({"cases": table})
    left = sorted(set(table["case_id"]) - set(drawn.sample["case_id"]))[0]
    assert confirmable(table, draws=[drawn])[left] == ["met", "not sampled", ""]
    wait = ["", "not sampled", "not sampled, and the month's event has not been held"]
    assert confirmable(table, draws=[drawn], as_of="2024-04-09")[left] == wait
    assert confirmable(table, draws=[drawn], as_of="2024-04-10")[left] == ["met", "not sampled", ""]
    nothing = may_be_confirmed(audit(cases=table, draws=[drawn])).set_index("case_id")
    assert nothing.loc[left, "why_not"] == wait[2]
    some = may_be_confirmed(audit(cases=table, draws=[drawn], moderations=moderations({"case_id": "c026"})))
    assert some.set_index("case_id").loc[left, "why_not"] == ""


def test_payment_scrutiny_and_the_freeze_hold_an_outcome_back():
    """Each reason is named; several stand together."""
    table = files(PAID, {**PAID, "paid_on": None}, PAID, PAID)
    drawn = month_draw({"cases": table.iloc[:3]})
    looks = [("c001", "2024-04-10", "returned"), ("c003", "2024-04-10", "full_reassessment")]
    names = ("case_id", "scrutinised_on", "result")
    scrutiny = frame("scrutiny", [dict(zip(names, row, strict=True)) for row in looks])
    said = [{"case_id": name} for name in ("c001", "c002", "c003")]
    found = confirmable(table, *said, draws=[drawn], scrutiny=scrutiny)
    assert {name: row[2] for name, row in found.items()} == {
        "c001": "sent back at scrutiny and not come again",
        "c002": "no payment is recorded",
        "c003": "sent to full reassessment at scrutiny",
        "c004": "in no frozen population",
    }
    bare = confirmable(files({}), draws=[month_draw({"cases": files({})}, seed="")])
    assert bare["c001"][2] == "the freeze of its month waits for a seed; payments are not in the data set"


def test_a_payment_counts_from_its_day():
    """On the day itself the outcome may be confirmed, the day before it may not."""
    table = files({**PAID, **PARTIAL, "paid_on": "2024-04-20"})
    assert confirmable(table, {"case_id": "c001"}, as_of="2024-04-19")["c001"][2] == "no payment is recorded"
    assert confirmable(table, {"case_id": "c001"}, as_of="2024-04-20")["c001"][2] == ""


def test_a_pending_review_holds_an_outcome_back_and_its_result_is_confirmed_after():
    """The review's result takes the place of the moderators' and the assessor's."""
    table = files({**PAID, **PARTIAL}, PAID)
    said = [FULL, {"case_id": "c002"}]
    held = confirmable(table, *said)
    assert held["c001"][0] == "full_reassessment", "the reclassified result itself may be confirmed"
    assert held["c002"][2] == "review pending since 2024-04-10, because of c001"
    after = confirmable(table, *said, reviews=reviews(("c002", "2024-04-20", "S1", "partial_reassessment")))
    assert after["c002"] == ["partial_reassessment", "reviewed", ""]


def test_a_file_that_could_not_be_moderated_is_not_confirmed():
    """The reason of the return is shown."""
    table = files({**PAID, **PARTIAL})
    back = pd.DataFrame([{
        "case_id": "c001", "moderated_on": "2024-04-10", "decision": "", "final_outcome": "",
        "not_moderatable_reason": "two pages are missing",
    }])  # fmt: skip
    found = confirmable(table, returned=back)
    assert found["c001"][2] == "sampled, and could not be moderated: two pages are missing"


def test_only_files_of_the_year_so_far_and_of_the_rpa_are_listed():
    """Later months, other years and other RPAs are not."""
    table = files(PAID, {**PAID, "month": "2024-04"}, {**PAID, "month": "2023-08"}, {**PAID, "rpa": THIRD})
    assert list(confirmable(table)) == ["c001"]


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F65": by.moderations(
        lambda r: (r["final_outcome"] == "full_reassessment") & (r["outcome"] != "full_reassessment")
    ),
    "F66": lambda tables: by.chosen_rows(by.pending(tables), by.pending(tables)["case_id"] != ""),
    "F67": lambda tables: by.chosen_rows(by.pending(tables), by.pending(tables)["result_released_on"] != ""),
}
