"""The register keeps the order of freezes and draws, and a refusal leaves every table as it was."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from qa_lib.errors import RegisterError, SampleError
from qa_lib.register.draws_of_year import draws_of_year, not_moderatable_of_year
from qa_lib.register.recording import record_draw, record_freeze, record_not_moderatable, record_withdrawal
from qa_lib.register.schema import METADATA
from qa_lib.register.store import Register, open_existing_register, open_register, sampled_entities
from qa_lib.register.verify_chains import register_log, verify_register
from qa_lib.sampling.drawing import Draw, make_draw, make_series_draw
from qa_lib.sampling.frozen import Freeze, SamplingPlan
from qa_lib.sampling.population import COLUMNS
from tests.second_implementation import naive
from tests.second_implementation.examples import SEED, file_row, seed_for

RATE = Fraction(1, 20)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return a new register in a file."""
    return open_register(str(tmp_path / "register.sqlite"))


def files(*cases: str, **changes: str) -> pd.DataFrame:
    """Return files of one assessor and one PoP, or of those named in ``changes``."""
    return pd.DataFrame([file_row(case, **changes) for case in cases], columns=COLUMNS, dtype="object")


def freeze(register: Register, frame: pd.DataFrame, month: str = "2024-01", **given: Any) -> Freeze:
    """Freeze files with the lowest rate."""
    plan = SamplingPlan(rate=RATE, minimum_rate=RATE, **{key: given.pop(key) for key in ["purpose"] if key in given})
    return record_freeze(
        register, frame, given.pop("plan", plan), provider=given.pop("provider", "N"), month=month, **given
    )


def draw(register: Register, frozen: Freeze, seed: str = "", reviewer: str = "R", **given: Any) -> tuple[Draw, bool]:
    """Draw with a reviewer of another RPA, by default with a seed of this freeze alone."""
    seed = seed or seed_for(frozen.digest)
    return record_draw(
        register, frozen, lambda: make_draw(frozen, seed=seed, reviewer=reviewer, reviewer_rpa="S"), **given
    )


def month_drawn(register: Register, month: str, *cases: str) -> Draw:
    """Freeze and draw a month."""
    return draw(register, freeze(register, files(*cases), month))[0]


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, read past the library."""
    with sqlite3.connect(path) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in METADATA.tables}  # noqa: S608


def bytes_of(register: Register) -> list[tuple[bytes, bytes]]:
    """Return freeze and draw of every entry of provider N's years, as bytes."""
    years = [draws_of_year(register, provider="N", year=year) for year in ("2022-09", "2023-09", "2024-09")]
    return [(one.freeze.json, one.json) for draws in years for one in draws]


# --- what is there is given back -------------------------------------------------------------------------------------


def test_the_same_files_give_the_same_freeze(register: Register, tmp_path: Path) -> None:
    """Freezing again, in another order of rows, before or after the draw, gives the digest that is there."""
    first = freeze(register, files("1", "2", "3"))
    again = freeze(register, files("3", "1", "2"))
    draw(register, first)
    before = tables(tmp_path / "register.sqlite")
    assert first.digest == again.digest == freeze(register, files("2", "3", "1")).digest
    assert tables(tmp_path / "register.sqlite") == before


def test_the_same_seed_gives_the_draw_that_is_there(register: Register, tmp_path: Path) -> None:
    """Asking again returns the recorded draw and says that it was there; nothing is written."""
    frozen = freeze(register, files("1", "2", "3"))
    first, new = draw(register, frozen)
    before = tables(tmp_path / "register.sqlite")
    second, new_again = draw(register, frozen)
    assert (new, new_again, second.json) == (True, False, first.json)
    assert tables(tmp_path / "register.sqlite") == before


def test_other_providers_change_nothing(register: Register) -> None:
    """A provider's freezes and draws are the same bytes whoever else is frozen and drawn between them."""
    alone = open_register("sqlite://")
    for month in ("2024-01", "2024-02"):
        month_drawn(alone, month, "1", "2")
        draw(register, freeze(register, files("1", "9", assessor_id="B"), month, provider="M"))
        month_drawn(register, month, "1", "2")
        freeze(register, files("1"), month, provider="L" + month)
    assert bytes_of(register) == bytes_of(alone)


# --- refusals, with nothing written ----------------------------------------------------------------------------------


def _again(**changes: Any) -> Callable[[Register], object]:
    return lambda register: freeze(register, files("1", "2"), **changes)


def _frozen_again(frame: pd.DataFrame) -> Callable[[Register], object]:
    return lambda register: freeze(register, frame, "2024-02")


