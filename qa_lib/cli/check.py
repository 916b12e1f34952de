"""``qa check``: what intake accepts and rejects of a data set, every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_lib.cli.header_rows import header_row_option, read_header_rows
from qa_lib.cli.mapping_options import mapping_options, read_mapping
from qa_lib.cli.scheme_option import scheme_option

if TYPE_CHECKING:
    from qa_lib.intake.accepted import Dataset

#: Most providers that are named.
_PROVIDERS = 20


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@scheme_option("Whose tables they are", "as the tables are named")
@click.option("--reader", metavar="NAME", help="Reader of data laid out in another way.")
@mapping_options
@header_row_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the rejected rows.")
def command(
    dataset: Path, scheme: str | None, reader: str | None, header_rows: tuple[str, ...], out: Path | None, **mapped: Any
) -> None:
    """Validate DATASET, a folder of CSV, Excel, OpenDocument or Parquet files or one workbook: every fault at once.

    Prints rows, accepted and rejected per table, then each fault with file, sheet, row and column. Exit codes: 0 clean,
    1 faults, 2 cannot be read.
    """
    from qa_lib.intake.dataset import read_dataset

    mapping = read_mapping(**mapped)
    data = read_dataset(
        dataset,
        scheme=scheme,
        reader=reader,
        columns=mapping.columns,
        values=mapping.values,
        header_rows=mapping.header_rows | read_header_rows(header_rows),
    )
    for line in [*_counts(data), *_providers(data), *_faults(data)]:
        click.echo(line)
    if out is not None:
        for path in write_rejected(data, out):
            click.echo(f"written: {path}")
    if not data.clean:
        raise SystemExit(1)


def _counts(data: Dataset) -> list[str]:
    table = data.counts
    where = [
        file + (f", sheet {sheet}" if sheet else "") for file, sheet in zip(table["file"], table["sheet"], strict=True)
    ]
    names, places = max(map(len, [*table["table"], "table"])), max(map(len, [*where, "file"]))
    lines = [f"{'table':<{names}}  {'file':<{places}}  {'rows':>9}  {'accepted':>9}  {'rejected':>9}"]
    for place, (_, row) in zip(where, table.iterrows(), strict=True):
        numbers = "  ".join(f"{row[name]:>9,}" for name in ("rows", "accepted", "rejected"))
        lines.append(f"{row['table']:<{names}}  {place:<{places}}  {numbers}")
    return lines


def _providers(data: Dataset) -> list[str]:
    """Name the providers with their accepted rows: a misspelt one stands there as a provider of its own."""
    from qa_lib.scheme import find_scheme
    from qa_lib.screen import one_line

    scheme = find_scheme(data.scheme)
    frame = data.tables.get(scheme.provider_table)
    if frame is None or scheme.provider_column not in frame or frame.empty:
        return []
    counts = frame[scheme.provider_column].value_counts()
    named = sorted(counts.sort_index().nsmallest(_PROVIDERS).items())
    more = f"; {len(counts) - _PROVIDERS:,} more have as many or more" if len(counts) > _PROVIDERS else ""
    listed = ", ".join(f"{name} ({number:,})" for name, number in named)
    kinds = f"{len(counts):,} {scheme.provider_word}{'s' if len(counts) > 1 else ''}"
    return ["", one_line(f"{kinds}, with accepted {scheme.provider_rows}: {listed}{more}")]


def _faults(data: Dataset) -> list[str]:
    from qa_lib.intake.checking import FURTHER
    from qa_lib.intake.messages import fault_lines

    lost = data.notices["kind"] == "reference"
    parts = [
        ("Rejected", data.rejected),
        ("Kept, but to be mended", data.notices[lost]),
        ("Noticed", data.notices[~lost]),
    ]
    lines: list[str] = []
    for title, part in parts:
        if len(part):
            lines += ["", f"{title}:", *(f"  {line}" for line in fault_lines(part, scheme=data.scheme))]
    rejected = int(data.counts["rejected"].sum())
    counted = _verdict(rejected, len(data.rejected) + int(lost.sum()))
    unlisted = data.rejected["kind"].str.endswith(FURTHER).any()
    verdict = "Clean: no fault was found." if data.clean else f"More than {counted}" if unlisted else counted
    return [*lines, "", verdict]


def _verdict(rows: int, faults: int) -> str:
    return f"{faults:,} fault{'s' if faults != 1 else ''}; {rows:,} row{'s' if rows != 1 else ''} rejected."


def write_rejected(data: Dataset, out: Path) -> list[Path]:
    """Write the faults, the notices and the whole rejected rows of each table as CSV that is safe to open.

    The files name what arrived, ids and free text included: they are for the people who mend the data.
    """
    from qa_lib.files import write_together
    from qa_lib.reports.cells import people_csv
    from qa_lib.scheme import find_scheme

    frames = {"rejected": data.rejected, "notices": data.notices}
    frames |= {f"rejected_rows_{name}": rows for name, rows in data.failing.items()}
    write_together(out, {f"{name}.csv": people_csv(frame) for name, frame in frames.items()})
    for name in find_scheme(data.scheme).tables:
        # What was mended since the last check must not lie there as if it were not.
        if name not in data.failing:
            (out / f"rejected_rows_{name}.csv").unlink(missing_ok=True)
    return [out / f"{name}.csv" for name in frames]
