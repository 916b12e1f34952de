"""What every rule book under ``parameters/rules`` must pass. Nothing is skipped."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import pytest

from qa_lib.errors import RuleNotInForce
from qa_lib.rulebook import NOT_FOUND, RuleBook, rulebook_names
from qa_lib.scheme import load_rulebook

#: A place as a reader finds it: a heading, and what is counted under it.
PLACE = re.compile(r"[A-Z].*, (paragraph \d+|list \d+(, item \d+)?|table \d+, row \d+, cell \d+)")
BOOKS = {name: load_rulebook(name) for name in rulebook_names()}


@pytest.fixture(params=sorted(BOOKS))
def book(request: pytest.FixtureRequest) -> RuleBook:
    """Return one rule book after the other; each has passed the strict loader, hence its schema."""
    return BOOKS[request.param]


def test_a_rule_book_is_named_after_its_scheme() -> None:
    """The file's name is the scheme that stands in it."""
    assert {name: book.scheme for name, book in BOOKS.items()} == {name: name for name in BOOKS}


def test_an_id_stands_in_one_rule_book_only() -> None:
    """An id in a report leads to one rule, whatever the scheme."""
    ids = [rule.id for book in BOOKS.values() for rule in book]
    assert len(ids) == len(set(ids))


def test_the_rules_of_a_group_are_numbered_from_one_without_a_gap(book: RuleBook) -> None:
    """Group by group and in order: none is passed over, and none stands twice or elsewhere."""
    groups: dict[str, list[int]] = {}
    for rule in book:
        if rule.kind == "rule":
            group, number = re.fullmatch(r"(.*?)(\d+)", rule.id).groups()
            groups.setdefault(group, []).append(int(number))
    assert groups == {group: list(range(1, len(numbers) + 1)) for group, numbers in groups.items()}
    ids = [f"{group}{number}" for group, numbers in groups.items() for number in numbers]
    assert ids == [rule.id for rule in book if rule.kind == "rule"]


def test_every_source_is_defined_and_used(book: RuleBook) -> None:
    """Nothing is cited that is not listed, and nothing is listed that is not cited."""
    assert {entry.source for rule in book for entry in rule.entries} == set(book.sources)


def test_dates_ascend_and_a_rule_lapses_only_by_an_ended_entry(book: RuleBook) -> None:
    """Each rule starts with a value; after an end comes a value or nothing; dates never go back."""
    for rule in book:
        assert not rule.entries[0].ended, rule.id
        for entry, after in pairwise(rule.entries):
            assert entry.valid_from < after.valid_from, rule.id
            assert not (entry.ended and after.ended), rule.id


def test_on_every_day_of_change_each_rule_resolves_or_is_declared_out_of_force(book: RuleBook) -> None:
    """On the day of any change, and the day before, every rule has a value, or lies outside its dates and says so."""
    for change in book.changes:
        for day in (change - dt.timedelta(days=1), change):
            for rule in book:
                entry = max(
                    (one for one in rule.entries if one.valid_from <= day), key=lambda one: one.valid_from, default=None
                )
                if entry is None or entry.ended:
                    with pytest.raises(RuleNotInForce, match=re.escape(rule.in_force())):
                        rule.on(day)
                else:
                    assert rule.on(day) is entry


def test_every_rule_has_places_or_says_that_none_was_found(book: RuleBook) -> None:
    """A rule of a document rests on places that a reader finds on paper; without one a note says why."""
    for rule in book:
        for entry in rule.entries:
            if entry.clause == NOT_FOUND:
                assert entry.note, f"{rule.id}: say what was looked for"
            elif rule.kind == "rule":
                assert entry.places, rule.id
                for place in entry.places:
                    assert PLACE.fullmatch(place.at), f"{rule.id}: {place.at}"
                    assert f"{place.at}: {place.says}" in entry.clause


def test_a_paraphrase_is_in_words_of_ours(book: RuleBook) -> None:
    """It is a few words without a full stop, quotes nothing, and is no other place's."""
    says = [(place.at, place.says) for rule in book for entry in rule.entries for place in entry.places]
    assert [one for _, one in says if re.search('[“”"]|\\.$', one)] == []
    assert len({one for _, one in says}) == len(says)


def test_conventions_cite_conventions_and_rules_cite_documents(book: RuleBook) -> None:
    """What this project chose never looks like what a document asks, and is never a breach."""
    for rule in book:
        ours = {entry.source == "conventions" for entry in rule.entries}
        assert ours == {rule.kind == "convention"}, rule.id
        assert rule.kind == "rule" or rule.severity == "information", rule.id


def test_no_rule_starts_before_its_document_or_before_2010(book: RuleBook) -> None:
    """No date means always: a rule starts with its document or later, a convention with the project's first year."""
    for rule in book:
        first = rule.entries[0]
        earliest = dt.date(2010, 1, 1) if rule.kind == "convention" else book.sources[first.source].published
        assert first.valid_from >= earliest, rule.id


def test_units_and_options_are_used_in_the_plainest_way(book: RuleBook) -> None:
    """Numbers that are months, days or shares lie where such numbers can lie."""
    for rule in book:
        for entry in rule.entries:
            for name, value in entry.value.items() if isinstance(entry.value, dict) else ():
                assert name != "year_starts_in_month" or 1 <= value <= 12, rule.id
