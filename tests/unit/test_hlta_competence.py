"""Profiles of assessors by the six competency criteria, late paperwork, overturned outcomes, feedback not logged."""

from dataclasses import replace

import hlta_counts as by
import pandas as pd
import pytest
from hlta_books import book_with
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame, told

from qa_lib import draw, freeze, open_register
from qa_lib.schemes.hlta.rules.competence import competence_profiles, competence_reported
from qa_lib.schemes.hlta.rules.criteria import overturns_by_assessor

SEED = "1234 5624 1553 2461 4"
CRITERIA = [
    "preparation",
    "conduct",
    "outcomes_and_overturns",
    "paperwork_to_deadline",
    "communication",
    "part_in_quality_assurance_and_training",
]


def drawn(table):
    """Return the draw of the month over these files."""
    frozen = freeze({"cases": table}, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    return draw(frozen, seed=SEED, reviewer="R1", reviewer_rpa=OTHER)


def moderations(*finals, **shared):
    """Return what moderators said of files c001 and so on: a final outcome, endorsed where None."""
    rows = [
        {
            "case_id": f"c{number:03}",
            "moderated_on": "2024-04-10",
            "moderator_id": "M1",
            "decision": "endorsed" if final is None else "overturned",
            "final_outcome": final,
            **shared,
        }
        for number, final in enumerate(finals, start=1)
    ]
    return frame("moderations", rows)


def text(criterion, name="A1", **given):
    """Return what a profile says of one criterion."""
    return competence_profiles(audit(**given)).set_index("assessor").at[name, criterion]


def log(*rows):
    """Return a feedback log."""
    ordinary = {"rpa": RPA, "month": MONTH, "case_id": "c001", "assessor_id": "A1"}
    columns = dict.fromkeys(["told_candidate_on", "told_pop_on", "told_assessor_on"])
    return frame("feedback_log", [{"feedback_id": f"F{n}", **ordinary, **columns, **row} for n, row in enumerate(rows)])


# The frame


def test_a_profile_has_a_row_per_assessor_and_a_column_per_criterion():
    """On the register without a file, and with a file without being on the register; others have none."""
    register = frame(
        "assessors",
        [
            {"assessor_id": "A7", "rpa": RPA, "roles": "assessor"},
            {"assessor_id": "A8", "rpa": OTHER, "roles": "assessor"},
            {"assessor_id": "A9", "rpa": RPA, "roles": "peer_reviewer"},
        ],
    )
    table = files({}, {"assessor_id": "A2"}, {"assessor_id": "A3", "rpa": OTHER}, {"month": "2023-09"})
    found = competence_profiles(audit(cases=table, assessors=register))
    assert list(found.columns) == ["assessor", "files", *CRITERIA]
    assert found[["assessor", "files"]].values.tolist() == [["A1", 2], ["A2", 1], ["A7", 0]]
    assert found.equals(competence_profiles(audit(cases=table[::-1], assessors=register[::-1])))


def test_the_rule_says_which_criteria_are_reported(tmp_path):
    """A criterion that is not reported has no column."""
    book = book_with(tmp_path, "HLTA.ASR.5", "preparation: reported", "preparation: not_reported")
    assert list(competence_profiles(replace(audit(), book=book)).columns[2:]) == CRITERIA[1:]


def test_without_any_table_every_criterion_says_what_is_missing():
    """A data set with nothing but a draw needs: said of all, once per criterion."""
    row = competence_profiles(audit()).iloc[0]
    assert all(row[criterion].startswith("not assessable, because") for criterion in CRITERIA)
    found = told(competence_reported(audit()), status="not_assessable")
    assert len(found) == len(set(found)) == 2 + len(CRITERIA)
    assert {row[1] for row in found} == {""}


# Each criterion


def test_preparation_counts_problems_told_before_the_day_and_names_training():
    """The day before the assessment is in time, the day itself is not."""
    given = {
        "cases": files({}, {}),
        "feedback_log": log(
            {"subject": "documents", "told_candidate_on": "2024-03-10"},
            {"subject": "documents", "case_id": "c002", "told_candidate_on": "2024-03-11"},
            {"subject": "harm", "told_candidate_on": "2024-03-01"},
        ),
        "assessors": frame("assessors", [{"assessor_id": "A1", "rpa": RPA, "trained": "questions;Pre_assessment;x"}]),
    }
    assert text("preparation", **given) == (
        "problems in documents told before the assessment: 1 of 2 (50 %); trained in pre-assessment and questions"
    )
    nothing = text("preparation", feedback_log=log({"subject": "harm"}))
    assert nothing == "no problems in documents logged; no training in it recorded"


def test_conduct_counts_first_looks_upheld_appeals_and_weaknesses():
    """A second look is no first look; an appeal against the judgement is none on procedure."""
    table = files(*[{}] * 4, {"assessor_id": "A2"}, {"assessor_id": "A3", "outcome": "partial_reassessment"})
    looks = [
        ("c001", "2024-03-18", "fit"),
        ("c002", "2024-03-20", "fit"),
        ("c002", "2024-03-18", "returned"),
        ("c003", "2024-03-18", "full_reassessment"),
    ]
    appeals = [
        {"appeal_id": "a", "case_id": "c001", "ground": "procedure", "outcome": "partly_upheld"},
        {"appeal_id": "b", "case_id": "c002", "ground": "procedure", "outcome": "dismissed"},
        {"appeal_id": "c", "case_id": "c003", "ground": "judgement", "outcome": "upheld"},
    ]
    given = {
        "cases": table,
        "scrutiny": frame("scrutiny", [{"case_id": a, "scrutinised_on": day, "result": b} for a, day, b in looks]),
        "appeals": frame("appeals", [{"rpa": RPA, "received_on": "2024-04-01", **row} for row in appeals]),
        "moderations": moderations(*[None] * 6, weaknesses="Brief summaries."),
        "draws": [drawn(table)],
    }
    first = text("conduct", **given)
    assert first.startswith("fit at the first look: 1 of 3 (33.33 %); sent back 1, to full reassessment 1")
    assert "; appeals on procedure upheld at least in part: 1 of 2" in first
    assert text("conduct", "A3", **given) == "no file scrutinised; moderators named weaknesses in 1 of 1 files"
    given |= {"draws": (), "moderations": moderations(None, weaknesses="none")}
    assert text("conduct", "A3", **given) == (
        "not assessable, because none of their files was scrutinised or moderated in the year so far"
    )


def test_overturns_are_counted_by_direction_and_their_rate_is_of_the_random_part():
    """Certain files are in the counts, never in the rate; one random file is a small number."""
    table = files({}, {"outcome": "partial_reassessment"}, {"outcome": "full_reassessment"})
    given = {
        "cases": table,
        "draws": [drawn(table)],
        "moderations": moderations("partial_reassessment", "met", "insufficient_evidence"),
    }
    assert text("outcomes_and_overturns", **given) == (
        "drawn at random among their passes: 1 of 1 (100 %) overturned, a small number; "
        "all sampled files: 3 of 3 overturned, 1 lenient (moderators stricter), 1 harsh (moderators milder), "
        "1 to an outcome of the same grade"
    )
    row = overturns_by_assessor(audit(**given)).set_index("assessor_id").loc["A1"]
    assert row[["moderated", "overturned", "lenient", "harsh", "random", "random_overturned"]].tolist() == [
        3, 3, 1, 1, 1, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "small"), [(19, True), (20, False)])
