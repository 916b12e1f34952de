"""A freeze that was withdrawn before the draw is told on the page: how often, when, by whom and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from hlta_draws import month_draw
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files

from qa_lib import draw, freeze, open_register
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.errors import SampleError
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.recording import record_withdrawal
from qa_lib.sampling.frozen import Freeze, read_freeze
from qa_lib.schemes.hlta.pages.month_sample import sample_findings
from qa_lib.schemes.hlta.rules.monthly_moderation import withdrawals_told

TABLES = {"cases": files({}, {}, {})}
WHY = "the files of one PoP were missing"


def withdrawn_twice(register) -> Freeze:
    """Freeze and withdraw a month two times, and return its third freeze."""
    for reason, by in ((WHY, "R. Clerk"), ("a\n\n wrong   rate", "")):
        freeze(TABLES, BOOK, provider=RPA, month=MONTH, register=register)
        record_withdrawal(register, provider=RPA, month=MONTH, purpose="moderation", reason=reason, by=by)
    return freeze(TABLES, BOOK, provider=RPA, month=MONTH, register=register)


def told_of(found):
    """Return the findings about withdrawals as status, message and number."""
    rows = found[found["rule"] == "X.DRAW"]
    return rows[["status", "message", "value"]].to_numpy().tolist()


def expected(frozen: Freeze) -> str:
    """Return the sentence about the two withdrawals, with the times that the clock gave them."""
    first, second = (one.recorded_at for one in frozen.withdrawn)
    return (
        f"a freeze of the month was withdrawn before its draw, 2 times: {first} by R. Clerk: {WHY}; "
        f"{second} by a person who is not recorded: a wrong rate"
    )


def test_the_page_of_a_sample_tells_every_withdrawal(tmp_path: Path) -> None:
    """While it waits for the seed and when it is drawn, made from the register or from the folder alone."""
    register = open_register("sqlite://")
    frozen = withdrawn_twice(register)
    frozen.write(tmp_path / "month")
    waiting = draw(frozen, seed="", reviewer="", reviewer_rpa="", register=register)
    from_folder = draw(
        read_freeze(tmp_path / "month"),
        seed="31 41 59 26 53 58 97 93",
        reviewer="R",
        reviewer_rpa=OTHER,
        register=register,
    )
    again = draw(
        read_freeze(tmp_path / "month"),
        seed="31 41 59 26 53 58 97 93",
        reviewer="R",
        reviewer_rpa=OTHER,
        register=register,
    )
    kept = draws_of_year(register, provider=RPA, year="2023-09")
    asked = freeze(TABLES, BOOK, provider=RPA, month=MONTH, register=register)
    for drawn in (waiting, from_folder, again, *kept):
        assert told_of(sample_findings(drawn, BOOK)) == [["warning", expected(frozen), "2"]]
    assert asked.withdrawn == frozen.withdrawn
    assert len(kept) == 1


def test_a_month_without_a_withdrawal_says_nothing_of_it() -> None:
    """Another month's and another RPA's withdrawals are not this month's."""
    register = open_register("sqlite://")
    for provider, month in ((RPA, "2024-02"), (OTHER, MONTH)):
        others = {"cases": files({"rpa": provider, "month": month})}
        freeze(others, BOOK, provider=provider, month=month, register=register)
        record_withdrawal(register, provider=provider, month=month, purpose="moderation", reason=WHY)
    drawn = month_draw(TABLES, register=register)
    assert drawn.freeze.withdrawn == ()
    assert told_of(sample_findings(drawn, BOOK)) == []
    assert withdrawals_told(audit(draws=[drawn])) == []


def test_the_audit_of_the_month_tells_it_too() -> None:
    """One warning for the month, under the heading of moderation."""
    register = open_register("sqlite://")
    frozen = withdrawn_twice(register)
    drawn = draw(frozen, seed="31 41 59 26 53 58 97 93", reviewer="R", reviewer_rpa=OTHER, register=register)
    found = audit_findings(audit(**TABLES, draws=[drawn]))
    assert told_of(found) == [["warning", expected(frozen), "2"]]
    assert found.loc[found["rule"] == "X.DRAW", "subject"].tolist() == [f"{RPA}/{MONTH}"]
    assert BOOK["X.DRAW"].section == "Moderation"


def test_the_withdrawal_of_a_late_part_names_it() -> None:
    """Withdrawn late files are told on the pages of their month."""
    register = open_register("sqlite://")
    month_draw(TABLES, register=register)
    more = {"cases": files({}, {}, {}, {})}
    late = {"provider": RPA, "month": MONTH, "register": register, "late": True}
    freeze(more, BOOK, **late)
    record_withdrawal(register, provider=RPA, month=MONTH, purpose="moderation", reason=WHY, by="R. Clerk")
    frozen = freeze(more, BOOK, **late)
    drawn = draw(frozen, seed="31 41 59 26 53 58 97 93", reviewer="R", reviewer_rpa=OTHER, register=register)
    ((_, message, number),) = told_of(sample_findings(drawn, BOOK))
    assert (message.endswith(f"by R. Clerk: {WHY} (late-1)"), number) == (True, "1")


def test_who_withdraws_second_is_told_that_somebody_did() -> None:
    """Of two people who withdraw one freeze, the second does not read that it never was."""
    register = open_register("sqlite://")
    freeze(TABLES, BOOK, provider=RPA, month=MONTH, register=register)
    asked = {"provider": RPA, "month": MONTH, "purpose": "moderation", "reason": WHY}
    record_withdrawal(register, **asked)
    with pytest.raises(SampleError, match=f"{RPA} {MONTH} was withdrawn by now: only a freeze that waits"):
        record_withdrawal(register, **asked)
