"""A run file: which notebooks, for whom, over which months, with which parameters. All its faults at once, by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from qa_lib.batch.source import Source, Value, read_source, typed_value
from qa_lib.calendar.months import check_month
from qa_lib.errors import QAError, RunError
from qa_lib.project_files import ROOT
from qa_lib.register.working_folder import found_file, inside
from qa_lib.rulebook_file import Text
from qa_lib.strict_yaml import Loc, Strict, StrictYaml, nearest

#: How a path in a run file is found.
_Find = Callable[[str], Path]
Period = Literal["month", "year", "partnership", "provider", "whole"]
#: What a notebook of each kind must declare, so that the batch can tell it what to report on.
NEEDED = {
    "month": ("dataset", "out", "provider", "month"),
    "year": ("dataset", "out", "provider", "year"),
    "partnership": ("dataset", "out", "month"),
    "provider": ("dataset", "out", "provider"),
    "whole": ("dataset", "out"),
}
#: Kinds of a data set that has no months: one report per provider, or one over everything.
TIMELESS = ("provider", "whole")
#: The keys that say how the names of the data set are read.
_MAPPING = ("columns", "values", "header_rows", "accept_near_equal")
#: Where the project's own run files lie.
_RUNS = ROOT / "parameters" / "runs"


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", text):
        raise ValueError("expected up to 40 small letters, digits, '-' or '_', as it names files and folders")
    return text


def _all_or_texts(content: object) -> tuple[str, ...] | None:
    if content == "all":
        return None
    if isinstance(content, list) and content and all(isinstance(one, str) and one.strip() for one in content):
        return tuple(one.strip() for one in content)
    raise ValueError("expected 'all', or a list of texts")


@dataclass(frozen=True)
class Months:
    """Months of a run: those named, or those from the first to the last; by default all."""

    named: tuple[str, ...] | None = None
    first: str = ""
    last: str = "9999-12"

    def __contains__(self, month: str) -> bool:
        return self.first <= month <= self.last and (self.named is None or month in self.named)


def _months(content: object) -> Months:
    span = set(content) == {"from", "to"} if isinstance(content, dict) else False
    try:
        if isinstance(content, dict) and span:
            months = Months(first=check_month(str(content["from"])), last=check_month(str(content["to"])))
        else:
            named = _all_or_texts(content)
            months = Months(named=named and tuple(map(check_month, named)))
    except (QAError, ValueError):
        raise ValueError(
            "expected 'all', a list of months such as 2024-01, or from: and to: with a month each"
        ) from None
    if span and months.last < months.first:
        raise ValueError(f"from is {months.first}, after to, {months.last}: swap them")
    return months


def _row_number(content: object) -> int:
    if isinstance(content, str) and content.isascii() and content.isdecimal() and int(content) > 0:
        return int(content)
    raise ValueError("expected the number of a row, counted from 1")


Name = Annotated[Text, AfterValidator(_name)]
Texts = Annotated[tuple[str, ...] | None, BeforeValidator(_all_or_texts)]
RowNumber = Annotated[int, BeforeValidator(_row_number)]
Span = Annotated[Months, BeforeValidator(_months)]


class NotebookText(Strict):
    """One notebook of a run, as written."""

    notebook: Text
    per: Period
    name: Name | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class RunText(Strict):
    """A run file as written."""

    run: Name
    title: Text
    scheme: Text | None = None
    dataset: Text | None = None
    real: Text | None = None
    reader: Text | None = None
    rule_book: Text | None = None
    notebooks: tuple[NotebookText, ...]
    providers: Texts = None
    months: Span = Months()
    parameters: dict[str, Any] = Field(default_factory=dict)
    seed_series: Text | None = None
    accept_near_equal: tuple[Text, ...] = ()
    columns: dict[str, dict[str, str]] = Field(default_factory=dict)
    values: dict[str, dict[str, dict[str, str]]] = Field(default_factory=dict)
    header_rows: dict[str, RowNumber] = Field(default_factory=dict)


@dataclass(frozen=True)
class RunNotebook:
    """A notebook of a run: its name in the report's folder, what it is run per, and its values."""

    name: str
    per: Period
    source: Source
    parameters: Mapping[str, Value] = field(default_factory=dict)

    @property
    def rules_on(self) -> str:
        """The day whose rules count, where the run file says so: ``rules_on``, else ``as_of``; else blank."""
        return str(self.parameters.get("rules_on") or self.parameters.get("as_of") or "")


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """A run file whose every part was checked. Without ``providers`` all are meant.

    Where it names no ``scheme``, that is found when the data are read; the rule book is then the scheme's own.
    ``accept_near_equal`` names providers that are others although their names look like another one's.
    """

    name: str
    title: str
    scheme: str
    dataset: Path
    reader: str | None
    rule_book: str
    notebooks: tuple[RunNotebook, ...]
    providers: tuple[str, ...] | None
    months: Months
    seed_series: str
    columns: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Mapping[str, Mapping[str, str]]]
    accept_near_equal: tuple[str, ...] = ()
    header_rows: Mapping[str, int] = field(default_factory=dict)


