"""Forest plot of groups against the rest of their provider: each difference with its interval, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qa_lib.errors import RunError
from qa_lib.reports.charts import BLUE, ORANGE, PINK, SOFT, TURQUOISE, Chart, house_figure, need_columns, or_nothing

#: Most rows that a chart can hold and be read.
MOST_ROWS = 25
#: Verdict -> colour and mark; never the colour alone.
_MARKS = {
    "different": (PINK, "D"),
    "different but small": (ORANGE, "D"),
    "shown equivalent": (TURQUOISE, "s"),
    "cannot tell": (BLUE, "o"),
}
_COLUMNS = ["label", "diff_points", "holm_low", "holm_high", "verdict", "flag", "margin_points"]
_UNTESTED = ("not tested", "too few")


def forest_frame(result: pd.DataFrame, *, within: Sequence[str] = (), most: int = MOST_ROWS) -> pd.DataFrame:
    """Choose the groups to draw: those over the rule's threshold or found different, then those with the smallest p.

    Parameters
    ----------
    result
        What ``compare_groups`` returned.
    within
        Columns that name the level, measure, ... in front of the group; those with one value only are left out.
    most
        Rows at most.

    Returns
    -------
    DataFrame
        ``label, diff_points, holm_low, holm_high, verdict, flag, margin_points``, in the order of ``result``: the
        interval at the level at which the verdict was reached. Groups that were not tested are left out.
    """
    if not 1 <= most <= MOST_ROWS:
        raise RunError(f"most is {most}; a forest plot can be read with 1 to {MOST_ROWS} rows")
    tested = result[~result["verdict"].isin(_UNTESTED)]
    calm = ~tested["flag"].astype(bool) & ~tested["verdict"].str.startswith("different")
    order = tested.assign(_calm=calm).sort_values(["_calm", "p", "diff_points"], kind="stable")
    chosen = tested.loc[sorted(order.index[:most])]
    named = [name for name in within if tested[name].nunique() > 1]
    labels = [
        ", ".join([*(str(row[name]) for name in named), f"{row['characteristic']} {row['group']} ({row['n']:,})"])
        for row in chosen.to_dict("records")
    ]
    frame = chosen[_COLUMNS[1:]].reset_index(drop=True)
    frame.insert(0, "label", pd.Series(labels, dtype="str"))
    return frame


@or_nothing
def forest_chart(frame: pd.DataFrame, *, title: str) -> Chart:
    """Draw each group's difference from the rest of its provider with its interval.

    Parameters
    ----------
    frame
        What :func:`forest_frame` returned.
    title
        The finding, in one sentence.
    """
    need_columns(frame, _COLUMNS)
    ordered = frame.iloc[::-1].reset_index(drop=True)
    with house_figure(title, height=1.6 + 0.3 * len(ordered)) as (figure, (axis,)):
        axis.axvline(0, color=SOFT, linewidth=1.2)
        for side in (-1, 1):
            ends = side * ordered["margin_points"], ordered.index - 0.5, ordered.index + 0.5
            axis.vlines(*ends, color=SOFT, linewidth=1.2, linestyle=":")
        for verdict, (colour, mark) in _MARKS.items():
            part = ordered[ordered["verdict"] == verdict]
            axis.hlines(part.index, part["holm_low"], part["holm_high"], color=colour, linewidth=2.2)
            hollow = "white" if verdict == "cannot tell" else colour
            axis.plot(part["diff_points"], part.index, mark, color=colour, mfc=hollow, ms=7, mew=1.8)
        for place, row in enumerate(ordered.to_dict("records")):
            text = row["verdict"] + (", over the threshold" if row["flag"] else "")
            weight = "bold" if row["flag"] else "normal"
            where = {"xycoords": ("axes fraction", "data"), "annotation_clip": False}
            axis.annotate(text, (1.01, place), va="center", fontsize=9, fontweight=weight, **where)  # type: ignore[arg-type]
        axis.set_yticks(ordered.index, ordered["label"], fontsize=9)
        axis.set_ylim(-0.6, len(ordered) - 0.4)
        axis.grid(visible=False, axis="y")
        axis.set_xlabel("points above or below the rest of the provider; dotted: the margin on either side")
    return Chart(figure, _forest_words(frame))


def _forest_words(frame: pd.DataFrame) -> str:
    parts = [
        f"{row['label']}: {row['diff_points']:+.1f} points, between {row['holm_low']:+.1f} and "
        f"{row['holm_high']:+.1f}, {row['verdict']}" + (", over the rule's threshold" if row["flag"] else "")
        for row in frame.to_dict("records")
    ]
    return "Differences of groups from the rest of their provider, with intervals. " + "; ".join(parts) + "."
