"""An executed notebook without what the clock, chance and the machine left in it: the same run gives the same bytes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from qa_lib.parameter_values import assigned_values

_LANGUAGE = ("name", "file_extension", "mimetype")


def normalise_notebook(nb: Any, *, parameters: Mapping[str, Any] | None = None) -> Any:
    """Return a copy of ``nb`` that depends only on its source, its parameters and its results.

    Timings, paths of papermill, random cell ids, the interpreter's exact version and widget states go. Printed text
    that arrived in several pieces is joined; standard error goes, since it tells of the machine.

    Parameters
    ----------
    nb
        An executed notebook.
    parameters
        Values to show in place of those the run put in, e.g. ``{"out": ""}`` where a parameter held a path.
    """
    tidy = copy.deepcopy(nb)
    shown = dict(parameters or {})
    for number, cell in enumerate(tidy["cells"]):
        cell["id"] = f"cell-{number:03d}"
        tags = cell["metadata"].get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        if cell["cell_type"] == "code":
            cell["outputs"] = _joined(cell["outputs"])
            if "injected-parameters" in tags:
                cell["source"] = _shown(cell["source"], shown)
    tidy["metadata"] = _metadata(tidy["metadata"], shown)
    tidy["nbformat"], tidy["nbformat_minor"] = 4, 5
    return tidy


def _metadata(metadata: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if "kernelspec" in metadata:
        kept["kernelspec"] = metadata["kernelspec"]
    if "language_info" in metadata:
        info = metadata["language_info"]
        kept["language_info"] = {key: info[key] for key in _LANGUAGE if key in info}
    given = metadata.get("papermill", {}).get("parameters", {})
    if given:
        kept["papermill"] = {"parameters": {**given, **{name: shown[name] for name in shown if name in given}}}
    return kept


def _shown(source: str, shown: Mapping[str, Any]) -> str:
    if not shown:
        return source
    lines = [f"{name} = {shown.get(name, value)!r}" for name, value in assigned_values(source)]
    return "\n".join(["# Parameters", *lines, ""])


def _joined(outputs: list[Any]) -> list[Any]:
    joined: list[Any] = []
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] == "stderr":
            continue
        before = joined[-1] if joined else None
        if before is not None and before["output_type"] == output["output_type"] == "stream":
            before["text"] = "".join(before["text"]) + "".join(output["text"])
        else:
            joined.append(output)
    return joined
