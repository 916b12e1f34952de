"""A new seed could not be foreseen, and everybody types it alike."""

import csv
from pathlib import Path

import pytest

from qa_lib.errors import SampleError
from qa_lib.sampling.seeds import new_seed

GOOD = "4613 2265 1432 6651 2341"


@pytest.mark.parametrize(
    "seed",
    [
        GOOD,
        "6 1 4 2 3 5 1 2 6 4 3 1",
        "HTTHHTHTTTHHTHTHHHTT",
        "lottery of 2 March 2024: 4 17 23 38 41 55",
        "Lotto Saturday 02/03/2024 04-17-23-38-41-55",
        "correct horse battery staple",
        "1234 5678 9012 3456 0789 1",
        "20240302 9146 2281 7730",
        "B0l7 xO19 QQ45 k0O2 aa91 z",
    ],
)
def test_what_chance_gives_is_taken_as_it_is(seed):
    """Dice, coins, words, and a lottery's numbers with its day: no character changes."""
    assert new_seed(seed) == (seed, ())


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        ("1" * 20, 'is nearly all "1"'),
        ("0000 0000 0000 0000 0001", 'is nearly all "0"'),
        ("12121212121212121212", 'repeats "12"'),
        ("4613 4613 4613 4613 4613", 'repeats "4613"'),
        ("Northampton Northampton", 'repeats "northampton"'),
        ("1234567890 1234567890", 'repeats "1234567890"'),
        ("01234567890123456789", "repeats"),
        ("9876543210 9876543210 987", "repeats"),
        ("abcdefghijklmnopqrstuvwxyz", "counts or follows the keyboard"),
        ("zyxwvutsrqponmlkjihg", "counts or follows the keyboard"),
        ("1 2 3 4 5 6 7 8 9 10 11 12", "counts or follows the keyboard"),
        ("10, 20, 30, 40, 50, 60, 70", "counts or follows the keyboard"),
        ("1122334455667788990011", "counts or follows the keyboard"),
        ("qwertyuiopasdfghjklzxcvbnm", "counts or follows the keyboard"),
        ("2024-03-01T09:30:00Z", "is a date or time"),
        ("01/03/2024 02/03/2024", "is a date or time"),
        ("Friday the 1st of March 2024", "is a date or time"),
        ("20240301 20240302 20240303", "is a date or time"),
        ("March 1, 2024 at 10:15 am", "is a date or time"),
        ("- - - - - - - - - - - - -", "holds no letter or digit"),
    ],
)
def test_what_anybody_could_have_foreseen_is_refused(seed, why):
    """Repetition, counting and dates, with how chance is had."""
    with pytest.raises(SampleError, match=f"the seed {why}.*throw dice"):
        new_seed(seed)


@pytest.mark.parametrize(
    ("typed", "remark"),
    [
        ("4613 2265\u00a01432\u20026651  2341", "blanks"),
        ("46\u200b13 2265 1432 6651 2341\ufeff", "invisible"),
        ("４６１３ 2265 1432 6651 ٢٣٤١", "digits of another script"),
    ],
)
def test_what_nobody_can_see_changes_no_draw(typed, remark):
    """Blanks, invisible characters and digits of other scripts become what a reader reads, and that is said."""
    seed, remarks = new_seed(typed)
    assert seed == GOOD
    assert [remark in one for one in remarks] == [True]


@pytest.mark.parametrize("word", ["14l2", "665O", "I432", "o61o"])
def test_a_letter_among_digits_is_asked_about(word):
    """Whether it is a digit, only the reviewer can say."""
    with pytest.raises(SampleError, match=f'among digits, in "{word}"'):
        new_seed(f"4613 2265 {word} 6651 2341")


@pytest.mark.parametrize("letter", ["O", "l", "\u041e", "\uff2f", "|"], ids=["O", "l", "Cyrillic", "wide", "bar"])
@pytest.mark.parametrize("seed", ["4613 2265 1432 {} 6651 2341", "4613-22{}5-1432-6651-2341"], ids=["alone", "inside"])
def test_a_letter_of_any_script_is_asked_about_wherever_it_stands(seed, letter):
    """Alone between numbers, between dashes, and from another keyboard it looks like a digit as well."""
    with pytest.raises(SampleError, match="among digits"):
        new_seed(seed.format(letter))


def test_raised_and_circled_digits_are_read_as_digits():
    """Nobody who types the same paper would write them so."""
    assert new_seed("4613 2265 143\u00b2 6651 234\u2460")[0] == GOOD


DIGEST = "5f7bcb55dedec9ada75d0fc7e2074951b080051e2645209cc0f5d21756470f14"


@pytest.mark.parametrize(
    "seed", [DIGEST, DIGEST[:24], f"{DIGEST[:32]} {DIGEST[32:]}", "Harbour and Quays 2024-03", "Lotto of 2 March, live"]
)
def test_a_seed_of_what_the_freeze_says_is_refused(seed):
    """Whoever froze could try files until such a seed suited; a lottery's numbers beside its name are chance."""
    known = (DIGEST, "Harbour and Quays", "2024-03", "Lotto of 2 March, live at eight", {"no": "text"}, 33)
    with pytest.raises(SampleError, match="the seed says only what the freeze says, which anybody could have foreseen"):
        new_seed(seed, known=known)
    assert new_seed("Lotto of 2 March: 4 17 23 38 41 55", known=known)


def test_twenty_characters_must_remain():
    """What was left out does not count."""
    with pytest.raises(SampleError, match="expected 20 or more"):
        new_seed("46\u200b13\u200b22\u200b65\u200b14\u200b32\u200b66")


def test_every_seed_of_the_made_up_slice_stands():
    """A stricter look at new seeds turns none of them away."""
    with Path("notebooks/data/partnership/events.csv").open(encoding="utf-8") as file:
        seeds = [row["seed"] for row in csv.DictReader(file) if row["seed"]]
    assert [new_seed(seed) for seed in seeds] == [(seed, ()) for seed in seeds]
    assert seeds
