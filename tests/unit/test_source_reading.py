"""A text is read into the places that a reader finds on paper, however it was saved or pasted."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from qa_lib.errors import SourceError
from qa_lib.sources.reading import read_paragraphs, read_source, with_lists

CODE = """\
Code of the Guild

Contents

Introduction\t2
Samples\t3
Annex A: Measures and how they are reported\t4

Introduction

Every office keeps this code. It is looked at each year.

Samples

A sample is drawn for each month. It holds:

- whatever was found difficult
- files that came back
 - o after a first look
- one file in ten.

Over a year nobody is left out.

Annex A: Measures and how they are reported

Measure 1: Offices draw what they have to draw, in every month of the year and for each of the levels they offer

Definition\tWhat is reported
drawn by lot\tthe number

Measure 2: Offices report

Reports come in spring.
"""
PLACES = [
    ("Introduction, paragraph 1", "Every office keeps this code. It is looked at each year."),
    ("Samples, paragraph 1", "A sample is drawn for each month. It holds:"),
    ("Samples, list 1, item 1", "whatever was found difficult"),
    ("Samples, list 1, item 2", "files that came back"),
    ("Samples, list 1, item 3", "after a first look"),
    ("Samples, list 1, item 4", "one file in ten."),
    ("Samples, paragraph 2", "Over a year nobody is left out."),
    ("Annex A, Measure 1, table 1, row 1, cell 1", "Definition"),
    ("Annex A, Measure 1, table 1, row 1, cell 2", "What is reported"),
    ("Annex A, Measure 1, table 1, row 2, cell 1", "drawn by lot"),
    ("Annex A, Measure 1, table 1, row 2, cell 2", "the number"),
    ("Annex A, Measure 2, paragraph 1", "Reports come in spring."),
]


def _places(text: str) -> list[tuple[str, str]]:
    return [(one.place, one.text) for one in read_paragraphs(text)]


def test_a_text_is_headings_paragraphs_items_and_cells() -> None:
    """Each has its place; headings with a label are called by it, under those that they belong to."""
    assert _places(CODE) == PLACES


WAYS = {
    "lines of Windows": CODE.replace("\n", "\r\n"),
    "lines of old Macs": CODE.replace("\n", "\r"),
    "wrapped lines": CODE.replace("this code. It is", "this\ncode. It is").replace(
        "found difficult", "found\n  difficult"
    ),
    "dots in the contents": CODE.replace("Introduction\t2", "Introduction ......... 2").replace(
        "Samples\t3", "Samples … 3"
    ),
    "contents without page numbers": CODE.replace("\t2\n", "\n\n").replace("\t3\n", "\n\n").replace("\t4\n", "\n"),
    "contents over two pages": CODE.replace("Samples\t3", "\nii\n\f\nSam-\nples and more of what follows\t3"),
    "a page's end between": CODE.replace("\n\nOver a", "\n\n17\n\fOver a"),
    "a page's end within a sentence": CODE.replace("is looked at each", "is looked\n\nPage 3 of 9\n\fat each"),
    "a page's end within an item": CODE.replace("was found", "was\n\n- 3 -\n\ffound"),
    "a page's end within a list": CODE.replace("- files", "\n12\n\n- files"),
    "headings close to their text": CODE.replace("Samples\n\nA", "Samples\nA").replace(
        "Introduction\n\n", "Introduction\n"
    ),
    "heads and feet of pages": "".join(
        f"Code of the Guild, page {number} of 19\n\n{page}\n\nThe Guild\n{number}\n\f"
        for number, page in enumerate(CODE.split("\n\n"), start=1)
    ),
    "words divided for the line's end": CODE.replace("difficult", "diffi\u00ad\ncult"),
    "soft hyphens within words": CODE.replace("difficult", "dif\u00adfi\u00adcult"),
    "more white space": CODE.replace("nobody is", "nobody\u00a0 is ").replace("It is", "It  is"),
    "bullets of a word processor": CODE.replace("\n- ", "\n•\t").replace("\n - o ", "\n\uf0b7\t"),
    "bullets on lines of their own": CODE.replace("\n- ", "\n•\n"),
    "numbered items": CODE.replace("- whatever", "1. whatever")
    .replace("- files", "2) files")
    .replace("- one", "(c) one"),
    "an invisible mark in front": "\ufeff" + CODE,
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_what_programs_do_to_a_text_changes_no_place_and_no_word(text: str) -> None:
    """Line ends, pages, divided words, signs of lists and white space are not what a document says."""
    assert _places(text) == PLACES


def test_a_line_goes_on_with_a_capital_where_it_is_set_in_or_had_no_room() -> None:
    """Names begin with capitals within a sentence too; a line that had room for its first word begins anew."""
    wrapped = "Offices keep what they have been told about the\nGuild and its files for three years and two months."
    assert _places(f"Aims\n\n{wrapped}") == [("Aims, paragraph 1", wrapped.replace("\n", " "))]
    assert len(_places(f"Aims\n\n{wrapped.replace('been told about the', 'to.')}")) == 2
    assert _places("Aims\n\n- what is known of the\n  Guild\n- files") == [
        ("Aims, list 1, item 1", "what is known of the Guild"),
        ("Aims, list 1, item 2", "files"),
    ]


def test_a_word_processor_s_text_has_a_paragraph_a_line() -> None:
    """Without blank lines between: then each line is a paragraph, an item or a heading."""
    long = CODE.replace(
        "Every office keeps this code.", "Every office keeps this code. " + "It is theirs to keep. " * 9
    )
    assert _places("\n".join(line for line in long.split("\n") if line)) == _places(long)


def test_a_list_as_a_whole_is_a_place() -> None:
    """It stands behind its last item, its items joined by line feeds: an item that is divided changes it."""
    whole = {one.place: one.text for one in with_lists(read_paragraphs(CODE))}
    assert whole["Samples, list 1"] == "\n".join(text for place, text in PLACES if place.startswith("Samples, list 1,"))
    assert list(whole).index("Samples, list 1") == list(whole).index("Samples, list 1, item 4") + 1
    divided = {one.place: one for one in with_lists(read_paragraphs(CODE.replace("files that", "files\n- that")))}
    assert divided["Samples, list 1"].text != whole["Samples, list 1"]


def test_the_digest_is_that_of_the_words_with_single_spaces() -> None:
    """SHA-256 of the text in UTF-8; letter case, quotes and dashes count as they are."""
    (one,) = read_paragraphs("Aims\n\n  The  guild’s \u00a0 Code \n holds – always. ")
    assert one.sha256 == hashlib.sha256("The guild’s Code holds – always.".encode()).hexdigest()


def test_headings_that_repeat_are_numbered() -> None:
    """The second one under which something stands has its number behind it; places stay different."""
    text = "Aims\n\nOne thing is this.\n\nAims\n\nAnother is that.\n\nAims\n\n- and more"
    assert [place for place, _ in _places(text)] == [
        "Aims, paragraph 1",
        "Aims (2), paragraph 1",
        "Aims (3), list 1, item 1",
    ]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Pre-Upload Scrutiny", "Pre-Upload Scrutiny"),
        ("4.10 Sampling of files", "4.10"),
        ("2. Sampling", "Sampling"),
        ("Requirement C - resourcing", "Requirement C"),
        ("Requirement C – resourcing", "Requirement C"),
        ("Section 5: what offices do, and when, and with whom, in the first and in all later years of it", "Section 5"),
        ("Who is this for?", "Who is this for?"),
        ("Duty D1", "Duty D1"),
    ],
)
def test_a_heading_is_a_short_line_or_one_with_a_label(line: str, heading: str) -> None:
    """It begins with a capital or a number and ends no sentence."""
    assert _places(f"{line}\n\nIt says so.") == [(f"{heading}, paragraph 1", "It says so.")]


@pytest.mark.parametrize(
    "line",
    [
        "Offices are told.",
        "Offices are told of:",
        "Status: approved",
        "Table 5: what is reported for measure 4",
        "Offices are fair and quick in all that they do for people who come to them",
        "www.example.org",
    ],
)
def test_what_is_no_heading_is_a_paragraph(line: str) -> None:
    """A sentence, a caption, a pair of word and value, a long line and an address are none."""
    assert _places(f"Aims\n\n{line}\n\nIt says so.")[0] == ("Aims, paragraph 1", line)


def test_chapters_begin_anew_and_labels_within_go_on() -> None:
    """A section ends what belongs to the one before; a heading without a label ends them all."""
    text = "".join(
        f"{heading}\n\nIt says so.\n\n"
        for heading in (
            "Section 1: a",
            "Step 1: b",
            "Step 2: c",
            "Section 2: d",
            "Step 3: e",
            "Annex A: f",
            "Index",
            "Step 4",
        )
    )
    assert [place.removesuffix(", paragraph 1") for place, _ in _places(text)] == [
        *(
            "Section 1",
            "Section 1, Step 1",
            "Section 1, Step 2",
            "Section 2",
            "Section 2, Step 3",
            "Annex A",
            "Index",
            "Step 4",
        )
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 \xff", "is a PDF or a file of an office program; expected plain text: save it as text (UTF-8)"),
        (b"PK\x03\x04\x14", "is a PDF or a file of an office program"),
        ("a\nna\u00efve".encode("cp1252"), ":2: not text in UTF-8; save the file as text in UTF-8"),
        (b"\n \n12\n", "holds no paragraph; expected the text of a document"),
        (b"", "holds no paragraph"),
        (None, "cannot be read (No such file or directory); expected a text file; check the path"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    """With what arrived, what was expected and what to do."""
    path = tmp_path / "code.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_of_word_processors_is_read(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with or without a mark, and UTF-16 with one."""
    path = tmp_path / "code.txt"
    path.write_bytes(CODE.encode(encoding))
    assert [(one.place, one.text) for one in read_source(path)] == PLACES
