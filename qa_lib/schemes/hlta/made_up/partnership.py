"""Build the made-up year, whole or as the small slice that the notebooks read by default."""

from __future__ import annotations

from pathlib import Path

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.fact import Fact
from qa_lib.schemes.hlta.made_up import administration as office
from qa_lib.schemes.hlta.made_up import records
from qa_lib.schemes.hlta.made_up.assessors_and_pops import make_assessors, make_pops
from qa_lib.schemes.hlta.made_up.candidate_files import Allocation
from qa_lib.schemes.hlta.made_up.moderators_truth import make_moderations
from qa_lib.schemes.hlta.made_up.planting import Planting
from qa_lib.schemes.hlta.made_up.plantings import PLANTINGS
from qa_lib.schemes.hlta.made_up.rows import Year
from qa_lib.schemes.hlta.made_up.scene import PARTNERSHIP, SLICE, Scene
from qa_lib.schemes.hlta.made_up.year_tables import write_year

SEED = "partnership-2023"


def build_partnership(out: Path, *, seed: str = SEED, planted: bool = True) -> None:
    """Write the made-up year September 2023 – August 2024 as a folder of CSV tables.

    Parameters
    ----------
    out
        Folder to write into; it is made where it is missing.
    seed
        Everything follows from it: the same seed gives the same bytes on every platform.
    planted
        Whether the facts of ``docs/demo-data.md`` are in it. Without them nothing breaches the code of practice.
    """
    write_year(make_year(PARTNERSHIP, seed=seed, planted=planted)[0], out)


def build_slice(out: Path, *, seed: str = SEED) -> None:
    """Write the small slice: two providers, January to March 2024, 116 files, some planted facts."""
    write_year(make_year(SLICE, seed=seed, planted=True)[0], out)


def make_year(scene: Scene, *, seed: str = SEED, planted: bool = True) -> tuple[Year, list[Fact]]:
    """Return all tables of a made-up Partnership of the size of ``scene``, and the facts planted into it."""
    chance = Chance(seed)
    year = _clean_year(scene, chance)
    planting = Planting(year, scene, chance, prefix="HLTA", whole=len(scene.months) == 12)
    if planted:
        planting.plant(PLANTINGS)
    return year, sorted(planting.facts, key=lambda fact: int(fact.id[1:]))


def _clean_year(scene: Scene, chance: Chance) -> Year:
    assessors, pops = make_assessors(scene, chance), make_pops(scene, chance)
    cases = Allocation(scene, chance, assessors, pops).run()
    events = records.make_events(scene, assessors, chance)
    records.release_results(cases, events, chance)
    insufficient = records.make_insufficient(cases, chance)
    national = records.make_national_standards(scene, chance)
    return Year(
        cases=cases,
        assessors=assessors,
        pops=pops,
        events=events,
        scrutiny=records.make_scrutiny(cases, events, assessors, pops, chance),
        national_standards=national,
        insufficient=insufficient,
        moderations=make_moderations(cases, insufficient, events, national, assessors, chance),
        appeals=office.make_appeals(cases, assessors, chance),
        enquiries=office.make_enquiries(scene, chance),
        actions=office.make_actions(scene, cases, assessors, chance),
        training=office.make_training(scene, assessors, chance),
        feedback_log=office.make_feedback(scene, cases, pops, events, chance),
        publications=office.make_publications(),
        forums=office.make_forums(scene, assessors, chance),
    )
