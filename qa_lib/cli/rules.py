"""``qa rules``: the rules of a scheme, one rule's card, a check of all rule books, or what a new edition changes.

Nothing here reads the clock: without ``--on`` the day is the last one on which the rule book changes, and it is said.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import datetime as dt

    from qa_lib.rulebook import Rule, RuleBook, RuleValue

WIDTH = 100
#: Heading and width of each column of the list; two spaces between.
COLUMNS = (("id", 16), ("title", 28), ("severity", 11), ("value", 12), ("clause", 16), ("in code", 7))
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--on", "day", metavar="DATE", help="YYYY-MM-DD, or YYYY-MM for the first of a month.")
@click.option(
    "--scheme", metavar="NAME", help="Whose rule book; of one rule, the one that holds ID where none is named."
)
@click.option("--check", is_flag=True, help="Check every rule book, and the scheme it is of; all faults at once.")
@click.option("--page", type=_FILE, help="Write the page of all rules of the scheme here.")
@click.option("--against", type=_FILE, help="Tell which cited places this text, a new edition, changed.")
@click.option("--before", type=_FILE, help="With --against: the text of the edition that the rules cite.")
@click.option("--source", metavar="ID", default="", help="With --against: of which source it is an edition.")
@click.option("--out", type=_FILE, help="With --against: write every place and its digest here, as CSV.")
@click.option("--places", type=_FILE, help="Show the places of a text with their digests, to cite them.")
@click.pass_context
def command(
    context: click.Context,
    rule_id: str | None,
    day: str | None,
    scheme: str | None,
    check: bool,
    page: Path | None,
    against: Path | None,
    before: Path | None,
    source: str,
    out: Path | None,
    places: Path | None,
) -> None:
    """Show the rule books, all rules of one, or one rule with its value on a date and its clause.

    With --against FILE: exit code 0 where every cited place is there word for word, 1 where one changed or is gone.
    """
    from qa_lib.cli import rules_against
    from qa_lib.errors import RulebookError

    if against is None and (before or source or out):
        raise RulebookError("--before, --source and --out belong to --against FILE; give that too")
    if (against or places) and (rule_id or day or check or page or (against and places)):
        raise RulebookError(
            "--against and --places are about a whole text; give each without ID, --on, --check, --page"
        )
    if places is not None:
        click.echo(rules_against.places(places))
    elif against is not None:
        books = [_book_of(None, name) for name in ([scheme] if scheme else _names())]
        text, differs = rules_against.compared(books, against, before, source, out)
        click.echo(text)
        context.exit(int(differs))
    elif check:
        click.echo(_check_all())
    elif rule_id is not None or scheme is not None:
        click.echo(_of_book(_book_of(rule_id, scheme), rule_id, day, page))
    elif page is not None or day is not None:
        raise RulebookError(f"--page and --on are about one rule book; name it with --scheme: {', '.join(_names())}")
    else:
        click.echo(_books())


def _of_book(book: RuleBook, rule_id: str | None, day: str | None, page: Path | None) -> str:
    """Return one rule's card, or the list of all rules; or write their page, and say so."""
    if page is not None:
        from qa_lib.audit.rule_page import rule_page
        from qa_lib.files import write_whole

        write_whole(page, rule_page(book, _day(book, day)[0]).encode())
        return f"{page}: {len(book)} rules"
    return card(book, book[rule_id.upper()], day) if rule_id else _list(book, day)


def _names() -> list[str]:
    """Return the names of all rule books: those under ``parameters/rules`` and those that schemes bring."""
    from qa_lib.rulebook import rulebook_names
    from qa_lib.scheme import schemes

    return sorted({*rulebook_names(), *(scheme.name for scheme in schemes().values() if scheme.rule_book)})


def _books() -> str:
    """Return a line for each rule book, and how its rules are listed."""
    from qa_lib.scheme import load_rulebook

    lines = []
    for book in map(load_rulebook, _names()):
        lines += textwrap.wrap(f"{book.scheme}: {book.title}, {len(book)} rules ({book.path})", WIDTH)
    return "\n".join([*lines, "", "List the rules of one: qa rules --scheme NAME"])


def _check_all() -> str:
    """Return what was checked; raise with the faults of all rule books, and of the schemes they are of, together."""
    from qa_lib.cli.scheme_check import scheme_faults
    from qa_lib.errors import RulebookError
    from qa_lib.scheme import find_scheme, load_rulebook, scheme_names

    sound, faults, holder = [], [], dict[str, str]()
    for name in _names():
        try:
            book = load_rulebook(name)
        except RulebookError as error:
            faults.append(str(error))
            continue
        twice = [rule.id for rule in book if holder.setdefault(rule.id, book.path) != book.path]
        faults += [
            f"{book.path}: {rule} stands in {holder[rule]} too; an id belongs to one rule book" for rule in twice
        ]
        faults += scheme_faults(find_scheme(name), book) if name in scheme_names() else []
        sound.append(f"{book.path}: {len(book)} rules, {len(book.sources)} sources, {len(book.changes)} days of change")
    if faults:
        raise RulebookError("the rule books have faults\n" + "\n".join(faults))
    return "\n".join(sound)


def _book_of(rule_id: str | None, scheme: str | None) -> RuleBook:
    """Return the named rule book, or the one that holds the id; where none does, say the nearest id of all."""
    from qa_lib.errors import RulebookError
    from qa_lib.scheme import load_rulebook
    from qa_lib.strict_yaml import nearest

    known: list[str] = []
    for name in [scheme] if scheme else _names():
        book = load_rulebook(name)
        if rule_id is None or rule_id.upper() in book:
            return book
        known += book.rules
    where = f"the rule book {scheme}" if scheme else "any rule book"
    near = nearest(str(rule_id), known) or "; list them with: qa rules --scheme NAME"
    raise RulebookError(f"no rule {rule_id!r} in {where}{near}")


def _day(book: RuleBook, day: str | None) -> tuple[dt.date, str]:
    """Return the day to show and how it came about."""
    from qa_lib.errors import RulebookError
    from qa_lib.rulebook_file import parse_day

    if day is None:
        last = book.changes[-1]
        return last, f"On {last}, the last day on which this rule book changes (another day: --on YYYY-MM-DD)"
    try:
        return parse_day(day), f"On {parse_day(day)}"
    except ValueError as error:
        raise RulebookError(f"--on is {day!r}; {error}, or a month as YYYY-MM") from None


def _list(book: RuleBook, day: str | None) -> str:
    """Return the table of all rules of a book on a day."""
    from qa_lib.errors import RuleNotInForce

    readers, (when, said) = _readers(book), _day(book, day)
    lines = [*textwrap.wrap(f"{book.title} ({book.path})", WIDTH), f"{said}:", ""]
    lines += [*_row([name for name, _ in COLUMNS]), *_row(["-" * width for _, width in COLUMNS])]
    for rule in book:
        read = "yes" if rule.id in readers else "no"
        try:
            value = rule.on(when)
        except RuleNotInForce:
            lines += _row([rule.id, rule.title, rule.severity, "not in force", rule.in_force(), read])
            continue
        shown = f"table of {len(value.value)}" if rule.type == "table" else value.text.replace("_", " ")
        heading = value.clause.split(":")[0] if rule.kind == "rule" else "convention"
        lines += _row([rule.id, rule.title, rule.severity, shown, heading, read])
    return "\n".join(lines)


def _readers(book: RuleBook) -> Mapping[str, list[str]]:
    """Return by rule id the files that read it; none where the book's scheme is not installed."""
    from qa_lib.audit.rule_readers import rule_readers
    from qa_lib.scheme import schemes

    scheme = schemes().get(book.scheme)
    return rule_readers(scheme) if scheme else {}


def _row(cells: Iterable[str]) -> list[str]:
    """Return the lines of one row, each cell wrapped to its column."""
    wrapped = [textwrap.wrap(cell, width) for cell, (_, width) in zip(cells, COLUMNS, strict=True)]
    height = max(len(cell) for cell in wrapped)
    return [
        "  ".join(
            (cell[i] if i < len(cell) else "").ljust(width) for cell, (_, width) in zip(wrapped, COLUMNS, strict=True)
        ).rstrip()
        for i in range(height)
    ]


def card(book: RuleBook, rule: Rule, day: str | None) -> str:
    """Return everything that the rule book says of one rule."""
    from qa_lib.errors import RuleNotInForce

    when, said = _day(book, day)
    kind = f"{rule.kind}, {rule.severity} where it is not met" if rule.kind == "rule" else "convention of this project"
    lines = [f"{rule.id}  {rule.title}", *textwrap.wrap(f"{book.title}: {kind}", WIDTH), ""]
    lines += [*_said("Rule", rule.description), *_said("Reading", rule.reading), "", f"{said}:"]
    try:
        value = rule.on(when)
    except RuleNotInForce as error:
        lines += _said("", str(error))
    else:
        lines += _values(rule, value)
        source = book.sources[value.source]
        clauses = [f"{place.at}: {place.says}" for place in value.places] or [value.clause]
        lines += ["", *(line for place, text in enumerate(clauses) for line in _said("" if place else "Clause", text))]
        lines += _said("Source", f"{source.title} ({source.published})")
        lines += _said("Note", value.note) if value.note else []
    lines += ["", "History:"]
    lines += [f"  {entry.valid_from}  {textwrap.shorten(entry.text, WIDTH - 14)}" for entry in rule.entries]
    if rule.section:
        lines += ["", *_said("Section", f"{rule.section}{' (asks for something by a day)' if rule.timed else ''}")]
        lines += _said("Not met", f"{rule.who_acts}: {rule.what_to_do}")
    readers = ", ".join(_readers(book).get(rule.id, ()))
    lines += ["", *_said("Read by", readers or "no module; the value is for the reader")]
    return "\n".join([*lines, *_said("Checked", f"against the document on {rule.checked_on}")])


def _values(rule: Rule, value: RuleValue) -> list[str]:
    """Return a value as lines, one for each column of a table, with its unit or the other options."""
    if rule.columns is None:
        return _said("Value", f"{value.text} {_meaning(rule.unit, rule.options, value.text)}")
    absent = {name: "not entered:" for name in rule.columns if name != "*" and name not in value.cells}
    cells = {**value.cells, **absent}
    wide = max(len(name) for name in cells)
    fields = {name: rule.columns.get(name) or rule.columns["*"] for name in cells}
    lines = [
        f"  {name.ljust(wide)}  {cell} {_meaning(fields[name].unit, fields[name].options, cell)}".rstrip()
        for name, cell in cells.items()
    ]
    return [part for line in lines for part in textwrap.wrap(line, WIDTH, subsequent_indent=" " * (wide + 4))]


def _meaning(unit: str | None, options: tuple[str, ...], chosen: str) -> str:
    others = [option for option in options if option != chosen]
    return f"(or: {', '.join(others)})" if others else unit or ""


def _said(label: str, text: str) -> list[str]:
    """Return a labelled paragraph, its further lines indented under the first."""
    indent = " " * 10
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"{label}:".ljust(10) if label else indent, subsequent_indent=indent
    )
