"""What the made-up year is set in: the three providers of the code of practice, their areas, months and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STRICTLY = "Strictly Education 4S"
NORTH = "HLTA North"
NORTHAMPTON = "University of Northampton"

#: Provider -> how its case ids begin.
CODES = {STRICTLY: "SE4", NORTH: "NTH", NORTHAMPTON: "NOR"}


def _places(text: str) -> list[tuple[str, str, str]]:
    """Return region, county and local authority of each place; the authority is called as its county if not said."""
    parts = [place.split("/") for place in text.split("; ")]
    return [(region, county, authority[0] if authority else county) for region, county, *authority in parts]


#: Provider -> (region, county, local authority) of its schools; areas from the introduction of the code of practice.
AREAS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    STRICTLY: _places(
        "London/Greater London/Lewisham; London/Greater London/Ealing; South East/Kent; South East/Surrey; "
        "South West/Devon; South West/Gloucestershire; West Midlands/Birmingham; West Midlands/Shropshire; "
        "East of England/Essex; East of England/Hertfordshire"
    ),
    NORTH: _places(
        "North West/Lancashire; North West/Greater Manchester/Manchester; North West/Cheshire/Cheshire East; "
        "North East/Durham/County Durham; North East/Tyne and Wear/Gateshead; "
        "Yorkshire and the Humber/West Yorkshire/Leeds; Yorkshire and the Humber/South Yorkshire/Sheffield; "
        "West Midlands/Staffordshire"
    ),
    NORTHAMPTON: _places(
        "East Midlands/Northamptonshire/West Northamptonshire; East Midlands/Leicestershire/Leicester; "
        "East Midlands/Nottinghamshire; East Midlands/Derbyshire/Derby; East of England/Cambridgeshire; "
        "East of England/Norfolk"
    ),
}

#: Two rotas of peer review, reviewed provider -> reviewing provider; with three providers there are no others.
ROTAS: Sequence[Mapping[str, str]] = (
    {STRICTLY: NORTH, NORTH: NORTHAMPTON, NORTHAMPTON: STRICTLY},
    {STRICTLY: NORTHAMPTON, NORTH: STRICTLY, NORTHAMPTON: NORTH},
)

#: Months of the year in order; rotas change every three.
YEAR = (*(f"2023-{number:02d}" for number in range(9, 13)), *(f"2024-{number:02d}" for number in range(1, 9)))

STANDARDS = tuple(range(1, 34))
#: The forms of a complete file (HLTA.SCR.4), F9/10 being one form.
FORMS = ("F0", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9/10", "F11", "F12", "F13", "F14", "F15")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How large a made-up Partnership is.

    Attributes
    ----------
    files
        Month and provider -> number of files.
    assessors, pops
        Provider -> number of assessors and of Providers of Preparation.
    light, idle, novices, shared
        Provider -> assessors with two files in the whole time, without any, who never assessed before, and who also
        assess for the next provider.
    single_pops, from_before
        Providers that have a PoP with a single candidate; and how many candidates of each provider come again whose
        first file is older than the first month.
    """

    files: Mapping[tuple[str, str], int]
    assessors: Mapping[str, int]
    pops: Mapping[str, int]
    light: Mapping[str, int]
    idle: Mapping[str, int]
    novices: Mapping[str, int]
    shared: Mapping[str, int]
    single_pops: Sequence[str]
    from_before: int

    @property
    def months(self) -> list[str]:
        """The months that have files, in order."""
        return sorted({month for month, _ in self.files})

    @property
    def rpas(self) -> list[str]:
        """The providers that have files, in the order of :data:`CODES`."""
        return [rpa for rpa in CODES if any(rpa == other for _, other in self.files)]

    def next_to(self, rpa: str) -> str:
        """Return the provider with files that comes after another one."""
        return self.rpas[(self.rpas.index(rpa) + 1) % len(self.rpas)]


def _split(total: int) -> dict[str, int]:
    strictly, north = total * 40 // 100, total * 37 // 100
    return {STRICTLY: strictly, NORTH: north, NORTHAMPTON: total - strictly - north}


_PER_MONTH = dict(zip(YEAR, (180, 290, 380, 230, 300, 360, 480, 330, 460, 560, 380, 50), strict=True))

#: The whole Partnership: 4,000 files, 150 assessors, 60 PoPs.
PARTNERSHIP = Scene(
    files={(month, rpa): n for month, total in _PER_MONTH.items() for rpa, n in _split(total).items()},
    assessors={STRICTLY: 60, NORTH: 55, NORTHAMPTON: 35},
    pops={STRICTLY: 24, NORTH: 22, NORTHAMPTON: 14},
    light={STRICTLY: 3, NORTH: 2, NORTHAMPTON: 2},
    idle={STRICTLY: 1, NORTH: 1, NORTHAMPTON: 1},
    novices={STRICTLY: 4, NORTH: 3, NORTHAMPTON: 3},
    shared={STRICTLY: 3, NORTH: 3, NORTHAMPTON: 2},
    single_pops=(NORTH,),
    from_before=8,
)

#: The small slice that the notebooks read by default: three months, two providers with files.
SLICE = Scene(
    files={
        (month, rpa): n
        for rpa, sizes in ((NORTH, (12, 14, 18)), (NORTHAMPTON, (20, 24, 28)))
        for month, n in zip(("2024-01", "2024-02", "2024-03"), sizes, strict=True)
    },
    assessors={STRICTLY: 4, NORTH: 8, NORTHAMPTON: 10},
    pops={NORTH: 4, NORTHAMPTON: 6},
    light={NORTHAMPTON: 1},
    idle={STRICTLY: 4, NORTHAMPTON: 1},
    novices={NORTH: 1, NORTHAMPTON: 1},
    shared={NORTHAMPTON: 1},
    single_pops=(NORTHAMPTON,),
    from_before=5,
)
