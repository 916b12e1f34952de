"""A candidate seen before, and a file that moderators sent back: drawn for certain in the month in which they come."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_draws import events, moderations, month_draw
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame, told
from test_hlta_scrutiny import looks, statuses

from qa_lib import PlanChoices, open_register
from qa_lib.errors import SampleError
from qa_lib.register.monthly_draws import freeze, freeze_of_month
from qa_lib.register.return_record import FILE_COLUMNS, record_return
from qa_lib.register.returned_files import returned_elsewhere, returned_files
from qa_lib.register.verify_chains import verify_register
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.draws.moderation_draw import MONTH_DRAW
from qa_lib.schemes.hlta.draws.moderation_population import moderation_population
from qa_lib.schemes.hlta.results.moderated_files import moderated, recorded
from qa_lib.schemes.hlta.rules.consequences import may_be_confirmed, review_before_release, review_pending
from qa_lib.schemes.hlta.rules.monthly_moderation import certain_files_sampled
from qa_lib.schemes.hlta.rules.pre_upload_scrutiny import no_further_evidence, returned_files_come_again
from qa_lib.schemes.hlta.rules.reassessments import reassessed_by_another
from qa_lib.schemes.hlta.rules.year_coverage import not_moderatable

FROZEN, WITHOUT_REASON = "2024-04-02", {"c002": ""}
EARLIER = {"candidate_id": "k", "month": "2024-01", "submitted_on": "2024-01-15"}


def reasons(tables, **given):
    """Return the reasons of the files of March, as known on 2 April."""
    asked = {"experience": 10, "difficulty": {}, "as_of": FROZEN, **given}
    found = moderation_population(tables, provider=RPA, month=MONTH, **asked)[0]
    return dict(zip(found["case_id"], found["reasons"], strict=True))


def again(*, now=None, **before):
    """Return an earlier file of a candidate, as it is said, and the candidate's file of March."""
    return files({**EARLIER, **before}, {"candidate_id": "k", **(now or {})})


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ({"outcome": "partial_reassessment"}, {}, "resubmission"),
        ({"outcome": "full_reassessment"}, {}, "full_reassessment"),
        ({"outcome": "insufficient_evidence"}, {}, "full_reassessment"),
        ({"outcome": "partial_reassessment"}, {"attempt": None}, "resubmission"),
        ({"outcome": "partial_reassessment", "rpa": OTHER}, {}, "resubmission"),
        ({"outcome": "partial_reassessment", "month": "2023-08"}, {}, "resubmission"),
        ({"outcome": "full_reassessment"}, {"attempt": "resubmission"}, "resubmission"),
        ({"outcome": "met"}, {}, ""),
        ({"outcome": "partial_reassessment"}, {"candidate_id": "another"}, ""),
        ({"outcome": "partial_reassessment", "candidate_id": None}, {"candidate_id": None}, ""),
        ({"outcome": "partial_reassessment", "month": MONTH, "rpa": OTHER}, {}, ""),
        ({"outcome": "partial_reassessment", "submitted_on": FROZEN}, {}, "resubmission"),
        ({"outcome": "partial_reassessment", "submitted_on": "2024-04-03"}, {}, ""),
    ],
)
def test_a_candidate_seen_before_makes_a_file_certain(before, now, reason):
    """After a partial or full reassessment in an earlier month, of any RPA and year, as known at the freeze."""
    assert reasons({"cases": again(now=now, **before)}) == {"c002": reason}


def test_the_file_right_before_decides():
    """Who met the standards since then comes as anybody does."""
    table = files(
        {**EARLIER, "outcome": "partial_reassessment"}, {"candidate_id": "k"}, {**EARLIER, "month": "2024-02"}
    )
    assert reasons({"cases": table}) == WITHOUT_REASON


MET, PARTIAL, FULL = ("met", "partial_reassessment", "full_reassessment")


