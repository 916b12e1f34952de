"""``qa freeze`` and ``qa draw`` of lists: options that belong together, lists that are there, several in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa_lib.cli import qa
from qa_lib.project_files import ROOT
from qa_lib.sampling.list_draw import freeze_list
from tests.unit.test_list_draw import SEED, visits

DATA = {name: str(ROOT / "notebooks" / "data" / name) for name in ("npq", "partnership")}
PROVIDER = "Underwood Institute of School Leadership"
LIST = ["--period", "2018-19", "--as-of", "2019-08-31"]


def run(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(qa, list(words))


def freeze(place: Path, *words: str, data: str = "npq", provider: str = PROVIDER) -> str:
    """Freeze into a folder, and return how that was refused: by click, or by an error of ours."""
    ended = run("freeze", DATA[data], "--provider", provider, "--out", str(place / "out"), *words)
    assert ended.exit_code != 0
    assert not (place / "out").exists()
    return str(ended.exception) if ended.exit_code == 1 else ended.output


MIXED = {
    "neither": ([], "give --month, or --period where a list is drawn from"),
    "both": (["--month", "2019-01", *LIST], "give --month, or --period"),
    "a day of a month": (["--month", "2019-01", "--as-of", "2019-01-31"], "leave out --as-of: a month is frozen"),
    "a list of a month": (["--month", "2019-01", "--list", "scripts"], "leave out --list: a month is frozen"),
    "no day": (["--period", "2018-19"], "Missing option '--as-of': the day up to which the list is known."),
    "a rate of a list": (
        [*LIST, "--rate", "0.5", "--late", "--scrutiny", "--rules-on", "2019-01-01", "--by", "X"],
        "leave out --rate, --late, --scrutiny, --rules-on, --by: a list is frozen",
    ),
    "a register of a list": ([*LIST, "--register", "r.sqlite", "--withdraw", "x"], "leave out --withdraw, --register:"),
}


@pytest.mark.parametrize(("words", "said"), MIXED.values(), ids=MIXED)
def test_options_that_would_be_passed_over_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    """A rate that nobody applies, or a register in which nothing will stand, would be believed."""
    assert said in freeze(tmp_path, *words)


ABSENT = {
    "a month": (
        "npq",
        ["--month", "2019-01"],
        "scheme npq draws no months; it draws from lists: scripts (qa",
    ),
    "a list": ("npq", [*LIST, "--list", "script"], "npq has no list 'script'; choose one of: scripts; did you mean"),
    "lists": ("partnership", LIST, "the scheme hlta has no list; give --month, as nothing of it is drawn by period"),
    "the day": (
        "npq",
        ["--period", "2018-19", "--as-of", "31/8/2019"],
        "the as-of day is '31/8/2019'; expected",
    ),
    "anything": (
        "npq",
        ["--period", "2018-19", "--as-of", "2018-01-01"],
        f"nothing was frozen: on 2018-01-01 no scripts of {PROVIDER} are known of the period '2018-19'; expected",
    ),
}


@pytest.mark.parametrize(("data", "words", "said"), ABSENT.values(), ids=ABSENT)
def test_what_is_not_there_is_not_frozen(tmp_path: Path, data: str, words: list[str], said: str) -> None:
    """What arrived, what there is, and what to give; a promise about an empty list would be one about nothing."""
    assert said in freeze(tmp_path, *words, data=data)


def test_a_provider_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    """The scheme's draw need not look for itself."""
    assert "did you mean 'Underwood Institute" in freeze(tmp_path, *LIST, provider=PROVIDER[:-1])


def test_the_command_that_a_freeze_says_draws_that_list(tmp_path: Path) -> None:
    """Several lists lie in one folder, a month's freeze too: the name says which one is meant."""
    for name in ("visits", "observations"):
        about = {"purpose": "observation", "provider": "P", "period": "2024", "number": 2}
        freeze_list(name, visits(9), **about).write(tmp_path / "out")
    (tmp_path / "out" / "freeze.json").write_text("{}")
    ended = run("draw", str(tmp_path / "out"), "--seed", SEED, "--list", "visits")
    assert (ended.exit_code, ended.output.split("\n")[0]) == (0, "P 2024: 2 of 9 visits drawn")
    assert [path.name for path in (tmp_path / "out").glob("*-draw.json")] == ["visits-draw.json"]
    frozen = run("freeze", DATA["npq"], "--provider", PROVIDER, *LIST, "--out", str(tmp_path / "other"))
    assert f"qa draw {tmp_path / 'other'} --list scripts --seed" in frozen.output


def test_a_list_is_drawn_without_options_of_a_month(tmp_path: Path) -> None:
    """A reviewer or register that is given would stand nowhere."""
    freeze_list("visits", visits(9), purpose="x", provider="P", period="2024", number=2).write(tmp_path)
    ended = run("draw", str(tmp_path), "--seed", SEED, "--reviewer", "R", "--scheme", "hlta")
    assert "leave out --reviewer, --scheme: a list is drawn" in ended.output
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_without_a_freeze_is_said_before_a_reviewer_is_asked_for(tmp_path: Path) -> None:
    """Nobody looks for a reviewer's id to draw a folder in which nothing lies."""
    assert "has no freeze.json" in str(run("draw", str(tmp_path), "--seed", SEED).exception)
    assert "holds no frozen list; expected one called visits" in str(
        run("draw", str(tmp_path / "nowhere"), "--seed", SEED, "--list", "visits").exception
    )


def test_a_list_behind_a_link_alone_is_named_when_it_is_verified(tmp_path: Path) -> None:
    """A folder whose only draw is left out, as links are not followed, does not look empty."""
    freeze_list("visits", visits(9), purpose="x", provider="P", period="2024", number=2).write(tmp_path / "x")
    (tmp_path / "x" / "visits.csv").rename(tmp_path / "list.csv")
    (tmp_path / "x" / "visits.csv").symlink_to(tmp_path / "list.csv")
    assert "visits.csv is a link" in str(run("verify", str(tmp_path / "x")).exception)
