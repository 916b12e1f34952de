"""Whether each month is moderated, on the right files and standards, and by two where something is overturned."""

from dataclasses import replace
from fractions import Fraction

import hlta_counts as by
import pandas as pd
import pytest
from hlta_draws import events, moderations, month_draw, without
from hlta_frames import BOOK, OTHER, RPA, audit, files, frame, told

from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.schemes.hlta.pages.month_sample import sample_findings
from qa_lib.schemes.hlta.rules.draw_checks import certain_part, national_part, random_part
from qa_lib.schemes.hlta.rules.monthly_moderation import (
    certain_files_sampled,
    moderated_every_month,
    overturned_by_two,
    random_part_large_enough,
    standards_looked_at,
    standards_moderated,
)

PARTIAL = {"outcome": "partial_reassessment"}
UNSEEN = "some reasons to be always in the sample cannot be looked for: "


def seen(said):
    """Return what was said but for the reasons that small tables cannot show."""
    return [row for row in told(said) if UNSEEN not in row[2]]


def statuses(said):
    """Return who was named, and how."""
    return sorted({(one.subject, one.status) for one in said if one.subject})


def test_a_month_with_an_event_is_moderated():
    """The event counts under its RPA and month; the order of rows says nothing."""
    assert told(moderated_every_month(audit(events=events("2024-04-10")))) == [
        ("met", "", "1 of 1 (100 %) months with files had a moderation event")
    ]


@pytest.mark.parametrize(("as_of", "status"), [("2024-04-29", "information"), ("2024-04-30", "breach")])
def test_an_event_may_come_until_the_end_of_the_next_month(as_of, status):
    """Before that day its absence accuses nobody; on it, it is a breach."""
    said = moderated_every_month(audit(events=events("2024-03-05", month="2024-02"), as_of=as_of))
    assert statuses(said) == [(f"{RPA}/2024-03", status)]


def test_an_event_after_the_day_is_not_known_and_one_without_a_day_cannot_be_judged():
    """A blank day is not assessable; without a table of events nothing is."""
    assert statuses(moderated_every_month(audit(events=events("2024-05-01")))) == [(f"{RPA}/2024-03", "breach")]
    assert statuses(moderated_every_month(audit(events=events(None)))) == [(f"{RPA}/2024-03", "not_assessable")]
    assert [row[0] for row in told(moderated_every_month(audit()))] == ["not_assessable"]
    assert told(moderated_every_month(audit(events=events("2024-04-10"), months=["2024-05"])))[0][0] == "information"


def test_a_freeze_that_waits_for_its_seed_is_shown():
    """It is information of its month, and what needs the draw cannot be judged."""
    tables = {"cases": files({})}
    given = audit(**tables, events=events("2024-04-10"), draws=[month_draw(tables, seed="")])
    assert told(moderated_every_month(given))[0] == (
        "information", f"{RPA}/2024-03", "the freeze of 1 files waits for its seed",
    )  # fmt: skip
    for answer in (certain_files_sampled, random_part_large_enough, standards_moderated, overturned_by_two):
        assert [row for row in seen(answer(given)) if row[0] == "not_assessable"] == [
            ("not_assessable", f"{RPA}/2024-03", "not assessable, because the freeze waits for its seed")
        ]


@pytest.mark.parametrize(
    "answer", [certain_files_sampled, random_part_large_enough, standards_moderated, overturned_by_two]
)
def test_without_a_draw_nothing_is_said_to_be_in_order(answer):
    """No draw is said once; a month that was not frozen beside one that was, under its name."""
    assert told(answer(audit())) == [
        ("not_assessable", "", "not assessable, because no draw of these months is at hand")
    ]
    assert {row[0] for row in told(answer(audit(months=["2024-05"])))} <= {"information", "not_assessable"}


def test_a_month_that_was_not_frozen_is_named():
    """The other month is judged."""
    table = files({}, {"month": "2024-02"})
    given = audit(cases=table, months=["2024-02", "2024-03"], draws=[month_draw({"cases": table}, "2024-02")])
    assert told(random_part_large_enough(given))[0] == (
        "not_assessable", f"{RPA}/2024-03", "not assessable, because no file of the month was frozen",
    )  # fmt: skip


