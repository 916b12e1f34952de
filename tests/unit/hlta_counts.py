"""How the planted facts are counted, with neither the generator nor the library's rules.

CSV text, pandas and a typed list of holidays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

Tables = dict[str, pd.DataFrame]
Count = tuple[set[str], int]

#: Bank holidays of England and Wales, typed from www.gov.uk/bank-holidays.
HOLIDAYS = np.array(
    [
        *("2023-08-28", "2023-12-25", "2023-12-26", "2024-01-01", "2024-03-29", "2024-04-01"),
        *("2024-05-06", "2024-05-27", "2024-08-26", "2024-12-25", "2024-12-26", "2025-01-01"),
    ],
    dtype="datetime64[D]",
)
NORTH, NORTHAMPTON = "HLTA North", "University of Northampton"
FORMS = [*(f"F{n}" for n in range(9)), "F9/10", *(f"F{n}" for n in range(11, 16))]
TOPICS = {"standards", "preparation", "pre_assessment", "questions", "interviews", "documentation", "moderation"}
#: Areas of the introduction of the code of practice that the made-up schools lie in: counties where it names them.
AREAS = {
    "Strictly Education 4S": "London|South East|South West|Birmingham|Shropshire|Essex|Hertfordshire",
    NORTH: "North East|North West|Yorkshire and the Humber|Staffordshire",
    NORTHAMPTON: "East Midlands|Cambridgeshire|Norfolk",
}
OWNER = {area: rpa for rpa, areas in AREAS.items() for area in areas.split("|")}


def days(column: pd.Series) -> pd.Series:
    """Read a column of dates; blank is not a date."""
    return pd.to_datetime(column, errors="coerce", format="%Y-%m-%d")


def working_days(start: pd.Series, end: pd.Series) -> np.ndarray:
    """Count working days after ``start`` up to and with ``end``; both must be dates."""
    one = np.timedelta64(1, "D")
    first, last = (days(column).to_numpy().astype("datetime64[D]") + one for column in (start, end))
    return np.busday_count(first, last, holidays=HOLIDAYS)


def chosen_rows(frame: pd.DataFrame, chosen: pd.Series | np.ndarray, column: str = "case_id") -> Count:
    """Return the ids of the chosen rows and their number."""
    found = frame[np.asarray(chosen, dtype=bool)]
    return set(found[column]), len(found)


def cases(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count files that satisfy a condition."""
    return lambda tables: chosen_rows(tables["cases"], condition(tables["cases"]))


def late(first: str, second: str) -> Callable[[Tables], Count]:
    """Count files with the first date after the second."""
    return cases(lambda cases: days(cases[first]) > days(cases[second]))


def blank(column: str) -> Callable[[Tables], Count]:
    """Count files with a blank."""
    return cases(lambda cases: cases[column] == "")


def no(column: str) -> Callable[[Tables], Count]:
    """Count files with a no."""
    return cases(lambda cases: cases[column] == "no")


