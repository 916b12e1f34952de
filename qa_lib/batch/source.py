"""A notebook as a run meets it: the parameters it declares, and the values that a run file gives them as text."""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa_lib.errors import QAError, RunError
from qa_lib.parameter_values import assigned_values
from qa_lib.rates import exact_rate
from qa_lib.strict_yaml import nearest, shown_path

Value = str | int | float | bool
#: What the batch itself gives, or the data's events table does: a run file may not set them.
GIVEN = {
    "dataset": "the batch puts the data beside the report",
    "out": "the batch names the folder",
    "provider": "the key providers chooses them",
    "month": "the key months chooses them",
    "year": "it follows from the months",
    "seed": "it belongs to one draw: give it in the table events, or name a seed_series",
    "seed_series": "it is a key of the run file itself",
    "freeze_folder": "a run draws from its data set and register",
    "register": "the option --register names it, so that no password stands on a page",
    "rule_book": "it is a key of the run file itself",
    "accept_near_equal": "it is a key of the run file itself",
}


@dataclass(frozen=True)
class Source:
    """A notebook file.

    Attributes
    ----------
    shown
        The file, as it is shown to people.
    content
        The bytes of the file.
    defaults
        The parameters it declares, with their defaults.
    """

    shown: str
    content: bytes
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Digest of the file's bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def read_source(path: Path) -> Source:
    """Read a notebook and the parameters it declares.

    Raises
    ------
    RunError
        If it is no notebook, or has not exactly one code cell tagged ``parameters``.
    """
    shown = shown_path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(f"{shown} cannot be read ({error.strerror}); expected a notebook; check the path") from None
    return Source(shown, content, declared_parameters(notebook_of(content, shown), shown))


def nbformat_module() -> Any:
    """Return nbformat, spared the grammar that jsonschema would build at its import: a second that serves nothing."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat

    return nbformat


def notebook_of(content: bytes, shown: str) -> Any:
    """Return the bytes of a notebook file as a notebook."""
    try:
        return nbformat_module().reads(content.decode(), as_version=4)
    except Exception as error:  # nbformat raises errors of many kinds
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise RunError(f"{shown} is not a notebook ({reason}); save it from JupyterLab again") from None


def declared_parameters(nb: Any, shown: str) -> dict[str, Any]:
    """Return the parameters that a notebook declares, with their defaults.

    papermill only warns of names that a notebook does not declare, and misses declarations that hold ``=``; here the
    cell is parsed as Python.
    """
    cells = [cell for cell in nb.cells if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise RunError(
            f"{shown} has {len(cells)} cells tagged 'parameters'; expected one code cell with that tag, "
            "so that a run's values replace its defaults"
        )
    try:
        return dict(assigned_values(cells[0].source))
    except SyntaxError as error:
        raise RunError(f"{shown}: its parameters cell is not Python ({error.msg}); mend it") from None


def typed_value(name: str, text: object, defaults: Mapping[str, Any]) -> Value:
    """Return what a run file says of a parameter, in the type of the notebook's default.

    A run file is text throughout; the notebook knows that ``standards = 33`` is a whole number and ``rate = "0.05"``
    is text. Only text, whole numbers, decimal numbers and true/false are passed: papermill turns anything else into
    text without a word.

    Raises
    ------
    ValueError
        If the notebook does not declare the name, the batch gives it, or the value has another type.
    """
    if name in GIVEN:
        raise ValueError(f"parameter {name!r} cannot be set here; {GIVEN[name]}")
    if name not in defaults:
        known = sorted(set(defaults) - set(GIVEN))
        hint = nearest(name, known) or f"; it declares {', '.join(known) or 'none that a run may set'}"
        raise ValueError(f"the notebook declares no parameter {name!r}{hint}")
    default = defaults[name]
    if not isinstance(text, str):
        raise ValueError(f"parameter {name} is a list or mapping; expected one value: text, a number, true or false")
    if isinstance(default, bool):
        if text in ("true", "false"):
            return text == "true"
        raise ValueError(f"parameter {name} is {text!r}; expected true or false")
    if isinstance(default, int | float):
        return _number(name, text, whole=isinstance(default, int))
    return text


def _number(name: str, text: str, *, whole: bool) -> int | float:
    try:
        percent = not whole and text.strip().endswith("%")
        value = int(text) if whole else float(exact_rate(text) if percent else text)
    except (ValueError, QAError):
        value = math.nan
    if not math.isfinite(value):
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"parameter {name} is {text!r}; expected {kind}, as the notebook's default is")
    return value