def test_certain_files_are_in_the_sample_and_a_pass_with_a_gap_is_shown():
    """An insufficient judgement makes a pass certain; it is information, not a fault."""
    table = files({}, PARTIAL, *[{}] * 20)
    tables = {"cases": table, "judgements": frame("judgements", [
        {"case_id": "c001", "standard": 13, "judgement": "insufficient"},
        {"case_id": "c003", "standard": 13, "judgement": "met"},
    ])}  # fmt: skip
    given = audit(**tables, draws=[month_draw(tables)])
    said = seen(certain_files_sampled(given))
    assert said == [
        (
            "information", "c001",
            "recommended as met although standard 13 was judged insufficient; in the sample for certain",
        ),
        ("met", "", "2 of 2 (100 %) certain files are in the sample"),
    ]  # fmt: skip


COMPLETE = {
    "cases": files({"difficult": False, "first_solo": False}),
    "judgements": frame("judgements", [{"case_id": "c001", "standard": 1, "judgement": "met"}]),
    "scrutiny": frame("scrutiny", [{"case_id": "c001", "result": "fit", "issue_of_principle": False}]),
}


@pytest.mark.parametrize(
    ("table", "column", "named"),
    [
        ("cases", "attempt", "resubmitted and reassessed files (no column attempt in cases)"),
        ("cases", "difficult", "difficult cases (no column difficult in cases)"),
        ("cases", "first_solo", "first solo assessments (no column first_solo in cases)"),
        ("judgements", "", "passes with a standard judged insufficient (no table judgements)"),
        ("judgements", "judgement", "passes with a standard judged insufficient (no column judgement in judgements)"),
        ("scrutiny", "issue_of_principle", "issues of principle (no column issue_of_principle in scrutiny)"),
        ("scrutiny", "", "files returned at scrutiny (no table scrutiny); issues of principle (no table scrutiny)"),
        (None, None, None),
    ],
)
def test_a_reason_that_the_data_cannot_show_is_named_and_nothing_is_met(table, column, named):
    """With everything there is nothing to look at; without a column, or a table, the rule is not assessable in part."""
    tables = dict(COMPLETE)
    if table:
        left = tables.pop(table)
        tables |= {table: left.drop(columns=column)} if column else {}
    said = told(certain_files_sampled(audit(**tables, draws=[month_draw(COMPLETE)])))
    nothing = ("information", "", "nothing to look at: 0 certain files are in the sample")
    assert said == ([("not_assessable", "", f"not assessable, because {UNSEEN}{named}")] if table else [nothing])


def test_a_column_of_blanks_shows_no_reason_and_nothing_is_met():
    """As one that is missing; one cell of the RPA's that says something is enough."""
    own, lacking = {"difficult": False, "first_solo": False}, "difficult cases (nothing in column difficult in cases)"
    for difficult, named in ((None, f"not assessable, because {UNSEEN}{lacking}"), (False, "nothing to look at")):
        cases = files(own | {"difficult": difficult}, own | {"rpa": OTHER})
        said = told(certain_files_sampled(audit(**COMPLETE | {"cases": cases}, draws=[month_draw(COMPLETE)])))
        assert [row[2].startswith(named) for row in said] == [True]


def test_a_certain_file_that_is_not_in_the_sample_is_a_breach():
    """Each missing file is named with its reason; a first solo assessment belongs to another rule."""
    table = files(PARTIAL, {"attempt": "resubmission"}, {"first_solo": True}, *[{}] * 3)
    drawn = without(month_draw({"cases": table}), "c002", "c003")
    said = seen(certain_files_sampled(audit(cases=table, draws=[drawn])))
    assert said == [
        ("breach", "c002", "not in the sample, though always to be: resubmission"),
        ("information", "", "1 of 2 (50 %) certain files are in the sample"),
    ]
    assert (certain_part(drawn).status, certain_part(drawn).value) == ("breach", "1")


def test_a_file_that_became_certain_after_the_freeze_is_a_warning():
    """The draw could not know; the reader should."""
    drawn = month_draw({"cases": files(*[{}] * 25)})
    left = sorted(set(drawn.freeze.population["case_id"]) - set(drawn.sample["case_id"]))[0]
    table = files(*[{}] * 25)
    now = table.assign(outcome=table["outcome"].where(table["case_id"] != left, "partial_reassessment"))
    assert seen(certain_files_sampled(audit(cases=now, draws=[drawn]))) == [
        ("warning", left, "not in the sample: frozen as an ordinary pass, and now marked as partial reassessment"),
    ]
    assert seen(certain_files_sampled(audit(cases=table, draws=[drawn]))) == []


