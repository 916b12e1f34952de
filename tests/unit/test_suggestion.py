"""A word that is not known is answered with the one that was meant, never with its opposite."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import qa_lib
from qa_lib.intake.layout import nearest as nearest_of_intake
from qa_lib.lookalikes import suggestion
from qa_lib.scheme import find_scheme
from qa_lib.strict_yaml import nearest as nearest_of_yaml

JUDGEMENTS = ("met", "insufficient")
DENIALS = (
    *("not {}", "Not-{}", "not_{}", "isn't {}", "isn’t {}", "is not {}", "wasn't {}", "never {}", "{} not"),
    *("un{}", "un {}", "in{}", "non-{}", "non{}", "not{}", "no {}", "dis{}"),
    *("{}: no", "{} = No", "{} (no)", "{} - no", "{}? N", "ain't {}", "N.O.T. {}", "{} false", "{} refused", "de-{}"),
    *("hardly {}", "nearly {}", "lacks {}", "anti-{}"),
)


@pytest.mark.parametrize("known", ["met", "endorsed", "eligible", "passed", "moderatable", "full_reassessment"])
@pytest.mark.parametrize("denial", DENIALS)
def test_a_denied_word_is_not_answered_with_the_word(denial: str, known: str) -> None:
    """Whatever denies it, a word of its own in front or behind, or a beginning; nor is the word with its denial."""
    typed = denial.format(known)
    assert suggestion(typed, [known], cutoff=0.1) == ""
    assert suggestion(known, [typed], cutoff=0.1) == ""


@pytest.mark.parametrize(
    ("typed", "opposite"),
    [
        ("sufficient", "insufficient"),
        ("suficient", "insufficient"),
        ("ineligble", "eligible"),
        ("inacurate", "accurate"),
        ("irregullar", "regular"),
        ("withdrawn", "drawn"),
        ("evidence suficient", "evidence insufficient"),
        ("not endorsd", "endorsed"),
    ],
)
def test_a_slip_in_the_denial_is_still_one(typed: str, opposite: str) -> None:
    """A misspelt opposite is nobody's slip."""
    assert suggestion(typed, [opposite], cutoff=0.1) == ""


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("mett", JUDGEMENTS, "met"),
        ("insuficient", JUDGEMENTS, "insufficient"),
        ("in sufficient", JUDGEMENTS, "insufficient"),
        ("INSUFFICIENT evidence", JUDGEMENTS, "insufficient"),
        ("ineligble", ("eligible", "ineligible"), "ineligible"),
        ("elegible", ("eligible", "ineligible"), "eligible"),
        ("not moderated", ("moderated", "not_moderated"), "not_moderated"),
        ("not aplicable", ("applicable", "not_applicable"), "not_applicable"),
        ("case no", ("case_id", "candidate_id"), "case_id"),
        ("instition", ("institution",), "institution"),
        ("insufficient evidnce", ("met", "insufficient_evidence"), "insufficient_evidence"),
        ("evidence insufficient", ("evidence_is_insufficient",), "evidence_is_insufficient"),
        ("with a distinctoin", ("with a distinction", "without distinction"), "with a distinction"),
        ("?!", JUDGEMENTS, ""),
        ("", ("", "met"), ""),
    ],
)
def test_a_slip_is_answered_with_the_word_that_was_meant(typed: str, known: tuple[str, ...], meant: str) -> None:
    """Also where the word begins as a denial does; a number of something (*no.*) denies nothing."""
    assert suggestion(typed, known) == meant


def test_no_list_of_a_scheme_answers_a_word_with_its_opposite() -> None:
    """No word of a closed list is suggested for its denial, by intake or by the reader of rule books."""
    tables = [table for scheme in ("hlta", "npq") for table in find_scheme(scheme).tables.values()]
    lists = {column.options for table in tables for column in table.columns if column.options}
    denials = ("no", "not")
    words = [(word, options) for options in lists for word in options if word.split("_")[0] not in denials]
    assert len(words) > 50
    for word, options in words:
        for typed in (f"not {word}", *([f"un{word}"] if len(word) > 2 else [])):
            assert f'"{word}"' not in nearest_of_intake(typed, options)
            assert f"'{word}'" not in nearest_of_yaml(typed, options)


def test_no_other_part_makes_suggestions_of_its_own() -> None:
    """Near words are found in one place, where the opposite is left out; beside it paragraphs of two editions are."""
    found = set()
    for path in Path(qa_lib.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {name.split(".")[0] for name in names} & {"difflib", "rapidfuzz"}:
                found.add(path.name)
    assert found == {"lookalikes.py", "comparison.py"}
