"""A tidied notebook is the same whenever and wherever it ran."""

from __future__ import annotations

import copy
import json

import nbformat
import nbformat.v4 as v4

from qa_lib.reports.notebook import normalise_notebook


def ran(clock, path, pieces):
    """Return a notebook as papermill leaves it at some time, in some place."""
    out = [v4.new_output("stream", name="stdout", text=piece) for piece in pieces]
    out.append(v4.new_output("stream", name="stderr", text=f"process {clock}"))
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# T", metadata={"papermill": {"start_time": clock}}),
            v4.new_code_cell("month = ''\nout = ''", execution_count=1, metadata={"tags": ["parameters"]}),
            v4.new_code_cell(
                f"# Parameters\nmonth = '2013-01'\nout = {path!r}\n",
                execution_count=2,
                metadata={"tags": ["injected-parameters"]},
            ),
            v4.new_code_cell(
                "print('ab')", execution_count=3, outputs=out, metadata={"execution": {"iopub.execute": clock}}
            ),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": clock, "mimetype": "text/x-python"},
            "papermill": {"parameters": {"month": "2013-01", "out": path}, "output_path": path, "duration": clock},
            "widgets": {clock: {}},
        },
    )


def test_clock_place_and_chance_leave_no_trace():
    """Two runs that differ in all of these give the same bytes, which are a valid notebook."""
    one = normalise_notebook(ran("10:00", "/home/a", ["a", "b\n"]), parameters={"out": ""})
    two = normalise_notebook(ran("11:30", "C:\\b", ["ab\n"]), parameters={"out": ""})
    assert json.dumps(one) == json.dumps(two)
    nbformat.validate(one)


def test_what_was_computed_stays():
    """Outputs, order of execution, tags and the other parameters are kept; the original is not changed."""
    original = ran("10:00", "/home/a", ["a", "b\n"])
    before = copy.deepcopy(original)
    tidy = normalise_notebook(original)
    assert original == before
    assert [cell.get("execution_count") for cell in tidy["cells"]] == [None, 1, 2, 3]
    assert tidy["cells"][3]["outputs"] == [v4.new_output("stream", name="stdout", text="ab\n")]
    assert tidy["cells"][2]["source"] == "# Parameters\nmonth = '2013-01'\nout = '/home/a'\n"
    assert tidy["metadata"]["papermill"] == {"parameters": {"month": "2013-01", "out": "/home/a"}}


def test_a_parameter_that_held_a_path_is_shown_otherwise():
    """In the cell that the run put in and in the metadata; the others stay."""
    tidy = normalise_notebook(ran("10:00", "/home/a", []), parameters={"out": "", "other": 1})
    assert tidy["cells"][2]["source"] == "# Parameters\nmonth = '2013-01'\nout = ''\n"
    assert tidy["metadata"]["papermill"] == {"parameters": {"month": "2013-01", "out": ""}}


def test_tidying_twice_changes_nothing():
    """A tidy notebook is left as it is."""
    once = normalise_notebook(ran("10:00", "/home/a", ["a"]))
    assert normalise_notebook(once) == once
