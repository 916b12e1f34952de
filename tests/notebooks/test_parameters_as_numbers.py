"""A notebook that is given numbers on papermill's command line gives what it gives with text."""

from __future__ import annotations

import json

import papermill
from papermill.cli import _resolve_type

from qa_lib.batch.execute import kernel_options
from qa_lib.batch.source import nbformat_module, notebook_of
from qa_lib.project_files import ROOT

MONTHLY = ROOT / "notebooks" / "hlta" / "monthly_audit.ipynb"
GIVEN = {"national_fee": "495.00", "rate": "0.10", "from_month": "0", "month": "2024-03"}
REPORT = """
import json
(drawn,) = audit.month_draws
json.dumps([str(audit.national_fee), drawn.freeze.content["rate"], drawn.status])
"""


def test_the_fee_and_the_rate_may_be_numbers() -> None:
    """The command line makes 495.0 of 495.00 and 0.1 of 0.10; the audit has the fee and its draw the rate."""
    arrived = {name: _resolve_type(text) for name, text in GIVEN.items()}
    assert arrived == {"national_fee": 495.0, "rate": 0.1, "from_month": 0, "month": "2024-03"}
    nb = notebook_of(MONTHLY.read_bytes(), MONTHLY.name)
    setup = next(n for n, cell in enumerate(nb.cells) if cell.cell_type == "code" and "read_audit(" in cell.source)
    nb.cells = nb.cells[: setup + 1]
    nb.cells.append(nbformat_module().v4.new_code_cell(REPORT.strip()))
    with kernel_options() as options:
        done = papermill.execute_notebook(
            nb, None, parameters=arrived, cwd=str(MONTHLY.parent), language="python", progress_bar=False, **options
        )
    (output,) = done.cells[-1].outputs
    assert json.loads(output["data"]["text/plain"].strip("'")) == ["495", "1/10", "drawn"]