def read_run_file(path: str | Path) -> RunFile:
    """Read a run file and the parameters that its notebooks declare.

    A path in it is read from here or the working folder, else from the project's own files; in a run file of the
    project from the latter alone.

    Parameters
    ----------
    path
        The file, or the name of one of the project's.

    Raises
    ------
    RunError
        With every fault of the file, one per line: file, line, what is wrong. Nothing was run.
    """
    place = run_file_place(path)
    file = StrictYaml(place, error=RunError)
    text = file.model(RunText, file.content)
    find = ROOT.joinpath if place.resolve().is_relative_to(ROOT) else found_file
    # The notebooks are looked at even where the file has other faults, so that one reading names everything.
    notebooks = tuple(_notebooks(file, file.content if isinstance(file.content, dict) else {}, find))
    if text is None:
        file.check()
        raise RunError(f"{file.path} is not a run file")  # pragma: no cover - where there is no model there is a fault
    _check_whole(file, text, notebooks, find)
    file.check()
    return RunFile(
        name=text.run,
        scheme=text.scheme or "",
        dataset=_dataset(text, find),
        rule_book=text.rule_book or text.scheme or "",
        notebooks=notebooks,
        seed_series=text.seed_series or "",
        **{name: getattr(text, name) for name in ("title", "reader", "providers", "months", *_MAPPING)},
    )


def read_mapping_keys(path: str | Path) -> dict[str, Any]:
    """Return the keys of a run file that a command on the same data takes: how they are read, and names accepted.

    Raises
    ------
    RunError
        With every fault of the file as it is written; its notebooks and data are not looked at.
    """
    file = StrictYaml(run_file_place(path), error=RunError)
    text = file.model(RunText, file.content)
    file.check()
    return {name: getattr(text, name) for name in _MAPPING}


def run_file_place(path: str | Path) -> Path:
    """Return where a run file lies: from here, else among the project's own, by its path or by its name alone.

    Raises
    ------
    RunError
        If a name alone is none of theirs.
    """
    place, named = found_file(path), _RUNS / f"{path}.yaml"
    if place.exists() or Path(path).suffix or len(Path(path).parts) > 1:
        return place
    if not named.is_file():
        known = sorted(one.stem for one in _RUNS.glob("*.yaml"))
        raise RunError(
            f"no run file is called {str(path)!r}, here or in the project, which has {', '.join(known)}"
            f"{nearest(str(path), known)}"
        )
    return named


def _notebooks(file: StrictYaml, written: Mapping[str, Any], find: _Find) -> Iterator[RunNotebook]:
    listed, shared = written.get("notebooks"), written.get("parameters")
    for number, item in enumerate(listed if isinstance(listed, list) else []):
        text = file.model(NotebookText, item, ("notebooks", number))
        if text is not None:
            found = _notebook(file, text, shared if isinstance(shared, dict) else {}, ("notebooks", number), find)
            yield from [found] if found else []


