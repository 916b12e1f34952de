r"""A document as plain text, read into headings, paragraphs, list items and cells of tables, each with its place.

``docs/clauses.md`` says how, in words: what is a heading, what is counted, what is left out. A place is one that a
reader finds on paper, such as ``Moderation, list 1, item 6``.

>>> for one in read_paragraphs("Moderation\n\nSamples hold:\n\n- difficult cases\n- a random\n  sample."):
...     print(one.place, "|", one.text)
Moderation, paragraph 1 | Samples hold:
Moderation, list 1, item 1 | difficult cases
Moderation, list 1, item 2 | a random sample.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from qa_lib.errors import SourceError
from qa_lib.sources.blocks import WIDEST, blocks_of

#: What begins a list item: a sign, ``o`` as word processors' second level, or a number or small letter with its dot.
_MARK = re.compile(
    r"\s*(?:[-–—•‣∙●○◦▪■□◆➢*·\uf0b7\uf0a7\uf0d8]|o(?=\s+\S)|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)])(?:\s+|$)"
)
#: An item that letters and a number name, which stay in its text: ``K1: …``.
_NAMED_ITEM = re.compile(r"\s*[A-Z]{1,3}\d{1,2}:\s")
#: A heading with a label is called by it: ``Annex A``, ``Metric 4``, ``4.10``. Captions of tables are no headings.
_LABEL = re.compile(
    r"(?!Table|Figure|Box)(?P<label>(?P<word>[A-Z][a-z]+) (?:[A-Z]|\d+(?:\.\d+)*))(?=\s*:|\s+[–—-]\s|$)"
)
_NUMBER = re.compile(r"(?P<label>\d+(?:\.\d+)*)\.?\s+[A-Z]")
_CHAPTERS = frozenset({"Section", "Chapter", "Part", "Annex", "Appendix", "Schedule"})
_SENTENCE_END = (".", ":", ";", "!", "?")
#: A line of more words than this is no heading, unless it has a label.
_HEADING_WORDS = 10
#: Blocks whose longest line is shorter are not wrapped text.
_NARROWEST = 40
#: Letters are of uneven width: a line as full as this share of the fullest one may have been wrapped.
_FULL = 0.85


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, a list item or a cell of a table.

    Attributes
    ----------
    heading
        The heading it stands under, as places name it; empty before the first.
    place
        Heading, then ``paragraph 3``, ``list 2, item 4`` or ``table 1, row 3, cell 2``.
    text
        Its words, without the sign of a list; all white space folded.

    :func:`with_lists` has whole lists beside them.
    """

    heading: str
    place: str
    text: str

    @property
    def sha256(self) -> str:
        """The digest that a rule book cites: SHA-256 of the text in UTF-8, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_source(path: Path) -> list[Paragraph]:
    """Return the paragraphs of a text file.

    Raises
    ------
    SourceError
        If it cannot be read, is not text in UTF-8 or UTF-16, or holds no paragraph.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise SourceError(f"{path} cannot be read ({problem.strerror}); expected a text file; check the path") from None
    if data.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SourceError(
            f"{path} is a PDF or a file of an office program; expected plain text: save it as text (UTF-8)"
        )
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(f"{path}:{line}: not text in UTF-8; save the file as text in UTF-8") from None
    if not (found := read_paragraphs(text)):
        raise SourceError(f"{path} holds no paragraph; expected the text of a document")
    return found


def with_lists(paragraphs: Iterable[Paragraph]) -> list[Paragraph]:
    """Return them with every list as a whole behind its last item, placed as ``Moderation, list 1``.

    The text of a list is that of its items, joined by line feeds.
    """
    found: list[Paragraph] = []
    for place, run in groupby(paragraphs, lambda one: one.place.rpartition(", item ")[0]):
        members = list(run)
        found += members
        if place:
            found.append(Paragraph(members[0].heading, place, "\n".join(one.text for one in members)))
    return found


