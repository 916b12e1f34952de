"""The log of actions where quality issues arise: who is named, what is open, who assessed while barred."""

from dataclasses import replace

import hlta_counts as by
import pytest
from hlta_books import book_with
from hlta_draws import moderations
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.actions import LOG, action_log, quality_procedures

ACTION = {
    "action_id": "AC1", "assessor_id": "A1", "rpa": RPA, "procedure": "discussion", "opened_on": "2024-03-04",
    "closed_on": "2024-03-20", "responsible": "S1",
}  # fmt: skip


UNSEEN = "some signals of quality issues cannot be looked for: "


def actions(*rows):
    """Return a log: each row over an ordinary discussion that was closed."""
    return frame("actions", [ACTION | row for row in rows])


def said(*rows, **given):
    """Return what the rule says of these actions, but for the signals that small tables cannot show."""
    every = told(quality_procedures(audit(actions=actions(*rows), **given)))
    return [row for row in every if UNSEEN not in row[2]]


def test_an_action_that_names_its_procedure_and_who_is_in_order():
    """Two lines over everything, both met."""
    assert said({}) == [
        ("met", "", "1 of 1 (100 %) actions name a procedure and who is responsible"),
        ("met", "", "1 of 1 (100 %) files were assessed by someone who was free to"),
    ]


@pytest.mark.parametrize(
    ("column", "lack"), [("procedure", "names no procedure"), ("responsible", "names nobody as responsible")]
)
def test_an_action_without_procedure_or_person_is_a_breach(column, lack):
    """A blank is the breach; a column that is missing is said once."""
    assert said({column: None})[0] == ("breach", "AC1", f"the action for A1, opened on 2024-03-04, {lack}")
    without = told(quality_procedures(audit(actions=actions({}).drop(columns=column))))
    lacking = ("not_assessable", "", f"not assessable, because the table actions has no column {column}")
    assert [row for row in without if row[0] == "not_assessable" and UNSEEN not in row[2]] == [lacking]


def test_an_open_action_stays_visible_month_after_month_with_its_age():
    """Opened on 4 March: 57 days at the end of April, in May's audit 118; closed in April it is gone from May's."""
    month = {"months": ["2024-05"], "cases": files({"month": "2024-05", "submitted_on": "2024-05-15"})}
    assert said({"closed_on": None})[0] == (
        "information",
        "AC1",
        "discussion for A1, opened on 2024-03-04, is open for 57 days as of 2024-04-30; responsible: S1",
    )
    assert "118 days as of 2024-06-30" in said({"closed_on": None}, **month)[0][2]
    assert len(action_log(audit(actions=actions({"closed_on": "2024-04-30"}), **month))) == 0
    assert len(action_log(audit(actions=actions({"closed_on": "2024-05-01"}), **month))) == 1


def test_an_action_belongs_to_its_rpa_and_to_the_months_until_it_is_closed():
    """Another RPA's action and one opened after the month are not in the log; one closed later is still open."""
    rows = [
        {"action_id": "AC2", "rpa": OTHER},
        {"action_id": "AC3", "opened_on": "2024-04-01"},
        {"action_id": "AC4", "opened_on": "2024-03-31", "closed_on": "2024-05-01"},
        {"action_id": "AC5", "opened_on": "2024-01-10", "closed_on": None},
        {},
    ]
    log = action_log(audit(actions=actions(*rows)))
    assert list(log.columns) == LOG
    assert log[["action", "closed", "days_open", "state"]].values.tolist() == [
        ["AC5", "", 111, "open since before"],
        ["AC1", "2024-03-20", 16, "closed"],
        ["AC4", "", 30, "open"],
    ]
    assert log.equals(action_log(audit(actions=actions(*rows[::-1]))))


def test_an_action_without_a_first_day_is_in_the_log_and_not_assessable():
    """It has no age."""
    found = said({"opened_on": None, "closed_on": None})
    assert found[0] == ("not_assessable", "AC1", "not assessable, because the day on which it was opened is blank")
    assert found[1] == ("information", "", "0 of 1 (0 %) actions name a procedure and who is responsible")
    log = action_log(audit(actions=actions({"opened_on": None, "closed_on": None})))
    assert log["days_open"].isna().all()


