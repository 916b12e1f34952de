"""What a publication hides, rounds and marks: one profile per body whose rules are followed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qa_lib.errors import DisclosureError

#: The symbols of the explore-education-statistics standard, and what they say.
SYMBOLS = {
    "c": "confidential: a small number, or a figure from which one could be worked out",
    "z": "not applicable: nobody is in this group, or there is no such number",
    "x": "not available",
    "low": "rounds to nought and is not nought",
    "u": "low reliability: a rate on too few people",
}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The thresholds of one body.

    Attributes
    ----------
    name
        How the profile is asked for.
    small
        Counts from 1 to this, of successes, of the others or of people, are small.
    small_text
        What stands for a small count.
    round_to
        Counts are rounded to the nearest multiple of this, halves away from nought.
    base
        A rate on fewer people than this is not shown.
    base_text
        What stands for such a rate.
    guarded
        Whether further cells are hidden until no small count can be worked out.
    """

    name: str
    small: int = 0
    small_text: str = "c"
    round_to: int = 1
    base: Fraction = Fraction(0)
    base_text: str = "u"
    guarded: bool = False

    def few(self, people: float) -> bool:
        """Say whether these are so few people that nothing of them is shown, not even of all of them together."""
        return 1 <= people <= self.small


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(name="dfe", small=4, base=Fraction(30), guarded=True),
        Profile(name="ofqual", small=4, small_text="fewer than 5", round_to=5),
        Profile(name="hesa", round_to=5, base=Fraction(45, 2), base_text="c"),
        Profile(name="none"),
    )
}


def find_profile(name: str) -> Profile:
    """Return the profile of this name.

    Raises
    ------
    DisclosureError
        If there is none.
    """
    if name not in PROFILES:
        raise DisclosureError(f"the profile is {name!r}; expected one of {', '.join(PROFILES)}")
    return PROFILES[name]


def nearest(count: int, multiple: int) -> int:
    """Return the multiple nearest to a count, halves away from nought.

    Examples
    --------
    >>> [nearest(count, 5) for count in (2, 3, 7, 8)], nearest(5, 10)
    ([0, 5, 5, 10], 10)
    """
    return (2 * count + multiple) // (2 * multiple) * multiple


def percent_of(k: int, n: int, *, places: int = 1) -> str:
    """Return 100 k / n with so many decimals, exactly, halves away from nought; ``low`` where only that is nought.

    Examples
    --------
    >>> percent_of(1, 16), percent_of(1, 3), percent_of(0, 9), percent_of(1, 9999)
    ('6.3', '33.3', '0.0', 'low')
    """
    unit: int = 10**places
    scaled = (2 * 100 * unit * k + n) // (2 * n)
    if k and not scaled:
        return "low"
    return f"{scaled // unit}.{scaled % unit:0{places}d}" if places else str(scaled)
