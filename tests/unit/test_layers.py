"""Imports point one way, public names are where the package says, and modules stay small."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import qa_lib
from qa_lib.scheme import scheme_names

ROOT = Path(qa_lib.__file__).parent
MOST_LINES, MOST_NAMES = 400, 60
ROOMS = ["qa_lib", *(f"qa_lib.schemes.{name}" for name in scheme_names())]
#: From the ground up: a part imports lower levels only.
LEVELS = [
    {"errors", "failures", "files", "lookalikes", "rates", "lazy_names", "parameter_values", "screen", "project_files"},
    {"calendar", "statistics"},
    {"sampling", "rulebook", "tables"},
    {"scheme", "made_up", "sources"},
    {"intake"},
    {"audit"},
    {"register", "reports"},
    {"forms"},
    {"schemes"},
    {"batch"},
    {"cli"},
]
#: Modules that name a scheme or a rule of one, and why. Everything else asks the record of the scheme.
NAMING = {
    "qa_lib": "it says where the rooms are",
    "qa_lib.audit.deadlines": "its example shows a rule that sets a deadline",
    "qa_lib.rulebook": "its examples show a rule book that is there",
    "qa_lib.scheme": "its examples show what is there",
}
#: Identifiers are the draw protocol's; the input tables ask for the same ones. What is given is refused with an error.
BESIDE = {("tables", "sampling"), ("rates", "errors"), ("parameter_values", "errors")}


def modules() -> list[Path]:
    """Return every module of the package."""
    return sorted(ROOT.rglob("*.py"))


def dotted(path: Path) -> str:
    """Return the dotted name of a file."""
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def part(module: str) -> str:
    """Return the part of the package that a dotted name belongs to; empty for the package itself."""
    first = module.removeprefix("qa_lib").strip(".").split(".")[0]
    return "rulebook" if first in ("rulebook_file", "rulebook_values", "strict_yaml") else first


@cache
def parsed(path: Path) -> ast.Module:
    """Return a module's tree; several tests look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted name of everything of ours that a module imports, inside functions and for types too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] == "qa_lib")
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level or module == "qa_lib":
                yield from (f"qa_lib.{name.name}" for name in node.names)
            elif module.startswith("qa_lib."):
                yield module


def level(name: str) -> int:
    """Return how high a part stands."""
    return next(height for height, parts in enumerate(LEVELS) if name in parts)


def against_the_order(user: str, used: str) -> bool:
    """Say whether one part must not import the other."""
    if user == used or not user:
        return False
    if user == "statistics":
        return used not in ("errors", "rates")
    return level(used) >= level(user) and (user, used) not in BESIDE


def test_every_part_has_its_place_in_the_order() -> None:
    """A new part of the package is given a level before anything imports it."""
    assert {part(dotted(path)) for path in modules()} - {""} <= {name for names in LEVELS for name in names}


def test_imports_point_one_way() -> None:
    """No module imports a part at or above its own level, nor inside a function; statistics knows errors and rates."""
    wrong = [
        f"{dotted(path)} imports {module}"
        for path in modules()
        for module in imports(parsed(path))
        if against_the_order(part(dotted(path)), part(module))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("user", "source"),
    [
        ("statistics", "from qa_lib.audit.findings import Finding"),
        ("sampling", "def f():\n    from qa_lib.register.store import Register"),
        ("errors", "import qa_lib.files"),
        ("reports", "from qa_lib.register.draws_of_year import draws_of_year"),
        ("batch", "from qa_lib import cli"),
        ("schemes", "if TYPE_CHECKING:\n    from qa_lib.batch.report import Task"),
    ],
)
def test_a_wrong_import_would_be_seen(user: str, source: str) -> None:
    """The check itself notices an import upwards, sideways, inside a function and for types only."""
    assert [module for module in imports(ast.parse(source)) if against_the_order(user, part(module))]


def names_a_scheme(source: str) -> bool:
    """Say whether a source names a scheme, or a rule by its id."""
    names, small = scheme_names(), source.lower()
    if not any(name in small for name in names):  # the pattern alone takes long
        return False
    return re.search(rf"(?<![a-z])({'|'.join(names)})(?![a-z])", small) is not None


