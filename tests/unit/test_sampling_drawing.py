"""Which plans, freezes, seeds and reviewers are taken, and what a draw folder may hold."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest

from qa_lib.errors import SampleError
from qa_lib.sampling.drawing import Draw, check_seed, make_draw, make_series_draw, read_draw, waiting
from qa_lib.sampling.frozen import Freeze, SamplingPlan, frozen_plan, make_freeze, read_freeze, same_name
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.selection import sample_csv, standards_to_moderate
from qa_lib.sampling.tickets import tickets
from tests.second_implementation.examples import SEED, file_row, partnership

TIERS = {"standard": Fraction(0), "raised": Fraction(1, 20), "high": Fraction(1, 10)}
FILES = {"standard": 1, "raised": 2, "high": 3}


def plan(**changes: Any) -> SamplingPlan:
    """Return a plan as the HLTA rule book gives it, with changes."""
    return SamplingPlan(
        **{
            "rate": Fraction(1, 20),
            "minimum_rate": Fraction(1, 20),
            "tiers": TIERS,
            "standards": 33,
            "standards_more": 3,
            **changes,
        }
    )


def frozen(rows: list[dict[str, str]] | None = None, *, month: str = "2024-01", **changes: Any) -> Freeze:
    """Return a freeze of the example Partnership's month, or of other rows."""
    frame = pd.DataFrame(partnership() if rows is None else rows, columns=COLUMNS, dtype="object")
    return make_freeze(frame, plan(**changes), provider="RPA North", month=month)


def drawn(freeze: Freeze | None = None, *, seed: str = SEED, reviewer: str = "R", reviewer_rpa: str = "S") -> Draw:
    """Return a draw with a reviewer of another RPA."""
    return make_draw(freeze or frozen(), seed=seed, reviewer=reviewer, reviewer_rpa=reviewer_rpa)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rate": Fraction(49_999, 1_000_000)}, "is below 1/20; it may be raised, never lowered"),
        ({"rate": Fraction(1_000_001, 1_000_000)}, "is above 1"),
        ({"tiers": {"standard": Fraction(0)}}, "expected an extra rate for each of"),
        ({"tiers": {**TIERS, "high": Fraction(2)}}, "an extra rate lies outside 0 to 1"),
        ({"tiers": {**TIERS, "high": Fraction(-1, 10)}}, "an extra rate lies outside 0 to 1"),
        ({"policy": "sometimes"}, "coverage policy is 'sometimes'"),
        ({"from_month": 3}, "first_sight takes none"),
        ({"policy": "from_month"}, "a month of the year from 1 to 12"),
        ({"policy": "from_month", "from_month": 0}, "from 1 to 12"),
        ({"policy": "from_month", "from_month": 13}, "from 1 to 12"),
        ({"national_standards": (0,)}, "expected numbers from 1 to 33"),
        ({"national_standards": (34,)}, "expected numbers from 1 to 33"),
        ({"national_standards": (1,), "standards": 0}, "expected numbers from 1 to 0"),
        ({"standards_more": -1}, "negative"),
        ({"standards": -1}, "negative"),
        ({"seed_source": "lottery\x07"}, r"the seed source holds the control character U\+0007"),
        ({"purpose": "fun"}, "purpose is 'fun'"),
        ({"purpose": "scrutiny"}, "a number of files, 1 or more"),
        ({"purpose": "scrutiny", "scrutiny_files": {**FILES, "standard": 0}}, "a number of files, 1 or more"),
        ({"purpose": "scrutiny", "scrutiny_files": {"standard": 1}}, "a number of files, 1 or more"),
    ],
)
def test_a_plan_below_the_rules_is_refused(changes: dict[str, Any], says: str) -> None:
    """A rate below 5 %, above 1, an unknown policy or an impossible number: each is refused in words."""
    with pytest.raises(SampleError, match=says):
        plan(**changes)


def test_all_faults_of_a_plan_come_at_once() -> None:
    """Two faults are told in one message."""
    with pytest.raises(SampleError, match=r"rate 1/25 is below 1/20.*; purpose is 'fun'"):
        plan(rate=Fraction(1, 25), purpose="fun")


