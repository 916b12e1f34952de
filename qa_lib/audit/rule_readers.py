"""Which files of a scheme's package read which rule, found in the code: one of their strings is the rule's id."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from qa_lib.scheme import Scheme


def rule_readers(scheme: Scheme) -> Mapping[str, list[str]]:
    """Return by rule id the files that read it, by their paths from where the package stands.

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
    for folder in (spec and spec.submodule_search_locations) or ():
        for file in sorted(Path(folder).rglob("*.py")):
            place = f"{package.replace('.', '/')}/{file.relative_to(folder).as_posix()}"
            nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            for text in {node.value for node in nodes if isinstance(node, ast.Constant)}:
                found[str(text)].append(place)
    return dict(found)
