"""Charts say what their frames hold, in marks and in words, the same every time."""

from __future__ import annotations

import io
import warnings
from itertools import pairwise

import matplotlib as mpl
import pandas as pd
import pytest

from qa_lib.errors import RunError
from qa_lib.reports import charts

COVERAGE = pd.DataFrame(
    [
        ("2012-12", "assessors", 10, 6),
        ("2012-12", "PoPs", 4, 4),
        ("2013-01", "assessors", 12, 11),
        ("2013-01", "PoPs", 5, 5),
    ],
    columns=["month", "kind", "seen", "sampled"],
)
PARTS = pd.DataFrame({"selected_by": ["random", "certainty", "risk"], "files": [9, 2200, 9]})
CURVES = pd.DataFrame(
    [(n, r, c) for n, cs in ((20, (1.0, 0.4)), (1, (1.0, 0.9))) for r, c in zip((0.0, 0.1), cs, strict=True)],
    columns=["sample_size", "true_rate", "chance_of_passing"],
)
BOUNDS = pd.DataFrame(
    {"label": ["A $x$", "B", "C"], "estimate": [0.02, None, 0.08], "low": [0, 0, 0.03], "high": [0.1, 0.3, 0.2]}
)
PERIODS = pd.DataFrame(
    [(year, what, level, share) for what in ("retention", "achievement")
     for year, level, share in (("2017-18", "H", 0.9), ("2018-19", "H", 0.95), ("2018-19", "EL", 0.8))],
    columns=["period", "measure", "series", "share"],
)  # fmt: skip

DRAW = [
    (charts.coverage_chart, COVERAGE),
    (charts.composition_chart, PARTS),
    (charts.operating_characteristic_chart, CURVES),
    (charts.bounds_chart, BOUNDS),
    (charts.periods_chart, PERIODS),
]


def png(chart):
    """Return the bytes of a chart's figure."""
    buffer = io.BytesIO()
    chart.figure.savefig(buffer, metadata={"Software": None})
    return buffer.getvalue()


@pytest.mark.parametrize(("draw", "frame"), DRAW)
def test_the_order_of_rows_changes_no_pixel_and_no_word(draw, frame):
    """From the reversed frame come the same picture and the same words; global settings are left as they were."""
    before = dict(mpl.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = draw(frame, title="T"), draw(frame.iloc[::-1], title="T")
        assert (png(one), one.alt) == (png(other), other.alt)
    assert dict(mpl.rcParams) == before


def test_the_words_of_each_chart():
    """They say what is shown, with the numbers."""
    assert [draw(frame, title="T").alt for draw, frame in DRAW] == [
        "Line chart by month, 2012-12 to 2013-01, of how many had been seen and sampled: "
        "11 of 12 assessors sampled by 2013-01 and 5 of 5 PoPs sampled by 2013-01.",
        "Bar chart of the 2,218 sampled files by what selected them: certainty 2,200, random 9 and risk 9.",
        "Curves of the chance of passing, which falls as the true rate rises: with 1 file a true rate of 10.0 % passes "
        "with a chance of 90.0 %; with 20 files a true rate of 10.0 % passes with a chance of 40.0 %.",
        "Estimates with their intervals. C: 8.0 %, between 3.0 % and 20.0 %; A $x$: 2.0 %, between 0.0 % and 10.0 %; "
        "B: no estimate, between 0.0 % and 30.0 %.",
        "Lines of shares by period: achievement, EL, 2018-19: 80.0 %; achievement, H, 2017-18: 90.0 %; "
        "achievement, H, 2018-19: 95.0 %; retention, EL, 2018-19: 80.0 %; retention, H, 2017-18: 90.0 %; "
        "retention, H, 2018-19: 95.0 %.",
    ]


def test_periods_go_from_left_to_right_a_line_for_each_series():
    """A series that begins later begins at its own period; the words name every share."""
    drawn = charts.periods_chart(PERIODS, title="T")
    achievement, retention = drawn.figure.axes
    assert [axis.get_title(loc="left") for axis in (achievement, retention)] == ["Achievement", "Retention"]
    lines = {tuple(line.get_xdata()): tuple(line.get_ydata()) for line in retention.get_lines()}
    assert lines == {(0, 1): (0.9, 0.95), (1,): (0.8,)}
    assert [label.get_text() for label in retention.get_xticklabels()] == ["2017-18", "2018-19"]


def test_the_words_can_be_about_the_tolerable_rate():
    """At the drawn rate that is nearest to it."""
    chart = charts.operating_characteristic_chart(CURVES, title="T", tolerable=0.04)
    assert "true rate of 0.0 % passes with a chance of 100.0 %" in chart.alt


def test_lines_and_bars_stand_where_the_frame_says():
    """The marks carry the frame's numbers."""
    lines = charts.coverage_chart(COVERAGE, title="T").figure.axes[0].lines
    assert [line.get_ydata().tolist() for line in lines] == [[10, 12], [6, 11]]
    bars = charts.composition_chart(PARTS, title="T").figure.axes[0].patches
    assert [bar.get_width() for bar in bars] == [9, 9, 2200]
    curves = charts.operating_characteristic_chart(CURVES, title="T", tolerable=0.05).figure.axes[0].lines
    assert [line.get_ydata().tolist() for line in curves[:2]] == [[1.0, 0.9], [1.0, 0.4]]
    points = charts.bounds_chart(BOUNDS, title="T", tolerable=0.05).figure.axes[0].lines[0]
    assert points.get_xdata()[1:].tolist() == [0.02, 0.08]


@pytest.mark.parametrize(("draw", "frame"), DRAW)
def test_a_chart_says_its_finding(draw, frame):
    """The title is the caller's sentence."""
    assert draw(frame, title="The finding").figure.get_suptitle() == "The finding"


@pytest.mark.parametrize(("draw", "frame"), DRAW)
def test_a_frame_without_a_column_is_refused(draw, frame):
    """The message names what is missing."""
    with pytest.raises(RunError, match=f"lacks the columns \\['{frame.columns[0]}'\\]"):
        draw(frame.iloc[:, 1:], title="T")


@pytest.mark.parametrize(("sizes", "fine"), [(4, True), (5, False)])
def test_a_chart_tells_four_series_apart(sizes, fine):
    """Five are refused: the fifth colour would be the first again."""
    frame = pd.DataFrame({"sample_size": range(sizes), "true_rate": 0.1, "chance_of_passing": 0.5})
    if fine:
        assert len(charts.operating_characteristic_chart(frame, title="T").figure.axes[0].lines) == 4
    else:
        with pytest.raises(RunError, match="at most 4"):
            charts.operating_characteristic_chart(frame, title="T")


def test_end_labels_never_cover_each_other():
    """Where curves end at one point, their names stand one above the other."""
    frame = pd.DataFrame({"sample_size": [1, 2, 3, 4], "true_rate": 0.1, "chance_of_passing": 0.0})
    (axis,) = charts.operating_characteristic_chart(frame, title="T").figure.axes
    heights = sorted(text.xy[1] for text in axis.texts)
    assert min(b - a for a, b in pairwise(heights)) > 0.05


def test_words_have_enough_contrast():
    """Each colour of a label reaches 4.5:1 on white, each colour of a line 3:1 save the palette's own orange (2.9)."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in charts.PALETTE:
        assert 1.05 / (luminance(colour) + 0.05) >= 2.9
        assert 1.05 / (luminance(charts.text_colour(colour)) + 0.05) >= 4.5
