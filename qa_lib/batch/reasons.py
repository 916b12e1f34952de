"""Why a report could not be made, in words that may stand on the page over all reports and on standard error.

Ids and free text of the data belong to neither. What an exception says is therefore shown only where it is one of our
own, which are written to be read: its first line, and of that nothing that stands in a cell of the data.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from functools import cache

from qa_lib.errors import QAError
from qa_lib.failures import DEBUG, machine_words, machine_words_of, place_in_code
from qa_lib.intake.accepted import Dataset
from qa_lib.scheme import Scheme, find_scheme
from qa_lib.tables.vocabulary import PERIOD, Kind

_LONGEST = 500
_MORE = " (more, which may quote the data, with --debug)"
_OPEN_KINDS: frozenset[Kind] = frozenset({"date", "month", "bool", "count", "decimal", "choice", "choices"})
_HIDDEN = "…"
_NO_START = "could not be run: its Python process did not start; "
#: What the libraries that drive kernels raise -> our words. They are told apart by name: to import them takes a second.
_KERNEL_WORDS = {
    "DeadKernelError": "was cut off: its Python process ended in the middle, most often because the memory of this "
    "machine did not suffice; close other programs or take fewer --jobs, then run again with --resume",
    "CellTimeoutError": "was cut off: one of its cells did not end in an hour, or its output did not arrive; "
    "run again with --resume when the machine is less busy",
    "NoSuchKernel": f"{_NO_START}no kernel of that name is installed here: install this project and its packages again",
}


def reason_of(error: BaseException) -> str:
    """Return in one line why something failed. With :data:`DEBUG` set, the traceback goes to standard error as well."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, QAError):
        return first_line(str(error))
    return machine_words(error) or f"{type(error).__name__} in {place_in_code(error)}{_MORE}"


def first_line(message: str) -> str:
    """Return the first line of one of our messages, which says what is the matter; the lines below may be a list.

    Of those only commands to be given are kept.
    """
    first, *more = [line.strip() for line in message.strip().splitlines()] or [""]
    first = first if len(first) <= _LONGEST else first[:_LONGEST] + _HIDDEN
    commands = [line for line in more if line.startswith("qa ")]
    if len(commands) < len(more):
        return "; to do: ".join([first.rstrip(":") + _MORE, *commands])
    return " ".join([first, *commands])


def with_lines(words: str, quoted: Iterable[str]) -> str:
    """Return a message whose first line may be shown to everyone; what is quoted stands on the lines below it."""
    return "\n".join([words, *(text.strip() for text in quoted if text.strip())])


def cell_words(name: str, message: str) -> tuple[str, str]:
    """Say what ended a cell, from the class name and message of its exception; and what remains of the message."""
    if name in _our_errors():
        first, _, rest = message.strip().partition("\n")
        return first, rest
    words = machine_words_of(name, message)
    return (words, "") if words else (name, message)


def kernel_words(error: Exception) -> str:
    """Say what befell a notebook's process itself; nothing for an error of another kind."""
    words = (_KERNEL_WORDS.get(kind.__name__) for kind in type(error).__mro__)
    if known := next(filter(None, words), ""):
        return known
    if type(error) is RuntimeError and str(error).startswith("Kernel d"):  # died before replying, didn't respond
        return f"{_NO_START}is there enough memory, and room in the folder for passing files? Then run again"
    if type(error).__name__ == "ZMQError":
        return f"{_NO_START}no connection to it could be made: set TMPDIR to a folder with a short path, then run again"
    return ""


@cache
def _our_errors() -> frozenset[str]:
    # Two parts of the library have an error of their own; only what is imported is found among the subclasses.
    from qa_lib.forms.remarks import ReturnError
    from qa_lib.statistics.inputs import StatisticsError

    def below(kind: type[QAError]) -> Iterator[str]:
        yield kind.__name__
        for one in kind.__subclasses__():
            yield from below(one)

    return frozenset({*below(QAError), ReturnError.__name__, StatisticsError.__name__})


def without_data(text: str, dataset: Dataset) -> str:
    """Return a text in which every id and every free text that stands in a cell of the data is replaced by ``…``."""
    folded, scheme = text.casefold(), find_scheme(dataset.scheme)
    found = {cell for cell in _closed_cells(dataset, scheme) if cell.casefold() in folded}
    for cell in sorted(found - _open_cells(dataset, scheme), key=len, reverse=True):
        # "cell 6" counts the notebook's cells; a word or a month that holds an id by chance is none.
        text = re.sub(rf"(?i)(?<![\w-])(?<!cell ){re.escape(cell)}(?![\w-])", _HIDDEN, text)
    return text


def _shown(scheme: Scheme, table: str) -> set[str]:
    """Return the columns of a table that reports show to everyone who may see the page over them.

    They hold providers, words of a list, and the spans of time that reports are of.
    """
    declared = scheme.tables[table].columns if table in scheme.tables else ()
    return {scheme.provider_column, *(one.name for one in declared if one.kind == "choice" or one.names == PERIOD)}


def _open_cells(dataset: Dataset, scheme: Scheme) -> set[str]:
    """Return the names of providers and spans of time and the words of lists, which may stand in other columns too."""
    tables = dataset.tables.items()
    return {
        cell for name, table in tables for column in _shown(scheme, name) & {*table} for cell in table[column].unique()
    }


def _closed_cells(dataset: Dataset, scheme: Scheme) -> Iterator[str]:
    declared = scheme.tables
    refused = {" rejected": dataset.rejected[["arrived"]], " noticed": dataset.notices[["arrived"]]}
    for name, table in {**dataset.tables, **refused}.items():
        kinds = {column.name: column.kind for column in declared[name].columns} if name in declared else {}
        shown = _shown(scheme, name)
        for column in table.columns:
            if column not in shown and kinds.get(column) not in _OPEN_KINDS:
                cells = (cell for cell in table[column].dropna().unique() if isinstance(cell, str) and cell)
                # A single word in small letters, such as "no" or "school", tells of nobody, and sentences need it.
                yield from (
                    cell for cell in cells if kinds.get(column) == "id" or not (cell.isalpha() and cell.islower())
                )
