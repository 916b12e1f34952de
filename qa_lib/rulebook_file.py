"""A rule book as it is written: the keys that are allowed, how its values are dated, and what they cite.

:mod:`qa_lib.rulebook` turns what passes here into rules. Every check notes its fault in the file and goes on, so that
one reading names everything that is wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from annotated_types import MinLen
from pydantic import BeforeValidator, StringConstraints

from qa_lib.strict_yaml import Loc, Strict, StrictYaml, nearest

#: Digits of a digest that stand in an outline: enough to tell the paragraphs of one document.
OUTLINE_DIGITS = 8


def parse_day(text: object) -> dt.date:
    """Return the day written as ``YYYY-MM-DD``, or as ``YYYY-MM`` for the first of a month.

    Raises
    ------
    ValueError
        If it is not a day of the calendar in one of these forms.
    """
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text, re.ASCII):
        try:
            return dt.date.fromisoformat(text if len(text) == 10 else f"{text}-01")
        except ValueError:
            pass
    raise ValueError("expected a day of the calendar as YYYY-MM-DD")


def full_day(text: object) -> dt.date:
    """Return the day written as ``YYYY-MM-DD``; a month alone is refused with a ``ValueError``."""
    if isinstance(text, str) and len(text) == 7:
        raise ValueError("expected a day of the calendar as YYYY-MM-DD, with the day")
    return parse_day(text)


def full_place(text: object) -> str:
    """Return a place of a source, as the reader of sources names it; anything else is refused with a ``ValueError``."""
    counted = r"paragraph \d+|list \d+(, item \d+)?|table \d+, row \d+, cell \d+"
    if isinstance(text, str) and re.fullmatch(rf"(\S.*, )?({counted})", text, re.ASCII):
        return text
    raise ValueError("expected a place such as 'Moderation, list 1, item 6', as qa rules --places FILE prints them")


def full_digest(text: object) -> str:
    """Return a SHA-256 in hex; anything else is refused with a ``ValueError``."""
    if isinstance(text, str) and re.fullmatch(r"[0-9a-f]{64}", text, re.ASCII):
        return text
    raise ValueError("expected 64 digits 0-9a-f, as qa rules --places FILE prints them")


def parse_outline(text: object) -> tuple[str, ...]:
    """Return an outline as its parts; anything else is refused with a ``ValueError``."""
    if isinstance(text, str) and re.fullmatch(rf"\s*([0-9a-f]{{{OUTLINE_DIGITS}}}(\s+|$))+", text, re.ASCII):
        return tuple(text.split())
    raise ValueError(f"expected runs of {OUTLINE_DIGITS} digits 0-9a-f, as qa rules --places FILE prints them")


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Day = Annotated[dt.date, BeforeValidator(full_day)]


Sha256 = Annotated[str, BeforeValidator(full_digest)]


class Source(Strict):
    """A document that rules are taken from.

    Attributes
    ----------
    published
        The first day on which it is in force: entries of that day and later may cite it.
    until
        The last day on which it is in force; none while nothing took its place.
    outline
        The first digits of the SHA-256 of everything that stands in it, in its order: so that it is known of a new
        edition what was there before. ``qa rules --places FILE`` prints it.
    """

    title: Text
    published: Day
    until: Day | None = None
    address: Text | None = None
    outline: Annotated[tuple[str, ...], BeforeValidator(parse_outline)] = ()

    def holds_on(self, day: dt.date) -> bool:
        """Say whether it is in force on a day; the first and the last day are."""
        return self.published <= day and (self.until is None or day <= self.until)

    @property
    def span(self) -> str:
        """When it is in force, e.g. ``from 2012-06-01 to 2014-05-31``."""
        return f"from {self.published}" + (f" to {self.until}" if self.until else "")


class Place(Strict):
    """A place in a source, what it says in words of ours, and the digest by which a new edition is told from it.

    Attributes
    ----------
    at
        The place as :mod:`qa_lib.sources.reading` names it, and as a reader finds it on paper.
    says
        A paraphrase: no sentence of a source is copied.
    verb
        How the source binds at this place.
    sha256
        SHA-256 of the text that stands there, in hex.
    """

    at: Annotated[str, BeforeValidator(full_place)]
    says: Text
    verb: Literal["must", "should", "may", "none"]
    sha256: Sha256


class Cite(Strict):
    """Where a value stands: a source of the rule book, and places in it.

    In their stead stands a ``clause`` where nothing can be located: in conventions, where the document does not give
    the value, and in a document of which there is no plain text.
    """

    source: Text
    places: list[Place] | None = None
    clause: Text | None = None

    @property
    def text(self) -> str:
        """Place and paraphrase as a reader sees them."""
        return self.clause or "; ".join(f"{place.at}: {place.says}" for place in self.places or ())


class Entry(Strict):
    """One dated entry of a rule as written."""

    value: Any = None
    ended: Literal["true"] | None = None
    cite: Cite
    note: Text = ""


class Field(Strict):
    """How one value is typed: what kind it is, in which unit or out of which options.

    Attributes
    ----------
    type
        ``count`` (a whole number), ``proportion`` (exact, 0 to 1), ``points`` (exact) or ``choice``.
    optional
        In a table: the column may be absent, which means that nobody has entered it.
    """

    type: Literal["count", "proportion", "points", "choice"]
    unit: Text | None = None
    options: tuple[Text, ...] = ()
    optional: Literal["true", "false"] = "false"


class Card(Strict):
    """What a rule says of itself, whatever the date. :class:`qa_lib.rulebook.Rule` describes the fields."""

    title: Text
    description: Text
    reading: Text
    kind: Literal["rule", "convention"]
    severity: Literal["breach", "warning", "information"]
    type: Literal["count", "proportion", "points", "choice", "table"]
    unit: Text | None = None
    options: tuple[Text, ...] = ()
    columns: dict[Text, Field] | None = None
    section: Text = ""
    who_acts: Text = ""
    what_to_do: Text = ""
    timed: Literal["true"] | None = None
    checked_on: Day


class RuleText(Card):
    """A rule as written: its card, and its entries by date."""

    values: dict[Text, Entry]


class BookText(Strict):
    """The top of a rule book as written; each rule in it is checked by itself."""

    scheme: Text
    title: Text
    sources: dict[Text, Source]
    rules: Annotated[dict[Text, Any], MinLen(1)]


def check_card(file: StrictYaml, card: RuleText, at: Loc) -> None:
    """Note where a rule does not say under which heading its findings stand, who acts on them, and what they do."""
    given = {key: getattr(card, key) for key in ("section", "who_acts", "what_to_do")}
    if card.kind == "rule" or card.timed or any(given.values()):
        for key, text in given.items():
            if not text:
                file.fault((*at, key), f"{at[-1]} needs {key}, as findings speak of it; add it")


def check_types(file: StrictYaml, card: RuleText, at: Loc) -> None:
    """Note units, options and columns that are missing or do not belong to the type."""
    if (card.columns is not None) != (card.type == "table"):
        wrong = "needs columns; add them" if card.type == "table" else "has columns; only a table has them"
        file.fault((*at, "columns"), f"a {card.type} {wrong}")
    fields: list[tuple[Loc, str, Any]] = [(at, card.type, card)]
    fields += [((*at, "columns", name), column.type, column) for name, column in (card.columns or {}).items()]
    for where, kind, field in fields:
        for key, given, belongs in (
            ("unit", field.unit is not None, kind in ("count", "proportion", "points")),
            ("options", bool(field.options), kind == "choice"),
        ):
            if given != belongs:
                file.fault((*where, key), f"a {kind} {f'needs {key}; add it' if belongs else f'has {key}; remove it'}")
        if len(set(field.options)) < len(field.options):
            file.fault((*where, "options"), "an option repeats; keep one")


def check_sources(file: StrictYaml, sources: Mapping[str, Source]) -> None:
    """Note sources that end before they begin."""
    for name, source in sources.items():
        if source.until and source.until < source.published:
            message = f"source {name!r} ends on {source.until}, before it is published on {source.published}; mend one"
            file.fault(("sources", name, "until"), message)


def _check_cite(file: StrictYaml, cite: Cite, source: Source | None, at: Loc) -> None:
    """Note a citation that has neither places nor a clause, or both, and places that the source's outline lacks."""
    if cite.clause is None and not cite.places:
        file.fault(at, "cite has no places; add them, or a clause where nothing can be located")
    if cite.clause is not None and cite.places:
        file.fault((*at, "clause"), "cite has places and a clause; keep the places")
    for number, place in enumerate(cite.places or ()):
        if source and place.sha256[:OUTLINE_DIGITS] not in source.outline:
            message = f"sha256 of {place.at!r} does not stand in the outline of source {cite.source!r}"
            file.fault((*at, "places", number, "sha256"), f"{message}; take both from qa rules --places FILE")


