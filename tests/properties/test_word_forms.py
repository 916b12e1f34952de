"""Case and spaces of a word of a list change nothing but notices: in the tables, and in what the rules say."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_lib import open_register
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.calendar.months import MONTH_NAMES
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.project_files import ROOT
from qa_lib.register.monthly_draws import draw_year
from qa_lib.scheme import find_scheme, load_rulebook
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rules.criteria import preparation
from qa_lib.schemes.hlta.rules.eligibility import adjusted, school_run
from qa_lib.schemes.hlta.rules.regions import listed_by
from qa_lib.schemes.hlta.rules.training import trained_and_developed
from qa_lib.schemes.npq.rules.recruitment import white_british

Tables = Mapping[str, pd.DataFrame]
SLICES = {"hlta": "partnership", "npq": "npq"}
WORDS = ("choice", "choices", "bool")


def other_case(text: str, chance: random.Random) -> str:
    """Return a text with each letter in upper or lower case."""
    return "".join(chance.choice([one.upper(), one.lower()]) for one in text)


def other_form(word: str, chance: random.Random, between: tuple[str, ...]) -> str:
    """Return a word in another case, with something else between its parts; digits are not joined."""
    return re.sub(r"(?<=[^\W\d_])[ _-]+(?=[^\W\d_])", lambda _: chance.choice(between), other_case(word, chance))


def in_words(month: str, chance: random.Random) -> str:
    """Return a month by its name."""
    year, number = month.split("-")
    return other_case(f"{MONTH_NAMES[int(number) - 1].lower()}{chance.choice([' ', '  '])}{year}", chance)


@cache
def written(scheme: str) -> dict[str, pd.DataFrame]:
    """Return the files of the made-up slice as text."""
    folder = ROOT / "notebooks" / "data" / SLICES[scheme]
    return {path.stem: pd.read_csv(path, dtype="str", keep_default_na=False) for path in sorted(folder.glob("*.csv"))}


@cache
def as_it_is(scheme: str) -> Dataset:
    """Return the made-up slice, read."""
    return read_dataset(ROOT / "notebooks" / "data" / SLICES[scheme], scheme=scheme)


def changed(scheme: str, chance: random.Random) -> tuple[Dataset, int]:
    """Return the slice read with other forms of its words, and how many columns were changed."""
    columns = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in written(scheme).items():
            new = frame.copy()
            for column in find_scheme(scheme).tables[name].columns:
                if column.name not in frame or column.kind not in (*WORDS, "month"):
                    continue
                columns += 1
                form = in_words if column.kind == "month" else _of_list
                distinct = {text: form(text, chance) if text else "" for text in frame[column.name].unique()}
                new[column.name] = frame[column.name].map(distinct)
            new.to_csv(Path(folder, f"{name}.csv"), index=False)
        return read_dataset(folder, scheme=scheme), columns


def _of_list(text: str, chance: random.Random) -> str:
    return ";".join(other_form(word, chance, ("", " ", "  ", "_", "-", " - ")) for word in text.split(";"))


@pytest.mark.parametrize("scheme", list(SLICES))
def test_other_forms_of_listed_words_change_notices_alone(scheme: str) -> None:
    """Every word of every closed list, every yes and no, every month: the accepted tables stay as they are."""
    data, columns = changed(scheme, random.Random(scheme))
    plain = as_it_is(scheme)
    assert columns > 15
    assert list(data.tables) == list(plain.tables)
    for name, table in plain.tables.items():
        free = [
            column.name
            for column in find_scheme(scheme).tables[name].columns
            if column.kind == "choices" and not column.options
        ]
        pd.testing.assert_frame_equal(
            data.tables[name].drop(columns=free, errors="ignore"), table.drop(columns=free, errors="ignore")
        )
    assert data.rejected.empty == plain.rejected.empty
    assert "word_form" in set(data.notices["kind"])
    kept = plain.notices[plain.notices["kind"] == "reference"]
    assert len(data.notices[data.notices["kind"] == "reference"]) == len(kept)


@settings(deadline=None, max_examples=2)
@given(chance=st.randoms(use_true_random=False))
def test_other_forms_of_words_in_free_text_change_no_finding(chance: random.Random) -> None:
    """Topics of training and entries that say none are read by the rules in any form."""
    tables = dict(as_it_is("hlta").tables)
    for name, column in [("training", "topic"), ("assessors", "trained"), ("cases", "adjustments")]:
        distinct = tables[name][column].dropna().unique()
        forms = {
            text: ";".join(other_form(word, chance, (" ", "  ", "_", "-")) for word in text.split(";"))
            for text in distinct
        }
        tables[name] = tables[name].assign(**{column: tables[name][column].map(forms)})
    told = []
    for one in (as_it_is("hlta").tables, tables):
        audit = make_audit(one, load_rulebook("hlta"), provider="University of Northampton", months=["2024-03"])
        names = pd.Index(sorted(set(one["assessors"]["assessor_id"])))
        told.append((list(trained_and_developed(audit)), list(adjusted(audit)), preparation(audit, names)))
    assert told[0] == told[1]
    assert any("trained in pre-assessment" in text for text in told[0][2])


@cache
def findings() -> Callable[[Tables], pd.DataFrame]:
    """Return what gives rule, subject and status of each finding over tables; the draws are those of the slice."""
    plain, book, provider = as_it_is("hlta").tables, load_rulebook("hlta"), "University of Northampton"
    draws = draw_year(plain, book, provider=provider, year="2023-09", register=open_register("sqlite://"))

    def over(tables: Tables) -> pd.DataFrame:
        audit = make_audit(tables, book, provider=provider, months=["2024-03"], draws=draws, national_fee="495.00")
        told = audit_findings(audit)[["rule", "subject", "status"]].astype("str")
        return told.sort_values(list(told.columns), ignore_index=True)

    return over


@settings(deadline=None, max_examples=2, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(st.integers(0, 2**32))
def test_other_forms_of_every_text_change_no_finding(number: int) -> None:
    """Every cell of free text in another case and with doubled spaces; a seed alone is what was written."""
    chance = random.Random(number)
    plain = as_it_is("hlta").tables
    changed_ones, columns = dict(plain), 0
    for name, table in plain.items():
        texts = [column.name for column in find_scheme("hlta").tables[name].columns if column.kind == "text"]
        for column in set(texts) & set(table.columns) - {"seed"}:
            forms = {text: other_case(text, chance).replace(" ", "  ") for text in table[column].dropna().unique()}
            changed_ones[name] = changed_ones[name].assign(**{column: table[column].map(forms).astype("str")})
            columns += bool(forms)
    assert columns > 10
    pd.testing.assert_frame_equal(findings()(changed_ones), findings()(plain))


@given(st.randoms(use_true_random=False))
def test_places_settings_and_ethnicities_are_read_in_any_form(chance: random.Random) -> None:
    """The region of a school, a nursery that a school runs, white British."""
    form = lambda text: other_form(text, chance, (" ", "  "))  # noqa: E731
    areas = {"East Midlands": "Quay", "East Midlands/North Lincolnshire": "Harbour"}
    found = listed_by(areas, region=form("East Midlands"), county="", authority=form("North Lincolnshire"))
    assert found == "Harbour"
    assert school_run(form("School run nursery")) is True
    assert white_british(pd.Series([form("White British"), form("Any other White background")]))[0]
