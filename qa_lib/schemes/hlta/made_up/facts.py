"""The facts of the made-up data, for tests that look for them and for the page that lists them.

The facts follow from the seed as the data do, so the list cannot drift from the tables.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from qa_lib.made_up.fact import Fact, Facts, facts_table
from qa_lib.made_up.writing import digest_of
from qa_lib.schemes.hlta.made_up.partnership import SEED, build_partnership, make_year
from qa_lib.schemes.hlta.made_up.rows import Year
from qa_lib.schemes.hlta.made_up.scene import PARTNERSHIP, SLICE

#: Rules that no data can breach by themselves, and why.
NOT_PLANTED = {
    "HLTA.MOD.3": "The random part is drawn by this suite: data cannot hold a wrong one.",
}


@cache
def planted_facts(*, seed: str = SEED, small: bool = False) -> tuple[Fact, ...]:
    """Return the facts of the whole year, or of the small slice, by number; the standing ones come last."""
    year, facts = make_year(SLICE if small else PARTNERSHIP, seed=seed)
    return (*facts, *standing_facts(year))


def standing_facts(year: Year) -> list[Fact]:
    """Return the facts that hold with and without planting."""
    files = Counter(case.assessor_id for case in year.cases)
    candidates = Counter(case.pop_id for case in year.cases)
    places = Counter(row.assessor_id for row in year.assessors)
    # An assessor of a provider without files is there to review others.
    rpas = {case.rpa for case in year.cases}
    people = sorted({row.assessor_id for row in year.assessors if row.rpa in rpas})
    single, standing = (name for name in candidates if candidates[name] == 1), Facts(prefix="HLTA")
    what = "Assessors without a file in the year."
    standing.add("S01", "MOD.4", "assessors", what, (n for n in people if not files[n]), expect="not_assessable")
    what = "Assessors with two files in the year."
    standing.add("S02", "MOD.4", "assessors", what, (n for n in people if files[n] == 2), expect="information")
    standing.add("S03", "MOD.5", "pops", "A PoP with one file in the year.", single, expect="information")
    what = "Assessors of two providers."
    standing.add("S04", "MOD.4", "assessors", what, (n for n in people if places[n] == 2), expect="information")
    return standing.facts


_TOP = """# The made-up Partnership

`qa_lib.schemes.hlta.made_up` makes a year of the HLTA National Assessment Partnership, September 2023 to August 2024:
the three providers of the code of practice, 150 assessors, 60 Providers of Preparation and 4,000 files in all tables of
the scheme. No person and no school in it exists. Everything follows from one seed by SHA-256 and whole numbers, so the
same seed gives the same bytes on every platform. This page is written by `demo_data_page` of
`qa_lib.schemes.hlta.made_up.facts`; a test keeps it so.

```python
from pathlib import Path
from qa_lib.schemes.hlta.made_up import build_partnership, build_slice, planted_facts

build_partnership(Path("year"))                   # the year, with the facts below
build_partnership(Path("clean"), planted=False)   # the same year without them: nothing breaches the code of practice
build_slice(Path("slice"))                        # the small slice; committed as notebooks/data/partnership
planted_facts(), planted_facts(small=True)        # the tables below, for tests
```

## How to read the data

- A file belongs to the month in which it was submitted. The month is frozen on the second working day of the next
  month, the seed is given a working day later, and the event is on the sixth to eighth working day.
- `moderations` holds what moderators **would** find in **every** file of a month with an event, because the sample is
  drawn later. Whoever reports on moderation must first restrict it to the sampled files. The standards that an overturn
  turns on are named in its reason. F63, F64 and F68 hold what the moderation return refuses.
- `standards` of `moderations` are the standards looked at: the insufficient, the month's national, three more.
- `scrutiny` has one row per look. A file that was returned and came back has two; a file without a row was not chosen.
- Someone who assesses for two providers has one row in `assessors` for each.
- The first resubmissions of the year come from files of the year before, which are not in the data.
- The national fee is 495.00 here. The rule book holds no amount: whoever checks the fee gives it with the run.

## Planted facts

*Rows* is the exact number of rows of the table that show the fact; 0 where the fact is that rows are missing. *Expect*
says what a report should make of it: *none* marks a trap just inside the rule, or text that must do no harm.
"""

_BETWEEN = """
Facts that come with others: the files of F15 are also assessed before payment; the pairing that follows F82
lasts July and August; F48 and F49 are both open actions. F80 shows only beside the table `assessors`: `peer_rpa` is the
other RPA, the people are not. F60 lies in August, the last month, so all earlier ones can be drawn, and everyone with
files in it has files in the provider's other months.

Rules that cannot be planted:
"""


def demo_data_page() -> str:
    """Return the text of ``docs/demo-data.md``."""
    year, small = planted_facts(), planted_facts(small=True)
    digest = (
        f"The tables of the year, name and bytes of each in turn, have the SHA-256 `{digest_of(build_partnership)}`."
    )
    impossible = "".join(f"- {rule}: {why}\n" for rule, why in NOT_PLANTED.items())
    return "\n".join(
        [
            _TOP,
            facts_table(fact for fact in year if fact.id[0] == "F"),
            _BETWEEN + impossible,
            digest,
            "\n## In the clean year too\n",
            facts_table(fact for fact in year if fact.id[0] == "S"),
            "\n## The small slice\n",
            "Two providers with files, January to March 2024, 116 files: the default data of the notebooks.\n",
            facts_table(small),
        ]
    )
