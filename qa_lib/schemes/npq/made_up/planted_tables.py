"""Facts of scripts, national moderation, feedback and the registers that providers keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

from qa_lib.made_up.fact import Expect
from qa_lib.schemes.npq.made_up.framework_planting import OPEN, Planting
from qa_lib.schemes.npq.made_up.framework_rows import Action, Delivery, Feedback, Malpractice, Person
from qa_lib.schemes.npq.made_up.framework_scene import BORDERLINE, PASS_MARK, REGION_OF, REGIONS, YEARS

_DAY = dt.timedelta(days=1)


def plan_overturned(planting: Planting) -> None:
    """Plan how many scripts national moderation would overturn: exactly 5 %, one more, and far too many."""
    names = {code: provider.name for code, provider in planting.scene.providers.items()}
    planned = {"P25": (10, 10), "P26": (11, 10), "P28": (30, 30)}
    for code, numbers in planned.items():
        for year, number in zip(YEARS, numbers, strict=True):
            planting.overturned[names[code], year] = number


def plant_overturned(planting: Planting) -> None:
    """Name the providers whose share of overturned scripts was planned."""
    provider = {row.participant_id: row.provider for row in planting.framework.participants}
    said: dict[str, tuple[str, str, Expect]] = {
        "N50": ("P25", "Exactly 5 % of all scripts would be overturned", "none"),
        "N51": ("P26", "One script more than 5 % would be overturned", "breach"),
        "N52": ("P28", "Far more than 5 % of all scripts would be overturned", "breach"),
    }
    for fact, (code, what, expect) in said.items():
        name = planting.scene.providers[code].name
        rows = [row for row in planting.framework.national_moderation if provider[row.participant_id] == name]
        number = sum(row.moderated_passed != row.original_passed for row in rows)
        what += f": {number} of {len(rows)}. A sample of 10 % shows it or does not."
        planting.add(fact, "M5", "national_moderation", what, [name], count=number, expect=expect)


def plant_feedback(planting: Planting) -> None:
    """Plant a mean of exactly 6 and one just below, in each year and so in all."""
    people = {row.participant_id: row for row in planting.framework.participants}
    for fact, code, less in (("N60", "P27", 0), ("N61", "P29", 1)):
        name = planting.scene.providers[code].name
        ratings = 0
        for year in YEARS:
            own = [row for row in planting.framework.feedback if people[row.participant_id].provider == name]
            own = [row for row in own if people[row.participant_id].year == year]
            ratings += len(own)
            excess = sum(row.rating for row in own) - 6 * len(own) + (less if year == OPEN else 0)
            _take(planting, own, excess, fact)
        total = 6 * ratings - less
        what = f"The mean of {ratings} ratings is {'just below' if less else 'exactly'} 6: they add up to {total}."
        planting.add(fact, "M6", "feedback", what, [name], count=ratings, expect="breach" if less else "none")


def _take(planting: Planting, ratings: Sequence[Feedback], excess: int, fact: str) -> None:
    """Lower ratings (raise them, where negative) one by one, until they add up to so much less."""
    by_id = {row.participant_id: row for row in ratings}
    step = 1 if excess > 0 else -1
    for name in cycle(planting.chance.shuffle(by_id, fact)):
        if not excess:
            return
        if 1 <= by_id[name].rating - step <= 10:
            by_id[name].rating -= step
            excess -= step


def plant_unmoderated(planting: Planting) -> None:
    """Plant borderline scripts that were not peer moderated: at the pass mark and at the ends of the borderline."""
    subjects = []
    marks = (PASS_MARK - BORDERLINE, PASS_MARK, PASS_MARK + BORDERLINE) if planting.whole else (PASS_MARK,)
    for mark in marks:
        rows = [row for row in planting.framework.scripts if row.final_mark == mark and row.peer_moderated]
        rows = [row for row in rows if row.participant_id not in planting.used and not row.changed]
        row = planting.chance.choose(rows, "N84", mark)
        row.peer_moderated = False
        planting.used.add(row.participant_id)
        subjects.append(row.participant_id)
    what = f"A borderline script, within {BORDERLINE} marks of the pass mark of {PASS_MARK}, is not peer moderated."
    planting.add("N84", "REQ.4", "scripts", what, subjects)


def plant_untrained(planting: Planting) -> None:
    """Plant an assessor without training."""
    row = planting.chance.choose([row for row in planting.framework.personnel if row.role == "assessor"], "N83")
    row.trained, row.trained_on = False, None
    what = f"An assessor of {row.provider} is not trained."
    planting.add("N83", "REQ.4", "personnel", what, [row.person_id])


def plant_leaders(planting: Planting) -> None:
    """Plant levels with exactly half, less than half, and (where it does not matter) hardly any serving leaders."""
    leaders = "of the personnel are serving school leaders"
    said: tuple[tuple[str, str, str, int, str, Expect], ...] = (
        ("N75", "P04", "NPQSL", 5, f"Exactly half {leaders}", "none"),
        ("N76", "P10", "NPQSL", 4, f"Less than half {leaders}", "breach"),
        ("N77", "P16", "NPQEL", 1, f"Hardly any {leaders}, which NPQEL allows", "none"),
    )
    for fact, code, level, serving, what, expect in said:
        name = planting.scene.providers[code].name
        rows = [row for row in planting.framework.personnel if (row.provider, row.level) == (name, level)]
        # Whoever also works at another level keeps being a serving leader there.
        rows.sort(key=lambda row: (-_levels(planting, row), row.person_id))
        for place, row in enumerate(rows):
            row.serving_leader = place < serving
        what += f": {serving} of {len(rows)}."
        planting.add(fact, "REQ.2", "personnel", what, [f"{name}/{level}"], count=serving, expect=expect)


def _levels(planting: Planting, person: Person) -> int:
    return len({row.level for row in planting.framework.personnel if row.person_id == person.person_id})


def plant_delivery(planting: Planting) -> None:
    """Plant content that is designed for one term, for two that it only touches, and for summer and August."""
    said: tuple[tuple[str, str, dt.date, dt.date, str, Expect], ...] = (
        ("N80", "P02", dt.date(2018, 9, 17), dt.date(2018, 12, 14), "in the autumn term only", "breach"),
        ("N81", "P19", dt.date(2018, 12, 3), dt.date(2019, 1, 25), "and touches two terms, in order", "none"),
        ("N82", "P24", dt.date(2019, 6, 3), dt.date(2019, 8, 23), "in summer; August is of no term", "breach"),
    )
    for fact, code, start, end, how, expect in said:
        row = _delivery(planting, code, "NPQH")
        row.designed_from, row.designed_to = start, end
        what = f"Designed from {start.isoformat()} to {end.isoformat()}, {how}."
        subject = f"{row.provider}/NPQH/{row.cohort}"
        planting.add(fact, "REQ.3", "delivery", what, [subject], expect=expect)


def _delivery(planting: Planting, code: str, level: str) -> Delivery:
    name = planting.scene.providers[code].name
    rows = planting.framework.delivery
    return next(row for row in rows if (row.provider, row.level, row.cohort) == (name, level, OPEN))


def plant_area(planting: Planting) -> None:
    """Plant a local authority of the area from which nobody was recruited."""
    provider = planting.scene.providers["P15" if not planting.whole else "P07"]
    region = REGION_OF[provider.las[0]]
    extra = next(la for la in REGIONS[region] if la not in provider.las)
    rows = [row for row in planting.framework.delivery if row.provider == provider.name]
    for row in rows:
        row.area_las = [*row.area_las, extra]
    what = f"{extra} belongs to the area of {provider.name}, and nobody was recruited from it."
    subject = f"{provider.name}/{extra}"
    planting.add("N90", "REQ.7", "delivery", what, [subject], count=len(rows), expect="information")


def plant_self_assessment(planting: Planting) -> None:
    """Plant a missing requirement, a judgement without evidence and owner, and a period without self-assessment."""
    rows = planting.framework.self_assessment
    codes = ("P01", "P18", "P23") if planting.whole else ("P03", "P15", "P21")
    first, second, third = (planting.scene.providers[code].name for code in codes)
    gone = next(row for row in rows if (row.provider, row.period, row.requirement) == (first, "2018-19 mid-year", "K"))
    rows.remove(gone)
    what = "Requirement K is missing from the self-assessment."
    planting.add("N72", "REQ.1", "self_assessment", what, [f"{first}/2018-19 mid-year/K"], count=0)
    row = next(row for row in rows if (row.provider, row.period, row.requirement) == (second, "2018-19 end-year", "H"))
    row.judgement = row.evidence = row.owner = ""
    what = "Requirement H has a row without judgement, evidence and owner."
    planting.add("N73", "REQ.1", "self_assessment", what, [f"{second}/2018-19 end-year/H"])
    if planting.whole:
        planting.framework.self_assessment = [
            row for row in rows if (row.provider, row.period) != (third, "2018-19 end-year")
        ]
        what = "No self-assessment was made at the end of 2018-19."
        planting.add("N74", "REQ.1", "self_assessment", what, [f"{third}/2018-19 end-year"], count=0)


def plant_publications(planting: Planting) -> None:
    """Plant things that are not public."""
    rows = planting.framework.publications
    said = (
        ("N70", "P20", "NPQML", "performance", "RET.2", "Performance is not published."),
        ("N71", "P30", "NPQSL", "cost", "REQ.5", "Cost is listed without a day of publication."),
        ("N78", "P12", "NPQML", "duration", "REQ.5", "Duration is not published."),
    )
    for fact, code, level, item, rule, what in said:
        name = planting.scene.providers[code].name
        row = next(row for row in rows if (row.provider, row.level, row.item) == (name, level, item))
        if fact == "N71":
            row.published_on = None
        else:
            rows.remove(row)
        planting.add(fact, rule, "publications", what, [f"{name}/{level}/{item}"], count=int(fact == "N71"))


def plant_returns(planting: Planting) -> None:
    """Plant a return one day too late and a kind that is overdue."""
    names = [planting.scene.providers[code].name for code in ("P06", "P27")]
    rows = planting.framework.returns
    metrics = (row for row in rows if (row.provider, row.kind) == (names[0], "metrics"))
    late = next(row for row in metrics if row.returned_on.year == 2019)
    late.returned_on += _DAY
    what = "Metrics were returned on 29 March 2019, six months and a day after 28 September 2018."
    planting.add("N66", "RET.1", "returns", what, [f"{names[0]}/metrics"])
    recruitment = (row for row in rows if row.provider == names[1] and row.kind == "recruitment")
    rows.remove(max(recruitment, key=lambda row: row.returned_on))
    what = "Recruitment was last returned on 28 August 2019, more than six months before the day of the story."
    planting.add("N67", "RET.1", "returns", what, [f"{names[1]}/recruitment"])


def plant_malpractice(planting: Planting) -> None:
    """Plant reports that are late, over a weekend or by two weeks, and one that is missing."""
    friday = dt.date(2019, 5, 10)
    said: tuple[tuple[str, str, str, dt.date | None, str], ...] = (
        ("N86", "P03", "investigation", friday + 3 * _DAY, "Known on a Friday, reported on Monday: three days."),
        ("N87", "P13", "finding", friday + 14 * _DAY, "A finding is reported after fourteen days."),
        ("N88", "P22", "investigation", None, "No report is recorded."),
    )
    for number, (fact, code, stage, reported, what) in enumerate(said[: 3 if planting.whole else 1], 91):
        name = planting.scene.providers[code].name
        note = "=HYPERLINK(0)" if fact == "N87" else "A participant's script resembles another one."
        row = Malpractice(
            malpractice_id=f"MP{number}", provider=name, stage=stage, known_on=friday, reported_on=reported, note=note
        )
        planting.framework.malpractice.append(row)
        subjects = [row.malpractice_id]
        planting.add(fact, "REQ.6", "malpractice", what, subjects, expect="breach" if reported else "not_assessable")


def plant_actions(planting: Planting) -> None:
    """Plant a remedial action that is open, and a revocation for a serious case, appealed against."""
    name = planting.scene.providers["P28" if planting.whole else "P21"].name
    row = Action(
        action_id="RA91",
        provider=name,
        level="NPQML",
        metric="M5",
        kind="remedial",
        state="open",
        opened_on=dt.date(2020, 1, 13),
        set_by="QA-02",
        note='<b onmouseover="alert(1)">Train the assessors again</b>',
    )
    planting.framework.actions.append(row)
    what = "A remedial action opened on 13 January 2020 is open; its note holds HTML."
    planting.add("N91", "REM.1", "actions", what, ["RA91"], expect="information")
    if planting.whole:
        revoked = replace(row, action_id="RA92", kind="revocation", serious_case="third", state="appealed", metric="H")
        revoked.provider = planting.scene.providers["P13"].name
        revoked.opened_on, revoked.appealed_on = dt.date(2019, 7, 1), dt.date(2019, 7, 15)
        revoked.note = "A finding of malpractice was not reported immediately."
        planting.framework.actions.append(revoked)
        what = "A revocation for the third serious case, which a person has set, is under appeal."
        planting.add("N92", "REM.1", "actions", what, ["RA92"], expect="information")
