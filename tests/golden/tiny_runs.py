"""Small data sets, throw-away notebooks and run files for the tests of whole runs."""

import json
from pathlib import Path

PARAMETERS = {
    "month": 'dataset = ""\nout = ""\nprovider = ""\nmonth = ""\nnumber = 1\nword = ""\nflag = False',
    "partnership": 'dataset = ""\nout = ""\nmonth = ""',
    "year": 'dataset = ""\nout = ""\nprovider = ""\nyear = ""',
}


def write_notebook(path: Path, *cells: str, per: str = "month") -> Path:
    """Write a notebook of code cells under a heading and a parameters cell."""
    code = [(PARAMETERS[per], {"tags": ["parameters"]}), *((cell, {}) for cell in cells)]
    content = {
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A page"},
            *(
                {
                    "cell_type": "code",
                    "id": f"c{number}",
                    "metadata": metadata,
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for number, (source, metadata) in enumerate(code)
            ),
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_cases(folder: Path, providers: list[str], months: list[str]) -> Path:
    """Write a data set with one file for each provider and month."""
    folder.mkdir()
    rows = [
        f'"C-{number}-{month}","{provider}",{month},A1,P1,met'
        for number, provider in enumerate(providers)
        for month in months
    ]
    lines = ["case_id,rpa,month,assessor_id,pop_id,outcome", *rows, ""]
    (folder / "cases.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def write_run_file(path: Path, dataset: Path, *notebooks: tuple[Path, str], more: str = "") -> Path:
    """Write a run file over all providers and months of a data set."""
    listed = "".join(f"\n  - {{notebook: {notebook}, per: {per}}}" for notebook, per in notebooks)
    path.write_text(f"run: tiny\ntitle: A tiny run\ndataset: {dataset}\nnotebooks:{listed}\n{more}", encoding="utf-8")
    return path
