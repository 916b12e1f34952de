"""What is true of every draw: the library and a second implementation agree, and the cover is least and proved."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from qa_lib.sampling.drawing import make_draw, make_series_draw
from qa_lib.sampling.frozen import Freeze, SamplingPlan, make_freeze
from qa_lib.sampling.minimum_cover import Cover, least_cover
from qa_lib.sampling.population import REASONS, canonical_population, population_csv
from qa_lib.sampling.selection import STEPS, Selection, sample_csv, select
from qa_lib.sampling.tickets import tickets
from tests.second_implementation import naive

Rows = list[dict[str, str]]
RATES = [Fraction(text) for text in ("1/20", "1/10", "1/3", "7/99", "99/100", "1")]
TIER_RATES = [Fraction(text) for text in ("0", "1/20", "1/10", "2/3", "1")]
TIERS = ("high", "raised", "standard")

_quirks = st.sampled_from(list(",\"';:\\/~<& é\u0301\ufb03\u00bd\u00a0\u200d\u202eß～𝄞\U0001f469A1"))
_plain = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
_text = st.text(st.one_of(_quirks, st.sampled_from(list("ABab01")), _plain), min_size=1, max_size=12)
identifiers = _text.map(naive.normalised).filter(lambda text: bool(text) and text[0] not in "=+-@")
seeds = (
    st.text(st.one_of(_quirks, _plain), min_size=20, max_size=45).map(naive.normalised).filter(lambda t: len(t) > 19)
)


@st.composite
def populations(draw: st.DrawFn, *, most: int = 30) -> Rows:
    """Draw the rows of a population that the protocol allows, ids normalised."""
    assessors = draw(st.lists(identifiers, min_size=1, max_size=6))
    pops = draw(st.lists(identifiers, min_size=1, max_size=5))
    rows = []
    for case_id in draw(st.lists(identifiers, max_size=most, unique=True)):
        held = draw(st.one_of(st.just(set[str]()), st.sets(st.sampled_from(REASONS), max_size=3)))
        listed = [reason for reason in REASONS if reason in held]
        lacking = draw(st.sets(st.integers(1, 40), max_size=4)) if REASONS[0] in held else set()
        rows.append(
            {
                "case_id": case_id,
                "stratum": listed[0] if listed else "met",
                "reasons": ";".join(listed),
                "outcome": draw(st.sampled_from(["met", *(reason for reason in listed if reason in REASONS[:3])])),
                "tier": draw(st.sampled_from(TIERS)),
                "assessor_id": draw(st.sampled_from(assessors)),
                "pop_id": draw(st.sampled_from(pops)),
                "insufficient": ";".join(map(str, sorted(lacking))),
            }
        )
    return rows


@dataclass(frozen=True)
class Case:
    """A population with everything that a freeze binds."""

    rows: Rows
    plan: SamplingPlan
    provider: str
    month: str
    part: str
    chain_head: str
    covered: Mapping[str, set[str]]

    def content(self) -> dict[str, Any]:
        """Return what freeze.json holds, told from the protocol's page."""
        plan, number = self.plan, int(self.month[5:])
        coverage: dict[str, Any] = {"policy": plan.policy}
        place = (number - plan.year_starts) % 12 + 1
        nobody = plan.purpose == "scrutiny"
        if plan.from_month is not None:
            coverage["from_month"] = plan.from_month
            nobody = nobody or place < plan.from_month
        there = {
            "assessors": {row["assessor_id"] for row in self.rows},
            "pops": {row["pop_id"] for row in self.rows},
        }
        first = int(self.month[:4]) - (number < plan.year_starts)
        return {
            "chain_head": self.chain_head,
            "coverage": coverage,
            "minimum_rate": naive_rate(plan.minimum_rate),
            "month": self.month,
            "national_standards": list(plan.national_standards),
            "needs_cover": {kind: [] if nobody else sorted(ids - self.covered[kind]) for kind, ids in there.items()},
            "part": self.part,
            "population_digest": naive.sha256(naive.write_population(self.rows)),
            "protocol": "1",
            "provider": self.provider,
            "purpose": plan.purpose,
            "rate": naive_rate(plan.rate),
            "scrutiny_files": dict(plan.scrutiny_files),
            "seed_source": plan.seed_source,
            "standards": plan.standards,
            "standards_more": plan.standards_more,
            "tiers": {tier: naive_rate(plan.tiers[tier]) for tier in TIERS},
            "year": f"{first}-{plan.year_starts:02}",
        }

    def freeze(self, rows: Rows | None = None) -> Freeze:
        """Return what the library freezes."""
        return make_freeze(
            pd.DataFrame(self.rows if rows is None else rows, columns=naive.POPULATION_COLUMNS, dtype="object"),
            self.plan,
            provider=self.provider,
            month=self.month,
            part=self.part,
            chain_head=self.chain_head,
            covered=self.covered,
        )


