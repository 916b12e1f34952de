"""What providers keep beside their participants: targets, personnel, delivery, self-assessment, registers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.npq.made_up.scene import YEARS, Provider, after, place_of
from qa_lib.schemes.npq.made_up.schools import free_meals
from qa_lib.schemes.npq.tables import TABLES


def make_targets(cohorts: Mapping[str, Sequence[Row]], schools: Iterable[Row], chance: Chance) -> list[Row]:
    """Return targets that every provider reaches with something to spare; M2 has none in the first year."""
    fsm = {school.urn: free_meals(school) for school in schools}
    rows = []
    for name, people in cohorts.items():
        key, size = place_of(name), len(people)
        place = {"provider": people[0].provider, "level": key[1], "year": key[2]}
        shares = {"M2": sum(fsm[row.school_urn] == "high" for row in people)} if key[2] == YEARS[1] else {}
        shares["M3"] = sum(row.ethnicity not in ("White British", "Prefer not to say", "") for row in people)
        rows.append(Row(**place, metric="M1", target=size - 1 - chance.between(0, size // 12, "target", *key)))
        for metric, number in shares.items():
            percent = max(1, 100 * number // size - chance.between(1, 4, "target", metric, *key))
            rows.append(Row(**place, metric=metric, target=f"0.{percent:02d}"))
    return rows


#: Role -> people per level, and how many of them are serving school leaders.
_TEAM = {"facilitator": (4, 3), "assessor": (3, 2), "coach": (2, 1)}


def make_personnel(provider: Provider, levels: Iterable[str], chance: Chance) -> list[Row]:
    """Return nine people per level, six of them serving leaders; one facilitator also works at the next level."""
    rows: list[Row] = []
    before = ""
    places = ((level, role, n) for level in levels for role, (size, _) in _TEAM.items() for n in range(size))
    for number, (level, role, n) in enumerate(places, 1):
        name, serving = f"{provider.code}-S{number:02d}", n < _TEAM[role][1]
        about = {"provider": provider.name, "level": level, "role": role, "serving_leader": serving, "trained": True}
        about["trained_on"] = after("2017-05-01", 0, 120, chance, "trained", name)
        rows.append(Row(person_id=name, **about))
        if role == "facilitator" and n == 0:
            rows += [Row(person_id=before, **about)] if before else []
            before = name
    return rows


def make_delivery(provider: Provider, cohort: str, chance: Chance) -> Row:
    """Return the designed dates of a cohort: from autumn to summer, three terms; the area is the provider's."""
    _, level, year = key = place_of(cohort)
    start = after(f"{year[:4]}-09-25", 0, 20, chance, "from", *key)
    end = after(f"20{year[5:]}-06-04", 0, 40, chance, "to", *key)
    about = {"level": level, "cohort": year, "designed_from": start, "designed_to": end}
    return Row(provider=provider.name, **about, area_las=list(provider.las))


#: Period -> when the self-assessment was made; from year 3 there is none.
_PERIODS = {"2017-18 mid-year": "2018-02-26", "2017-18 end-year": "2018-08-27"}
_PERIODS |= {"2018-19 mid-year": "2019-02-25", "2018-19 end-year": "2019-08-26"}
_JUDGEMENTS = (("met", 85), ("partly met", 15))


def make_self_assessment(provider: Provider, chance: Chance) -> list[Row]:
    """Return a judgement of every requirement in every period."""
    rows = []
    for (period, day), letter in product(_PERIODS.items(), "ABCDEFGHIJKLMNO"):
        about = {"judgement": chance.weighted(_JUDGEMENTS, "judged", provider.code, period, letter)}
        about["evidence"] = f"Evidence folder {letter}, {period}"
        about["owner"] = f"{provider.code}-S{chance.between(1, 4, 'owner', provider.code, letter):02d}"
        rows.append(Row(provider=provider.name, period=period, requirement=letter, **about, assessed_on=day))
    return rows


#: What is made public -> the first day on which it may be.
_PUBLISHED = {"cost": "2018-09-03", "duration": "2018-09-03", "performance": "2019-09-16"}


def make_publications(provider: Provider, levels: Iterable[str], chance: Chance) -> list[Row]:
    """Return when cost, duration and performance were published."""
    days = {item: after(day, 0, 30, chance, "published", provider.code, item) for item, day in _PUBLISHED.items()}
    return [
        Row(provider=provider.name, level=level, item=item, published_on=day, place=f"Website, page {level}")
        for level in levels
        for item, day in days.items()
    ]


#: Kind -> days of the returns; six months to the day lie between those of metrics.
_RETURNED = {
    "metrics": "2018-03-28 2018-09-28 2019-03-28 2019-09-27",
    "recruitment": "2018-02-28 2018-08-28 2019-02-28 2019-08-28 2020-02-28",
    "assessment_outcomes": "2017-10-31 2018-04-30 2018-10-31 2019-04-30 2019-10-30",
}