@pytest.mark.parametrize(
    ("table", "rows", "reason"),
    [
        ("moderations", [{"moderated_on": FROZEN, "final_outcome": PARTIAL}], "resubmission"),
        ("moderations", [{"moderated_on": "2024-04-03", "final_outcome": PARTIAL}], ""),
        ("moderations", [{"moderated_on": None, "final_outcome": FULL}], "full_reassessment"),
        ("moderations", [{"moderated_on": FROZEN, "not_moderatable_reason": "records lacking"}], "resubmission"),
        ("reviews", [{"reviewed_on": FROZEN, "result": FULL}], "full_reassessment"),
        ("reviews", [{"reviewed_on": "2024-04-03", "result": FULL}], ""),
        ("reviews", [{"reviewed_on": "2024-02-01", "result": FULL}, {"reviewed_on": FROZEN, "result": MET}], ""),
        ("scrutiny", [{"scrutinised_on": "2024-01-20", "result": FULL}], "full_reassessment"),
        ("scrutiny", [{"scrutinised_on": "2024-01-20", "result": "returned"}], "resubmission"),
        ("scrutiny", [{"scrutinised_on": "2024-01-20", "result": "fit"}], ""),
    ],
)
def test_what_became_of_the_file_before_counts(table, rows, reason):
    """Moderators, reviews and scrutiny, each as known on the day of the freeze; the day itself is known."""
    rows = [{"case_id": "c001", **row} for row in rows]
    assert reasons({"cases": again(), table: frame(table, rows)}) == {"c002": reason}


def test_moderators_who_found_the_standards_met_end_it():
    """Recommended for partial reassessment and overturned to met, the candidate needed not come again."""
    met = moderations({"case_id": "c001", "decision": "overturned", "final_outcome": MET}, moderated_on=FROZEN)
    assert reasons({"cases": again(outcome=PARTIAL), "moderations": met}) == WITHOUT_REASON
    by_return = pd.DataFrame([{"case_id": "c001", "month": "2024-01", "moderated_on": FROZEN, "final_outcome": FULL}])
    found = reasons({"cases": again(outcome=PARTIAL), "moderations": met}, returned=by_return)
    assert found == {"c002": "full_reassessment"}, "a return goes before the table"


def test_the_rule_book_may_say_that_what_was_sent_back_does_not_count():
    """The document leaves that open; the candidate's new file, or the file itself, is an ordinary one then."""
    unable = moderations({"case_id": "c001", "decision": None, "not_moderatable_reason": "x"}, moderated_on=FROZEN)
    assert reasons({"cases": again(), "moderations": unable}, returned_counts=False) == WITHOUT_REASON
    unable = unable.assign(case_id="c002")
    assert reasons({"cases": again(), "moderations": unable}) == {"c002": "resubmission"}
    assert reasons({"cases": again(), "moderations": unable}, returned_counts=False) == WITHOUT_REASON


def test_what_counts_as_coming_again_is_told_with_the_file_before():
    """The rule says which file, as what, and because of which; one that says it itself is not told."""
    table = files({**EARLIER, "outcome": PARTIAL}, {"candidate_id": "k"}, {"attempt": "resubmission"})
    given = audit(cases=table, draws=[month_draw({"cases": table})])
    assert told(certain_files_sampled(given), "c002") == [
        (
            "information", "c002",
            "counts as resubmission: c001, the candidate's file of 2024-01, ended in partial reassessment",
        )
    ]  # fmt: skip
    assert told(certain_files_sampled(given), "c003") == []


def test_a_file_frozen_as_an_ordinary_pass_is_named_when_its_candidate_turns_out_to_have_been_seen():
    """The draw stands: what was not sampled is a warning, and without the candidates' numbers nothing is met."""
    table = files({**EARLIER, "outcome": PARTIAL}, *[{}] * 30, candidate_id="k")
    plain = table.drop(columns="candidate_id")
    drawn = month_draw({"cases": plain})
    left = sorted(set(table["case_id"][1:]) - set(drawn.sample["case_id"]))[0]
    said = certain_files_sampled(audit(cases=table, draws=[drawn]))
    warned = ("warning", left, "not in the sample: frozen as an ordinary pass, and now marked as resubmission")
    assert warned in told(said, left)
    lacking = [row[2] for row in told(certain_files_sampled(audit(cases=plain, draws=[drawn])), "")]
    assert "candidates seen before (no column candidate_id in cases)" in lacking[-1]


