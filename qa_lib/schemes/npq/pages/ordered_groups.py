"""Groups that have an order: whether retention and achievement rise or fall along Ofsted grades and bands of age."""

from __future__ import annotations

import re

import pandas as pd

from qa_lib.schemes.npq.pages.group_tables import PLACE, listed
from qa_lib.schemes.npq.rules.group_gaps import SCHOOL
from qa_lib.statistics.mix import compare_characteristics
from qa_lib.statistics.multiplicity import adjust_p

GRADES = ("Inadequate", "Requires improvement", "Good", "Outstanding")
#: Grades and bands of age, as columns of people.
ORDERED = ("ofsted", "age_band")
_COLUMNS = [*PLACE, "measure", "characteristic", "first", "last", "people", "slope_points", "p_trend", "p_adjusted"]


def ordered_trends(people: pd.DataFrame, *, outcomes: str) -> pd.DataFrame:
    """Return whether outcomes rise or fall along the groups of each characteristic that has an order.

    Parameters
    ----------
    people
        One row per person with ``provider``, ``level``, outcomes and characteristics.
    outcomes
        Columns of outcomes, with commas.

    Returns
    -------
    DataFrame
        ``provider, level, measure, characteristic``, the ``first`` and the ``last`` group of the order, ``people``,
        ``slope_points`` (points from one group to the next), ``p_trend``, and ``p_adjusted`` after Holm within provider
        and level. Grades belong to schools, and are tested school by school.
    """
    orders = {name: order for name in ORDERED if name in people.columns and len(order := _order(people[name])) > 1}
    if people.empty or not orders:
        return pd.DataFrame(columns=_COLUMNS)
    parts = [
        compare_characteristics(
            people, outcome=measure, groups=list(orders), within=PLACE, ordered=orders,
            cluster=SCHOOL if SCHOOL in people.columns else None,
        ).assign(measure=measure)
        for measure in listed(outcomes)
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True).dropna(subset="p_trend").rename(columns={"n": "people"})
    ends = table["characteristic"].map(orders)
    table = table.assign(first=ends.str[0], last=ends.str[-1])
    table["p_adjusted"] = adjust_p(table["p_trend"], families=table.groupby(PLACE, sort=False).ngroup())
    return table[_COLUMNS].sort_values(PLACE, kind="stable", ignore_index=True)


def trend_sentences(trends: pd.DataFrame) -> list[str]:
    """Say which trends chance would rarely give, and how many were looked for."""
    if trends.empty:
        return ["No characteristic with an order, such as an Ofsted grade, is known of these people."]
    clear = trends[trends["p_adjusted"] <= 0.05]
    lines = [
        f"{row['level']}, {row['measure']}: {row['slope_points']:+.1f} points with each step from {row['first']} to "
        f"{row['last']} ({row['characteristic']}; p = {row['p_adjusted']:.2g} after Holm)."
        for row in clear.to_dict("records")
    ]
    looked = f"{len(trends)} trends along ordered groups were looked for"
    return [*lines, f"{looked}; {len(clear)} of them are more than chance would often give."]


def _order(values: pd.Series) -> list[str]:
    """Return the groups in order: grades from the worst to the best, bands by the ages in them."""
    there = {str(value) for value in values.dropna().unique()}
    if values.name == "ofsted":
        return [grade for grade in GRADES if grade in there]
    starts = {
        text: int(found[0]) - ("under" in text.casefold()) for text in there if (found := re.search(r"\d+", text))
    }
    return sorted(starts, key=lambda text: starts[text])
