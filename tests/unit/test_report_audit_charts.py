"""The charts of what moderation says hold what their frames hold, in marks and in words, whatever the order of rows."""

from __future__ import annotations

import io
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from qa_lib.errors import RunError
from qa_lib.reports import moderation_charts as charts
from qa_lib.reports.charts import NOTHING
from qa_lib.statistics.funnel import funnel_curve

OF = "files not recommended as met"
MET = "files recommended as met"
# A is far outside, B has nobody, the others lie close to one another.
FUNNEL = pd.DataFrame(
    {"id": ["A", "B", "C", "D", "E"], "files": [40, 0, 50, 60, 5], "found": [25, 0, 5, 5, 1]},
)
MONTHS = pd.DataFrame(
    {
        "month": ["2023-11", "2023-12", "2024-01", "2024-02"],
        "files": [10, 10, 0, 10],
        "share": [0.9, 0.8, np.nan, 0.2],
        "mean": 0.85,
        "low": 0.6,
        "high": 1.0,
        "outside": [False, False, False, True],
        "in_run": [True, True, False, False],
    }
)
BOUNDS = pd.DataFrame(
    [
        ("2023-09", "month", 60, 3, 3, 0, 0.0, 0.0, 0.7, 0.6, "not shown"),
        ("2023-10", "month", 60, 4, 4, 1, 0.25, 0.02, 0.8, 0.75, "not shown"),
        ("2023-10", "late-2", 9, 1, 0, 0, np.nan, 0.0, 1.0, 1.0, "nothing returned"),
        ("2023-10", "late-10", 0, 0, 0, 0, np.nan, np.nan, np.nan, np.nan, "nothing to draw from"),
    ],
    columns=[
        "month", "part", "population", "drawn", "returned", "overturned", "rate", "low_rate", "high_rate", "upper_rate",
        "verdict",
    ],
)  # fmt: skip

ALL = [
    (charts.funnel_chart, FUNNEL, {"of": OF}),
    (charts.months_chart, MONTHS, {"of": MET}),
    (charts.overturns_chart, BOUNDS, {}),
]


def png(chart):
    """Return the bytes of a chart's figure."""
    buffer = io.BytesIO()
    chart.figure.savefig(buffer, metadata={"Software": None})
    return buffer.getvalue()


