"""Build the made-up year, whole or as the small slice that notebooks read by default.

Its months are drawn while it is built, as every later run draws them: moderations are of drawn files, or of facts.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from qa_lib.intake.dataset import read_dataset
from qa_lib.made_up.chance import Chance
from qa_lib.made_up.facts import Fact, Scope, facts_of
from qa_lib.made_up.planting import Tables, plant
from qa_lib.made_up.writing import Row, as_text, write_tables
from qa_lib.register.monthly_draws import draw_year
from qa_lib.register.store import open_register
from qa_lib.sampling.drawing import Draw
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.made_up import administration as office
from qa_lib.schemes.hlta.made_up import records, together
from qa_lib.schemes.hlta.made_up.assessors_and_pops import make_assessors, make_pops
from qa_lib.schemes.hlta.made_up.candidate_files import Allocation
from qa_lib.schemes.hlta.made_up.follow_up import make_discussions, make_performance_reviews
from qa_lib.schemes.hlta.made_up.moderations import make_moderations
from qa_lib.schemes.hlta.made_up.scene import FORMS, PARTNERSHIP, SLICE, STANDARDS, YEAR, Scene
from qa_lib.schemes.hlta.tables import TABLES

SEED = "partnership-2023"
FACTS = Path(__file__).with_name("planted.yaml")
#: The tables that a draw reads.
_DRAWN_FROM = ("cases", "judgements", "scrutiny", "national_standards", "assessors", "pops", "events")


def build_partnership(out: Path, *, planted: bool = True, register: str = "sqlite://") -> None:
    """Write the made-up year September 2023 – August 2024 as a folder of CSV tables.

    Parameters
    ----------
    out
        Folder to write into; it is made where it is missing.
    planted
        Whether the facts of ``docs/demo-data.md`` are in it. Without them nothing breaches the code of practice.
    register
        Where its draws are recorded; in memory, and so nowhere, if nothing is said.
    """
    write_tables(make_tables("whole", planted=planted, register=register), out)


def build_slice(out: Path, *, planted: bool = True, register: str = "sqlite://") -> None:
    """Write the small slice: two providers, January to March 2024, 116 files, some planted facts."""
    write_tables(make_tables("slice", planted=planted, register=register), out)


def planted_facts(*, small: bool = False) -> tuple[Fact, ...]:
    """Return the facts of the whole year, or of the small slice, by number; those that stand by chance come last."""
    return facts_of(FACTS, "slice" if small else "whole")


def make_tables(scope: Scope, *, planted: bool, register: str) -> Tables:
    """Return all tables of the made-up year or slice."""
    chance, scene = Chance(SEED), PARTNERSHIP if scope == "whole" else SLICE
    tables = {name: as_text(TABLES[name], rows) for name, rows in make_rows(scene, chance).items()}
    if planted:
        plant(tables, TABLES, FACTS, scope, into=tables.keys() - {"actions"})
    found = make_moderations(tables, _drawn(tables, register), chance)
    tables["moderations"] = as_text(TABLES["moderations"], found)
    if planted:
        plant(tables, TABLES, FACTS, scope, into=["moderations"])
    tables["actions"] += as_text(TABLES["actions"], make_discussions(tables))
    tables["performance_reviews"] = as_text(TABLES["performance_reviews"], make_performance_reviews(tables))
    if planted:
        plant(tables, TABLES, FACTS, scope, into=["actions", "performance_reviews"])
    return tables


def make_rows(scene: Scene, chance: Chance) -> dict[str, list[Row]]:
    """Return the rows of a clean Partnership before anything is drawn, by table."""
    assessors, pops = make_assessors(scene, chance), make_pops(scene, chance)
    cases = Allocation(scene, chance, assessors, pops).run()
    events = records.make_events(scene, assessors, chance)
    records.release_results(cases, events, chance)
    gaps = records.make_insufficient(cases, chance)
    meetings = together.make_meetings(scene)
    return {
        "cases": cases,
        "assessors": assessors,
        "pops": pops,
        "events": events,
        "scrutiny": records.make_scrutiny(cases, events, assessors, pops, chance),
        "national_standards": records.make_national_standards(scene, chance),
        "judgements": [
            Row(case_id=name, standard=n, judgement="insufficient" if n in gaps.get(name, ()) else "met")
            for name in (case.case_id for case in cases)
            for n in STANDARDS
        ],
        "forms": [Row(case_id=case.case_id, form=form) for case in cases for form in FORMS],
        "appeals": office.make_appeals(cases, assessors, chance),
        "enquiries": office.make_enquiries(scene, chance),
        "actions": office.make_actions(scene, cases, assessors, chance),
        "training": office.make_training(scene, assessors, chance),
        "feedback_log": office.make_feedback(scene, cases, pops, events, chance),
        "publications": office.make_publications(),
        "forums": office.make_forums(scene, assessors, chance),
        "issue_log": together.make_issue_log(events, assessors),
        "appeals_reviews": together.make_appeals_reviews(),
        "meetings": meetings,
        "contributions": together.make_contributions(meetings),
        "materials": together.make_materials(),
    }


def _drawn(tables: Tables, register: str) -> list[Draw]:
    """Return the draws of all months of all providers, from the tables as they are written."""
    needed = {name: tables[name] for name in _DRAWN_FROM}
    # The other judgements make no file certain, and are many.
    needed["judgements"] = [row for row in tables["judgements"] if row["judgement"] == "insufficient"]
    with TemporaryDirectory() as folder:
        write_tables(needed, Path(folder))
        known = read_dataset(Path(folder), scheme="hlta").tables
    book, record = load_rulebook("hlta"), open_register(register)
    providers = sorted({row["rpa"] for row in tables["cases"]})
    draws = (draw_year(known, book, provider=rpa, year=YEAR[0], register=record) for rpa in providers)
    return [draw for year in draws for draw in year]
