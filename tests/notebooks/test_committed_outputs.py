"""Committed notebooks are pages that were executed: thin, in order, with their outputs.

nbval compares no cell without an execution count, so a stripped notebook would pass whatever it computes.
"""

import ast

import pytest

from qa_lib.batch.execute import check_executed
from qa_lib.batch.refresh import notebook_files
from qa_lib.batch.source import declared_parameters, notebook_of
from qa_lib.strict_yaml import ROOT

NOTEBOOKS = notebook_files(ROOT / "notebooks")
LONGEST_CELL = 12
UNWANTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.AsyncFor, ast.Lambda)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def notebook(request):
    """Return each committed notebook with its name."""
    shown = request.param.relative_to(ROOT).as_posix()
    return notebook_of(request.param.read_bytes(), shown), shown


def tags(cell):
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def code_cells(nb):
    """Return number and source of every code cell with anything in it."""
    return [
        (number, cell.source) for number, cell in enumerate(nb.cells, 1) if cell.cell_type == "code" and cell.source
    ]


def test_there_are_notebooks():
    """The checks below are not empty."""
    assert {"moderation_sample", "annual_coverage"} <= {path.stem for path in NOTEBOOKS}


def test_every_code_cell_was_executed_in_order(notebook):
    """Without error, and without anything on standard error."""
    check_executed(*notebook)


def test_cells_are_thin(notebook):
    """No function, class, loop or star import; at most twelve lines to a cell, but for the list of parameters."""
    parameters = {number for number, cell in enumerate(notebook[0].cells, 1) if "parameters" in tags(cell)}
    for number, source in code_cells(notebook[0]):
        assert number in parameters or len(source.splitlines()) <= LONGEST_CELL, f"cell {number}"
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, UNWANTED), f"cell {number}, line {node.lineno}"
            if isinstance(node, ast.ImportFrom):
                assert [alias.name for alias in node.names] != ["*"], f"cell {number}"


def test_notebooks_use_public_names_only(notebook):
    """What a notebook takes from the project it takes from ``qa_lib`` itself."""
    for number, source in code_cells(notebook[0]):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("qa_lib."), f"cell {number}: {node.module}"
            elif isinstance(node, ast.Import):
                assert not any(alias.name.startswith("qa_lib") for alias in node.names), f"cell {number}"


def test_every_notebook_declares_its_parameters(notebook):
    """One cell tagged ``parameters``, so that papermill replaces the defaults; none is a path of one machine."""
    defaults = declared_parameters(*notebook)
    assert all(not str(value).startswith(("/", "~")) for value in defaults.values())


def test_every_page_opens_with_a_heading(notebook):
    """The first cell is prose and gives the page its title."""
    first = notebook[0].cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
