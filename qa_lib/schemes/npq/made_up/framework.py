"""Build the made-up NPQ framework, whole or as the small slice that the notebooks read by default."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.facts import Scope
from qa_lib.made_up.planting import Tables, plant
from qa_lib.made_up.writing import Row, as_text, write_tables
from qa_lib.schemes.npq.made_up import office
from qa_lib.schemes.npq.made_up.participants import make_participants
from qa_lib.schemes.npq.made_up.scene import COHORTS, LEVELS, make_cohorts, make_provider, place_of
from qa_lib.schemes.npq.made_up.schools import SchoolFinder, make_schools
from qa_lib.schemes.npq.made_up.scripts import make_feedback, make_national, make_scripts
from qa_lib.schemes.npq.tables import TABLES

#: Everything follows from it: the same seed gives the same bytes on every platform.
SEED = "npq-2018"
FACTS = Path(__file__).with_name("planted.yaml")


def build_npq(out: Path, *, planted: bool = True) -> None:
    """Write the made-up NPQ years 2017-18 and 2018-19 as a folder of CSV tables.

    Parameters
    ----------
    out
        Folder to write into; it is made where it is missing.
    planted
        Whether the facts of ``docs/demo-data-npq.md`` are in it. Without them nothing breaches the quality framework.
    """
    write_tables(make_npq("whole", planted=planted), out)


def build_npq_slice(out: Path) -> None:
    """Write the small slice: three providers, two to four levels each, some planted facts."""
    write_tables(make_npq("slice"), out)


def make_npq(scope: Scope, *, planted: bool = True, seed: str = SEED) -> Tables:
    """Return all tables of the made-up framework: the plan with its facts, people with theirs, then what follows."""
    declared = TABLES | {"cohorts": COHORTS}
    chance = Chance(seed)
    plan: Tables = {"cohorts": as_text(COHORTS, make_cohorts(whole=scope == "whole"))}

    def settle(tables: Tables) -> Tables:
        if planted:
            plant(tables, declared, FACTS, scope, into=tables)
        return tables

    blocks = defaultdict(list)
    for row in settle(plan)["cohorts"]:
        blocks[row["cohort"]].append(row)
    providers = {code: make_provider(code) for code in sorted({name[:3] for name in blocks})}
    schools = make_schools(sorted({la for provider in providers.values() for la in provider.las}), chance)
    finder = SchoolFinder(schools)
    cohorts = {name: make_participants(name, plan, providers[name[:3]], finder, chance) for name, plan in blocks.items()}
    people = settle(
        {
            "schools": as_text(TABLES["schools"], schools, without="la_district"),
            "participants": as_text(TABLES["participants"], [row for some in cohorts.values() for row in some], more="age_band"),
            "targets": as_text(TABLES["targets"], office.make_targets(cohorts, schools, chance)),
        }
    )
    rows: dict[str, list[Row]] = defaultdict(list)
    for code, provider in providers.items():
        levels = [level for level in LEVELS if any(place_of(name)[:2] == (code, level) for name in cohorts)]
        rows["personnel"] += office.make_personnel(provider, levels, chance)
        rows["returns"] += office.make_returns(provider)
        rows["self_assessment"] += office.make_self_assessment(provider, chance)
        rows["publications"] += office.make_publications(provider, levels, chance)
    assessors = defaultdict(list)
    for row in rows["personnel"]:
        if row.role == "assessor":
            assessors[row.provider, row.level].append(row.person_id)
    rows["scripts"] = make_scripts(people["participants"], assessors, chance)
    rows["national_moderation"] = make_national(rows["scripts"], chance)
    rows["feedback"] = make_feedback(people["participants"], chance)
    rows["delivery"] = [office.make_delivery(providers[name[:3]], name, chance) for name in cohorts]
    rows["malpractice"] = office.make_malpractice(list(providers.values()), chance)
    rows["actions"] = office.make_actions(list(providers.values()), chance)
    return people | settle({name: as_text(TABLES[name], some) for name, some in rows.items()})
