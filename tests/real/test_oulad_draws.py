"""All module-months of the Open University data set, read as moderation, are drawn as the rules say and verified."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from qa_lib.calendar.months import year_of
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.register.monthly_draws import draw as give_seed
from qa_lib.register.monthly_draws import draw_folder, freeze
from qa_lib.register.store import Register, open_register
from qa_lib.register.verify_chains import register_log, verify_register
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.sampling.population import population_csv
from qa_lib.sampling.protocol import ceil_share
from qa_lib.sampling.selection import sample_csv
from qa_lib.scheme import load_rulebook
from tests.second_implementation import naive
from tests.second_implementation.verifier import tool

pytestmark = pytest.mark.real

CHOICES = PlanChoices(rules_on="2022-11-01", standards=0)
SERIES = "OULAD back-run 1"


@pytest.fixture(scope="module")
def dataset(real_data: Path) -> Dataset:
    """Read the data set once."""
    return read_dataset(real_data / "oulad", reader="oulad_moderation")


@pytest.fixture(scope="module")
def months(dataset: Dataset) -> list[tuple[str, str]]:
    """Return provider and month of every module-month, in order."""
    pairs = dataset.tables["cases"][["rpa", "month"]].drop_duplicates()
    return sorted(pairs.astype("object").itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def drawn(dataset: Dataset, months: list[tuple[str, str]]) -> tuple[Register, list[Draw]]:
    """Freeze and draw every module-month in one register, in order, with the seeds of a series."""
    register, book = open_register("sqlite://"), load_rulebook("hlta")
    return register, list(_draws(dataset, register, book, months))


def _draws(dataset: Dataset, register: Register, book: RuleBook, months: list[tuple[str, str]]) -> Iterator[Draw]:
    for provider, month in months:
        frozen = freeze(dataset.tables, book, provider=provider, month=month, register=register, choices=CHOICES)
        yield give_seed(frozen, seed="", reviewer="", reviewer_rpa="", register=register, series=SERIES)


def test_every_row_is_accepted_or_rejected(dataset: Dataset, months: list[tuple[str, str]]) -> None:
    """173,739 files are accepted and 173 rejected, each with its row, for want of a score."""
    cases = dataset.tables["cases"]
    assert len(cases) == 173_739
    assert len(dataset.rejected) == dataset.rejected["row"].nunique() == 173
    assert set(dataset.rejected["column"]) == {"outcome"}
    assert set(dataset.rejected["file"]) == {"studentAssessment.csv"}
    assert dataset.counts[["rows", "accepted", "rejected"]].to_numpy().tolist() == [[173_912, 173_739, 173]]
    assert len(months) == 166
    assert cases["month"].nunique() == 33
    assert cases["assessor_id"].nunique() == 188
    assert cases["pop_id"].nunique() == 13


def test_all_module_months_are_drawn(drawn: tuple[Register, list[Draw]]) -> None:
    """166 freezes and 166 draws stand in seven chains that hold; every file was in one population."""
    register, draws = drawn
    assert {draw.status for draw in draws} == {"drawn"}
    assert sum(len(draw.freeze.population) for draw in draws) == 173_739
    assert register_log(register)["kind"].value_counts().to_dict() == {"freeze": 166, "draw": 166}
    assert verify_register(register) == []


def test_each_random_part_is_five_per_cent_of_the_passes(dataset: Dataset, drawn: tuple[Register, list[Draw]]) -> None:
    """The random part is exactly five per cent of the month's passes, rounded up, or all that could be drawn."""
    cases = dataset.tables["cases"]
    met = cases[cases["outcome"] == "met"].groupby(["rpa", "month"]).size()
    drawable = cases[(cases["outcome"] == "met") & (cases["attempt"] == "first")].groupby(["rpa", "month"]).size()
    for draw in drawn[1]:
        key = (draw.freeze.provider, draw.freeze.month)
        expected = min(-(-int(met.get(key, 0)) // 20), int(drawable.get(key, 0)))
        assert (draw.sample["selected_by"] == "random").sum() == expected, key
        assert ceil_share(Fraction(1, 20), int(met.get(key, 0))) == draw.content["counts"]["random_required"]


def test_every_certain_file_is_selected(dataset: Dataset, drawn: tuple[Register, list[Draw]]) -> None:
    """Each file without a pass and each banked one is in the sample of its month."""
    cases = dataset.tables["cases"]
    certain = cases[(cases["outcome"] != "met") | (cases["attempt"] == "resubmission")]
    selected = pd.concat([draw.sample for draw in drawn[1]])
    assert set(selected.loc[selected["selected_by"] == "certainty", "case_id"]) == set(certain["case_id"])


def test_by_each_years_end_nobody_was_missed(dataset: Dataset, drawn: tuple[Register, list[Draw]]) -> None:
    """In each module's year every marking unit and every region that submitted has a sampled file."""
    cases = dataset.tables["cases"]
    cases = cases.assign(
        year=cases["month"].map({month: year_of(month, starts_in=9) for month in cases["month"].unique()})
    )
    selected = set(pd.concat([draw.sample["case_id"] for draw in drawn[1]]))
    sampled = cases[cases["case_id"].isin(selected)]
    for entity in ("assessor_id", "pop_id"):
        seen, found = (
            set(frame[["rpa", "year", entity]].drop_duplicates().itertuples(index=False, name=None))
            for frame in (cases, sampled)
        )
        assert seen == found


def test_each_cover_carries_its_proof(drawn: tuple[Register, list[Draw]]) -> None:
    """As many uncovered units and regions as files taken, and no candidate file touches two of them."""
    taken = 0
    for draw in drawn[1]:
        proof, population = draw.content["cover_proof"], draw.freeze.population
        assert len(proof["assessors"]) + len(proof["pops"]) == len(proof["files"])
        assert len(proof["files"]) == draw.content["counts"]["coverage"]
        before = set(draw.sample.loc[draw.sample["selected_by"] != "coverage", "case_id"])
        free = population[~population["case_id"].isin(before)]
        both = free["assessor_id"].isin(proof["assessors"]) & free["pop_id"].isin(proof["pops"])
        assert not both.any()
        taken += len(proof["files"])
    assert taken > 0


def test_the_years_memory_is_in_each_freeze(drawn: tuple[Register, list[Draw]]) -> None:
    """A freeze names exactly those of its population who had no sampled file in the year's draws before."""
    sampled: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for draw in drawn[1]:
        population, content = draw.freeze.population, draw.freeze.content
        chosen = population[population["case_id"].isin(draw.sample["case_id"])]
        for kind, column in (("assessors", "assessor_id"), ("pops", "pop_id")):
            key = (content["provider"], content["year"], kind)
            assert content["needs_cover"][kind] == sorted(set(population[column]) - sampled[key])
            sampled[key] |= set(chosen[column])


def test_the_auditors_tool_passes_on_every_folder(drawn: tuple[Register, list[Draw]], tmp_path: Path) -> None:
    """``tools/verify_draw.py`` draws all 166 folders again and finds nothing wrong."""
    folders = []
    for draw in drawn[1]:
        folder = draw_folder(tmp_path, draw.freeze)
        folder.mkdir(parents=True)
        (folder / "population.csv").write_bytes(population_csv(draw.freeze.population))
        (folder / "freeze.json").write_bytes(draw.freeze.json)
        (folder / "sample.csv").write_bytes(sample_csv(draw.sample))
        (folder / "draw.json").write_bytes(draw.json)
        folders.append(str(folder))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = tool.main(folders)
    assert code == 0, said.getvalue()
    assert said.getvalue().count("OK  ") == 166


def test_the_smallest_months_are_the_naive_ones(drawn: tuple[Register, list[Draw]]) -> None:
    """The second implementation writes the same bytes for the twenty smallest months."""
    for draw in sorted(drawn[1], key=lambda draw: len(draw.freeze.population))[:20]:
        seed = f"{SERIES}/{draw.freeze.provider}/{draw.freeze.month}"
        expected = naive.draw(population_csv(draw.freeze.population), draw.freeze.json, seed, "operator", "", "series")
        assert (sample_csv(draw.sample), draw.json) == expected