def test_a_month_frozen_before_its_candidates_were_known_is_given_back():
    """A drawn month stands, with what differs; one that waits for its seed can still be withdrawn, and says so."""
    table = files({**EARLIER, "outcome": PARTIAL}, {"candidate_id": "k"})
    plain, about = table.drop(columns="candidate_id"), {"provider": RPA, "month": MONTH}
    register = open_register("sqlite://")
    drawn = month_draw({"cases": plain}, register=register)
    back = freeze({"cases": table}, BOOK, register=register, **about)
    assert (back.digest, back.remarks) == (drawn.freeze.digest, ("changed since: c002",))
    assert freeze_of_month({"cases": table}, BOOK, register=register, **about).digest == drawn.freeze.digest
    changed = table.assign(outcome=["partial_reassessment", "full_reassessment"])
    with pytest.raises(SampleError, match="changed since: c002"):
        freeze({"cases": changed}, BOOK, register=register, **about)
    waiting = open_register("sqlite://")
    freeze({"cases": plain}, BOOK, register=waiting, **about)
    with pytest.raises(SampleError, match="can be withdrawn"):
        freeze({"cases": table}, BOOK, register=waiting, **about)


# --- what moderators sent back --------------------------------------------------------------------------------------

SENT = {"outcome": PARTIAL, "month": "2024-02", "submitted_on": "2024-02-12"}
HELD = pd.concat([events("2024-03-10", month="2024-02"), events("2024-04-10", frozen_on=FROZEN)], ignore_index=True)


def give_back(register, drawn, day, **said):
    """Record a return in which each sampled file is said of what is given."""
    rows = [{**dict.fromkeys(FILE_COLUMNS, ""), "moderator_id": "M1", "moderated_on": day, **said}]
    rows = [{**rows[0], "case_id": case_id} for case_id in drawn.sample["case_id"]]
    record_return(register, drawn.freeze.digest, rows, [], workbook=day.encode())


@pytest.fixture(scope="module")
def twice():
    """Return a register with two draws of one file, sent back of February and endorsed in March, and the table."""
    register, table = open_register("sqlite://"), files({**SENT, "evidence_to": "2024-02-01", "paid_on": "2024-02-01"})
    give_back(
        register, month_draw({"cases": table}, "2024-02", register=register), "", not_moderatable_reason="lacking"
    )
    moved = table.assign(month=MONTH)
    tables = {"cases": moved, "events": HELD}
    second = month_draw(tables, register=register, seed="5312 4416 2351 6642 1")
    give_back(register, second, "2024-04-11", decision="endorsed", final_outcome=PARTIAL)
    return register, tables, second


def test_what_comes_again_is_drawn_as_resubmitted_in_the_later_month(twice):
    """Two freezes of one year hold the file, each for ever; only the second moderation says what it found."""
    register, tables, second = twice
    assert second.freeze.population["reasons"].tolist() == ["partial_reassessment;resubmission"]
    assert verify_register(register) == []
    given = read_audit(tables, BOOK, provider=RPA, register=register, month=MONTH)
    found = moderated(given)[["month", "decision", "not_moderatable_reason"]].to_numpy().tolist()
    assert found == [["2024-02", "", "lacking"], [MONTH, "endorsed", ""]]
    assert len(recorded(given)) == 2
    assert may_be_confirmed(given)[["outcome", "decided", "why_not"]].to_numpy().tolist() == [[PARTIAL, "endorsed", ""]]
    assert told(returned_files_come_again(given)) == [
        (
            "information", "c001",
            "sent back by the moderators on 2024-03-10; it came again in 2024-03 and counts as resubmitted",
        ),
        ("met", "", "1 of 1 (100 %) files were not moderated while sent back"),
    ]  # fmt: skip
    assert [one.status for one in no_further_evidence(given)] == ["met"]


