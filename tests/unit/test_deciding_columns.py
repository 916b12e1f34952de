"""Which columns decide a draw is what the declarations say: no other changes it, and each of them can."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hlta_frames import BOOK, MONTH, RPA, frame

from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.scheme import find_scheme, schemes
from qa_lib.schemes.hlta.draws.moderation_draw import MONTH_DRAW
from qa_lib.tables.vocabulary import DTYPES, deciding_tables

HLTA = find_scheme("hlta").tables
DECIDING = [(name, column.name) for name, table in HLTA.items() for column in table.columns if column.draw]
OTHERS = [(name, column.name) for name, table in HLTA.items() for column in table.columns if not column.draw]
#: A file for each way in which a file comes into the sample, or stays out of it.
CASES = [
    {"case_id": "C1", "attempt": "resubmission"},
    {"case_id": "C2", "difficult": True},
    {"case_id": "C3", "first_solo": True},
    {"case_id": "C4", "submitted_on": "2024-05-20"},
    {"case_id": "C5", "pop_id": "P2"},
    {"case_id": "C6", "assessor_id": "A2"},
    {"case_id": "C7"},
    {"case_id": "C8"},
    {"case_id": "C9"},
    {"case_id": "C10", "assessor_id": "A3"},
    *({"case_id": f"C1{n}", "candidate_id": f"K{n}"} for n in range(1, 5)),
    *({"case_id": f"B1{n}", "candidate_id": f"K{n}", "month": "2024-02"} for n in range(1, 5)),
    {"case_id": "C15"},
    {"case_id": "C16"},
]
#: What became of the files of candidates who come again, or of the files themselves: by the freeze, and after it.
MODERATIONS = [
    {"case_id": "B11", "moderated_on": "2024-04-01", "final_outcome": "partial_reassessment"},
    {"case_id": "B12", "moderated_on": "2024-05-20", "final_outcome": "partial_reassessment"},
    {"case_id": "C15", "moderated_on": "2024-04-01", "not_moderatable_reason": "records lack detail"},
    {"case_id": "C16", "moderated_on": "2024-04-01", "not_moderatable_reason": "at first", "decision": "endorsed"},
]
REVIEWS = [
    {"case_id": "B13", "reviewed_on": "2024-04-01", "result": "partial_reassessment"},
    {"case_id": "B14", "reviewed_on": "2024-05-20", "result": "partial_reassessment"},
]


@cache
def tables() -> dict[str, pd.DataFrame]:
    """Return a month in which every column that decides does so."""
    usual = {"rpa": RPA, "month": MONTH, "assessor_id": "A1", "pop_id": "P1", "outcome": "met", "attempt": "first"}
    usual |= {"submitted_on": "2024-04-02", "difficult": False, "first_solo": False}
    scrutiny = [
        {"case_id": "C7", "scrutinised_on": "2024-04-03", "result": "returned"},
        {"case_id": "C7", "scrutinised_on": "2024-05-20", "result": "fit"},
        {"case_id": "C8", "scrutinised_on": "2024-04-03", "result": "fit", "issue_of_principle": True},
    ]
    given = {
        "cases": [{**usual, **case} for case in CASES],
        "judgements": [{"case_id": "C9", "standard": 7, "judgement": "insufficient"}],
        "scrutiny": scrutiny,
        "moderations": MODERATIONS,
        "reviews": REVIEWS,
        "national_standards": [{"month": MONTH, "standard": 3}],
        "assessors": [
            {"assessor_id": "A1", "rpa": RPA, "assessments_before": 50, "past_difficulty": "none"},
            {"assessor_id": "A2", "rpa": RPA, "assessments_before": 0, "past_difficulty": "none"},
            {"assessor_id": "A3", "rpa": RPA, "assessments_before": 50, "past_difficulty": "serious"},
            {"assessor_id": "A1", "rpa": "Elsewhere", "assessments_before": 50, "past_difficulty": "serious"},
        ],
        "pops": [
            {"pop_id": "P2", "rpa": RPA, "past_difficulty": "serious"},
            {"pop_id": "P1", "rpa": "Elsewhere", "past_difficulty": "serious"},
        ],
    }
    return {name: frame(name, rows) for name, rows in given.items()}


def drawn_from(given: dict[str, pd.DataFrame]) -> str:
    """Return what a freeze of the month holds, as text; or why there is none."""
    asked = {"choices": PlanChoices(), "purpose": "moderation"}
    try:
        files, left_out = MONTH_DRAW.population(given, BOOK, provider=RPA, month=MONTH, as_of="2024-05-02", **asked)
        plan = MONTH_DRAW.plan(given, BOOK, month=MONTH, **asked)
    except Exception as error:  # a data set without the column is refused, or has no such files
        return type(error).__name__
    return f"{files.to_csv()}{left_out.to_csv()}{plan}{sorted(MONTH_DRAW.returned(given, '2024-05-02'))}"


@pytest.mark.parametrize("place", DECIDING, ids=".".join)
def test_a_column_that_decides_changes_who_can_be_drawn_or_how(place: tuple[str, str]) -> None:
    """Taken away, it is missed."""
    name, column = place
    without = {**tables(), name: tables()[name].drop(columns=column)}
    assert drawn_from(without) != drawn_from(tables())


@pytest.mark.parametrize("value", [None, "changed"])
def test_no_other_column_changes_anything(value: str | None) -> None:
    """All of them at once are blank, or those of text filled with what stands nowhere else."""
    given = {name: tables().get(name, frame(name, [{}])) for name in HLTA}
    for name, column in OTHERS:
        kind = DTYPES[HLTA[name].column(column).kind]
        if value is None or kind == "str":
            given[name] = given[name].assign(**{column: pd.Series([value] * len(given[name]), dtype=kind)})
    assert drawn_from(given) == drawn_from(tables())
    assert "Error" not in drawn_from(tables())


def test_a_freeze_looks_at_the_faults_of_these_tables() -> None:
    """A file lost by a typing error escapes the draw; a fault in another table waits."""
    first = ("cases", "judgements", "national_standards", "assessors", "pops", "scrutiny")
    assert deciding_tables(HLTA) == (*first, "moderations", "reviews")
    for scheme in schemes().values():
        if scheme.month_draw:
            assert scheme.provider_table in deciding_tables(scheme.tables)
