"""How large a sample will be, as far as it is known before there is a seed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qa_lib.sampling.frozen import Freeze, frozen_plan
from qa_lib.sampling.protocol import ceil_share
from qa_lib.sampling.scrutiny_selection import choose_for_scrutiny
from qa_lib.sampling.selection import select

_Range = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class PlannedSample:
    """What a freeze will give, each as the fewest and the most files that any seed can lead to.

    Attributes
    ----------
    certain, random
        Exact: no seed changes them.
    risk
        Exact unless the random part can use up a tier.
    coverage
        Never more than the fewest files that would do if nobody were covered by chance.
    scrutiny
        Files for pre-upload scrutiny, in whose place there is nothing else; exact.
    """

    certain: int = 0
    random: int = 0
    risk: _Range = (0, 0)
    coverage: _Range = (0, 0)
    scrutiny: int | None = None

    @property
    def sentence(self) -> str:
        """The plan in words: ``4 certain, 3 at random, 1 for risk, at most 2 for coverage``."""
        if self.scrutiny is not None:
            return f"{self.scrutiny} for pre-upload scrutiny"
        parts = [f"{self.certain} certain", f"{self.random} at random"]
        return ", ".join([*parts, f"{_words(self.risk)} for risk", f"{_words(self.coverage)} for coverage"])


def _words(bounds: _Range) -> str:
    least, most = bounds
    if least == most:
        return str(most)
    return f"{least} to {most}" if least else f"at most {most}"


def planned_sample(freeze: Freeze) -> PlannedSample:
    """Return how many files each step of the draw will take, whatever the seed will be.

    A file drawn at random or for risk covers at most one assessor and one PoP in place of one coverage file, so that
    the coverage part is smaller by at most as many files.
    """
    plan, population = frozen_plan(freeze.content), freeze.population
    if plan.purpose == "scrutiny":
        chosen, _ = choose_for_scrutiny(population, digest="", seed="", files_per_tier=plan.scrutiny_files)
        return PlannedSample(scrutiny=len(chosen))
    # Neither rate nor tiers: what is certain, and what coverage asks for if chance covers nobody. Any seed will do.
    alone = select(
        population, digest="", seed="", rate=Fraction(0), tiers={}, needs_cover=freeze.content["needs_cover"]
    ).counts
    free = alone["stratum_met"]
    random = min(ceil_share(plan.rate, alone["met"]), free)
    of_tier = population.loc[population["stratum"] == "met", "tier"].value_counts()
    risks = [_risk(extra, int(of_tier.get(tier, 0)), random=random, free=free) for tier, extra in plan.tiers.items()]
    least, most = (sum(numbers) for numbers in zip((0, 0), *risks, strict=True))
    coverage = alone["coverage"]
    return PlannedSample(
        certain=alone["certainty"],
        random=random,
        risk=(least, most),
        coverage=(max(0, coverage - random - most), coverage),
    )


def _risk(extra: Fraction, size: int, *, random: int, free: int) -> _Range:
    """Return the fewest and the most files that the risk top-up of one tier can take."""
    wanted = ceil_share(extra, size)
    fewest_left, most_left = size - min(random, size), size - max(0, random - (free - size))
    return min(wanted, fewest_left), min(wanted, most_left)
