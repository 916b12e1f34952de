"""Build the made-up NPQ framework, whole or as the small slice that the notebooks read by default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.facts import Scope
from qa_lib.made_up.planting import Tables, plant
from qa_lib.made_up.writing import Row, as_text, write_tables
from qa_lib.schemes.npq.made_up import office
from qa_lib.schemes.npq.made_up.participants import make_participants
from qa_lib.schemes.npq.made_up.scene import LEVELS, PLANS, Provider, make_plan, make_provider, place_of
from qa_lib.schemes.npq.made_up.schools import make_schools, schools_by_kind
from qa_lib.schemes.npq.made_up.scripts import make_feedback, make_national, make_scripts
from qa_lib.schemes.npq.tables import TABLES

#: Everything follows from it: the same seed gives the same bytes on every platform.
SEED = "npq-2018"
FACTS = Path(__file__).with_name("planted.yaml")


def build_npq(out: Path, *, planted: bool = True) -> None:
    """Write the made-up years 2017-18 and 2018-19 as CSV tables; without the facts planted nothing is a breach."""
    write_tables(make_npq("whole", planted=planted), out)


def build_npq_slice(out: Path, *, planted: bool = True) -> None:
    """Write the small slice: three providers, two to four levels each, some planted facts."""
    write_tables(make_npq("slice", planted=planted), out)


def make_npq(scope: Scope, *, planted: bool = True, seed: str = SEED) -> Tables:
    """Return all tables: first the plan with its facts, then people with theirs, then what follows from people."""
    chance = Chance(seed)

    def with_facts(tables: Tables) -> Tables:
        if planted:
            plant(tables, TABLES | PLANS, FACTS, scope, into=tables)
        return tables

    plan = with_facts(make_plan(scope))
    blocks = defaultdict(list)
    for block in plan["cohorts"]:
        blocks[block["cohort"]].append(block)
    providers = {code: make_provider(code) for code in sorted({name[:3] for name in blocks})}
    schools = make_schools(sorted({la for provider in providers.values() for la in provider.las}), chance)
    kinds = schools_by_kind(schools)
    cohorts = {name: make_participants(name, own, providers[name[:3]], kinds, chance) for name, own in blocks.items()}
    everybody = (person for people in cohorts.values() for person in people)
    tables = with_facts(
        {
            "schools": as_text(TABLES["schools"], schools, without="la_district"),
            "participants": as_text(TABLES["participants"], everybody, more="coach"),
            "targets": as_text(TABLES["targets"], office.make_targets(cohorts, schools, chance)),
        }
    )
    rows = _offices(list(providers.values()), list(cohorts), chance)
    rows["scripts"] = make_scripts(tables["participants"], rows["personnel"], chance)
    years = plan["provider_years"]
    overturned, ratings = ({row["provider_year"]: row[what] for row in years} for what in ("overturned", "ratings"))
    rows["national_moderation"] = make_national(rows["scripts"], overturned, chance)
    rows["feedback"] = make_feedback(tables["participants"], ratings, chance)
    return tables | with_facts({name: as_text(TABLES[name], some) for name, some in rows.items()})


def _offices(providers: Sequence[Provider], cohorts: Sequence[str], chance: Chance) -> dict[str, list[Row]]:
    """Return what providers keep beside their participants."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for provider in providers:
        own = [name for name in cohorts if name.startswith(provider.code)]
        levels = [level for level in LEVELS if level in {place_of(name)[1] for name in own}]
        rows["personnel"] += office.make_personnel(provider, levels, chance)
        rows["returns"] += office.make_returns(provider)
        rows["self_assessment"] += office.make_self_assessment(provider, chance)
        rows["publications"] += office.make_publications(provider, levels, chance)
        rows["information_requests"] += office.make_requests(provider, chance)
        rows["provision"] += office.make_provision(provider, levels)
        rows["venues"] += office.make_venues(provider)
        rows["declarations"] += office.make_declarations(provider)
        rows["metric_evidence"] += office.make_evidence(provider)
        rows["performance_reviews"] += office.make_reviews(provider)
    named = {provider.code: provider for provider in providers}
    rows["delivery"] = [office.make_delivery(named[name[:3]], name, chance) for name in cohorts]
    rows["comment_rounds"] = [
        row for name in cohorts for row in office.make_comment_rounds(named[name[:3]], name, chance)
    ]
    rows["completion_arrangements"] = []  # no clean provider has lost its accreditation
    rows["complaints"] = office.make_complaints(providers, chance)
    rows["malpractice"] = office.make_malpractice(providers, chance)
    rows["actions"] = office.make_actions(providers, chance)
    return rows