def test_the_boundaries_themselves_are_allowed() -> None:
    """Exactly 5 %, exactly everything, the first and the last month of a year."""
    assert plan().rate == Fraction(1, 20)
    assert plan(rate=Fraction(1)).rate == 1
    assert [plan(policy="from_month", from_month=month).from_month for month in (1, 12)] == [1, 12]


def test_everybody_needs_cover_at_first_sight_but_the_covered() -> None:
    """Under first_sight the freeze names whoever appears and has had no sampled file, and nobody else."""
    rows = [file_row("1", "A1", "P1"), file_row("2", "A2", "P2")]
    freeze = make_freeze(
        pd.DataFrame(rows), plan(), provider="N", month="2024-01", covered={"assessors": {"A1", "A9"}, "pops": set()}
    )
    assert freeze.content["needs_cover"] == {"assessors": ["A2"], "pops": ["P1", "P2"]}
    assert freeze.content["coverage"] == {"policy": "first_sight"}


@pytest.mark.parametrize(
    ("month", "needing"), [("2023-09", []), ("2023-12", []), ("2024-01", ["A1"]), ("2024-08", ["A1"]), ("2024-09", [])]
)
def test_from_the_fifth_month_cover_is_made_up(month: str, needing: list[str]) -> None:
    """Under from_month 5 nobody needs cover before January in a year from September, everybody does from then on."""
    freeze = frozen([file_row("1", "A1", "P1")], month=month, policy="from_month", from_month=5)
    assert freeze.content["needs_cover"]["assessors"] == needing
    assert freeze.content["coverage"] == {"from_month": 5, "policy": "from_month"}


@pytest.mark.parametrize("name", ["", " ", "=RPA", "x" * 101, "RPA\x00"])
def test_a_provider_is_an_identifier(name: str) -> None:
    """A provider without a name, or with a formula's, is refused under that word."""
    with pytest.raises(SampleError, match=r"^provider "):
        make_freeze(pd.DataFrame(partnership()), plan(), provider=name, month="2024-01")


@pytest.mark.parametrize("seed", ["1" * 20, " " + "é" * 20, "e\u0301" * 20, "dice 4 4 1 6 2 5 5 3"])
def test_a_seed_of_twenty_characters_is_taken(seed: str) -> None:
    """Twenty characters after normalisation are enough."""
    assert len(check_seed(seed)) == 20


@pytest.mark.parametrize("seed", ["", "1" * 19, " " + "1" * 19 + " ", "e\u0301" * 19, "\u3000" * 30])
def test_a_seed_of_nineteen_characters_is_refused(seed: str) -> None:
    """Nineteen are not, and neither white space nor combining accents make them twenty."""
    with pytest.raises(SampleError, match="expected 20 or more"):
        check_seed(seed)


@pytest.mark.parametrize("character", ["\n", "\t", "\x00", "\x7f", "\u2028", "\ud800"])
def test_a_seed_has_no_control_characters(character: str) -> None:
    """A line feed, a tab or half a character inside a seed is refused by name and place."""
    with pytest.raises(SampleError, match=f"U\\+{ord(character):04X} at position 11"):
        check_seed("1" * 10 + character + "1" * 10)


def test_composed_and_decomposed_seeds_draw_the_same() -> None:
    """A seed typed on another keyboard gives the same draw, byte for byte."""
    assert drawn(seed="é" * 20).json == drawn(seed=" " + "e\u0301" * 20 + "\t").json


@pytest.mark.parametrize("own", ["RPA North", "rpa north", " RPA NORTH ", "\u00a0Rpa North"])
def test_an_rpa_never_reviews_itself(own: str) -> None:
    """Letter case and white space make no other RPA."""
    with pytest.raises(SampleError, match="whose own files these are"):
        drawn(reviewer_rpa=own)


@pytest.mark.parametrize(("one", "other"), [("Straße", "STRASSE"), ("É", "e\u0301"), ("Σ", "ς"), ("ŉ", "ʼN")])
def test_names_are_compared_after_case_folding(one: str, other: str) -> None:
    """Names that differ in Unicode case or composition only are the same."""
    assert same_name(one, other)
    assert not same_name(one, other + "2")


