"""Check one report or a folder of draws: files, draws made again, and what the register holds of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa_lib.batch.bound import lost_returns
from qa_lib.batch.manifest import MANIFEST, differences, read_manifest
from qa_lib.batch.report_plan import OVER_ALL
from qa_lib.batch.up_to_date import against_register, only_in_register
from qa_lib.errors import QAError, RunError
from qa_lib.files import Listing, is_real_file, list_folder
from qa_lib.register.list_draws import list_draw_of
from qa_lib.register.store import Register
from qa_lib.sampling.draw_folders import draws_in, list_draws_in, list_files, readable_draws, strays
from qa_lib.sampling.identifiers import normalise_identifier
from qa_lib.sampling.protocol import read_canonical_json
from qa_lib.sampling.seeds import as_read
from qa_lib.sampling.verify_draws import verify_draw_folder, verify_draws
from qa_lib.sampling.verify_list_draw import verify_list_draw
from qa_lib.scheme import find_scheme

#: The name of a part, and everything that is wrong with it.
Checked = tuple[str, list[str]]


def checked(name: str, folder: Path, problems: list[str], record: Register | None) -> Checked:
    """Return a folder's name and what is wrong; where nothing is, the name says which draws only the register holds."""
    parts: list[str] = []
    if record is not None and not problems:
        parts = only_in_register(folder, readable_draws(list_folder(folder)), record)
    more = f" (the register also holds {', '.join(parts)} of this month, which is not here)" if parts else ""
    return name + more, problems


def report_problems(folder: Path, record: Register | None) -> list[str]:
    """Return everything that is wrong with a report's folder: an empty list where nothing is."""
    listed, problems = list_folder(folder), differences(folder)
    draws, lists = readable_draws(listed), list_draws_in(listed)
    if draws:
        problems += verify_draws(folder, listed)
    for draw in lists:
        problems += _behind(draw.rpartition("/")[0], verify_list_draw(folder, draw))
    if record is not None:
        problems += against_register(folder, draws, record)
    if MANIFEST not in listed.files:
        return problems
    try:
        manifest = read_manifest(folder)
        problems += _of_others(folder, draws, manifest)
        for draw in lists if manifest.get("per") not in OVER_ALL else []:
            problems += _behind(draw.rpartition("/")[0], _list_of_others(folder, draw, manifest))
        problems += lost_returns(manifest.get("returns", {}), record) if record is not None else []
    except QAError:
        pass  # what is wrong with the manifest is among the differences
    except (AttributeError, KeyError, TypeError, ValueError):
        problems.append(f"{MANIFEST} does not hold what a run writes; it was edited: fetch the original")
    return problems


def _behind(place: str, problems: list[str]) -> list[str]:
    return [f"{place}: {problem}" if place else problem for problem in problems]


def _of_others(folder: Path, draws: list[str], manifest: Mapping[str, Any]) -> list[str]:
    """Say which draws are of another provider or month than the report."""
    problems = []
    month = {"provider": manifest.get("provider"), "month": manifest.get("period")}
    for place in draws if manifest.get("per") == "month" else []:
        problems += _behind(place, _another(_content(folder / place / "freeze.json"), month, "freeze.json"))
    return problems


def _list_of_others(folder: Path, draw: str, manifest: Mapping[str, Any]) -> list[str]:
    """Say how a draw from a list is not what the report's scheme, rules and parameters ask: no register holds it."""
    place, _, name = draw.rpartition("/")
    _, freeze_name, _, draw_name = list_files(name)
    try:
        declaration = list_draw_of(find_scheme(manifest["intake"]["scheme"]), name)
    except (QAError, KeyError):
        return [f"{freeze_name}: no draw of {name} belongs to the report's scheme, or that is not installed here"]
    freeze, drawn = (_content(folder / place / one) for one in (freeze_name, draw_name))
    if freeze:  # one that binds a number where a rate is asked lacks the rate
        freeze.setdefault(declaration.takes, None)
    rule, field = declaration.rule
    rules = {rule["rule"]: rule["value"] for rule in manifest.get("rules", [])}
    expected = {"provider": manifest.get("provider"), "purpose": declaration.purpose}
    if rule in rules:
        expected[declaration.takes] = rules[rule][field]
    found, seeds = _another(freeze, expected, freeze_name), _seeds(manifest, freeze)
    if seeds and "seed" in drawn and as_read(str(drawn["seed"])) not in seeds:
        why = f"the seed is {drawn['seed']!r}; by the report's parameters it is {sorted(seeds)[0]!r}"
        found.append(f"{draw_name}: {why}")
    return found


def _another(content: Mapping[str, Any], expected: Mapping[str, object], name: str) -> list[str]:
    return [
        f"{name}: {key} is {content[key]!r}; this report is about {value!r}"
        for key, value in expected.items()
        if key in content and normalise_identifier(str(content[key])) != normalise_identifier(str(value))
    ]


def _seeds(manifest: Mapping[str, Any], freeze: Mapping[str, Any]) -> set[str]:
    """Return the seeds that a report's parameters give a draw from a list: as a reader sees them, or as a series."""
    seeds = set()
    for parameters in manifest.get("parameters", {}).values():
        series = parameters.get("seed_series")
        tail = [str(freeze.get("provider")), str(freeze.get("period"))]
        seeds.add(parameters.get("seed") or ("/".join([str(series), *tail]) if series else ""))
    return {as_read(str(seed)) for seed in seeds if seed}


def _content(path: Path) -> dict[str, Any]:
    """Return what a JSON file of a draw holds; nothing where it cannot be read, which is said elsewhere."""
    try:
        return read_canonical_json(path.read_bytes(), name=path.name) if is_real_file(path) else {}
    except QAError:
        return {}


def check_draws(folder: Path, record: Register | None) -> Iterator[Checked]:
    """Check every draw in or below a folder without a manifest; yield each with all that is wrong with it.

    Raises
    ------
    RunError
        If there is no draw, or if there are reports.
    """
    listed = list_folder(folder)
    draws, lists = draws_in(listed), list_draws_in(listed)
    if any(name.rpartition("/")[2] == MANIFEST for name in listed.files):
        raise RunError(f"{folder} holds reports, and is no run; give the folder of one report or of the whole run")
    if not (draws or lists):
        raise RunError(
            f"{folder} holds no {MANIFEST}, no freeze.json and no reports; "
            f"{''.join(f'{fault}; ' for fault in listed.faults())}"
            "give a draw folder, a report folder or the folder of a run"
        )
    outer = [place for place in draws if not any(_inside(place, other) for other in draws)]
    for place in outer:
        problems = verify_draw_folder(folder / place)
        if record is not None:
            problems += against_register(folder / place, readable_draws(list_folder(folder / place)), record)
        yield checked(place or folder.name, folder / place, problems, record)
    for draw in lists:
        yield draw, verify_list_draw(folder, draw)
    rest = _outside(listed, outer)
    if beside := [*rest.faults(), *strays(rest, draws)]:
        yield "beside the draws", beside


def _inside(place: str, other: str) -> bool:
    return place != other and (not other or place.startswith(f"{other}/"))


def _outside(listed: Listing, outer: list[str]) -> Listing:
    """Return what lies in none of these draws' folders."""
    kinds = (listed.files, listed.folders, listed.links, listed.others)
    return Listing(*([path for path in names if not any(_inside(path, one) for one in outer)] for names in kinds))