def read_paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs, list items and table cells of a text, in its order."""
    places = _Places()
    pieces = _joined(piece for block in blocks_of(text) for piece in _pieces(block))
    return [paragraph for piece in pieces for paragraph in places.of(piece)]


@dataclass
class _Piece:
    """What belongs together in a block: ``heading``, ``paragraph``, ``item``, or the cells of a ``row``."""

    kind: str
    cells: list[str]
    first_of_block: bool = False

    @property
    def text(self) -> str:
        return self.cells[0]


def _pieces(block: list[str]) -> list[_Piece]:
    """Return a block as rows of a table where a line has a tab inside, else as what its lines make together."""
    if any("\t" in _unmarked(line).strip() for line in block):
        rows = [[" ".join(_unmarked(cell).split()) for cell in line.split("\t")] for line in block]
        return [_Piece("row", [cell for cell in cells if cell]) for cells in rows]
    fullest = max(len(line) for line in block)
    pieces: list[_Piece] = []
    before = ""
    for line in block:
        item = bool(_MARK.match(line) or _NAMED_ITEM.match(line))
        if pieces and not item and _goes_on(before, line, fullest):
            pieces[-1].cells = [_put_together(pieces[-1].text, line)]
        else:
            pieces.append(_Piece("item" if item else "paragraph", [" ".join(_unmarked(line).split())], not pieces))
        before = line
    if _is_heading(pieces[0], block[0]) and not (len(pieces) > 1 and _is_heading(pieces[1], pieces[1].text)):
        pieces[0].kind = "heading"
    return [piece for piece in pieces if piece.text]


def _unmarked(line: str) -> str:
    """Return a line without the signs of a list in front."""
    while found := _MARK.match(line):
        line = line[found.end() :]
    return line


def _goes_on(before: str, line: str, fullest: int) -> bool:
    """Say whether a line goes on with the one before.

    It does in small letters, where its first word had no room there, and where it is set in and no sentence has ended.
    """
    first = line.split()[0]
    wrapped = _NARROWEST <= fullest <= WIDEST and len(before.rstrip()) + 1 + len(first) > _FULL * fullest
    set_in = line[0].isspace() and not before.rstrip().endswith(_SENTENCE_END)
    return _is_within(first) or wrapped or set_in or not _unmarked(before).strip()


def _is_within(text: str) -> bool:
    """Say whether words begin within a sentence: in small letters or with a bracket."""
    return text[0].islower() or text[0] == "("


def _put_together(before: str, line: str) -> str:
    """Return two lines as one; a word that is divided at its own hyphen is whole again."""
    between = "" if re.search(r"[^\W\d_]-$", before) else " "
    return f"{before}{between}{' '.join(line.split())}".strip()


def _is_heading(piece: _Piece, line: str) -> bool:
    """Say whether it is a line of few words, or one with a label, that begins with a capital and ends no sentence."""
    text = piece.text
    if not text or text.endswith((*_SENTENCE_END[:-1], ",")):
        return False
    if _LABEL.match(text):
        return True
    few = len(text.split()) <= _HEADING_WORDS and not re.search(r"[.:] ", text)
    return few and (bool(_NUMBER.match(line.strip())) or (piece.kind == "paragraph" and text[0].isupper()))


def _joined(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Put together what a page's end divided: a block that begins in small letters, after one that ends no sentence."""
    last: _Piece | None = None
    for piece in pieces:
        goes_on = piece.first_of_block and piece.kind == "paragraph" and _is_within(piece.text)
        if goes_on and last and last.kind in ("paragraph", "item") and not last.text.endswith(_SENTENCE_END):
            last.cells = [_put_together(last.text, piece.text)]
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


@dataclass
class _Places:
    """Counts what stands under each heading."""

    _chain: list[tuple[str, str]] = field(default_factory=list)
    _times: Counter[str] = field(default_factory=Counter)
    _heading: str = ""
    _counts: Counter[str] = field(default_factory=Counter)
    _last: str = "heading"

    def of(self, piece: _Piece) -> Iterator[Paragraph]:
        """Yield what a piece is, each with its place; nothing for a heading."""
        if piece.kind == "heading":
            self._heading, self._last = self._path(piece.text), "heading"
            return
        if self._last == "heading":
            # Only a heading with something under it counts: contents without page numbers name each of them too.
            self._counts.clear()
            self._times[self._heading] += 1
            if (times := self._times[self._heading]) > 1:
                self._heading += f" ({times})"
        if piece.kind != self._last and piece.kind != "paragraph":
            self._counts[f"{piece.kind}s together"] += 1
            self._counts[piece.kind] = 0
        self._last = piece.kind
        self._counts[piece.kind] += 1
        number, together = self._counts[piece.kind], self._counts[f"{piece.kind}s together"]
        within = {"paragraph": f"paragraph {number}", "item": f"list {together}, item {number}"}
        for cell, text in enumerate(piece.cells, start=1):
            place = within.get(piece.kind, f"table {together}, row {number}, cell {cell}")
            yield Paragraph(self._heading, f"{self._heading}, {place}".removeprefix(", "), text)

    def _path(self, heading: str) -> str:
        """Return a heading as places name it: by its label, under the headings of other labels that it belongs to."""
        if number := _NUMBER.match(heading):
            self._chain = []
            return number["label"]
        if not (found := _LABEL.match(heading)):
            self._chain = []
            return heading
        words = [word for word, _ in self._chain]
        kept = 0 if found["word"] in _CHAPTERS else words.index(found["word"]) if found["word"] in words else len(words)
        self._chain = [*self._chain[:kept], (found["word"], found["label"])]
        return ", ".join(label for _, label in self._chain)
