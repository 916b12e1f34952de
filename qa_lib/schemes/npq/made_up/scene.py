"""What the made-up NPQ years are set in: providers, their areas, levels, and who is recruited to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.facts import Scope
from qa_lib.made_up.planting import Tables
from qa_lib.made_up.writing import Row, as_text
from qa_lib.tables.vocabulary import by_name, column, table

#: The day from which the story is told: everybody of 2017-18 is due by then, nobody of 2018-19.
AS_OF = dt.date(2020, 3, 1)
LEVELS = ("NPQML", "NPQSL", "NPQH", "NPQEL")
YEARS = ("2017-18", "2018-19")
#: Marks are out of 40. The framework gives no pass mark; this is the made-up providers'.
PASS_MARK = 20
#: Marks on either side of the pass mark that are borderline, as the rule book has it.
BORDERLINE = 2

_AUTHORITIES = """
North East: Darlington; County Durham; Gateshead; Hartlepool; Middlesbrough; Northumberland; South Tyneside; Sunderland
North West: Blackpool; Bolton; Cheshire East; Cumbria; Lancashire; Liverpool; Manchester; Wirral
Yorkshire and the Humber: Barnsley; Bradford; Calderdale; Doncaster; Kingston upon Hull, City of; Leeds; Sheffield; York
East Midlands: Derby; Derbyshire; Leicester; Leicestershire; Lincolnshire; Northamptonshire; Nottingham; Rutland
West Midlands: Birmingham; Coventry; Dudley; Herefordshire, County of; Sandwell; Shropshire; Walsall; Worcestershire
East of England: Bedford; Cambridgeshire; Essex; Hertfordshire; Luton; Norfolk; Suffolk; Thurrock
London: Barnet; Camden; Croydon; Ealing; Hackney; Lewisham; Newham; Southwark
South East: Brighton and Hove; East Sussex; Hampshire; Kent; Medway; Oxfordshire; Reading; Surrey
South West: Bristol, City of; Cornwall; Devon; Dorset; Gloucestershire; Plymouth; Somerset; Wiltshire
"""
#: Region -> eight of its local authorities.
REGIONS: Mapping[str, Sequence[str]] = {
    region: las.split("; ") for region, las in (line.split(": ") for line in _AUTHORITIES.strip().splitlines())
}
REGION_OF = {la: region for region, las in REGIONS.items() for la in las}

_NAMES = (
    *("Alderbrook", "Birchfield", "Calderstone", "Dunmere", "Eastmoor", "Fernhill", "Greenholm", "Hawthorn Vale"),
    *("Ivybridge Road", "Juniper Hill", "Kestrel", "Larkrise", "Mallow Park", "Netherby", "Oakhanger", "Penhallow"),
    *("Quarry Bank", "Rowanlea", "Saltmarsh", "Thornfield", "Underwood", "Valebrook", "Westering", "Yewdale"),
    *("Ashcombe", "Brackenridge", "Copperfield", "Damson Lane", "Elmstead", "Foxglove"),
)
_KINDS = ("Leadership Partnership", "Teaching School Alliance", "Institute of School Leadership")

#: Characteristic -> its values with how many of a thousand have them.
QUOTAS: Mapping[str, Sequence[tuple[str, int]]] = {
    "sex": (("Female", 680), ("Male", 320)),
    "disability": (("No", 940), ("Yes", 60)),
    "ethnicity": (
        *(("White British", 830), ("Asian or Asian British", 55), ("Any other White background", 50)),
        *(("Black or Black British", 30), ("Mixed", 20), ("Other", 15)),
    ),
    "age_band": (("30-39", 480), ("40-49", 300), ("Under 30", 130), ("50 and over", 90)),
    "phase": (("Primary", 600), ("Secondary", 300), ("Special", 100)),
    "fsm": (("low", 760), ("high", 240)),
}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A made-up provider: how its participants' ids begin, and its area of four authorities in each of two regions."""

    code: str
    name: str
    las: tuple[str, ...]


