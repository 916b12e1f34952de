"""``qa compare``: compare groups of people in any table."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_lib.cli.group_orders import in_order, in_words_of, trends
from qa_lib.cli.mapping_options import mapping_options, read_mapping
from qa_lib.cli.people_table import in_plain_groups, mapped_people, near_groups
from qa_lib.cli.rate_option import Rate
from qa_lib.errors import first_few
from qa_lib.lookalikes import word_form

if TYPE_CHECKING:
    import pandas as pd

    from qa_lib.intake.raw import RawTable

_SENTENCES = 20
_GROUPS = 60
_WORDS = 12
_ROWS = 5
#: Labels of a row that adds others up: in a table of counts its people would count twice.
_SUMS = re.compile(
    r".*\b(?:(?:sub)?totals?|overall|sum)\b.*|all(?: (?:groups|people|candidates|pupils|schools))?|every(?:one|body)",
    re.IGNORECASE,
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, metavar="COL", help="Column with 0/1 or yes/no; with --people, of successes.")
@click.option(
    "--people", metavar="COL", help="For a table of counts: the column with how many people a row stands for."
)
@click.option("--positive", multiple=True, metavar="VALUE", help="An outcome that counts as success; repeat for more.")
@click.option(
    "--negative", multiple=True, metavar="VALUE", help="One that counts as none; what is not named is left out."
)
@click.option("--groups", required=True, multiple=True, metavar="COL[,COL]", help="Columns of characteristics.")
@click.option("--within", multiple=True, metavar="COL[,COL]", help="Compare within provider, level, ...")
@click.option("--strata", multiple=True, metavar="COL[,COL]", help="Also compare with these held fixed (mix.csv).")
@click.option(
    "--margin", default="0.10", show_default=True, type=Rate(), help="The rule's threshold, and that of equivalence."
)
@click.option("--reading", type=click.Choice(["points", "relative"]), default="points", show_default=True)
@click.option(
    "--confidence", default=0.95, show_default=True, type=Rate(number=True), help="Of the intervals and the verdicts."
)
@click.option("--test", type=click.Choice(["midp", "boschloo"]), default="midp", show_default=True)
@click.option("--profile", type=click.Choice(["none", "dfe", "ofqual", "hesa"]), default="none", show_default=True)
@click.option(
    "--fewest", default=1, show_default=True, type=click.IntRange(min=1), help="Fewer people are shown and not tested."
)
@click.option("--cluster", metavar="COL", help="What people belong to, such as a school: its characteristics go by it.")
@click.option("--ordered", multiple=True, metavar="COL=A,B,...", help="Groups in their order: also look for a trend.")
@click.option("--pooled", is_flag=True, help="Also estimate how probable a true gap beyond the margin is (a model).")
@click.option("--mdd", is_flag=True, help="Also say what the comparison could have seen (slower).")
@mapping_options
@click.option(
    "--header-row", type=click.IntRange(min=1), metavar="N", help="Row of the header, where a title stands above it."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for groups.csv.")
def command(
    file: Path,
    outcome: str,
    groups: Sequence[str],
    within: Sequence[str],
    strata: Sequence[str],
    ordered: Sequence[str],
    header_row: int | None,
    out: Path | None,
    **options: Any,
) -> None:
    """Compare groups of people in any table: CSV, Excel, OpenDocument or Parquet, a row per person or group.

    Every group is compared with the rest: the rule's flag, the difference with its interval, and whether it is
    different, shown equivalent, or cannot be told. An outcome that is blank, NA or the like is missing. A column whose
    name holds a comma stands in double quotes. Files written are restricted: --profile marks small numbers in the
    column "suppressed" and removes none.
    """
    from qa_lib.screen import one_line
    from qa_lib.statistics.groups import compare_groups
    from qa_lib.statistics.mix import adjust_for_mix

    mapping = read_mapping(**{name: options.pop(name) for name in ("columns", "values", "run_file")})
    theirs = [name for columns in mapping.columns.values() for name in columns]
    asked = [outcome, *groups, *within, *strata, *filter(None, [options["cluster"]]), *theirs]
    people = read_people(file, header_row=header_row or 0, asked=asked)
    frame = mapped_people(people, mapping, table=word_form(file.stem))
    outcomes = {"people": options["people"], **{name: options.pop(name) or None for name in ("positive", "negative")}}
    columns = {"outcome": outcome, "groups": names(groups, frame), "within": names(within, frame), **outcomes}
    orders = in_order(ordered, frame)
    frame, read = in_plain_groups(frame, [*columns["groups"], *columns["within"], *orders])
    result = compare_groups(frame, **columns, **{name: options[name] for name in options if name != "people"})
    tables = {"groups": result}
    lines = [*counted(frame, outcome, outcomes, groups=len(result)), *summary(result, options)]
    if strata:
        held: dict[str, Any] = {"strata": names(strata, frame), "confidence": options["confidence"]}
        tables["mix"] = adjust_for_mix(frame, **columns, **held)
        lines += ["", *turned(tables["mix"], columns["within"])]
    if ordered:
        lines += ["", *trends(frame, columns, in_words_of(frame, orders), options["cluster"])]
    alike = near_groups(frame, [*columns["groups"], *columns["within"]])
    lines += ["", *read, *alike] if read or alike else []
    for name, table in tables.items() if out else ():
        lines.append(f"Written: {write(table, Path(str(out)), name)}")
    # Names of groups come from the file: none of them may end a line, let alone steer the terminal.
    click.echo("\n".join(map(one_line, lines)))


def names(given: Sequence[str], frame: pd.DataFrame) -> list[str]:
    """Return the columns that were asked for: a column's whole name, or names separated by commas.

    Raises
    ------
    IntakeError
        If a name is not there and may have been cut at its own comma.
    """
    from qa_lib.errors import IntakeError

    found: list[str] = []
    for text in given:
        parts = [text] if text in frame.columns else next(csv.reader([text], skipinitialspace=True), [])
        found += [part.strip() for part in parts if part.strip()]
    cut = [column for column in frame.columns if "," in column]
    absent = [name for name in found if name not in frame.columns]
    if absent and cut:
        raise IntakeError(
            f"there is no column {absent[0]!r}; names are separated by commas: put one that holds a comma, such as "
            f"{cut[0]!r}, in double quotes"
        )
    return found


def read_people(file: Path, *, header_row: int = 0, asked: Sequence[str] = ()) -> pd.DataFrame:
    """Read the first table of a file as text, blank cells as missing; say what its spreadsheet shows otherwise.

    Parameters
    ----------
    file
        A text, a workbook or a Parquet file.
    header_row
        The row of the header, where that is not the first row with text.
    asked
        Columns that are wanted, by which a header below a title is known.

    Raises
    ------
    IntakeError
        Where it cannot be read whole.
    """
    from qa_lib.errors import IntakeError
    from qa_lib.intake.layout import likely_header
    from qa_lib.intake.values import MISSING

    raw = _first_table(file, header_row)
    wanted = {part.strip() for name in asked for part in (name, *name.split(","))}
    row = likely_header(raw, lambda cells: {cell.strip() for cell in cells} & wanted)
    if row is not None:
        raise IntakeError(
            f"{file.name}: the header seems to be in row {row}: have it read from there with --header-row {row}, or "
            "take away the rows above it"
        )
    for _, problem in raw.remarks:
        if problem.kind.startswith(("hidden", "merged")):
            click.echo(f"{file.name}: {problem.advice}", err=True)
    faults = [f"row {broken.row}: {broken.arrived}, expected {broken.problem.expected}" for broken in raw.broken]
    faults += [f"column {name!r} appears twice" for name in sorted({n for n in raw.header if raw.header.count(n) > 1})]
    if faults:
        shown = first_few(faults, _ROWS, between="; ")
        raise IntakeError(f"{file.name} cannot be read whole: {shown}; mend these and try again")
    frame: pd.DataFrame = raw.cells.set_axis(list(raw.header), axis=1).apply(lambda cells: cells.str.strip())
    return frame.mask(frame.apply(lambda cells: cells.str.casefold().isin(MISSING)))


def _first_table(file: Path, header_row: int) -> RawTable:
    from qa_lib.errors import IntakeError
    from qa_lib.intake.delimited import read_delimited
    from qa_lib.intake.faults import Ledger, Place
    from qa_lib.intake.kinds import ENDINGS, PARQUET, TEXT
    from qa_lib.intake.layout import canonical
    from qa_lib.intake.parquet import read_parquet
    from qa_lib.intake.raw_files import contents
    from qa_lib.intake.workbook_files import read_workbook

    if not file.is_file():
        what = f'"{file}" is a folder' if file.is_dir() else f'nothing is at "{file}"'
        raise IntakeError(f"{what}; expected one CSV, Excel, OpenDocument or Parquet file. Give its path.")
    data, kind = contents(file), ENDINGS.get(file.suffix.lower())
    if kind == TEXT:
        return read_delimited(data, Place("", file.name), header_row)
    if kind == PARQUET:
        return read_parquet(data, Place("", file.name))
    if kind is None:
        raise IntakeError(f'"{file.name}" ends in "{file.suffix}"; expected one of {", ".join(ENDINGS)}')
    # A workbook named as a table gives its first sheet, whatever that is called.
    own = canonical(file.stem)
    found = read_workbook(data, file.name, {own: None}, Ledger(), {own: header_row})  # type: ignore[dict-item]
    if not found:  # pragma: no cover - a workbook of charts only
        raise IntakeError(f"{file.name} holds no sheet with cells; put the table on its first sheet")
    return found[0]


def counted(frame: pd.DataFrame, outcome: str, outcomes: Mapping[str, Any], *, groups: int) -> list[str]:
    """Say how many people there are, how each word of the outcome was read, and what may be counted twice."""
    from qa_lib.statistics.counting import outcome_words, read_outcome

    if outcomes["people"]:
        return _counted_rows(frame, outcome, outcomes["people"], groups=groups)
    success = read_outcome(frame[outcome], positive=outcomes["positive"], negative=outcomes["negative"])
    words = outcome_words(frame[outcome], success)
    missing = len(frame) - int(words["people"].sum())
    unknown = f" The outcome of {missing:,} is missing." if missing else ""
    lines = [f"{len(frame):,} people, {groups:,} groups.{unknown}"]
    for meaning, title in ((1, "Success"), (0, "No success"), (-1, "Left out, as it was named neither")):
        of_kind = words[words["counts_as"] == meaning]
        told = [f"{word} ({people:,})" for word, people in zip(of_kind["word"], of_kind["people"], strict=True)]
        lines += [f"{title}: {first_few(told, _WORDS)}."] if told else []
    return lines


def _counted_rows(frame: pd.DataFrame, outcome: str, people: str, *, groups: int) -> list[str]:
    import pandas as pd

    from qa_lib.statistics.counting import tallies

    everybody = int(tallies(frame, outcome=outcome, people=people).everybody.sum())
    lines = [f"{everybody:,} people in {len(frame):,} rows of counts, {groups:,} groups."]
    labels = pd.unique(frame.drop(columns=[outcome, people]).to_numpy().ravel())
    if any(_SUMS.fullmatch(str(label)) for label in labels):
        lines.append("A row is called Total or the like: if it adds others up, take it out, or its people count twice.")
    return lines


def summary(result: pd.DataFrame, options: dict[str, Any]) -> list[str]:
    """Say every group's rate, what the rule flags, what the numbers show, and the sentences that matter most."""
    from qa_lib.statistics.explanations import explain_groups

    lines = ["", *rates(result), ""]
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
    texts = explain_groups(notable.head(_SENTENCES))
    places = [_place(row, result) for row in notable.head(_SENTENCES).to_dict("records")]
    lines += ["", *(f"- {place}{text}" for place, text in zip(places, texts, strict=True))] if texts.size else []
    if len(notable) > _SENTENCES:
        lines.append(f"... and {len(notable) - _SENTENCES:,} more flagged or different; --out writes them all.")
    return [*lines, "", *beside(result), "Intervals in these sentences are at the level at which Holm decided."]


