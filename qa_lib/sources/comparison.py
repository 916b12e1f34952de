"""Which places of a new edition still say what a rule book cites, and which it says otherwise, elsewhere or not at all.

A rule book holds no sentence of a source. What stood at a place is known by its SHA-256, and the order of everything
that stood in the document by the source's outline: the beginnings of those digests. So the two editions are laid beside
each other paragraph by paragraph, as two versions of a program are line by line. What a paragraph said before, word by
word, can be shown where the text of the earlier edition is given too.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import chain, combinations
from typing import Literal

from rapidfuzz import fuzz, process

from qa_lib.errors import SourceError
from qa_lib.rulebook import RuleBook
from qa_lib.rulebook_file import OUTLINE_DIGITS, Place
from qa_lib.sources.reading import Paragraph, with_lists

Status = Literal["unchanged", "renumbered", "moved", "changed", "gone"]

#: Quotes, dashes, and letters in one of typesetters, with what a keyboard has for them.
_TYPESET: tuple[dict[int, str], ...] = (
    {ord(sign): "'" for sign in "‘’‚‛′"} | {ord(sign): '"' for sign in "“”„‟″"},
    {ord(sign): "-" for sign in "‐‑‒–—―−"},
    {ord("ﬀ"): "ff", ord("ﬁ"): "fi", ord("ﬂ"): "fl", ord("ﬃ"): "ffi", ord("ﬄ"): "ffl", ord("…"): "..."},
)
#: From so alike on, in percent, a paragraph is another wording of one of the edition before.
_ALIKE = 60


@dataclass(frozen=True)
class CitedPlace:
    """What became of a place that a rule cites.

    Attributes
    ----------
    rule, place
        The rule's id, and the place as the rule book cites it.
    status
        ``unchanged``; ``renumbered``: only what stands before it came or went; ``moved``: the same words stand
        elsewhere; ``changed``: other words took their place; ``gone``.
    now
        What stands there now, or where the words went; nothing for what is gone.
    before
        What stood there in the edition before, where its text was given and has it.
    """

    rule: str
    place: Place
    status: Status
    now: Paragraph | None = None
    before: Paragraph | None = None


@dataclass(frozen=True)
class Comparison:
    """A source of a rule book, held against the text of an edition.

    Attributes
    ----------
    source
        Id of the source.
    places
        Every cited place, in the order of the rule book.
    new, uncited
        Paragraphs that no rule cites: those that the edition before did not have, and the others.
    """

    source: str
    places: Sequence[CitedPlace]
    new: Sequence[Paragraph]
    uncited: Sequence[Paragraph]

    def those(self, status: Status) -> list[CitedPlace]:
        """Return the places of one status."""
        return [one for one in self.places if one.status == status]


def outline(paragraphs: Iterable[Paragraph]) -> str:
    """Return the outline of a source, as its rule book holds it."""
    return " ".join(one.sha256[:OUTLINE_DIGITS] for one in with_lists(paragraphs))


def cited_places(book: RuleBook, source: str) -> list[tuple[str, Place]]:
    """Return the rules and the places that they cite of a source, each once, in the order of the book."""
    found = [
        (rule.id, place) for rule in book for entry in rule.entries if entry.source == source for place in entry.places
    ]
    return list({(rule, place.at, place.says): (rule, place) for rule, place in found}.values())


def source_of(paragraphs: Iterable[Paragraph], books: Iterable[RuleBook], source: str = "") -> tuple[RuleBook, str]:
    """Return the rule book and the source that a text is an edition of: of which most cited places stand in it.

    Parameters
    ----------
    source
        Where it is known; then only which rule book has it is looked for.

    Raises
    ------
    SourceError
        If none stands in it, or of two sources equally many.
    """
    known = {book.scheme: book for book in books}
    outlines = {digest for book in known.values() for one in book.sources.values() for digest in one.outline}
    digests = {one.sha256 for one in with_lists(_spelled_as(outlines, paragraphs))}
    cited = {
        (scheme, one): {place.sha256 for _, place in places}
        for scheme, book in known.items()
        for one in book.sources
        if (places := cited_places(book, one))
    }
    found = {key: len(places & digests) for key, places in cited.items() if source in ("", key[1])}
    if not found:
        what = f"of the source {source}" if source else "of any source"
        raise SourceError(f"no rule cites a place {what}; sources with cited places: {_named(cited) or 'none'}")
    most = max(found.values())
    best = [one for one, number in found.items() if number == most]
    if len(best) == 1 and (most or source):
        return known[best[0][0]], best[0][1]
    why = "several sources fit it equally well" if most else "no cited place of any source stands in it"
    raise SourceError(f"of which source the text is an edition cannot be told: {why}; say it: {_named(best, ' or ')}")


def _named(sources: Iterable[tuple[str, str]], between: str = ", ") -> str:
    """Return sources as the command line takes them."""
    return between.join(f"--scheme {scheme} --source {one}" for scheme, one in sources)


def compare(
    book: RuleBook, source: str, paragraphs: Sequence[Paragraph], before: Sequence[Paragraph] = ()
) -> Comparison:
    """Hold what a rule book cites of a source against an edition of it.

    Parameters
    ----------
    paragraphs
        The edition, as :mod:`qa_lib.sources.reading` reads it.
    before
        The edition that the book cites, where its text is at hand: then it is told how the wording changed.

    Raises
    ------
    SourceError
        If the book has no such source, or ``before`` is not the edition that it cites.
    """
    if source not in book.sources:
        raise SourceError(f"the rule book of {book.scheme} has no source {source!r}; it has {', '.join(book.sources)}")
    cited, outlined = cited_places(book, source), book.sources[source].outline
    known = frozenset(outlined)
    old = {one.sha256: one for one in with_lists(_spelled_as(known, before))}
    if before and (missing := sorted({place.at for _, place in cited if place.sha256 not in old})):
        raise SourceError(
            f"the text given as the edition before is not the one that {book.scheme} cites as {source}: "
            f"{len(missing)} cited places do not stand in it, the first at {missing[0]}"
        )
    edition = _Edition(with_lists(_spelled_as(known, paragraphs)), outlined, old)
    places = [edition.find(rule, place) for rule, place in cited]
    new, uncited = edition.without(places)
    return Comparison(source, places, new, uncited)


def differences(before: str, now: str, longest: int = 6) -> list[tuple[str, str]]:
    """Return what differs between two wordings: the words that were there, and those that took their place.

    Parameters
    ----------
    longest
        Of a longer run so many words are kept.

    Examples
    --------
    >>> differences("at least a 5 per cent sample", "at least a 10 per cent random sample")
    [('5', '10'), ('', 'random')]
    """
    was, is_now = before.split(), now.split()
    codes = SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes()
    return [(_few(was[a:b], longest), _few(is_now[c:d], longest)) for code, a, b, c, d in codes if code != "equal"]


def _few(words: Sequence[str], longest: int) -> str:
    return " ".join(words[:longest]) + (" …" if len(words) > longest else "")


def _spelled_as(known: Container[str], paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Yield paragraphs, with plain signs those that are known so: programs make curly quotes of plain ones."""
    for one in paragraphs:
        spellings = (replace(one, text=text) for text in _spellings(one.text))
        yield next((spelt for spelt in spellings if spelt.sha256[:OUTLINE_DIGITS] in known), one)