#: The plan, into which facts are planted before anybody is made. ``cohorts`` has a row for each block of people who are
#: alike, of a provider, level and year: the cohort that their ids begin with. ``absent`` never present, and ``failed``
#: of the others fail; where no block of a cohort says how many, as many as leave no group more than 10 % off. ``late``
#: present after more than 18 months; where it is blank, a few if the cohort is one block. Characteristics that are
#: blank follow :data:`QUOTAS`; ethnicity may be ``blank``, and ``fsm`` of the kinds that schools have.
#: ``provider_years`` has how many scripts national moderation would overturn (blank: so few that no sample of 10 % can
#: hold more than 5 %), and what the ratings add up to (blank: what chance gives).
PLANS = by_name(
    table(
        "cohorts",
        "A row is a block of people who are alike.",
        column("cohort", "id"),
        *(column(name, "count") for name in ("size", "absent", "failed", "late")),
        *(column(name, "text") for name in (*QUOTAS, "region", "ofsted")),
    ),
    table(
        "provider_years",
        "A row is a year of a provider.",
        column("provider_year", "id"),
        *(column(name, "count") for name in ("overturned", "ratings")),
    ),
)
_BASE = {"NPQML": 72, "NPQSL": 55, "NPQH": 34, "NPQEL": 16}
#: Cohorts of the whole framework that facts need of a size, and those of the slice.
_SIZES = {
    "whole": (
        "P03-1718-ML:400 P05-1819-SL:80 P06-1819-SL:80 P08-1718-SL:408 P09-1819-H:50 P11-1718-H:60 P12-1718-H:60 "
        "P13-1819-ML:100 P14-1819-ML:100 P15-1718-SL:61 P17-1819-ML:90 P21-1718-ML:208 P22-1718-ML:208 "
        "P25-1718-ML:82 P25-1718-SL:62 P25-1718-H:41 P25-1718-EL:20 P25-1819-ML:82 P25-1819-SL:62 P25-1819-H:41 "
        "P25-1819-EL:20 P26-1718-ML:82 P26-1718-SL:62 P26-1718-H:41 P26-1718-EL:20 P26-1819-ML:82 P26-1819-SL:62 "
        "P26-1819-H:41 P26-1819-EL:20"
    ),
    "slice": (
        "P03-1819-ML:16 P03-1819-SL:14 P15-1819-ML:14 P15-1718-H:14 P15-1819-H:14 P21-1819-ML:16 P21-1718-SL:14 "
        "P03-1718-ML:150 P15-1718-SL:61 P21-1718-ML:104 P21-1819-SL:20"
    ),
}


def make_provider(code: str) -> Provider:
    """Return the provider of a code, ``P01`` to ``P30``."""
    regions, place = list(REGIONS.values()), int(code[1:]) - 1
    half = place // 9 % 2 * 4
    las = (*regions[place % 9][half : half + 4], *regions[(place + 1) % 9][4 - half : 8 - half])
    return Provider(code=code, name=f"{_NAMES[place]} {_KINDS[place % 3]}", las=las)


def make_plan(scope: Scope) -> Tables:
    """Return the plan without facts, in which every cohort is one block: of the whole framework or of the slice."""
    sizes = _ordinary_sizes() if scope == "whole" else {}
    sizes |= {name: int(size) for name, size in (said.split(":") for said in _SIZES[scope].split())}
    years = dict.fromkeys(name[:8] for name in sizes)
    return {
        "cohorts": as_text(PLANS["cohorts"], (Row(cohort=name, size=size) for name, size in sizes.items())),
        "provider_years": as_text(PLANS["provider_years"], (Row(provider_year=year) for year in years)),
    }


def _ordinary_sizes() -> dict[str, int]:
    sizes = {}
    for number, level, n in product(range(1, 31), LEVELS, (0, 1)):
        size = _BASE[level] * (70 + 37 * number % 61 + 4 * n) // 100
        sizes[f"P{number:02d}-{('1718', '1819')[n]}-{level[3:]}"] = max(size, 14)
    return sizes


def place_of(cohort: str) -> tuple[str, str, str]:
    """Return code, level and year of a cohort such as ``P03-1718-ML``, or of one of its participants."""
    code, year, level = cohort.split("-")[:3]
    return code, f"NPQ{level}", f"20{year[:2]}-{year[2:]}"


def after(day: dt.date | str, least: int, most: int, chance: Chance, *keys: object) -> dt.date:
    """Return a day so many days after another one."""
    start = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return start + dt.timedelta(days=chance.between(least, most, *keys))
