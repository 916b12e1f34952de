"""What providers keep beside their participants: targets, personnel, delivery, self-assessment, registers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.npq.made_up.framework_rows import (
    Action,
    Delivery,
    Malpractice,
    Participant,
    Person,
    Publication,
    Return,
    School,
    SelfAssessment,
    Target,
)
from qa_lib.schemes.npq.made_up.framework_scene import YEARS, Key, Provider, Scene

REQUIREMENTS = "ABCDEFGHIJKLMNO"
#: Period -> when the self-assessment was made; from year 3 there is none.
PERIODS = {
    "2017-18 mid-year": dt.date(2018, 2, 26),
    "2017-18 end-year": dt.date(2018, 8, 27),
    "2018-19 mid-year": dt.date(2019, 2, 25),
    "2018-19 end-year": dt.date(2019, 8, 26),
}
UNKNOWN_ETHNICITY = ("", "Prefer not to say")


def make_targets(
    cells: Mapping[Key, Sequence[Participant]], schools: Mapping[str, School], chance: Chance
) -> list[Target]:
    """Return targets that every provider reaches with something to spare; M2 has none in the first year."""
    rows = []
    for key, people in cells.items():
        provider, level, year = people[0].provider, people[0].level, key[2]
        size = len(people)
        high = sum(schools[row.school_urn].fsm == "high" for row in people)
        others = sum(row.ethnicity not in (*UNKNOWN_ETHNICITY, "White British") for row in people)
        shares = {"M2": high, "M3": others} if year == YEARS[1] else {"M3": others}
        least = size - 1 - chance.between(0, size // 12, "target", *key)
        rows.append(Target(provider=provider, level=level, year=year, metric="M1", target=str(least)))
        for metric, number in shares.items():
            percent = max(1, 100 * number // size - chance.between(1, 4, "target", metric, *key))
            rows.append(Target(provider=provider, level=level, year=year, metric=metric, target=share(percent)))
    return rows


def share(percent: int) -> str:
    """Return a percentage as the share that targets are written as.

    Examples
    --------
    >>> share(5)
    '0.05'
    """
    return f"0.{percent:02d}"


#: Role -> people per level, and how many of them are serving school leaders.
_TEAM = {"facilitator": (4, 3), "assessor": (3, 2), "coach": (2, 1)}


def make_personnel(provider: Provider, levels: Iterable[str], chance: Chance) -> list[Person]:
    """Return nine people per level, six of them serving leaders; one facilitator also works at the next level."""
    rows = []
    number = 0
    before = ""
    for level in levels:
        for role, (size, serving) in _TEAM.items():
            for place in range(size):
                number += 1
                name = f"{provider.code}-S{number:02d}"
                trained = dt.date(2017, 5, 1) + dt.timedelta(days=chance.between(0, 120, "trained", name))
                row = Person(
                    person_id=name,
                    provider=provider.name,
                    level=level,
                    role=role,
                    serving_leader=place < serving,
                    trained=True,
                    trained_on=trained,
                )
                rows.append(row)
                if role == "facilitator" and place == 0:
                    rows += [replace(row, person_id=before)] if before else []
                    before = name
    return rows


def assessors_of(personnel: Iterable[Person]) -> dict[tuple[str, str], list[str]]:
    """Return the assessors of each provider and level."""
    found = defaultdict(list)
    for row in personnel:
        if row.role == "assessor":
            found[row.provider, row.level].append(row.person_id)
    return dict(found)


def make_delivery(scene: Scene, chance: Chance) -> list[Delivery]:
    """Return the designed dates of each cohort: from autumn to summer, three terms; the area is the provider's."""
    rows = []
    for code, level, year in scene.cells:
        provider = scene.providers[code]
        start = dt.date(int(year[:4]), 9, 25) + dt.timedelta(days=chance.between(0, 20, "from", code, level, year))
        end = dt.date(int(year[:4]) + 1, 6, 4) + dt.timedelta(days=chance.between(0, 40, "to", code, level, year))
        rows.append(
            Delivery(
                provider=provider.name,
                level=level,
                cohort=year,
                designed_from=start,
                designed_to=end,
                area_las=list(provider.las),
            )
        )
    return rows


def make_self_assessment(provider: Provider, chance: Chance) -> list[SelfAssessment]:
    """Return a judgement of every requirement in every period."""
    judgements = (("met", 85), ("partly met", 15))
    return [
        SelfAssessment(
            provider=provider.name,
            period=period,
            requirement=letter,
            judgement=chance.weighted(judgements, "judged", provider.code, period, letter),
            evidence=f"Evidence folder {letter}, {period}",
            owner=f"{provider.code}-S{chance.between(1, 4, 'owner', provider.code, letter):02d}",
            assessed_on=day,
        )
        for period, day in PERIODS.items()
        for letter in REQUIREMENTS
    ]


def make_publications(provider: Provider, levels: Iterable[str], chance: Chance) -> list[Publication]:
    """Return when cost, duration and performance were published."""
    days = {"cost": dt.date(2018, 9, 3), "duration": dt.date(2018, 9, 3), "performance": dt.date(2019, 9, 16)}
    return [
        Publication(
            provider=provider.name,
            level=level,
            item=item,
            published_on=day + dt.timedelta(days=chance.between(0, 30, "published", provider.code, item)),
            place=f"Website, page {level}",
        )
        for level in levels
        for item, day in days.items()
    ]


#: Kind -> days of the returns; six months to the day lie between those of metrics.
_RETURNED = {
    "metrics": ("2018-03-28", "2018-09-28", "2019-03-28", "2019-09-27"),
    "recruitment": ("2018-02-28", "2018-08-28", "2019-02-28", "2019-08-28", "2020-02-28"),
    "assessment_outcomes": ("2018-10-31", "2019-04-30", "2019-10-30"),
}


def make_returns(provider: Provider) -> list[Return]:
    """Return when the provider made its returns: never more than six months after the one before."""
    return [
        Return(provider=provider.name, kind=kind, returned_on=dt.date.fromisoformat(day), note="")
        for kind, days in _RETURNED.items()
        for day in days
    ]


def make_malpractice(scene: Scene, chance: Chance) -> list[Malpractice]:
    """Return an entry for every third provider, reported on the day or the next."""
    rows = []
    for number, provider in enumerate(list(scene.providers.values())[::3], 1):
        known = dt.date(2019, 3, 4) + dt.timedelta(days=7 * chance.between(0, 30, "known", provider.code))
        reported = known + dt.timedelta(days=chance.between(0, 1, "reported", provider.code))
        note = "A script was submitted twice; the participant wrote a new one."
        rows.append(
            Malpractice(
                malpractice_id=f"MP{number:02d}",
                provider=provider.name,
                stage=chance.choose(("investigation", "finding"), "stage", provider.code),
                known_on=known,
                reported_on=reported,
                note=note,
            )
        )
    return rows


def make_actions(scene: Scene, chance: Chance) -> list[Action]:
    """Return a remedial action of every tenth provider, taken and closed."""
    rows = []
    for number, provider in enumerate(list(scene.providers.values())[::10], 1):
        opened = dt.date(2018, 10, 1) + dt.timedelta(days=chance.between(0, 60, "opened", provider.code))
        rows.append(
            Action(
                action_id=f"RA{number:02d}",
                provider=provider.name,
                level="NPQML",
                metric="E",
                kind="remedial",
                state="closed",
                opened_on=opened,
                closed_on=opened + dt.timedelta(days=45),
                set_by="QA-01",
                note="The description of the programme was brought up to date.",
            )
        )
    return rows
