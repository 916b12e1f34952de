"""A scheme is one record, found by name: whole in itself, and found wherever Python runs."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import qa_lib.scheme
from qa_lib.errors import IntakeError, RulebookError, RuleNotInForce
from qa_lib.intake import raw_files
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.raw_files import contents
from qa_lib.project_files import ROOT
from qa_lib.scheme import (
    GROUP,
    Scheme,
    find_scheme,
    installed,
    load,
    load_rulebook,
    scheme_drawn_by_month,
    scheme_names,
    scheme_of_reader,
    schemes,
)


def with_entries(monkeypatch: pytest.MonkeyPatch, **places: str) -> None:
    """Install further schemes for a test, as far as entry points go."""
    every = EntryPoints([*installed(), *(EntryPoint(name, place, GROUP) for name, place in places.items())])
    monkeypatch.setattr(qa_lib.scheme, "installed", lambda: every)
    find_scheme.cache_clear()


EVERY = pytest.mark.parametrize("scheme", schemes().values(), ids=list(schemes()))


@EVERY
def test_what_a_record_names_is_there(scheme: Scheme) -> None:
    """Table, columns, rules and functions exist; a scheme by month says when its year begins, and no other does."""
    assert scheme.name in scheme_names()
    own = scheme.tables[scheme.provider_table]
    assert {scheme.provider_column, scheme.row_key} <= set(own.names)
    assert (scheme.span == "month") == ("month" in own.names) == (scheme.year_starts is not None)
    assert {*scheme.followed.split()} <= {name for table in scheme.tables.values() for name in table.names}
    for place in (*scheme.readers.values(), *(one.build for one in scheme.made_up)):
        assert callable(load(place))
    for made_up in scheme.made_up:
        assert (ROOT / made_up.run_file).is_file()
        assert bool(made_up.year) == bool(made_up.returns)
        assert not made_up.returns or callable(load(made_up.returns))


@EVERY
def test_every_rule_that_a_record_names_is_in_the_rule_book(scheme: Scheme) -> None:
    """A name that is spelled otherwise would be missed only when a report is made."""
    named = [*scheme.draw_rules.split(), *(scheme.year_starts or ())[:1]]
    assert [rule for rule in named if rule not in load_rulebook(scheme.name)] == []


def test_a_year_begins_in_the_month_that_the_rule_book_says() -> None:
    """By the rules of the month itself, or of the day that is named."""
    scheme, book = find_scheme("hlta"), load_rulebook("hlta")
    assert [scheme.year_of(book, month) for month in ("2024-08", "2024-09")] == ["2023-09", "2024-09"]
    with pytest.raises(RuleNotInForce):
        scheme.year_of(book, "2024-08", rules_on="1999-01-01")


def test_a_scheme_of_periods_has_no_year_of_months() -> None:
    """It says so, instead of taking another scheme's year."""
    with pytest.raises(IntakeError, match="its reports are of periods, not of months with a year"):
        find_scheme("npq").year_of(load_rulebook("npq"), "2019-01")


def test_a_reader_is_found_with_its_scheme() -> None:
    """Whoever names a reader need not say whose it is; an unknown one is answered with those that are there."""
    assert scheme_of_reader("oulad_groups").name == "npq"
    with pytest.raises(IntakeError, match='no reader is called "oulad"; there are: oulad_groups, oulad_moderation'):
        scheme_of_reader("oulad")


RECORD = """
from qa_lib.scheme import Scheme
from qa_lib.tables.vocabulary import by_name, column, table

VISITS = table(
    "visits",
    "A row is a visit.",
    column("visit_id", "id", "The visit.", required=True),
    column("centre", "id", "The centre that was visited.", names="provider", required=True),
    key="visit_id",
)
SCHEME = Scheme(
    name="tiny",
    title="A scheme from elsewhere",
    tables=by_name(VISITS),
    provider_table="visits",
    provider_column="centre",
)
"""
UNWELL = {
    "is not there": (None, "not_there:SCHEME cannot be loaded (ModuleNotFoundError: No module named 'not_there')"),
    "raises": ("raise KeyError('x')", "cannot be loaded (KeyError: 'x'); an installed scheme names it: mend"),
    "is no Python": ("(", "cannot be loaded (SyntaxError: '(' was never closed"),
    "has no such name": ("", "cannot be loaded (AttributeError: module"),
    "is no scheme": ("SCHEME = 5", "is of the type int; expected the scheme 'unwell'"),
    "is called otherwise": (RECORD, "is the scheme 'tiny'; expected the scheme 'unwell'"),
}


