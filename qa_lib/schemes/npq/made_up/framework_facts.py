"""The facts of the made-up NPQ framework, for tests that look for them and for the page that lists them."""

from __future__ import annotations

from functools import cache

from qa_lib.made_up.fact import Fact, Facts, facts_table
from qa_lib.made_up.writing import digest_of
from qa_lib.schemes.npq.made_up.framework import SEED, build_npq, make_npq
from qa_lib.schemes.npq.made_up.framework_rows import Framework
from qa_lib.schemes.npq.made_up.framework_scene import full_scene, small_scene


def planted_npq_facts(*, seed: str = SEED, small: bool = False) -> tuple[Fact, ...]:
    """Return the facts of the whole framework, or of the small slice, by number; the standing ones come last."""
    return _facts(seed, small)


@cache
def _facts(seed: str, small: bool) -> tuple[Fact, ...]:
    framework, facts = make_npq(small_scene() if small else full_scene(planted=True), seed=seed)
    return (*facts, *standing_npq_facts(framework))


def standing_npq_facts(framework: Framework) -> list[Fact]:
    """Return the facts that hold with and without planting."""
    exact = [row.urn for row in framework.schools if 10 * row.fsm_pupils == 3 * row.pupils]
    low = [row for row in framework.schools if row.fsm == "low"]
    near = [row.urn for row in low if 2995 * row.pupils <= 10000 * row.fsm_pupils]
    standing = Facts(prefix="NPQ")
    what = "Exactly 30.00 % of the pupils are eligible for free school meals, as far as known: in."
    standing.add("S01", "M2", "schools", what, exact, expect="none")
    what = "Below 30 %, and at 30.0 % only where the rate is rounded to one decimal: out."
    standing.add("S02", "M2", "schools", what, near, expect="none")
    return standing.facts


_TOP = """# The made-up NPQ framework

`build_npq` makes two years of National Professional Qualifications, 2017-18 and 2018-19: 30 providers at all four
levels, about 12,000 participants, 2,520 schools in 72 local authorities, and every NPQ table of the design. No
provider, person or school in it exists: the schools' URNs have six digits as real ones do, from 170000, where no real
one is.

```python
from pathlib import Path
from qa_lib.schemes.npq.made_up import build_npq, build_npq_slice, planted_npq_facts

build_npq(Path("npq"))                           # both years, with the facts below
build_npq(Path("clean"), planted=False)          # without them: nothing breaches the quality framework
build_npq_slice(Path("slice"))                   # the small slice; committed as notebooks/data/npq
planted_npq_facts(), planted_npq_facts(small=True)
```

## How to read the NPQ data

- The story is told on **1 March 2020**: give it as the as-of date. Who commenced in 2017-18 is due by then (N14 is
  not); nobody of 2018-19 is. 2017-18 is the providers' first year, so metric 2 has targets for 2018-19 only. No date
  is later, so results, feedback and awards that were still to come are blank.
- `targets`: people for M1; shares from 0 to 1 for M2 and M3.
- A row of `participants` is one enrolment. Who enrols again at a level has a second row with another id, the same
  `trn`, and `previous_attempt`. Staff have rows with a `staff_role`, as real returns do.
- `national_moderation` holds what moderators **would** find in **every** script, because the 10 % are drawn later.
  Whoever reports on metric 5 must first restrict it to the drawn scripts. Outside N50 to N52 so few scripts would be
  overturned that no sample of 10 %, of one year or both, can hold more than 5 %.
- Marks are out of 40 and the pass mark is 20, which the framework does not say: give it with the run.
- Chance alone would flag every provider under metric 7. Here who never presents and who fails is chosen by chance among
  those whose groups then stay within 10 %, so that the flagged groups are exactly those of N03 and N05.
- `age_band` is a further characteristic, as the Equality Act has it. Groups are written `characteristic=value`;
  `fsm` is `high` from 30 % of pupils, from counts. Unknown ethnicity is blank or "Prefer not to say".
- `period` of `self_assessment` is `2017-18 mid-year` and so on; `cohort` of `delivery` is the year.

## Planted NPQ facts
"""


_BETWEEN = """
NPQ facts that come with others: schools that are not found and blank characteristics (N33, N42 to N44) also make a
return incomplete (NPQ.RET.1); what N70 lacks is also asked by NPQ.REQ.5; the flags of N03 overlap, because every school
for pupils with special needs is of phase Special and of one of two types.
"""


def npq_demo_data_page() -> str:
    """Return the text of ``docs/demo-data-npq.md``."""
    full, small = planted_npq_facts(), planted_npq_facts(small=True)
    digest = f"The tables of the years, name and bytes of each in turn, have the SHA-256 `{digest_of(build_npq)}`.\n"
    parts = [
        *(_TOP, facts_table(fact for fact in full if fact.id[0] == "N")),
        *(_BETWEEN, digest, "## In the clean NPQ years too\n", facts_table(fact for fact in full if fact.id[0] == "S")),
        *(
            "\n## The small NPQ slice\n",
            "Three providers, about 440 participants: the default data of the notebooks.\n",
        ),
        *(facts_table(small), ""),
    ]
    return "\n".join(parts)
