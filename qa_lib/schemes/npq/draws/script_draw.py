"""The draw of the NPQ framework: a random tenth of a provider's scripts for national moderation (NPQ.M5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qa_lib.audit.audit import Audit
from qa_lib.errors import NothingToShow
from qa_lib.register.list_draws import draw_from_list
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.list_draw import FrozenList, ListDraw
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.rules.script_moderation import scripts_of


def script_list(first_day: str = "", last_day: str = "") -> ListDraw:
    """Return the draw of the scripts of a period: those assessed in it, but for those that were moderated before it.

    Parameters
    ----------
    first_day, last_day
        On which days the period begins and ends, as for :func:`qa_lib.schemes.npq.audit.make_audit`.
    """

    def scripts(known: Audit, period: str) -> pd.DataFrame:
        provider = known.provider
        if not known.has("scripts"):
            raise NothingToShow(f"the data set has no table scripts, so nothing of {provider} can be drawn")
        about: dict[str, Any] = {"provider": provider, "as_of": known.as_of, "period": period}
        return scripts_of(make_audit(known.tables, known.book, **about, first_day=first_day, last_day=last_day))

    return ListDraw(
        name="scripts",
        columns=("participant_id", "level"),
        purpose="national moderation of scripts",
        population=scripts,
        rule=("NPQ.M5", "sample"),
    )


#: The scripts of a period that has the days of its year.
SCRIPTS = script_list()


def script_draw_or_none(
    tables: Mapping[str, pd.DataFrame], book: RuleBook, *, first_day: str = "", last_day: str = "", **asked: str
) -> FrozenList | None:
    """Return :func:`qa_lib.register.list_draws.draw_from_list` of scripts where there are any and a seed, else None."""
    if "scripts" not in tables or not (asked.get("seed") or asked.get("seed_series")):
        return None
    return draw_from_list(script_list(first_day, last_day), tables, book, **asked)
