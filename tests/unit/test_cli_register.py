"""What ``qa draw``, ``qa freeze`` and ``qa register verify`` print of the register, and what they find out with it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from register_scene import draw, freeze, full_register, of_the_first_format

from qa_lib.cli import qa
from qa_lib.register.receipts import draw_receipt
from qa_lib.register.store import open_existing_register, open_register
from tests.second_implementation.examples import SEED


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_REGISTER", raising=False)
    return tmp_path


def says(*arguments: str) -> Result:
    """Run one command; a refusal is an exception of the result."""
    return CliRunner().invoke(qa, arguments)


def drawn(folder: str, *more: str) -> Result:
    """Draw a folder."""
    return says("draw", folder, "--seed", SEED, "--reviewer", "R", "--reviewer-rpa", "Far", *more)


def test_a_draw_prints_its_receipt(place: Path) -> None:
    """Freeze digest, sample digest and the heads of both chains, the same when asked again; all are in the register."""
    frozen = freeze(open_register("register.sqlite"))
    frozen.write(place / "month")
    first, again = drawn("month"), drawn("month")
    assert first.stdout == again.stdout
    lines = first.stdout.splitlines()
    assert lines[0].startswith("North 2024-01: 2 of 2 files selected")
    register = open_existing_register("register.sqlite")
    receipt = draw_receipt(draw(register, frozen, seed=SEED), register)
    assert lines[1:] == [f"{what}: {digest}" for what, digest in receipt.items()]
    asked = [word for digest in receipt.values() for word in ("--receipt", digest)]
    assert says("register", "verify", *asked).exit_code == 0


def test_a_draw_without_a_register_has_a_receipt_without_heads(place: Path) -> None:
    """What was recorded nowhere stands in no chain."""
    freeze(open_register("sqlite://")).write(place / "month")
    lines = drawn("month").stdout.splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == ["freeze digest", "sample digest"]


def test_a_register_that_was_put_back_is_found_out_by_a_receipt(place: Path) -> None:
    """A copy of an earlier day passes by itself, and fails against the receipt of a later draw."""
    frozen = freeze(open_register("register.sqlite"))
    frozen.write(place / "month")
    shutil.copyfile("register.sqlite", "before.sqlite")
    head = drawn("month").stdout.splitlines()[-2].removeprefix("chain head: ")
    shutil.copyfile("before.sqlite", "register.sqlite")
    assert says("register", "verify").exit_code == 0
    told = says("register", "verify", "--receipt", head)
    assert (told.exit_code, told.stdout) == (
        1,
        f"WRONG  the receipt's digest {head[:12]}… is not in this register: what was recorded then was taken out of "
        "it, or the receipt is of another register\n",
    )


def test_verify_prints_the_heads_of_both_chains(place: Path) -> None:
    """Whoever keeps them can tell later whether the end was cut off."""
    full_register(place / "register.sqlite")
    lines = says("register", "verify").stdout.splitlines()
    assert lines[0] == "OK  5 entries in 2 chains, each bound to the one before it; no row was changed"
    heads = ["North  chain head", "North  record head", "South  chain head", "South  record head"]
    assert [line.split(":")[0] for line in lines[1:]] == heads
    with sqlite3.connect("register.sqlite") as connection:
        connection.execute("UPDATE returns SET imported_by = 'somebody else'")
    told = says("register", "verify")
    assert (told.exit_code, re.sub(r" \([0-9a-f]{12}…\)", "", told.stdout)) == (
        1,
        "".join(
            f"WRONG  North 2024-01 month: what is stored as returns {version} is not what the record binds; "
            "it was changed, or a row was added or taken out\n"
            for version in (1, 2)
        ),
    )


def test_an_old_register_is_verified_as_far_as_it_binds(place: Path) -> None:
    """Nothing is said of rows that no chain binds yet, and how they will be bound is said."""
    full_register(place / "register.sqlite")
    of_the_first_format(place / "register.sqlite")
    told = says("register", "verify")
    assert told.stdout.splitlines()[0] == "OK  5 entries in 2 chains, each bound to the one before it"
    assert "record head" not in told.stdout
    assert told.stderr == ("The register has an earlier format: the next thing recorded in it binds all its rows.\n")
