"""How the planted facts of the NPQ years are counted, with neither the generator nor the library's rules.

CSV text, pandas and SciPy; rates are compared in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path

import pandas as pd
from scipy.stats import fisher_exact, hypergeom

Tables = dict[str, pd.DataFrame]
Count = tuple[set[str], int]
AS_OF = pd.Timestamp("2020-03-01")
#: The first and the last day of the period that is judged, as text.
PERIOD = ("2018-10-01", "2019-09-30")
PLACE = ["provider", "level", "year"]
OF_SCHOOL = ["phase", "type", "ofsted", "fsm"]
CHARACTERISTICS = ["sex", "ethnicity", "disability", "age_band", *OF_SCHOOL]
UNKNOWN = ("", "Prefer not to say")
#: What planted words are read as: the column, the word, and the one that it stands for.
READ = {
    "ethnicity": {"English/Welsh/Scottish/Northern Irish/British": "White British", "WBRI": "White British"},
    "sex": {"female": "Female", "Femal": "Prefer not to say", "Not disclosed": "Prefer not to say"},
    "disability": {"N/K": "Prefer not to say"},
    "year": {"2018/19": "2018-19"},
}
NO_GROUP = "Wite British"
ITEMS, LEVELS = ("cost", "duration", "performance"), ("NPQML", "NPQSL", "NPQH", "NPQEL")
PERIODS = [f"{year} {half}-year" for year in ("2017-18", "2018-19") for half in ("mid", "end")]


def read(folder: Path) -> Tables:
    """Read every table as text, with what most counts need added to participants."""
    tables = {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        for path in sorted(folder.glob("*.csv"))
    }
    schools = tables["schools"]
    schools["share"] = [Fraction(int(k), int(n)) for k, n in zip(schools["fsm_pupils"], schools["pupils"], strict=True)]
    schools["published"] = [Fraction(text) / 100 if text else None for text in schools["fsm_percent"]]
    decides = schools["published"].fillna(schools["share"])
    schools["fsm"] = ["high" if share >= Fraction(3, 10) else "low" for share in decides]
    written = tables["participants"]
    people = written.assign(**{f"{name}_written": written[name] for name in READ})
    people = people.replace(READ).merge(
        schools[["urn", "la", "region", *OF_SCHOOL]], left_on="school_urn", right_on="urn", how="left"
    )
    for column in ("enrolled_on", "commenced_on", "presented_on"):
        people[column] = days(people[column])
    started = people[["enrolled_on", "commenced_on"]].max(axis=1)
    people["due_on"] = started + pd.DateOffset(months=18)
    people["due"] = people["due_on"] <= AS_OF
    people["presented"] = people["presented_on"].notna()
    people["in_time"] = people["presented_on"] <= people["due_on"]
    people["passed"] = people["result"] == "pass"
    people["again"] = people.sort_values("year").duplicated(["provider", "level", "trn"])
    people["recruited"] = (people["staff_role"] == "none") & ~people["again"]
    banded = [
        f"{int(age) // 10}0-{int(age) // 10}9" if age and age < "50" else age and "50 and over" for age in people["age"]
    ]
    people["age_band"] = people["age_band"].where(people["age_band"] != "", pd.Series(banded, index=people.index))
    people[OF_SCHOOL] = people[OF_SCHOOL].fillna("")
    tables["people"], tables["gaps"] = people, _gaps(people)
    tables["scripts"] = tables["scripts"].merge(people[["participant_id", "provider"]])
    return tables


def days(column: pd.Series) -> pd.Series:
    """Read a column of dates; blank is not a date."""
    return pd.to_datetime(column.replace("", None), format="%Y-%m-%d")


def chosen(frame: pd.DataFrame, which: pd.Series, column: str = "participant_id") -> Count:
    """Return the ids of the chosen rows and their number."""
    found = frame[which.to_numpy(dtype=bool)]
    return set(found[column]), len(found)


def rows(name: str, key: str, condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count rows of a table that satisfy a condition."""
    return lambda tables: chosen(tables[name], condition(tables[name]), key)


