"""The charts of what moderation says: bounds by freeze, people or places in a funnel, months in an XmR chart.

Whoever stands out has another mark as well as another colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qa_lib.reports.cells import percent_text
from qa_lib.reports.charts import (
    BLUE,
    ORANGE,
    PINK,
    SOFT,
    Chart,
    NothingToDraw,
    end_labels,
    house_figure,
    mark_tolerable,
    month_ticks,
    need_columns,
    or_nothing,
    percent_axes,
    text_colour,
)
from qa_lib.statistics.control import FEWEST, RUN
from qa_lib.statistics.funnel import Funnel, funnel_curve, funnel_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FUNNEL = ["id", "files", "found"]
_MONTHS = ["month", "files", "share", "mean", "low", "high", "outside", "in_run"]
_BOUNDS = [
    *("month", "part", "population", "drawn", "returned", "overturned"),
    *("rate", "low_rate", "high_rate", "upper_rate", "verdict"),
]
_MOST_NAMED = 12
#: Column of a month's signal -> its mark, colour and words; what stands out most is drawn last.
_SIGNALS = (
    ("in_run", "s", ORANGE, f"square: {RUN} or more in a row on one side of the mean"),
    ("outside", "D", PINK, "diamond: outside the limits"),
)


@or_nothing
def funnel_chart(frame: pd.DataFrame, *, title: str, of: str) -> Chart:
    """Draw shares against how many files they rest on, with the limits of chance and of ordinary spread.

    Parameters
    ----------
    frame
        One row per ``id`` with ``files`` and, among them, ``found``; those without files are left out.
    title
        The finding, in one sentence.
    of
        What the share is, for the axis: ``files not recommended as met``.
    """
    there, funnel = _funnel(frame)
    with house_figure(title, height=4.4) as (figure, (axis,)):
        most = int(there["files"].max())
        rates = funnel.rate
        sizes = np.unique(np.linspace(1, most, 200).round().astype(int))
        axis.set_xlim(0, most * 1.02)
        axis.set_ylim(0, min(1.02, max(float(rates.max()), _height(sizes, funnel)) * 1.08 + 0.01))
        _limits(axis, sizes, funnel)
        out = there["outside"]
        for part, mark, colour, fill in ((~out, "o", BLUE, "white"), (out, "D", PINK, PINK)):
            axis.plot(there.loc[part, "files"], rates[part], mark, color=colour, mfc=fill, ms=6, mew=1.5, clip_on=False)
        for place in np.flatnonzero(out)[:_MOST_NAMED]:
            where = (there["files"].iloc[place], rates[place])
            axis.annotate(
                f"  {there['id'].iloc[place]}", where, color=PINK, va="center", fontweight="bold", annotation_clip=False
            )
        percent_axes(axis, "y")
        axis.set_xlabel("files")
        axis.set_ylabel(of)
    return Chart(figure, _funnel_words(there, funnel, of))


def _funnel(frame: pd.DataFrame) -> tuple[pd.DataFrame, Funnel]:
    need_columns(frame, _FUNNEL)
    there = frame[frame["files"] > 0].sort_values(["files", "id"], ignore_index=True)
    if there.empty:
        raise NothingToDraw
    funnel = funnel_limits(there["found"].to_numpy(dtype=np.int64), there["files"].to_numpy(dtype=np.int64))
    outside = (funnel.rate < funnel.low[-1]) | (funnel.rate > funnel.high[-1])
    spread = (funnel.rate < funnel.low_spread[-1]) | (funnel.rate > funnel.high_spread[-1])
    return there.assign(rate=funnel.rate, outside=outside, outside_spread=spread), funnel


def _height(sizes: np.ndarray, funnel: Funnel) -> float:
    """Return how high the funnel's outermost limit is at a tenth of the way, where it still says something."""
    _, high = funnel_curve([max(int(sizes[-1]) // 10, 1)], target=funnel.target, confidence=funnel.levels[-1])
    return float(high[0])


def _limits(axis: Axes, sizes: np.ndarray, funnel: Funnel) -> None:
    axis.axhline(funnel.target, color=SOFT, linewidth=1.2)
    ends = [(f"all {percent_text(funnel.target)}", funnel.target, SOFT)]
    for tau2, colour, line in ((None, BLUE, "-"), (funnel.tau2, ORANGE, "--")):
        for level, width in zip(funnel.levels, (1.0, 1.8), strict=True):
            curves = funnel_curve(sizes, target=funnel.target, confidence=level, tau2=tau2)
            for curve in curves:
                axis.plot(sizes, curve, color=colour, linewidth=width, linestyle=line)
            if tau2 is None:
                ends.append((f"{100 * level:g} %", float(curves[1][-1]), colour))
    end_labels(axis, float(sizes[-1]) * 1.02, ends)
    texts = (("chance alone", BLUE), ("with the ordinary spread", text_colour(ORANGE)))
    for row, (text, colour) in enumerate(texts):
        lines = ("solid: ", "dashed: ")[row]
        axis.annotate(
            lines + text, (0.99, 0.97 - 0.07 * row), xycoords="axes fraction", ha="right", va="top", color=colour
        )


def _funnel_words(there: pd.DataFrame, funnel: Funnel, of: str) -> str:
    parts = [
        f"{row['id']} with {row['found']:,} of {row['files']:,}"
        + ("" if row["outside_spread"] else " (inside the wider limits)")
        for row in there[there["outside"]].sort_values("id").to_dict("records")
    ]
    outside = (
        f"Outside the 99.8 % limits of chance: {'; '.join(parts)}."
        if parts
        else "None is outside the 99.8 % limits of chance."
    )
    return (
        f"Funnel plot of the share of {of} against the number of files, {len(there)} points around "
        f"{percent_text(funnel.target)}, with 95 % and 99.8 % limits of chance alone and with the ordinary spread. "
        f"{outside}"
    )


@or_nothing
def months_chart(frame: pd.DataFrame, *, title: str, of: str) -> Chart:
    """Draw one share over the months with its natural limits (XmR), and mark the signals.

    A month outside the limits is a diamond; one of a long run on one side of the mean a square.

    Parameters
    ----------
    frame
        One row per ``month`` with ``files``, the ``share`` of them, the ``mean`` and the limits ``low`` and ``high`` of
        all months (blank where there are too few), whether the month is ``outside`` them, and whether it is ``in_run``:
        one of eight or more in a row on one side of the mean.
    title
        The finding, in one sentence.
    of
        What the share is, for the axis: ``files recommended as met``.
    """
    ordered = _months(frame)
    share, places = ordered["share"].to_numpy(dtype=float), np.arange(len(ordered))
    mean, low, high = (float(ordered[name].iloc[0]) for name in ("mean", "low", "high"))
    with house_figure(title, height=3.8) as (figure, (axis,)):
        edges = np.array([*share, low, high])
        bottom, top = float(np.nanmin(edges)), float(np.nanmax(edges))
        room = max(0.12 * (top - bottom), 0.01)
        axis.set_ylim(bottom - room, top + room)
        axis.set_xlim(-0.4, len(ordered) - 0.6 + 0.2)
        ends = []
        for text, height, line in (("mean", mean, "-"), ("limit", low, ":"), ("limit", high, ":")):
            if not np.isnan(height):
                axis.axhline(height, color=SOFT, linewidth=1.4, linestyle=line)
                ends.append((f"{text} {percent_text(height)}", height, SOFT))
        axis.plot(places, share, "-o", color=BLUE, linewidth=1.8, ms=6)
        for row, (signal, mark, colour, words) in enumerate(_SIGNALS):
            marked = ordered[signal].to_numpy(dtype=bool)
            axis.plot(places[marked], share[marked], mark, color=colour, ms=9)
            if marked.any():
                where: Any = {"xycoords": "axes fraction", "ha": "right", "va": "bottom"}
                axis.annotate(words, (0.99, 0.02 + 0.07 * row), color=text_colour(colour), **where)
        end_labels(axis, len(ordered) - 0.4, ends)
        month_ticks(axis, ordered["month"].tolist())
        percent_axes(axis, "y")
        axis.set_ylabel(of)
        axis.grid(visible=False, axis="x")
    return Chart(figure, _months_words(ordered, of))


def _months(frame: pd.DataFrame) -> pd.DataFrame:
    need_columns(frame, _MONTHS)
    ordered = frame.sort_values("month", ignore_index=True)
    if ordered["share"].isna().all():
        raise NothingToDraw
    return ordered


def _months_words(ordered: pd.DataFrame, of: str) -> str:
    known = ordered.dropna(subset=["share"])
    parts = [f"{row['month']} {percent_text(row['share'])}" for row in known.to_dict("records")]
    first = ordered.iloc[0]
    limits = (
        f"no limits before the {FEWEST}th month with files"
        if np.isnan(first["low"])
        else f"mean {percent_text(first['mean'])}, limits {percent_text(first['low'])} to {percent_text(first['high'])}"
    )
    outside, run = (
        ", ".join(ordered.loc[ordered[signal].astype(bool), "month"]) or "none" for signal in ("outside", "in_run")
    )
    return (
        f"Chart of the share of {of} by month: {', '.join(parts)}; {limits}. Outside the limits: {outside}. "
        f"{RUN} or more in a row on one side of the mean: {run}."
    )


@or_nothing
def overturns_chart(frame: pd.DataFrame, *, title: str, tolerable: float | None = None) -> Chart:
    """Draw for each freeze how many of its passes may be overturned, the first month on top.

    Parameters
    ----------
    frame
        One row per ``month`` and ``part`` of it (``month``, ``late-1``, ...) with the counts ``population``, ``drawn``,
        ``returned``, ``overturned``, the rates ``rate, low_rate, high_rate, upper_rate``, and a ``verdict``.
    title
        The finding, in one sentence.
    tolerable
        The rate that the verdicts are about, marked by a line.
    """
    freezes = _freezes(frame)
    ordered = freezes.iloc[::-1].reset_index(drop=True)
    drawn = ordered["returned"] > 0
    with house_figure(title, height=1.5 + 0.34 * len(ordered)) as (figure, (axis,)):
        seen = ordered[drawn]
        axis.hlines(seen.index, seen["low_rate"], seen["high_rate"], color=BLUE, linewidth=3)
        axis.plot(seen["upper_rate"], seen.index, "|", color=BLUE, ms=11, mew=2)
        axis.plot(seen["rate"], seen.index, "o", color=BLUE, ms=8, mec="white", clip_on=False)
        for place, verdict in enumerate(ordered["verdict"]):
            where: Any = {"xycoords": ("axes fraction", "data"), "annotation_clip": False}
            axis.annotate(str(verdict), (1.01, place), va="center", fontsize=9, **where)
        labels = [
            f"{name}: {row['overturned']} of {row['returned']}" if row["returned"] else name
            for name, row in zip(_names(ordered), ordered.to_dict("records"), strict=True)
        ]
        axis.set_yticks(ordered.index, labels)
        axis.set_ylim(-0.6, len(ordered) - 0.4)
        axis.set_xlim(0, min(1.0, float(seen["high_rate"].max()) * 1.06 + 0.002) if len(seen) else 1.0)
        axis.grid(visible=False, axis="y")
        mark_tolerable(axis, tolerable)
        percent_axes(axis, "x")
        axis.set_xlabel("share overturned of the files drawn from; bar: two-sided bounds, tick: one-sided upper bound")
    return Chart(figure, _overturns_words(freezes))


def _freezes(frame: pd.DataFrame) -> pd.DataFrame:
    need_columns(frame, _BOUNDS)
    late = frame["part"].str.extract(r"(\d+)", expand=False).astype("Float64").fillna(0)
    return frame.assign(_late=late).sort_values(["month", "_late"], ignore_index=True)


def _names(frame: pd.DataFrame) -> list[str]:
    return [
        month if part == "month" else f"{month} {part}"
        for month, part in zip(frame["month"], frame["part"], strict=True)
    ]


def _overturns_words(ordered: pd.DataFrame) -> str:
    parts = [
        f"{name}: {row['overturned']} of {row['returned']} overturned, between {percent_text(row['low_rate'])} and "
        f"{percent_text(row['high_rate'])} of {row['population']:,} files, {row['verdict']}"
        if row["returned"]
        else f"{name}: {row['verdict']}"
        for name, row in zip(_names(ordered), ordered.to_dict("records"), strict=True)
    ]
    return "Bounds of the share overturned, from the random part of each freeze. " + "; ".join(parts) + "."
