"""Made-up schools: the same mix in every local authority, so that every provider finds each kind in its area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.npq.made_up.scene import REGION_OF, REGIONS

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


def make_schools(las: Iterable[str], chance: Chance) -> list[Row]:
    """Return 35 schools for each local authority."""
    rows: list[Row] = []
    for la in las:
        names = chance.shuffle((first + second for first in _FIRST for second in _SECOND), "names", la)
        for phase, size in _SIZES.items():
            for place in range(size):
                urn = str(FIRST_URN + 11 * len(rows) + chance.between(0, 10, "urn", len(rows)))
                pupils, meals = _pupils(urn, phase, place, chance)
                rows.append(
                    Row(
                        urn=urn,
                        name=f"{names.pop()} {_LAST[phase]}",
                        la=la,
                        region=REGION_OF[la],
                        phase=phase,
                        type=chance.weighted(_TYPES[phase], "type", urn),
                        ofsted=_ofsted(urn, la, phase, place, chance),
                        pupils=pupils,
                        fsm_pupils=meals,
                    )
                )
    return rows


def _pupils(urn: str, phase: str, place: int, chance: Chance) -> tuple[int, int]:
    """Return how many pupils a school has, and how many of them are eligible for free school meals."""
    if (phase, place) == EXACT:
        tens = chance.between(12, 46, "exact", urn)
        return 10 * tens, 3 * tens
    if (phase, place) == ROUNDED:
        # From 29.95 to 29.98 %.
        tens = chance.between(60, 140, "rounded", urn)
        return 10 * tens + 1, 3 * tens
    pupils = chance.between(*_PUPILS[phase], "pupils", urn)
    # Every fourth school is one of many free school meals, so that no phase of an area is without.
    return pupils, pupils * chance.between(*((32, 55) if place % 4 == 0 else (5, 27)), "meals", urn) // 100


def _ofsted(urn: str, la: str, phase: str, place: int, chance: Chance) -> str:
    # Every area, half of the authorities of two regions, has an inadequate special school.
    if phase == "Special" and place == 3 and REGIONS[REGION_OF[la]].index(la) % 4 == 0:
        return "Inadequate"
    return chance.weighted(_OFSTED, "ofsted", urn)


def free_meals(school: Row) -> str:
    """Return ``high`` where 30 % of a school's pupils or more are eligible for free school meals, else ``low``."""
    return "high" if 10 * school.fsm_pupils >= 3 * school.pupils else "low"


def schools_by_kind(schools: Iterable[Row]) -> dict[tuple[str, str, str], list[Row]]:
    """Return the schools of each local authority, phase and kind, which is of free school meals or of Ofsted's rating.

    Free school meals are ``high`` or ``low``; ``exact`` are high ones of just 30 %, ``rounded`` low ones close to it.
    """
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for school in sorted(schools, key=free_meals, reverse=True):
        kinds = [school.ofsted, free_meals(school)]
        if 10 * school.fsm_pupils == 3 * school.pupils:
            kinds.append("exact")
        elif kinds[1] == "low" and 10000 * school.fsm_pupils >= 2995 * school.pupils:
            kinds.append("rounded")
        for kind in kinds:
            found[school.la, school.phase, kind].append(school)
    return dict(found)
