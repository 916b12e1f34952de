"""The year seen back: who was sampled when, and what another coverage policy would have cost."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.recording import record_draw, record_freeze
from qa_lib.register.store import open_register
from qa_lib.sampling.coverage_of_year import ENTITY_COLUMNS, coverage_by_entity, coverage_by_month, policy_costs
from qa_lib.sampling.drawing import Draw, make_series_draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.population import COLUMNS
from tests.second_implementation.examples import file_row

PLAN = SamplingPlan(rate=Fraction(1, 20), minimum_rate=Fraction(1, 20))
#: Month -> files of each assessor; all of one PoP.
YEAR = {"2023-09": {"A1": 40, "A2": 1}, "2023-10": {"A1": 40, "A3": 2}, "2023-11": {"A4": 1}}


@pytest.fixture(scope="module")
def year() -> list[Draw]:
    """Return a year of three months, the last of which waits for its seed."""
    register = open_register("sqlite://")
    for month, files in YEAR.items():
        rows = [file_row(f"{month}-{who}-{n}", who) for who, count in files.items() for n in range(count)]
        frame = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
        frozen = record_freeze(register, frame, PLAN, provider="N", month=month)
        if month < "2023-11":
            record_draw(register, frozen, lambda frozen=frozen: make_series_draw(frozen, series="s"))  # type: ignore[misc]
    return draws_of_year(register, provider="N", year="2023-09")


def test_everybody_of_a_drawn_month_is_sampled_at_first_sight(year: list[Draw]) -> None:
    """Each assessor of a drawn month is sampled in the month of their first file; the newest waits for the seed."""
    found = coverage_by_entity(year).set_index(["kind", "id"])
    assert ["kind", "id", *found.columns] == ENTITY_COLUMNS
    assert found["status"].to_dict() == {
        ("PoP", "P1"): "sampled",
        ("assessor", "A1"): "sampled",
        ("assessor", "A2"): "sampled",
        ("assessor", "A3"): "sampled",
        ("assessor", "A4"): "waiting for seed",
    }
    told = {
        who: dict(zip(found.columns, row, strict=True))
        for (_, who), row in zip(found.index, found.to_numpy(), strict=True)
    }
    first = {"files": 80, "months": 2, "first_month": "2023-09", "last_month": "2023-10"}
    assert first.items() <= told["A1"].items()
    assert (told["A2"]["first_sampled"], told["A2"]["sampled_files"]) == ("2023-09", 1)
    assert told["A4"]["first_sampled"] == ""


def test_a_file_that_could_not_be_moderated_covers_nobody(year: list[Draw]) -> None:
    """Without their only sampled file an assessor is not sampled yet."""
    spoilt = [(year[0].freeze.digest, "2023-09-A2-0")]
    found = coverage_by_entity(year, not_moderatable=spoilt).set_index("id")
    assert found.loc["A2", "status"] == "not sampled yet"


def test_seen_and_sampled_add_up_month_by_month(year: list[Draw]) -> None:
    """The counts at the end of each month are those seen and sampled until then."""
    counted = coverage_by_month(coverage_by_entity(year), list(YEAR))
    assessors = counted[counted["kind"] == "assessors"]
    assert assessors[["seen", "sampled"]].to_numpy().tolist() == [[2, 2], [3, 3], [4, 3]]


def test_no_draws_are_an_empty_year() -> None:
    """A year in which nothing was frozen has tables without rows."""
    assert coverage_by_entity([]).empty
    assert coverage_by_month(coverage_by_entity([]), []).empty


def test_the_policy_of_the_year_costs_what_was_drawn(year: list[Draw]) -> None:
    """Drawing the year again under its own policy takes the same files; a later start is cheaper and misses some."""
    drawn = [draw for draw in year if draw.status == "drawn"]
    table = policy_costs(year)
    costs = table.set_index("policy").to_dict("index")
    assert costs["first_sight"]["sampled_files"] == sum(len(draw.sample) for draw in drawn)
    assert costs["first_sight"]["coverage_files"] == sum(draw.content["counts"]["coverage"] for draw in drawn)
    assert costs["first_sight"]["never_sampled"] == 0
    assert costs["from_month 12"]["coverage_files"] == 0
    assert costs["from_month 12"]["never_sampled"] >= 1
    assert table["sampled_files"].is_monotonic_decreasing
