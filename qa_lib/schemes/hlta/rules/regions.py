"""In whose area the schools lie (HLTA.REG.1): the RPA's own, another RPA's, or one that no RPA lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from qa_lib.audit.answering import Statement, answers, made_or_empty, statement_on
from qa_lib.audit.words import out_of
from qa_lib.schemes.hlta.audit import Audit, blanks
from qa_lib.schemes.hlta.rules.file_days import by_month

#: What stands in the place of an RPA where none lists the area, and where the area cannot be told.
NOBODY, UNKNOWN = "no RPA", "cannot be told"
AREA_COLUMNS = ["region", "county", "lists", "files"]
_PLACES = {"region": "school_region", "county": "school_county", "authority": "school_la"}


def _plain(name: object) -> str:
    """Return a name of a place as it is compared: ``Herefordshire, County of`` is ``herefordshire``."""
    return " ".join(str(name).casefold().replace("&", " and ").split(",")[0].split())


def listed_by(areas: Mapping[str, str], *, region: str, county: str = "", authority: str = "") -> str:
    """Return the RPA that lists an area, ``no RPA``, or ``cannot be told``.

    Parameters
    ----------
    areas
        ``region`` or ``region/county`` -> RPA, of the rule book.
    region, county, authority
        Where the school lies; empty where it is not recorded. The local authority is looked up before the county,
        because some counties are divided by it (North Lincolnshire lies in Lincolnshire); the region comes last.

    Examples
    --------
    >>> areas = {"East Midlands": "University of Northampton", "East Midlands/North Lincolnshire": "HLTA North"}
    >>> listed_by(areas, region="East Midlands", county="Lincolnshire", authority="North Lincolnshire")
    'HLTA North'
    >>> listed_by(areas, region="East Midlands", county="Rutland"), listed_by(areas, region="East Midlands")
    ('University of Northampton', 'cannot be told')
    """
    known = {"/".join(_plain(part) for part in area.split("/")): rpa for area, rpa in areas.items()}
    whole, *parts = (_plain(name) for name in (region, authority, county))
    for part in filter(None, parts):
        if f"{whole}/{part}" in known:
            return known[f"{whole}/{part}"]
    divided = any(area.startswith(f"{whole}/") for area in known)
    if not whole or (divided and not any(parts)):
        return UNKNOWN
    return known.get(whole, NOBODY)


def _listed(audit: Audit) -> pd.DataFrame:
    """Return the files with where their schools lie and who lists that."""
    months = []
    for areas, files in by_month(audit, "HLTA.REG.1", "school_region"):
        empty = pd.Series("", index=files.index, dtype="str")
        rows = pd.DataFrame({name: files.get(column, empty).fillna("").str.strip() for name, column in _PLACES.items()})
        who = {place: listed_by(areas, **dict(zip(rows.columns, place, strict=True))) for place in _distinct(rows)}
        rows["lists"] = [who[place] for place in rows.itertuples(index=False, name=None)]
        months.append(rows.assign(case_id=files["case_id"]))
    return pd.concat(months, ignore_index=True) if months else pd.DataFrame(columns=[*_PLACES, "lists", "case_id"])


def _distinct(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(rows.drop_duplicates().itertuples(index=False, name=None))


@answers("HLTA.REG.1")
def areas_of_schools(audit: Audit) -> Iterator[Statement]:
    """List files whose school lies outside the RPA's area: information, for only promoting there is ruled out."""
    files = _listed(audit)
    why = "neither the region nor, where one is divided, the county of the school tells whose area it is"
    yield from blanks(files[files["lists"] == UNKNOWN], "case_id", "file", why)
    for row in files[~files["lists"].isin([audit.provider, UNKNOWN])].to_dict("records"):
        place = ", ".join(dict.fromkeys(row[name] for name in _PLACES if row[name]))
        message = f"the school lies in {place}, which {row['lists']} lists"
        yield statement_on(
            "file", row["case_id"], "information", message, value=str(row["lists"]), threshold=audit.provider
        )
    yield Statement(status="information", message=_sentence(files, audit.provider))


def _sentence(files: pd.DataFrame, provider: str) -> str:
    if files.empty:
        return "nothing to look at: 0 files"
    number = Counter(files["lists"])
    elsewhere = len(files) - number[provider] - number[NOBODY] - number[UNKNOWN]
    return (
        f"{out_of(number[provider], len(files))} files are of schools in the area of {provider}, "
        f"{elsewhere} in another "
        f"RPA's, {number[NOBODY]} in one that no RPA lists" + (f", {number[UNKNOWN]} untold" if number[UNKNOWN] else "")
    )


def files_by_area(audit: Audit) -> pd.DataFrame:
    """Return how many files come from which area: region, county, the RPA that lists it, files.

    There are no rows where the data set does not record regions; the findings say so.
    """
    files = made_or_empty(_listed, audit, dict.fromkeys([*_PLACES, "lists"], "str"))
    counted = files.groupby(["region", "county", "lists"], as_index=False).size()
    return counted.rename(columns={"size": "files"})[AREA_COLUMNS]