def beside(result: pd.DataFrame) -> list[str]:
    """Say what concerns the comparison as a whole: tests not counted, missing values, places, the model's chances."""
    from qa_lib.statistics.explanations import explain_groups

    tested = result[result["p"].notna()]
    idle, small = int((~tested["counted"]).sum()), int((result["verdict"] == "too few").sum())
    lines = [f"Groups with too few people to be tested: {small:,}."] if small else []
    if idle:
        lines.append(
            f"Groups in which no test could have told anything: {idle:,}; they are not counted among the tests."
        )
    apart = result[result["missing_differ"]]
    lines += [f"- {text}" for text in explain_groups(apart.head(_SENTENCES))]
    if result["clusters"].notna().any():
        names = ", ".join(result.loc[result["clusters"].notna(), "characteristic"].unique())
        lines.append(f"Compared place by place and not person by person, as all people of a place share it: {names}.")
    likely = result[result["chance_beyond"] >= 0.5]
    if result["chance_beyond"].notna().any():
        lines.append(
            f"By a model in which groups vary alike, {len(likely):,} groups are more likely than not truly beyond the "
            "margin; that is no verdict."
        )
    return lines


def rates(result: pd.DataFrame) -> list[str]:
    """Return a line per group with its rate and its distance from the overall one."""
    rows = result.head(_GROUPS).to_dict("records")
    labels = [f"{_place(row, result)}{row['characteristic']} {row['group']}" for row in rows]
    width = max(map(len, [*labels, "group"]))
    lines = [f"{'group':<{width}}  {'successes':>9}  {'people':>9}  {'rate':>7}  {'overall':>7}  {'gap':>6}  verdict"]
    for label, row in zip(labels, rows, strict=True):
        shown = [f"{100 * row[name]:.1f}%" if row["n"] else "-" for name in ("rate", "overall_rate")]
        gap = f"{row['gap_points']:+.1f}" if row["n"] else "-"
        numbers = f"{row['k']:>9,}  {row['n']:>9,}  {shown[0]:>7}  {shown[1]:>7}  {gap:>6}"
        lines.append(f"{label:<{width}}  {numbers}  {row['verdict']}")
    more = len(result) - len(rows)
    return [*lines, f"... and {more:,} more groups; --out writes them all."] if more else lines


def _place(row: dict[Any, Any], result: pd.DataFrame) -> str:
    inside = list(result.columns[: list(result.columns).index("characteristic")])
    return " / ".join(str(row[name]) for name in inside) + ": " if inside else ""


def turned(mix: pd.DataFrame, within: list[str]) -> list[str]:
    """Name the groups whose difference is another one with the strata held fixed, or whose strata disagree."""
    found = mix[mix["warning"] != ""].to_dict("records")
    if not found:
        return ["With the strata held fixed no difference is another one, and the strata do not disagree."]
    places = [" / ".join(str(row[name]) for name in [*within, "characteristic", "group"]) for row in found]
    lines = [f"- {place}: {row['warning']}" for place, row in zip(places, found, strict=True)][:_SENTENCES]
    more = len(found) - len(lines)
    return [*lines, f"... and {more:,} more; --out writes them all."] if more else lines


def write(table: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a table for people, whole or not at all."""
    from qa_lib.files import write_whole
    from qa_lib.reports.cells import people_csv

    path = folder / f"{name}.csv"
    write_whole(path, people_csv(table))
    return path
