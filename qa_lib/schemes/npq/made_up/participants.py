"""Participants: who they are, where they work, when they start, present, pass and are awarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import islice

import pandas as pd

from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row
from qa_lib.schemes.npq.made_up.even_choices import Groups, choose_evenly, choose_quietly
from qa_lib.schemes.npq.made_up.scene import AS_OF, LEVELS, QUOTAS, REGION_OF, YEARS, Provider, after, place_of
from qa_lib.schemes.npq.made_up.schools import free_meals

_FIRST_NAMES = (
    *("Aisha", "Alice", "Anwen", "Bola", "Carys", "Chloe", "Daniel", "Deepa", "Edward", "Elif", "Emma", "Farah"),
    *("George", "Grace", "Hannah", "Ian", "Imogen", "Jamal", "Jane", "Kwame", "Laura", "Liam", "Mei", "Nadia"),
    *("Niamh", "Oliver", "Priya", "Rhys", "Ruth", "Siobhán", "Tomasz", "Zoë"),
)
_LAST_NAMES = (
    *("Adeyemi", "Ahmed", "Bailey", "Barker", "Begum", "Carter", "Chowdhury", "Clarke", "Davies", "Evans", "Fletcher"),
    *("Green", "Griffiths", "Hussain", "Jones", "Kaur", "Khan", "Lloyd", "Mensah", "Nowak", "O'Brien", "Patel"),
    *("Price", "Roberts", "Shah", "Smith", "Taylor", "Turner", "Walsh", "Williams", "Wright", "Young"),
)
_JOBS = {
    "NPQML": ("Head of department", "Head of year", "Phase leader", "Subject leader"),
    "NPQSL": ("Assistant headteacher", "Director of inclusion", "Senior leader"),
    "NPQH": ("Deputy headteacher", "Head of school"),
    "NPQEL": ("Executive headteacher", "Headteacher", "Trust leader"),
}
_REASONS = ("Change of post", "Family reasons", "Health", "Left the school", "Workload")
#: Year -> first day on which participants start actively, and days to the last one, with weights. The 18 months of the
#: first year's end in the second, those of the second year's after it.
_STARTS: Mapping[str, Sequence[tuple[tuple[str, int], int]]] = {
    YEARS[0]: ((("2017-10-02", 53), 45), (("2018-01-15", 39), 35), (("2018-02-05", 18), 20)),
    YEARS[1]: ((("2018-09-17", 60), 1),),
}
#: Local authority, phase and kind -> the schools.
Schools = Mapping[tuple[str, str, str], Sequence[Row]]
_OWN = ("sex", "ethnicity", "disability", "age_band")


def make_participants(
    cohort: str, blocks: Sequence[Mapping[str, str]], provider: Provider, schools: Schools, chance: Chance
) -> list[Row]:
    """Return the participants of a cohort with all their dates and results, from the blocks planned for it."""
    sizes = [int(block["size"]) for block in blocks]
    ids = [f"{cohort}-{n:03d}" for n in range(1, 1 + sum(sizes))]
    shuffled = iter(chance.shuffle(ids, "blocks", cohort))
    planned = [(block, sorted(islice(shuffled, size))) for block, size in zip(blocks, sizes, strict=True)]
    own = {name: _fixed(block) for block, names in planned for name in names}
    _share_out_characteristics(own, chance, cohort)
    people: dict[str, Row] = {}
    groups: dict[str, list[tuple[str, str]]] = {}
    for place, name in enumerate(ids):
        school = chance.choose(_schools(provider, place, own[name], schools), "school", name)
        people[name] = _participant(name, provider.name, own[name], school.urn, chance)
        groups[name] = _groups(people[name], school)
    _set_outcomes(cohort, people, planned, groups, chance)
    return list(people.values())


def _fixed(block: Mapping[str, str]) -> dict[str, str]:
    """Return the characteristics that everybody of a block has."""
    said = {what: block[what] for what in (*QUOTAS, "region", "ofsted") if block[what]}
    return {what: "" if value == "blank" else value for what, value in said.items()}


def _groups(person: Row, school: Row) -> list[tuple[str, str]]:
    """Return the groups of a participant as characteristic and value."""
    of_school = {name: getattr(school, name) for name in ("phase", "type", "ofsted")} | {"fsm": free_meals(school)}
    return [(name, getattr(person, name)) for name in _OWN] + list(of_school.items())


def _share_out_characteristics(own: Mapping[str, dict[str, str]], chance: Chance, cohort: str) -> None:
    """Add to what is fixed of each participant what the quotas say."""
    # Only a primary school is at exactly 30 %, and only a secondary school just below it.
    phases = {"exact": "Primary", "rounded": "Secondary"}
    for values in own.values():
        if phase := phases.get(values.get("fsm", "")):
            values["phase"] = phase
    for what, quotas in QUOTAS.items():
        free = [name for name, values in own.items() if what not in values]
        for name, value in zip(chance.shuffle(free, what, cohort), share_out(len(free), quotas), strict=True):
            own[name][what] = value


def share_out(size: int, quotas: Sequence[tuple[str, int]]) -> list[str]:
    """Return ``size`` values in the proportions of the quotas, by largest remainder."""
    counts = [size * weight // 1000 for _, weight in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda n: (-(size * quotas[n][1] % 1000), n))
    for n in by_remainder[: size - sum(counts)]:
        counts[n] += 1
    return [value for (value, _), count in zip(quotas, counts, strict=True) for _ in range(count)]


def _schools(provider: Provider, place: int, own: Mapping[str, str], schools: Schools) -> Sequence[Row]:
    # Round robin, so that somebody comes from every local authority of the area.
    las = [la for la in provider.las if own.get("region", REGION_OF[la]) == REGION_OF[la]]
    start = place % len(las)
    # Where Ofsted's rating is fixed, free school meals are not: few schools have both.
    kind = own.get("ofsted") or own["fsm"]
    return next(found for la in (*las[start:], *las[:start]) if (found := schools.get((la, own["phase"], kind))))


def _participant(name: str, provider: str, own: Mapping[str, str], urn: str, chance: Chance) -> Row:
    code, level, year = place_of(name)
    first, days = chance.weighted(_STARTS[year], "cohort", name)
    commenced = weekday(after(first, 0, days, chance, "commenced", name))
    # Distinct, as participant ids are.
    trn = 1000000 + 10007 * int(code[1:]) + 1100 * (LEVELS.index(level) + 4 * YEARS.index(year)) + int(name[-3:])
    return Row(
        participant_id=name,
        provider=provider,
        level=level,
        year=year,
        enrolled_on=weekday(commenced - dt.timedelta(days=chance.between(7, 28, "enrolled", name))),
        commenced_on=commenced,
        result="none",
        name=f"{chance.choose(_FIRST_NAMES, 'first', name)} {chance.choose(_LAST_NAMES, 'last', name)}",
        staff_role="none",
        previous_attempt="none",
        trn=trn,
        job_role=chance.choose(_JOBS[level], "job", name),
        school_urn=urn,
        **{what: own[what] for what in _OWN},
    )


def _set_outcomes(
    cohort: str,
    people: Mapping[str, Row],
    planned: Sequence[tuple[Mapping[str, str], list[str]]],
    groups: Groups,
    chance: Chance,
) -> None:
    """Choose who never presents, who fails and who presents late, and set what follows for everybody."""
    keys = "-".join(place_of(cohort))
    fixed = {what for block, _ in planned for what in _fixed(block)}

    def chosen(what: str, names: Sequence[list[str]]) -> set[str]:
        numbers = [block[what] for block, _ in planned]
        if any(numbers):
            blocks = [(some, int(number or 0)) for some, number in zip(names, numbers, strict=True)]
            return set(choose_evenly(blocks, groups, fixed, chance, what, keys))
        everybody = sorted(name for some in names for name in some)
        # A few in a hundred, by provider; never as many as one in eleven.
        most = len(everybody) * chance.between(30, 70, what, keys) // 1000
        return set(choose_quietly(everybody, groups, most, chance, what, keys))

    absent = chosen("absent", [names for _, names in planned])
    there = [[name for name in names if name not in absent] for _, names in planned]
    failed = chosen("failed", there)
    few = len(people) // 50 if len(planned) == 1 else 0
    for (block, _), names in zip(planned, there, strict=True):
        late = chance.shuffle(names, "late", keys)[: int(block["late"] or few)]
        for name in names:
            _present(people[name], chance, late=name in late, passed=name not in failed)
    for name in absent:
        _leave(people[name], chance)


def _leave(person: Row, chance: Chance) -> None:
    """Set how a participant left who never presents: withdrawn, deferred, or without a word."""
    name = person.participant_id
    how = chance.weighted((("withdrawn", 70), ("deferred", 20), ("", 10)), "left", name)
    if how:
        setattr(person, f"{how}_on", weekday(after(person.commenced_on, 40, 330, chance, "left on", name)))
        person.reason = chance.choose(_REASONS, "reason", name)


def _present(person: Row, chance: Chance, *, late: bool, passed: bool) -> None:
    """Set when a participant presented, and result, feedback and award as far as they are known on the story's day."""
    name = person.participant_id
    person.sessions_attended = chance.between(6, 12, "sessions", name)
    # So late that scripts of the first year are assessed in the second, and feedback is given then.
    person.presented_on = weekday(after(person.commenced_on, 370, 425, chance, "presented", name))
    # Some weeks after 18 months; nobody of 2018-19 can be late already.
    if late and person.year == YEARS[0]:
        due = (pd.Timestamp(person.commenced_on) + pd.DateOffset(months=18)).date()
        person.presented_on = weekday(after(due, 5, 45, chance, "late", name))
    assessed = assessed_on(name, person.presented_on, chance)
    if assessed > AS_OF:
        return
    person.result = "pass" if passed else "fail"
    given = after(assessed, 5, 20, chance, "feedback", name)
    # Whoever passes must give feedback; of the others every second one does.
    if given <= AS_OF and (passed or chance.happens(500, "gives feedback", name)):
        person.feedback_completed_on = given
    awarded = after(given, 1, 14, chance, "awarded", name)
    if passed and awarded <= AS_OF:
        person.awarded_on = awarded


def assessed_on(name: str, presented_on: dt.date | str, chance: Chance) -> dt.date:
    """Return when the script of a participant who presented on a day was assessed."""
    return weekday(after(presented_on, 10, 26, chance, "assessed", name))


def weekday(day: dt.date) -> dt.date:
    """Return the day, or the Monday after it where it is on a weekend."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
