"""What a scheme says of the draws of its months, as the register and the commands ask for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.scheme import Scheme, load

Tables = Mapping[str, pd.DataFrame]


class Planning(Protocol):
    """Gathers the rule book's values and the choices into the plan of a month."""

    def __call__(
        self, tables: Tables, book: RuleBook, *, month: str, choices: PlanChoices, purpose: str
    ) -> SamplingPlan:
        """Return the plan."""


class Populating(Protocol):
    """Says which files of a month may be drawn as of a day, and which are left out and why."""

    def __call__(
        self,
        tables: Tables,
        book: RuleBook,
        *,
        provider: str,
        month: str,
        choices: PlanChoices,
        purpose: str,
        as_of: str,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the population's columns, and ``case_id, why`` of the files that are left out."""


@dataclass(frozen=True, kw_only=True)
class MonthDraw:
    """How a scheme draws the sample of a provider's month (``docs/protocol.md``).

    Attributes
    ----------
    deciding
        Tables whose rejected rows would change who can be drawn, or how.
    plan, population
        The plan of a month and the files it is drawn from.
    returned
        Case id -> the day on which a file was sent back, as text, of those that were by a day (empty: by now).
    files
        Draw -> name and content of every file that stands beside it.
    doubt
        What is to be looked at in who gave the seed; an empty text where nothing is.
    """

    deciding: tuple[str, ...]
    plan: Planning
    population: Populating
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
