"""YAML read as text, strictly: what was written is what arrives, and every fault is named with its line.

``yaml.safe_load`` turns the clause ``4.10`` into 4.1, the country ``NO`` into False and the id ``012`` into 10, and of
two equal keys it keeps the last. Here every scalar stays the text that was typed; duplicate keys, anchors, aliases,
tags and merge keys are refused; and all faults of a file are reported together.

The file is read from the parser's events, without recursion, so no nesting and no alias can exhaust memory.
"""

from __future__ import annotations

import hashlib
import re
import typing
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from yaml.reader import Reader

from qa_lib.errors import QAError
from qa_lib.lookalikes import suggestion
from qa_lib.project_files import ROOT

DEEPEST = 20
#: Longest text that a message repeats.
LONGEST = 60
#: The parser in C takes a tenth of the time, and takes a few texts that the one in Python refuses: with tabs, tags,
#: directives, other line ends, a comment glued to the head of a block, or an explicit key; marks of documents it counts
#: otherwise.
_FAST = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_READ_OTHERWISE = re.compile("[\t!%\x85\u2028\u2029]|[|>][^ \n]*#|(?<!\\w)[?]|^(---|[.]{3})", re.MULTILINE)

Loc = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Base of the models that a strict file is held against: unknown keys are faults, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def events(text: str) -> Iterable[Any]:
    """Return what PyYAML's parser in Python makes of a text, by the parser in C where that makes the same of it.

    What is wrong with a text is so in the words of the parser in Python, however PyYAML was built: it is raised while
    one goes through the events, after those before it.
    """
    if not _READ_OTHERWISE.search(text):
        with suppress(yaml.MarkedYAMLError):
            return list(yaml.parse(text, Loader=_FAST))
    found: Iterable[Any] = yaml.parse(text, Loader=yaml.BaseLoader)
    return found


class StrictYaml:
    """A YAML file as text, the line of everything in it, and what is wrong with it.

    Reading never raises for what the file holds: faults are collected, further checks add theirs with :meth:`fault` and
    :meth:`model`, and :meth:`check` raises once with all of them.

    Parameters
    ----------
    path
        The file to read.
    error
        What :meth:`check` raises, and what is raised where the file cannot be opened.

    Attributes
    ----------
    path
        The file, as it is shown to people: relative to the project where it lies inside it.
    sha256
        Digest of the file's bytes, in hex.
    content
        Nested ``dict``, ``list`` and ``str``; ``None`` where there is nothing to read.
    """

    def __init__(self, path: Path, *, error: type[QAError] = QAError) -> None:
        self.path = shown_path(path)
        self._error = error
        self.content: Any = None
        self._lines: dict[Loc, int] = {}
        self._faults: set[tuple[int, str]] = set()
        try:
            data = path.read_bytes()
        except OSError as problem:
            raise error(
                f"{self.path} cannot be read ({problem.strerror}); expected a YAML file; check the path"
            ) from None
        self.sha256 = hashlib.sha256(data).hexdigest()
        text = self._decode(data)
        if text is not None:
            self.content = self._parse(text)

    def line(self, at: Loc) -> int:
        """Return the line of the item at ``at``, or of the nearest thing around it."""
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 1)

    def fault(self, at: Loc, message: str) -> None:
        """Note that something is wrong with the item at ``at``."""
        self._faults.add((self.line(at), message))

    def model(self, kind: type[Model], content: object, at: Loc = ()) -> Model | None:
        """Return ``content`` as a model, or ``None`` after noting every fault in it."""
        try:
            return kind.model_validate(content)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_context=True):
                self.fault((*at, *one["loc"]), _sentence(one, kind))
            return None

    @property
    def faulty(self) -> bool:
        """Whether any fault was noted so far."""
        return bool(self._faults)

    def check(self) -> None:
        """Raise one error with all faults, in the order of the file, if there are any."""
        if self._faults:
            raise self._error("\n".join(f"{self.path}:{line}: {message}" for line, message in sorted(self._faults)))

    def _decode(self, data: bytes) -> str | None:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self._faults.add((line, f"byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"))
            return None
        control = Reader.NON_PRINTABLE.search(text)
        if control:
            line = text[: control.start()].count("\n") + 1
            self._faults.add((line, f"control character {control[0]!r}; remove it"))
            return None
        return text

    def _parse(self, text: str) -> Any:
        builder = _Builder(self._lines, self._faults)
        try:
            builder.feed(events(text))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            hint = "; indent with spaces" if "'\\t'" in str(error.problem) else ""
            self._faults.add((mark.line + 1 if mark else 1, f"not YAML: {error.problem}{hint}"))
            return None
        except _UnreadableError:
            return None
        if builder.root is None:
            self._faults.add((1, "the file is empty"))
        return builder.root


class _UnreadableError(Exception):
    """Raised where reading on would only produce faults that follow from the first."""


