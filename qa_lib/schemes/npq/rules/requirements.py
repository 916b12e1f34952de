"""What a provider has to have in place beside the metrics (NPQ.REQ.1 to NPQ.REQ.7)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, statement_on
from qa_lib.audit.deadlines import Deadline, judged
from qa_lib.audit.words import count_with_noun, decimal_text, exact, met, out_of, percent
from qa_lib.lookalikes import folded_name
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.readers.school_files import with_schools
from qa_lib.schemes.npq.rules.recruitment import recruited
from qa_lib.schemes.npq.rules.terms import terms_in

REQUIREMENTS = tuple("ABCDEFGHIJKLMNO")
#: Roles of the table of personnel that deliver; ``other`` does not.
DELIVERING = ("facilitator", "assessor", "coach", "moderator")


@answers("NPQ.REQ.1")
def self_assessed(audit: Audit) -> Iterator[Statement]:
    """Look for a judgement of each of the requirements A to O, twice a year (mid-year, end-year) in years 1 and 2."""
    table = audit.table("self_assessment", "period", "requirement", "judgement")
    own = table[table["period"].str.startswith(audit.period, na=False)]
    for period, rows in own.groupby("period"):
        yield from _complete(audit, str(period), rows)
    yield _often_enough(audit, own["period"].nunique())


def _often_enough(audit: Audit, done: int) -> Statement:
    value = audit.value("NPQ.REQ.1")
    needed, year = 12 // value["months"], audit.operating_year
    message = f"{done} self-assessments of {audit.period}"
    figure: dict[str, Any] = {"value": str(done), "threshold": str(needed)}
    if year is None or audit.last_day is None:
        return not_assessable(f"the data do not tell which year of the provider this is; {message}", **figure)
    if year > value["years"]:
        early = f"every {value['months']} months in years 1 to {value['years']}, and this is year {year}"
        return Statement(status="information", message=f"not applicable: {early}; {message}", value=str(done))
    if done < needed and not audit.period_is_over:
        return not_assessable(f"the year is not over; {message}", **figure)
    return Statement(status=met(done >= needed), message=message, **figure)


def _complete(audit: Audit, period: str, rows: pd.DataFrame) -> Iterator[Statement]:
    judged = set(rows.loc[rows["judgement"].notna(), "requirement"])
    gaps = [letter for letter in REQUIREMENTS if letter not in judged]
    needed = audit.value("NPQ.REQ.1")["requirements"]
    message = f"{period}: {len(judged)} of {needed} requirements judged" + (
        f"; none of {', '.join(gaps)}" if gaps else ""
    )
    about: dict[str, Any] = {"subject_type": "self-assessment", "subject": f"{audit.provider} {period}"}
    yield Statement(
        status=met(len(judged) >= needed), message=message, value=str(len(judged)), threshold=str(needed), **about
    )
    for name in ("evidence", "owner", "assessed_on"):
        if name not in rows.columns or rows[name].isna().any():
            blanks = len(rows) if name not in rows.columns else int(rows[name].isna().sum())
            yield not_assessable(f"{period}: {name} is blank for {blanks} of {len(rows)} requirements", **about)


@answers("NPQ.REQ.2")
def serving_leaders(audit: Audit) -> Iterator[Statement]:
    """Hold the share of serving school leaders among those who deliver against 50 %, per level but NPQEL."""
    table, value = audit.table("personnel", "person_id", "level", "role", "serving_leader"), audit.value("NPQ.REQ.2")
    own = table[table["role"].isin(DELIVERING)]
    for level in audit.levels:
        people = own[own["level"] == level].groupby("person_id")["serving_leader"]
        leaders, unknown = int(people.max().fillna(False).sum()), int(people.max().isna().sum())
        n = len(people)
        message = f"{out_of(leaders, n)} who deliver are serving school leaders" + (
            f"; of {unknown} it is blank" if unknown else ""
        )
        figure: dict[str, Any] = {"level": level, "threshold": percent(value["least"]), "value": out_of(leaders, n)}
        if value[level] == "exempt":
            yield Statement(status="information", message=f"exempt; {message}", **(figure | {"threshold": ""}))
        elif not n:
            yield not_assessable("nobody who delivers is listed", level=level)
        else:
            yield bounded(leaders, unknown, n, least=value["least"], message=message, figure=figure)


def bounded(k: int, unknown: int, n: int, *, least: Fraction, message: str, figure: dict[str, Any]) -> Statement:
    """Return the verdict on a share some of whose cases are blank: none where the blanks decide."""
    worst, best = Fraction(k, n) >= least, Fraction(k + unknown, n) >= least
    if worst != best:
        return not_assessable(f"what is blank decides; {message}", **figure)
    return Statement(status=met(worst), message=message, **figure)


@answers("NPQ.REQ.3")
def two_terms(audit: Audit) -> Iterator[Statement]:
    """Count the academic terms over which content is designed to be delivered; fewer than two is a breach."""
    table, value = audit.table("delivery", "level", "designed_from", "designed_to"), audit.value("NPQ.REQ.3")
    if table.empty:
        raise NotAssessable("no delivery is listed")
    for row in table.to_dict("records"):
        cohort = str(row["cohort"]) if "cohort" in row and pd.notna(row["cohort"]) else ""
        subject = " ".join(part for part in (audit.provider, str(row["level"]), cohort) if part and part != "nan")
        about: dict[str, Any] = {"subject_type": "delivery", "subject": subject, "threshold": str(value["least_terms"])}
        first, last = row["designed_from"], row["designed_to"]
        if pd.isna(first) or pd.isna(last):
            yield not_assessable("the first or the last day of the design is blank", **about)
        elif last < first:
            yield not_assessable(f"the design ends on {last.date()}, before it begins on {first.date()}", **about)
        else:
            terms = terms_in(first, last, value)
            number = count_with_noun(len(terms), "term")
            message = f"designed from {first.date()} to {last.date()}: {number} {value['counted']}"
            listed = f" ({', '.join(terms)})" if terms else ""
            yield Statement(
                status=met(len(terms) >= value["least_terms"]), message=message + listed, value=str(len(terms)), **about
            )


@answers("NPQ.REQ.4")
def trained_and_moderated(audit: Audit) -> Iterator[Statement]:
    """Look for assessors without training, and hold the share of borderline scripts that were peer moderated."""
    yield from _trained(audit)
    scripts, value = audit.table("scripts", "final_mark", "peer_moderated"), audit.value("NPQ.REQ.4")
    done = int(scripts["peer_moderated"].fillna(False).sum())
    yield Statement(status="information", message=f"{out_of(done, len(scripts))} scripts peer moderated")
    if "pass_mark" not in value:
        raise NotAssessable(
            "the rule book has no pass mark, which the framework does not give; borderline is around it"
        )
    marks = scripts["final_mark"].map(exact, na_action="ignore")
    within = value["borderline_within"]
    near = [pd.notna(mark) and abs(mark - value["pass_mark"]) <= within for mark in marks]
    border = scripts.loc[near, "peer_moderated"]
    k, n, unknown = int(border.fillna(False).sum()), len(border), int(border.isna().sum())
    blank = int(marks.isna().sum())
    narrow = f"within {decimal_text(within)} of {decimal_text(value['pass_mark'])}"
    message = f"{out_of(k, n)} borderline scripts, {narrow}, peer moderated"
    message += f"; the mark of {blank} is blank" if blank else ""
    if not n:
        raise NotAssessable(f"no script is known to be borderline; {message}")
    figure = {"value": out_of(k, n), "threshold": percent(value["borderline_moderated"])}
    yield bounded(k, unknown, n, least=value["borderline_moderated"], message=message, figure=figure)


def _trained(audit: Audit) -> Iterator[Statement]:
    try:
        people = audit.table("personnel", "person_id", "role", "trained")
    except NotAssessable as reason:
        yield not_assessable(str(reason))
        return
    flags = people[people["role"] == "assessor"].groupby("person_id")["trained"].max()
    for person in sorted(flags.index[flags.eq(False).fillna(False)]):
        yield statement_on("assessor", person, "breach", "assesses and is not trained")
    marked = audit.tables["scripts"]["assessor_id"].dropna() if audit.has("scripts", "assessor_id") else ()
    if unlisted := set(marked) - set(flags.index):
        assessors = count_with_noun(len(unlisted), "assessor of scripts is", "assessors of scripts are")
        why = f"{assessors} not in the table personnel"
        yield not_assessable(why, value=str(len(unlisted)))
    unknown = int(flags.isna().sum())
    if unknown:
        yield not_assessable(f"training is blank for {out_of(unknown, len(flags))} assessors", value=str(unknown))
    if flags.empty:
        yield not_assessable("no assessor is listed")
        return
    trained, least = int(flags.fillna(False).sum()), audit.value("NPQ.REQ.4")["trained"]
    figure = {"value": out_of(trained, len(flags)), "threshold": percent(least)}
    message = f"{out_of(trained, len(flags))} assessors trained"
    yield bounded(trained, unknown, len(flags), least=least, message=message, figure=figure)


@answers("NPQ.REQ.5")
def published(audit: Audit) -> Iterator[Statement]:
    """Look for cost, duration and performance in the register of publications, per level."""
    for item, rule in audit.value("NPQ.REQ.5").items():
        if rule == "required":
            yield from published_item(audit, item)


def published_item(audit: Audit, item: str) -> Iterator[Statement]:
    """Yield per level when an item was published last; a row without a level holds for all levels."""
    table = audit.table("publications", "item", "published_on", "level")
    own = table[(table["item"] == item) & table["published_on"].notna()]
    for level in audit.levels:
        rows = own[own["level"].isna() | (own["level"] == level)]
        if rows.empty:
            message = f"{item}: no day of publication"
            yield Statement(status="breach", message=message, level=level, threshold="published")
        else:
            last = rows["published_on"].max().date()
            yield Statement(status="met", level=level, message=f"{item}: published, last on {last}", value=str(last))


@answers("NPQ.REQ.6")
def malpractice_reported(audit: Audit) -> Iterator[Statement]:
    """Count the days from knowing of malpractice to reporting it; where no report is recorded, up to the as-of day."""
    table = audit.table("malpractice", "malpractice_id", "known_on", "reported_on").sort_values("malpractice_id")
    deadline = Deadline.from_rule(audit.book["NPQ.REQ.6"], audit.value("NPQ.REQ.6"))
    if table.empty:
        yield Statement(status="information", message="no investigation and no finding is logged", value="0")
    reports = judged(table["known_on"], table["reported_on"], deadline, as_of=audit.as_of)
    for row, state in zip(table.to_dict("records"), reports["state"], strict=True):
        known, reported = row["known_on"], row["reported_on"]
        about: dict[str, Any] = {
            "subject_type": str(row.get("stage") or "malpractice"), "subject": str(row["malpractice_id"]),
            "threshold": str(deadline),
        }  # fmt: skip
        if pd.isna(known):
            yield not_assessable("the day on which it was known is blank", **about)
        elif pd.isna(reported):
            age = count_with_noun(audit.since(known), "day")
            yield Statement(
                status="breach" if state == "overdue" else "information", value=age,
                message=f"no report is recorded; it was known {age} ago", **about,
            )  # fmt: skip
        elif state == "not assessable":
            yield not_assessable(f"reported on {reported.date()}, before it was known on {known.date()}", **about)
        else:
            days = (reported - known).days
            message = f"reported {days} day{'' if days == 1 else 's'} after it was known"
            taken = deadline.taken(known, reported)
            yield Statement(status=met(state == "in time"), message=message, value=taken, **about)


@answers("NPQ.REQ.7")
def throughout_the_area(audit: Audit) -> Iterator[Statement]:
    """List the local authorities of the provider's area from which nobody was recruited in the period."""
    areas = audit.table("delivery", "area_las")["area_las"].dropna()
    audit.table("schools", "urn", "la")
    audit.table("participants", "school_urn")
    area = {folded_name(name): name.strip() for text in areas for name in text.split(";") if name.strip()}
    if not area:
        raise NotAssessable("no local authority of the provider's area is given")
    people = with_schools(
        recruited(audit), audit.tables["schools"], threshold=audit.value("NPQ.M2")["free_school_meals"]
    )
    from_there = set(map(folded_name, people["la"].dropna()))
    none = sorted(area[name] for name in area.keys() - from_there)
    unknown = int(people["la"].isna().sum())
    message = (
        f"recruited from {len(area) - len(none)} of the {len(area)} local authorities of the area in {audit.period}"
    )
    message += f"; nobody from {', '.join(none)}" if none else ""
    message += f"; of {unknown} recruited the local authority is not known" if unknown else ""
    yield Statement(status="information" if none else "met", message=message, value=str(len(none)))