@pytest.mark.parametrize(
    ("as_of", "second"),
    [("2024-04-05", [MONTH, "", ""]), ("2024-04-10", [MONTH, "", ""]), ("2024-04-11", [MONTH, "endorsed", ""])],
)
def test_what_the_table_says_is_of_the_draw_whose_event_had_been(as_of, second):
    """February's event is held in March, in which the file is drawn again: what it said stays February's."""
    register, table = open_register("sqlite://"), files({**SENT, "paid_on": "2024-02-01"})
    month_draw({"cases": table}, "2024-02", register=register)
    lacking = {"decision": None, "not_moderatable_reason": "lacking", "moderated_on": "2024-03-10"}
    said = moderations({"case_id": "c001", **lacking}, {"case_id": "c001", "moderated_on": "2024-04-11"})
    tables = {"cases": table.assign(month=MONTH), "events": HELD, "moderations": said}
    month_draw(tables | {"moderations": said.iloc[:1]}, register=register, seed="5312 4416 2351 6642 1")
    given = read_audit(tables, BOOK, provider=RPA, register=register, month=MONTH, as_of=as_of)
    found = moderated(given)[["month", "decision", "not_moderatable_reason"]].to_numpy().tolist()
    assert found == [["2024-02", "", "lacking"], second]
    assert [*not_moderatable(given).values()] == ["lacking"]
    assert may_be_confirmed(given)["why_not"].tolist() == [
        "" if second[1] else "sampled, and no decision has come back"
    ]
    assert "it came again in 2024-03" in told(returned_files_come_again(given), "c001")[0][2]


def test_until_it_is_back_it_waits(twice):
    """The month of February alone knows no better; evidence sought since then is a breach when it is back."""
    register, tables, _ = twice
    still = {"cases": tables["cases"].assign(month="2024-02"), "events": HELD}
    given = read_audit(still, BOOK, provider=RPA, register=register, month="2024-02")
    assert statuses(returned_files_come_again(given)) == [("c001", "warning")]
    (line,) = told(returned_files_come_again(given), "")
    assert line == ("met", "", "1 of 1 (100 %) files were not moderated while sent back")
    assert may_be_confirmed(given)["why_not"].tolist() == ["sampled, and could not be moderated: lacking"]
    sought = {**tables, "cases": tables["cases"].assign(evidence_to=pd.Timestamp("2024-03-11"))}
    later = read_audit(sought, BOOK, provider=RPA, register=register, month=MONTH)
    assert ("c001", "breach") in statuses(no_further_evidence(later))


def test_a_second_draw_that_does_not_mark_it_is_named(twice):
    """As of a file that scrutiny sent back."""
    register, tables, _ = twice
    ordinary = month_draw({"cases": tables["cases"]})
    back = returned_files(register, provider=RPA, year="2023-09").files
    given = audit(**tables, draws=[ordinary], returned=back[back["month"] == "2024-02"])
    said = told(no_further_evidence(given), "c001", "warning")
    assert [row[2] for row in said] == ["sent back and come again, and frozen without being marked as resubmitted"]


def test_over_the_turn_of_the_year_it_is_followed_too():
    """Sent back of August, it is drawn as resubmitted in September; the return of the year before says so."""
    register, table = open_register("sqlite://"), files({"submitted_on": "2023-08-12"})
    august = table.assign(month="2023-08")
    give_back(
        register, month_draw({"cases": august}, "2023-08", register=register), "2023-09-05", not_moderatable_reason="x"
    )
    moved = {"cases": table.assign(month="2023-09")}
    second = month_draw(moved, "2023-09", register=register, seed="5312 4416 2351 6642 1")
    assert second.freeze.population["reasons"].tolist() == ["resubmission"]
    given = read_audit(moved, BOOK, provider=RPA, register=register, month="2023-09")
    assert "came again in 2023-09" in told(returned_files_come_again(given), "c001")[0][2]
    waiting = audit(cases=august, returned_elsewhere=returned_elsewhere(register, provider=RPA, year="2023-09"))
    assert statuses(returned_files_come_again(waiting)) == [("c001", "warning")]


@pytest.mark.parametrize(("by", "ended"), [("scrutiny", ""), ("moderations", " by the moderators")])
def test_a_new_file_of_the_candidate_is_the_old_one_come_again(by, ended):
    """An office that gives each file a number of its own; sent back at scrutiny or by moderators."""
    table = files({**SENT, "candidate_id": "k"}, {"candidate_id": "k"})
    sent = {
        "scrutiny": looks(("c001", "2024-03-10", "returned")),
        "moderations": moderations(
            {"case_id": "c001", "decision": None, "not_moderatable_reason": "x", "moderated_on": "2024-03-10"}
        ),
    }
    given = audit(cases=table, months=["2024-02", MONTH], **{by: sent[by]})
    assert told(returned_files_come_again(given), "c001") == [
        ("information", "c001", f"sent back{ended} on 2024-03-10; it came again as c002 and counts as resubmitted")
    ]


