"""Rule books: what a scheme asks for, as dated values that each cite where it stands.

A rule book is a YAML file under ``parameters/rules``. Every value is in force from its date, that day included, until
the day before the next entry; a rule lapses only by an ``ended`` entry. Numbers are exact: a rate is a ``Fraction`` of
the decimal text that was written, never a float. Formulas are not in rule books; they are in Python, with their tests.

>>> book = read_rulebook("hlta")
>>> value = book["HLTA.MOD.3"].on("2024-01-31")
>>> value.value, value.text, value.valid_from.isoformat()
(Fraction(1, 20), '0.05', '2022-11-01')
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from qa_lib.errors import RulebookError, RuleNotInForce
from qa_lib.project_files import ROOT
from qa_lib.rulebook_file import (
    BookText,
    Card,
    Place,
    RuleText,
    Source,
    check_card,
    check_sources,
    check_types,
    dated_entries,
    parse_day,
)
from qa_lib.rulebook_values import typed_value
from qa_lib.strict_yaml import Loc, StrictYaml, nearest, shown_path

RULES = ROOT / "parameters" / "rules"

#: What stands in a citation where the document does not give the value.
NOT_FOUND = "not found"


@dataclass(frozen=True, kw_only=True)
class RuleValue:
    """The value of a rule from one date on.

    Attributes
    ----------
    rule
        Id of the rule.
    value
        ``int``, ``Fraction``, ``str``, or for a table a mapping of column to one of these. ``None`` only in an entry
        that ends the rule.
    text, cells
        The value as it was written, for tables ``column value; column value``; and the columns of a table as written.
    clause, source
        Place and paraphrase as a reader sees them, ``not found`` where the document does not give the value; and the id
        of the source.
    places
        The places of the source that it rests on; none for a convention, and where nothing can be located.
    valid_from
        First day on which it is in force.
    note
        What a reader should know about this entry; may be empty.
    """

    rule: str
    value: Any
    text: str
    cells: Mapping[str, str]
    clause: str
    source: str
    valid_from: dt.date
    places: tuple[Place, ...] = ()
    note: str = ""

    @property
    def ended(self) -> bool:
        """Whether this entry ends the rule."""
        return self.value is None

    def cell(self, column: str) -> Any:
        """Return what a table has in a column.

        Raises
        ------
        RulebookError
            If it has none of that name.
        """
        if column not in self.cells:
            raise RulebookError(
                f"the value of {self.rule} from {self.valid_from} has no column {column!r}; "
                f"it has {', '.join(self.cells) or 'none'}: enter it in the rule book"
            )
        return self.value[column]


class Rule(Card):
    """One rule of a scheme.

    Attributes
    ----------
    id
        As used in code, notebooks and reports, e.g. ``HLTA.MOD.3``.
    title, description
        The rule in a few words, and in a sentence or two.
    reading
        How this project reads what the document leaves open.
    kind
        ``rule``: a document asks for it; ``convention``: this project chose it.
    severity
        What not meeting it is: ``breach``, ``warning`` or ``information``.
    type, unit, options, columns
        How its values are typed.
    section
        Heading of the report under which its findings stand.
    who_acts, what_to_do
        Who does what where it is not met. What happened cannot be undone; then it is found out and noted. A rule has
        these three; a convention only where findings speak of it.
    timed
        ``true`` where it asks for something that has to be there, or be done, by a day; else ``None``.
    checked_on
        When a person last held it against the document.
    entries
        All dated entries, ascending.
    """

    id: str
    entries: tuple[RuleValue, ...]

    def on(self, day: dt.date | str) -> RuleValue:
        """Return the value in force on a day.

        Parameters
        ----------
        day
            A date, ``"YYYY-MM-DD"``, or ``"YYYY-MM"`` for the first day of a month.

        Raises
        ------
        RuleNotInForce
            If the day lies before the first value or after an end.
        """
        try:
            asked = day if isinstance(day, dt.date) else parse_day(day)
        except ValueError as error:
            raise RulebookError(f"the day asked of {self.id} is {day!r}; {error}, or a month as YYYY-MM") from None
        if isinstance(asked, dt.datetime):
            asked = asked.date()
        found = [entry for entry in self.entries if entry.valid_from <= asked]
        if not found or found[-1].ended:
            raise RuleNotInForce(
                f"{self.id} ({self.title}) has no value on {asked}; it is in force {self.in_force()}; "
                "ask for a day within, or give the run its own value"
            )
        return found[-1]

    def in_force(self) -> str:
        """Return in words when the rule is in force, e.g. ``from 2012-09-01 to 2014-08-31``."""
        spans: list[str] = []
        for entry, after in pairwise((*self.entries, None)):
            if entry is None or entry.ended:
                continue
            if not spans or spans[-1].endswith("."):
                spans.append(f"from {entry.valid_from}")
            if after is not None and after.ended:
                spans[-1] += f" to {after.valid_from - dt.timedelta(days=1)}."
        return " and ".join(span.rstrip(".") for span in spans)


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """The rules of one scheme: ``book["HLTA.MOD.3"]``, and iteration in the order of the file.

    Attributes
    ----------
    scheme, title
        Name of the scheme, short and in full.
    path, sha256
        The file it was read from and the digest of its bytes, for manifests.
    sources
        The documents, by id.
    rules
        The rules, by id.
    """

    scheme: str
    title: str
    path: str
    sha256: str
    sources: Mapping[str, Source]
    rules: Mapping[str, Rule]

    def __getitem__(self, rule_id: str) -> Rule:
        if rule_id not in self.rules:
            hint = (
                nearest(rule_id, self.rules) or f"; it holds {len(self.rules)} rules: qa rules --scheme {self.scheme}"
            )
            raise RulebookError(f"no rule {rule_id!r} in the rule book of {self.scheme} ({self.path}){hint}")
        return self.rules[rule_id]

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self.rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def __len__(self) -> int:
        return len(self.rules)

    def values_on(self, day: dt.date | str) -> dict[str, RuleValue]:
        """Return every value in force on a day, by rule id.

        Raises
        ------
        RuleNotInForce
            If none is.
        """
        found = {}
        for rule in self:
            with suppress(RuleNotInForce):
                found[rule.id] = rule.on(day)
        if not found:
            raise RuleNotInForce(f"no rule of {self.scheme} is in force on {day}; ask for a later day")
        return found

    @property
    def changes(self) -> list[dt.date]:
        """Every day on which anything changes, ascending."""
        return sorted({entry.valid_from for rule in self for entry in rule.entries})


def rulebook_names() -> list[str]:
    """Return the schemes that have a rule book under ``parameters/rules``, sorted."""
    return sorted(path.stem for path in RULES.glob("*.yaml"))


def read_rulebook(name_or_path: str | Path) -> RuleBook:
    """Read a rule book and hold it against everything that a rule book must be.

    Parameters
    ----------
    name_or_path
        A scheme with a file under ``parameters/rules``, e.g. ``"hlta"``, or the path of a rule book.

    Raises
    ------
    RulebookError
        If there is no such rule book, or with every fault of the file, one per line: file, line, what is wrong.
    """
    path = _book_path(name_or_path)
    try:
        content = path.read_bytes()
    except OSError:
        content = b""  # why it cannot be read is said below
    return _read(path, path.resolve(), content)


@lru_cache(maxsize=8)
def _read(path: Path, _at: Path, _content: bytes) -> RuleBook:
    """Return the rule book of a path, which is read again where it lies elsewhere or holds something else."""
    file = StrictYaml(path, error=RulebookError)
    written = file.content if isinstance(file.content, dict) else {}
    book = file.model(BookText, file.content)
    sources = written.get("sources")
    defined = list(sources) if isinstance(sources, dict) else []
    read = book.sources if book else {}
    check_sources(file, read)
    raw = written.get("rules")
    rules = {rule.id: rule for rule in _rules(file, raw if isinstance(raw, dict) else {}, defined, read)}
    cited = {entry.source for rule in rules.values() for entry in rule.entries}
    for source in defined if not file.faulty else ():
        if source not in cited:
            file.fault(("sources", source), f"source {source!r} is never cited; cite it or remove it")
    file.check()
    if book is None:  # pragma: no cover - a book that is no model has left a fault; this line is for the type checker
        raise RulebookError(f"{file.path} is not a rule book")
    return RuleBook(
        scheme=book.scheme, title=book.title, path=file.path, sha256=file.sha256, sources=book.sources, rules=rules
    )


def _book_path(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if isinstance(name_or_path, Path) or path.suffix == ".yaml" or len(path.parts) > 1:
        return path
    known = rulebook_names()
    if name_or_path not in known:
        raise RulebookError(
            f"no rule book {name_or_path!r} under {shown_path(RULES)}; there are {', '.join(known) or 'none'}"
            f"{nearest(name_or_path, known)}"
        )
    return RULES / f"{name_or_path}.yaml"


def _rules(
    file: StrictYaml, raw: Mapping[str, Any], defined: list[str], sources: Mapping[str, Source]
) -> Iterator[Rule]:
    """Yield the rules that are well formed, noting what is wrong with them and with the others."""
    for rule_id, content in raw.items():
        at: Loc = ("rules", rule_id)
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*(\.[A-Z0-9_]+)+", rule_id):
            file.fault(at, f"rule id {rule_id!r}; expected capitals, digits and dots, as in HLTA.MOD.3")
        text = file.model(RuleText, content, at)
        if text is None:
            continue
        check_card(file, text, at)
        check_types(file, text, at)
        entries = tuple(
            RuleValue(
                rule=rule_id,
                value=None if entry.ended else typed_value(file, entry.value, text, (*where, "value")),
                text="ended" if entry.ended else _as_text(entry.value),
                cells=entry.value if isinstance(entry.value, dict) else {},
                clause=entry.cite.text,
                source=entry.cite.source,
                valid_from=day,
                places=tuple(entry.cite.places or ()),
                note=entry.note,
            )
            for where, day, entry in dated_entries(file, text, at, defined, sources)
        )
        fields = {name: getattr(text, name) for name in Card.model_fields}
        yield Rule.model_construct(id=rule_id, entries=entries, **fields)


def _as_text(written: Any) -> str:
    return "; ".join(f"{name} {cell}" for name, cell in written.items()) if isinstance(written, dict) else str(written)