def history(*said, month="2024-03", as_of="2024-05-31", **more):
    """Return the audit of a month that nobody froze: two certain files, 41 passes, and these moderations."""
    table = files(PARTIAL, {"attempt": "resubmission"}, *[{}] * 41)
    rows = moderations(*({"case_id": name} for name in said))
    return audit(cases=table, moderations=rows, as_of=as_of, **more)


@pytest.mark.parametrize(
    ("said", "certain", "passes"),
    [
        (["c001", "c002", "c003", "c004", "c005"], [], "not_assessable"),
        (["c001", "c002", "c003", "c004"], [], "breach"),
        (["c001", "c003", "c004", "c005"], ["c002"], "not_assessable"),
    ],
)
def test_a_history_without_draws_is_judged(said, certain, passes):
    """Certain files without a moderation are a breach, and so are too few passes; that they were random nobody sees."""
    given = history(*said)
    found = seen(certain_files_sampled(given))
    assert [row[1] for row in found if row[0] == "breach"] == certain
    assert [row[0] for row in told(random_part_large_enough(given)) if row[1]] == [passes]
    assert "42 files that met the standards" in told(random_part_large_enough(given))[0][2]


@pytest.mark.parametrize(("as_of", "status"), [("2024-04-29", "information"), ("2024-04-30", "breach")])
def test_a_history_is_judged_once_its_event_has_been(as_of, status):
    """Until then the rest may still come."""
    given = history("c001", as_of=as_of)
    assert [row[0] for row in seen(certain_files_sampled(given)) if row[1] == "c002"] == [status]
    assert [row[0] for row in told(random_part_large_enough(given)) if row[1]] == [status]


@pytest.mark.parametrize(("passes", "needed"), [(0, 0), (1, 1), (19, 1), (20, 1), (21, 2), (60, 3), (61, 4)])
def test_the_random_part_is_the_exact_share_rounded_up(passes, needed):
    """Exactly so many are in order; one fewer is a breach."""
    table = files(*[{}] * passes, {"outcome": "partial_reassessment"})
    drawn = month_draw({"cases": table})
    said = random_part_large_enough(audit(cases=table, draws=[drawn]))
    assert [row[0] for row in told(said)] == ["met"]
    assert (random_part(drawn).value, random_part(drawn).threshold) == (str(needed), str(needed))
    taken = drawn.sample.loc[drawn.sample["selected_by"] == "random", "case_id"].tolist()
    assert len(taken) == needed
    if needed:
        short = told(random_part_large_enough(audit(cases=table, draws=[without(drawn, taken[0])])))
        assert short[0][:2] == ("breach", f"{RPA}/2024-03")


def test_passes_that_are_certain_already_leave_fewer_to_draw():
    """All of those that could be drawn were: information, no breach."""
    table = files(*[{"attempt": "resubmission"}] * 30, {})
    said = told(random_part_large_enough(audit(cases=table, draws=[month_draw({"cases": table})])))
    assert said[0] == (
        "information", f"{RPA}/2024-03",
        "drawn at random: 1 of 31 files that met the standards; only 1 were not certain already",
    )  # fmt: skip
    assert said[1][0] == "met"


def test_a_higher_rate_binds_and_a_lower_one_than_the_rules_does_not():
    """A draw is held against its own rate, and never against less than the rule's."""
    table = files(*[{}] * 20)
    drawn = month_draw({"cases": table}, choices=PlanChoices(rate="0.10"))
    assert random_part(drawn).threshold == "2"
    low = replace(drawn, freeze=replace(drawn.freeze, content={**drawn.freeze.content, "rate": "1/100"}))
    assert random_part(low).threshold == "1"
    assert random_part(low, least=Fraction(3, 20)).threshold == "3"
    assert random_part(low, least=Fraction(3, 20)).status == "breach"


