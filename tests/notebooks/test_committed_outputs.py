"""Committed notebooks are pages that were executed: thin, in order, with their outputs.

nbval compares no cell without an execution count, so a stripped notebook would pass whatever it computes.
"""

import ast
import importlib

import pytest

import qa_lib
from qa_lib.batch.execute import check_executed
from qa_lib.batch.refresh import notebook_files
from qa_lib.batch.source import declared_parameters, notebook_of
from qa_lib.project_files import ROOT
from qa_lib.scheme import scheme_names

NOTEBOOKS = notebook_files(ROOT / "notebooks")
LONGEST_CELL = 12
MOST_IMPORTS, MOST_FIRST = 4, 6
IMPORTS = (ast.Import, ast.ImportFrom)
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
    """No function, class or loop; at most twelve lines to a cell, but for the list of parameters."""
    parameters = {number for number, cell in enumerate(notebook[0].cells, 1) if "parameters" in tags(cell)}
    for number, source in code_cells(notebook[0]):
        assert number in parameters or len(source.splitlines()) <= LONGEST_CELL, f"cell {number}"
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, UNWANTED), f"cell {number}, line {node.lineno}"


def test_a_notebook_imports_the_library_and_its_schemes_room(notebook):
    """One cell, at most four lines of it: the library, the room of one scheme, and nothing else."""
    cells = [
        [node for node in ast.walk(ast.parse(source)) if isinstance(node, IMPORTS)]
        for _, source in code_cells(notebook[0])
    ]
    (imports,) = filter(None, cells)
    lines = [ast.unparse(node) for node in imports]
    assert len(lines) <= MOST_IMPORTS
    assert lines[0] == "import qa_lib as qa"
    assert lines[1:] in ([], *([f"from qa_lib.schemes import {name}"] for name in scheme_names()))


def test_a_notebook_calls_public_names_only(notebook):
    """What it takes from the library and from the room is offered there."""
    rooms = {"qa": qa_lib} | {name: importlib.import_module(f"qa_lib.schemes.{name}") for name in scheme_names()}
    for number, source in code_cells(notebook[0]):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
                assert node.attr in rooms[node.value.id].__all__, f"cell {number}"


def test_few_parameters_come_first(notebook):
    """At most six, each of which a person sets; what is seldom changed stands below the line that says so."""
    (source,) = [cell.source for cell in notebook[0].cells if "parameters" in tags(cell)]
    first, _, rest = source.partition("\n# seldom changed\n")
    assert 1 <= len(ast.parse(first).body) <= MOST_FIRST
    assert rest or "seldom changed" not in source


def test_every_notebook_declares_its_parameters(notebook):
    """One cell tagged ``parameters``, so that papermill replaces the defaults; none is a path of one machine."""
    defaults = declared_parameters(*notebook)
    assert all(not str(value).startswith(("/", "~")) for value in defaults.values())


def test_every_page_opens_with_a_heading(notebook):
    """The first cell is prose and gives the page its title."""
    first = notebook[0].cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
