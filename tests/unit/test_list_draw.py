"""The simple draw: a share or a number of any list, frozen before there is a seed and drawn by tickets."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from qa_lib.batch.verify_run import verify_folder
from qa_lib.errors import IntakeError, RulebookError, SampleError
from qa_lib.register.list_draws import draw_from_list
from qa_lib.sampling.list_draw import (
    FrozenList,
    ListDraw,
    draw_list,
    draw_list_again,
    draw_list_by_series,
    draw_list_folder,
    freeze_list,
)
from qa_lib.sampling.verify_list_draw import verify_list_draw
from qa_lib.scheme import load, load_rulebook, schemes
from tests.second_implementation.verifier import verify

SEED, OTHER = "4613 2265 1432 6651 2341", "5211 6343 1625 4415 3362"
FILES = {"visits.csv", "visits-freeze.json", "visits-sample.csv", "visits-draw.json"}


def visits(number: int) -> pd.DataFrame:
    """Return so many visits."""
    return pd.DataFrame({"school": [f"S{place:03}" for place in range(number)], "region": "North"})


def frozen(size: int = 25, *, name: str = "visits", rows: pd.DataFrame | None = None, **changes: Any) -> FrozenList:
    """Freeze so many visits, a tenth of them to be drawn."""
    about = {"purpose": "observation", "provider": "P", "period": "2024", "rate": "1/10", "seed_source": "lottery"}
    return freeze_list(name, visits(size) if rows is None else rows, **{**about, **changes})


# --- freeze and draw ----------------------------------------------------------------------------------------------


def test_the_draw_is_the_lowest_tickets_in_any_order() -> None:
    """Anyone gets the same rows from the digest and the seed; the order of rows says nothing."""
    freeze = frozen(rows=visits(25).iloc[::-1])
    assert freeze.digest == frozen(25).digest
    drawn = draw_list(freeze, seed=SEED)
    tickets = {
        one: hashlib.sha256(f"{freeze.digest}:{SEED}:{one}".encode()).hexdigest() for one in visits(25)["school"]
    }
    lowest = sorted(sorted(tickets, key=lambda one: tickets[one])[:3])
    assert drawn.sample["school"].tolist() == lowest
    assert drawn.sample["ticket"].tolist() == [tickets[one] for one in lowest]
    assert hashlib.sha256(drawn.files()["visits-freeze.json"]).hexdigest() == freeze.digest
    assert (freeze.status, drawn.status) == ("waiting for seed", "drawn")
    assert (set(freeze.files()), len(freeze.sample)) == ({"visits.csv", "visits-freeze.json"}, 0)
    assert set(drawn.files()) == FILES


@pytest.mark.parametrize(("rows", "needed"), [(0, 0), (1, 1), (10, 1), (11, 2), (60, 6), (61, 7)])
def test_a_share_is_rounded_up_exactly(rows: int, needed: int) -> None:
    """10 % of 60 is 6, of 61 is 7, of nothing nothing."""
    freeze = frozen(rows, rate=Fraction(1, 10))
    assert freeze.content["rate"] == "1/10"
    assert (freeze.size, len(draw_list(freeze, seed=SEED).sample)) == (needed, needed)


@pytest.mark.parametrize(("rows", "needed"), [(0, 0), (1, 1), (2, 2), (3, 2), (61, 2)])
def test_a_number_is_drawn_at_most_all(rows: int, needed: int) -> None:
    """Two of many, both of two, and the one that there is; the freeze binds the number in place of a rate."""
    freeze = frozen(rows, rate=None, number=2)
    assert (freeze.content["number"], "rate" in freeze.content) == (2, False)
    assert len(draw_list(freeze, seed=SEED).sample) == needed


def test_draws_of_scripts_keep_their_bytes() -> None:
    """A draw of scripts made before there were other lists has the same four files to the byte."""
    scripts = pd.DataFrame({"participant_id": [f"p{number:02}" for number in range(1, 13)], "level": "NPQSL"})
    about = {"purpose": "national moderation of scripts", "provider": "West", "period": "2018-19", "rate": "0.10"}
    drawn = draw_list_by_series(freeze_list("scripts", scripts, **about), series="made-up scripts")
    digests = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in drawn.files().items()}
    assert digests == {
        "scripts.csv": "89e8499512bb9a4a",
        "scripts-freeze.json": "54304b005779b07f",
        "scripts-sample.csv": "f4fb246f93152cb4",
        "scripts-draw.json": "ac209abc4ac65367",
    }
    assert sorted(drawn.content) == [
        "period", "population_digest", "protocol", "provider", "purpose", "rate", "scripts", "seed_source"
    ]  # fmt: skip
    assert sorted(json.loads(drawn.files()["scripts-draw.json"])) == [
        "freeze_digest", "protocol", "sample_digest", "seed"
    ]  # fmt: skip


@pytest.mark.parametrize("seed", ["short", "x" * 19, "\x00" * 30])
def test_a_poor_seed_is_refused(seed: str) -> None:
    """Nobody can try seeds until one suits, whether the seed is new or stands."""
    for draw in (draw_list, draw_list_again):
        with pytest.raises(SampleError):
            draw(frozen(), seed=seed)


def test_a_new_seed_is_one_that_nobody_could_foresee() -> None:
    """What repeats itself or says only what the freeze says is refused now, and verifies where it stands."""
    freeze = frozen()
    for seed in ("7" * 20, freeze.digest):
        with pytest.raises(SampleError, match="could have foreseen"):
            draw_list(freeze, seed=seed)
        assert draw_list_again(freeze, seed=seed).status == "drawn"
    spaced = draw_list(freeze, seed=SEED.replace(" ", "  "))
    assert (spaced.seed, spaced.remarks) == (SEED, ("blanks in the seed were made single spaces",))


def test_a_draw_is_never_made_again() -> None:
    """Another seed is refused, the same one gives the same draw."""
    drawn = draw_list(frozen(), seed=SEED)
    assert draw_list(drawn, seed=SEED).files() == drawn.files()
    with pytest.raises(SampleError, match="never made again"):
        draw_list(drawn, seed=OTHER)


BAD_ROWS = {
    "faults of keys": (visits(2).assign(school=["=A1", "=A1"]), r"there twice; .* starts with"),
    "a control character": (visits(1).assign(region="N\x07"), "region 'N.*' holds the control character"),
    "a column twice": (pd.DataFrame([["a", "b"]], columns=["school", "school"]), "each once"),
    "a column called as the tickets": (visits(1).rename(columns={"region": "ticket"}), "each once"),
    "a column in capitals": (visits(1).rename(columns={"region": "Region"}), "small letters"),
    "no column": (pd.DataFrame(), "small letters"),
}


@pytest.mark.parametrize(("rows", "says"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_list_that_cannot_be_hashed_is_refused_with_its_faults(rows: pd.DataFrame, says: str) -> None:
    """Formulas, repeated keys, control characters and columns of other names are told."""
    with pytest.raises(SampleError, match=says):
        frozen(rows=rows)


@pytest.mark.parametrize("name", ["", "Visits", "two words", "school-visits", "rate", "population", "sample", "../up"])
def test_a_name_that_no_file_or_key_can_have_is_refused(name: str) -> None:
    """The name is a key of the freeze beside others and the beginning of file names."""
    with pytest.raises(SampleError, match="small letters"):
        frozen(name=name)


SIZES = [{}, {"rate": "1/10", "number": 2}, {"number": 0}, {"number": True}, {"number": "2"}, {"rate": "2"}]


@pytest.mark.parametrize("size", SIZES)
def test_it_is_a_share_or_a_number(size: dict[str, Any]) -> None:
    """Neither, both, and what is no share or number are refused."""
    with pytest.raises(SampleError):
        frozen(**{"rate": None, "number": None, **size})


def test_texts_are_frozen_as_everybody_reads_them() -> None:
    """White space at the ends and the form of accents change no draw; nothing stands as nothing."""
    one = visits(2).assign(region=[" Ge\u0301n ", None])
    assert frozen(rows=one).files() == frozen(rows=one.assign(region=["G\u00e9n", ""])).files()


# --- declared by a scheme -----------------------------------------------------------------------------------------


#: Tables in which there is a provider P.
OF_P = {"participants": pd.DataFrame({"participant_id": ["A"], "provider": ["P"], "level": ["NPQSL"]})}


def declared(**changes: Any) -> ListDraw:
    """Return the declaration of a draw of visits."""
    given = {
        "name": "visits",
        "columns": ("school", "region"),
        "purpose": "observation",
        "population": lambda audit, _: audit.table("visits", "school"),
        "rule": ("NPQ.M5", "sample"),
    }
    return ListDraw(**{**given, **changes})


def test_a_declaration_freezes_what_its_rule_asks_of_its_columns() -> None:
    """The rate is the rule's value of the day, and columns that are not declared are not frozen."""
    about = {"provider": "P", "period": "2024", "as_of": "2020-03-01", "seed_source": "lottery"}
    tables = {**OF_P, "visits": visits(25).assign(name="secret")}
    assert draw_from_list(declared(), tables, load_rulebook("npq"), **about).files() == frozen().files()
    drawn = draw_from_list(declared(), tables, load_rulebook("npq"), seed=SEED, **about)
    assert drawn.files() == draw_list(frozen(), seed=SEED).files()