def naive_rate(rate: Fraction) -> str:
    """Write a rate as the page says."""
    return f"{rate.numerator}/{rate.denominator}" if rate.denominator > 1 else f"{rate.numerator}"


@st.composite
def plans(draw: st.DrawFn) -> SamplingPlan:
    """Draw a plan that the rules allow, for moderation or scrutiny."""
    scrutiny = draw(st.sampled_from([False, False, True]))
    from_month = draw(st.sampled_from([None, None, 1, 5, 12]))
    standards = draw(st.sampled_from([0, 5, 33]))
    return SamplingPlan(
        rate=draw(st.sampled_from(RATES)),
        minimum_rate=Fraction(1, 20),
        tiers={tier: draw(st.sampled_from(TIER_RATES)) for tier in TIERS},
        policy="first_sight" if from_month is None else "from_month",
        from_month=from_month,
        year_starts=draw(st.integers(1, 12)),
        national_standards=sorted(draw(st.sets(st.integers(1, standards), max_size=3))) if standards else (),
        standards_more=draw(st.integers(0, 4)),
        standards=standards,
        seed_source=draw(st.one_of(st.just(""), identifiers)),
        purpose="scrutiny" if scrutiny else "moderation",
        scrutiny_files={tier: draw(st.integers(1, 4)) for tier in TIERS} if scrutiny else {},
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a population with a plan, a month and a year's memory."""
    rows = draw(populations())
    covered = {
        kind: draw(st.sets(st.sampled_from(ids), max_size=3))
        if (ids := sorted({row[column] for row in rows}))
        else set()
        for kind, column in (("assessors", "assessor_id"), ("pops", "pop_id"))
    }
    return Case(
        rows=rows,
        plan=draw(plans()),
        provider=draw(identifiers),
        month=f"{draw(st.integers(1999, 2030))}-{draw(st.integers(1, 12)):02}",
        part=draw(st.sampled_from(["month", "late-1", "late-12"])),
        chain_head=draw(st.sampled_from(["0" * 64, naive.sha256("an entry")])),
        covered=covered,
    )


def as_typed(text: str, pads: tuple[str, str]) -> str:
    """Return another way to type an identifier, which normalises to the same."""
    return pads[0] + unicodedata.normalize("NFD", text) + pads[1]


@settings(max_examples=120, deadline=None)
@given(case=cases(), seed=seeds, reviewer=identifiers, rpa=identifiers, data=st.data())
def test_two_implementations_write_the_same_bytes(
    case: Case, seed: str, reviewer: str, rpa: str, data: st.DataObject
) -> None:
    """All four files are the same as the naive implementation's, whatever names, reasons, tiers, rates and purposes."""
    assume(case.provider.casefold() != rpa.casefold())
    pads = st.tuples(st.sampled_from(["", " ", "\t", "\u3000"]), st.sampled_from(["", "\x1f ", "\u00a0", "\r\n"]))
    arrived = [
        {
            key: as_typed(value, data.draw(pads)) if key in ("case_id", "assessor_id", "pop_id") else value
            for key, value in row.items()
        }
        for row in data.draw(st.permutations(case.rows))
    ]
    freeze = case.freeze(arrived)
    population, content = naive.write_population(case.rows), naive.write_freeze(case.content())
    assert population_csv(freeze.population) == population
    assert freeze.json == content
    scrutiny = case.plan.purpose == "scrutiny"
    rpa, origin = (case.provider, "rpa") if scrutiny else (rpa, "reviewer")
    draw = make_draw(freeze, seed=as_typed(seed, data.draw(pads)), reviewer=reviewer, reviewer_rpa=rpa)
    assert (sample_csv(draw.sample), draw.json) == naive.draw(population, content, seed, reviewer, rpa, origin)


@settings(max_examples=25, deadline=None)
@given(case=cases(), series=identifiers)
def test_a_back_run_draws_with_series_provider_and_month(case: Case, series: str) -> None:
    """The seed of a back-run is the series, the provider, the month and the part, in both implementations."""
    tail = "" if case.part == "month" else f"/{case.part}"
    draw = make_series_draw(case.freeze(), series=series)
    expected = naive.draw(
        naive.write_population(case.rows),
        naive.write_freeze(case.content()),
        f"{series}/{case.provider}/{case.month}{tail}",
        "operator",
        "",
        "series",
    )
    assert (sample_csv(draw.sample), draw.json) == expected


def chosen(
    rows: Rows, *, rate: Fraction, tiers: Mapping[str, Fraction] | None = None, cover: bool = False
) -> Selection:
    """Select with one digest and seed, whatever the rates, so that only the rates differ."""
    population = canonical_population(pd.DataFrame(rows, columns=naive.POPULATION_COLUMNS, dtype="object"))
    needs = {"assessors": sorted({row["assessor_id"] for row in rows}), "pops": sorted({row["pop_id"] for row in rows})}
    return select(
        population,
        digest="5" * 64,
        seed="12345678901234567890",
        rate=rate,
        tiers=tiers or dict.fromkeys(TIERS, Fraction(0)),
        needs_cover=needs if cover else {"assessors": [], "pops": []},
    )


@settings(max_examples=60, deadline=None)
@given(rows=populations(), rates=st.lists(st.fractions(0, 1, max_denominator=40), min_size=2, max_size=2))
def test_a_larger_rate_takes_the_smaller_ones_files_too(rows: Rows, rates: list[Fraction]) -> None:
    """With the same tickets the random part of a larger rate contains that of a smaller one."""
    small, large = (set(np.flatnonzero(chosen(rows, rate=rate).step == 2).tolist()) for rate in sorted(rates))
    assert small <= large


@settings(max_examples=60, deadline=None)
@given(
    rows=populations(),
    rate=st.fractions(Fraction(1, 20), 1, max_denominator=40),
    tiers=st.fixed_dictionaries({tier: st.sampled_from(TIER_RATES) for tier in TIERS}),
)
def test_each_step_takes_as_many_as_the_page_says(rows: Rows, rate: Fraction, tiers: dict[str, Fraction]) -> None:
    """Strata sum to the total, each step has its exact size, and nobody who needs cover is left without."""
    selection = chosen(rows, rate=rate, tiers=tiers, cover=True)
    counts, by_id = selection.counts, sorted(rows, key=lambda row: row["case_id"])
    taken = [(STEPS[step], row) for step, row in zip(selection.step.tolist(), by_id, strict=True) if step]
    drawable = [row for row in rows if row["stratum"] == "met"]
    assert counts["files"] == len(rows) == counts["certainty"] + counts["stratum_met"]
    assert counts["selected"] == len(taken) == sum(counts[step] for step in STEPS[1:])
    assert counts["met"] == sum(row["outcome"] == "met" for row in rows)
    assert counts["random"] == min(ceil(rate * counts["met"]), len(drawable))
    for tier in TIERS:
        of_tier = [step for step, row in taken if row["tier"] == tier and row["stratum"] == "met"]
        size = sum(row["tier"] == tier for row in drawable)
        assert of_tier.count("risk") == min(ceil(tiers[tier] * size), size - of_tier.count("random"))
    for column in ("assessor_id", "pop_id"):
        assert {row[column] for _, row in taken} == {row[column] for row in rows}


@settings(max_examples=40, deadline=None)
@given(rows=populations(), data=st.data())
def test_the_order_of_rows_says_nothing(rows: Rows, data: st.DataObject) -> None:
    """Any order of rows gives the same canonical population, byte for byte."""
    other = pd.DataFrame(data.draw(st.permutations(rows)), columns=naive.POPULATION_COLUMNS, dtype="object")
    assert population_csv(canonical_population(other)) == naive.write_population(rows)


@settings(max_examples=60, deadline=None)
@given(ours=st.sets(identifiers, min_size=1), theirs=st.sets(identifiers))
def test_more_files_never_reorder_the_others(ours: set[str], theirs: set[str]) -> None:
    """The tickets of some files stand in one order, however many other files stand between them."""
    alone, together = sorted(ours), sorted(ours | theirs)
    given_with = {"digest": "a" * 64, "seed": "12345678901234567890"}
    order = [together[place] for place in tickets(together, **given_with).order]
    assert [case_id for case_id in order if case_id in ours] == [
        alone[place] for place in tickets(alone, **given_with).order
    ]


@dataclass(frozen=True)
class Graph:
    """Files between assessors and PoPs, some of whom are uncovered."""

    assessor: NDArray[np.intp]
    pop: NDArray[np.intp]
    open_assessors: NDArray[np.bool_]
    open_pops: NDArray[np.bool_]

    def cover(self) -> Cover:
        """Return the library's cover."""
        return least_cover(
            self.assessor,
            self.pop,
            uncovered_assessors=self.open_assessors,
            uncovered_pops=self.open_pops,
            by_ticket=np.arange(len(self.assessor)),
        )

    def covers(self, files: NDArray[np.intp]) -> bool:
        """Say whether these files leave nobody uncovered."""
        left_a, left_p = self.open_assessors.copy(), self.open_pops.copy()
        left_a[self.assessor[files]] = False
        left_p[self.pop[files]] = False
        return not left_a.any() and not left_p.any()

    def check_proof(self, cover: Cover) -> None:
        """Assert that the proof names uncovered entities, no two on one file, as many as there are files."""
        in_proof_a, in_proof_p = np.isin(self.assessor, cover.assessors), np.isin(self.pop, cover.pops)
        assert self.open_assessors[cover.assessors].all()
        assert self.open_pops[cover.pops].all()
        assert not (in_proof_a & in_proof_p).any()
        assert len(cover.assessors) + len(cover.pops) == len(cover.files) == len(set(cover.files.tolist()))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw a small graph in which each uncovered entity has a file."""
    edges = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=9))
    assessor, pop = (np.array([edge[side] for edge in edges]) for side in (0, 1))
    open_a, open_p = (np.array(draw(st.lists(st.booleans(), min_size=5, max_size=5))) for _ in range(2))
    return Graph(assessor, pop, open_a & np.isin(np.arange(5), assessor), open_p & np.isin(np.arange(5), pop))


@settings(max_examples=150, deadline=None)
@given(graph=graphs())
def test_no_smaller_set_of_files_covers_a_small_graph(graph: Graph) -> None:
    """Trying every set of files, none smaller than the cover leaves nobody uncovered; and the proof says so."""
    cover = graph.cover()
    assert graph.covers(cover.files)
    graph.check_proof(cover)
    smaller = combinations(range(len(graph.assessor)), max(len(cover.files) - 1, 0))
    assert len(cover.files) == 0 or not any(graph.covers(np.array(files, dtype=np.intp)) for files in smaller)


@pytest.mark.parametrize(
    ("assessors", "pops", "files", "share"),
    [(2_000, 500, 200_000, 1.0), (2_000, 500, 200_000, 0.5), (2_000, 500, 2_500, 1.0), (900, 900, 1_500, 0.8)],
)
def test_large_covers_are_as_small_as_scipys_matching_allows(
    assessors: int, pops: int, files: int, share: float
) -> None:
    """A cover takes one file per uncovered entity, less one for each edge of SciPy's maximum matching."""
    generator = np.random.default_rng(files)
    assessor, pop = generator.integers(0, assessors, files), generator.integers(0, pops, files)
    graph = Graph(
        assessor,
        pop,
        (generator.random(assessors) < share) & np.isin(np.arange(assessors), assessor),
        (generator.random(pops) < share) & np.isin(np.arange(pops), pop),
    )
    both = graph.open_assessors[assessor] & graph.open_pops[pop]
    edges = csr_matrix((np.ones(both.sum()), (assessor[both], pop[both])), shape=(assessors, pops))
    matched = int((maximum_bipartite_matching(edges, perm_type="column") >= 0).sum())
    cover = graph.cover()
    assert len(cover.files) == graph.open_assessors.sum() + graph.open_pops.sum() - matched
    assert graph.covers(cover.files)
    graph.check_proof(cover)


def test_a_chain_of_displacements_is_followed_to_its_end() -> None:
    """A path that displaces 20,000 earlier matches, one after another, is found without recursion."""
    length = 20_000
    # PoP i can have assessors i and i + 1 and takes i; the last PoP has only assessor 0, so that everyone moves on.
    assessor = np.concatenate([np.repeat(np.arange(length), 2), [0]])
    assessor[1 : 2 * length : 2] += 1
    pop = np.concatenate([np.repeat(np.arange(length), 2), [length]])
    graph = Graph(assessor, pop, np.ones(length + 1, dtype=bool), np.ones(length + 1, dtype=bool))
    cover = graph.cover()
    assert len(cover.files) == length + 1
    graph.check_proof(cover)