def people(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count participants that satisfy a condition."""
    return rows("people", "participant_id", condition)


def named(frame: pd.DataFrame, *columns: str) -> pd.Series:
    """Join columns, as findings name what they are about."""
    first, *others = columns
    return frame[first].str.cat([frame[name] for name in others], sep=" ")


def levels(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count participants that satisfy a condition; who is named are their levels."""

    def count(tables: Tables) -> Count:
        table = tables["people"]
        return chosen(table.assign(name=named(table, "provider", "level")), condition(table), "name")

    return count


def of_providers(what: str, condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count participants that satisfy a condition; who is named are their providers, with what it is about."""

    def count(tables: Tables) -> Count:
        table = tables["people"]
        return chosen(table.assign(name=(table["provider"] + f" {what}").str.strip()), condition(table), "name")

    return count


def gaps(tables: Tables) -> pd.DataFrame:
    """Return every group with its numbers, those of all, and ten times the gap in whole numbers."""
    return tables["gaps"]


def _gaps(people: pd.DataFrame) -> pd.DataFrame:
    due = people[people["due"]]
    known = due[due["presented"] & (due["result"] != "none")]
    parts = [_gaps_of(due, "retention", "presented"), _gaps_of(known, "achievement", "passed")]
    table = pd.concat(parts, ignore_index=True)
    table["subject"] = named(table, "who", "characteristic", "value")
    table["gap"] = 10 * (table["k"] * table["total"] - table["yes"] * table["n"]).abs()
    table["limit"] = table["n"] * table["total"]
    return table


def _gaps_of(people: pd.DataFrame, rate: str, good: str) -> pd.DataFrame:
    people = people.assign(
        place=named(people, *PLACE) + f" {rate}", who=named(people, "provider", "level") + f" {rate}"
    )
    people["total"] = people.groupby("place")[good].transform("size")
    people["yes"] = people.groupby("place")[good].transform("sum")
    long = people.melt(["place", "who", "total", "yes", good], CHARACTERISTICS, "characteristic", "value")
    keys = ["place", "who", "characteristic", "value", "total", "yes"]
    return long.groupby(keys)[good].agg(n="size", k="sum").reset_index()


def flags(several: bool) -> Callable[[Tables], Count]:
    """Count groups more than 10 points off, where a level has several of them or one."""

    def count(tables: Tables) -> Count:
        table = gaps(tables)
        off = table[table["gap"] > table["limit"]]
        off = off[(off.groupby("place")["subject"].transform("size") > 1) == several]
        number = off.drop_duplicates("place").eval("total - yes") if several else off.eval("n - k")
        return set(off["subject"]), int(number.sum())

    return count


def exactly_ten(tables: Tables) -> Count:
    """Count who fails in groups at exactly 10 points."""
    table = gaps(tables)
    found = table[table["gap"] == table["limit"]]
    return set(found["subject"]), int(found.eval("n - k").sum())


def fourteen(tables: Tables) -> Count:
    """Count the lost in groups exactly 14 points below the rest, and surely so."""
    table = gaps(tables).query("n >= 50 and total - n >= 50")
    rest_n, rest_k = table["total"] - table["n"], table["yes"] - table["k"]
    found = table[100 * (rest_k * table["n"] - table["k"] * rest_n) == 14 * table["n"] * rest_n]
    sure = [midp(k, n, yes, total) < 0.01 for k, n, yes, total in found[["k", "n", "yes", "total"]].to_numpy()]
    found = found[pd.Series(sure, index=found.index, dtype=bool)]
    return set(found["subject"]), int(found.eval("n - k").sum())


def midp(k: int, n: int, yes: int, total: int) -> float:
    """Return Fisher's two-sided p of a group against the rest, less half the probability of what was seen."""
    p = fisher_exact([[k, n - k], [yes - k, total - yes - (n - k)]]).pvalue
    return float(p - hypergeom.pmf(k, total, yes, n) / 2)


def holm(table: pd.DataFrame) -> pd.Series:
    """Return Holm-adjusted p of the groups of one level and rate; a binary characteristic is one test."""
    table = table[table["value"] != ""]
    sizes = table.groupby("characteristic")["value"].transform("size")
    tested = table[(sizes > 2) | ((sizes == 2) & ~table.duplicated("characteristic"))]
    p = pd.Series([midp(*row) for row in tested[["k", "n", "yes", "total"]].to_numpy()], index=tested["subject"])
    p = p.sort_values()
    return (p * list(range(len(p), 0, -1))).cummax().clip(upper=1)


def reversals(tables: Tables) -> Count:
    """Count who presented where women pass more often in each region, and surely less often in all."""
    subjects, number = set(), 0
    for place, cell in tables["people"].query("due and presented").groupby(PLACE):
        parts = [part for _, part in cell.groupby("region")] if len(cell) >= 200 else []
        if parts and min(map(len, parts)) >= 100:
            women = cell.loc[cell["sex"] == "Female", "passed"]
            p = midp(int(women.sum()), len(women), int(cell["passed"].sum()), len(cell))
            if p < 0.05 and advantage(cell) < 0 and all(advantage(part) > 0 for part in parts):
                subjects.add(" ".join((*place[:2], "achievement sex")))
                number += len(cell)
    return subjects, number


def advantage(cell: pd.DataFrame) -> Fraction:
    """Return by how much women pass more often than men."""
    women, men = (cell.loc[cell["sex"] == sex, "passed"] for sex in ("Female", "Male"))
    return Fraction(int(women.sum()), len(women)) - Fraction(int(men.sum()), len(men))


def metric_4(tables: Tables, *, only_due: bool) -> pd.Series:
    """Return whether 90 % are in time, by provider and level."""
    table = tables["people"]
    if only_due:
        table = table[table["due"]]
    counts = table.groupby(["provider", "level"])["in_time"].agg(["sum", "size"])
    return 10 * counts["sum"] >= 9 * counts["size"]


def fails_by_the_undue(tables: Tables) -> Count:
    """Count the late starters of levels that pass metric 4 over those who are due and fail over everybody."""
    passes = metric_4(tables, only_due=True) & ~metric_4(tables, only_due=False)
    places = {" ".join(place) for place in passes.index[passes]}
    table = tables["people"]
    late = table[named(table, "provider", "level").isin(places) & (table["commenced_on"] >= "2019-04-01")]
    return places, int((~late["presented"]).sum())


def against_target(metric: str, condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count targets whose row, with what was reached beside, satisfies a condition."""

    def count(tables: Tables) -> Count:
        table = tables["people"].query("recruited")
        table = table.assign(
            all=1,
            found=table["urn"].notna(),
            high=table["fsm"] == "high",
            known=~table["ethnicity"].isin((*UNKNOWN, NO_GROUP)),
            other=~table["ethnicity"].isin((*UNKNOWN, NO_GROUP, "White British")),
        )
        sums = table.groupby(PLACE)[["all", "found", "high", "known", "other"]].sum().reset_index()
        targets = tables["targets"][tables["targets"]["metric"] == metric].merge(sums, on=PLACE)
        targets["target"] = [Fraction(text) for text in targets["target"]]
        found = targets[condition(targets).astype(bool)]
        return set(named(found, "provider", "level")), len(found)

    return count


def at_two_levels(tables: Tables) -> Count:
    """Count second rows of a teacher reference number at another level."""
    table = tables["people"].sort_values("year")
    again = table.duplicated("trn") & ~table.duplicated(["trn", "level"])
    return chosen(table, again)


def torn_schools(tables: Tables) -> Count:
    """Count schools whose percentage and counts lie on different sides of 30 %, by who recruits there in 2018-19."""
    table = tables["people"].merge(tables["schools"][["urn", "share", "published"]], on="urn")
    limit = Fraction(3, 10)
    torn = [
        one is not None and (one >= limit) != (share >= limit)
        for one, share in table[["published", "share"]].to_numpy()
    ]
    found = table[torn].query("recruited and year == '2018-19'")
    return set(found["provider"]), found["urn"].nunique()


def overturned(condition: Callable[[int, int], bool]) -> Callable[[Tables], Count]:
    """Count overturned scripts of providers whose numbers of the period satisfy a condition."""

    def count(tables: Tables) -> Count:
        table = tables["national_moderation"].merge(tables["people"], on="participant_id")
        table = table[table["moderated_on"].between(*PERIOD)]
        table["turned"] = table["moderated_passed"] != table["original_passed"]
        found = table.groupby("provider")["turned"].agg(["sum", "size"])
        found = found[[condition(turned, size) for turned, size in found.to_numpy()]]
        return set(found.index), int(found["sum"].sum())

    return count


def awarded(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count who was awarded and whose script, with its moderation, satisfies a condition."""

    def count(tables: Tables) -> Count:
        people = tables["participants"][tables["participants"]["awarded_on"] != ""]
        scripts = tables["scripts"][["participant_id", "passed"]].merge(tables["national_moderation"])
        table = people[["participant_id", "awarded_on", "result"]].merge(scripts)
        return chosen(table, condition(table))

    return count


def ratings(condition: Callable[[pd.Series, pd.Series], pd.Series]) -> Callable[[Tables], Count]:
    """Count ratings of providers whose sum and number in the period satisfy a condition."""

    def count(tables: Tables) -> Count:
        table = tables["feedback"].merge(tables["people"], on="participant_id")
        table = table[table["completed_on"].between(*PERIOD)]
        found = table.assign(rating=table["rating"].astype(int)).groupby("provider")["rating"].agg(["sum", "size"])
        found = found[condition(found["sum"], found["size"])]
        return set(found.index), int(found["size"].sum())

    return count


def returned_late(tables: Tables) -> Count:
    """Count returns made more than six months after the one before."""
    table = tables["returns"].sort_values(["provider", "kind", "returned_on"])
    made = days(table["returned_on"])
    before = made.groupby([table["provider"], table["kind"]]).shift()
    due = before + pd.DateOffset(months=6)
    due = due.mask(before.dt.is_month_end, due + pd.offsets.MonthEnd(0))
    return chosen(table, made > due, "provider")


def first_returned_late(tables: Tables) -> Count:
    """Count kinds of returns that were first made more than six months after October 2017 began."""
    first = days(tables["returns"].groupby(["provider", "kind"])["returned_on"].min())
    late = first.index[first > pd.Timestamp("2018-04-01")]
    return {provider for provider, _ in late}, len(late)


def return_overdue(tables: Tables) -> Count:
    """Count last returns of recruitment and outcomes that are more than six months old."""
    table = tables["returns"][tables["returns"]["kind"] != "metrics"]
    last = days(table.groupby(["provider", "kind"])["returned_on"].max())
    late = last.index[last + pd.DateOffset(months=6) < AS_OF]
    return {provider for provider, _ in late}, len(late)


def unpublished(tables: Tables, items: tuple[str, ...]) -> Count:
    """Return the levels of which an item has no row, of their own or of all levels."""
    rows = tables["publications"]
    held = set(zip(rows["provider"], rows["level"], rows["item"], strict=True))
    levels = set(zip(tables["people"]["provider"], tables["people"]["level"], strict=True))
    return {
        f"{provider} {level}"
        for (provider, level), item in product(levels, items)
        if not {(provider, level, item), (provider, "", item)} & held
    }, 0


def published_together(tables: Tables) -> Count:
    """Return the levels of providers that publish their performance in one row for all of them."""
    rows = tables["publications"]
    together = rows[(rows["item"] == "performance") & (rows["level"] == "")]
    people = tables["people"][tables["people"]["provider"].isin(together["provider"])]
    return set(named(people, "provider", "level")), len(together)


def unassessed(tables: Tables, *, period: bool) -> Count:
    """Return providers without a self-assessment of some period, or those that lack a requirement."""
    table = tables["self_assessment"]
    there = set(named(table, "provider", "period"))
    if period:
        every = product(set(tables["people"]["provider"]), PERIODS)
        return {provider for provider, period in every if f"{provider} {period}" not in there}, 0
    held = set(named(table, "provider", "period", "requirement"))
    return {place for place, letter in product(there, "ABCDEFGHIJKLMNO") if f"{place} {letter}" not in held}, 0


def leaders(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count serving leaders of levels that satisfy a condition."""

    def count(tables: Tables) -> Count:
        table = tables["personnel"].drop_duplicates(["provider", "level", "person_id"])
        table = table.assign(serving=table["serving_leader"] == "yes", n=1)
        found = table.groupby(["provider", "level"])[["serving", "n"]].sum().reset_index()
        found = found[condition(found)]
        return set(named(found, "provider", "level")), int(found["serving"].sum())

    return count


def terms(condition: Callable[[set[str], int], bool]) -> Callable[[Tables], Count]:
    """Count designs whose terms and days satisfy a condition."""
    names = dict.fromkeys(range(9, 13), "autumn") | dict.fromkeys(range(1, 4), "spring")
    names |= dict.fromkeys(range(4, 8), "summer")

    def count(tables: Tables) -> Count:
        table = tables["delivery"]
        kept = []
        for start, end in zip(table["designed_from"], table["designed_to"], strict=True):
            span = pd.date_range(start, end)
            kept.append(condition({names[month] for month in set(span.month) if month in names}, len(span)))
        return chosen(table.assign(name=named(table, "provider", "level", "cohort")), pd.Series(kept), "name")

    return count


def reported(low: int, high: int) -> Callable[[Tables], Count]:
    """Count entries reported after so many days."""
    return rows(
        "malpractice",
        "malpractice_id",
        lambda log: (days(log["reported_on"]) - days(log["known_on"])).dt.days.between(low, high),
    )


def without_recruits(tables: Tables) -> Count:
    """Return providers with a local authority of no recruits in their area, and the rows of delivery that name one."""
    table = tables["delivery"]
    area = table.assign(la=table["area_las"].str.split(";")).explode("la")
    recruits = tables["people"].query("recruited")
    return chosen(
        area,
        ~named(area, "provider", "la").isin(set(named(recruits.dropna(subset="la"), "provider", "la"))),
        "provider",
    )


#: Text that must do no harm.
SAFE = {
    "N95": people(lambda p: p["reason"].str.contains(r"^[=+\-@]")),
    "N96": people(lambda p: p["job_role"].str.contains("<script")),
    "N97": people(lambda p: p["name"].str.contains("[\u0600-\u06ff]")),
}