@pytest.mark.parametrize(
    ("who", "says"), [("reviewer", "^reviewer is empty"), ("reviewer_rpa", "^the reviewer's RPA is empty")]
)
def test_a_reviewer_has_a_name(who: str, says: str) -> None:
    """Neither the reviewer nor their RPA may be left empty."""
    with pytest.raises(SampleError, match=says):
        make_draw(frozen(), seed=SEED, **{"reviewer": "R", "reviewer_rpa": "S", who: "  "})


def test_an_rpa_gives_the_seed_of_its_own_scrutiny() -> None:
    """Scrutiny takes each assessor's smallest tickets, as many as their highest tier asks for, at most all."""
    rows = [file_row(f"S{n}", "A1") for n in range(5)] + [file_row(f"R{n}", "A2", tier="raised") for n in range(5)]
    rows += [file_row("H1", "A3", tier="high"), file_row("H2", "A3"), *(file_row(f"M{n}", "A4") for n in range(4))]
    rows[-1]["tier"] = "high"
    freeze = frozen(rows, purpose="scrutiny", scrutiny_files=FILES)
    draw = drawn(freeze, reviewer_rpa="RPA North")
    of_assessor = draw.sample.merge(freeze.population[["case_id", "assessor_id"]])
    assert of_assessor["assessor_id"].value_counts().to_dict() == {"A1": 1, "A2": 2, "A3": 2, "A4": 3}
    probability = of_assessor.groupby("assessor_id")["random_probability"].unique().str.join(" ").to_dict()
    assert probability == {"A1": "1/5", "A2": "2/5", "A3": "2/2", "A4": "3/4"}
    order = freeze.population["case_id"].take(
        tickets(freeze.population["case_id"].tolist(), digest=freeze.digest, seed=SEED).order
    )
    assert [case for case in order if case.startswith("R")][:2] == sorted(
        of_assessor.loc[of_assessor["assessor_id"] == "A2", "case_id"], key=order.tolist().index
    )
    assert draw.content["seed_origin"] == "rpa"
    assert draw.content["counts"] == {"assessors": 4, "files": 16, "selected": 8}


def test_nobody_else_gives_the_seed_of_a_scrutiny() -> None:
    """A reviewer of another RPA has no part in the scrutiny before upload."""
    freeze = frozen([file_row("A")], purpose="scrutiny", scrutiny_files=FILES)
    with pytest.raises(SampleError, match="for scrutiny RPA North gives it itself"):
        drawn(freeze)


@pytest.mark.parametrize("series", ["", "  ", "back\x07run", "a\nb"])
def test_a_seed_series_is_plain_text(series: str) -> None:
    """A series that is empty or holds a control character is refused."""
    with pytest.raises(SampleError, match="the seed series is"):
        make_series_draw(frozen(), series=series)


def test_without_a_seed_a_freeze_waits() -> None:
    """Waiting for seed is a state with an empty sample, not an error."""
    state = waiting(frozen())
    assert state.status == "waiting for seed"
    assert state.sample.empty
    assert drawn().status == "drawn"


def test_standards_are_the_insufficient_the_national_and_three_more() -> None:
    """With all standards named none is added; with none at all there is nothing to moderate by standard."""
    common = {"digest": "0" * 64, "seed": SEED}
    some = standards_to_moderate("A", "2;9", national=[9, 17], more=3, standards=33, **common).split(";")
    assert {"2", "9", "17"} < set(some)
    assert len(some) == 6
    assert some == sorted(some, key=int)
    assert standards_to_moderate("A", "1;3", national=[2], more=3, standards=3, **common) == "1;2;3"
    assert standards_to_moderate("A", "", national=[], more=0, standards=0, **common) == ""
    assert standards_to_moderate("A", "40", national=[], more=0, standards=33, **common) == "40"


