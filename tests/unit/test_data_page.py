"""The data dictionary: every column of every scheme, as it is declared, with the rules that read it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import chain

import pandas as pd
import pytest

from qa_lib.audit.column_readers import Readers, column_readers
from qa_lib.audit.data_page import data_page
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.intake import messages
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.messages import fault_lines
from qa_lib.intake.prepared import slice_tables
from qa_lib.project_files import ROOT
from qa_lib.scheme import Scheme, find_scheme, load_rulebook, schemes
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.tables.wording import NAMED

EVERY = pytest.mark.parametrize("scheme", schemes().values(), ids=list(schemes()))
ROW = re.compile(
    r'^\| <a id="(?P<place>[\w-]+)"></a>`(?P<name>\w+)` \| (?P<holds>.*?) \| (?P<says>.*?) \| (?P<read>.*?) \|$'
)
SLICE = ROOT / "notebooks" / "data" / "partnership"


def rows_of(scheme: Scheme) -> dict[str, re.Match[str]]:
    """Return the rows of a scheme's page by their anchors."""
    text = (ROOT / scheme.data_page).read_text(encoding="utf-8")
    return {found["place"]: found for line in text.splitlines() if (found := ROW.match(line))}


@EVERY
def test_the_page_is_what_the_declarations_and_the_code_say(scheme: Scheme) -> None:
    """After a column, a word or a rule has changed: qa template NAME --page FILE writes it anew."""
    page = (ROOT / scheme.data_page).read_text(encoding="utf-8")
    assert page == data_page(load_rulebook(scheme.name))


@EVERY
def test_every_column_of_every_table_is_on_the_page(scheme: Scheme) -> None:
    """With its meaning, each word that is allowed or read as one, whether it is required and whether it is personal.

    Of an open list, which reads labels and codes by the dozen, the first of a word's stand there.
    """
    rows = rows_of(scheme)
    assert list(rows) == [f"{name}-{column}" for name, table in scheme.tables.items() for column in table.names]
    for name, table in scheme.tables.items():
        for column in table.columns:
            row = rows[f"{name}-{column.name}"]
            assert row["says"].startswith(column.meaning)
            assert ("*Personal.*" in row["says"]) == column.personal
            assert ("; required" in row["holds"]) == column.required
            first = [[other for other, meant in column.synonyms if meant == word][:NAMED] for word in column.options]
            for word in (*column.options, *chain.from_iterable(first), *filter(None, [column.unit])):
                assert word in row["holds"]
            assert column.kind == "text" or sum(map(len, first)) == len(column.synonyms)


