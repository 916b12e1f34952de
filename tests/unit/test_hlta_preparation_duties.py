"""What is owed during preparation: copies, form, word of the payment, and what has to be told (HLTA.PREP.8)."""

import hlta_counts as by
import pytest
from hlta_draws import with_value
from hlta_frames import BOOK, OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.rules.preparation_duties import owed_in_preparation

FINE = {
    "assessed_on": "2024-03-11", "final_session_on": "2024-02-20", "l2_english_submitted_on": "2024-02-01",
    "l2_maths_submitted_on": "2024-02-01", "l2_copies_signed": True, "standard11_form_on": "2024-01-10",
    "payment_told_on": "2024-01-10",
}  # fmt: skip
POP = {"pop_id": "P1", "rpa": RPA, "standard11_form_on": "2024-01-08", "payment_told_on": "2024-01-08"}
ENTRY = {"feedback_id": "FB1", "rpa": RPA, "month": "2024-03", "case_id": None, "raised_on": "2024-03-05"}
LOG = [
    {"feedback_id": "FB1", "subject": "registration", "told_rpa_on": "2024-03-06", "told_candidate_on": None},
    {"feedback_id": "FB2", "subject": "level_2", "told_rpa_on": None, "told_candidate_on": "2024-03-06"},
]


def log(*rows):
    """Return a feedback log, each row over an entry of the month."""
    return frame("feedback_log", [ENTRY | row for row in rows])


def said_of(*rows, pops=(POP,), entries=tuple(LOG), **given):
    """Return what PREP.8 says of files, over one in which everything is in order."""
    tables = {
        "cases": files(*(FINE | row for row in rows)),
        "pops": frame("pops", list(pops)),
        "feedback_log": log(*entries),
    }
    return owed_in_preparation(audit(**{name: table for name, table in tables.items() if name not in given}, **given))


def off(said):
    """Return the (status, subject) of what stands out."""
    return [(status, subject) for status, subject, _ in told(said) if subject]


def test_where_everything_was_sent_given_and_told_each_part_is_met():
    """Copies of two subjects, signature, form and payment for candidates and for PoPs, changes, missing Level 2."""
    said = said_of({}, {})
    assert [status for status, *_ in told(said)] == ["met"] * 9
    assert told(said)[0][2] == (
        "2 of 2 (100 %) files had the copy of Level 2 English with the RPA well before the final session"
    )


@pytest.mark.parametrize("column", ["l2_english_submitted_on", "l2_maths_submitted_on"])
@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ("2024-02-12", []),
        ("2024-02-13", []),
        ("2024-02-14", ["warning"]),
        ("2024-02-20", ["warning"]),
        ("2024-02-21", ["breach"]),
    ],
)
def test_a_copy_comes_seven_days_before_the_final_session(column, came, expected):
    """Seven days before are in order, six and the day itself are close, the day after is too late."""
    assert [status for status, _ in off(said_of({column: came}))] == expected


def test_a_copy_that_comes_close_says_how_many_days():
    """What was found and what was expected, once for each file in the line over all of them."""
    said = said_of({"l2_maths_submitted_on": "2024-02-14"}, {})
    assert told(said, "c001") == [
        (
            "warning",
            "c001",
            "the copy of Level 2 mathematics reached the RPA on 2024-02-14, 6 days before the final session of "
            "2024-02-20; expected 7 or more",
        )
    ]
    close = next(one for one in said if one.subject)
    assert (close.value, close.threshold) == ("6", "7")
    assert "1 of 2 (50 %) files had the copy of Level 2 mathematics" in " ".join(row[2] for row in told(said))


@pytest.mark.parametrize(
    ("column", "done"),
    [
        ("l2_english_submitted_on", "the copy of Level 2 English reached the RPA, though the final session was held"),
        ("standard11_form_on", "the candidate got the form and guidance for standard 11, though the candidate was"),
        ("payment_told_on", "the candidate was told that nothing is assessed or released before payment, though"),
    ],
)
@pytest.mark.parametrize(
    ("blank", "filled", "expected"),
    [(1, 9, ("breach", "c001")), (2, 17, ("warning", f"{RPA}/2024-03")), (1, 0, ("not_assessable", f"{RPA}/2024-03"))],
)
def test_what_is_not_recorded_counts_as_elsewhere(column, done, blank, filled, expected):
    """With nine of ten filled in a blank is a breach of its file; with fewer it is a count; with none nothing."""
    said = said_of(*[{column: None}] * blank, *[{}] * filled)
    assert off(said) == [expected]
    assert done in told(said, expected[1])[0][2]


