"""A declaration in words: for the data dictionary, the notes of a template, and the messages of intake."""

from __future__ import annotations

from qa_lib.tables.vocabulary import Column, Kind

#: The sheet of a workbook that says how it is filled in; it is no table.
READ_ME = "Read me"
#: What every cell of a row of notes begins with. A row all of whose cells begin so holds no data.
NOTE = "[note]"
#: A list of more words than this is not written out in a message.
NAMED = 12
_KINDS: dict[Kind, str] = {
    "id": "text, an id",
    "text": "text",
    "date": "date, 2024-08-31",
    "month": "month, 2024-08",
    "bool": "yes or no",
    "decimal": "number, 12.50",
}


def in_bounds(column: Column) -> str:
    """Say which whole numbers a column takes."""
    return f"a whole number, {column.least}" + (" or more" if column.most is None else f" to {column.most}")


def in_words(column: Column) -> str:
    """Say which words a column takes."""
    options = column.options
    if len(options) > NAMED:
        return f"one of {options[0]}, {options[1]} ... {options[-1]}"
    return f"one of {', '.join(options)}"


def kind_in_words(column: Column) -> str:
    """Say what a cell holds, in the words of somebody who fills in a spreadsheet.

    Examples
    --------
    >>> from qa_lib.tables.vocabulary import column
    >>> kind_in_words(column("standard", "count", least=1, most=33)), kind_in_words(column("roles", "choices"))
    ('whole number, 1 to 33', 'words with ; between them')
    """
    if column.kind == "count":
        return in_bounds(column).removeprefix("a ")
    if column.kind == "choice":
        return "one word of a list"
    if column.kind == "text" and column.options:
        return "text, a word of a list where one fits"
    if column.kind == "choices":
        return "words of a list with ; between them" if column.options else "words with ; between them"
    return _KINDS[column.kind]


def note_on(column: Column, *, required: bool) -> str:
    """Return the note on a column in a template: kind, words, unit and meaning.

    Examples
    --------
    >>> from qa_lib.tables.vocabulary import column
    >>> note_on(column("fee", "decimal", "The fee.", unit="pounds"), required=True)
    '[note] Required. Number, 12.50, in pounds. The fee.'
    """
    kind = kind_in_words(column) + (f", in {column.unit}" if column.unit else "")
    words = f": {', '.join(column.options)}" if column.options else ""
    said = f"{kind[0].upper()}{kind[1:]}{words}. {column.meaning}"
    return f"{NOTE} {'Required. ' if required else ''}{said}".strip()