def test_a_number_is_small_where_one_file_moves_the_rate_by_more_than_is_tolerable(number, small):
    """The tolerable rate is 5 %: one of 19 files is more, one of 20 is not."""
    table = files(*[{}] * number)
    whole = freeze({"cases": table}, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    plan = draw(whole, seed=SEED, reviewer="R1", reviewer_rpa=OTHER)
    every = plan.freeze.population.assign(
        selected_by="random", ticket="", random_probability="1", standards_to_moderate=""
    )
    sample = every[
        ["case_id", "stratum", "reasons", "selected_by", "ticket", "random_probability", "standards_to_moderate"]
    ]
    given = {"cases": table, "draws": [replace(plan, sample=sample)], "moderations": moderations(*[None] * number)}
    said = text("outcomes_and_overturns", **given)
    first, _ = said.split(";", 1)
    more = ", a small number" if small else ""
    assert first == f"drawn at random among their passes: 0 of {number} (0 %) overturned{more}"


def test_outcomes_without_draw_or_moderated_file_are_not_assessable():
    """Neither is a rate of nought."""
    assert text("outcomes_and_overturns") == "not assessable, because no draw of the year so far is known"
    table = files({}, {"assessor_id": "A2", "outcome": "partial_reassessment"})
    given = {"cases": table, "draws": [drawn(table)], "moderations": moderations(None, None).iloc[1:]}
    assert text("outcomes_and_overturns", **given) == (
        "not assessable, because no file of theirs was moderated in the year so far"
    )
    assert text("outcomes_and_overturns", "A2", **given) == (
        "no pass of theirs drawn at random, so no rate; all sampled files: 0 of 1 overturned, "
        "0 lenient (moderators stricter), 0 harsh (moderators milder)"
    )


def test_paperwork_is_in_time_on_its_day_and_late_the_day_after():
    """One on the day, one two days late, one that never came, one without a due day."""
    table = files(
        {"paperwork_due_on": "2024-03-18", "paperwork_on": "2024-03-18"},
        {"paperwork_due_on": "2024-03-18", "paperwork_on": "2024-03-20"},
        {"paperwork_due_on": "2024-03-18", "paperwork_on": None},
        {"paperwork_due_on": None, "paperwork_on": "2024-03-20"},
    )
    assert text("paperwork_to_deadline", cases=table) == (
        "in time: 1 of 3 (33.33 %), the latest 2 days late, 1 still missing; 1 files without a due day"
    )


def test_communication_counts_what_was_passed_on_and_what_came_again():
    """A concern with a word to the PoP, one without; a returned file that came back, one that did not."""
    table = files({"preparation_concern": True}, {"preparation_concern": True}, {}, {"assessor_id": "A2"})
    looks = [("c001", "returned"), ("c001", "fit"), ("c003", "returned")]
    given = {
        "cases": table.assign(preparation_concern=table["preparation_concern"].fillna(False)),
        "feedback_log": log({"subject": "harm", "told_pop_on": "2024-03-14"}, {"subject": "harm", "case_id": "c002"}),
        "scrutiny": frame("scrutiny", [{"case_id": name, "result": result} for name, result in looks]),
    }
    assert text("communication", **given) == (
        "concerns about preparation passed on: 1 of 2 (50 %); "
        "files sent back at scrutiny that came again: 1 of 2 (50 %)"
    )
    assert text("communication", "A2", **given) == "nothing to pass on and no file sent back, in 1 files"


def test_the_part_in_quality_assurance_counts_each_job():
    """Development in the year, files moderated first or second, files scrutinised, forums attended."""
    table = files({}, {"outcome": "partial_reassessment", "assessor_id": "A2"})
    given = {
        "cases": table,
        "draws": [drawn(table)],
        "training": frame(
            "training",
            [
                {"assessor_id": "A1", "stage": "development", "topic": "t", "taken_on": day}
                for day in ("2023-08-31", "2023-09-01", "2024-03-31")
            ],
        ),
        "moderations": moderations("partial_reassessment", None, second_moderator_id="A1"),
        "scrutiny": frame("scrutiny", [{"case_id": "c002", "result": "fit", "by": "A1"}]),
        "forums": frame(
            "forums",
            [
                {"held_on": "2023-11-06", "rpa": RPA, "peer_reviewer_id": "A1", "attended": True},
                {"held_on": "2024-03-05", "rpa": RPA, "peer_reviewer_id": "A1", "attended": False},
            ],
        ),
    }
    assert text("part_in_quality_assurance_and_training", **given) == (
        "development: 2; sampled files moderated: 2; files scrutinised: 1; forums of peer reviewers: 1"
    )
    assert text("part_in_quality_assurance_and_training", "A2", **given) == "development: 0"


# The finding


@pytest.mark.parametrize(
    ("came", "as_of", "status", "message"),
    [
        ("2024-03-18", "2024-04-30", "met", "1 of 1 (100 %) files had their paperwork in time"),
        ("2024-03-19", "2024-04-30", "information", "the paperwork of A1 came on 2024-03-19; it was due on 2024-03-18"),
        (None, "2024-03-19", "information", "the paperwork of A1 has not come; it was due on 2024-03-18"),
        (None, "2024-03-18", "information", "nothing to look at: 0 files had their paperwork in time"),
    ],
)
def test_late_paperwork_is_information(came, as_of, status, message):
    """In time on the day; late the day after; not due while its day has not passed."""
    table = files({"paperwork_due_on": "2024-03-18", "paperwork_on": came})
    first = told(competence_reported(audit(cases=table, as_of=as_of)))[0]
    assert first == (status, "c001" if message.startswith("the paperwork") else "", message)


def test_paperwork_without_days_is_not_assessable():
    """A blank is said per file, a missing column once."""
    table = files({"paperwork_due_on": None, "paperwork_on": "2024-03-18"})
    assert told(competence_reported(audit(cases=table)))[0] == (
        "not_assessable",
        "c001",
        "not assessable, because the day its paperwork was due is blank",
    )
    assert told(competence_reported(audit()))[0][2] == (
        "not assessable, because the table cases has no column paperwork_due_on and no paperwork_on"
    )


def test_overturned_outcomes_are_information_about_the_assessor():
    """Lenient and harsh apart, the random part beside."""
    table = files({}, {"outcome": "partial_reassessment"})
    given = {"cases": table, "draws": [drawn(table)]}
    assert (
        "information",
        "A1",
        "1 of 2 (50 %) sampled files of the year so far overturned: 0 lenient (moderators stricter), "
        "1 harsh (moderators milder); of those drawn at random among their passes 0 of 1",
    ) in told(competence_reported(audit(moderations=moderations(None, "met"), **given)))
    endorsed = told(competence_reported(audit(moderations=moderations(None, None), **given)))
    assert not [row for row in endorsed if "overturned" in row[2]]


def test_feedback_after_moderation_that_nobody_logged_is_information():
    """Where appropriate: its lack is no breach; a word to the assessor of the month ends it."""
    table = files({}, {"outcome": "partial_reassessment"})
    given = {"cases": table, "draws": [drawn(table)], "moderations": moderations(None, "met")}
    missing = (
        "information",
        "A1",
        "2 of their files of these months moderated, 1 of them overturned; no feedback to them is logged",
    )
    row = {"subject": "assessor", "told_assessor_on": "2024-04-15"}
    done = ("met", "", "1 of 1 (100 %) assessors with moderated files were given feedback after it")
    for logged, expected in (
        (row, done),
        (row | {"told_assessor_on": None}, missing),
        (row | {"month": "2024-02"}, missing),
        (row | {"assessor_id": "A2"}, missing),
        (row | {"subject": "harm"}, missing),
    ):
        assert expected in told(competence_reported(audit(feedback_log=log(logged), **given)))
    assert ("not_assessable", "", "not assessable, because the data set has no table feedback_log") in told(
        competence_reported(audit(**given))
    )


def test_a_profile_that_lacks_something_names_the_assessor():
    """A2 has data on paperwork, A1 has none; what nobody has is said once of all."""
    table = files(
        {"paperwork_due_on": None, "paperwork_on": None},
        {"assessor_id": "A2", "paperwork_due_on": "2024-03-18", "paperwork_on": "2024-03-18"},
    )
    found = told(competence_reported(audit(cases=table)))
    message = "not assessable, because paperwork to deadline: no file with paperwork due and its day"
    assert ("not_assessable", "A1", message) in found
    everyone = "not assessable, because of conduct nothing is known of anybody: the data set has no table scrutiny"
    assert ("not_assessable", "", everyone) in found
    assert not [row for row in found if row[1] == "A2"]
    assert found[-1] == ("information", "", "0 of 2 (0 %) assessors with files have a profile by all 6 criteria")


def test_a_month_without_files_has_nothing_to_look_at():
    """Nobody assessed, so nobody's profile is asked for."""
    found = told(competence_reported(audit(months=["2024-02"])))
    assert found[-1] == (
        "information",
        "",
        "nothing to look at: 0 assessors with files have a profile by all 6 criteria",
    )
    assert {row[0] for row in found} <= {"information", "not_assessable"}
    assert isinstance(competence_profiles(audit(months=["2024-02"])), pd.DataFrame)


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F27": by.late("paperwork_on", "paperwork_due_on"),
    "F75": by.overturning(("met", "partial_reassessment"), 0.3, 3),
    "F76": by.overturning(("partial_reassessment", "met"), 0.5, 3),
}
