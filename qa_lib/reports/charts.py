"""The charts of the reports, drawn from frames that tests check; each carries words that say what it shows.

House style after the Government Analysis Function's guidance: four colours that stand apart from white and from their
neighbours, labels on the marks rather than legends, horizontal text, the finding as title (the caller gives it).
Figures are made without pyplot, so nothing depends on a back end or is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import pandas as pd

from qa_lib.audit.words import count_with_noun
from qa_lib.calendar.months import MONTH_NAMES
from qa_lib.errors import RunError
from qa_lib.reports.cells import percent_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, TURQUOISE, PINK, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
PALETTE = (BLUE, ORANGE, TURQUOISE, PINK)
_INK, SOFT, _LINE = "#1F2328", "#595959", "#D5D9DF"
_STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _LINE,
    "grid.linewidth": 0.8,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.bottom": False,
    "ytick.left": False,
    "svg.hashsalt": "qa_lib",
    "text.parse_math": False,
}
_MOST_SERIES = len(PALETTE)
_MOST_MONTH_LABELS = 6


NOTHING = "Nothing to show: there are no figures for this chart."
_P = ParamSpec("_P")


@dataclass(frozen=True)
class Chart:
    """A figure, and the words that say what it shows to whoever does not see it: its text alternative."""

    figure: Figure
    alt: str


class NothingToDraw(Exception):  # noqa: N818 - it is a state, and never leaves a chart
    """A chart's frame has no row that could be drawn."""


def or_nothing(draw: Callable[Concatenate[pd.DataFrame, _P], Chart]) -> Callable[Concatenate[pd.DataFrame, _P], Chart]:
    """Let a chart of a frame in which there is nothing to draw say so, under its own title and in its words."""

    @wraps(draw)
    def drawn(frame: pd.DataFrame, /, *args: _P.args, **named: _P.kwargs) -> Chart:
        try:
            return draw(frame, *args, **named)
        except NothingToDraw:
            with house_figure(str(named.get("title", "")), height=1.2) as (figure, (axis,)):
                axis.set_axis_off()
                axis.text(0, 0.5, NOTHING, transform=axis.transAxes, va="center")
            return Chart(figure, NOTHING)

    return drawn


@or_nothing
def coverage_chart(frame: pd.DataFrame, *, title: str) -> Chart:
    """Draw how the year's coverage grew: for each kind of entity, how many had been seen and how many sampled.

    Parameters
    ----------
    frame
        One row per ``month`` and ``kind`` (assessors, centres), with the cumulative counts ``seen`` and ``sampled``.
    title
        The finding, in one sentence.
    """
    need_columns(frame, ["month", "kind", "seen", "sampled"])
    kinds = _series(frame, "kind")
    with house_figure(title, panels=len(kinds), height=3.7) as (figure, axes):
        for axis, kind in zip(axes, kinds, strict=True):
            _coverage_panel(axis, frame[frame["kind"] == kind].sort_values("month"), kind)
        axes[0].set_ylabel("so far this year")
    return Chart(figure, _coverage_words(frame, kinds))


def _coverage_panel(axis: Axes, part: pd.DataFrame, kind: str) -> None:
    months, ends = part["month"].tolist(), []
    axis.set_ylim(0, float(part["seen"].max()) * 1.1 + 1)
    for name, colour, line in (("seen", ORANGE, "--"), ("sampled", BLUE, "-")):
        axis.plot(range(len(months)), part[name].astype(float), color=colour, linewidth=2.4, linestyle=line)
        ends.append((f"{name} {part[name].iloc[-1]:,}", float(part[name].iloc[-1]), colour))
    axis.set_title(_sentence(kind))
    axis.grid(visible=False, axis="x")
    end_labels(axis, len(months) - 1, ends)
    month_ticks(axis, months)


def _coverage_words(frame: pd.DataFrame, kinds: list[Any]) -> str:
    months = sorted(set(frame["month"]))
    parts = []
    for kind in kinds:
        last = frame[frame["kind"] == kind].sort_values("month").iloc[-1]
        parts.append(f"{int(last['sampled']):,} of {int(last['seen']):,} {kind} sampled by {last['month']}")
    return f"Line chart by month, {months[0]} to {months[-1]}, of how many had been seen and sampled: {_listed(parts)}."