@pytest.mark.parametrize(
    ("assessed", "status"),
    [("2024-03-03", "met"), ("2024-03-04", "breach"), ("2024-03-19", "breach"), ("2024-03-20", "met")],
)
@pytest.mark.parametrize("procedure", ["suspension", "removal"])
def test_an_assessment_while_barred_is_a_breach(procedure, assessed, status):
    """From the day of opening, 4 March, to the day before closing, 19 March."""
    found = said({"procedure": procedure}, cases=files({"assessed_on": assessed}))
    assert found[1][0] == status
    if status == "breach":
        message = f"assessed on {assessed} by A1, barred by {procedure} (AC1) from 2024-03-04 until 2024-03-20"
        assert found[1:] == [
            ("breach", "c001", message),
            ("information", "", "0 of 1 (0 %) files were assessed by someone who was free to"),
        ]


def test_an_open_removal_bars_and_other_procedures_do_not():
    """A removal months ago holds while it is open; discussion, training and shadowing let the assessor assess."""
    found = said({"procedure": "removal", "opened_on": "2023-11-06", "closed_on": None})
    assert found[2] == (
        "breach",
        "c001",
        "assessed on 2024-03-11 by A1, barred by removal (AC1) from 2023-11-06, which is open",
    )
    for procedure in ("discussion", "training", "shadowing"):
        assert said({"procedure": procedure})[1][0] == "met"


def test_the_rule_says_which_procedures_bar(tmp_path):
    """Where shadowing bars and suspension allows, it is the other way round."""
    book = book_with(
        tmp_path, "HLTA.ASR.6", "{suspension: bars, discussion: allows, training: allows, shadowing: allows",
        "{suspension: allows, discussion: allows, training: allows, shadowing: bars",
    )  # fmt: skip
    for procedure, status in (("shadowing", "breach"), ("suspension", "met")):
        made = replace(audit(actions=actions({"procedure": procedure})), book=book)
        assert told(quality_procedures(made))[1][0] == status


def test_another_rpas_suspension_is_information_and_another_assessors_is_nothing():
    """An RPA's register is its own."""
    found = said({"procedure": "suspension", "rpa": OTHER})
    assert found == [
        ("information", "", "nothing to look at: 0 actions name a procedure and who is responsible"),
        (
            "information",
            "c001",
            f"assessed on 2024-03-11 by A1, barred by suspension (AC1 of {OTHER}) from 2024-03-04 until 2024-03-20",
        ),
        ("met", "", "1 of 1 (100 %) files were assessed by someone who was free to"),
    ]
    assert said({"procedure": "suspension", "assessor_id": "A2"})[1][0] == "met"


def test_a_blank_day_of_assessment_matters_only_where_somebody_was_barred():
    """It cannot be said on which side of the suspension it lies."""
    blank = files({"assessed_on": None})
    assert said({"procedure": "suspension"}, cases=blank)[1][:2] == ("not_assessable", "c001")
    assert said({}, cases=blank)[1][0] == "met"


def test_without_a_log_nothing_is_said_of_actions():
    """The lack is said once; the table for the report is empty and keeps its columns."""
    assert told(quality_procedures(audit())) == [
        ("not_assessable", "", "not assessable, because the data set has no table actions")
    ]
    assert list(action_log(audit()).columns) == LOG


FULL = {"decision": "overturned", "final_outcome": "full_reassessment", "second_moderator_id": "M2"}
PARTIAL = {"decision": "overturned", "final_outcome": "partial_reassessment", "second_moderator_id": "M2"}
LATE = {"paperwork_due_on": "2024-03-20", "paperwork_on": "2024-03-21"}
OLD = {"opened_on": "2023-01-01", "closed_on": "2023-02-01"}


def warned(*rows, **given):
    """Return what is said of A1 where these actions are logged."""
    return [message for status, who, message in said(*rows, **given) if who == "A1" and status == "warning"]