def _spellings(text: str) -> Iterator[str]:
    """Yield a text as it is, and where typesetters have signs of their own, with those of a keyboard."""
    yield text
    if not text.isascii():
        for signs in chain.from_iterable(combinations(_TYPESET, number) for number in range(1, len(_TYPESET) + 1)):
            yield text.translate({sign: plain for table in signs for sign, plain in table.items()})


@dataclass
class _Edition:
    """An edition, and what of it lies where the edition before had something else."""

    units: Sequence[Paragraph]
    outline: Sequence[str]
    old: Mapping[str, Paragraph]
    _found: dict[str, Paragraph | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._at = {(one.place, one.sha256): one for one in self.units}
        self._by_digest = {one.sha256: one for one in reversed(self.units)}
        digests = [one.sha256[:OUTLINE_DIGITS] for one in self.units]
        known = set(self.outline)
        self.fresh = [one for one, digest in zip(self.units, digests, strict=True) if digest not in known]
        self._in_order: set[str] = set()
        self._instead: dict[str, list[Paragraph]] = {}
        for code, a, b, c, d in SequenceMatcher(None, self.outline, digests, autojunk=False).get_opcodes():
            if code == "equal":
                self._in_order |= {one.place for one in self.units[c:d]}
            if code == "replace":
                instead = [
                    one for one, digest in zip(self.units[c:d], digests[c:d], strict=True) if digest not in known
                ]
                self._instead |= dict.fromkeys(self.outline[a:b], instead)

    def find(self, rule: str, place: Place) -> CitedPlace:
        """Say what became of a place."""
        before = self.old.get(place.sha256)
        if here := self._at.get((place.at, place.sha256)):
            return CitedPlace(rule, place, "unchanged", here, before)
        if elsewhere := self._by_digest.get(place.sha256):
            shifted = elsewhere.place in self._in_order and place.at.startswith(elsewhere.heading)
            return CitedPlace(rule, place, "renumbered" if shifted else "moved", elsewhere, before)
        if place.sha256 not in self._found:
            self._found[place.sha256] = self._other_wording(place, before)
        now = self._found[place.sha256]
        return CitedPlace(rule, place, "changed" if now else "gone", now, before)

    def _other_wording(self, place: Place, before: Paragraph | None) -> Paragraph | None:
        """Return what took the place of a paragraph: the most alike one, or where its text is not known, by order."""
        taken = set(self._found.values())
        free = [one for one in self.fresh if one not in taken and _is_list(one.place) == _is_list(place.at)]
        if before:
            best = process.extractOne(before.text, [one.text for one in free], scorer=fuzz.ratio, score_cutoff=_ALIKE)
            return free[best[2]] if best else None
        near = [one for one in self._instead.get(place.sha256[:OUTLINE_DIGITS], ()) if one in free]
        return next((one for one in near if one.place == place.at), next(iter(near), None))

    def without(self, places: Iterable[CitedPlace]) -> tuple[list[Paragraph], list[Paragraph]]:
        """Return the paragraphs that no place covers, itself or by its list: the new ones, and the others."""
        covered = {one.now.place for one in places if one.now}
        rest = [one for one in self.units if not _is_list(one.place) and not covered & set(_around(one.place))]
        fresh = set(self.fresh)
        return [one for one in rest if one in fresh], [one for one in rest if one not in fresh]


def _is_list(place: str) -> bool:
    """Say whether a place is a whole list."""
    return place.rpartition(", ")[2].startswith("list ")


def _around(place: str) -> Iterator[str]:
    """Yield a place, and the list that it is an item of."""
    yield place
    if ", item " in place:
        yield place.rpartition(", item ")[0]