def table_rows(name: str, key: str, condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count rows of a table that satisfy a condition."""
    return lambda tables: chosen_rows(tables[name], condition(tables[name]), key)


def events(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count events that satisfy a condition, named provider/month."""

    def count(tables: Tables) -> Count:
        events = tables["events"].assign(name=tables["events"]["rpa"] + "/" + tables["events"]["month"])
        return chosen_rows(events, condition(events), "name")

    return count


def absent(names: Iterable[str]) -> Count:
    """Return names of what is missing, in no row."""
    return set(names), 0


def ages(tables: Tables) -> pd.DataFrame:
    """Return the files with their ages as numbers."""
    cases = tables["cases"]
    return cases.assign(low=cases["ages_min"].astype(int), high=cases["ages_max"].astype(int))


def evidence_age(cases: pd.DataFrame) -> pd.Series:
    """Say which files hold evidence older than twelve months."""
    return days(cases["evidence_from"]) < days(cases["assessed_on"]) - pd.DateOffset(months=12)


def leap(cases: pd.DataFrame) -> pd.Series:
    """Say which files were assessed on 29 February."""
    return cases["assessed_on"] == "2024-02-29"


def harm_untold(tables: Tables) -> Count:
    """Count files with harm and no entry in the log."""
    cases = tables["cases"]
    logged = tables["feedback_log"].query("subject == 'harm'")["case_id"]
    return chosen_rows(cases, (cases["preparation_concern"] == "yes") & ~cases["case_id"].isin(logged))


def documents_late(tables: Tables) -> Count:
    """Count problems told on the day of the assessment or later."""
    log = tables["feedback_log"].query("subject == 'documents'").merge(tables["cases"], on="case_id")
    return chosen_rows(log, days(log["told_candidate_on"]) >= days(log["assessed_on"]))


def missing_forms(wanted: set[str]) -> Callable[[Tables], Count]:
    """Return files that lack exactly these forms."""

    def count(tables: Tables) -> Count:
        held = tables["forms"].groupby("case_id")["form"].agg(set).reindex(tables["cases"]["case_id"])
        missing = held.map(lambda forms: frozenset(FORMS) - forms)
        return absent(missing[missing == wanted].index)

    return count


def area(listed: bool) -> Callable[[Tables], Count]:
    """Count files of another provider's area, or of none."""

    def count(tables: Tables) -> Count:
        cases = tables["cases"]
        owner = cases["school_county"].map(OWNER).fillna(cases["school_region"].map(OWNER))
        return chosen_rows(cases, owner.notna() & (owner != cases["rpa"]) if listed else owner.isna())

    return count


def met_with_gaps(tables: Tables) -> Count:
    """Count insufficient judgements in files that are met."""
    gaps = tables["judgements"].query("judgement == 'insufficient'").merge(tables["cases"], on="case_id")
    return chosen_rows(gaps, gaps["outcome"] == "met")


def heaviest(window: str) -> Callable[[Tables], Count]:
    """Return assessors over five in an ISO week, or over five in seven days without being so in an ISO week."""

    def count(tables: Tables) -> Count:
        cases = tables["cases"]
        found: dict[str, int] = {}
        for assessor, days in cases.groupby("assessor_id")["assessed_on"]:
            column = np.sort(days.to_numpy().astype("datetime64[D]"))
            # 1 January 1970 was a Thursday: three days later a week begins.
            iso = np.unique((column.astype(int) + 3) // 7, return_counts=True)[1].max()
            seven = (np.searchsorted(column, column + np.timedelta64(7, "D")) - np.arange(len(column))).max()
            most = iso if window == "iso" else (seven if iso <= 5 else 0)
            if most > 5:
                found[str(assessor)] = int(most)
        return set(found), sum(found.values())

    return count


def topic_late(tables: Tables) -> Count:
    """Count topics taken after the first assessment."""
    training = tables["training"].query("stage == 'initial'")
    first = tables["cases"].groupby("assessor_id")["assessed_on"].min()
    due = training["assessor_id"].map(first).fillna("9999-12-31")
    return chosen_rows(training, training["taken_on"] > due, "assessor_id")


def undeveloped(tables: Tables) -> Count:
    """Return assessors without any development."""
    taken = tables["training"].query("stage == 'development'")
    return absent(set(tables["assessors"]["assessor_id"]) - set(taken["assessor_id"]))


def overturned(tables: Tables) -> pd.DataFrame:
    """Return the overturned results with their files, and whether they are to a full reassessment."""
    rows = tables["moderations"].query("decision == 'overturned'").merge(tables["cases"], on="case_id")
    return rows.assign(full=rows["final_outcome"] == "full_reassessment")


def unacted(tables: Tables) -> Count:
    """Count assessors with a full reassessment or two overturned results and no action open or opened since them."""
    told = (
        overturned(tables)
        .groupby(["assessor_id", "rpa"])
        .agg(number=("full", "size"), full=("full", "sum"), first=("moderated_on", "min"))
    )
    told = told[(told["number"] >= 2) | (told["full"] >= 1)].reset_index()
    pairs = told.merge(tables["actions"], on=["assessor_id", "rpa"])
    ends = pairs["closed_on"].replace("", "9999-12-31")
    acted = pairs.loc[(pairs["opened_on"] >= pairs["first"]) | (ends >= pairs["first"]), "assessor_id"]
    return absent(set(told["assessor_id"]) - set(acted))


def unreviewed(tables: Tables) -> Count:
    """Count assessors with a full reassessment or two overturned results after the last review by the same RPA."""
    rows = overturned(tables)
    last = tables["performance_reviews"].groupby(["assessor_id", "rpa"])["reviewed_on"].max().rename("last")
    rows = rows.merge(last, on=["assessor_id", "rpa"], how="left")
    after = rows[rows["last"].isna() | (rows["moderated_on"] > rows["last"])]
    told = after.groupby("assessor_id")["full"].agg(["size", "sum"])
    return absent(set(told.index[(told["size"] >= 2) | (told["sum"] >= 1)]))


def long_unreviewed(tables: Tables) -> Count:
    """Count people of a register with more than a year between the end of September 2024 and the last review."""
    people = tables["assessors"].query("started_on <= '2023-09-30'")
    recent = tables["performance_reviews"].query("reviewed_on >= '2023-09-30'")
    keys = ["assessor_id", "rpa"]
    lacking = people.merge(recent[keys].drop_duplicates(), on=keys, how="left", indicator=True)
    return chosen_rows(lacking, lacking["_merge"] == "left_only", "assessor_id")


def no_senior(tables: Tables) -> Count:
    """Count seniors of providers whose first one starts within the year."""
    people = tables["assessors"]
    seniors = people[people["roles"].str.contains("senior")]
    late = seniors.groupby("rpa")["started_on"].transform("min") > "2023-09-01"
    return chosen_rows(seniors, late, "assessor_id")


def barred(procedure: str) -> Callable[[Tables], Count]:
    """Count files assessed while an action of that kind was open."""

    def count(tables: Tables) -> Count:
        actions = tables["actions"].replace({"closed_on": {"": "9999-12-31"}})
        pairs = actions[actions["procedure"] == procedure].merge(tables["cases"], on="assessor_id")
        during = (pairs["opened_on"] <= pairs["assessed_on"]) & (pairs["assessed_on"] <= pairs["closed_on"])
        return chosen_rows(pairs, during)

    return count


def unscrutinised(tables: Tables) -> Count:
    """Return months of assessors without scrutiny."""
    cases = tables["cases"]
    seen = cases["case_id"].isin(tables["scrutiny"]["case_id"])
    groups = seen.groupby([cases["rpa"], cases["assessor_id"], cases["month"]]).any()
    return absent(f"{assessor}/{month}" for _, assessor, month in groups[~groups].index)


def returned(tables: Tables) -> pd.DataFrame:
    """Return the scrutiny rows of files that were returned, with the day they were fit and the day of the freeze."""
    rows = tables["scrutiny"].merge(tables["cases"], on="case_id")
    rows = rows[rows["case_id"].isin(rows.loc[rows["result"] == "returned", "case_id"])]
    fit = rows[rows["result"] == "fit"].groupby("case_id")["scrutinised_on"].max()
    back = rows[rows["result"] == "returned"].groupby("case_id")["scrutinised_on"].max()
    frozen = tables["events"].groupby(["rpa", "month"])["frozen_on"].min().rename("frozen")
    rows = rows.join(frozen, on=["rpa", "month"])
    return rows.assign(fit=rows["case_id"].map(fit).fillna(""), returned=rows["case_id"].map(back))


def fit_in_time(tables: Tables) -> Count:
    """Count looks at files that came back before the freeze."""
    rows = returned(tables)
    return chosen_rows(
        rows, (rows["fit"] != "") & (rows["fit"] < rows["frozen"]) & (rows["evidence_to"] <= rows["returned"])
    )


def fit_late(tables: Tables) -> Count:
    """Count looks at files that came back after it."""
    rows = returned(tables)
    return chosen_rows(rows, rows["fit"] > rows["frozen"])


def never_back(tables: Tables) -> Count:
    """Count looks at files that never came back."""
    rows = returned(tables)
    return chosen_rows(rows, rows["fit"] == "")


def evidence_after_return(tables: Tables) -> Count:
    """Count returned files with later evidence."""
    rows = returned(tables)
    rows = rows[rows["result"] == "returned"]
    return chosen_rows(rows, rows["evidence_to"] > rows["returned"])


def no_event(tables: Tables) -> Count:
    """Return months with files and without event."""
    held = set(zip(tables["events"]["rpa"], tables["events"]["month"], strict=True))
    submitted = set(zip(tables["cases"]["rpa"], tables["cases"]["month"], strict=True))
    return absent(f"{rpa}/{month}" for rpa, month in submitted - held)


def moderated(tables: Tables) -> pd.DataFrame:
    """Return the moderations beside their files and the standards judged insufficient in them; none that went back."""
    gaps = tables["judgements"].query("judgement == 'insufficient'").groupby("case_id")["standard"].agg(set)
    rows = tables["moderations"].query("not_moderatable_reason == ''").merge(tables["cases"], on="case_id")
    return rows.assign(gaps=[gaps.get(case_id, set()) for case_id in rows["case_id"]])


def moderations(condition: Callable[[pd.DataFrame], pd.Series]) -> Callable[[Tables], Count]:
    """Count moderations that satisfy a condition."""
    return lambda tables: chosen_rows(tables["moderated"], condition(tables["moderated"]))


def gap_missed(rows: pd.DataFrame) -> pd.Series:
    """Say which moderations left out an insufficient standard."""
    looked = rows["standards"].str.split(";").map(set)
    return pd.Series([not gaps <= seen for gaps, seen in zip(rows["gaps"], looked, strict=True)], index=rows.index)


def pending(tables: Tables) -> pd.DataFrame:
    """Return the other unconfirmed files of assessors with a reclassified result."""
    rows = tables["moderated"]
    rows = rows[(rows["final_outcome"] == "full_reassessment") & (rows["outcome"] != "full_reassessment")]
    pairs = rows[["case_id", "assessor_id", "moderated_on"]].merge(
        tables["cases"], on="assessor_id", suffixes=("_first", "")
    )
    others = (pairs["case_id"] != pairs["case_id_first"]) & (pairs["submitted_on"] <= pairs["moderated_on"])
    open_ = (pairs["result_released_on"] == "") | (pairs["result_released_on"] > pairs["moderated_on"])
    return pairs[others & open_]


def weak_pops(tables: Tables) -> Count:
    """Return PoPs in whose files standards 6, 17 and 29 fail together."""
    gaps = tables["judgements"].query("judgement == 'insufficient'").groupby("case_id")["standard"].agg(set)
    weak = gaps[gaps == {"6", "17", "29"}].index
    files = tables["cases"]["case_id"].isin(weak).groupby(tables["cases"]["pop_id"]).sum()
    return set(files[files >= 3].index), int(3 * files[files >= 3].sum())


def unconfirmed(rows: pd.DataFrame, tables: Tables) -> Count:
    """Count moderations by people who were not confirmed."""
    confirmed = tables["assessors"].drop_duplicates("assessor_id").set_index("assessor_id")["moderator_confirmed_on"]
    day = rows["moderator_id"].map(confirmed).replace("", "9999-12-31").fillna("9999-12-31")
    return chosen_rows(rows, (day > rows["moderated_on"]) & (rows["trial_under"] == ""))


def no_seniors_on_panels(*, named: bool) -> Callable[[Tables], Count]:
    """Count appeals with a panel member who is no senior assessor, and was or was not named for panels."""

    def count(tables: Tables) -> Count:
        people = tables["assessors"].drop_duplicates("assessor_id").set_index("assessor_id")
        found = pd.Series(False, index=tables["appeals"].index)
        for column in ("panel_member_1", "panel_member_2"):
            rows = people.reindex(tables["appeals"][column])[["roles", "named_for_panels_on"]].reset_index(drop=True)
            junior = rows["roles"].notna() & ~rows["roles"].str.contains("senior").fillna(False).astype(bool)
            found |= junior & ((rows["named_for_panels_on"] != "") == named)
        return chosen_rows(tables["appeals"], found, "appeal_id")

    return count


def on_trial(*, confirmed: bool) -> Callable[[Tables], Count]:
    """Count trial moderations under people who were confirmed by that day, or who were not."""

    def count(tables: Tables) -> Count:
        rows = tables["moderated"]
        days = tables["assessors"].drop_duplicates("assessor_id").set_index("assessor_id")["moderator_confirmed_on"]
        day = rows["trial_under"].map(days).replace("", "9999-12-31").fillna("9999-12-31")
        return chosen_rows(rows, (rows["trial_under"] != "") & ((day <= rows["moderated_on"]) == confirmed))

    return count


def overturning(pattern: tuple[str, str], share: float, fewest: int) -> Callable[[Tables], Count]:
    """Return assessors of whose files recommended as the one at least a share turns into the other."""

    def count(tables: Tables) -> Count:
        rows = tables["moderated"]
        rows = rows[rows["outcome"] == pattern[0]]
        turned = (rows["final_outcome"] == pattern[1]).groupby(rows["assessor_id"]).agg(["sum", "mean"])
        found = turned[(turned["mean"] >= share) & (turned["sum"] >= fewest)]
        return set(found.index), int(found["sum"].sum())

    return count


def long_pairings(tables: Tables) -> Count:
    """Return the months in which a pairing is older than three."""
    found = []
    months = tables["events"].drop_duplicates(["rpa", "month"])
    for rpa, rows in months.sort_values("month").groupby("rpa"):
        runs = (rows["peer_rpa"] != rows["peer_rpa"].shift()).cumsum()
        place = rows.groupby(runs).cumcount()
        found += [f"{rpa}/{month}" for month in rows.loc[place >= 3, "month"]]
    return set(found), len(found)


def own_reviewers(tables: Tables) -> Count:
    """Count events reviewed by someone of the reviewed provider, whatever the event says of them."""
    people = tables["assessors"]
    pairs = tables["events"].merge(
        people.rename(columns={"rpa": "home"}), left_on="peer_reviewer_id", right_on="assessor_id"
    )
    found = pairs[(pairs["home"] == pairs["rpa"]) | (pairs["peer_rpa"] == pairs["rpa"])]
    return chosen_rows(found.assign(name=found["rpa"] + "/" + found["month"]), np.ones(len(found)), "name")


def report_days(events: pd.DataFrame) -> pd.Series:
    """Return working days from event to joint report; 0 where there is none."""
    held = events["joint_report_on"] != ""
    days = pd.Series(0, index=events.index)
    days[held] = working_days(events.loc[held, "event_on"], events.loc[held, "joint_report_on"])
    return days


def enquiry_days(column: str, low: int, high: int) -> Callable[[Tables], Count]:
    """Count enquiries answered after so many working days."""

    def count(tables: Tables) -> Count:
        rows = tables["enquiries"][tables["enquiries"][column] != ""]
        days = working_days(rows["received_on"], rows[column])
        return chosen_rows(rows, (days > low) & (days <= high), "enquiry_id")

    return count


def unpublished(item: str) -> Callable[[Tables], Count]:
    """Return providers without such a publication."""

    def count(tables: Tables) -> Count:
        rows = tables["publications"]
        return absent(set(tables["events"]["peer_rpa"]) - set(rows.loc[rows["item"] == item, "rpa"]))

    return count


def too_little_room(tables: Tables) -> Count:
    """Count assessors of providers with a month above their capacity."""
    rows = tables["assessors"].assign(room=tables["assessors"]["capacity_per_month"].astype(int))
    room = rows.groupby("rpa")["room"].sum()
    most = tables["cases"].groupby(["rpa", "month"]).size().groupby("rpa").max()
    short = [rpa for rpa in most.index if most[rpa] > room[rpa]]
    return set(short), int(rows["rpa"].isin(short).sum())


def text(table: str, key: str, column: str, pattern: str) -> Callable[[Tables], Count]:
    """Count rows whose text matches a pattern."""
    return table_rows(table, key, lambda rows: rows[column].str.contains(pattern, regex=True))


def with_files(tables: Tables, column: str, size: int) -> Count:
    """Count assessors or PoPs with so many files."""
    people = tables["assessors" if column == "assessor_id" else "pops"]
    people = people[people["rpa"].isin(tables["cases"]["rpa"])][column].unique()
    files = tables["cases"][column].value_counts().reindex(people, fill_value=0)
    return set(files[files == size].index), int((files == size).sum())


def doubled(ids: pd.Series) -> Count:
    """Count ids that occur twice."""
    found = set(ids[ids.duplicated()])
    return found, len(found)


def read(folder: Path) -> Tables:
    """Read a folder of CSV files as text."""
    paths = sorted(folder.glob("*.csv"))
    tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths}
    return tables | {"moderated": moderated(tables)}


#: Facts of text that must do no harm -> how each is counted.
SAFE: dict[str, Callable[[Tables], Count]] = {
    "F110": text("enquiries", "enquiry_id", "subject", r"^[=+\-@]"),
    "F111": text("moderations", "case_id", "weaknesses", "<[a-z]"),
    "F112": text("appeals", "appeal_id", "nature", '"'),
    "F113": text("moderations", "case_id", "weaknesses", "[\U0001f300-\U0001faff]"),
    "F114": text("moderations", "case_id", "weaknesses", "[\u0600-\u06ff]"),
    "F115": events(lambda events: events["issues"].str.contains("<")),
    "F116": text("moderations", "case_id", "strengths", "^="),
}
