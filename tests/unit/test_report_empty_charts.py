"""Every public chart, and the words of it, say so where there is nothing to draw."""

import inspect

import pandas as pd
import pytest

import qa_lib
from qa_lib.reports.charts import NOTHING

CHARTS = [name for name in qa_lib.__all__ if name.endswith("_chart")]
ARGUMENTS = {"title": "What was looked at", "of": "files"}


def asked(function):
    """Return what a chart function must be given beside its frame."""
    needed = {name for name, one in inspect.signature(function).parameters.items() if one.default is one.empty}
    return {name: value for name, value in ARGUMENTS.items() if name in needed}


def test_no_chart_is_forgotten():
    """Each chart has words that say the same."""
    assert len(CHARTS) >= 9
    assert {f"{name}_alt" for name in CHARTS} <= set(qa_lib.__all__)


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_frame_gives_a_sentence_under_the_charts_own_title(name):
    """The figure holds no mark, only the sentence; the text alternative is the same one."""
    draw, say = getattr(qa_lib, name), getattr(qa_lib, f"{name}_alt")
    figure = draw(pd.DataFrame(), **asked(draw))
    (axis,) = figure.axes
    assert figure.get_suptitle() == ARGUMENTS["title"]
    assert [text.get_text() for text in axis.texts] == [NOTHING]
    assert not [*axis.lines, *axis.patches, *axis.collections]
    assert say(pd.DataFrame(), **asked(say)) == NOTHING
