"""Every rule of the code of practice has a function, a value with its clause, a test and a place in the report."""

import ast
import json
from pathlib import Path

import pandas as pd
import pytest
from hlta_frames import BOOK, RPA, audit

from qa_lib.rulebook import NOT_FOUND
from qa_lib.schemes.hlta.answers import ANSWERS
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rule_page import rule_page
from qa_lib.schemes.hlta.summary import hlta_findings, section_of

ROOT = Path(__file__).parents[2]
RULES = [rule.id for rule in BOOK if rule.kind == "rule"]
DAY = "2024-03-01"


def uses():
    """Return by name of a function the tests of this folder that use it."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("test_hlta_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for name in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}:
                    found.setdefault(name, []).append(f"{path.stem}.{node.name}")
    return found


def headings(notebook):
    """Return the headings of a notebook's text."""
    cells = json.loads((ROOT / "notebooks" / "hlta" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines()]
    return {line.lstrip("# ") for line in lines if line.startswith("##")}


def table():
    """Return rule ids by what answers them, made from the code."""
    tests, answers = uses(), ANSWERS
    places = {name: headings(name) for name in ("monthly_audit", "annual_report")}
    rows = []
    for rule in RULES:
        answer, value = answers.get(rule), BOOK[rule].on(DAY)
        # The document names a fee and gives no amount: the one clause that was not found.
        clause = "" if value.clause == NOT_FOUND and rule != "HLTA.PAR.2" else value.clause
        rows.append({
            "rule": rule,
            "function": f"{answer.__module__}.{answer.__name__}" if answer else "",
            "value": value.text,
            "clause": clause,
            "tests": "; ".join(tests.get(answer.__name__, [])) if answer else "",
            "place": "; ".join(name for name, found in places.items() if answer and answer.section in found),
        })  # fmt: skip
    return pd.DataFrame(rows)


def test_every_rule_has_a_function_a_value_with_its_clause_a_test_and_a_place():
    """44 ids by five columns, no cell empty; no function answers two rules."""
    made = table()
    assert len(made) == 44
    assert made["function"].is_unique
    assert not (made == "").any(axis=None), made[(made == "").any(axis=1)].to_string()
    assert list(ANSWERS) == [*RULES, "X.DRAW"]  # the last speaks only where a freeze was withdrawn


def test_the_rule_book_says_who_reads_it():
    """Each rule names the module of its function."""
    for rule in RULES:
        assert ANSWERS[rule].__module__.replace(".", "/") + ".py" in BOOK[rule].read_by, rule


def test_a_data_set_with_nothing_but_a_draw_needs_answers_every_rule():
    """Every rule says something of the barest data set: because of what it cannot be judged; nothing is a breach."""
    bare = audit().tables["cases"][["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome"]]
    findings = hlta_findings(make_audit({"cases": bare}, BOOK, provider=RPA, months=["2024-03"]))
    assert set(findings["rule"]) == set(RULES)
    assert (findings["clause"] != "").all()
    unknown = findings[findings["status"] == "not_assessable"]
    assert unknown["message"].str.startswith("not assessable, because").all()
    assert set(findings.loc[findings["status"].isin(["breach", "warning"]), "rule"]) == set()


def test_a_month_without_files_answers_every_rule():
    """Nothing to look at is said, rule by rule, and accuses nobody."""
    findings = hlta_findings(audit(months=["2024-02"]))
    assert set(findings["rule"]) == set(RULES)
    assert set(findings["status"]) <= {"information", "not_assessable"}


def test_the_page_of_rules_is_what_the_code_says():
    """docs/hlta-rules.md is what `qa rules --page` writes."""
    assert (ROOT / "docs" / "hlta-rules.md").read_text(encoding="utf-8") == rule_page(BOOK, BOOK.changes[-1])


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_section(rule):
    """A rule's findings stand under a heading."""
    assert section_of(rule)
