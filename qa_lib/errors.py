"""The errors that a user can mend. Anything else that is raised is a bug of ours.

Every message has three parts: what arrived, what was expected, what to do.
"""

from __future__ import annotations


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


class RuleNotInForce(RulebookError):  # noqa: N818 - the name says the state, as the field does
    """The rule had no value on the date asked for."""


class SampleError(QAError):
    """A population, freeze, seed or draw is refused."""


class RegisterError(QAError):
    """The register cannot be opened, or what it holds contradicts what arrived."""


class StorageError(QAError):
    """A file could not be written after something was recorded, which the message says."""


class RunError(QAError):
    """A run file is wrong, or a run cannot be carried out."""


class DisclosureError(QAError):
    """A table cannot be published safely as asked."""
