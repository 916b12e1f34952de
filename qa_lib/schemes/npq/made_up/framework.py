"""Build the made-up NPQ framework, whole or as the small slice that the notebooks read by default."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.fact import Fact
from qa_lib.made_up.writing import write_lists
from qa_lib.schemes.npq.made_up import provider_office as office
from qa_lib.schemes.npq.made_up.framework_planting import Planting
from qa_lib.schemes.npq.made_up.framework_plantings import OF_PEOPLE, OF_TABLES
from qa_lib.schemes.npq.made_up.framework_rows import Framework, Participant
from qa_lib.schemes.npq.made_up.framework_scene import LEVELS, Key, Scene, full_scene, small_scene
from qa_lib.schemes.npq.made_up.made_up_schools import SchoolFinder, make_schools
from qa_lib.schemes.npq.made_up.made_up_scripts import make_feedback, make_national, make_scripts
from qa_lib.schemes.npq.made_up.participants import make_cell

SEED = "npq-2018"


def build_npq(out: Path, *, seed: str = SEED, planted: bool = True) -> None:
    """Write the made-up NPQ years 2017-18 and 2018-19 as a folder of CSV tables.

    Parameters
    ----------
    out
        Folder to write into; it is made where it is missing.
    seed
        Everything follows from it: the same seed gives the same bytes on every platform.
    planted
        Whether the facts of ``docs/demo-data-npq.md`` are in it. Without them nothing breaches the quality framework.
    """
    write_lists(make_npq(full_scene(planted=planted), seed=seed, planted=planted)[0], out)


def build_npq_slice(out: Path, *, seed: str = SEED) -> None:
    """Write the small slice: three providers, two to four levels each, some planted facts."""
    write_lists(make_npq(small_scene(), seed=seed, planted=True)[0], out)


def make_npq(scene: Scene, *, seed: str = SEED, planted: bool = True) -> tuple[Framework, list[Fact]]:
    """Return all tables of a made-up framework of the size of ``scene``, and the facts planted into it."""
    chance = Chance(seed)
    schools = make_schools(sorted({la for provider in scene.providers.values() for la in provider.las}), chance)
    finder = SchoolFinder(schools)
    cells: dict[Key, list[Participant]] = {}
    for key, blocks in scene.cells.items():
        cells[key] = list(make_cell(key, blocks, scene.providers[key[0]], finder, chance).people.values())
    framework = Framework(
        schools=schools,
        participants=[person for cell in cells.values() for person in cell],
        targets=office.make_targets(cells, {school.urn: school for school in schools}, chance),
    )
    planting = Planting(framework, scene, chance, prefix="NPQ", whole=len(scene.providers) == 30)
    if planted:
        planting.plant(OF_PEOPLE)
    _fill(framework, scene, planting.overturned, chance)
    if planted:
        planting.plant(OF_TABLES)
    return framework, sorted(planting.facts, key=lambda fact: fact.id)


def _fill(framework: Framework, scene: Scene, overturned: Mapping[tuple[str, str], int], chance: Chance) -> None:
    """Add the tables that follow from the participants, and the registers."""
    people = framework.participants
    for code, provider in scene.providers.items():
        levels = [level for level in LEVELS if any(key[:2] == (code, level) for key in scene.cells)]
        framework.personnel += office.make_personnel(provider, levels, chance)
        framework.returns += office.make_returns(provider)
        framework.self_assessment += office.make_self_assessment(provider, chance)
        framework.publications += office.make_publications(provider, levels, chance)
    framework.scripts = make_scripts(people, office.assessors_of(framework.personnel), chance)
    by_id = {row.participant_id: row for row in people}
    framework.national_moderation = make_national(framework.scripts, by_id, overturned, chance)
    framework.feedback = make_feedback(people, chance)
    framework.delivery = office.make_delivery(scene, chance)
    framework.malpractice = office.make_malpractice(scene, chance)
    framework.actions = office.make_actions(scene, chance)