def test_moderators_who_decide_after_all_end_it_without_a_second_draw():
    """The records came in time: what the table says later of the file counts."""
    row = {"case_id": "c001", "decision": None, "not_moderatable_reason": "x", "moderated_on": "2024-04-10"}
    said = moderations(row, {"case_id": "c001", "moderated_on": "2024-04-15"})
    given = audit(cases=files({"outcome": PARTIAL}), moderations=said)
    assert told(returned_files_come_again(given)) == [
        ("information", "c001", "sent back by the moderators on 2024-04-10; it came again and was moderated after all"),
        ("met", "", "1 of 1 (100 %) files were not moderated while sent back"),
    ]


# --- full reassessments ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("assessor", "found"), [("A1", [("c002", "breach")]), ("A2", [])])
@pytest.mark.parametrize("by", ["assessor", "moderators", "review"])
def test_a_full_reassessment_is_known_from_the_file_before_whatever_attempt_says(by, assessor, found):
    """Recommended, required by moderators, or left by a review."""
    table = again(now={"assessor_id": assessor}, outcome=FULL if by == "assessor" else MET)
    more = {
        "moderators": {
            "moderations": moderations(
                {"case_id": "c001", "decision": "overturned", "final_outcome": FULL, "moderated_on": "2024-02-20"}
            )
        },
        "review": {"reviews": frame("reviews", [{"case_id": "c001", "reviewed_on": "2024-02-20", "result": FULL}])},
    }.get(by, {})
    said = reassessed_by_another(audit(cases=table, scrutiny=looks(("x", "2024-03-01", "fit")), **more))
    assert statuses(said) == found


def test_the_recorded_assessor_does_not_hide_the_one_of_the_file_before():
    """Either of them may not do it."""
    table = again(now={"attempt": FULL, "previous_assessor_id": "A2"}, outcome=FULL)
    said = reassessed_by_another(audit(cases=table, scrutiny=looks(("x", "2024-03-01", "fit"))))
    assert statuses(said) == [("c002", "breach")]


def test_what_moderators_require_waits_for_another_assessor():
    """It is listed until a file of the candidate comes, without a table of scrutiny too."""
    said = {"case_id": "c001", "decision": "overturned", "final_outcome": FULL}
    waiting = audit(cases=files({}), moderations=moderations(said))
    assert told(reassessed_by_another(waiting), "c001") == [
        (
            "information", "c001",
            "sent to full reassessment by the moderators on 2024-04-10; no file of the candidate has come "
            "since; another assessor is to do it",
        )
    ]  # fmt: skip
    assert told(reassessed_by_another(waiting))[-1][0] == "not_assessable"


@pytest.mark.parametrize("column", ["attempt", "candidate_id"])
def test_what_a_missing_column_hides_is_said(column):
    """The other one still shows what it can; without both nothing is judged."""
    table = again(now={"attempt": FULL}, outcome=FULL)
    scrutiny = looks(("x", "2024-03-01", "fit"))
    said = told(reassessed_by_another(audit(cases=table.drop(columns=column), scrutiny=scrutiny)))
    assert any(row[0] == "not_assessable" and f"no column {column}" in row[2] for row in said)
    assert ("c002", "breach") in {(row[1], row[0]) for row in said} or column == "candidate_id"
    blank = told(
        reassessed_by_another(audit(cases=table.assign(**{column: None}).astype(table.dtypes), scrutiny=scrutiny))
    )
    assert any(row[0] == "not_assessable" and f"nothing in the column {column}" in row[2] for row in blank)
    neither = audit(cases=table.drop(columns=["attempt", "candidate_id"]), scrutiny=scrutiny)
    assert [row[0] for row in told(reassessed_by_another(neither))] == ["not_assessable"]


