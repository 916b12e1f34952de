"""Open data as the explore-education-statistics service takes it: a long CSV and its ``.meta.csv``.

References
----------
Department for Education, Analysts' guide, "Open data standards".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from qa_lib.errors import DisclosureError
from qa_lib.reports.cells import defuse
from qa_lib.reports.disclosure import SYMBOLS, TOTAL
from qa_lib.reports.publishable import check_publishable
from qa_lib.sampling.protocol import write_csv

PLACE_COLUMNS = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name"]
PROVIDER_COLUMNS = ["provider_ukprn", "provider_name"]
META_COLUMNS = ["col_name", "col_type", "label", "indicator_grouping"]
META_COLUMNS += ["indicator_unit", "indicator_dp", "filter_hint", "filter_grouping_column"]
_ENGLAND = ["E92000001", "England"]
_YEARS = {"Academic year": 6, "Financial year": 6, "Tax year": 6, "Calendar year": 4, "Reporting year": 4}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,34}")
_FILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class OpenTable:
    """A published table and what the open data say of it.

    Attributes
    ----------
    frame
        What ``suppress`` returned: filters, ``characteristic``, ``group``, ``n``, ``k``, ``rate``.
    name
        Name of the file, without year and ending.
    time_period, time_identifier
        ``202526`` and ``Academic year``, or ``2026`` and ``Calendar year``.
    labels
        What readers see for each column: the filters, ``characteristic``, ``group``, ``n``, ``k``, ``rate``.
    indicators
        Names in the file of ``n``, ``k`` and ``rate``, e.g. ``participants_count``.
    provider
        The column that names providers, if there is one; its ``Total`` is the nation.
    ukprn
        Provider to its UKPRN; those that are not listed get ``x``.
    """

    frame: pd.DataFrame
    name: str
    time_period: str
    labels: Mapping[str, str]
    indicators: tuple[str, str, str]
    time_identifier: str = "Academic year"
    provider: str = ""
    ukprn: Mapping[str, str] | None = None


def open_data_files(table: OpenTable, *, references: Collection[str] = ()) -> dict[str, bytes]:
    """Return the data and the meta file of a published table, by file name.

    Parameters
    ----------
    table
        The table.
    references
        Ids and names of the data set, none of which may occur.

    Raises
    ------
    DisclosureError
        If the files would not keep to the standard, or would carry a reference; all faults at once.
    """
    data, meta = _data(table), _meta(table)
    if not _FILE.fullmatch(table.name):
        raise DisclosureError(f"the file name {table.name!r} needs up to 50 lower-case letters, digits, '_' and '-'")
    check_open_data(data, meta, references=references)
    return {f"{table.name}.csv": _csv(data), f"{table.name}.meta.csv": _csv(meta)}


def check_open_data(data: pd.DataFrame, meta: pd.DataFrame, *, references: Collection[str] = ()) -> None:
    """Refuse open data that do not keep to the standard.

    Raises
    ------
    DisclosureError
        With all faults at once.
    """
    filters = meta.loc[meta["col_type"] == "Filter", "col_name"].tolist()
    indicators = meta.loc[meta["col_type"] == "Indicator", "col_name"].tolist()
    grouping = [name for name in meta["filter_grouping_column"] if name]
    described = [*filters, *indicators, *grouping]
    faults = [f"column {name!r} is described but not there" for name in described if name not in data.columns]
    plain = [name for name in data.columns if name not in [*described, *PLACE_COLUMNS, *PROVIDER_COLUMNS]]
    faults += [f"column {name!r} is not described" for name in plain]
    faults += [f"column name {name!r} is not short snake case" for name in data.columns if not _NAME.fullmatch(name)]
    faults += [f"column {name!r} is missing" for name in PLACE_COLUMNS if name not in data.columns]
    faults += [f"{row.col_name!r} has no label" for row in meta.itertuples() if not str(row.label).strip()]
    if not faults:
        faults = _time_faults(data) + _value_faults(data, indicators) + _filter_faults(data, [*filters, *grouping])
    if faults:
        raise DisclosureError("the open data do not keep to the standard: " + "; ".join(faults))
    check_publishable({"open data": data.drop(columns=PROVIDER_COLUMNS, errors="ignore")}, references=references)


def _time_faults(data: pd.DataFrame) -> list[str]:
    faults = []
    for period, identifier in sorted(set(zip(data["time_period"], data["time_identifier"], strict=True))):
        digits = _YEARS.get(identifier)
        following = digits == 4 or f"{(int(period[:4]) + 1) % 100:02d}" == period[4:] if period.isdecimal() else False
        if digits is None:
            faults.append(f"time_identifier {identifier!r} is not one of {', '.join(_YEARS)}")
        elif len(period) != digits or not following:
            example = "202526" if digits == 6 else "2026"
            faults.append(f"time_period {period!r} is no {identifier.lower()}; write it as {example}")
    return faults


def _value_faults(data: pd.DataFrame, indicators: Sequence[str]) -> list[str]:
    faults = []
    for name in indicators:
        texts = data[name].fillna("").astype("str")
        strange = sorted({text for text in texts if not _NUMBER.fullmatch(text) and text not in SYMBOLS})
        if strange:
            faults.append(
                f"indicator {name!r} holds {strange[:5]}; expected numbers or {', '.join(SYMBOLS)}, never blank"
            )
    return faults


def _filter_faults(data: pd.DataFrame, filters: Sequence[str]) -> list[str]:
    faults = [f"filter {name!r} has no {TOTAL!r}" for name in filters if TOTAL not in set(data[name])]
    places = [name for name in [*PLACE_COLUMNS, *PROVIDER_COLUMNS, *filters] if name in data.columns]
    repeated = int(data.duplicated(places).sum())
    return faults + ([f"{repeated} rows repeat others in all filters"] if repeated else [])


def _data(table: OpenTable) -> pd.DataFrame:
    frame = table.frame.reset_index(drop=True)
    data = pd.DataFrame(index=frame.index, dtype="str")
    national = frame[table.provider] == TOTAL if table.provider else pd.Series(True, index=frame.index)
    place = [table.time_period, table.time_identifier, "Provider", *_ENGLAND]
    data = data.assign(**dict(zip(PLACE_COLUMNS, place, strict=True)))
    data.loc[national, "geographic_level"] = "National"
    if table.provider:
        names = frame[table.provider].where(~national, "")
        codes = names.map(lambda name: (table.ukprn or {}).get(name, "x") if name else "")
        data = data.assign(provider_ukprn=codes, provider_name=names)
    for name in _filters(table):
        data[name] = frame[name]
    data = data.assign(breakdown_topic=frame["characteristic"], breakdown=frame["group"])
    figures = frame[["n", "k", "rate"]].replace(r"^fewer than \d+$", "c", regex=True)
    data[list(table.indicators)] = figures.to_numpy()
    return data.sort_values(list(data.columns), ignore_index=True)


def _filters(table: OpenTable) -> list[str]:
    own = ["characteristic", "group", "n", "k", "rate", table.provider]
    return [name for name in table.frame.columns if name not in own]


def _meta(table: OpenTable) -> pd.DataFrame:
    missing = [name for name in [*_filters(table), "group", "n", "k", "rate"] if not table.labels.get(name)]
    if missing:
        raise DisclosureError(f"labels are missing for {missing}; say what readers see for each of them")
    rows = [[name, "Filter", table.labels[name], "", "", "", "", ""] for name in _filters(table)]
    rows.append(["breakdown", "Filter", table.labels["group"], "", "", "", "", "breakdown_topic"])
    for column, name in zip(("n", "k", "rate"), table.indicators, strict=True):
        unit, places = ("%", "1") if column == "rate" else ("", "0")
        rows.append([name, "Indicator", table.labels[column], "", unit, places, "", ""])
    return pd.DataFrame(rows, columns=META_COLUMNS, dtype="str")


def _csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with LF and no mark, for machines; formulas in labels defused."""
    rows = ([cell if _NUMBER.fullmatch(cell) else defuse(cell) for cell in row] for row in frame.to_numpy().tolist())
    return write_csv(list(frame.columns), rows)