def test_only_a_schemes_own_folder_names_it() -> None:
    """Outside it no module holds a scheme's name or a rule's id, but for those listed with a reason."""
    outside = [path for path in modules() if part(dotted(path)) != "schemes"]
    assert {dotted(path) for path in outside if names_a_scheme(path.read_text(encoding="utf-8"))} == set(NAMING)
    assert len([name for name, reason in NAMING.items() if reason != "until merged"]) <= 8


@pytest.mark.parametrize("source", ["load_rulebook('hlta')", "x = NPQ_LEVELS", "# HLTA.MOD.3", "from a.npq import b"])
def test_a_scheme_that_is_named_would_be_seen(source: str) -> None:
    """The check itself notices a name in code, in a comment, in a rule's id and in an import."""
    assert names_a_scheme(source)


def test_modules_stay_small() -> None:
    """No module has more lines than one reads at a sitting."""
    lengths = {dotted(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    """Each module begins with a docstring."""
    assert [dotted(path) for path in modules() if not ast.get_docstring(parsed(path))] == []


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_are_sorted_and_there(room: str) -> None:
    """Each leads to what has a docstring, where the room says; none is called as a module that could take its place."""
    package = importlib.import_module(room)
    assert package.__all__ == sorted(set(package.__all__)) == dir(package)
    assert not set(package.__all__) & {found.name for found in pkgutil.iter_modules(package.__path__)}
    for name in package.__all__:
        found = getattr(package, name)
        assert inspect.getdoc(found), name
        module, _, defined = package._HOMES[name].partition(":")
        if inspect.isroutine(found) or inspect.isclass(found):
            assert (found.__module__ == module or found.__module__.startswith(f"{module}."), found.__name__) == (
                True,
                name,
            )
        assert not defined or getattr(importlib.import_module(module), defined) is found, name
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018


def test_the_library_itself_has_few_names_and_uses_each() -> None:
    """At most sixty; a notebook, a command or ``docs/library.md`` shows each of them at work."""
    library = (ROOT.parent / "docs" / "library.md").read_text(encoding="utf-8")
    books = "".join(path.read_text(encoding="utf-8") for path in (ROOT.parent / "notebooks").rglob("*.ipynb"))
    commands = {
        name.name
        for path in (ROOT / "cli").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    used = {*re.findall(r"\bqa\.(\w+)", library + books), *commands}
    assert len(qa_lib.__all__) <= MOST_NAMES
    assert set(qa_lib.__all__) - used == set()


def test_importing_the_package_is_free() -> None:
    """``import qa_lib``, a scheme's room, its tables and the command's shell load none of the heavy libraries."""
    heavy = "{'pandas', 'numpy', 'sqlalchemy', 'matplotlib', 'scipy', 'papermill', 'pandera'}"
    declared = [f"{room}.tables" for room in ROOMS[1:]]
    code = f"import sys, qa_lib.cli, {', '.join([*ROOMS, *declared])}; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return nodes that lead round to each other, if there are any."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def files_used(path: Path, files: set[str]) -> set[str]:
    """Return which of these files, by their dotted names, a file imports."""
    used = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qa_lib"):
            below = {f"{node.module}.{name.name}" for name in node.names}
            used |= below if below <= files else {*below, str(node.module)}
    return used & files - {dotted(path)}


def test_no_files_and_no_folders_import_in_a_circle() -> None:
    """Files import files in one direction, and so do folders; what lies at the top is in no folder."""
    names = {dotted(path) for path in modules()}
    files = {dotted(path): files_used(path, names) for path in modules()}
    assert circle(files) == []
    home = {dotted(path): dotted(path.parent / "__init__.py") for path in modules()}
    folders: dict[str, set[str]] = {}
    for name, used in files.items():
        folders.setdefault(home[name], set()).update({home[one] for one in used} - {home[name], "qa_lib"})
    assert circle({name: used for name, used in folders.items() if name != "qa_lib"}) == []
