"""Names that a reader takes for the same fold to the same; what says something keeps them apart."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_lib.intake import near_names
from qa_lib.lookalikes import bare_word, folded_name, near_equal, shown_name, word_form
from qa_lib.scheme import find_scheme

NAMES = st.text(st.characters(codec="ascii"), max_size=12) | st.from_regex(r"[a-zA-Z]{0,3}[ _-]?0{0,2}[1-9lIO]{0,3}")


@pytest.mark.parametrize(
    "other",
    ["QUILL", "Qu ill", "qu-ill", "Q.u.i.l.l", "Qu\u00a0ill", "Qu\u200bill", "Q\u2013uill", "Qu\u00efll", " Quill "],
)
def test_what_a_reader_overlooks_is_folded_away(other: str) -> None:
    """Case, spaces of any kind, dashes, dots, accents and invisible characters make no other name."""
    assert folded_name(other) == folded_name("Quill")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BO7", "B07"),
        ("B-07", "b7"),
        ("B 007", "B7"),
        ("Il1", "111"),
        ("\u0420eter", "Peter"),
        ("\u039aite", "Kite"),
        ("\u039d\u0397\u03a5X", "nhyx"),
    ],
)
def test_zeros_and_look_alike_letters_are_folded(one: str, other: str) -> None:
    """Leading zeros, o and l beside digits, and letters of other scripts that look Latin."""
    assert folded_name(one) == folded_name(other)


@pytest.mark.parametrize("other", ["Kent and Medway", "Kent &Medway", "KENT\uff06MEDWAY"])
def test_and_is_and_however_it_is_written(other: str) -> None:
    """An office writes either, and the fast way for many names folds it as the other does."""
    assert folded_name(other) == folded_name("Kent & Medway")
    many = pd.Series(["Kent & Medway", other, *(f"N{n}X" for n in range(near_names.FEW))])
    assert near_names.may_be_near(many) == ["Kent & Medway", other]


@pytest.mark.parametrize(
    ("one", "other"), [("K-1-1", "K-11"), ("K10", "K1"), ("Ko", "K0"), ("2024-01", "202401"), ("North", "Norths")]
)
def test_what_says_something_keeps_two_names_apart(one: str, other: str) -> None:
    """A separator between digits, a zero at the end, a letter more."""
    assert folded_name(one) != folded_name(other)


@given(NAMES)
def test_the_fast_way_for_ascii_gives_what_the_other_gives(name: str) -> None:
    """An invisible character more takes the slower way, and is left out there."""
    assert folded_name(name) == folded_name(f"{name}\u2060")


@given(st.lists(NAMES, max_size=12))
def test_every_group_is_of_different_names_with_one_folding(names: list[str]) -> None:
    """Nothing is named twice, nothing near is left out, and order does not matter."""
    groups = near_equal(names)
    assert groups == near_equal(reversed(names))
    assert all(len({folded_name(name) for name in group}) == 1 < len(set(group)) for group in groups)
    lonely = set(names) - {name for group in groups for name in group}
    assert len({folded_name(name) for name in lonely}) == len(lonely)


@given(
    st.lists(NAMES | st.sampled_from(["\u0420x1", "P\u00a0x1", "p\tx1", "1-1-1", "1-01.1", "o-1", "0'1"]), max_size=30)
)
def test_folding_by_the_million_finds_the_same(names: list[str]) -> None:
    """What Arrow sorts out beforehand is near nothing: the groups are those of all names."""
    different = pd.Series(list(dict.fromkeys(names)), dtype="str")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_names, "FEW", 0)
        kept = near_names.may_be_near(different)
    assert near_equal(kept) == near_equal(names)
    assert set(kept) == {name for group in near_equal(names) for name in group}


def test_a_message_shows_what_a_reader_would_overlook() -> None:
    """An odd space, an invisible character and a letter of another script are written as codes; an accent is not."""
    assert shown_name("Qu\u00a0i\u200bll") == '"Qu\\xa0i\\u200bll"'
    assert shown_name("\u0420eter Ang\u00e9lique") == '"\\u0420eter Ang\u00e9lique"'


@pytest.mark.parametrize("scheme", ["hlta", "npq"])
def test_no_two_words_of_a_list_are_read_as_one(scheme: str) -> None:
    """Without case and separators every word of every list is still another one."""
    lists = [
        column.options for table in find_scheme(scheme).tables.values() for column in table.columns if column.options
    ]
    assert lists
    for words in lists:
        assert len({bare_word(word) for word in words}) == len(words)
        assert len({word_form(word) for word in words}) == len(words)


@pytest.mark.parametrize("text", ["1-3", "1 3", "1_3", "-13", "13-", "_13"])
def test_a_separator_that_says_something_is_kept(text: str) -> None:
    """Neither a range nor a negative number is the number 13."""
    assert bare_word(text) != bare_word("13")


@pytest.mark.parametrize("dash", list("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"))
def test_a_dash_is_a_dash_however_a_word_processor_writes_it(dash: str) -> None:
    """A word of a list is read with any of them between its parts; between digits each says something."""
    assert bare_word(f"Full {dash} Reassessment") == bare_word("full_reassessment")
    assert word_form(f"Pre{dash}Assessment") == "pre_assessment"
    assert bare_word(f"1{dash}3") != bare_word("13")
