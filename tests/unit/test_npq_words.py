"""Ethnic groups, sex, disability, grades and phases are known by the labels and codes of the public lists."""

from __future__ import annotations

import pandas as pd
import pytest

from qa_lib.schemes.npq.rules.recruitment import white_british
from qa_lib.schemes.npq.tables import TABLES
from qa_lib.tables.open_words import is_known, is_unsaid, known_words, read_text
from qa_lib.tables.vocabulary import Column

COLUMNS = {column.name: column for name in ("participants", "schools") for column in TABLES[name].columns}
WHITE_BRITISH = """
White British; white – british; White: British; White (British); WBRI; British White; White Scottish; W1; 11; 160
English/Welsh/Scottish/Northern Irish/British; White: English, Welsh, Scottish, Northern Irish or British
White - English/Welsh/Scottish/Northern Irish/British; White - English, Scottish, Welsh, Northern Irish or British
White - Scottish; 13; Other White British; WOWB
"""
OTHER = """
Any other White background; White: Other White; White other; WOTH; 19; 179; W9; White: Irish; WIRI; Roma; WROM
Gypsy or Irish Traveller; White: Gypsy or Irish Traveller; Irish Traveller; 15; 163; Asian; Asian/Asian British: Indian
Asian, Asian British or Asian Welsh: Bangladeshi; AIND; 31; 103; Chinese or other ethnic group: Chinese; CHNE; 34
Black, Black British, Black Welsh, Caribbean or African: Caribbean; Black/African/Caribbean/Black British: Other Black
Mixed: White and Black Caribbean; Mixed/multiple ethnic groups: White & Asian; MWAS; 43; Mixed; Arab; 50; 180
Other ethnic group: Arab; Any other ethnic group; OOTH; 80; 899; Other
"""
NOT_KNOWN = """
White; British; 10; Not white British; White non-British; Klingon; Prefer not to say; Not disclosed
Unknown; N/K; White British or Irish
Refused; REFU; 98; Information refused; NOBT; Information not yet obtained; Not stated; 90; 997; 998
"""


def labels(text: str) -> list[str]:
    """Return the labels of a list, which ; and ends of lines part."""
    return [label.strip() for line in text.strip().splitlines() for label in line.split(";")]


@pytest.mark.parametrize(
    ("text", "british"), [(WHITE_BRITISH, True), (OTHER, False), (NOT_KNOWN, None)], ids=["yes", "no", "not known"]
)
def test_labels_and_codes_tell_who_is_white_british(text: str, british: bool | None) -> None:
    """Those of three censuses, of the DfE and of HESA do; what does not say, and what is no label, is not known."""
    said = white_british(pd.Series(labels(text), dtype="str")).astype("object")
    answers = dict(zip(labels(text), said.where(said.notna(), None), strict=True))
    assert {label for label, one in answers.items() if one is not british} == set()


@pytest.mark.parametrize(
    ("column", "word", "texts"),
    [
        ("sex", "Female", "F; woman; 2; female"),
        ("sex", "Male", "m; MAN; 1"),
        ("disability", "Yes", "y; Disabled; 08; 51; 96; has a disability"),
        ("disability", "No", "n; None; No known disability; 00; 95; Not disabled"),
        ("ethnicity", "Pakistani", "APKN; 32; A2; Asian or Asian British - Pakistani"),
        ("ethnicity", "Asian or Asian British", "Asian; Asian/Asian British; British Asian"),
        ("ofsted", "Requires improvement", "3; RI; requires  improvement"),
        ("ofsted", "Inadequate", "4; Special measures; Serious Weaknesses"),
        ("phase", "Primary", "primary; Middle deemed primary; State-funded primary"),
        ("phase", "16 plus", "Post-16; 16+; Sixth form"),
    ],
)
def test_each_column_reads_its_own_labels_and_codes(column: str, word: str, texts: str) -> None:
    """Whatever their case and signs."""
    assert {read_text(COLUMNS[column], text) for text in labels(texts)} == {word}


@pytest.mark.parametrize(
    ("column", "text"), [("sex", "9"), ("disability", "97"), ("ethnicity", "999"), ("ofsted", "9")]
)
def test_a_code_that_says_nothing_is_of_nobody_known(column: str, text: str) -> None:
    """Each list has its own; the word for it is the same in all."""
    read = read_text(COLUMNS[column], text)
    assert is_unsaid(read)
    assert not is_known(COLUMNS[column], read)


def test_of_a_column_without_a_list_everything_that_is_said_is_known() -> None:
    """A type of school is what the register calls it; *not applicable* says nothing."""
    cells = pd.Series(["Free school", "Not applicable", None], dtype="str")
    assert known_words(cells, COLUMNS["type"]).fillna("").tolist() == ["Free school", "", ""]


def test_no_white_british_label_is_of_another_group_too() -> None:
    """What is declared twice would be read as whichever comes last."""
    ethnicity = COLUMNS["ethnicity"]
    assert read_text(ethnicity, "Other White") == "Any other White background"
    assert read_text(ethnicity, "Other White British") == "White British"


@pytest.mark.parametrize(
    "column", [one for one in COLUMNS.values() if one.kind == "text" and one.options], ids=lambda one: one.name
)
def test_a_reading_is_settled_and_hangs_on_neither_case_nor_signs(column: Column) -> None:
    """Every label of a list, in capitals and with dashes for blanks, is its word; a word is itself."""
    for label, word in (*column.synonyms, *((word, word) for word in column.options)):
        assert read_text(column, label.upper().replace(" ", " – ")) == word, label
