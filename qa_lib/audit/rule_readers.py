"""Which files of a scheme's package read which rule, found in the code: one of their strings is the rule's id."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from qa_lib.scheme import Scheme
from qa_lib.strict_yaml import shown_path


def rule_readers(scheme: Scheme) -> Mapping[str, list[str]]:
    """Return by rule id the files that read it, as paths for people, sorted.

    Parameters
    ----------
    scheme
        Its package is looked through: the one that ``Scheme.answers_in`` stands in.
    """
    return _readers(scheme.answers_in.rpartition(".")[0] or scheme.answers_in)


@cache
def _readers(package: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    spec = find_spec(package) if package else None
    folders = (spec and spec.submodule_search_locations) or ()
    for file in sorted(file for folder in folders for file in Path(folder).rglob("*.py")):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for text in {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}:
            found[text].append(shown_path(file))
    return dict(found)