@EVERY
def test_every_link_of_the_page_leads_somewhere(scheme: Scheme) -> None:
    """To a table's heading or a column's anchor."""
    page = (ROOT / scheme.data_page).read_text(encoding="utf-8")
    there = {*rows_of(scheme), *re.findall(r"^## (\w+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= there


# --- which rules read a column ---------------------------------------------------------------------------------------


@cache
def readers(scheme: str) -> Readers:
    """Return which rules read which column."""
    return column_readers(load_rulebook(scheme))


@cache
def tables() -> dict[str, pd.DataFrame]:
    """Return what the notebooks' data set has of an RPA's month."""
    return slice_tables(read_dataset(SLICE, scheme="hlta"), provider="HLTA North", months=["2024-01"], ahead=True)


@cache
def found(*without: tuple[str, str]) -> dict[str, set[tuple[str, ...]]]:
    """Return by rule what is found of an RPA's month, where the data lack some columns."""
    given = tables()
    for name, column in without:
        given = {**given, name: given[name].drop(columns=column)}
    audit = make_audit(given, load_rulebook("hlta"), provider="HLTA North", months=["2024-01"], national_fee="495.00")
    findings = audit_findings(audit)
    by_rule: dict[str, set[tuple[str, ...]]] = {rule: set() for rule in findings["rule"]}
    for row in findings.astype("str").itertuples(index=False, name=None):
        by_rule[row[0]].add(row)
    return by_rule


#: Columns that are taken away together -> for each, the rules whose findings change by it.
TAKEN = [
    {
        ("cases", "allocated_on"): "PREP.2",
        ("cases", "preparation_concern"): "PREP.7",
        ("cases", "school_region"): "REG.1",
        ("cases", "paid_on"): "PREP.4",
        ("forms", "form"): "SCR.4",
        ("appeals", "ground"): "APP.1",
        ("assessors", "capacity_per_month"): "PAR.3",
        ("assessors", "outside_assignment"): "ASR.7",
        ("events", "joint_report_on"): "PEER.3",
        ("publications", "reviewed_on"): "PAR.4",
        ("cases", "disability_disclosed"): "ASR.8",
        ("cases", "setting"): "PREP.1",
    },
    {
        ("cases", "first_solo"): "ASR.1",
        ("events", "deputy_id"): "PEER.1",
        ("enquiries", "replied_on"): "PAR.1",
        ("feedback_log", "told_pop_on"): "PREP.7 MOD.11",
        ("forums", "attended"): "PEER.4",
        ("cases", "evidence_from"): "PREP.5",
    },
    {("assessors", "roles"): "ASR.4"},
]


@pytest.mark.parametrize("taken", TAKEN, ids=range(len(TAKEN)))
def test_whose_findings_change_without_a_column_is_said_to_read_it(taken: dict[tuple[str, str], str]) -> None:
    """Nobody keeps a list: what is found in the code agrees with what the rules do."""
    whole, without = found(), found(*taken)
    changed = {rule for rule in whole if whole[rule] != without.get(rule)}
    assert changed <= {rule for place in taken for rule in readers("hlta")[place]}
    for place, rules in taken.items():
        expected = {f"HLTA.{rule}" for rule in rules.split()}
        assert expected <= changed & set(readers("hlta")[place]), place


def test_a_column_is_read_by_its_own_rules_alone() -> None:
    """A column of another table with the same name, and columns that a list beside the code names, are not mixed up."""
    hlta, npq = readers("hlta"), readers("npq")
    assert hlta["cases", "school_region"] == ["HLTA.REG.1"]
    assert hlta["scrutiny", "by"] == ["HLTA.ASR.5", "HLTA.SCR.1"]
    assert hlta["moderations", "reason"] == ["HLTA.MOD.9"]
    assert ("cases", "school_urn") not in hlta
    assert ("enquiries", "subject") not in hlta
    assert npq["scripts", "passed"] == ["NPQ.M5", "NPQ.RET.1", "NPQ.AWD.1"]
    assert ("returns", "note") not in npq


# --- messages name it ------------------------------------------------------------------------------------------------


def test_a_message_about_a_column_names_its_place_on_the_page(tmp_path) -> None:
    """Where a wrong word, a missing or an unknown column is mended by who reads what is expected; else not."""
    (tmp_path / "cases.csv").write_text(
        "case_id,rpa,month,assessor_id,pop_id,outcome,colour\nC1,N,2024-01,A1,P1,best,x\n"
    )
    (tmp_path / "assessors.csv").write_text("assessor_id,rpa,started\nA1,N,x\nA1,N,x\n")
    data = read_dataset(tmp_path)
    lines = fault_lines(data.rejected, scheme="hlta") + fault_lines(data.notices, scheme="hlta")
    ends = {line.partition(": ")[0]: re.findall(r" \((docs/.*)\)$", line) for line in lines}
    assert ends["cases.csv, row 2, column outcome"] == ["docs/data-hlta.md#cases-outcome"]
    assert ends["cases.csv, row 1, column colour"] == ["docs/data-hlta.md#cases"]
    assert ends["assessors.csv, row 1, column started"] == ["docs/data-hlta.md#assessors"]
    assert ends["assessors.csv, rows 2, 3, column assessor_id"] == []


def test_a_scheme_without_a_page_has_none_named(tmp_path, monkeypatch) -> None:
    """One from elsewhere need not have a page."""
    (tmp_path / "cases.csv").write_text("case_id,rpa,month,assessor_id,pop_id,outcome\nC1,N,2024-01,A1,P1,best\n")
    rejected = read_dataset(tmp_path).rejected
    assert "docs/" in fault_lines(rejected, scheme="hlta")[0]
    monkeypatch.setattr(messages, "find_scheme", lambda name: replace(find_scheme(name), data_page=""))
    assert "docs/" not in fault_lines(rejected, scheme="hlta")[0]


def test_what_is_personal_stands_in_no_message(tmp_path) -> None:
    """A yes or no about a disability that is neither is told by its row; another column's is shown."""
    header = "case_id,rpa,month,assessor_id,pop_id,outcome,disability_disclosed,funded\n"
    (tmp_path / "cases.csv").write_text(f"{header}C1,N,2024-01,A1,P1,met,epilepsy,perhaps\n")
    text = "\n".join(fault_lines(read_dataset(tmp_path).rejected, scheme="hlta"))
    assert "column disability_disclosed" in text
    assert "epilepsy" not in text
    assert '"perhaps"' in text


def test_a_column_that_is_missing_is_told_with_its_meaning(tmp_path) -> None:
    """Who has a list of their own sees which of its columns is meant."""
    (tmp_path / "cases.csv").write_text("case_id,rpa,month,assessor_id,outcome\nC1,N,2024-01,A1,met\n")
    (line,) = fault_lines(read_dataset(tmp_path).rejected, scheme="hlta")
    expected = "a column pop_id (The PoP that prepared the candidate)"
    advice = 'add the column, or map another to it: --columns "THEIRS=pop_id"'
    assert line == f"cases.csv, row 1, column pop_id: expected {expected}; {advice} (docs/data-hlta.md#cases-pop_id)"
