"""Which folders hold a draw, what belongs in them, and how a month's draws fit together (``docs/protocol.md`` §10).

A month's draw lies in a folder of its own; inside it the draws of late files lie in ``late-1``, ``late-2`` and so on,
and the choice for pre-upload scrutiny lies in ``scrutiny``. The files of a draw from a list (§11) begin with its name
and may lie in any folder.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from qa_lib.errors import first_few
from qa_lib.files import Listing
from qa_lib.sampling.frozen import Freeze

#: The files of a draw that the protocol fixes, byte for byte.
DRAW_FILES = ("population.csv", "freeze.json", "sample.csv", "draw.json")
#: The form for the moderators, which may lie beside them.
RETURN = "moderation-return.xlsx"
#: The manifest of a report: it lists whatever else is in the folder.
MANIFEST = "manifest.json"
_PART = re.compile(r"late-[1-9][0-9]*|scrutiny")
_INSIDE = re.compile(r"(scrutiny/)?late-[1-9][0-9]*|scrutiny")
#: Tells of a draw from a list, beside whose freeze its list lies.
_OF_LIST = re.compile(r"((?:.*/)?[a-z][a-z0-9_]*)-(?:freeze|draw)\.json", re.DOTALL)
_MOST_NAMED = 5


def draws_in(listed: Listing) -> list[str]:
    """Return the folder of every draw below a folder, each before those inside it; ``""`` is the folder itself.

    A report may have a ``sample.csv`` that is no draw's; there only ``freeze.json`` and ``draw.json`` tell, but for the
    folders that are called as the parts of a draw.
    """
    telling = ("freeze.json", "draw.json") if MANIFEST in listed.files else DRAW_FILES
    found = set()
    for path in (*listed.files, *listed.links, *listed.others):
        place, _, name = path.rpartition("/")
        if name in (DRAW_FILES if _PART.fullmatch(_last(place)) else telling):
            found.add(place)
    return sorted(found)


def readable_draws(listed: Listing) -> list[str]:
    """Return the draws of which no file is a link, nor something that is no file: the listing tells of those."""
    unread = {*listed.links, *listed.others}
    return [
        place for place in draws_in(listed) if unread.isdisjoint(f"{place}/{name}".lstrip("/") for name in DRAW_FILES)
    ]


def list_files(draw: str) -> tuple[str, str, str, str]:
    """Return the list, freeze, sample and draw file of a draw from a list.

    Parameters
    ----------
    draw
        Its name, or the path that they begin with.
    """
    return f"{draw}.csv", f"{draw}-freeze.json", f"{draw}-sample.csv", f"{draw}-draw.json"


def list_draws_in(listed: Listing) -> list[str]:
    """Return every draw from a list below a folder as the path that its files begin with.

    One of which a file is a link, or is no file, is left out: the listing tells of it.
    """
    found = {match[1] for path in listed.files if (match := _OF_LIST.fullmatch(path))}
    unread = {*listed.links, *listed.others}
    return sorted(draw for draw in found if unread.isdisjoint(list_files(draw)))


def strays(listed: Listing, draws: Collection[str]) -> list[str]:
    """Say which files and folders belong to no draw, where no manifest lists them."""
    known = {f"{place}/{name}".lstrip("/") for place in draws for name in (*DRAW_FILES, RETURN)}
    known |= {path for draw in list_draws_in(listed) for path in list_files(draw)}
    foreign = sorted(set(listed.files) - known)
    held = (*listed.files, *listed.links, *listed.others, *draws)
    foreign += [f"{name}/" for name in listed.folders if not any(f"{path}/".startswith(f"{name}/") for path in held)]
    if not foreign:
        return []
    verb, them = ("belongs", "it") if len(foreign) == 1 else ("belong", "them")
    return [f"{first_few(foreign, _MOST_NAMED)} {verb} to no draw; keep {them} in another folder"]


def misplaced(freezes: Mapping[str, Freeze]) -> list[tuple[str, str]]:
    """Return, for draws that lie in the folder of another one, why they are no part of that month's.

    Parameters
    ----------
    freezes
        The freeze of every draw that could be read, by its folder.

    Returns
    -------
    list of tuple
        The draw's folder, and what is wrong.
    """
    problems = []
    for place, freeze in freezes.items():
        around = [other for other in _ways_to(place) if other in freezes]
        if not around:
            continue
        inside = place[len(around[0]) :].strip("/")
        if not _INSIDE.fullmatch(inside):
            expected = "expected late-1, late-2 and so on, or scrutiny"
            problems.append((place, f"lies in the folder of another draw, where {inside!r} is not known; {expected}"))
            continue
        month = around[-1]
        before = [other for other in freezes if other < place and month in _ways_to(other)]
        found = [*_named_otherwise(inside, freeze, freezes[month]), *_frozen_twice(place, [month, *before], freezes)]
        problems += [(place, problem) for problem in found]
    return problems


def _ways_to(place: str) -> list[str]:
    """Return every folder in which a folder lies, from the outermost."""
    parts = place.split("/") if place else []
    return ["/".join(parts[:length]) for length in range(len(parts))]


def _named_otherwise(inside: str, freeze: Freeze, month: Freeze) -> list[str]:
    expected = {key: month.content[key] for key in ("provider", "month", "purpose")}
    if inside.startswith("scrutiny"):
        expected["purpose"] = "scrutiny"
    expected["part"] = "month" if _last(inside) == "scrutiny" else _last(inside)
    return [
        f"freeze.json: {key} is {freeze.content[key]!r}; by its folder it is {value!r}"
        for key, value in expected.items()
        if freeze.content[key] != value
    ]


def _frozen_twice(place: str, others: list[str], freezes: Mapping[str, Freeze]) -> list[str]:
    """Say which files of a late part were frozen in another part too; scrutiny chooses from all files of a month."""
    freeze, problems = freezes[place], []
    for other in others:
        if freezes[other].content["purpose"] == freeze.content["purpose"]:
            both = sorted(set(freeze.population["case_id"]) & set(freezes[other].population["case_id"]))
            problems += (
                [f"{len(both)} of its files are also in {other or 'the month'}, the first {both[0]}"] if both else []
            )
    return problems


def _last(place: str) -> str:
    return place.rpartition("/")[2]
