"""Whether every assessor and every PoP has been in a sample over the year (HLTA.MOD.4, HLTA.MOD.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pandas as pd

from qa_lib.audit.answering import NotAssessable, Statement, answers, not_assessable, once, statement_on
from qa_lib.audit.audit import Tables
from qa_lib.audit.words import out_of
from qa_lib.calendar.months import year_of
from qa_lib.sampling.coverage_of_year import KINDS, coverage_by_entity
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.draws.moderation_population import scrutiny_log
from qa_lib.schemes.hlta.event_days import last_day
from qa_lib.schemes.hlta.results.moderated_files import moderated

#: Kind of who is covered -> the rule.
RULES = {"assessor": "HLTA.MOD.4", "PoP": "HLTA.MOD.5"}
_WHY = {
    "waiting for seed": "waits for a seed",
    "not sampled yet": "has not been in a sample",
    "not frozen": "no file of theirs was frozen, so they have not been in a sample",
}


@once
def not_moderatable(audit: Audit) -> dict[tuple[str, str], str]:
    """Return why sampled files could not be moderated, by freeze digest and case id: they cover nobody.

    Moderators say so in their return, or the file was sent back for revision after the freeze and has not come again
    (HLTA.SCR.2, HLTA.SCR.5). It follows from the audit alone, so that an audit made again says the same.
    """
    files = moderated(audit)
    log = scrutiny_log(audit.tables, None).drop_duplicates("case_id", keep="last").set_index("case_id")
    returned = log.loc[log["result"] == "returned", "scrutinised_on"]
    found = {}
    for row in files.to_dict("records"):
        key, case_id = (row["freeze_digest"], row["case_id"]), row["case_id"]
        if row["not_moderatable_reason"] and not row["decision"]:
            found[key] = row["not_moderatable_reason"]
        elif case_id in returned.index:
            day = returned[case_id]
            when = "a day not recorded" if pd.isna(day) else f"{day:%Y-%m-%d}"
            found[key] = f"sent back for revision on {when}"
    return found


@once
def covered(audit: Audit) -> pd.DataFrame:
    """Return who has files in the year so far and how often they were sampled.

    Returns
    -------
    DataFrame
        As :func:`qa_lib.sampling.coverage_of_year.coverage_by_entity`, and those of whom no file was frozen as
        *not frozen*.
    """
    entities = coverage_by_entity(audit.draws, not_moderatable=not_moderatable(audit))
    return with_unfrozen(entities, audit.tables, provider=audit.provider, year=audit.year, until=audit.months[-1])


def months_with_files(cases: pd.DataFrame, *, provider: str, year: str, until: str = "") -> list[str]:
    """Return the months of an RPA's year in which it has files, ascending; up to a month where one is named."""
    own = cases.loc[cases["rpa"] == provider, "month"].unique()
    starts_in = int(year[5:])
    return sorted(
        str(month) for month in own if year_of(month, starts_in=starts_in) == year and month <= (until or month)
    )


def unseen_months(audit: Audit) -> list[str]:
    """Return the months of the year so far that have files and are not drawn."""
    about = {"provider": audit.provider, "year": audit.year, "until": audit.months[-1]}
    return not_drawn(months_with_files(audit.tables["cases"], **about), audit.draws)


def not_drawn(months: Collection[str], draws: Iterable[Draw]) -> list[str]:
    """Return those of some months that are not drawn."""
    return sorted(set(months) - {draw.freeze.month for draw in draws if draw.status == "drawn"})


def with_unfrozen(entities: pd.DataFrame, tables: Tables, *, provider: str, year: str, until: str = "") -> pd.DataFrame:
    """Add those who submitted files in the year of which none was frozen: they are easily forgotten.

    Parameters
    ----------
    entities
        As :func:`qa_lib.sampling.coverage_of_year.coverage_by_entity` returns it.
    year, until
        First month of the year; last month that counts, the whole year where nothing is said.
    """
    cases = tables["cases"]
    months = months_with_files(cases, provider=provider, year=year, until=until)
    own = cases[(cases["rpa"] == provider) & cases["month"].isin(months)]
    rows = []
    for kind, column in KINDS.items():
        known = set(entities.loc[entities["kind"] == kind, "id"])
        for name, files in own[~own[column].isin(known)].groupby(column)["month"]:
            first, last = files.min(), files.max()
            row = {"kind": kind, "id": name, "status": "not frozen", "files": len(files), "months": files.nunique()}
            rows.append({**row, "first_month": first, "sampled_files": 0, "first_sampled": "", "last_month": last})
    if not rows:
        return entities
    return pd.concat([frame for frame in (entities, pd.DataFrame(rows)) if len(frame)], ignore_index=True).sort_values(
        ["kind", "id"], ignore_index=True
    )