def judged(*rows, national=(3,), gap=4, **more):
    """Return the audit of a month of one certain file with an insufficient standard, moderated as these rows say."""
    tables = {
        "cases": files({"outcome": "insufficient_evidence"}),
        "judgements": frame("judgements", [{"case_id": "c001", "standard": gap, "judgement": "insufficient"}]),
        "national_standards": frame("national_standards", [{"month": "2024-03", "standard": n} for n in national]),
    }
    drawn = month_draw(tables)
    return audit(**tables, moderations=moderations(*rows), draws=[drawn], **more)


@pytest.mark.parametrize(
    ("looked", "expected"),
    [
        ("3;4;20", []),
        ("3;20", [("breach", "standard 4 was judged insufficient and not moderated")]),
        ("4", [("breach", "standard 3 was nationally agreed for the month and not moderated")]),
        ("34", [
            ("breach", "standard 4 was judged insufficient and not moderated"),
            ("breach", "standard 3 was nationally agreed for the month and not moderated"),
        ]),
    ],
)  # fmt: skip
def test_insufficient_and_national_standards_are_moderated(looked, expected):
    """Each one that was not looked at is named."""
    said = told(standards_moderated(judged({"case_id": "c001", "standards": looked})), "c001")
    assert [(status, message) for status, _, message in said] == expected


def test_standards_that_are_not_recorded_cannot_be_judged():
    """Blank in one file, or nowhere recorded."""
    assert told(standards_moderated(judged({"case_id": "c001"})))[0][2].endswith(
        "which standards were looked at is not recorded"
    )
    table = files(PARTIAL, PARTIAL)
    given = audit(
        cases=table,
        draws=[month_draw({"cases": table})],
        moderations=moderations({"case_id": "c001", "standards": "1"}, {"case_id": "c002", "standards": None}),
    )
    assert statuses(standards_moderated(given)) == [("2024-03", "not_assessable"), ("c002", "not_assessable")]


def test_a_month_without_national_standards_cannot_be_judged():
    """It is named as a month; the insufficient judgements still are judged."""
    said = standards_moderated(judged({"case_id": "c001", "standards": "5"}, national=()))
    assert told(said, "2024-03") == [
        (
            "not_assessable", "2024-03",
            "not assessable, because there is no list of nationally agreed standards for the month",
        )
    ]  # fmt: skip
    assert told(said, "c001")[0][0] == "breach"


def test_files_that_are_not_judged_by_standard_cannot_be_judged():
    """Some data have one judgement for the whole."""
    table = files({})
    drawn = month_draw({"cases": table}, choices=PlanChoices(standards=0))
    said = told(standards_moderated(audit(cases=table, draws=[drawn], moderations=moderations({"case_id": "c001"}))))
    assert said == [("not_assessable", "2024-03", "not assessable, because files are not judged by standard")]
    assert national_part(drawn).status == "not_assessable"


def test_all_standards_of_the_year_are_counted():
    """Those that nobody looked at are in the table and named; this is ours and no breach."""
    given = judged({"case_id": "c001", "standards": "3;4"})
    table = standards_looked_at(given).set_index("standard")
    assert len(table) == 33
    assert table.loc[3].tolist() == [1, 1, "2024-03"]
    assert table.loc[5].tolist() == [0, 0, ""]
    last = told(standards_moderated(given))[-1]
    assert last[0] == "information"
    assert last[2].startswith("2 of 33 standards were looked at so far this year (ours); not yet: 1, 2, 5, 6")
    assert standards_looked_at(audit())["files"].sum() == 0


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"decision": "overturned", "second_moderator_id": "M2"}, "met"),
        ({"decision": "overturned", "second_moderator_id": None}, "breach"),
        ({"decision": "overturned", "second_moderator_id": "M1"}, "breach"),
        ({"decision": "endorsed", "final_outcome": "partial_reassessment"}, "met"),
        ({"decision": "endorsed", "final_outcome": "met"}, "breach"),
        ({"decision": None, "second_moderator_id": "M2"}, "not_assessable"),
    ],
)
def test_an_overturn_needs_a_second_moderator(row, status):
    """Another one than the first; also where a result changed and the decision says otherwise."""
    table = files(PARTIAL)
    rows = moderations({"case_id": "c001", "second_moderator_id": None, "final_outcome": None, **row})
    said = overturned_by_two(audit(cases=table, draws=[month_draw({"cases": table})], moderations=rows))
    assert told(said)[0][0] == status
    assert ("breach" in {one.status for one in said}) == (status == "breach")