class _Builder:
    """Builds text, lists and mappings from parser events, keeping the line of each item."""

    def __init__(self, lines: dict[Loc, int], faults: set[tuple[int, str]]) -> None:
        self.root: Any = None
        self._lines = lines
        self._faults = faults
        self._open: list[tuple[Loc, Any]] = []
        self._key: list[str | None] = []

    def feed(self, events: Iterable[Any]) -> None:
        documents = 0
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(line, "a second document starts; expected one document in the file")
            elif isinstance(event, yaml.CollectionEndEvent):
                self._open.pop()
                self._key.pop()
            elif isinstance(event, yaml.NodeEvent):
                self._node(event, line)

    def _node(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._faults.add((line, f"alias *{event.anchor}; aliases are not allowed: write the value out"))
        elif event.anchor is not None:
            self._faults.add((line, f"anchor &{event.anchor}; anchors are not allowed: write the value out"))
        elif event.tag is not None:
            self._faults.add((line, f"tag {event.tag}; tags are not allowed: every value is read as text"))
        if isinstance(event, yaml.CollectionStartEvent):
            self._collection({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        else:
            text = getattr(event, "value", "")
            if self._awaits_key():
                self._open_key(text, line)
            else:
                self._place(text, line)

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][1], dict) and self._key[-1] is None

    def _open_key(self, key: str, line: int) -> None:
        loc, mapping = self._open[-1]
        if key == "<<":
            self._faults.add((line, "merge key <<; merging is not allowed: write the keys out"))
        if key in mapping:
            first = self._lines[(*loc, key)]
            self._faults.add((line, f"key {key!r} repeats; it stands on line {first} already: keep one"))
        else:
            self._lines[(*loc, key)] = line
            mapping[key] = None  # holds the place, so that a key without end still counts as seen
        self._key[-1] = key

    def _collection(self, container: Any, line: int) -> None:
        if self._awaits_key():
            self._stop(line, "a list or mapping stands where a key is expected; keys are text")
        if len(self._open) >= DEEPEST:
            self._stop(line, f"nested more than {DEEPEST} deep; expected a rule book or run file")
        loc = self._place(container, line)
        self._open.append((loc, container))
        self._key.append(None)

    def _place(self, item: Any, line: int) -> Loc:
        """Put an item where it belongs; the second value of a repeated key is read but goes nowhere."""
        if not self._open:
            self.root = item
            return ()
        loc, container = self._open[-1]
        if isinstance(container, list):
            container.append(item)
            here = (*loc, len(container) - 1)
        else:
            key = self._key[-1] or ""
            self._key[-1] = None
            here = (*loc, key)
            if container.get(key) is not None:
                return (*loc, f"{key} on line {line}")
            container[key] = item
        self._lines.setdefault(here, line)
        return here

    def _stop(self, line: int, message: str) -> None:
        self._faults.add((line, message))
        raise _UnreadableError


def shown_path(path: Path) -> str:
    """Return a path for people: relative to the project where it lies inside it, with forward slashes."""
    full = path.resolve()
    return (full.relative_to(ROOT) if full.is_relative_to(ROOT) else path).as_posix()


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known word nearest to ``word``, or nothing where none is near."""
    near = suggestion(word, known, cutoff=0.5)
    return f"; did you mean {near!r}?" if near else ""


def _sentence(error: Any, kind: type[BaseModel]) -> str:
    """Say in plain words what pydantic found: what arrived, what was expected."""
    name = str(error["loc"][-1]) if error["loc"] else "the file"
    if error["type"] == "extra_forbidden":
        known = _keys_at(kind, error["loc"][:-1])
        return f"unknown key {name!r}; expected one of {', '.join(known)}{nearest(name, known)}"
    if error["type"] == "missing":
        return f"key {name!r} is missing; add it"
    if error["type"] == "literal_error":
        return f"{name} is {arrived(error['input'])}; expected one of {error['ctx']['expected']}"
    if error["type"] == "value_error":
        return f"{name} is {arrived(error['input'])}; {error['ctx']['error']}"
    wanted = {"string_type": "one text", "string_too_short": "text that is not blank", "list_type": "a list"}
    wanted |= {"tuple_type": "a list", "dict_type": "a mapping", "model_type": "a mapping"}
    wanted |= {"int_parsing": "a whole number", "greater_than_equal": f"{error.get('ctx', {}).get('ge')} or more"}
    return f"{name} is {arrived(error['input'])}; expected {wanted.get(error['type'], error['msg'])}"


def arrived(value: object) -> str:
    """Return what arrived in few words, however long it is."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]!r}… ({len(value)} characters)"
    return repr(value) if value else "blank"


def _keys_at(kind: type[BaseModel], at: Loc) -> list[str]:
    """Return the keys that a model knows at a place inside it, following fields, mappings and lists."""
    here: Any = kind
    for step in at:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[str(step)].annotation
        else:
            here = typing.get_args(here)[-1]
        inner = [one for one in typing.get_args(here) if one is not type(None)]
        if type(None) in typing.get_args(here):
            here = inner[0]
    return sorted(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []
