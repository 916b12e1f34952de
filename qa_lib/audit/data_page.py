"""The data dictionary of a scheme: every table and column, what it holds, and which rules read it."""

from __future__ import annotations

from collections.abc import Iterator

from qa_lib.audit.column_readers import Readers, column_readers, rows_are_known_by
from qa_lib.errors import first_few
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import Scheme, find_scheme
from qa_lib.tables.vocabulary import GROUP, PERIOD, Column, Table
from qa_lib.tables.wording import NAMED, kind_in_words

_TOP = """# {title}: the data

What a data set holds: {tables} tables, and each of their columns. Find the word for what your own list calls otherwise.

This page is written by `qa template {scheme} --page FILE` from the declarations and the code; a test keeps it so.
An empty workbook to fill in: `qa template {scheme} --out FILE.xlsx`. What is wrong with a data set: `qa check DATASET`.

**How tables come.** A folder with one file per table (CSV, Excel, OpenDocument or Parquet), one workbook with one sheet
per table, or a mixture of both; a file or sheet is named as its table. In names of tables and columns case, spaces,
hyphens and underscores do not matter: *Case ID* is `case_id`. What your files call otherwise is said once:
`--columns "Candidate no=case_id"`, or `columns:` in a run file.

However they come, they are read alike. What cannot be read, is there twice or is empty is a fault; what is named as no
table is left out, and said. Folders in the folder and links are not looked into, and said; hidden files are passed
over. Hidden sheets, rows and columns are read, and said. Parquet has no row of headings: its records count from 1.

**What is needed.** Only columns that are *required*: {required}.
Any other table may be missing, and any column but those that its table *needs*; the rules that read what is missing
then say that they cannot be assessed.

**How cells are read.** A word of a list is read in any case, and with spaces or hyphens in it. The words in brackets
behind it are read as that word too. `NA`, `N/A`, `?` and `-` are blanks. Days are best written `2024-08-31`, months
`2024-08`.

**Personal.** Every row about a person is personal data. Marked as *personal* is what names one person or their file, or
says of one what is not for everybody. A message tells its row and not what stands there; only groups are named.
{draws}"""
_DRAWS = """
**Read by the draw.** Such a column decides who can be drawn, or how: a fault in its table stops a freeze.
"""
_COLUMNS = ("column", "what it holds", "meaning", "read by")


def data_page(book: RuleBook) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    book
        The rule book of a scheme.

    Raises
    ------
    RulebookError
        If a rule has no function that answers it, or two.
    """
    scheme, readers = find_scheme(book.scheme), column_readers(book)
    required = {name: table.required for name, table in scheme.tables.items() if table.required}
    needed = "; ".join(f"of `{name}` {', '.join(f'`{one}`' for one in columns)}" for name, columns in required.items())
    draws = any(column.draw for table in scheme.tables.values() for column in table.columns)
    top = _TOP.format(
        title=scheme.title,
        scheme=scheme.name,
        tables=len(scheme.tables),
        required=needed or "none",
        draws=_DRAWS if draws else "",
    )
    parts = [top, *(_index(scheme)), *(_table(table, scheme, readers) for table in scheme.tables.values())]
    return "\n".join(parts)


def _index(scheme: Scheme) -> Iterator[str]:
    yield "| table | |\n|---|---|"
    for name, table in scheme.tables.items():
        yield f"| [`{name}`](#{name}) | {table.meaning} |"
    yield ""


def _table(table: Table, scheme: Scheme, readers: Readers) -> str:
    lines = [f"## {table.name}", "", table.meaning, *_facts(table, scheme), ""]
    lines += [_row(*_COLUMNS), "|---" * len(_COLUMNS) + "|"]
    for column in table.columns:
        rules = readers.get((table.name, column.name), [])
        every = column.name in rows_are_known_by(scheme, table) and rules
        anchor = f'<a id="{table.name}-{column.name}"></a>`{column.name}`'
        read = "every rule that reads the table" if every else ", ".join(rules) or "no rule"
        who = [name for name, holds in (("the draw", column.draw), (read, rules or not column.draw)) if holds]
        lines.append(_row(anchor, _holds(column, table), _says(column), "; ".join(who)))
    return "\n".join([*lines, ""])


def _facts(table: Table, scheme: Scheme) -> Iterator[str]:
    yield ""
    if table.key:
        yield f"- One row for each {' and '.join(f'`{name}`' for name in table.key)}."
    for one in table.references:
        goal = f"[`{one.table}.{one.target}`](#{one.table}-{one.target})"
        yield f"- `{one.column}` stands in {goal}: {_LOST[one.binding]}."
    if table.known_from:
        yield f"- A row is known from `{table.known_from}` on; where that is blank, always."
    if table.whole:
        yield f"- A report on one {scheme.provider_word} sees all rows, for they are about what several share."
    if table.keeps_extra:
        yield "- Further columns are kept. Groups are compared by those of them that are declared."


_LOST = {
    True: "a row that points to none is rejected",
    False: "a row that points to none is kept, and named as a fault",
}


def _holds(column: Column, table: Table) -> str:
    words = [
        f"{word} ({first_few(also, NAMED)})" if (also := _synonyms(column, word)) else word for word in column.options
    ]
    kind = kind_in_words(column) + (f", in {column.unit}" if column.unit else "")
    needed, filled = column.name in table.identifying, column.name in table.filled
    marks = {
        "required": column.required,
        "needed where there is this table": needed and not column.required,
        "never blank": filled and not needed,
    }
    return "; ".join(
        [kind + (f": {', '.join(words)}" if words else ""), *(mark for mark, holds in marks.items() if holds)]
    )


def _synonyms(column: Column, word: str) -> list[str]:
    return [other for other, meant in column.synonyms if meant == word]


def _says(column: Column) -> str:
    ahead = "It may lie ahead." if column.ahead else ""
    since = f"A yes holds from `{column.since}` on." if column.since else ""
    names = {GROUP: "Groups are made by it.", PERIOD: "A span of time."}.get(column.names, "")
    personal = "*Personal.*" if column.personal else ""
    return " ".join(filter(None, (column.meaning, since, ahead, names, personal)))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