def test_a_declaration_may_ask_for_a_number() -> None:
    """A rule that asks for so many is bound as a number."""
    rule = SimpleNamespace(on=lambda *_: SimpleNamespace(cell={"files": 3}.get))
    book = dataclasses.replace(load_rulebook("npq"), rules={"X": rule})
    about = {"provider": "P", "period": "2024", "as_of": "2020-03-01"}
    freeze = draw_from_list(declared(rule=("X", "files"), takes="number"), {**OF_P, "visits": visits(9)}, book, **about)
    assert (freeze.content["number"], freeze.size) == (3, 3)


@pytest.mark.parametrize(
    ("tables", "asked", "says"),
    [
        ({}, {}, "visits of P cannot be drawn, because the data set has no table visits; add it"),
        ({"visits": visits(3)[["region"]]}, {}, "because the table visits has no column school; add it"),
        ({"visits": visits(3)[["school"]]}, {}, "because their list has no column region; add it"),
        ({"visits": visits(3)}, {"provider": "Q"}, "no provider 'Q' in the data set; there are: P"),
        ({"visits": visits(3)}, {"as_of": ""}, "the as-of day is ''; expected a date"),
        ({"visits": visits(3)}, {"as_of": "2020-03"}, "the as-of day is '2020-03'; expected a date"),
    ],
)
def test_what_the_tables_do_not_tell_is_said(tables: dict[str, pd.DataFrame], asked: dict[str, str], says: str) -> None:
    """No scheme need look for itself whether provider, day, tables and columns are there."""
    about = {"provider": "P", "period": "2024", "as_of": "2020-03-01", **asked}
    with pytest.raises(IntakeError, match=re.escape(says)):
        draw_from_list(declared(), {**OF_P, **tables}, load_rulebook("npq"), **about)


