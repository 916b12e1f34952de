"""Chance and calendar of the made-up year."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from qa_lib.made_up.chance import Chance
from qa_lib.schemes.hlta.made_up.candidate_files import within_limit
from qa_lib.schemes.hlta.made_up.workdays import school_days, shift_school, working_day_of

CHANCE = Chance("a seed")


def test_a_number_is_the_start_of_a_hash() -> None:
    """The first eight bytes of SHA-256 over seed and keys, joined by the unit separator."""
    # printf 'a seed\x1fkey\x1f7' | sha256sum
    assert f"{CHANCE.number('key', 7):016x}" == "c419425f2dc6b116"


def test_draws_depend_on_seed_and_keys_only() -> None:
    """Another seed or key gives another number; asking again does not."""
    assert CHANCE.number("a") == CHANCE.number("a")
    assert len({CHANCE.number("a"), CHANCE.number("b"), Chance("another").number("a")}) == 3


def test_between_reaches_both_ends() -> None:
    """Every number of the range comes up, and no other."""
    assert {CHANCE.between(2, 4, n) for n in range(100)} == {2, 3, 4}


def test_a_shuffle_ignores_the_order_of_its_items() -> None:
    """The same items in another order are shuffled the same."""
    assert CHANCE.shuffle("abcdef", "x") == CHANCE.shuffle("fedcba", "x") != list("abcdef")


def test_weights_are_kept() -> None:
    """An option of weight nine comes up about nine times as often as one of weight one; weight zero never does."""
    found = Counter(CHANCE.weighted((("never", 0), ("often", 9), ("seldom", 1)), n) for n in range(2000))
    assert set(found) == {"often", "seldom"}
    assert 150 < found["seldom"] < 250


@pytest.mark.parametrize(("per_thousand", "expected"), [(0, {False}), (1000, {True}), (500, {True, False})])
def test_happens_covers_its_ends(per_thousand: int, expected: set[bool]) -> None:
    """Nought in a thousand is never, a thousand is always."""
    assert {CHANCE.happens(per_thousand, n) for n in range(50)} == expected


def test_schools_close_around_the_turn_of_the_year() -> None:
    """No file comes in from 21 December to 3 January."""
    assert school_days("2023-12")[-1] == dt.date(2023, 12, 20)
    assert school_days("2024-01")[0] == dt.date(2024, 1, 4)
    assert shift_school(dt.date(2024, 1, 5), -3) == dt.date(2023, 12, 20)
    assert shift_school(dt.date(2023, 12, 19), 4) == dt.date(2024, 1, 4)


def test_working_days_of_a_month_count_from_one() -> None:
    """The first working day of January 2024 is the second."""
    assert working_day_of("2024-01", 1) == dt.date(2024, 1, 2)


@pytest.mark.parametrize(("others", "fits"), [(4, True), (5, False)])
def test_the_limit_is_five_in_any_seven_days(others: int, fits: bool) -> None:
    """A fifth assessment fits, a sixth does not; a week later it does."""
    day = dt.date(2024, 3, 6)
    assert within_limit(day, [dt.date(2024, 3, 4 + n % 5) for n in range(others)]) is fits
    assert within_limit(dt.date(2024, 3, 15), [dt.date(2024, 3, 4 + n % 5) for n in range(others)])
