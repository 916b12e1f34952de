"""``qa compare``: compare groups of people in any table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

_SENTENCES = 20
_ROWS = 5


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, metavar="COL", help="Column with 0/1 or yes/no per person.")
@click.option("--positive", metavar="VALUE", help="The outcome that counts as success, where it is not 0/1 or yes/no.")
@click.option("--groups", required=True, metavar="COL[,COL]", help="Columns of characteristics.")
@click.option("--within", default="", metavar="COL[,COL]", help="Compare within provider, level, ...")
@click.option("--strata", default="", metavar="COL[,COL]", help="Also compare with these held fixed (mix.csv).")
@click.option("--margin", default="0.10", show_default=True, help="The rule's threshold, and that of equivalence.")
@click.option("--reading", type=click.Choice(["points", "relative"]), default="points", show_default=True)
@click.option("--confidence", default=0.95, show_default=True, help="Of the intervals and the verdicts.")
@click.option("--test", type=click.Choice(["midp", "boschloo"]), default="midp", show_default=True)
@click.option("--profile", type=click.Choice(["none", "dfe", "ofqual", "hesa"]), default="none", show_default=True)
@click.option("--mdd", is_flag=True, help="Also say what the comparison could have seen (slower).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for groups.csv.")
def command(file: Path, outcome: str, groups: str, within: str, strata: str, out: Path | None, **options: Any) -> None:
    """Compare groups of people in any table: CSV, Excel, OpenDocument or Parquet, one row per person.

    Every group is compared with the rest: the rule's flag, the difference with its interval, and whether it is
    different, shown equivalent, or cannot be told. Files written are restricted: --profile marks small numbers in the
    column "suppressed" and removes none.
    """
    from qa_lib.screen import one_line
    from qa_lib.statistics.groups import compare_groups
    from qa_lib.statistics.mix import adjust_for_mix

    frame = read_people(file)
    columns: dict[str, Any] = {"outcome": outcome, "groups": names(groups), "within": names(within)}
    result = compare_groups(frame, **columns, **options)
    tables = {"groups": result}
    lines = summary(result, len(frame), options)
    if strata:
        common: dict[str, Any] = {key: options[key] for key in ("positive", "confidence")}
        tables["mix"] = adjust_for_mix(frame, **columns, strata=names(strata), **common)
        lines += ["", *turned(tables["mix"], names(within))]
    for name, table in tables.items() if out else ():
        lines.append(f"Written: {write(table, Path(str(out)), name)}")
    # Names of groups come from the file: none of them may end a line, let alone steer the terminal.
    click.echo("\n".join(map(one_line, lines)))


def names(text: str) -> list[str]:
    """Split column names at commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def read_people(file: Path) -> pd.DataFrame:
    """Read the first table of a file as text, blank cells as missing.

    Raises
    ------
    IntakeError
        Where it cannot be read whole.
    """
    from qa_lib.errors import IntakeError
    from qa_lib.intake.delimited import read_delimited
    from qa_lib.intake.faults import Ledger, Place
    from qa_lib.intake.files import contents
    from qa_lib.intake.layout import canonical
    from qa_lib.intake.parquet import read_parquet
    from qa_lib.intake.workbook import read_workbook

    if not file.is_file():
        what = f'"{file}" is a folder' if file.is_dir() else f'nothing is at "{file}"'
        raise IntakeError(f"{what}; expected one CSV, Excel, OpenDocument or Parquet file. Give its path.")
    data, kind = contents(file), file.suffix.lower()
    if kind in (".xlsx", ".xlsm", ".xls", ".ods"):
        # A workbook named as a table gives its first sheet, whatever that is called.
        found = read_workbook(data, file.name, {canonical(file.stem): None}, Ledger())  # type: ignore[dict-item]
        if not found:  # pragma: no cover - a workbook of charts only
            raise IntakeError(f"{file.name} holds no sheet with cells; put the table on its first sheet")
        raw = found[0]
    elif kind in (".csv", ".tsv", ".txt"):
        raw = read_delimited(data, Place("", file.name))
    elif kind == ".parquet":
        raw = read_parquet(data, Place("", file.name))
    else:
        raise IntakeError(f'"{file.name}" ends in "{kind}"; expected .csv, .tsv, .xlsx, .xls, .ods or .parquet')
    faults = [f"row {broken.row}: {broken.arrived}, expected {broken.problem.expected}" for broken in raw.broken]
    faults += [f"column {name!r} appears twice" for name in sorted({n for n in raw.header if raw.header.count(n) > 1})]
    if faults:
        more = f" and {len(faults) - _ROWS} more" if len(faults) > _ROWS else ""
        raise IntakeError(
            f"{file.name} cannot be read whole: {'; '.join(faults[:_ROWS])}{more}; mend these and try again"
        )
    frame: pd.DataFrame = raw.cells.set_axis(list(raw.header), axis=1).apply(lambda cells: cells.str.strip())
    return frame.mask(frame == "")


def summary(result: pd.DataFrame, people: int, options: dict[str, Any]) -> list[str]:
    """Say what was compared, what the rule flags, what the numbers show, and the sentences that matter most."""
    from qa_lib.statistics.words import explain_groups

    unknown = people - int(result.groupby("characteristic", sort=False)["n"].sum().iloc[0]) if len(result) else people
    lines = [
        f"{people:,} people, {len(result):,} groups. " + (f"The outcome of {unknown:,} is missing." if unknown else "")
    ]
    counts = result["verdict"].value_counts()
    tally = ", ".join(f"{counts[word]:,} {word}" for word in sorted(counts.index))
    points = "points" if options["reading"] == "points" else "of the overall rate"
    lines += [
        f"Over the rule's threshold ({options['margin']}, {points}): {int(result['flag'].sum()):,}. Verdicts: {tally}."
    ]
    if options["test"] == "boschloo":
        lines.append(
            "Boschloo's p is never below 0.0001: in a family of 500 tests or more Holm cannot call any different."
        )
    notable = result[result["flag"] | result["verdict"].str.startswith("different")]
    notable = notable.iloc[(-notable["gap_points"].abs()).argsort(kind="stable")]
    texts = explain_groups(notable.head(_SENTENCES), margin=options["margin"], confidence=options["confidence"])
    places = [_place(row, result) for row in notable.head(_SENTENCES).to_dict("records")]
    lines += ["", *(f"- {place}{text}" for place, text in zip(places, texts, strict=True))]
    if len(notable) > _SENTENCES:
        lines.append(f"... and {len(notable) - _SENTENCES:,} more flagged or different; --out writes them all.")
    return [*lines, "", "Intervals are not adjusted for the number of comparisons; p-values are (Holm)."]


def _place(row: dict[Any, Any], result: pd.DataFrame) -> str:
    inside = list(result.columns[: list(result.columns).index("characteristic")])
    return " / ".join(str(row[name]) for name in inside) + ": " if inside else ""


def turned(mix: pd.DataFrame, within: list[str]) -> list[str]:
    """Name the groups whose difference turns round when the strata are held fixed."""
    found = mix[mix["reversal"]].to_dict("records")
    if not found:
        return ["With the strata held fixed no difference changes its sign."]
    places = [" / ".join(str(row[name]) for name in [*within, "characteristic", "group"]) for row in found]
    return [f"- {place}: {row['warning']}" for place, row in zip(places, found, strict=True)]


def write(table: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a table for people, whole or not at all."""
    from qa_lib.files import write_whole
    from qa_lib.reports.cells import people_csv

    path = folder / f"{name}.csv"
    write_whole(path, people_csv(table))
    return path