def test_a_list_is_what_was_known_on_the_day() -> None:
    """It is cut as the tables of every scheme are: a script assessed later cannot be drawn."""
    scripts = pd.DataFrame(
        {"participant_id": ["A", "B"], "assessed_on": pd.to_datetime(["2020-02-01", "2020-06-01"]), "level": "NPQSL"}
    )
    about = {"provider": "P", "period": "2024", "as_of": "2020-03-01"}
    listed = declared(columns=("participant_id",), population=lambda audit, _: audit.table("scripts"))
    frozen_list = draw_from_list(listed, {**OF_P, "scripts": scripts}, load_rulebook("npq"), **about)
    assert frozen_list.population["participant_id"].tolist() == ["A"]


def test_a_declaration_asks_for_a_column_that_the_rule_has() -> None:
    """Else the columns that there are stand in the message."""
    about = {"provider": "P", "period": "2024", "as_of": "2020-03-01"}
    with pytest.raises(RulebookError, match=r"NPQ\.M5 from .* has no column 'share'; it has .*sample"):
        draw_from_list(declared(rule=("NPQ.M5", "share")), {**OF_P, "visits": visits(3)}, load_rulebook("npq"), **about)


def test_every_declared_draw_is_called_as_its_scheme_says() -> None:
    """The name in the record is the name of the files, and its rule has the field that says how many."""
    for scheme in schemes().values():
        for name, place in scheme.list_draws.items():
            declaration = load(place)
            rule, field = declaration.rule
            assert declaration.name == name
            assert field in load_rulebook(scheme.name)[rule].entries[-1].value