@or_nothing
def composition_chart(frame: pd.DataFrame, *, title: str) -> Chart:
    """Draw what put files into the sample as sorted bars.

    Parameters
    ----------
    frame
        One row per ``selected_by`` with the count ``files``.
    title
        The finding, in one sentence.
    """
    need_columns(frame, ["selected_by", "files"])
    most_first = frame.sort_values(["files", "selected_by"], ascending=[False, True])
    ordered = most_first.iloc[::-1]
    with house_figure(title, height=0.9 + 0.5 * len(ordered)) as (figure, (axis,)):
        bars = axis.barh(ordered["selected_by"], ordered["files"], color=BLUE, height=0.62)
        axis.bar_label(bars, labels=[f"{count:,}" for count in ordered["files"]], padding=4, fontweight="bold")
        axis.set_xlim(0, max(float(ordered["files"].max()), 1) * 1.1)
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
        axis.grid(visible=False)
    parts = [f"{name} {count:,}" for name, count in zip(most_first["selected_by"], most_first["files"], strict=True)]
    words = f"Bar chart of the {ordered['files'].sum():,} sampled files by what selected them: {_listed(parts)}."
    return Chart(figure, words)


@or_nothing
def operating_characteristic_chart(frame: pd.DataFrame, *, title: str, tolerable: float | None = None) -> Chart:
    """Draw the chance of passing against the true rate, one curve for each sample size.

    Parameters
    ----------
    frame
        One row per ``sample_size`` and ``true_rate``, with ``chance_of_passing``; at most four sizes.
    title
        The finding, in one sentence.
    tolerable
        The rate that the claim is about, marked by a line.
    """
    need_columns(frame, ["sample_size", "true_rate", "chance_of_passing"])
    right, ends = float(frame["true_rate"].max()), []
    with house_figure(title, height=4.0) as (figure, (axis,)):
        axis.set_ylim(0, 1.02)
        axis.set_xlim(0, right)
        for colour, size in zip(PALETTE, _series(frame, "sample_size"), strict=False):
            part = frame[frame["sample_size"] == size].sort_values("true_rate").astype(float)
            axis.plot(part["true_rate"], part["chance_of_passing"], color=colour, linewidth=2.2)
            ends.append((count_with_noun(size, "file"), float(part["chance_of_passing"].iloc[-1]), colour))
        end_labels(axis, right, ends)
        mark_tolerable(axis, tolerable)
        percent_axes(axis, "xy")
        axis.set_xlabel("true rate in the population")
        axis.set_ylabel("chance of passing")
    return Chart(figure, _passing_words(frame, right if tolerable is None else float(tolerable)))


def _passing_words(frame: pd.DataFrame, at: float) -> str:
    """Say for each sample size how often the rate that was drawn nearest to ``at`` passes."""
    parts = []
    for size in _series(frame, "sample_size"):
        part = frame[frame["sample_size"] == size].reset_index(drop=True)
        nearest = part.loc[(part["true_rate"].astype(float) - at).abs().idxmin()]
        rate, chance = percent_text(nearest["true_rate"]), percent_text(nearest["chance_of_passing"])
        parts.append(f"with {count_with_noun(size, 'file')} a true rate of {rate} passes with a chance of {chance}")
    return f"Curves of the chance of passing, which falls as the true rate rises: {'; '.join(parts)}."


@or_nothing
def bounds_chart(frame: pd.DataFrame, *, title: str, tolerable: float | None = None) -> Chart:
    """Draw estimates with their intervals, the greatest estimate on top.

    Parameters
    ----------
    frame
        One row per ``label`` with the rates ``estimate``, ``low`` and ``high``; without an estimate only the interval.
    title
        The finding, in one sentence.
    tolerable
        A rate to compare with, marked by a line.
    """
    greatest_first = _bounds(frame)
    ordered = greatest_first.iloc[::-1].reset_index(drop=True)
    with house_figure(title, height=1.5 + 0.42 * len(ordered)) as (figure, (axis,)):
        axis.hlines(ordered.index, ordered["low"], ordered["high"], color=BLUE, linewidth=3)
        axis.plot(ordered["estimate"], ordered.index, "o", color=BLUE, markersize=8, markeredgecolor="white")
        axis.set_yticks(ordered.index, ordered["label"])
        axis.set_ylim(-0.6, len(ordered) - 0.4)
        axis.set_xlim(0, max(float(ordered["high"].max()), float(tolerable or 0)) * 1.06 + 0.002)
        axis.grid(visible=False, axis="y")
        mark_tolerable(axis, tolerable)
        percent_axes(axis, "x")
    parts = [
        f"{row['label']}: {percent_text(row['estimate']) or 'no estimate'}, "
        f"between {percent_text(row['low'])} and {percent_text(row['high'])}"
        for row in greatest_first.to_dict("records")
    ]
    return Chart(figure, "Estimates with their intervals. " + "; ".join(parts) + ".")


def _bounds(frame: pd.DataFrame) -> pd.DataFrame:
    need_columns(frame, ["label", "estimate", "low", "high"])
    numbers = {name: frame[name].map(float, na_action="ignore").astype(float) for name in ("estimate", "low", "high")}
    ordered = frame.assign(**numbers).sort_values(["estimate", "high", "label"], ascending=[False, False, True])
    return ordered.reset_index(drop=True)