def dated_entries(
    file: StrictYaml, rule: RuleText, at: Loc, defined: Iterable[str], sources: Mapping[str, Source]
) -> Iterator[tuple[Loc, dt.date, Entry]]:
    """Yield where, from when and what each entry is.

    Dates out of order, false ends, and sources that are not defined or not in force on the day are noted.
    """
    before: dt.date | None = None
    open_now = False
    if not rule.values:
        file.fault((*at, "values"), f"{at[-1]} has no values; expected at least one dated value")
    for written, entry in rule.values.items():
        where = (*at, "values", written)
        if entry.cite.source not in defined:
            expected = f"expected one of {', '.join(defined)}{nearest(entry.cite.source, defined)}"
            file.fault((*where, "cite", "source"), f"source {entry.cite.source!r} is not defined; {expected}")
        _check_cite(file, entry.cite, sources.get(entry.cite.source), (*where, "cite"))
        try:
            day = full_day(written)
        except ValueError as error:
            file.fault(where, f"date {written!r}; {error}")
            continue
        source = sources.get(entry.cite.source)
        if source and not source.holds_on(day):
            in_force = f"source {entry.cite.source!r} is in force {source.span}, not on {day}"
            file.fault((*where, "cite", "source"), f"{in_force}; cite the edition of that day, or mend its dates")
        if before is not None and day <= before:
            file.fault(where, f"date {day} does not come after {before}; put the dates in ascending order")
        if (entry.ended is None) == (entry.value is None):
            file.fault(where, f"the entry of {day} needs either a value or ended: true, and not both")
            continue
        if entry.ended and not open_now:
            file.fault(where, f"{at[-1]} is not in force before {day}; there is nothing to end: remove the entry")
        before, open_now = day, not entry.ended
        yield where, day, entry