def make_returns(provider: Provider) -> list[Row]:
    """Return when the provider made its returns: never more than six months after the one before, or the start."""
    days = ((kind, day) for kind, days in _RETURNED.items() for day in days.split())
    return [Row(provider=provider.name, kind=kind, returned_on=day) for kind, day in days]


def make_malpractice(providers: Sequence[Provider], chance: Chance) -> list[Row]:
    """Return an entry for every third provider, reported on the day or the next."""
    rows = []
    for number, provider in enumerate(providers[::3], 1):
        known = dt.date(2019, 3, 4) + dt.timedelta(weeks=chance.between(0, 30, "known", provider.code))
        days = {"known_on": known, "reported_on": after(known, 0, 1, chance, "reported", provider.code)}
        stage = chance.choose(("investigation", "finding"), "stage", provider.code)
        note = "A script was submitted twice; the participant wrote a new one."
        rows.append(Row(malpractice_id=f"MP{number:02d}", provider=provider.name, stage=stage, **days, note=note))
    return rows


def make_actions(providers: Sequence[Provider], chance: Chance) -> list[Row]:
    """Return a remedial action of every tenth provider, taken and closed."""
    about = {"level": "NPQML", "metric": "E", "kind": "remedial", "state": "closed", "set_by": "QA-01"}
    about["note"] = "The description of the programme was brought up to date."
    rows = []
    for number, provider in enumerate(providers[::10], 1):
        opened = after("2018-10-01", 0, 60, chance, "opened", provider.code)
        days = {"opened_on": opened, "notice_on": opened, "due_on": opened + dt.timedelta(days=60)}
        days |= {"closed_on": opened + dt.timedelta(days=45)}
        rows.append(
            Row(action_id=f"RA{number:02d}", provider=provider.name, extenuating_considered=True, **about, **days)
        )
    return rows


def make_requests(provider: Provider, chance: Chance) -> list[Row]:
    """Return a request for information, answered within its fortnight."""
    asked = after("2019-05-06", 0, 40, chance, "asked", provider.code)
    days = {"asked_on": asked, "due_on": asked + dt.timedelta(days=14)}
    days["answered_on"] = after(asked, 3, 14, chance, "answered", provider.code)
    name = f"RQ{provider.code[1:]}"
    return [Row(request_id=name, provider=provider.name, **days, complete=True, accurate=True)]


def make_complaints(providers: Sequence[Provider], chance: Chance) -> list[Row]:
    """Return a complaint of every fifth provider, answered within four weeks."""
    rows = []
    for number, provider in enumerate(providers[::5], 1):
        received = after("2019-02-04", 0, 90, chance, "complaint", provider.code)
        days = {
            "received_on": received,
            "answered_on": after(received, 5, 28, chance, "complaint ended", provider.code),
        }
        about = {"kind": "complaint", "outcome": "The session was held again."}
        rows.append(Row(complaint_id=f"CP{number:02d}", provider=provider.name, **about, **days))
    return rows


def make_provision(provider: Provider, levels: Iterable[str]) -> list[Row]:
    """Return every part of the provision at each level."""
    parts = product(levels, TABLES["provision"].column("part").options)
    return [
        Row(provider=provider.name, level=level, part=part, in_place=True, evidence=f"Programme handbook, {part}")
        for level, part in parts
    ]


def make_venues(provider: Provider) -> list[Row]:
    """Return two venues and a placement school."""
    kinds = (("venue", ""), ("venue", ""), ("placement school", "NPQH"))
    return [
        Row(venue_id=f"{provider.code}-V{n}", provider=provider.name, level=level, kind=kind, suitable=True)
        for n, (kind, level) in enumerate(kinds, 1)
    ]


def make_comment_rounds(provider: Provider, cohort: str, chance: Chance) -> list[Row]:
    """Return a round in the first winter of a cohort and the final one after its summer."""
    _, level, year = key = place_of(cohort)
    about = {"provider": provider.name, "level": level, "cohort": year}
    during = after(f"20{year[5:]}-01-14", 0, 30, chance, "comments", *key)
    return [Row(**about, kind="during", held_on=during), Row(**about, kind="final", held_on=f"20{year[5:]}-09-09")]


def make_declarations(provider: Provider) -> list[Row]:
    """Return what a provider says of itself: all is as it should be."""
    about = {"provider": provider.name, "in_place": True, "declared_on": "2018-10-01"}
    items = TABLES["declarations"].column("item").options
    return [Row(item=item, evidence=f"Minutes of the board, {item}", **about) for item in items]


def make_evidence(provider: Provider) -> list[Row]:
    """Return what substantiates each metric of a year."""
    about = {"provider": provider.name, "dated_on": "2019-09-20"}
    named = product(YEARS, TABLES["metric_evidence"].column("metric").options)
    return [Row(period=year, metric=metric, evidence=f"Data folder {metric}", **about) for year, metric in named]


def make_reviews(provider: Provider) -> list[Row]:
    """Return the regulator's review of a provider."""
    return [Row(provider=provider.name, kind="periodic", reviewed_on="2020-01-20", note="No remark.")]
