"""Of every scheme: each rule has a function, a value with its clause, a test, a card and a place in a report."""

import ast
import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest

from qa_lib.audit import rule_answers
from qa_lib.audit.audit import Audit as AnyAudit
from qa_lib.audit.rule_answers import answers_of, audit_findings
from qa_lib.audit.rule_page import rule_page
from qa_lib.audit.rule_readers import rule_readers
from qa_lib.errors import RulebookError
from qa_lib.rulebook import NOT_FOUND
from qa_lib.scheme import Scheme, find_scheme, load_rulebook, schemes

ROOT = Path(__file__).parents[2]
#: The document names a fee and gives no amount: the one clause that was not found.
WITHOUT_CLAUSE = {"HLTA.PAR.2"}


@pytest.fixture(scope="module", params=schemes())
def book(request):
    """Return the rule book of one scheme after the other."""
    return load_rulebook(request.param)


def uses(scheme):
    """Return by name of a function the tests of a scheme that use it."""
    found = {}
    for path in sorted(Path(__file__).parent.glob(f"test_{scheme}_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for name in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}:
                    found.setdefault(name, []).append(f"{path.stem}.{node.name}")
    return found


def headings(scheme):
    """Return the headings of a scheme's notebooks."""
    cells = [
        cell
        for path in (ROOT / "notebooks" / scheme).glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    lines = [line for cell in cells for line in "".join(cell["source"]).splitlines()]
    return {line.lstrip("# ") for line in lines if line.startswith("##")}


def test_every_rule_has_a_function_a_value_with_its_clause_a_test_a_place_and_somebody_who_acts(book):
    """One row per rule, made from the code, no cell empty; no function answers two rules."""
    answers, tests, places = answers_of(book), uses(book.scheme), headings(book.scheme)
    rows = []
    for rule in [rule for rule in book if rule.kind == "rule"]:
        answer, value = answers[rule.id], rule.on(book.changes[-1])
        rows.append({
            "rule": rule.id,
            "function": f"{answer.__module__}.{answer.__name__}",
            "value": value.text,
            "clause": "" if value.clause == NOT_FOUND and rule.id not in WITHOUT_CLAUSE else value.clause,
            "tests": "; ".join(tests.get(answer.__name__, [])),
            "place": rule.section if rule.section in places else "",
            "who acts": rule.who_acts,
            "what to do": rule.what_to_do,
        })  # fmt: skip
    table = pd.DataFrame(rows)
    assert table["function"].is_unique
    assert not (table == "").any(axis=None), table[(table == "").any(axis=1)].to_string()


def test_whatever_is_answered_has_somebody_to_act_on_it(book):
    """No breach can stand on the first screen without a heading, and without who does what; also of a convention."""
    for rule_id in answers_of(book):
        assert all((book[rule_id].section, book[rule_id].who_acts, book[rule_id].what_to_do)), rule_id


def test_who_reads_a_rule_is_found_in_the_code(book):
    """Each rule with an answer is read at least by the module of its function; every convention is read by somebody."""
    readers = rule_readers(find_scheme(book.scheme))
    assert {rule.id for rule in book} <= set(readers)
    for rule_id, answer in answers_of(book).items():
        assert answer.__module__.replace(".", "/") + ".py" in readers[rule_id], rule_id


def test_answers_stand_in_the_order_of_the_rule_book(book):
    """Whatever the modules are called; a beginning of ids chooses among them."""
    answers = answers_of(book)
    assert list(answers) == [rule.id for rule in book if rule.id in answers]
    last = list(answers)[-1]
    assert list(answers_of(book, last)) == [last]


def test_a_rule_that_nothing_answers_is_an_error(book):
    """A rule that is added to a rule book without a function is named; a convention needs none."""
    first = next(iter(book))

    def with_one_more(kind):
        new = first.model_copy(update={"id": "NEW.1", "kind": kind})
        return dataclasses.replace(book, rules={**book.rules, "NEW.1": new})

    with pytest.raises(RulebookError, match=r"no function answers NEW\.1 of "):
        answers_of(with_one_more("rule"))
    assert "NEW.1" not in answers_of(with_one_more("convention"))


def test_a_function_that_answers_no_rule_of_the_book_is_an_error(book):
    """A mistyped id, or a rule that was taken out of the book, is named with the function."""
    first, *rest = answers_of(book)
    less = dataclasses.replace(book, rules={rule: book[rule] for rule in rest})
    with pytest.raises(RulebookError, match=rf"\.\w+ answers {first}, which .* does not hold"):
        answers_of(less)


def test_the_page_of_rules_is_what_the_code_says(book):
    """docs/<scheme>-rules.md is what `qa rules --page` writes."""
    page = (ROOT / "docs" / f"{book.scheme}-rules.md").read_text(encoding="utf-8")
    assert page == rule_page(book, book.changes[-1])


SUMMED_UP = """
from qa_lib.audit.answering import Statement, answers

@answers("NPQ.M1", after_others=True)
def summed_up(audit, others):
    yield Statement(status="information", message=f"{len(others['NPQ.M2'])} said")
"""
ANSWERED = """
from qa_lib.audit.answering import Statement, answers

@answers("NPQ.M2")
def answered(audit):
    yield Statement(status="met", message="yes")
    yield Statement(status="breach", message="no", subject_type="person", subject="p1")
"""


@pytest.fixture
def two_rules(tmp_path, monkeypatch):
    """Return a function that writes a package of answers for two rules, and the audit of their scheme."""
    whole = load_rulebook("npq")
    book = dataclasses.replace(whole, rules={rule: whole[rule] for rule in ("NPQ.M1", "NPQ.M2")})

    class Audit(AnyAudit):
        def rule(self, rule_id):
            return self.book[rule_id].on("2020-01-01")

    def written(**modules):
        for name, source in {"__init__": "", **modules}.items():
            (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        scheme = Scheme(name="two", title="Two", tables={}, provider_table="x", answers_in=tmp_path.name)
        monkeypatch.setattr(rule_answers, "find_scheme", lambda _name: scheme)
        monkeypatch.syspath_prepend(tmp_path.parent)
        return Audit(scheme=scheme, tables={}, book=book, provider="P", as_of=pd.Timestamp("2020-01-01"))

    return written


def test_an_answer_that_looks_at_the_others_comes_last(two_rules):
    """It gets what they said; findings carry the clause, and are about the provider where no subject is named."""
    findings = audit_findings(two_rules(first=SUMMED_UP, second=ANSWERED)).set_index("message")
    assert set(findings.index) == {"2 said", "yes", "no"}
    assert findings.loc["2 said", ["rule", "subject_type", "subject"]].tolist() == ["NPQ.M1", "provider", "P"]
    assert findings.loc["no", ["rule", "subject_type", "subject"]].tolist() == ["NPQ.M2", "person", "p1"]
    assert findings["clause"].str.startswith("Annex A, Metric").all()


def test_two_answers_to_one_rule_are_an_error(two_rules):
    """Both functions are named; a function that another module imports is one function."""
    audit = two_rules(first=SUMMED_UP, second=ANSWERED, third=ANSWERED)
    with pytest.raises(RulebookError, match=r"NPQ\.M2 is answered by .*second\.answered and by .*third\.answered"):
        answers_of(audit.book)


def test_a_function_is_counted_where_it_is_defined(two_rules, tmp_path):
    """A module that imports an answer of another answers nothing itself."""
    audit = two_rules(first=SUMMED_UP, second=ANSWERED, third=f"from {tmp_path.name}.second import answered\n")
    assert list(answers_of(audit.book)) == ["NPQ.M1", "NPQ.M2"]