def coverage_statements(
    entities: pd.DataFrame, kind: str, listed: Collection[str], *, over: bool, fewest: int = 1
) -> Iterator[Statement]:
    """Yield one line over everyone of a kind, one for each who was not sampled, one for each listed without a file.

    Parameters
    ----------
    entities
        As :func:`with_unfrozen` returns it.
    listed
        Those of the kind that the data set lists, with or without files.
    over
        Whether nobody can be sampled any more: a breach then, a warning before.
    fewest
        How many sampled files each needs.
    """
    own = entities[entities["kind"] == kind]
    short = own[own["sampled_files"] < fewest]
    sampled = f"{len(own) - len(short)} of {len(own)}"
    message = f"{sampled} {kind}s with files have been in a sample"
    yield Statement(status="information" if len(short) or own.empty else "met", message=message, value=sampled)
    for row in short.to_dict("records"):
        why = _WHY.get(str(row["status"]), f"has {row['sampled_files']} of {fewest} sampled files")
        message = f"{why}: {row['files']} files, last in {row['last_month']}"
        yield statement_on(kind.lower(), row["id"], "breach" if over else "warning", message, value=str(row["files"]))
    for name in sorted(set(listed) - set(own["id"])):
        why = "no file of theirs was submitted in the year"
        yield not_assessable(why, subject_type=kind.lower(), subject=name)


def listed_in(tables: Tables, table: str, key: str, *, provider: str) -> set[str]:
    """Return the ids of a provider's in a table that lists them; none where the table or the column is missing."""
    people = tables.get(table)
    if people is None or key not in people.columns:
        return set()
    own = people[people["rpa"] == provider] if "rpa" in people.columns else people
    return set(own[key])


@answers("HLTA.MOD.4")
def every_assessor_sampled(audit: Audit) -> Iterator[Statement]:
    """Name each assessor who has not been in a sample of this RPA; show who works for several, and the tiers."""
    yield from _every(audit, "assessor", listed_in(audit.tables, "assessors", "assessor_id", provider=audit.provider))
    names = set(covered(audit).query("kind == 'assessor'")["id"])
    for name, others in sorted(_elsewhere(audit).items()):
        if name in names:
            message = f"also assesses for {' and '.join(others)}; each RPA needs a sampled file of its own"
            yield Statement(status="information", message=message, subject_type="assessor", subject=name)
    yield from _by_tier(audit)


@answers("HLTA.MOD.5")
def every_pop_sampled(audit: Audit) -> Iterator[Statement]:
    """Name each Provider of Preparation of which no candidate has been in a sample."""
    yield from _every(audit, "PoP", listed_in(audit.tables, "pops", "pop_id", provider=audit.provider))


def _every(audit: Audit, kind: str, listed: Collection[str]) -> Iterator[Statement]:
    entities, fewest = covered(audit), int(audit.value(RULES[kind])["fewest_files"])
    if len(entities) and not audit.draws:
        raise NotAssessable("no draw of the year is at hand")
    over = audit.year_over and audit.as_of >= last_day(audit.months[-1])
    yield from coverage_statements(entities, kind, listed, over=over, fewest=fewest)
    if not over:
        return
    own = entities[(entities["kind"] == kind) & (entities["sampled_files"] >= fewest)]
    for row in own[own["files"] <= fewest + 1].to_dict("records"):
        files = "one file" if row["files"] == 1 else f"{row['files']} files"
        message = f"easily missed: {files} in the year, {row['sampled_files']} sampled, first in {row['first_sampled']}"
        about = {"subject_type": kind.lower(), "subject": str(row["id"]), "value": str(row["sampled_files"])}
        yield Statement(status="information", message=message, threshold=str(fewest), **about)


def _elsewhere(audit: Audit) -> dict[str, list[str]]:
    """Return the other RPAs for which assessors have files, or are listed."""
    tables = [audit.tables[name] for name in ("cases", "assessors") if audit.has(name, "assessor_id", "rpa")]
    pairs = pd.concat([table[["assessor_id", "rpa"]] for table in tables]).dropna().drop_duplicates()
    others = pairs[pairs["rpa"] != audit.provider]
    return {str(name): sorted(rpas) for name, rpas in others.groupby("assessor_id")["rpa"]}


def _by_tier(audit: Audit) -> Iterator[Statement]:
    """Say how heavily ordinary passes were sampled by tier: more is expected of the less experienced."""
    frames = [
        draw.freeze.population.assign(sampled=draw.freeze.population["case_id"].isin(draw.sample["case_id"]))
        for draw in audit.draws
        if draw.status == "drawn"
    ]
    if not frames:
        return
    files = pd.concat(frames, ignore_index=True)
    passes = files[files["stratum"] == "met"].groupby("tier")["sampled"].agg(["sum", "count"])
    shares = [f"{tier} {out_of(*passes.loc[tier])}" for tier in audit.value("X.TIERS") if tier in passes.index]
    if shares:
        yield Statement(status="information", message=f"sampled of the ordinary passes by tier: {'; '.join(shares)}")
