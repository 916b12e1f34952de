"""The cases beside the rule books: what documents say, in sentences, on the day of each change and the day before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from qa_lib.errors import RuleNotInForce
from qa_lib.rulebook import RuleBook
from qa_lib.rulebook_file import parse_day
from qa_lib.scheme import load_rulebook
from qa_lib.strict_yaml import Strict, StrictYaml

FILES = sorted(Path(__file__).parent.glob("cases_*.yaml"))


class Case(Strict):
    """One sentence about one rule on one day."""

    name: str
    rule: str
    day: str
    value: str | None = None
    cells: dict[str, str] | None = None
    not_in_force: str | None = None


def _cases(path: Path) -> list[Case]:
    file = StrictYaml(path)
    found: list[Any] = [file.model(Case, case, (place,)) for place, case in enumerate(file.content)]
    file.check()
    return found


def _books() -> dict[str, RuleBook]:
    return {path.stem.removeprefix("cases_"): load_rulebook(path.stem.removeprefix("cases_")) for path in FILES}


BOOKS = _books()
CASES = [(scheme, case) for scheme, path in zip(BOOKS, FILES, strict=True) for case in _cases(path)]


@pytest.mark.parametrize(("scheme", "case"), [pytest.param(*one, id=one[1].name) for one in CASES])
def test_the_rule_book_says_what_the_document_says(scheme: str, case: Case) -> None:
    """Each sentence holds on its day: the value as written, or that the rule is not in force."""
    rule = BOOKS[scheme][case.rule]
    if case.not_in_force is not None:
        with pytest.raises(RuleNotInForce):
            rule.on(case.day)
        assert rule.in_force() == case.not_in_force
    else:
        value = rule.on(case.day)
        assert (value.cells if case.cells is not None else value.text) == (case.cells or case.value)


def test_a_case_says_one_thing_and_its_name_is_its_own() -> None:
    """Every case expects exactly one of value, cells and not in force, and no sentence is written twice."""
    for _, case in CASES:
        assert sum(one is not None for one in (case.value, case.cells, case.not_in_force)) == 1, case.name
    assert len({case.name for _, case in CASES}) == len(CASES)


@pytest.mark.parametrize("scheme", BOOKS)
def test_every_change_has_a_case_on_the_day_and_on_the_day_before(scheme: str) -> None:
    """A date that moves by one day breaks a sentence."""
    days = {parse_day(case.day) for name, case in CASES if name == scheme}
    assert {day for change in BOOKS[scheme].changes for day in (change, change - dt.timedelta(days=1))} <= days
