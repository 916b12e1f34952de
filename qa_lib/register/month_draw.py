"""What a scheme says of the draws of its months, as the register and the commands ask for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.scheme import Scheme, load

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class MonthDraw:
    """How a scheme draws the sample of a provider's month (``docs/protocol.md``).

    Attributes
    ----------
    plan
        ``(tables, book, *, month, choices, purpose)`` -> the plan of a month: the rule book's values and the choices.
    population
        ``(tables, book, *, provider, month, choices, purpose, as_of, returned)`` -> the columns of the files that may
        be drawn as of a day, and ``case_id, why`` of those that are left out. ``returned`` is what came back to the
        register so far (:func:`qa_lib.register.returned_files.returned_so_far`).
    returned
        Case id -> the day on which a file was sent back, as text, of those that were by a day (empty: by now).
    files
        Draw -> name and content of every file that stands beside it.
    doubt
        What is to be looked at in who gave the seed; an empty text where nothing is.
    """

    plan: Callable[..., SamplingPlan]
    population: Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
    returned: Callable[[Tables, str], Mapping[str, str]]
    files: Callable[[Draw], dict[str, bytes]]
    doubt: Callable[[Draw, RuleBook, Collection[str]], str]


def month_draw_of(scheme: Scheme) -> MonthDraw:
    """Return how a scheme draws its months.

    Raises
    ------
    SampleError
        If it draws none.
    """
    if not scheme.month_draw:
        lists = f"; it draws from lists: {', '.join(scheme.list_draws)}" if scheme.list_draws else ""
        raise SampleError(f"the scheme {scheme.name} draws no months{lists} (qa freeze with --period and --list)")
    found: MonthDraw = load(scheme.month_draw)
    return found