# --- reclassifications ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["table", "return"])
def test_a_later_month_of_the_year_flags_the_months_before_whoever_tells_it(source):
    """The audit of March as of the end of April knows what April's event found, from a return as from a table."""
    table = files({}, {"month": "2024-04", "submitted_on": "2024-04-12"})
    row = {"case_id": "c002", "moderated_on": "2024-04-28", "decision": "overturned", "final_outcome": FULL}
    back = pd.DataFrame([{**dict.fromkeys(FILE_COLUMNS, ""), "month": "2024-04", "part": "month", **row}])
    given = {"moderations": moderations(row)} if source == "table" else {"returned": back}
    assert review_pending(audit(cases=table, as_of="2024-04-28", **given))["case_id"].tolist() == ["c001"]
    assert review_pending(audit(cases=table, as_of="2024-04-27", **given)).empty


@pytest.mark.parametrize("stood", ["met", "partial_reassessment", "full_reassessment", "insufficient_evidence"])
@pytest.mark.parametrize(("decision", "caused"), [("overturned", True), ("endorsed", False)])
def test_a_full_reassessment_that_moderators_require_flags_whatever_stood_before(stood, decision, caused):
    """Endorsed it is what was recommended; an endorsement with a better result before it is a change all the same."""
    said = moderations({"case_id": "c001", "decision": decision, "final_outcome": FULL})
    flags = review_pending(audit(cases=files({"outcome": stood}, {}), moderations=said))
    changed = caused or stood in (MET, PARTIAL)
    assert flags["case_id"].tolist() == ["c002"] * changed


@pytest.mark.parametrize(("provider", "listed"), [(RPA, "c002, c003"), (OTHER, "c003")])
def test_what_was_confirmed_before_is_listed_in_each_rpa(provider, listed):
    """The RPA that moderated sees all of the assessor's, the other one its own."""
    out = {"result_released_on": "2024-04-01"}
    table = files(
        {"outcome": PARTIAL, "result_released_on": None}, out, {"rpa": OTHER, **out}, {"assessor_id": "A2", **out}
    )
    said = moderations({"case_id": "c001", "decision": "overturned", "final_outcome": FULL})
    told_of = told(review_before_release(audit(cases=table, moderations=said, provider=provider)), "c001")
    ours = f"of A1, confirmed in the 12 months before and not reviewed (ours): {listed}"
    assert [row[2] for row in told_of if "confirmed" in row[2]] == [ours]


def test_population_is_asked_with_what_returned():
    """What a scheme is given of returns is what its draws read."""
    back = pd.DataFrame([{"case_id": "c001", "month": "2024-02", "not_moderatable_reason": "x"}])
    asked = {"choices": PlanChoices(), "purpose": "moderation", "as_of": FROZEN}
    found = MONTH_DRAW.population({"cases": files({})}, BOOK, provider=RPA, month=MONTH, returned=back, **asked)[0]
    assert found["reasons"].tolist() == ["resubmission"]


def called_first(*outcomes, own):
    """Count files called a first attempt after one with such an outcome, by the assessor before (``own``) or not."""

    def count(tables):
        cases = tables["cases"]
        pairs = cases.merge(cases, on="candidate_id", suffixes=("", "_before"))
        pairs = pairs[(pairs["month_before"] < pairs["month"]) & (pairs["attempt"] == "first")]
        same = (pairs["assessor_id"] == pairs["previous_assessor_id"]) == own
        return by.chosen_rows(pairs, pairs["outcome_before"].isin(outcomes) & same)

    return count


def unable(*, came):
    """Count files that moderators sent back whose candidate came in a later month, or did not."""

    def count(tables):
        cases, rows = tables["cases"], tables["moderations"]
        last = cases.set_index("case_id")["candidate_id"].map(cases.groupby("candidate_id")["month"].max())
        later = rows["case_id"].map(last) > rows["case_id"].map(cases.set_index("case_id")["month"])
        return by.chosen_rows(rows, (rows["not_moderatable_reason"] != "") & (later == came))

    return count


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F165": called_first("partial_reassessment", own=True),
    "F166": called_first("full_reassessment", own=False),
    "F167": called_first("full_reassessment", own=True),
    "F168": unable(came=False),
    "F169": unable(came=True),
}
