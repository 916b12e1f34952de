"""Every chart, and the words it carries, say so where there is nothing to draw."""

import importlib
import inspect
import pkgutil

import pandas as pd
import pytest

import qa_lib.reports
from qa_lib.reports.charts import NOTHING

MODULES = [
    importlib.import_module(f"qa_lib.reports.{found.name}") for found in pkgutil.iter_modules(qa_lib.reports.__path__)
]
CHARTS = {
    name: thing for module in MODULES for name, thing in vars(module).items()
    if name.endswith("_chart") and thing.__module__ == module.__name__
}  # fmt: skip
ARGUMENTS = {"title": "What was looked at", "of": "files"}


def test_no_chart_is_forgotten():
    """The check below is not empty: it finds the charts of every module of the reports."""
    assert len(CHARTS) >= 9
    assert len({chart.__module__ for chart in CHARTS.values()}) >= 4


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_frame_gives_a_sentence_under_the_charts_own_title(name):
    """The figure holds no mark, only the sentence; the text alternative is the same one."""
    asked = {key: given for key, given in ARGUMENTS.items() if key in inspect.signature(CHARTS[name]).parameters}
    chart = CHARTS[name](pd.DataFrame(), **asked)
    (axis,) = chart.figure.axes
    assert chart.figure.get_suptitle() == ARGUMENTS["title"]
    assert [text.get_text() for text in axis.texts] == [NOTHING]
    assert not [*axis.lines, *axis.patches, *axis.collections]
    assert chart.alt == NOTHING