# --- in a folder --------------------------------------------------------------------------------------------------


def test_a_frozen_folder_is_drawn_and_verifies(tmp_path: Path) -> None:
    """Freeze, wait, draw: each state is right to the command and to the tool; drawing again changes nothing."""
    frozen().write(tmp_path)
    assert verify(tmp_path)[1].startswith(f"OK  {tmp_path}/visits: waiting for seed, 25 visits frozen; freeze digest ")
    drawn = draw_list_folder(tmp_path, seed=SEED)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == drawn.files()
    assert draw_list_folder(tmp_path, seed=SEED).sample.equals(drawn.sample)
    assert list(verify_folder(tmp_path)) == [("visits", [])]
    assert verify(tmp_path) == (0, f"OK  {tmp_path}/visits: 3 of 25 visits drawn; freeze digest {drawn.digest}\n")


def test_another_draw_of_a_folder_is_refused(tmp_path: Path) -> None:
    """Neither another seed nor another freeze takes the place of what stands."""
    frozen().write(tmp_path)
    before = draw_list_folder(tmp_path, seed=SEED).files()
    with pytest.raises(SampleError, match=r"another visits-draw\.json"):
        draw_list_folder(tmp_path, seed=OTHER)
    with pytest.raises(SampleError, match=r"another visits\.csv"):
        frozen(24).write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_was_changed_is_not_drawn(tmp_path: Path) -> None:
    """A list or freeze that was edited since, several lists, and none are refused before anything is written."""
    frozen().write(tmp_path / "edited")
    path = tmp_path / "edited" / "visits-freeze.json"
    path.write_bytes(path.read_bytes().replace(b'"1/10"', b'"2/20"'))
    with pytest.raises(SampleError, match=r"another visits-freeze\.json"):
        draw_list_folder(tmp_path / "edited", seed=SEED)
    frozen().write(tmp_path / "two")
    frozen(name="observations").write(tmp_path / "two")
    with pytest.raises(SampleError, match="observations and visits; expected one"):
        draw_list_folder(tmp_path / "two", seed=SEED)
    with pytest.raises(SampleError, match="observations and visits; expected one called schools"):
        draw_list_folder(tmp_path / "two", seed=SEED, name="schools")
    with pytest.raises(SampleError, match="no frozen list"):
        draw_list_folder(tmp_path, seed=SEED)
    assert len(list(tmp_path.rglob("*.*"))) == 6
    assert draw_list_folder(tmp_path / "two", seed=SEED, name="visits").name == "visits"
    assert len(list(tmp_path.rglob("*-draw.json"))) == 1