@or_nothing
def periods_chart(frame: pd.DataFrame, *, title: str) -> Chart:
    """Draw how shares went from period to period: a panel for each measure, a line for each series.

    Parameters
    ----------
    frame
        One row per ``period``, ``measure`` and ``series`` (a level) with its ``share`` from 0 to 1.
    title
        The finding, in one sentence.
    """
    need_columns(frame, ["period", "measure", "series", "share"])
    measures, periods = _series(frame, "measure"), sorted(set(frame["period"]))
    colours = dict(zip(_series(frame, "series"), PALETTE, strict=False))
    with house_figure(title, panels=len(measures), height=3.7) as (figure, axes):
        for axis, measure in zip(axes, measures, strict=True):
            ends = []
            for series, part in frame[frame["measure"] == measure].groupby("series"):
                ordered, colour = part.sort_values("period"), colours[series]
                places = [periods.index(period) for period in ordered["period"]]
                axis.plot(places, ordered["share"], "o-", color=colour, linewidth=2, markersize=5)
                ends.append((str(series), float(ordered["share"].iloc[-1]), colour))
            axis.set_title(_sentence(measure))
            axis.set_xticks(range(len(periods)), periods)
            axis.set_xlim(-0.3, len(periods) - 0.7)
            axis.grid(visible=False, axis="x")
            percent_axes(axis, "y")
            end_labels(axis, len(periods) - 0.95, ends)
    return Chart(figure, _periods_words(frame))


def _periods_words(frame: pd.DataFrame) -> str:
    parts = [
        f"{row['measure']}, {row['series']}, {row['period']}: {percent_text(row['share'])}"
        for row in frame.sort_values(["measure", "series", "period"], kind="stable").to_dict("records")
    ]
    return f"Lines of shares by period: {'; '.join(parts)}."


def need_columns(frame: pd.DataFrame, columns: list[str]) -> None:
    """Refuse a chart's frame that lacks columns; one without rows has nothing to draw."""
    if frame.empty:
        raise NothingToDraw
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise RunError(f"the chart's frame lacks the columns {missing}; it needs {columns}")


def _series(frame: pd.DataFrame, column: str) -> list[Any]:
    values = sorted(set(frame[column]), key=lambda value: str(value).casefold() if isinstance(value, str) else value)
    if len(values) > _MOST_SERIES:
        raise RunError(
            f"{column!r} has {len(values)} values; a chart tells at most {_MOST_SERIES} apart, so choose some"
        )
    return values


@contextmanager
def house_figure(title: str, *, panels: int = 1, height: float) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure in the house style, its title the finding, with panels side by side."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8.5, height), layout="constrained", facecolor="white")
        axes = figure.subplots(1, panels, squeeze=False)[0]
        figure.suptitle(title, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
        yield figure, list(axes)


def mark_tolerable(axis: Axes, tolerable: float | None) -> None:
    """Mark the tolerable rate by a dotted line with its name on top."""
    if tolerable is not None:
        axis.axvline(float(tolerable), color=SOFT, linewidth=1.5, linestyle=":")
        where, text = (float(tolerable), 1.01), f"tolerable: {percent_text(tolerable)}"
        axis.annotate(text, where, xycoords=("data", "axes fraction"), color=SOFT, va="bottom", ha="center")


def end_labels(axis: Axes, x: float, ends: Iterable[tuple[str, float, str]]) -> None:
    """Write each series' name at its end, apart from one another even where the ends meet."""
    low, high = axis.get_ylim()
    apart, floor = (high - low) * 0.07, -float("inf")
    for text, y, colour in sorted(ends, key=lambda end: (end[1], end[0])):
        floor = max(float(y), floor + apart)
        axis.annotate(
            f" {text}", (x, floor), color=text_colour(colour), va="center", fontweight="bold", annotation_clip=False
        )


def text_colour(colour: str) -> str:
    """Return a colour of the palette as words may have it."""
    # Orange and turquoise are strong enough for lines (3:1), not for words (4.5:1).
    darker: Mapping[str, str] = {ORANGE: "#B0430A", TURQUOISE: "#1B7168"}
    return darker.get(colour, colour)


def month_ticks(axis: Axes, months: list[str]) -> None:
    """Name months along the bottom, at most six of them, with the year where it begins."""
    # Names from a list of our own: strftime would follow the locale.
    step = -(-len(months) // _MOST_MONTH_LABELS)
    shown, year = [], ""
    for month in months[::step]:
        name = MONTH_NAMES[int(month[5:7]) - 1][:3]
        shown.append(name if month[:4] == year else f"{name}\n{month[:4]}")
        year = month[:4]
    axis.set_xticks(range(0, len(months), step), shown)


def percent_axes(axis: Axes, which: str) -> None:
    """Write shares in per cent along the axes that are named."""
    for each in which:
        getattr(axis, f"{each}axis").set_major_formatter(lambda value, _: f"{round(100 * value, 6):g} %")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