@pytest.mark.parametrize("column", ["standard11_form_on", "payment_told_on"])
@pytest.mark.parametrize(("day", "expected"), [("2024-03-11", []), ("2024-03-12", [("breach", "c001")])])
def test_form_and_payment_are_known_by_the_day_of_the_assessment(column, day, expected):
    """The day itself is in time, the day after is not."""
    assert off(said_of({column: day}, {})) == expected


def test_unsigned_copies_are_a_breach_and_a_blank_is_not():
    """Nobody says of a blank whether the copies were signed."""
    said = said_of({"l2_copies_signed": False}, {"l2_copies_signed": None}, {})
    assert sorted(off(said)) == [("breach", "c001"), ("not_assessable", "c002")]


@pytest.mark.parametrize("column", ["standard11_form_on", "payment_told_on"])
@pytest.mark.parametrize(("day", "expected"), [("2024-03-07", []), ("2024-03-08", [("breach", "P1")])])
def test_a_pop_knows_by_the_first_assessment_of_its_candidates(column, day, expected):
    """Of two files the earlier one counts; another RPA's row of the PoP says nothing."""
    elsewhere = POP | {"rpa": OTHER, column: None}
    said = said_of({"assessed_on": "2024-03-07"}, {}, pops=[POP | {column: day}, elsewhere])
    assert off(said) == expected


def test_a_pop_of_two_months_is_asked_once():
    """Its first assessment lies in February, and the PoP was told in March: one breach, of one PoP."""
    rows = [{}, {"month": "2024-02", "assessed_on": "2024-02-26"}]
    said = said_of(*rows, pops=[POP | {"payment_told_on": "2024-03-01"}], months=["2024-02", "2024-03"])
    assert off(said) == [("breach", "P1")]
    assert any(message.startswith("0 of 1 (0 %) PoPs knew") for *_, message in told(said))


def test_a_pop_without_days_is_judged_where_the_others_have_theirs():
    """Ten PoPs: one blank is a breach of that PoP, two of ten are a count."""
    rows = [{"pop_id": f"P{n}"} for n in range(10)]
    pops = [POP | {"pop_id": f"P{n}"} for n in range(10)]
    blank = {"standard11_form_on": None}
    assert off(said_of(*rows, pops=[pops[0] | blank, *pops[1:]])) == [("breach", "P0")]
    two = said_of(*rows, pops=[*(pop | blank for pop in pops[:2]), *pops[2:]])
    assert off(two) == [("warning", f"{RPA}/2024-03")]


def test_a_pop_that_is_not_listed_cannot_be_judged():
    """Nothing is known of what it was given; the others are judged."""
    said = said_of({"pop_id": "P9"}, {})
    assert off(said) == [("not_assessable", "P9")] * 2
    assert any(message.startswith("1 of 1 (100 %) PoPs had the form") for *_, message in told(said))


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (
            LOG[0] | {"told_rpa_on": None},
            "a mistake or a change in a registration, raised on 2024-03-05, was not told to the RPA",
        ),
        (
            LOG[1] | {"told_candidate_on": None},
            "that Level 2 has to be met first, raised on 2024-03-05, was not told to the candidate",
        ),
    ],
)
def test_what_the_log_does_not_show_as_told_is_a_warning(entry, what):
    """Both are encouraged; the entry is named, or its file where it has one."""
    said = said_of({}, entries=[entry])
    assert off(said) == [("warning", entry["feedback_id"])]
    assert told(said, entry["feedback_id"])[0][2] == f"{what} by 2024-04-30"
    assert off(said_of({}, entries=[entry | {"case_id": "c001"}])) == [("warning", "c001")]


