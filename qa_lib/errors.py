"""The errors that a user can mend. Anything else that is raised is a bug of ours.

Every message has three parts: what arrived, what was expected, what to do.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence


class QAError(Exception):
    """Base of all errors that are shown to the user without a traceback.

    Attributes
    ----------
    exit_code
        What the command line returns: 1 a failed check; 2 wrong use, unreadable input or a refusal of the machine;
        3 part of a batch failed.
    """

    exit_code = 2


class IntakeError(QAError):
    """The data set cannot be read at all, or lacks what the answer needs."""


class RulebookError(QAError):
    """A rule book is not well formed, or does not hold what was asked of it."""


class SourceError(QAError):
    """Raised for a document that cannot be read as plain text, or cannot be held against a rule book."""


class RuleNotInForce(RulebookError):  # noqa: N818 - the name says the state, as the field does
    """The rule had no value on the date asked for."""


class SampleError(QAError):
    """A population, freeze, seed or draw is refused."""


class MonthPassedError(SampleError):
    """A later month of the provider is drawn, so that this one cannot be frozen any more."""


class MonthWaitsError(SampleError):
    """Another freeze of the provider waits for its seed, so that no further month can be frozen now."""


class NothingToShow(QAError):  # noqa: N818 - it is a state, not a fault
    """There is nothing to report on. A run makes a page that says so, and goes on with the other notebooks."""


class RegisterError(QAError):
    """The register cannot be opened, or what it holds contradicts what arrived."""


class StorageError(QAError):
    """A file could not be written after something was recorded, which the message says."""


class RunError(QAError):
    """A run file is wrong, or a run cannot be carried out."""


class DisclosureError(QAError):
    """A table cannot be published safely as asked."""


def command_line(words: Sequence[str]) -> str:
    """Return a command as it can be pasted into the shell of this system.

    Examples
    --------
    >>> command_line(["qa", "check", "data"])
    'qa check data'
    """
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def first_few(texts: Sequence[str], most: int, *, between: str = ", ") -> str:
    """Return the first of some texts as a message lists them, and how many more there are.

    Examples
    --------
    >>> first_few(["one", "two", "three"], 2)
    'one, two and 1 more'
    """
    return between.join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
