"""Quality assurance of assessors: draw samples anyone can verify, cover the year, compare groups, report.

The flow, one direction only::

    read_dataset -> population -> freeze -> draw -> tables, charts, pages
                                    ^         |
                                    register <-

The public names below are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

#: Public name -> the module that defines it.
_HOME = {
    "Dataset": "qa_lib.intake.dataset",
    "QAError": "qa_lib.errors",
    "Rule": "qa_lib.rulebook",
    "RuleBook": "qa_lib.rulebook",
    "RuleValue": "qa_lib.rulebook",
    "Table": "qa_lib.reports.table",
    "adjust_p": "qa_lib.statistics.multiplicity",
    "boschloo": "qa_lib.statistics.unconditional",
    "clopper_pearson_interval": "qa_lib.statistics.proportions",
    "equivalence": "qa_lib.statistics.differences",
    "finite_population_bounds": "qa_lib.statistics.finite",
    "fisher_midp": "qa_lib.statistics.exact_tests",
    "judge_claim": "qa_lib.statistics.finite",
    "load_rulebook": "qa_lib.rulebook",
    "minimum_detectable_difference": "qa_lib.statistics.power",
    "newcombe_interval": "qa_lib.statistics.differences",
    "open_report": "qa_lib.reports.folder",
    "operating_characteristic": "qa_lib.statistics.finite",
    "read_dataset": "qa_lib.intake.dataset",
    "render_index": "qa_lib.reports.page",
    "render_page": "qa_lib.reports.page",
    "sample_size": "qa_lib.statistics.finite",
    "score_interval": "qa_lib.statistics.differences",
    "wilson_interval": "qa_lib.statistics.proportions",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table above is the list


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'qa_lib' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
