"""``qa template``: an empty workbook for the data of a scheme, or the page that says what each column holds."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("scheme", metavar="SCHEME")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the workbook here (.xlsx).")
@click.option("--tables", metavar="NAMES", default="", help="Only these tables, with commas between them.")
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), help="Write the page of all columns here.")
def command(scheme: str, out: Path | None, tables: str, page: Path | None) -> None:
    """Write an empty data set of SCHEME to fill in: a sheet per table, drop-downs, and a row that explains each column.

    The row of notes is skipped when the workbook is read, also from CSV files that are saved from it.
    """
    from qa_lib.audit.data_page import data_page
    from qa_lib.errors import IntakeError
    from qa_lib.files import write_whole
    from qa_lib.scheme import find_scheme, load_rulebook

    if out is None and page is None:
        raise click.UsageError("Missing option '--out': the workbook to write (or --page: the page of its columns).")
    found = find_scheme(scheme)
    if out is not None:
        from qa_lib.forms.data_template import data_template

        if out.suffix.lower() != ".xlsx":
            raise IntakeError(f"the workbook is to be {out.name}; expected a name that ends in .xlsx")
        if out.exists():
            raise IntakeError(f"{out} is there already, perhaps filled in; name another file, or delete it first")
        wanted = [name.strip() for name in tables.split(",") if name.strip()]
        write_whole(out, data_template(found, tables=wanted))
        click.echo(f"{out}: {len(wanted) or len(found.tables)} tables to fill in; then: qa check {out}")
    if page is not None:
        write_whole(page, data_page(load_rulebook(found.name)).encode())
        click.echo(f"{page}: {len(found.tables)} tables")
