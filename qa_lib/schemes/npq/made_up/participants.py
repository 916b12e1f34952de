"""Participants: who they are, where they work, when they start, present, pass and are awarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.npq.made_up.framework_rows import Participant, School
from qa_lib.schemes.npq.made_up.framework_scene import AS_OF, LEVELS, QUOTAS, REGION_OF, YEARS, Block, Key, Provider
from qa_lib.schemes.npq.made_up.made_up_schools import SchoolFinder
from qa_lib.schemes.npq.made_up.presented_outcomes import choose_evenly, choose_quietly

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
#: Year -> spans of days on which participants start actively.
_STARTS: Mapping[str, Sequence[tuple[tuple[dt.date, dt.date], int]]] = {
    YEARS[0]: (
        ((dt.date(2017, 10, 2), dt.date(2017, 11, 24)), 45),
        ((dt.date(2018, 1, 15), dt.date(2018, 2, 23)), 35),
        ((dt.date(2018, 4, 23), dt.date(2018, 5, 25)), 20),
    ),
    YEARS[1]: (((dt.date(2018, 9, 17), dt.date(2018, 11, 16)), 1),),
}


@dataclass
class Cell:
    """The participants of one provider, level and year, while they are made.

    Attributes
    ----------
    key
        Code, level and year.
    people, schools, blocks
        The participants, their schools, and the ids planned alike.
    """

    key: Key
    people: dict[str, Participant]
    schools: dict[str, School]
    blocks: list[tuple[Block, list[str]]]

    def groups(self) -> dict[str, list[tuple[str, str]]]:
        """Return each participant's groups: of its own characteristics and of its school's."""
        return {name: groups_of(person, self.schools[name]) for name, person in self.people.items()}


def groups_of(person: Participant, school: School | None) -> list[tuple[str, str]]:
    """Return the groups of a participant as characteristic and value; blank where it is missing."""
    found = [(name, getattr(person, name)) for name in ("sex", "ethnicity", "disability", "age_band")]
    return found + [(name, getattr(school, name, "")) for name in ("phase", "type", "ofsted", "fsm")]


def make_cell(key: Key, blocks: Sequence[Block], provider: Provider, finder: SchoolFinder, chance: Chance) -> Cell:
    """Return the participants of a cell with all their dates and results."""
    code, level, year = key
    size = sum(block.size for block in blocks)
    stem = f"{code}-{year[2:4]}{year[5:7]}-{level[3:]}"
    ids = [f"{stem}-{n:03d}" for n in range(1, size + 1)]
    left = chance.shuffle(ids, "blocks", stem)
    planned: list[tuple[Block, list[str]]] = []
    for block in blocks:
        planned.append((block, sorted(left[: block.size])))
        left = left[block.size :]
    values = _characteristics(planned, chance, stem)
    people, schools = {}, {}
    for place, name in enumerate(ids):
        own = values[name]
        fitting = _schools(provider, place, own, finder)
        schools[name] = chance.choose(fitting, "school", name)
        people[name] = _participant(name, provider.name, key, own, schools[name], chance)
    cell = Cell(key, people, schools, planned)
    _outcomes(cell, chance)
    return cell


def _characteristics(
    planned: Sequence[tuple[Block, list[str]]], chance: Chance, stem: str
) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {name: dict(block.fixed) for block, names in planned for name in names}
    for what, quotas in QUOTAS.items():
        if what == "phase":
            _phases_of_schools(values)
        free = [name for name, own in values.items() if what not in own]
        for name, value in zip(chance.shuffle(free, what, stem), share_out(len(free), quotas), strict=True):
            values[name][what] = value
    return values


def _phases_of_schools(values: dict[str, dict[str, str]]) -> None:
    # Only a primary school is at exactly 30 %, and only a secondary school just below it.
    for own in values.values():
        if own.get("fsm") in ("exact", "rounded"):
            own["phase"] = "Primary" if own["fsm"] == "exact" else "Secondary"


def share_out(size: int, quotas: Sequence[tuple[str, int]]) -> list[str]:
    """Return ``size`` values in the proportions of the quotas, by largest remainder.

    Examples
    --------
    >>> share_out(5, (("a", 700), ("b", 300)))
    ['a', 'a', 'a', 'a', 'b']
    """
    counts = [size * weight // 1000 for _, weight in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda n: (-(size * quotas[n][1] % 1000), n))
    for n in by_remainder[: size - sum(counts)]:
        counts[n] += 1
    return [value for (value, _), count in zip(quotas, counts, strict=True) for _ in range(count)]


def _schools(provider: Provider, place: int, own: Mapping[str, str], finder: SchoolFinder) -> list[School]:
    # Round robin, so that somebody comes from every local authority of the area.
    las = [la for la in provider.las if own.get("region", REGION_OF[la]) == REGION_OF[la]]
    order = [las[(place + n) % len(las)] for n in range(len(las))]
    return finder.find(order, own["phase"], own["fsm"], ofsted=own.get("ofsted", ""))


def _participant(
    name: str, provider: str, key: Key, own: Mapping[str, str], school: School, chance: Chance
) -> Participant:
    _, level, year = key
    first, last = chance.weighted(_STARTS[year], "cohort", name)
    commenced = weekday(first + dt.timedelta(days=chance.between(0, (last - first).days, "commenced", name)))
    return Participant(
        participant_id=name,
        provider=provider,
        level=level,
        year=year,
        enrolled_on=weekday(commenced - dt.timedelta(days=chance.between(7, 28, "enrolled", name))),
        commenced_on=commenced,
        name=f"{chance.choose(_FIRST_NAMES, 'first', name)} {chance.choose(_LAST_NAMES, 'last', name)}",
        trn=trn(name),
        job_role=chance.choose(_JOBS[level], "job", name),
        school_urn=school.urn,
        sex=own["sex"],
        disability=own["disability"],
        ethnicity=own["ethnicity"],
        age_band=own["age_band"],
    )


def trn(name: str) -> str:
    """Return the seven digits of a made-up teacher reference number: distinct, as participant ids are."""
    code, year, level, number = name.split("-")
    place = [item[3:] for item in LEVELS].index(level) + 4 * (year != "1718")
    return f"{1000000 + 10007 * int(code[1:]) + 1100 * place + int(number)}"


def weekday(day: dt.date) -> dt.date:
    """Return the day, or the Monday after it where it is on a weekend."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the month's last where that is shorter.

    Examples
    --------
    >>> months_later(dt.date(2018, 8, 31), 18)
    datetime.date(2020, 2, 29)
    """
    total = day.year * 12 + day.month - 1 + months
    first_of_next = dt.date((total + 1) // 12, (total + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(total // 12, total % 12 + 1, min(day.day, last))


def _outcomes(cell: Cell, chance: Chance) -> None:
    stem = "-".join(cell.key)
    groups = cell.groups()
    absent = _choose(cell, "absent", [names for _, names in cell.blocks], groups, chance)
    there = [[name for name in names if name not in absent] for _, names in cell.blocks]
    failed = _choose(cell, "failed", there, groups, chance)
    late: set[str] = set()
    for (block, _), names in zip(cell.blocks, there, strict=True):
        few = len(cell.people) // 50 if len(cell.blocks) == 1 else 0
        number = few if block.late is None else block.late
        late |= set(chance.shuffle(names, "late", stem)[:number])
    for name, person in cell.people.items():
        if name in absent:
            leave(person, chance)
        else:
            present(person, chance, late=name in late)
            settle(person, chance, passed=name not in failed)


def _choose(
    cell: Cell, what: str, people: Sequence[list[str]], groups: dict[str, list[tuple[str, str]]], chance: Chance
) -> set[str]:
    numbers = [getattr(block, what) for block, _ in cell.blocks]
    stem = "-".join(cell.key)
    if None in numbers:
        everybody = sorted(name for names in people for name in names)
        # A few in a hundred, by provider; never as many as one in eleven.
        most = len(everybody) * chance.between(30, 70, what, stem) // 1000
        return set(choose_quietly(everybody, groups, most, chance, what, stem))
    fixed = {name for block, _ in cell.blocks for name in block.fixed}
    blocks = [(names, number or 0) for names, number in zip(people, numbers, strict=True)]
    return set(choose_evenly(blocks, groups, fixed, chance, what, stem))


def leave(person: Participant, chance: Chance) -> None:
    """Set how a participant left who never presents: withdrawn, deferred, or without a word."""
    name = person.participant_id
    how = chance.weighted((("withdrawn", 70), ("deferred", 20), ("", 10)), "left", name)
    if how:
        day = weekday(person.commenced_on + dt.timedelta(days=chance.between(40, 330, "left on", name)))
        setattr(person, f"{how}_on", day)
        person.reason = chance.choose(_REASONS, "reason", name)


def present(person: Participant, chance: Chance, *, late: bool) -> None:
    """Set when a participant presented: in time, or some weeks after 18 months."""
    name = person.participant_id
    person.presented_on = weekday(person.commenced_on + dt.timedelta(days=chance.between(300, 425, "presented", name)))
    # Nobody of 2018-19 can be late already.
    if late and person.year == YEARS[0]:
        due = months_later(person.commenced_on, 18)
        person.presented_on = weekday(due + dt.timedelta(days=chance.between(5, 45, "late", name)))


def settle(person: Participant, chance: Chance, *, passed: bool) -> None:
    """Set the result, then feedback and award, as far as they are known on the day of the story."""
    name = person.participant_id
    assessed = assessed_on(person, chance)
    if assessed is None or assessed > AS_OF:
        person.result, person.feedback_completed_on, person.awarded_on = "none", None, None
        return
    person.result = "pass" if passed else "fail"
    given = assessed + dt.timedelta(days=chance.between(5, 20, "feedback", name))
    # Whoever passes must give feedback; of the others every second one does.
    wanted = passed or chance.happens(500, "gives feedback", name)
    person.feedback_completed_on = given if wanted and given <= AS_OF else None
    awarded = given + dt.timedelta(days=chance.between(1, 14, "awarded", name))
    person.awarded_on = awarded if passed and awarded <= AS_OF else None


def assessed_on(person: Participant, chance: Chance) -> dt.date | None:
    """Return when the script was assessed."""
    if person.presented_on is None:
        return None
    return weekday(person.presented_on + dt.timedelta(days=chance.between(10, 26, "assessed", person.participant_id)))