@pytest.mark.parametrize(("second", "breaches"), [("M2", 0), ("", 1), ("M1", 1), ("A1", 1)])
def test_an_overturned_judgement_needs_a_second_moderator_too(second, breaches):
    """Also where the result stands and the file is endorsed: neither the first moderator nor the assessor."""
    kept = {"case_id": "c001", "moderated_on": "2024-04-10", "decision": "endorsed", "final_outcome": "met"}
    back = pd.DataFrame([{**kept, "moderator_id": "M1", "second_moderator_id": second}])
    pair = {"assessor_judgement": "met", "moderator_judgement": "insufficient"}
    judged = pd.DataFrame([{"case_id": "c001", "standard": "3", **pair}])
    said = told(overturned_by_two(audit(returned=back, returned_standards=judged)), "c001")
    assert [row[0] for row in said] == ["breach"] * breaches
    assert all(row[2].startswith("a judgement of a standard was overturned with") for row in said)
    same = judged.assign(moderator_judgement="met")
    assert not told(overturned_by_two(audit(returned=back, returned_standards=same)), "c001")


def test_sampled_files_without_an_answer_are_asked_for():
    """Before the event it is information, after it a warning: per file, or once where nothing came back at all."""
    table = files(PARTIAL, PARTIAL, PARTIAL)
    drawn = month_draw({"cases": table})
    rows = moderations({"case_id": "c001"}, {"case_id": "c002"}, {"case_id": "elsewhere"})
    given = {"cases": table, "draws": [drawn], "events": events("2024-04-10")}
    assert told(overturned_by_two(audit(**given, moderations=rows)))[0] == (
        "warning", "c003", "sampled, and nothing has come back on it; the event was on 2024-04-10",
    )  # fmt: skip
    assert told(overturned_by_two(audit(**given)))[0] == (
        "warning", f"{RPA}/2024-03",
        "nothing has come back on any of 3 sampled files; the event was on 2024-04-10",
    )  # fmt: skip
    early = told(overturned_by_two(audit(**given, as_of="2024-04-09")))
    assert early[0] == (
        "information", f"{RPA}/2024-03",
        "nothing has come back on any of 3 sampled files; its event has not been held yet",
    )  # fmt: skip
    assert early[1][0] == "not_assessable"


def test_a_file_that_could_not_be_moderated_is_not_asked_for_again():
    """The return says why, or scrutiny sent it back after the freeze."""
    table = files(PARTIAL, PARTIAL)
    back = pd.DataFrame([{
        "case_id": "c001", "moderated_on": "2024-04-10", "decision": "", "final_outcome": "",
        "not_moderatable_reason": "two pages are missing",
    }])  # fmt: skip
    sent = frame("scrutiny", [{"case_id": "c002", "scrutinised_on": "2024-04-10", "result": "returned"}])
    drawn = month_draw({"cases": table})
    said = overturned_by_two(audit(cases=table, draws=[drawn], returned=back, scrutiny=sent))
    assert told(said)[:2] == [
        ("information", "c001", "could not be moderated: two pages are missing"),
        ("information", "c002", "could not be moderated: sent back for revision on 2024-04-10"),
    ]


def test_the_page_of_a_sample_says_the_same_of_a_draw():
    """The findings on one draw are those of the same functions."""
    table = files(*[{}] * 21, PARTIAL)
    drawn = month_draw({"cases": table})
    shown = sample_findings(drawn, BOOK).set_index("rule")["message"]
    assert shown["HLTA.MOD.2"] == certain_part(drawn).message
    assert shown["HLTA.MOD.3"] == random_part(drawn).message
    assert shown["HLTA.MOD.6"] == national_part(drawn).message


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F36": by.met_with_gaps,
    "F60": by.no_event,
    "F62": lambda tables: by.absent(set(tables["cases"]["month"]) - set(tables["national_standards"]["month"])),
    "F63": by.moderations(by.gap_missed),
    "F64": by.moderations(lambda rows: (rows["decision"] == "overturned") & (rows["second_moderator_id"] == "")),
}
