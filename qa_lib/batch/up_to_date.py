"""What a report follows from beside the data, and whether one that was made before can stay as it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from qa_lib.batch.bound import returned_versions
from qa_lib.batch.manifest import MANIFEST, NOTHING_TO_SHOW, differences, read_manifest
from qa_lib.batch.report_plan import OVER_ALL, Report
from qa_lib.errors import QAError
from qa_lib.files import is_real_file, list_folder
from qa_lib.register.schema import FREEZES
from qa_lib.register.store import Register, frozen_files, part_number, stored_draw
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.draw_folders import DRAW_FILES, draws_in
from qa_lib.sampling.protocol import canonical_json, sha256_hex
from qa_lib.scheme import Scheme


def stands(folder: Path, basis: Mapping[str, Any], register: Register | None) -> bool:
    """Say whether a report folder is whole, was made from just this, and holds the draw that the register holds."""
    if not (folder / MANIFEST).is_file() or differences(folder):
        return False
    try:
        written = read_manifest(folder)
    except QAError:
        return False
    made_from = {name: value for name, value in written.items() if name not in ("outputs", NOTHING_TO_SHOW)}
    if canonical_json(made_from) != canonical_json(basis):
        return False
    draws = draws_in(list_folder(folder))
    return not draws or (register is not None and not against_register(folder, draws, register))


def against_register(folder: Path, draws: Collection[str], register: Register) -> list[str]:
    """Return how the draws in a folder differ from what the register holds of the same freezes.

    Parameters
    ----------
    draws
        The draws' own folders, relative to ``folder``.
    """
    with register.reading() as connection:
        found = [(place, problem) for place in draws for problem in _against(connection, folder / place)]
    return [f"{place}: {problem}" if place else problem for place, problem in found]


def _against(connection: sa.Connection, folder: Path) -> list[str]:
    there = {name: (folder / name).read_bytes() for name in DRAW_FILES if is_real_file(folder / name)}
    if "freeze.json" not in there:
        return []  # that it is missing is said where the draw is made again
    digest = sha256_hex(there["freeze.json"])
    state = connection.execute(sa.select(FREEZES.c.state).where(FREEZES.c.digest == digest)).scalar()
    if state is None:
        return [f"the register holds no freeze {digest[:12]}…"]
    if state == "withdrawn":
        return [f"the freeze {digest[:12]}… was withdrawn; nothing may be drawn from it"]
    frozen, drawn = frozen_files(connection, digest), stored_draw(connection, digest) or (None, None)
    stored = dict(zip(("freeze.json", "population.csv", "draw.json", "sample.csv"), (*frozen, *drawn), strict=True))
    return [_unlike(name, held, there.get(name)) for name, held in stored.items() if held != there.get(name)]


def only_in_register(folder: Path, draws: Collection[str], register: Register) -> list[str]:
    """Return the parts of a month's draw that the register holds and the month's folder does not.

    Late files may have been drawn elsewhere, or since: that is no fault, but nobody should think that there are none.
    """
    there = [sha256_hex((folder / place / "freeze.json").read_bytes()) for place in draws if _is_frozen(folder / place)]
    if "" not in draws or not there:
        return []
    same = ("provider", "month", "purpose")
    own = sa.select(*(FREEZES.c[name] for name in same)).where(FREEZES.c.digest == there[0]).subquery()
    query = sa.select(FREEZES.c.part).join(own, sa.and_(*(FREEZES.c[name] == own.c[name] for name in same)))
    with register.reading() as connection:
        query = query.where(FREEZES.c.state == "drawn", FREEZES.c.digest.not_in(there))
        return sorted(connection.execute(query).scalars(), key=part_number)


def _is_frozen(folder: Path) -> bool:
    return is_real_file(folder / "freeze.json")


def _unlike(name: str, held: bytes | None, there: bytes | None) -> str:
    if held is None:
        return f"the register holds no {name} of this freeze"
    if there is None:
        return f"{name} is missing; the register holds it, recorded by now"
    return f"{name} is not the one in the register"


def returned_state(register: Register | None, report: Report, scheme: Scheme, book: RuleBook) -> dict[str, str]:
    """Return what came back from the moderators up to a report's last month: ``provider/month/part`` -> its digests.

    A report made before a return came in follows from less than one made after it.
    """
    if register is None or not report.months:
        return {}
    last = report.months[-1]
    year = scheme.year_of(book, last, rules_on=report.rules_on)
    wanted = [FREEZES.c.month <= last, FREEZES.c.year == year]
    if report.per not in OVER_ALL:
        wanted.append(FREEZES.c.provider == report.provider)
    # The last version of each draw stays; its number tells whether something was changed.
    return {"/".join(draw): versions[-1] for draw, versions in returned_versions(register, *wanted).items()}
