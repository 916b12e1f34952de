"""Schools: the published files of the Department for Education and Ofsted, and who has 30 % free school meals.

The school census (``URN``, ``LA``, ``SCHOOLTYPE``, ``NOR`` pupils, ``NUMFSM`` known to be eligible), Ofsted's
inspections (``URN``, ``Rating``, ``Inspection Date``) and the codes of local authorities (``LEA``, ``LA Name``,
``REGION NAME``) as they are published, byte order mark and ``NA`` included. Where a table of schools has the percentage
that the census publishes, it decides who has 30 %; else exact counts do. Rounding moves schools across the line, so
that a school of which the two disagree is told. The performance tables publish no percentage of the pupils who are
eligible now, so that :func:`read_schools` gives counts alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

from qa_lib.errors import IntakeError
from qa_lib.intake.delimited import read_delimited
from qa_lib.intake.faults import Place
from qa_lib.intake.raw_files import contents
from qa_lib.intake.values import MISSING

#: Kind of school in the census -> phase. Independent schools and referral units teach several.
PHASES = {
    "State-funded nursery": "Nursery",
    "State-funded primary": "Primary",
    "State-funded secondary": "Secondary",
    "State-funded special school": "Special",
    "Non-maintained special school": "Special",
}
#: How group tables call the two sides of the threshold.
HIGH, LOW = "at or above the threshold", "below the threshold"

_LEFT_OUT = ["file", "row", "urn", "why"]


@dataclass(frozen=True, kw_only=True)
class SchoolFile:
    """What was read of schools.

    Attributes
    ----------
    frame
        One row per school (or local authority).
    left_out
        Rows that are in no figure: ``file, row, urn, why``; the row is the number that the user sees.
    """

    frame: pd.DataFrame
    left_out: pd.DataFrame


def read_census(path: str | Path) -> SchoolFile:
    """Read the school census: ``urn, la_code, phase, type, pupils, fsm_pupils``.

    National totals (URN ``NAT``), rows without a whole URN and a URN's second row are left out, with the reason.

    Raises
    ------
    IntakeError
        If the file cannot be read as the census.
    """
    cells = _cells(path, {"URN": "urn", "LA": "la_code", "SCHOOLTYPE": "type", "NOR": "pupils", "NUMFSM": "fsm_pupils"})
    why = pd.Series("", index=cells.index, dtype="str")
    why = why.mask(cells["urn"] == "NAT", "a national total, not a school")
    why = why.mask((why == "") & ~_whole(cells["urn"]), "no whole number as URN")
    why = why.mask((why == "") & cells["urn"].duplicated(), "a second row of the same URN")
    for name in ("pupils", "fsm_pupils"):
        why = why.mask((why == "") & cells[name].notna() & ~_whole(cells[name]), f"{name} is no whole number")
    kept = cells[why == ""].reset_index(drop=True)
    frame = kept[["urn", "la_code"]].assign(
        phase=kept["type"].map(PHASES).astype("str"),
        type=kept["type"],
        pupils=kept["pupils"].astype("Int64"),
        fsm_pupils=kept["fsm_pupils"].astype("Int64"),
    )
    return SchoolFile(frame=frame, left_out=_left_out(path, cells, why))


def read_ofsted(path: str | Path, *, as_of: str = "") -> SchoolFile:
    """Read inspections and keep the latest of each URN: ``urn, ofsted, inspected_on``.

    Two ratings of one URN on one day contradict each other: both are left out, with the reason, and the school has no
    latest rating.

    Parameters
    ----------
    path
        The published file.
    as_of
        Inspections after this day are not known; blank: all are.

    Raises
    ------
    IntakeError
        If the file cannot be read as Ofsted's.
    """
    cells = _cells(path, {"URN": "urn", "Rating": "ofsted", "Inspection Date": "day"})
    cells["inspected_on"] = pd.to_datetime(cells["day"], format="%Y%m%d", errors="coerce")
    why = pd.Series("", index=cells.index, dtype="str")
    why = why.mask(~_whole(cells["urn"]), "no whole number as URN")
    why = why.mask((why == "") & (cells["inspected_on"].isna() | cells["ofsted"].isna()), "no rating or no date")
    if as_of:
        why = why.mask((why == "") & (cells["inspected_on"] > pd.Timestamp(as_of)), "after the as-of day")
    good = (
        cells[why == ""]
        .sort_values(["urn", "inspected_on", "ofsted"])
        .drop_duplicates(["urn", "inspected_on", "ofsted"])
    )
    latest = good[good["inspected_on"] == good.groupby("urn")["inspected_on"].transform("max")]
    torn = latest.loc[latest.duplicated("urn", keep=False)]
    why.loc[torn.index] = "two ratings on the day of the latest inspection"
    frame = latest.drop(torn.index)[["urn", "ofsted", "inspected_on"]].reset_index(drop=True)
    return SchoolFile(frame=frame, left_out=_left_out(path, cells, why))


def read_regions(path: str | Path) -> SchoolFile:
    """Read the codes of local authorities: ``la_code, la, region``.

    Raises
    ------
    IntakeError
        If the file cannot be read as such.
    """
    cells = _cells(path, {"LEA": "la_code", "LA Name": "la", "REGION NAME": "region"})
    why = pd.Series("", index=cells.index, dtype="str")
    why = why.mask(~_whole(cells["la_code"]), "no whole number as code")
    why = why.mask((why == "") & cells["la_code"].duplicated(), "a second row of the same code")
    frame = cells.loc[why == "", ["la_code", "la", "region"]].reset_index(drop=True)
    return SchoolFile(frame=frame, left_out=_left_out(path, cells.rename(columns={"la_code": "urn"}), why))


def read_schools(
    census: str | Path, *, ofsted: str | Path | None = None, regions: str | Path | None = None, as_of: str = ""
) -> SchoolFile:
    """Read the published files into the table ``schools`` that the rules use.

    A local authority without a region (the overseas and service codes 702 and 704, authorities that have merged) and a
    school without a rating stay blank.

    Parameters
    ----------
    census, ofsted, regions
        The published files; the table lacks the columns of those that are not given.
    as_of
        Inspections after this day are not known.

    Raises
    ------
    IntakeError
        If a file cannot be read.
    """
    parts = [read_census(census)]
    frame = parts[0].frame
    if regions is not None:
        parts.append(read_regions(regions))
        frame = frame.merge(parts[-1].frame, on="la_code", how="left", validate="many_to_one")
    if ofsted is not None:
        parts.append(read_ofsted(ofsted, as_of=as_of))
        frame = frame.merge(parts[-1].frame[["urn", "ofsted"]], on="urn", how="left", validate="one_to_one")
    return SchoolFile(frame=frame, left_out=pd.concat([part.left_out for part in parts], ignore_index=True))


def fsm_high(pupils: pd.Series, fsm_pupils: pd.Series, *, threshold: Fraction = Fraction(3, 10)) -> pd.Series:
    """Say of each school whether its share of pupils on free school meals reaches the threshold, exactly.

    Missing where a count is, or where there are no pupils.

    Examples
    --------
    >>> import pandas as pd
    >>> pupils, fsm = pd.Series([200, 200, 0], dtype="Int64"), pd.Series([60, 59, 0], dtype="Int64")
    >>> fsm_high(pupils, fsm).tolist()
    [True, False, <NA>]
    """
    known = pupils.notna() & fsm_pupils.notna() & (pupils.fillna(0) > 0)
    reached = threshold.denominator * fsm_pupils.astype("Int64") >= threshold.numerator * pupils.astype("Int64")
    return reached.astype("boolean").mask(~known)


def published_high(percent: pd.Series, *, threshold: Fraction = Fraction(3, 10)) -> pd.Series:
    """Say of each school whether the published percentage reaches the threshold, missing where it is blank.

    Examples
    --------
    >>> import pandas as pd
    >>> published_high(pd.Series(["30.0", "29.9", None], dtype="str")).tolist()
    [True, False, <NA>]
    """
    reached = {text: Fraction(text) >= 100 * threshold for text in percent.dropna().unique()}
    return percent.map(reached).astype("boolean")


def school_shares(schools: pd.DataFrame, *, threshold: Fraction, published: bool = True) -> pd.DataFrame:
    """Say of each school whether it reaches the threshold: ``urn, by_percentage, by_counts, high``.

    Parameters
    ----------
    schools, threshold
        The table of schools, and the share of pupils from which on a school has many free school meals.
    published
        Whether the published percentage decides where it is given; otherwise counts alone do.
    """
    unknown = pd.Series(pd.NA, index=schools.index, dtype="boolean")
    shares = schools[["urn"]].assign(by_percentage=unknown, by_counts=unknown)
    if "fsm_percent" in schools.columns:
        shares["by_percentage"] = published_high(schools["fsm_percent"], threshold=threshold)
    if {"pupils", "fsm_pupils"} <= set(schools.columns):
        shares["by_counts"] = fsm_high(schools["pupils"], schools["fsm_pupils"], threshold=threshold)
    decided = shares["by_percentage"].fillna(shares["by_counts"]) if published else shares["by_counts"]
    return shares.assign(high=decided)


def with_schools(
    people: pd.DataFrame, schools: pd.DataFrame | None, *, threshold: Fraction, published: bool = True
) -> pd.DataFrame:
    """Return people with what is known of their school; ``fsm_30`` is blank where the school's share is not known.

    ``school_found`` says whether the URN is in the table of schools; ``threshold`` and ``published`` are as in
    :func:`school_shares`.
    """
    if schools is None or "urn" not in schools.columns or "school_urn" not in people.columns:
        return people.assign(school_found=False)
    asked = schools[schools["urn"].isin(people["school_urn"])]
    about = asked.rename(columns={"urn": "school_urn", "name": "school"}).assign(school_found=True)
    if {"pupils", "fsm_pupils"} <= set(about.columns) or "fsm_percent" in about.columns:
        reached = school_shares(asked, threshold=threshold, published=published)["high"]
        about["fsm_30"] = reached.map({True: HIGH, False: LOW}).astype("str")
    taken = [name for name in about.columns if name in people.columns and name != "school_urn"]
    joined = people.drop(columns=taken).merge(about, on="school_urn", how="left", validate="many_to_one")
    return joined.assign(school_found=joined["school_found"].notna())


def _cells(path: str | Path, columns: Mapping[str, str]) -> pd.DataFrame:
    file = Path(path)
    if not file.is_file():
        raise IntakeError(f'"{file.name}" is not there; give the path of the published file')
    raw = read_delimited(contents(file), Place("schools", file.name))
    missing = [header for header in columns if header not in raw.header]
    if missing:
        raise IntakeError(f"{file.name} has no column {' and no '.join(missing)}; get the published file again")
    if raw.broken:
        raise IntakeError(f"row {raw.broken[0].row} of {file.name} is damaged; get the published file again")
    cells: pd.DataFrame = raw.cells[[raw.header.index(header) for header in columns]].set_axis(
        list(columns.values()), axis=1
    )
    cells = cells.apply(lambda column: column.str.strip())
    missing_cells = cells.apply(lambda column: column.str.casefold().isin(MISSING))
    kept: pd.DataFrame = cells.mask(missing_cells).assign(_row=raw.rows)
    return kept


def _whole(column: pd.Series) -> pd.Series:
    return column.str.fullmatch("[0-9]{1,9}").fillna(False).astype(bool)


def _left_out(path: str | Path, cells: pd.DataFrame, why: pd.Series) -> pd.DataFrame:
    out = cells.assign(file=Path(path).name, why=why)[why != ""]
    return out.rename(columns={"_row": "row"})[_LEFT_OUT].reset_index(drop=True)