def _notebook(
    file: StrictYaml, text: NotebookText, shared: Mapping[str, Any], at: Loc, find: _Find
) -> RunNotebook | None:
    try:
        source = read_source(find(text.notebook))
    except RunError as error:
        file.fault((*at, "notebook"), str(error))
        return None
    lacking = [name for name in NEEDED[text.per] if name not in source.defaults]
    if lacking:
        names = ", ".join(lacking)
        file.fault((*at, "notebook"), f"{source.shown} declares no parameter {names}; a run per {text.per} needs it")
    parameters = _typed(file, shared, source, ("parameters",))
    parameters |= _typed(file, text.parameters, source, (*at, "parameters"))
    return RunNotebook(text.name or Path(text.notebook).stem, text.per, source, parameters)


def _typed(file: StrictYaml, written: Mapping[str, Any], source: Source, at: Loc) -> dict[str, Value]:
    typed: dict[str, Value] = {}
    for name, text in written.items():
        try:
            typed[name] = typed_value(name, text, source.defaults)
        except ValueError as error:
            file.fault((*at, name), f"{source.shown}: {error}")
    return typed


def _check_whole(file: StrictYaml, text: RunText, notebooks: tuple[RunNotebook, ...], find: _Find) -> None:
    """Note what is wrong with keys taken together."""
    if (text.dataset is None) == (text.real is None):
        file.fault(("run",), "expected either dataset (a path) or real (a folder of the real data): give one of them")
    if text.dataset and not find(text.dataset).exists() and (there := inside(text.dataset)).exists():
        file.fault(
            ("dataset",),
            "a run file of the project has its paths read from the project's folder, where nothing is there; the "
            f"working folder has it: write the whole path, {there.resolve()}, or take a copy of the run file there",
        )
    kinds = {notebook.per in TIMELESS for notebook in notebooks}
    if len(kinds) > 1:
        file.fault(
            ("notebooks",),
            "per month, year or partnership, and per provider or whole, are two runs: make two run files",
        )
    elif kinds == {True}:
        _check_timeless(file, text, notebooks)
    if not text.notebooks:
        file.fault(("notebooks",), "no notebook is listed; list one or more")
    names = [notebook.name for notebook in notebooks]
    for number, name in enumerate(names):
        if name in names[:number]:
            file.fault(("notebooks", number), f"two notebooks are named {name}; give one another name")
    declared = {name for notebook in notebooks for name in notebook.source.defaults}
    if text.seed_series and "seed_series" not in declared:
        file.fault(("seed_series",), "no notebook declares the parameter seed_series; remove it")
    if text.rule_book not in (None, text.scheme) and "rule_book" not in declared:
        file.fault(
            ("rule_book",), "no notebook declares the parameter rule_book; each reads its scheme's own: remove it"
        )


def _check_timeless(file: StrictYaml, text: RunText, notebooks: tuple[RunNotebook, ...]) -> None:
    if text.months != Months():
        file.fault(("months",), "no notebook is per month or year; remove the key months")
    for name in ("period", "rules_on", "as_of"):
        given = {str(notebook.parameters[name]) for notebook in notebooks if name in notebook.parameters}
        if len(given) > 1:
            file.fault(("parameters", name), f"the notebooks of one report differ in {name}: give them one value")
    for number, notebook in enumerate(notebooks):
        if not notebook.rules_on:
            file.fault(
                ("notebooks", number),
                f"whose rules count for {notebook.name} is not said; give the parameter as_of or rules_on a date",
            )


def _dataset(text: RunText, find: _Find) -> Path:
    if text.real is None:
        return find(text.dataset or "")
    from qa_lib.intake.real_data import real_data_folder

    folder = real_data_folder()
    if folder is None or not (folder / text.real).is_dir():
        raise RunError(
            f"the real data {text.real!r} is not on this machine; expected a folder of that name beside the project's "
            "shared data, or in the folder that the environment variable QA_REAL_DATA names"
        )
    return folder / text.real