def test_several_lists_lie_in_one_folder_and_below(tmp_path: Path) -> None:
    """Each gets a line of its own at whatever depth; what belongs to none is named by both."""
    draw_list(frozen(), seed=SEED).write(tmp_path)
    draw_list(frozen(9, name="observations", rate=None, number=2), seed=SEED).write(tmp_path)
    frozen(5).write(tmp_path / "2024" / "west")
    assert list(verify_folder(tmp_path)) == [("2024/west/visits", []), ("observations", []), ("visits", [])]
    code, said = verify(tmp_path)
    assert (code, [line.split(":")[0] for line in said.splitlines()]) == (
        0,
        [f"OK  {tmp_path}/{draw}" for draw in ("observations", "visits", "2024/west/visits")],
    )
    (tmp_path / "2024" / "west" / "Visits-draw.json").write_bytes(b"{}\n")
    assert dict(verify_folder(tmp_path))["beside the draws"]
    assert "'Visits-draw.json' belongs to no draw" in verify(tmp_path)[1]


def test_in_a_report_the_tool_leaves_the_other_files_to_the_manifest(tmp_path: Path) -> None:
    """A report's page beside a list, and one beside a list below, is listed there; outside a report both are told."""
    draw_list(frozen(), seed=SEED).write(tmp_path)
    frozen(5).write(tmp_path / "west")
    for name in ("page.html", "west/page.html"):
        (tmp_path / name).write_bytes(b"x")
    code, said = verify(tmp_path)
    assert (code, said.count("'page.html' belongs to no draw")) == (1, 2)
    (tmp_path / "manifest.json").write_bytes(b"{}\n")
    code, said = verify(tmp_path)
    assert (code, said.count("OK  ")) == (0, 2)


def test_a_link_in_the_place_of_a_file_is_named_and_not_followed(tmp_path: Path) -> None:
    """A link to the very same bytes does not pass."""
    draw_list(frozen(), seed=SEED).write(tmp_path / "x")
    (tmp_path / "x" / "visits.csv").rename(tmp_path / "outside")
    (tmp_path / "x" / "visits.csv").symlink_to(tmp_path / "outside")
    frozen(5).write(tmp_path / "x" / "west")
    code, said = verify(tmp_path / "x")
    assert (code, "'visits.csv' is a link" in said) == (1, True)
    assert "visits.csv is a link" in dict(verify_folder(tmp_path / "x"))["beside the draws"][0]


SAID = {
    "another row": (
        "visits-sample.csv",
        lambda content: content.replace(content.split(b"\n")[1][:4], b"S999"),
        ["visits-sample.csv has 'S999', whose ticket is not among the 3 smallest.", "visits-sample.csv lacks 'S0"],
    ),
    "another ticket": (
        "visits-sample.csv",
        lambda content: content[:-2] + b"x\n",
        ["x']; expected ['S0", "sample_digest is"],
    ),
    "a higher rate": (
        "visits-freeze.json",
        lambda content: content.replace(b'"1/10"', b'"1/5"'),
        ["visits-draw.json: freeze_digest is", "visits-sample.csv lacks"],
    ),
    "a shorter list": (
        "visits.csv",
        lambda content: content[:-11],
        ["population_digest is", "visits is 25; the files give 24", "The draw could not be made again"],
    ),
    "another count": (
        "visits-freeze.json",
        lambda content: content.replace(b'"visits":25', b'"visits":"25"'),
        ["visits is '25'; expected an integer from 0"],
    ),
}


@pytest.mark.parametrize(("name", "change", "says"), SAID.values(), ids=SAID)
def test_the_tool_says_what_differs(
    tmp_path: Path, name: str, change: Callable[[bytes], bytes], says: list[str]
) -> None:
    """Rows too many, too few and other ones, digests and values are told by name."""
    files = draw_list(frozen(), seed=SEED).files()
    code, said = verify(tmp_path, {**files, name: change(files[name])})
    assert code == 1
    assert [one for one in says if one not in said] == [], said


def test_verifying_asks_no_scheme(tmp_path: Path) -> None:
    """A draw of a list that no installed scheme declares is frozen and drawn again from its four files alone."""
    draw_list(frozen(name="no_scheme_knows_these"), seed=SEED).write(tmp_path)
    assert verify_list_draw(tmp_path, "no_scheme_knows_these") == []
    assert verify(tmp_path)[0] == 0