def test_days_and_severities_are_those_of_the_rule_book(monkeypatch):
    """Ten days and other severities, where the rule book says so."""
    late = {"l2_english_submitted_on": "2024-02-21"}
    close = {"l2_english_submitted_on": "2024-02-10", "l2_copies_signed": False, "payment_told_on": "2024-03-12"}
    tables = {
        "cases": files(FINE | late, FINE | close),
        "pops": frame("pops", [POP | {"standard11_form_on": "2024-03-12"}]),
        "feedback_log": log(*(row | {"told_rpa_on": None, "told_candidate_on": None} for row in LOG)),
    }
    given = audit(**tables)
    usual = BOOK["HLTA.PREP.8"].on("2024-03-01").value
    assert {status for status, _ in off(owed_in_preparation(given))} == {"breach", "warning"}
    changed = dict.fromkeys(usual, "information") | {"days_before_final_session": 11}
    with_value(monkeypatch, given, "HLTA.PREP.8", changed)
    said = owed_in_preparation(given)
    assert [status for status, _ in off(said)] == ["information"] * 7
    assert told(said, "c002")[0][2].endswith("10 days before the final session of 2024-02-20; expected 11 or more")


def test_an_empty_log_is_nothing_to_look_at():
    """Nobody says that every change was reported where none is logged."""
    said = said_of({}, entries=[LOG[0] | {"rpa": OTHER}])
    assert [row for row in told(said) if row[2].startswith("nothing to look at")] == [
        ("information", "", "nothing to look at: 0 mistakes and changes in registrations were reported to the RPA"),
        ("information", "", "nothing to look at: 0 candidates without Level 2 were told to meet it first"),
    ]


@pytest.mark.parametrize(
    ("missing", "met"),
    [("final_session_on", 7), ("l2_copies_signed", 8), ("standard11_form_on", 8), ("payment_told_on", 8)],
)
def test_a_missing_column_of_files_takes_its_own_parts_only(missing, met):
    """The lack is named once; what does not need the column is judged."""
    table = files({name: value for name, value in FINE.items() if name != missing})
    said = said_of({}, cases=table)
    assert told(said, status="not_assessable") == [
        ("not_assessable", "", f"not assessable, because the table cases has no column {missing}")
    ]
    assert [status for status, *_ in told(said)].count("met") == met


def test_missing_tables_and_columns_leave_what_the_files_say():
    """Without pops and without a log, five parts are judged; of a log without the RPA's day, six."""
    owed = owed_in_preparation(audit(cases=files(FINE)))
    assert [status for status, *_ in told(owed)] == ["met"] * 5 + ["not_assessable"] * 2
    older = frame("feedback_log", [ENTRY | {"subject": "level_2", "told_candidate_on": "2024-03-06"}])
    said = said_of({}, feedback_log=older)
    assert told(said, status="not_assessable") == [
        ("not_assessable", "", "not assessable, because the table feedback_log has no column told_rpa_on")
    ]


def test_row_order_says_nothing_of_what_is_owed():
    """The same files in another order say the same."""
    table = files(*(FINE | row for row in ({"l2_copies_signed": False}, {"payment_told_on": "2024-03-12"}, {})))
    pops = frame("pops", [POP])
    assert owed_in_preparation(audit(cases=table, pops=pops)) == owed_in_preparation(
        audit(cases=table[::-1], pops=pops)
    )


def _copy_days(cases):
    """Return how many days before the final session the later of the two copies came."""
    came = by.days(cases[["l2_english_submitted_on", "l2_maths_submitted_on"]].max(axis=1))
    return (by.days(cases["final_session_on"]) - came).dt.days


#: Planted facts of this rule -> how each is counted in the tables of text.
PLANTED = {
    "F120": by.cases(lambda cases: _copy_days(cases) < 0),
    "F121": by.cases(lambda cases: _copy_days(cases).between(0, 6)),
    "F122": by.cases(lambda cases: _copy_days(cases) == 7),
    "F123": by.no("l2_copies_signed"),
    "F124": by.blank("standard11_form_on"),
    "F125": by.late("payment_told_on", "assessed_on"),
    "F126": by.table_rows("pops", "pop_id", lambda pops: pops["standard11_form_on"] == ""),
    "F127": by.table_rows(
        "feedback_log", "feedback_id", lambda log: (log["subject"] == "registration") & (log["told_rpa_on"] == "")
    ),
    "F128": by.table_rows(
        "feedback_log", "feedback_id", lambda log: (log["subject"] == "level_2") & (log["told_candidate_on"] == "")
    ),
}