@pytest.mark.parametrize(("draw", "frame", "more"), ALL)
def test_the_order_of_rows_changes_no_pixel_and_no_word(draw, frame, more):
    """From the reversed frame come the same picture and the same words; global settings are left as they were."""
    before = dict(mpl.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = draw(frame, title="T", **more), draw(frame[::-1], title="T", **more)
        assert (png(one), one.alt) == (png(other), other.alt)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(("draw", "frame", "more"), ALL)
def test_a_frame_without_a_column_is_refused(draw, frame, more):
    """The message names what is missing."""
    with pytest.raises(RunError, match=f"lacks the columns \\['{frame.columns[0]}'\\]"):
        draw(frame.iloc[:, 1:], title="T", **more)


@pytest.mark.parametrize(("draw", "frame", "more"), ALL)
def test_a_chart_says_its_finding(draw, frame, more):
    """The title is the caller's sentence."""
    assert draw(frame, title="The finding", **more).figure.get_suptitle() == "The finding"


def test_the_words_of_each_chart():
    """They say what is shown, with the numbers, and who stands out."""
    assert [draw(frame, title="T", **more).alt for draw, frame, more in ALL] == [
        "Funnel plot of the share of files not recommended as met against the number of files, 4 points around 23.2 %, "
        "with 95 % and 99.8 % limits of chance alone and with the ordinary spread. "
        "Outside the 99.8 % limits of chance: A with 25 of 40 (inside the wider limits).",
        "Chart of the share of files recommended as met by month: 2023-11 90.0 %, 2023-12 80.0 %, 2024-02 20.0 %; "
        "mean 85.0 %, limits 60.0 % to 100.0 %. Outside the limits: 2024-02. "
        "8 or more in a row on one side of the mean: 2023-11, 2023-12.",
        "Bounds of the share overturned, from the random part of each freeze. 2023-09: 0 of 3 overturned, between "
        "0.0 % and 70.0 % of 60 files, not shown; 2023-10: 1 of 4 overturned, between 2.0 % and 80.0 % of 60 files, "
        "not shown; 2023-10 late-2: nothing returned; 2023-10 late-10: nothing to draw from.",
    ]


def test_the_funnel_holds_its_points_and_both_sets_of_limits():
    """Those without files have no point; who is outside has another mark, and is named."""
    axis = charts.funnel_chart(FUNNEL, title="T", of=OF).figure.axes[0]
    inside, outside = axis.lines[-2:]
    assert inside.get_xdata().tolist() == [5, 50, 60]
    assert (outside.get_xdata().tolist(), outside.get_ydata().tolist()) == ([40], [25 / 40])
    assert (inside.get_marker(), outside.get_marker()) == ("o", "D")
    assert "A" in [text.get_text().strip() for text in axis.texts]
    sizes = axis.lines[1].get_xdata()
    low, high = funnel_curve(sizes, target=36 / 155, confidence=0.95)
    assert axis.lines[1].get_ydata().tolist() == low.tolist()
    assert axis.lines[2].get_ydata().tolist() == high.tolist()
    assert {line.get_linestyle() for line in axis.lines[1:9]} == {"-", "--"}


def test_nobody_outside_is_said_and_nobody_with_files_too():
    """A funnel of equals names no one; one without any file says that there is nothing to show."""
    calm = FUNNEL.assign(found=[4, 0, 5, 6, 1])
    assert charts.funnel_chart(calm, title="T", of=OF).alt.endswith("None is outside the 99.8 % limits of chance.")
    charts.funnel_chart(calm.head(1), title="T", of=OF)
    charts.funnel_chart(calm.assign(found=0), title="T", of=OF)
    charts.funnel_chart(calm.assign(found=calm["files"]), title="T", of=OF)
    nobody = FUNNEL[FUNNEL["id"] == "B"]
    chart = charts.funnel_chart(nobody, title="T", of=OF)
    assert [chart.figure.axes[0].texts[0].get_text(), chart.alt] == [NOTHING, NOTHING]


def test_the_months_hold_their_limits_and_mark_who_is_outside():
    """A month without files breaks the line; months of a run are squares; with too few months there are no limits."""
    axis = charts.months_chart(MONTHS, title="T", of=MET).figure.axes[0]
    line, run, outside = axis.lines[-3:]
    assert (run.get_marker(), run.get_xdata().tolist()) == ("s", [0, 1])
    explained = ["square: 8 or more in a row on one side of the mean", "diamond: outside the limits"]
    assert [text.get_text() for text in axis.texts if ": " in text.get_text()] == explained
    calm = charts.months_chart(MONTHS.assign(in_run=False, outside=False), title="T", of=MET).figure.axes[0]
    assert not [text for text in calm.texts if ": " in text.get_text()]
    assert line.get_ydata().tolist()[3] == 0.2
    assert np.isnan(line.get_ydata()[2])
    assert (outside.get_marker(), outside.get_xdata().tolist()) == ("D", [3])
    assert [one.get_ydata()[0] for one in axis.lines[:3]] == [0.85, 0.6, 1.0]
    alone = MONTHS.head(1).assign(mean=0.9, low=np.nan, high=np.nan)
    chart = charts.months_chart(alone, title="T", of=MET)
    assert len(chart.figure.axes[0].lines) == 4
    assert "no limits before the 8th month with files" in chart.alt
    assert charts.months_chart(MONTHS[MONTHS["files"] == 0], title="T", of=MET).alt == NOTHING


def test_the_freezes_stand_in_the_order_of_time_with_their_verdicts():
    """The first is on top, late parts follow their month by number; those without a return have no bar."""
    axis = charts.overturns_chart(BOUNDS, title="T", tolerable=0.05).figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()][::-1] == [
        "2023-09: 0 of 3", "2023-10: 1 of 4", "2023-10 late-2", "2023-10 late-10",
    ]  # fmt: skip
    assert len(axis.collections[0].get_segments()) == 2
    assert axis.lines[1].get_xdata().tolist() == [0.25, 0.0]
    shown = [text.get_text() for text in axis.texts]
    assert shown[:4] == ["nothing to draw from", "nothing returned", "not shown", "not shown"]
    assert "tolerable: 5.0 %" in shown
    charts.overturns_chart(BOUNDS[BOUNDS["returned"] == 0], title="T")
