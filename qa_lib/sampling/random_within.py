"""Which selected files are a simple random sample of the passes of one assessor, or of the candidates of one PoP.

The random part takes the files with the smallest tickets, whoever assessed them. What the steps after it take of one
person's files is a random sample of these as well, but only where the draw treats the files alike: where exchanging the
tickets of any two of them exchanges the two in the sample and does nothing else. Then, among all draws that take k of
the person's passes, every k of them are taken equally often, whatever the k depends on (``docs/methods.md`` §2).

A draw sees of an ordinary pass its tier, assessor, PoP and ticket. So the passes of one assessor are treated alike

* by the random part, always: it asks for tickets alone;
* by the risk top-up where they are all of one tier, or of tiers that take nothing more;
* by the coverage top-up where, besides, it does not matter of which PoP a file is: where all are of one PoP, or none of
  their PoPs needed cover when the month was frozen. Then it takes the assessor's smallest ticket, or nothing.

All of it is known at the freeze, before there is a ticket. For a PoP assessors and PoPs change places. The coverage
policy decides who needs cover in a month, and nothing else.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import pandas as pd

from qa_lib.sampling.frozen import Freeze, frozen_plan

#: Column of the population: whose passes.
Key: TypeAlias = Literal["assessor_id", "pop_id"]
#: The steps that draw ordinary passes, in the order of the draw.
RANDOM_STEPS = ("random", "risk", "coverage")
_OTHER: dict[Key, tuple[Key, str]] = {"assessor_id": ("pop_id", "pops"), "pop_id": ("assessor_id", "assessors")}


def steps_at_random(freeze: Freeze, key: Key) -> pd.Series:
    """Say of each assessor, or PoP, which steps together take a simple random sample of their ordinary passes.

    Parameters
    ----------
    freeze
        Of a month's moderation.
    key
        Whose passes.

    Returns
    -------
    Series
        By id, how many of :data:`RANDOM_STEPS`: 1 for the random part alone, 2 with the risk top-up, 3 with both
        top-ups. Whoever has no ordinary pass in the freeze is not in it.
    """
    other, kind = _OTHER[key]
    passes = freeze.population[freeze.population["stratum"] == "met"]
    plan = frozen_plan(freeze.content)
    more = passes["tier"].where(passes["tier"].map(plan.tiers) > 0, "")
    needing = passes[other].isin(freeze.content["needs_cover"][kind])
    of_each = pd.DataFrame({"tier": more, "other": passes[other], "needing": needing}).groupby(passes[key])
    one_tier = of_each["tier"].nunique() == 1
    covered_alike = (of_each["other"].nunique() == 1) | ~of_each["needing"].any()
    steps: pd.Series = 1 + one_tier.astype("int64") + (one_tier & covered_alike).astype("int64")
    return steps
