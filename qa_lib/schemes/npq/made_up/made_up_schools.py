"""Made-up schools: the same mix in every local authority, so that every provider finds each kind in its area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.npq.made_up.framework_rows import School
from qa_lib.schemes.npq.made_up.framework_scene import REGION_OF, REGIONS

#: Real URNs end around 150000, so none of these belongs to a school.
FIRST_URN = 170000

#: Phase -> schools per local authority.
_SIZES = {"Primary": 21, "Secondary": 10, "Special": 4}
_TYPES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "Primary": (("Community school", 45), ("Academy converter", 30), ("Voluntary aided school", 25)),
    "Secondary": (("Academy converter", 55), ("Academy sponsor led", 25), ("Community school", 20)),
    "Special": (("Community special school", 60), ("Academy special converter", 40)),
}
_OFSTED = (("Good", 62), ("Outstanding", 18), ("Requires improvement", 14), ("Inadequate", 6))
_PUPILS = {"Primary": (90, 480), "Secondary": (560, 1500), "Special": (60, 180)}
#: Phase -> place of the school with exactly 30 % free school meals, or of the one that only rounding would take there.
EXACT, ROUNDED = ("Primary", 1), ("Secondary", 1)
_FIRST = (
    *("Ash", "Beech", "Cedar", "Elder", "Fern", "Hazel", "Holly", "Lime", "Maple", "Oak", "Poplar", "Rowan"),
    "Willow",
)
_SECOND = ("bank", "brook", "croft", "dale", "field", "ford", "grove", "hill", "hurst", "lea", "mead", "ridge", "wood")
_LAST = {"Primary": "Primary School", "Secondary": "High School", "Special": "School"}


def make_schools(las: Iterable[str], chance: Chance) -> list[School]:
    """Return 35 schools for each local authority."""
    rows: list[School] = []
    for la in las:
        names = chance.shuffle((first + second for first in _FIRST for second in _SECOND), "names", la)
        for phase, size in _SIZES.items():
            for place in range(size):
                urn = str(FIRST_URN + 11 * len(rows) + chance.between(0, 10, "urn", len(rows)))
                rows.append(_school(urn, f"{names.pop()} {_LAST[phase]}", la, phase, place, chance))
    return rows


def _school(urn: str, name: str, la: str, phase: str, place: int, chance: Chance) -> School:
    pupils = chance.between(*_PUPILS[phase], "pupils", urn)
    # Every fourth school is one of many free school meals, so that no phase of an area is without.
    percent = chance.between(32, 55, "meals", urn) if place % 4 == 0 else chance.between(5, 27, "meals", urn)
    meals = pupils * percent // 100
    if (phase, place) == EXACT:
        pupils = 10 * chance.between(12, 46, "exact", urn)
        meals = pupils * 3 // 10
    if (phase, place) == ROUNDED:
        # 10 m + 1 pupils, 3 m of them: from 29.95 to 29.98 %.
        m = chance.between(60, 140, "rounded", urn)
        pupils, meals = 10 * m + 1, 3 * m
    return School(
        urn=urn,
        name=name,
        la=la,
        region=REGION_OF[la],
        phase=phase,
        type=chance.weighted(_TYPES[phase], "type", urn),
        ofsted=_ofsted(urn, la, phase, place, chance),
        pupils=pupils,
        fsm_pupils=meals,
    )


def _ofsted(urn: str, la: str, phase: str, place: int, chance: Chance) -> str:
    # Every area, half of the authorities of two regions, has an inadequate special school.
    if phase == "Special" and place == 3 and REGIONS[REGION_OF[la]].index(la) % 4 == 0:
        return "Inadequate"
    return chance.weighted(_OFSTED, "ofsted", urn)


class SchoolFinder:
    """Finds a school of a kind in a local authority.

    Parameters
    ----------
    schools
        All schools.
    """

    def __init__(self, schools: Iterable[School]) -> None:
        self._by_kind: dict[tuple[str, str, str], list[School]] = defaultdict(list)
        for school in schools:
            kinds = {school.fsm}
            if 10 * school.fsm_pupils == 3 * school.pupils:
                kinds.add("exact")
            elif 10000 * school.fsm_pupils >= 2995 * school.pupils and school.fsm == "low":
                kinds.add("rounded")
            for kind in kinds:
                self._by_kind[school.la, school.phase, kind].append(school)

    def find(self, las: Iterable[str], phase: str, fsm: str, *, ofsted: str = "") -> list[School]:
        """Return the schools of the first local authority that has any of this kind.

        Where the Ofsted rating is asked for, free school meals are not: few schools have both.
        """
        for la in las:
            rows = self._by_kind[la, phase, fsm]
            if ofsted:
                rows = self._by_kind[la, phase, "low"] + self._by_kind[la, phase, "high"]
            if fitting := [school for school in rows if ofsted in ("", school.ofsted)]:
                return fitting
        raise AssertionError  # pragma: no cover - every area has every kind