def _drawn_again(**changes: Any) -> Callable[[Register], object]:
    return lambda register: draw(register, freeze(register, files("1", "2"), "2024-02"), **changes)


REFUSED = {
    "an earlier month": (_again(month="2023-12"), r"2023-12 comes before 2024-02, which is drawn"),
    "a changed file": (_frozen_again(files("1", "2", tier="high")), r"changed since: 1, 2"),
    "a missing file": (_frozen_again(files("1")), r"missing since: 2"),
    "a new file": (_frozen_again(files("1", "2", "3")), r"new since \(freeze them by themselves with --late\): 3"),
    "all three": (
        _frozen_again(files("2", "4", tier="high")),
        r"missing since: 1\n.*changed since: 2\n.*new since .*: 4",
    ),
    "another rate": (
        _again(month="2024-02", plan=SamplingPlan(rate=Fraction(1, 10), minimum_rate=RATE)),
        "rate was 1/20, now 1/10",
    ),
    "another policy": (
        _again(month="2024-02", plan=SamplingPlan(rate=RATE, minimum_rate=RATE, policy="from_month", from_month=2)),
        "coverage was ",
    ),
    "a second seed": (_drawn_again(seed="2" * 20), "was drawn before with another seed;"),
    "another reviewer": (_drawn_again(reviewer="Q"), "was drawn before with another reviewer;"),
    "no late files": (_again(month="2024-02", late=True), "no late files for 2024-02"),
    "a month that is none": (_again(month="2024-13"), "expected a calendar month"),
    "a provider that is none": (_again(provider="=N"), "^provider starts with"),
    "a duplicate id": (lambda register: freeze(register, files("É", "E\u0301"), "2024-03"), "the same case_id, after"),
    "its own review": (
        lambda register: record_draw(
            register,
            (frozen := freeze(register, files("1", "2"), "2024-02")),
            lambda: make_draw(frozen, seed=SEED, reviewer="R", reviewer_rpa="n "),
        ),
        "whose own files these are",
    ),
    "a short seed": (_drawn_again(seed="1" * 19), "expected 20 or more"),
    "withdrawing what is drawn": (
        lambda register: record_withdrawal(register, provider="N", month="2024-02", purpose="moderation", reason="x"),
        "is drawn already",
    ),
    "withdrawing what never was": (
        lambda register: record_withdrawal(register, provider="N", month="2024-03", purpose="moderation", reason="x"),
        "was never frozen",
    ),
    "withdrawing without a reason": (
        lambda register: record_withdrawal(register, provider="N", month="2024-02", purpose="moderation", reason=" "),
        "withdrawn with a reason",
    ),
    "a file that was not sampled": (
        lambda register: record_not_moderatable(
            register,
            provider="N",
            reasons=dict.fromkeys([*month_drawn(register, "2024-02", "1", "2").sample["case_id"], "nobody"], "lost"),
        ),
        "nobody is in no sample of N",
    ),
    "a foreign freeze": (
        lambda register: draw(register, freeze(open_register("sqlite://"), files("7"), "2024-03")),
        "the register holds no freeze",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_writes_nothing(case: str, register: Register, tmp_path: Path) -> None:
    """Each refusal says what is wrong and leaves every row of every table as it was."""
    ask, says = REFUSED[case]
    month_drawn(register, "2024-01", "0")
    month_drawn(register, "2024-02", "1", "2")
    before = tables(tmp_path / "register.sqlite")
    with pytest.raises(SampleError, match=re.compile(says, re.DOTALL)):
        ask(register)
    assert tables(tmp_path / "register.sqlite") == before
    assert verify_register(register) == []


def test_one_freeze_is_open_at_a_time(register: Register, tmp_path: Path) -> None:
    """While a month waits for its seed the next one is refused; scrutiny and other providers are not."""
    freeze(register, files("1"), "2024-01")
    before = tables(tmp_path / "register.sqlite")
    with pytest.raises(SampleError, match=r"2024-01 \(month\) is frozen and waits for its seed"):
        freeze(register, files("2"), "2024-02")
    assert tables(tmp_path / "register.sqlite") == before
    assert freeze(register, files("2"), "2024-02", provider="M").part == "month"
    scrutiny = SamplingPlan(
        rate=RATE, minimum_rate=RATE, purpose="scrutiny", scrutiny_files={"standard": 1, "raised": 1, "high": 1}
    )
    assert freeze(register, files("2"), "2024-02", plan=scrutiny).content["needs_cover"] == {
        "assessors": [],
        "pops": [],
    }


@pytest.mark.parametrize(
    ("given", "taken"),
    [("2024-01-30", False), ("2024-01-31", True), ("2024-02-01", True), ("2024-01-30T23:59:59+00:00", False)],
)
def test_a_seed_is_not_older_than_its_freeze(given: str, taken: bool, register: Register, tmp_path: Path) -> None:
    """A seed of the day before the freeze is refused, one of the same day is in time."""
    frozen = freeze(register, files("1"), frozen_on="2024-01-31")
    before = tables(tmp_path / "register.sqlite")
    if taken:
        assert draw(register, frozen, given_on=given)[1]
        return
    with pytest.raises(SampleError, match=f"the seed was given on {re.escape(given)}, before the freeze of 2024-01-31"):
        draw(register, frozen, given_on=given)
    assert tables(tmp_path / "register.sqlite") == before


def test_a_back_run_asks_for_no_date(register: Register) -> None:
    """A seed series is not held against the freeze's day."""
    frozen = freeze(register, files("1"), frozen_on="2024-01-31")
    assert record_draw(register, frozen, lambda: make_series_draw(frozen, series="s"), given_on="2020-01-01")[1]


# --- withdrawn, late, not moderatable --------------------------------------------------------------------------------


def test_a_withdrawn_freeze_is_never_drawn(register: Register) -> None:
    """After a withdrawal the month is frozen anew with another digest, and the old freeze takes no seed."""
    old = freeze(register, files("1", "2"))
    assert (
        record_withdrawal(register, provider="N", month="2024-01", purpose="moderation", reason=" a file  is missing ")
        == old.digest
    )
    with pytest.raises(SampleError, match="was withdrawn; freeze the month again"):
        draw(register, old)
    new = freeze(register, files("1", "2", "3"))
    assert new.digest != old.digest
    assert draw(register, new)[1]
    log = register_log(register, provider="N")
    assert log["kind"].tolist() == ["freeze", "withdrawal", "freeze", "draw"]
    assert log["digest"][1] == naive.withdrawal_digest(old.digest, "a file is missing")
    assert verify_register(register) == []


def test_late_files_are_drawn_alone(register: Register) -> None:
    """Files that came after the month's freeze are frozen by themselves, part by part, even after a later month."""
    month_drawn(register, "2024-01", "1", "2")
    month_drawn(register, "2024-02", "5")
    first = freeze(register, files("1", "2", "3"), late=True)
    assert (first.part, first.population["case_id"].tolist()) == ("late-1", ["3"])
    draw(register, first)
    assert freeze(register, files("1", "2", "3"), late=True).digest == first.digest
    second = freeze(register, files("1", "2", "3", "4"), late=True)
    assert (second.part, second.population["case_id"].tolist()) == ("late-2", ["4"])
    draw(register, second)
    assert [one.freeze.part for one in draws_of_year(register, provider="N", year="2023-09")] == [
        "month",
        "late-1",
        "late-2",
        "month",
    ]


def test_late_files_wait_for_the_seed_of_the_month(register: Register) -> None:
    """Late files are not frozen while the month itself is open: they would be in it after a withdrawal."""
    freeze(register, files("1"))
    with pytest.raises(SampleError, match="waits for its seed"):
        freeze(register, files("1", "2"), late=True)


def test_no_file_is_frozen_twice(register: Register) -> None:
    """A month after the last drawn one is frozen as itself, not as late: its files would be drawn twice."""
    month_drawn(register, "2024-01", "1")
    with pytest.raises(SampleError, match="2024-02 has no freeze yet"):
        freeze(register, files("2"), "2024-02", late=True)


def test_a_month_comes_back_though_late_files_were_drawn(register: Register) -> None:
    """Running again over all files gives the month's freeze, those frozen late left out."""
    first = month_drawn(register, "2024-01", "1", "2").freeze
    draw(register, freeze(register, files("1", "2", "3"), late=True))
    assert freeze(register, files("1", "2", "3")).digest == first.digest
    with pytest.raises(SampleError, match=r"new since .*: 4"):
        freeze(register, files("1", "2", "3", "4"))


def test_a_month_that_was_skipped_comes_late(register: Register) -> None:
    """All files of a month that nobody froze before the next was drawn are late files."""
    month_drawn(register, "2024-02", "5")
    late = freeze(register, files("1"), "2024-01", late=True)
    assert late.part == "late-1"


def test_cover_is_remembered_within_the_year(register: Register) -> None:
    """Who was sampled in September needs no cover in October, and does in the next September."""
    everybody = files("1", "2")
    assert month_drawn(register, "2023-09", "1").freeze.content["needs_cover"] == {"assessors": ["A1"], "pops": ["P1"]}
    assert draw(register, freeze(register, everybody, "2023-10"))[0].freeze.content["needs_cover"]["assessors"] == []
    assert freeze(register, everybody, "2024-09").content["needs_cover"] == {"assessors": ["A1"], "pops": ["P1"]}


def test_a_file_that_cannot_be_moderated_covers_nobody(register: Register) -> None:
    """It is recorded once, never replaced, and its assessor and PoP need cover again."""
    first = month_drawn(register, "2024-01", "1")
    assert record_not_moderatable(register, provider="N", reasons={"1": "withdrawn by the candidate"}) == ["1"]
    assert record_not_moderatable(register, provider="N", reasons={"1": "asked again"}) == []
    reasons = not_moderatable_of_year(register, provider="N", year="2023-09")
    assert reasons == {(first.freeze.digest, "1"): "withdrawn by the candidate"}
    with register.transaction() as connection:
        assert sampled_entities(connection, provider="N", year="2023-09") == {"assessors": set(), "pops": set()}
    second = month_drawn(register, "2024-02", "2")
    assert second.freeze.content["needs_cover"] == {"assessors": ["A1"], "pops": ["P1"]}
    assert bytes_of(register)[0] == (first.freeze.json, first.json)


def test_scrutiny_covers_nobody(register: Register) -> None:
    """Files chosen for scrutiny before upload give nobody a moderated file."""
    plan = SamplingPlan(
        rate=RATE, minimum_rate=RATE, purpose="scrutiny", scrutiny_files={"standard": 1, "raised": 1, "high": 1}
    )
    frozen = freeze(register, files("1"), plan=plan)
    record_draw(register, frozen, lambda: make_draw(frozen, seed=SEED, reviewer="R", reviewer_rpa="N"))
    assert freeze(register, files("1")).content["needs_cover"] == {"assessors": ["A1"], "pops": ["P1"]}
    assert verify_register(register) == []


def test_a_month_without_files_is_drawn_too(register: Register) -> None:
    """An empty population is frozen, drawn and verified like any other."""
    empty = draw(register, freeze(register, files()))[0]
    assert empty.content["counts"]["selected"] == 0
    assert verify_register(register) == []


def test_the_chain_is_the_protocols(register: Register) -> None:
    """The second implementation builds the same chain, entry by entry, and each freeze names its head."""
    head, entries = naive.NO_ENTRY, []
    for month in ("2024-01", "2024-02"):
        made = month_drawn(register, month, "1", month)
        assert made.freeze.content["chain_head"] == head
        for kind, digest in (("freeze", made.freeze.digest), ("draw", naive.sha256(made.json))):
            entries.append(naive.chain_entry(made.freeze.content, kind, digest, head))
            head = naive.chain_head(entries)
    with register.transaction() as connection:
        stored = connection.exec_driver_sql("SELECT entry_hash FROM chain ORDER BY position").scalars().all()
    assert stored == [naive.sha256(entry) for entry in entries]


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_register_is_found_by_argument_variable_or_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The argument comes first, then QA_REGISTER, then register.sqlite in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_REGISTER", raising=False)
    open_register()
    monkeypatch.setenv("QA_REGISTER", str(tmp_path / "deep" / "named.sqlite"))
    open_register()
    open_register(f"sqlite:///{tmp_path / 'third.sqlite'}")
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.sqlite"))
    assert found == ["deep/named.sqlite", "register.sqlite", "third.sqlite"]


def test_what_is_no_register_is_refused(tmp_path: Path) -> None:
    """Another kind of file, another kind of address, a place without a register: each in plain words."""
    (tmp_path / "notes.txt").write_text("not a database, and longer than the header of one would be" * 9)
    with pytest.raises(RegisterError, match="could not be read or written"):
        open_register(str(tmp_path / "notes.txt"))
    with pytest.raises(RegisterError, match="begins with 'mysql'"):
        open_register("mysql://host/db")
    with pytest.raises(RegisterError, match="could not be read or written"):
        open_register("://")
    with pytest.raises(RegisterError, match=r"goes on behind a '\?'; expected sqlite:/// and the path alone"):
        open_register(f"sqlite:///{tmp_path}/other.sqlite?mode=ro")
    with pytest.raises(RegisterError, match="there is no register at"):
        open_existing_register(str(tmp_path / "none.sqlite"))
    assert not (tmp_path / "none.sqlite").exists()
