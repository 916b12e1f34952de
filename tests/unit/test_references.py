"""What docstrings, pages and parameter files point to is there: modules, names in them, and files of the project."""

from __future__ import annotations

import ast
import pkgutil
import re
from pathlib import Path

import pytest

from qa_lib.project_files import ROOT

NAMED = re.compile(r"\bqa_lib(?:\.[A-Za-z_]\w*)+")
FILES = re.compile(r"(?<![\w/.-])(?:qa_lib|docs|notebooks|parameters|tests|tools|benchmarks)/[\w./-]*\w")
ROLES = re.compile(r":(?:func|class|meth|mod|data):`~?([\w.]+)`")
#: Files that an example says are not there.
ABSENT = {"notebooks/data/nowhere"}
#: Pages that a command of an example writes.
WRITTEN = {"rules.md", "data.md"}
#: Decisions and the change log stand as they were written; what moved since then is not told in them.
PAGES = [
    page
    for pattern in ("*.md", "docs/*.md", "parameters/**/*.yaml")
    for page in sorted(ROOT.glob(pattern))
    if page.name != "CHANGELOG.md"
]
MODULES = sorted(ROOT.glob("qa_lib/**/*.py"))


def is_there(name: str) -> bool:
    """Say whether a dotted name leads to a module, or to something in one."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def wrong(text: str) -> list[str]:
    """Return the names and files of the project in a text that are not there."""
    files = {file for file in FILES.findall(text) if not (ROOT / file).exists()} - ABSENT
    return sorted(files | {name for name in NAMED.findall(text) if not is_there(name)})


def known_in(module: ast.Module) -> set[str]:
    """Return the names that a module defines or imports, and those of its classes' methods and fields."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    """A module that moved, a file that was renamed: the page that names it follows."""
    assert wrong(page.read_text(encoding="utf-8")) == []


def test_what_a_module_names_is_there() -> None:
    """In docstrings and comments; what a docstring points to by a short name is the module's own, or imported."""
    found = {}
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        pointed = {name.split(".")[0] for name in ROLES.findall(text) if not name.startswith("qa_lib.")}
        found[path.name] = [*wrong(text), *sorted(pointed - known_in(ast.parse(text)))]
    assert {name: faults for name, faults in found.items() if faults} == {}


DOCUMENTS = re.compile(r"(?<![\w{}*<>/.-])[\w-][\w./-]*\.md\b")
#: A document of the makers alone, or a page of theirs, under any name that it was given.
UNNAMED = re.compile(
    r"\b(?:the|our) design(?:'s)?\b(?! (?:is|ends))|\b(?:DESIGN|STATISTICS|STYLE)\b(?! ?=)|\bRULES(?= ?§| says)"
)


def test_a_document_that_is_named_is_in_the_repository() -> None:
    """Whoever is sent to a page finds it: in the root, in docs, beside the data or the file that names it."""
    lost = {}
    for path in (*MODULES, *PAGES):
        folders = (ROOT, ROOT / "docs", ROOT / "docs" / "decisions", ROOT / "notebooks" / "data", path.parent)
        named = set(DOCUMENTS.findall(path.read_text(encoding="utf-8"))) - WRITTEN
        lost[path.name] = [name for name in named if not any((folder / name).is_file() for folder in folders)]
    assert {name: pages for name, pages in lost.items() if pages} == {}


def test_no_document_is_named_that_only_its_makers_have() -> None:
    """A rule of the scheme, or a page of this repository, is named instead."""
    every = [*MODULES, *PAGES, *sorted(ROOT.glob("tests/**/*.py"))]
    found = {path.name: UNNAMED.findall(path.read_text(encoding="utf-8")) for path in every if path != Path(__file__)}
    assert {name: words for name, words in found.items() if words} == {}