@pytest.mark.parametrize(
    ("met", "certain", "random"), [(0, 0, 0), (1, 0, 1), (20, 0, 1), (21, 0, 2), (1, 40, 1), (0, 40, 0)]
)
def test_the_random_part_counts_certain_passes_and_takes_at_most_all(met: int, certain: int, random: int) -> None:
    """The random part is five per cent of all files that met, certain ones included, and at most all drawable."""
    rows = [file_row(f"M{n}") for n in range(met)] + [file_row(f"C{n}", reasons="difficult") for n in range(certain)]
    counts = drawn(frozen(rows)).content["counts"]
    assert (counts["met"], counts["random"], counts["certainty"]) == (met + certain, random, certain)


def test_folders_are_written_and_read_back(tmp_path: Path) -> None:
    """A freeze and its draw come back from their folder as they were; writing them again changes nothing."""
    freeze, draw = frozen(), drawn()
    for _ in range(2):
        freeze.write(tmp_path / "x")
        draw.write(tmp_path / "x")
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        "draw.json",
        "freeze.json",
        "population.csv",
        "sample.csv",
    ]
    again = read_freeze(tmp_path / "x")
    assert (again.digest, again.folder) == (freeze.digest, tmp_path / "x")
    pd.testing.assert_frame_equal(again.population, freeze.population)
    assert read_draw(again, draw.json, sample_csv(draw.sample)).content == draw.content


def test_a_folder_holds_one_freeze_and_one_draw(tmp_path: Path) -> None:
    """Another freeze, or a draw with another seed, is refused and leaves every byte as it was."""
    frozen().write(tmp_path)
    drawn().write(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SampleError, match="already holds another freeze"):
        frozen(month="2024-02").write(tmp_path)
    with pytest.raises(SampleError, match="drawn already with another seed or reviewer"):
        drawn(seed="2" * 20).write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_draw_of_another_freeze_is_not_read() -> None:
    """draw.json is read with the freeze and the sample that it binds, or not at all."""
    draw = drawn()
    with pytest.raises(SampleError, match="binds another"):
        read_draw(frozen(month="2024-02"), draw.json, sample_csv(draw.sample))
    with pytest.raises(SampleError, match="binds another"):
        read_draw(draw.freeze, draw.json, sample_csv(draw.sample.iloc[1:]))


def _edit(name: str, edit: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(edit((folder / name).read_bytes()))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "freeze.json").unlink(), "has no freeze.json"),
        (lambda folder: (folder / "population.csv").unlink(), "has no population.csv"),
        (_edit("population.csv", lambda text: text + b"\n"), "population.csv is not the one that was frozen"),
        (
            _edit("freeze.json", lambda text: text.replace(b'"rate":"1/20"', b'"rate":"1/50"')),
            "rate 1/50 is below 1/20",
        ),
        (_edit("freeze.json", lambda text: text.replace(b'"protocol":"1"', b'"protocol":"2"')), "follows protocol '2'"),
        (_edit("freeze.json", lambda text: text.replace(b'"part"', b'"parts"')), r"other keys .*\['part', 'parts'\]"),
        (_edit("freeze.json", bytes.strip), "not in canonical form"),
        (_edit("freeze.json", lambda _: b"[]\n"), "not in canonical form"),
    ],
)
def test_a_spoilt_freeze_folder_is_refused(spoil: Callable[[Path], object], says: str, tmp_path: Path) -> None:
    """A missing, edited or foreign file is refused by name; a rate below the rules is refused when it is drawn."""
    frozen().write(tmp_path)
    spoil(tmp_path)
    with pytest.raises(SampleError, match=says):
        frozen_plan(read_freeze(tmp_path).content)


ODD = [
    "",
    "x",
    "1/0",
    "2/40",
    "0.05",
    "-1",
    -1,
    2.0,
    1e400,
    10**400,
    True,
    None,
    ["x"],
    [2, 1],
    {"a": 1},
    "2023-13",
    " É",
]