@pytest.mark.parametrize(
    ("actions_", "found"),
    [
        ([OLD], 1),
        ([{**OLD, "closed_on": "2024-04-09"}], 1),
        ([{**OLD, "closed_on": "2024-04-10"}], 0),
        ([{**OLD, "closed_on": None}], 0),
        ([{"opened_on": "2024-04-10", "closed_on": None}], 0),
        ([{"opened_on": "2024-04-10", "closed_on": None, "assessor_id": "A2"}], 1),
        ([{"opened_on": "2024-04-10", "closed_on": None, "rpa": OTHER}], 1),
    ],
)
def test_a_full_reassessment_without_an_action_is_warned_of(actions_, found):
    """An action since, or one that was open on the day, is enough; another person's or RPA's is not."""
    messages = warned(*actions_, moderations=moderations({"case_id": "c001", **FULL}))
    assert len(messages) == found
    assert all("1 result overturned to full reassessment (2024-04-10), and no action is logged" in m for m in messages)
    assert all(m.endswith("suspension, discussion, training, shadowing, removal") for m in messages)


@pytest.mark.parametrize(
    ("number", "rows", "given", "words"),
    [
        (1, {}, {"decision": "overturned", "final_outcome": "partial_reassessment"}, ""),
        (
            2,
            {},
            {"decision": "overturned", "final_outcome": "partial_reassessment"},
            "2 results overturned (2024-04-10)",
        ),
        (2, LATE, None, ""),
        (3, LATE, None, "3 files with late paperwork (2024-03-20)"),
        (3, {**LATE, "paperwork_on": "2024-03-20"}, None, ""),
        (3, {**LATE, "paperwork_on": None}, None, "3 files with late paperwork (2024-03-20)"),
    ],
)
def test_what_comes_again_is_warned_of(number, rows, given, words):
    """Two overturned results, three late files: the number of the convention is enough, one fewer is not."""
    table = files(*[rows] * number)
    tables = {"cases": table}
    if given:
        tables["moderations"] = moderations(*({"case_id": name, **given} for name in table["case_id"]))
    messages = warned(OLD, **tables)
    assert len(messages) == bool(words)
    assert all(words in message for message in messages)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("", []),
        ("scrutiny", ["files sent back at scrutiny (the data set has no table scrutiny)"]),
        (
            "moderations",
            [
                "results overturned to full reassessment (the data set has no table moderations); "
                "results overturned (the data set has no table moderations)"
            ],
        ),
        ("paperwork_on", ["files with late paperwork (the table cases has no column paperwork_on)"]),
    ],
)
def test_signals_that_the_data_cannot_show_are_named(left_out, named):
    """The rule is not assessable in part, and never met without a word."""
    tables = {
        "cases": files(LATE | {"paperwork_on": "2024-03-20"}),
        "scrutiny": frame("scrutiny", [{"case_id": "c001", "result": "fit", "scrutinised_on": "2024-03-18"}]),
        "moderations": moderations({"case_id": "c001"}),
    }
    if left_out in tables:
        del tables[left_out]
    else:
        tables["cases"] = tables["cases"].drop(columns=[left_out] * bool(left_out))
    every = told(quality_procedures(audit(actions=actions(OLD), **tables)))
    assert [words.partition(UNSEEN)[2] for *_, words in every if UNSEEN in words] == named


@pytest.mark.parametrize(("number", "found"), [(1, 0), (2, 1)])
def test_files_sent_back_again_and_again_are_warned_of(number, found):
    """Each file counts once, however often it was looked at."""
    table = files(*[{}] * 3)
    looks = [{"case_id": name, "result": "returned", "scrutinised_on": day}
             for name in table["case_id"][:number] for day in ("2024-03-16", "2024-03-18")]  # fmt: skip
    messages = warned(OLD, cases=table, scrutiny=frame("scrutiny", looks))
    assert len(messages) == found
    assert all("2 files sent back at scrutiny (2024-03-16)" in message for message in messages)


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F152": by.unacted,
    "F47": by.barred("suspension"),
    "F48": by.barred("removal"),
    "F49": by.table_rows(
        "actions", "action_id", lambda rows: (rows["closed_on"] == "") & (rows["procedure"] != "removal")
    ),
    "F50": by.table_rows("actions", "action_id", lambda rows: rows["responsible"] == ""),
}
