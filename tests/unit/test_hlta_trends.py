"""Trends by PoP and standard, and whether the PoP was told of them (HLTA.MOD.11)."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import OTHER, RPA, audit, files, frame, told

from qa_lib.schemes.hlta.pages.results_sentences import results_sentences
from qa_lib.schemes.hlta.rules.trends import (
    FORM_COLUMNS,
    STANDARD_COLUMNS,
    forms_by_pop,
    standards_by_pop,
    trends_go_back_to_the_pop,
    trends_of,
)

FORMS = [f"F{number}" for number in (*range(9), 11, 12, 13, 14, 15)]


def two_pops(first=20, rest=60, *, rpa=RPA):
    """Return files of P1, then of P2."""
    rows = [{"pop_id": "P1", "rpa": rpa}] * first + [{"pop_id": "P2", "rpa": rpa}] * rest
    return files(*rows)


def judged(table, lacking, standards=(6, 7)):
    """Return judgements of every file; those in ``lacking`` are insufficient in the first standard."""
    rows = [
        {
            "case_id": name,
            "standard": standard,
            "judgement": "insufficient" if standard == standards[0] and name in lacking else "met",
        }
        for name in table["case_id"]
        for standard in standards
    ]
    return frame("judgements", rows)


def names(first, last):
    """Return case ids from a number to a number."""
    return {f"c{number:03}" for number in range(first, last + 1)}


def log(*rows):
    """Return the feedback log: trends at P1 raised in the month and told two days later, but for what is named."""
    plain = {
        "rpa": RPA, "month": "2024-03", "subject": "trend", "pop_id": "P1", "raised_on": "2024-03-20",
        "told_pop_on": "2024-03-22", "note": "Standard 6 is weak.",
    }  # fmt: skip
    return frame("feedback_log", [{"feedback_id": f"F{at}", **plain, **row} for at, row in enumerate(rows, start=1)])


def weak(**more):
    """Return an audit in which P1 falls short of standard 6 in 8 of 20 files, elsewhere in 1 of 60."""
    table = two_pops()
    tables = {"cases": table, "judgements": judged(table, names(1, 8) | {"c030"})}
    return audit(**tables, **({"feedback_log": log({})} | more))


def test_a_standard_that_a_pop_falls_short_of_is_found_and_no_other():
    """The rate of the PoP's files against the RPA's other files, with interval, p and verdict."""
    found = standards_by_pop(weak())
    assert found.columns.tolist() == STANDARD_COLUMNS
    assert found[["pop_id", "standard", "files", "insufficient", "rest_k", "rest_n"]].to_numpy().tolist() == [
        ["P1", 6, 20, 8, 1, 60], ["P1", 7, 20, 0, 0, 60], ["P2", 6, 60, 1, 8, 20], ["P2", 7, 60, 0, 0, 20],
    ]  # fmt: skip
    assert found["verdict"].tolist() == ["above the rest", "cannot tell", "below the rest", "cannot tell"]
    assert found.loc[0, "diff_low"] > 0 > found.loc[2, "diff_high"]
    assert trends_of(weak())["standard"].tolist() == [6, 6]
    text = " ".join(results_sentences(weak()))
    assert "Above the rest: P1 standard 6 (after Holm, 95 %). Below the rest: P2 standard 6" in text


def test_judgements_count_for_the_rpas_files_of_the_year_only():
    """Files of another RPA, of the year before, and blank judgements are in no rate."""
    table = files(
        {"pop_id": "P1"}, {"pop_id": "P2", "rpa": OTHER}, {"pop_id": "P2", "month": "2023-08"}, {"pop_id": "P2"}
    )
    judgements = judged(table, {"c004"})
    judgements.loc[judgements["case_id"] == "c001", "judgement"] = None
    found = standards_by_pop(audit(cases=table, judgements=judgements))
    assert found[["pop_id", "standard", "files", "insufficient"]].to_numpy().tolist() == [
        ["P2", 6, 1, 1],
        ["P2", 7, 1, 0],
    ]


@pytest.mark.parametrize(("first", "verdict"), [(5, "above the rest"), (4, "too few to tell")])
def test_four_files_are_too_few_to_tell(first, verdict):
    """However weak they are; with five the comparison is made."""
    table = two_pops(first, 60)
    found = standards_by_pop(audit(cases=table, judgements=judged(table, names(1, first))))
    assert found.loc[0, "verdict"] == verdict


def test_a_trend_that_stands_out_is_told_with_its_figures():
    """One line per PoP and standard, as information about the PoP; where the log shows it told, nothing is open."""
    said = trends_go_back_to_the_pop(weak(feedback_log=log({}, {"pop_id": "P2"})))
    assert [one.status for one in said] == ["information", "information", "met"]
    assert (said[0].subject_type, said[0].subject, said[0].value, said[0].threshold) == ("pop", "P1", "8", "20")
    assert said[0].message.startswith(
        "standard 6 is insufficient more often than at the RPA's other PoPs: in 8 of 20 (40 %) files, elsewhere in "
        "1 of 60 (1.67 %); difference +38.3 points (interval "
    )
    assert "less often" in said[1].message


@pytest.mark.parametrize(
    "row",
    [
        {"note": "Standard 16 is weak."},
        {"note": "6 March, 16 candidates"},
        {"note": None},
        {"pop_id": "P9"},
        {"subject": "documents"},
        {"rpa": OTHER},
    ],
)
def test_a_trend_that_the_log_does_not_show_told_is_a_warning(row):
    """A told trend counts for the PoP and the standards that its note names as whole numbers."""
    said = trends_go_back_to_the_pop(weak(feedback_log=log({"pop_id": "P2"}, row)))
    assert told(said, "P1", "warning") == [
        ("warning", "P1", "to be told: the feedback log holds no trend told to the PoP that names standards 6")
    ]
    assert not told(said, "P2", "warning")


def test_a_logged_trend_that_was_not_told_is_a_breach():
    """A blank day is a breach from the day after it was raised; told on the as-of day is in time."""
    said = trends_go_back_to_the_pop(audit(judgements=calm(), feedback_log=log({"told_pop_on": None})))
    assert told(said, status="breach") == [
        ("breach", "F1", "a trend at P1 was raised on 2024-03-20 and not told to the PoP by 2024-04-30")
    ]
    assert told(said)[-1] == ("information", "", "0 of 1 (0 %) trends in the feedback log were told to the PoP")


def calm():
    """Return judgements of the one file of the ordinary audit."""
    return frame("judgements", [{"case_id": "c001", "standard": 1, "judgement": "met"}])


@pytest.mark.parametrize(
    ("row", "as_of", "status"),
    [
        ({"told_pop_on": "2024-03-31"}, "2024-03-31", "met"),
        ({"told_pop_on": "2024-04-01"}, "2024-03-31", "breach"),
        ({"told_pop_on": None, "raised_on": "2024-03-31"}, "2024-03-31", "information"),
        ({"told_pop_on": None, "raised_on": "2024-03-30"}, "2024-03-31", "breach"),
        ({"told_pop_on": None, "raised_on": None}, "2024-03-31", "breach"),
        ({"told_pop_on": None, "pop_id": None}, "2024-03-31", "not_assessable"),
    ],
)
def test_from_which_day_an_untold_trend_is_a_breach(row, as_of, status):
    """On the day it was raised it is still to be told; a day later, or without a day, it is a breach."""
    said = trends_go_back_to_the_pop(audit(judgements=calm(), feedback_log=log(row), as_of=as_of))
    assert told(said, "F1" if status != "met" else "", status)


@pytest.mark.parametrize(
    ("raised", "told_on", "trends"),
    [
        ("2024-02-29", None, 1),
        ("2024-02-29", "2024-03-05", 0),
        ("2024-03-01", "2024-03-05", 1),
        ("2024-04-01", None, 0),
    ],
)
def test_trends_of_the_month_and_open_ones_of_before_are_looked_at(raised, told_on, trends):
    """One of an earlier month stays until it is told; one of the next month is left to that month."""
    logged = log({"raised_on": raised, "told_pop_on": told_on})
    said = trends_go_back_to_the_pop(audit(judgements=calm(), feedback_log=logged))
    assert any("0 trends" in message for _, _, message in told(said)) == (trends == 0)


def test_what_is_missing_is_said():
    """Without judgements nothing is looked at; without a log the figures stand and the log is missed."""
    no_judgements = trends_go_back_to_the_pop(audit())
    assert told(no_judgements) == [
        ("not_assessable", "", "not assessable, because the data set has no table judgements")
    ]
    assert standards_by_pop(audit()).columns.tolist() == STANDARD_COLUMNS
    table = two_pops()
    said = trends_go_back_to_the_pop(audit(cases=table, judgements=judged(table, names(1, 8))))
    assert told(said, "P1")[0][0] == "information"
    assert told(said, status="not_assessable") == [
        ("not_assessable", "", "not assessable, because the data set has no table feedback_log")
    ]


def test_judgements_that_hold_only_the_insufficient_give_no_share():
    """Where nothing is judged met, every rate would be 100 %: that is said instead."""
    lacking = frame("judgements", [{"case_id": "c001", "standard": 1, "judgement": "insufficient"}])
    said = trends_go_back_to_the_pop(audit(judgements=lacking, feedback_log=log({})))
    assert told(said)[0][2].endswith("holds no judgement that is met, so there is no share")
    assert standards_by_pop(audit(judgements=lacking)).empty


def test_nothing_that_stands_out_is_said_with_how_many_were_compared():
    """And with how many were too few; silence is not called no trend."""
    said = trends_go_back_to_the_pop(audit(judgements=calm(), feedback_log=log({})))
    assert told(said)[0][2] == (
        "no PoP and standard stands out among 0 that were compared; 1 rest on too few files to tell"
    )


def test_forms_that_a_pops_files_lack():
    """F9 or F10 stands for F9/10; files of which nothing is recorded are left out."""
    table = two_pops(6, 6)
    rows = [
        {"case_id": name, "form": form}
        for at, name in enumerate(table["case_id"])
        for form in [*FORMS, ("F9", "F10", "F9/10")[at % 3]]
        if not (at < 4 and form == "F15") and name != "c012"
    ]
    found = forms_by_pop(audit(cases=table, forms=frame("forms", rows)))
    assert found.columns.tolist() == FORM_COLUMNS
    assert found[["pop_id", "files", "incomplete", "lacking"]].to_numpy().tolist() == [
        ["P1", 6, 4, "F15 in 4"], ["P2", 5, 0, ""],
    ]  # fmt: skip
    assert forms_by_pop(audit()).columns.tolist() == FORM_COLUMNS


def test_the_order_of_rows_says_nothing():
    """Tables turned round give the same rows and the same words."""
    one = weak()
    turned = audit(**{name: table[::-1] for name, table in one.tables.items()})
    pd.testing.assert_frame_equal(standards_by_pop(one), standards_by_pop(turned))
    assert told(trends_go_back_to_the_pop(one)) == told(trends_go_back_to_the_pop(turned))


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F71": by.weak_pops,
    "F72": by.table_rows(
        "feedback_log", "feedback_id", lambda log: (log["subject"] == "trend") & (log["told_pop_on"] == "")
    ),
}
