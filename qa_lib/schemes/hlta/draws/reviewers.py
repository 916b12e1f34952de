"""Whether the RPA that a peer reviewer gives is one that anybody knows (HLTA.PEER.1)."""

from __future__ import annotations

from collections.abc import Collection

from qa_lib.errors import RuleNotInForce
from qa_lib.lookalikes import folded_name
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.strict_yaml import nearest


def unknown_rpa(drawn: Draw, book: RuleBook, rpas: Collection[str] = (), *, rules_on: str = "") -> str:
    """Say that the reviewer's RPA is none that the scheme or the data set names; an empty text where it is one.

    Names are compared without what a reader overlooks: case, spaces, look-alike letters.

    Parameters
    ----------
    book
        The HLTA rule book, which lists the scheme's RPAs by their regions (HLTA.REG.1).
    rpas
        Those that the data set names.
    rules_on
        The day whose rules count; the first day of the month where nothing is said.
    """
    if drawn.content.get("seed_origin") != "reviewer":
        return ""
    given = str(drawn.content["reviewer_rpa"])
    known = sorted({*_listed(book, rules_on or f"{drawn.freeze.month}-01"), *rpas})
    if not known or folded_name(given) in map(folded_name, known):
        return ""
    return (
        f"nobody knows the reviewer's RPA {given!r}; known are {', '.join(known)}{nearest(given, known) or '.'} "
        "The draw stands: check who gave the seed"
    )


def _listed(book: RuleBook, day: str) -> set[str]:
    try:
        return {str(rpa) for rpa in book["HLTA.REG.1"].on(day).value.values()}
    except RuleNotInForce:
        return set()
