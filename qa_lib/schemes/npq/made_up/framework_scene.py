"""What the made-up NPQ years are set in: providers, their areas, levels, and who is recruited to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    """A made-up provider.

    Attributes
    ----------
    code
        How the ids of its participants begin.
    name, las
        Its name, and the local authorities of its area: four in each of two regions.
    """

    code: str
    name: str
    las: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Participants of one level and year who are planned alike.

    Attributes
    ----------
    size
        How many there are.
    absent, failed
        How many never present, and how many of the others fail. None: as many as leave no group more than 10 % off.
    late
        How many present after more than 18 months. None: a few.
    fixed
        Characteristic -> the value that all of them have; the others follow :data:`QUOTAS`. ``fsm`` may also be
        ``exact`` (30.00 %) and ``rounded`` (just below 30 %).
    """

    size: int
    absent: int | None = None
    failed: int | None = None
    late: int | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)


Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How large a made-up framework is.

    Attributes
    ----------
    providers
        The providers, by code.
    cells
        Code, level and year -> its blocks.
    special
        What the plantings call a cell -> its key.
    """

    providers: Mapping[str, Provider]
    cells: Mapping[Key, tuple[Block, ...]]
    special: Mapping[str, Key]


def make_provider(number: int) -> Provider:
    """Return the provider of that number, counted from 1."""
    regions = list(REGIONS)
    place = number - 1
    first, second = regions[place % 9], regions[(place + 1) % 9]
    half = place // 9 % 2 * 4
    las = (*REGIONS[first][half : half + 4], *REGIONS[second][4 - half : 8 - half])
    return Provider(code=f"P{number:02d}", name=f"{_NAMES[place]} {_KINDS[place % 3]}", las=las)


_BASE = {"NPQML": 72, "NPQSL": 55, "NPQH": 34, "NPQEL": 16}


def _ordinary_sizes() -> dict[Key, int]:
    sizes = {}
    for number in range(1, 31):
        percent = 70 + 37 * number % 61
        for level in LEVELS:
            for n, year in enumerate(YEARS):
                size = _BASE[level] * (percent + 4 * n) // 100
                sizes[f"P{number:02d}", level, year] = max(size, 14)
    return sizes


def _men_behind(men: int, men_absent: int, women: int, women_absent: int) -> tuple[Block, ...]:
    return (
        Block(size=men, absent=men_absent, fixed={"sex": "Male"}),
        Block(size=women, absent=women_absent, fixed={"sex": "Female"}),
    )


def _reversal(first: str, second: str) -> tuple[Block, ...]:
    # Women pass more often than men in both regions and less often in both together: most of them are in the second.
    rows = (("Male", first, 162, 12), ("Female", first, 42, 1), ("Male", second, 42, 16), ("Female", second, 162, 48))
    return tuple(
        Block(size=size, absent=2, failed=failed, late=0, fixed={"sex": sex, "region": region})
        for sex, region, size, failed in rows
    )


def _secondary(failed: int, scale: int) -> tuple[Block, ...]:
    # With scale 2: of 160 in other phases 156 pass, of 40 in secondary schools 34 (or 33).
    return (
        Block(size=21 * scale, absent=scale, failed=failed, late=0, fixed={"phase": "Secondary"}),
        Block(size=70 * scale, absent=2 * scale, failed=scale, late=0, fixed={"phase": "Primary"}),
        Block(size=13 * scale, absent=scale, failed=scale, late=0, fixed={"phase": "Special"}),
    )


def _alike(size: int, absent: int, **fixed: str) -> Block:
    usual = {"disability": "No", "ethnicity": "White British", "ofsted": "Good"}
    return Block(size=size, absent=absent, fixed=usual | fixed)


#: The level where only small groups are off: each of the four who never present is in one or two small groups.
NOISE = (
    _alike(1, 1, disability="Yes", ethnicity="Asian or Asian British", phase="Primary", sex="Female"),
    _alike(1, 1, disability="Yes", phase="Special", sex="Female"),
    _alike(1, 1, ethnicity="Mixed", ofsted="Inadequate", phase="Primary", sex="Male"),
    _alike(1, 1, phase="Special", sex="Male"),
    _alike(3, 0, disability="Yes", phase="Primary"),
    _alike(4, 0, ethnicity="Asian or Asian British", phase="Primary"),
    _alike(2, 0, ethnicity="Mixed", phase="Secondary"),
    _alike(2, 0, ofsted="Inadequate", phase="Primary"),
    _alike(4, 0, phase="Special"),
    _alike(8, 0, ofsted="Outstanding", phase="Primary"),
    _alike(34, 0, phase="Secondary"),
)


def _free_meals(high: int, exact: int, rounded: int, low: int) -> tuple[Block, ...]:
    sizes = {"high": high, "exact": exact, "rounded": rounded, "low": low}
    return tuple(Block(size=size, fixed={"fsm": kind}) for kind, size in sizes.items() if size)


def _ethnicities(asian: int, black: int, blank: int, unsaid: int, white: int) -> tuple[Block, ...]:
    sizes = {"Asian or Asian British": asian, "Black or Black British": black, "": blank}
    sizes |= {"Prefer not to say": unsaid, "White British": white}
    return tuple(Block(size=size, fixed={"ethnicity": value}) for value, size in sizes.items())


def _scripts() -> dict[str, tuple[Block, ...]]:
    # 200 scripts a year.
    sizes = {"NPQML": (82, 2), "NPQSL": (62, 2), "NPQH": (41, 1), "NPQEL": (20, 0)}
    return {level: (Block(size=size, absent=absent, late=0),) for level, (size, absent) in sizes.items()}


def full_scene(*, planted: bool) -> Scene:
    """Return the whole framework: 30 providers, all levels, both years; without facts every cell is an ordinary one."""
    providers = {f"P{number:02d}": make_provider(number) for number in range(1, 31)}
    special: dict[str, tuple[Key, tuple[Block, ...]]] = {
        "real": (("P03", "NPQML", "2017-18"), _men_behind(150, 24, 250, 5)),
        "reversal": (("P08", "NPQSL", "2017-18"), _reversal(*_regions(providers["P08"]))),
        "noise": (("P15", "NPQSL", "2017-18"), NOISE),
        "ten": (("P21", "NPQML", "2017-18"), _secondary(6, 2)),
        "ten_and_one": (("P22", "NPQML", "2017-18"), _secondary(7, 2)),
        "in_time": (("P11", "NPQH", "2017-18"), (Block(size=60, absent=2, late=4),)),
        "day_late": (("P12", "NPQH", "2017-18"), (Block(size=60, absent=2, late=4),)),
        "not_due": (("P17", "NPQML", "2018-19"), (Block(size=90),)),
        "meals_met": (("P05", "NPQSL", "2018-19"), _free_meals(17, 3, 2, 58)),
        "meals_short": (("P06", "NPQSL", "2018-19"), _free_meals(16, 3, 2, 59)),
        "meals_unmatched": (("P09", "NPQH", "2018-19"), _free_meals(12, 0, 0, 38)),
        "ethnicity_met": (("P13", "NPQML", "2018-19"), _ethnicities(12, 8, 5, 3, 72)),
        "ethnicity_short": (("P14", "NPQML", "2018-19"), _ethnicities(12, 7, 5, 3, 73)),
    }
    for code in ("P25", "P26"):
        for year in YEARS:
            for level, blocks in _scripts().items():
                special[f"scripts {code} {level} {year}"] = ((code, level, year), blocks)
    cells: dict[Key, tuple[Block, ...]] = {key: (Block(size=size),) for key, size in _ordinary_sizes().items()}
    for key, blocks in special.values():
        cells[key] = blocks if planted else (Block(size=sum(block.size for block in blocks)),)
    return Scene(providers=providers, cells=cells, special={name: key for name, (key, _) in special.items()})


def small_scene() -> Scene:
    """Return the small slice: three providers, two to four levels each, about 400 participants."""
    providers = {code: make_provider(int(code[1:])) for code in ("P03", "P15", "P21")}
    sizes = {
        ("P03", "NPQML", YEARS[1]): 16,
        ("P03", "NPQSL", YEARS[1]): 14,
        ("P15", "NPQML", YEARS[1]): 14,
        ("P15", "NPQH", YEARS[0]): 14,
        ("P15", "NPQH", YEARS[1]): 14,
        ("P21", "NPQML", YEARS[1]): 16,
        ("P21", "NPQSL", YEARS[0]): 14,
    }
    special: dict[str, tuple[Key, tuple[Block, ...]]] = {
        "real": (("P03", "NPQML", YEARS[0]), _men_behind(50, 8, 100, 2)),
        "noise": (("P15", "NPQSL", YEARS[0]), NOISE),
        "ten": (("P21", "NPQML", YEARS[0]), _secondary(3, 1)),
        "meals_met": (("P21", "NPQSL", YEARS[1]), _free_meals(3, 2, 2, 13)),
    }
    cells: dict[Key, tuple[Block, ...]] = {key: (Block(size=size),) for key, size in sizes.items()}
    cells |= dict(special.values())
    return Scene(providers=providers, cells=cells, special={name: key for name, (key, _) in special.items()})


def _regions(provider: Provider) -> tuple[str, str]:
    return REGION_OF[provider.las[0]], REGION_OF[provider.las[-1]]