@pytest.mark.parametrize(("source", "said"), UNWELL.values(), ids=UNWELL)
def test_a_scheme_that_cannot_be_loaded_says_why_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str | None, said: str
) -> None:
    """Whoever asks for a scheme by its name waits for that one alone."""
    place = "not_there" if source is None else f"unwell_{list(UNWELL.values()).index((source, said))}"
    if source is not None:
        (tmp_path / f"{place}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with_entries(monkeypatch, unwell=f"{place}:SCHEME")
    assert find_scheme("npq").name == "npq"
    with pytest.raises(IntakeError, match=re.escape(said)):
        find_scheme("unwell")


def test_two_packages_with_a_scheme_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither takes the place of the other in silence."""
    with_entries(monkeypatch, npq="elsewhere:SCHEME")
    both = "2 schemes are called npq: elsewhere:SCHEME and qa_lib.schemes.npq.scheme:SCHEME; uninstall all but one"
    with pytest.raises(IntakeError, match=both):
        find_scheme("npq")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Not Plain"}, "expected a name of small letters, digits and _"),
        ({"provider_table": "case"}, "provider_table is 'case'; its tables are cases, "),
        ({"provider_column": "trainer"}, "the table cases needs a key and the column month and the column trainer"),
        ({"span": "period"}, 'year_starts stands where the span is "month", and nowhere else'),
        ({"followed": "asessor_id"}, "no table has a column asessor_id"),
    ],
)
def test_fields_of_a_record_that_do_not_fit_each_other_are_told(changes: dict[str, Any], said: str) -> None:
    """All at once, before anything is read with them."""
    faults = list(dataclasses.replace(find_scheme("hlta"), **changes).faults())
    assert [fault.startswith(said) for fault in faults] == [True]


def test_a_rule_book_that_says_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules would be looked for in another scheme."""
    book = tmp_path / "rules.yaml"
    book.write_text((ROOT / "parameters/rules/npq.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    other = dataclasses.replace(find_scheme("hlta"), rule_book=str(book))
    monkeypatch.setattr(qa_lib.scheme, "find_scheme", lambda _: other)
    with pytest.raises(RulebookError, match="scheme is 'npq'; expected 'hlta', whose rule book it is"):
        load_rulebook("hlta")


def test_whose_month_is_drawn_is_found_or_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is named no other scheme is looked at, and none is taken where none or several draw months."""
    assert scheme_drawn_by_month().name == "hlta"
    monkeypatch.setattr(qa_lib.scheme, "schemes", dict)
    assert scheme_drawn_by_month("npq").name == "npq"
    with pytest.raises(IntakeError, match=r"cannot be told \(none might\); say it: --scheme NAME"):
        scheme_drawn_by_month()


ASKED = """
import json
import sys
from qa_lib.batch.execute import execute
from qa_lib.batch.run_reports import workers
from qa_lib.batch.source import Source
from qa_lib.intake import raw_files
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.raw_files import contents
from qa_lib.scheme import scheme_names

if __name__ == "__main__":
    source = "from qa_lib.scheme import find_scheme\\nprint(find_scheme('tiny').title)"
    cells = [{"cell_type": "code", "id": "c", "metadata": {"tags": ["parameters"]}, "source": source,
              "outputs": [], "execution_count": None}]
    page = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    with workers(2) as pool:
        there = pool.submit(scheme_names).result()
    done = execute(Source("page", page), {}, folder=sys.argv[1])
    data = read_dataset(sys.argv[1] + "/visits.csv")
    print(json.dumps([there, done["cells"][0]["outputs"][0]["text"], data.scheme, data.named_providers]))
"""


def test_a_scheme_from_elsewhere_is_found_in_workers_and_kernels_too(tmp_path: Path) -> None:
    """A folder on the path that holds an installed package's entry point is enough: nothing is registered by hand."""
    (tmp_path / "tiny_scheme.py").write_text(RECORD)
    info = tmp_path / "tiny_scheme-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-scheme\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[qa_lib.schemes]\ntiny = tiny_scheme:SCHEME\n")
    (tmp_path / "visits.csv").write_text("visit_id,centre\nV1,Quay\nV2,Harbour\n")
    (tmp_path / "asked.py").write_text(ASKED)
    path = os.pathsep.join([str(tmp_path), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    told = subprocess.run(
        [sys.executable, str(tmp_path / "asked.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == [
        [*scheme_names(), "tiny"],
        "A scheme from elsewhere\n",
        "tiny",
        ["Harbour", "Quay"],
    ]


@pytest.mark.parametrize(("place", "scheme"), [("partnership", "hlta"), ("npq", "npq")])
def test_the_scheme_of_a_data_set_is_found_from_its_tables(place: str, scheme: str) -> None:
    """Where its tables are of one scheme only, nobody need say whose they are."""
    assert read_dataset(ROOT / "notebooks" / "data" / place).scheme == scheme


def test_a_data_set_whose_scheme_is_found_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large workbook takes as long as where its scheme was said."""
    read: list[str] = []
    monkeypatch.setattr(raw_files, "contents", lambda file: read.append(file.name) or contents(file))
    pd.DataFrame({"participant_id": ["P1"], "provider": "Quay", "level": "NPQH"}).to_excel(
        tmp_path / "year.xlsx", sheet_name="Participants", index=False
    )
    assert read_dataset(tmp_path).scheme == "npq"
    assert read == ["year.xlsx"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "no table was found; expected"),
        (["notes.csv", "plan.pdf"], "no table was found (not read: notes.csv, plan.pdf); expected"),
    ],
)
def test_where_nothing_is_named_as_a_table_the_scheme_is_asked_for(tmp_path: Path, names: list[str], said: str) -> None:
    """What lies there is named, and so are the schemes that are installed."""
    for name in names:
        (tmp_path / name).write_text("a\n1\n")
    with pytest.raises(IntakeError) as refused:
        read_dataset(tmp_path)
    assert said in str(refused.value)
    assert str(refused.value).endswith(
        "after the table that it holds, as qa template SCHEME writes them; say whose data they are: "
        "--scheme hlta or --scheme npq (scheme= in a notebook, scheme: in a run file)"
    )


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (("actions", "publications"), "fit more than one scheme; say whose data they are: --scheme hlta or"),
        (("cases", "scripts.pdf"), "are of no one scheme (cases: hlta; scripts: npq); keep the data of each apart, or"),
    ],
)
def test_tables_that_fit_no_one_scheme_alone_are_asked_about(
    tmp_path: Path, tables: tuple[str, str], said: str
) -> None:
    """Both schemes have the first two; of the others, one of which cannot be read, no scheme has both."""
    for name in tables:
        (tmp_path / (name if "." in name else f"{name}.csv")).write_text("a\n1\n")
    with pytest.raises(IntakeError, match=re.escape(said)):
        read_dataset(tmp_path)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_left_out_may_have_meant_a_table_of_the_scheme_that_was_found(tmp_path: Path, kind: str) -> None:
    """``returned`` beside files of HLTA is not nearly ``returns``, which the other scheme has."""
    cases = "case_id,rpa,month,assessor_id,pop_id,outcome\nC1,North,2024-01,A1,P1,met\n"
    tables = {"cases": cases, "returned": "case_id\nC1\n", "moderation": "case_id\nC1\n"}
    frames = {name: pd.read_csv(io.StringIO(text)) for name, text in tables.items()}
    if kind == "csv":
        for name, frame in frames.items():
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
    else:
        with pd.ExcelWriter(tmp_path / "year.xlsx") as book:
            for name, frame in frames.items():
                frame.to_excel(book, sheet_name=name, index=False)
    notices = read_dataset(tmp_path).notices
    advice = notices.loc[notices["kind"] == "unknown_file", "advice"]
    told = "left out; if it is a table, give it the name of one"
    assert sorted(advice) == [told, f'{told}; did you mean "moderations"?']