@pytest.mark.parametrize("key", sorted(frozen().content))
def test_a_freeze_with_an_odd_value_is_refused_in_words(key: str) -> None:
    """Whatever stands in a key of freeze.json that does not belong there, it is refused; nothing breaks."""
    freeze = frozen([file_row("A")])
    plain = ["x", "1/0", "2/40", "0.05", "2023-13"]
    allowed: dict[str, list[Any]] = {
        "provider": plain,
        "seed_source": [*plain, "-1", ""],
        "standards_more": [10**400],
    }
    for odd in ODD:
        if odd in allowed.get(key, []):
            continue
        content = {**freeze.content, key: odd}
        with pytest.raises(SampleError, match=r"freeze\.json|the plan is refused|expected|give (it|a name)"):
            frozen_plan(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"coverage": {"policy": "from_month", "from_month": 5.0}},
        {"coverage": {"policy": "first_sight", "note": "x"}},
        {"tiers": {"high": "1/10", "raised": "2/40", "standard": "0"}},
        {"tiers": {"high": "1/10", "raised": "1/20", "standard": 0}},
        {"needs_cover": {"assessors": ["B", "A"], "pops": []}},
        {"needs_cover": {"assessors": ["A", "A"], "pops": []}},
        {"needs_cover": {"assessors": ["=A"], "pops": []}},
        {"needs_cover": {"assessors": []}},
        {"needs_cover": {"assessors": [], "pops": [], "schools": []}},
        {"year": "2023-10", "coverage": {"policy": "from_month", "from_month": 12}},
        {"year": "2022-09"},
        {"scrutiny_files": FILES},
        {"purpose": "scrutiny", "scrutiny_files": {**FILES, "high": 3.0}},
        {"purpose": "scrutiny", "scrutiny_files": FILES},
    ],
)
def test_a_value_is_written_in_one_way(changes: dict[str, Any]) -> None:
    """Another spelling of a number, a further key, an unsorted list, or cover where none is due: refused."""
    freeze = frozen([file_row("A")])
    with pytest.raises(SampleError, match=r"freeze\.json|the plan is refused|give a name"):
        frozen_plan({**freeze.content, **changes})


class HalfHash:
    """A hash whose first eight bytes are always the same, so that only the rest tells tickets apart."""

    def __init__(self, text: bytes, last: int = 24) -> None:
        self.text, self.last = text, last

    def copy(self) -> HalfHash:
        """Return another of the same text."""
        return HalfHash(self.text, self.last)

    def update(self, more: bytes) -> None:
        """Hash more text behind."""
        self.text += more

    def digest(self) -> bytes:
        """Return eight equal bytes and ``last`` true ones."""
        return bytes(32 - self.last) + sha256(self.text).digest()[: self.last]


@pytest.mark.parametrize("last", [24, 1, 0])
def test_tickets_that_begin_alike_are_compared_to_their_end(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where eight bytes agree the others decide, and equal tickets keep the order of their ids."""
    monkeypatch.setattr("qa_lib.sampling.tickets.sha256", lambda text: HalfHash(text, last))
    ids = [f"{number:03}" for number in range(300)]
    drawn_tickets = tickets(ids, digest="0" * 64, seed=SEED)
    assert drawn_tickets.order.tolist() == sorted(range(300), key=drawn_tickets.text)


def test_of_two_who_draw_in_one_folder_at_once_one_draw_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits until the first is whole, and is refused then; nothing is written over the first."""
    first, second = drawn(seed="6 1 4 2 3 5 1 2 6 4 3 1"), drawn(seed="2 2 5 1 6 3 4 4 1 5 2 6")
    first.freeze.write(tmp_path)
    asked, found = Draw.refuse_other, []

    def ask_while_another_begins(self: Draw, folder: Path) -> None:
        asked(self, folder)
        if self is first:
            late.start()
            late.join(timeout=0.2)

    def draw_too() -> None:
        with pytest.raises(SampleError, match="drawn already with another seed"):
            second.write(tmp_path)
        found.append((tmp_path / "draw.json").read_bytes())

    late = Thread(target=draw_too)
    monkeypatch.setattr(Draw, "refuse_other", ask_while_another_begins)
    first.write(tmp_path)
    late.join()
    assert found == [first.json]
    assert (tmp_path / "sample.csv").read_bytes() == sample_csv(first.sample)
