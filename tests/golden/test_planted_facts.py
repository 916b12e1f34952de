"""Planted facts of every scheme stand in its data as its file says, and are found; clean data breach nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from counts_beside_tests import counts_beside_tests
from made_up_schemes import SCHEMES, Judged, Rows, read_rows

from qa_lib.forms.remarks import ReturnError
from qa_lib.made_up.facts import BESIDE, facts_of, read_facts, renewed_page
from qa_lib.made_up.planting import plant
from qa_lib.made_up.writing import digest_of_folder
from qa_lib.register.returned_files import returned_files
from qa_lib.scheme import find_scheme, load_rulebook
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return
from qa_lib.schemes.hlta.results.moderated_files import moderated
from qa_lib.tables.vocabulary import Table

SCOPES = ("whole", "slice")
FACTS = {
    (name, scope): {fact.id: fact for fact in facts_of(one.facts, scope)}
    for name, one in SCHEMES.items()
    for scope in SCOPES
}
COUNTS = {name: counts_beside_tests(name) | one.counts.SAFE for name, one in SCHEMES.items()}
EVERY = [(name, scope) for name in SCHEMES for scope in SCOPES]
OFF = ("breach", "warning", "not_assessable")
#: Nothing of an environment but the project gets into the data.
STRANGE = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0"}
BUILD = """
import importlib, pathlib, sys
module, name, planted, out = sys.argv[1:]
getattr(importlib.import_module(module), name)(pathlib.Path(out), planted=planted == "True")
"""

Built = Callable[..., Path]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return what builds the data of a scheme and scope once, in a strange environment, and returns their folder."""

    @cache
    def build(name: str, scope: str, *, planted: bool) -> Path:
        folder = tmp_path_factory.mktemp("année") / "data"
        function = SCHEMES[name].build[scope]
        asked = [function.__module__, function.__name__, str(planted), str(folder)]
        command = [sys.executable, "-c", BUILD, *asked]
        subprocess.run(command, env={**os.environ, **STRANGE}, cwd=folder.parent, check=True)
        return folder

    return build


@pytest.fixture(scope="module")
def judged(built: Built) -> Callable[..., Judged]:
    """Return what judges the whole data of a scheme once."""
    return cache(lambda name, *, planted: SCHEMES[name].judge(built(name, "whole", planted=planted), planted=planted))


@pytest.fixture(scope="module")
def text(built: Built) -> Callable[..., Any]:
    """Return what reads data once, as the counts of facts read them."""
    return cache(lambda name, scope, *, planted: SCHEMES[name].counts.read(built(name, scope, planted=planted)))


def facts_with_a_rule(*, counted: bool = False) -> list[tuple[str, str]]:
    """Return scheme and fact, of those that rules are about or of those that are counted."""
    if counted:
        return [(name, fact) for name in SCHEMES for fact in COUNTS[name]]
    return [
        (name, fact.id) for name in SCHEMES for fact in FACTS[name, "whole"].values() if not fact.rule.startswith("X.")
    ]


@pytest.mark.parametrize(("name", "fact_id"), facts_with_a_rule())
def test_each_planted_fact_is_found(judged: Callable[..., Judged], name: str, fact_id: str) -> None:
    """Every subject of the fact has a finding of its rule with the status that the fact expects, or none if it should.

    So have the findings that follow from it.
    """
    fact, findings = FACTS[name, "whole"][fact_id], judged(name, planted=True).findings
    for wanted in (fact, *fact.also):
        own = findings[(findings["rule"] == wanted.rule) & findings["subject"].isin(wanted.subjects)]
        if wanted.expect == "none":
            assert own.loc[own["status"].isin(OFF), "message"].tolist() == [], fact.what
        else:
            assert set(own.loc[own["status"] == wanted.expect, "subject"]) == set(wanted.subjects), fact.what


@pytest.mark.parametrize("name", SCHEMES)
def test_what_nobody_planted_is_not_accused(judged: Callable[..., Judged], name: str) -> None:
    """Every breach is of a rule and a subject of which a fact says so."""
    findings = judged(name, planted=True).findings
    said = [wanted for fact in FACTS[name, "whole"].values() for wanted in (fact, *fact.also)]
    known = {(wanted.rule, subject) for wanted in said if wanted.expect == "breach" for subject in wanted.subjects}
    breaches = findings[findings["status"] == "breach"]
    assert {*zip(breaches["rule"], breaches["subject"], strict=True)} <= known


@pytest.mark.parametrize("name", SCHEMES)
def test_clean_data_breach_nothing(judged: Callable[..., Judged], name: str) -> None:
    """Without planted facts no finding of any rule is a breach."""
    findings = judged(name, planted=False).findings
    breaches = findings[findings["status"] == "breach"]
    assert breaches.empty, breaches[["rule", "subject", "message"]].to_string()


@pytest.mark.parametrize(("name", "scope"), EVERY)
def test_planted_data_are_the_clean_ones_with_the_edits(built: Built, name: str, scope: Any) -> None:
    """Each edit changes the clean data and stands in the planted ones, which differ in nothing else."""
    one, declared = SCHEMES[name], {**find_scheme(name).tables, **SCHEMES[name].plans}
    clean, planted = (read_rows(built(name, scope, planted=planted)) for planted in (False, True))
    given: Rows = {table: clean[table] for table in clean if table not in one.follow}
    plant(given, declared, one.facts, scope, into=given)
    assert given == {table: planted[table] for table in given}
    for fact_id, entry in read_facts(one.facts)[1].items():
        for _, table, row, cells in (step for edits in entry.edits(scope).values() for step in edits.steps()):
            if table in one.follow and cells is not None:
                wanted = {column: text for column, text in cells.items() if column not in BESIDE}
                found = rows_called(row, planted[table], declared[table])
                assert found, fact_id
                assert all(wanted.items() <= one.items() for one in found), fact_id


def rows_called(name: str, rows: list[dict[str, str]], table: Table) -> list[dict[str, str]]:
    """Return the rows whose key begins with a name, or lies between two."""
    keys = ["/".join(row[column] for column in table.key) for row in rows]
    places = [[n for n, key in enumerate(keys) if f"{key}/".startswith(f"{end}/")] for end in name.split(" .. ")]
    return rows[places[0][0] : places[-1][-1] + 1]


@pytest.mark.parametrize(("name", "fact_id"), facts_with_a_rule(counted=True))
def test_each_fact_is_counted_where_it_was_planted(text: Callable[..., Any], name: str, fact_id: str) -> None:
    """Without the library, in CSV text: the whole data and the slice show each fact in its subjects and exact number.

    The clean data show none but those that chance made.
    """
    count = COUNTS[name][fact_id]
    for scope in SCOPES:
        fact = FACTS[name, scope].get(fact_id)
        expected = (set(fact.subjects), fact.count) if fact else (set(), 0)
        assert count(text(name, scope, planted=True)) == expected, scope
    stands = FACTS[name, "whole"][fact_id] if fact_id.startswith("S") else None
    expected = (set(stands.subjects), stands.count) if stands else (set(), 0)
    assert count(text(name, "whole", planted=False)) == expected


@pytest.mark.parametrize("name", SCHEMES)
def test_every_rule_that_data_can_breach_has_a_fact(name: str) -> None:
    """Each rule of the book, which is more than a convention, has a fact, or it is said why it has none."""
    rules = {rule.id for rule in load_rulebook(name) if rule.kind == "rule"}
    of_facts = {fact.rule for fact in FACTS[name, "whole"].values() if not fact.rule.startswith("X.")}
    assert rules == of_facts | set(SCHEMES[name].no_fact)
    assert set(FACTS[name, "slice"]) <= set(FACTS[name, "whole"])


@pytest.mark.parametrize("name", SCHEMES)
def test_the_page_lists_the_facts(built: Built, name: str) -> None:
    """The page of the made-up data is what the file of facts says, and tells the digest of the data."""
    page, digest = SCHEMES[name].page, digest_of_folder(built(name, "whole", planted=True))
    assert page.read_text(encoding="utf-8") == renewed_page(
        page.read_text(encoding="utf-8"), SCHEMES[name].facts, digest
    )


PARTNERSHIP = FACTS["hlta", "whole"] if "hlta" in SCHEMES else {}


@pytest.mark.parametrize("planted", [True, False])
def test_moderations_are_of_drawn_files_only(judged: Callable[..., Judged], planted: bool) -> None:
    """What was drawn while the year was built is what is drawn over it later; two facts lie beyond the draw."""
    audits = judged("hlta", planted=planted).audits
    drawn = Counter(case_id for audit in audits for draw in audit.draws for case_id in draw.sample["case_id"])
    beyond = [fact for fact in PARTNERSHIP.values() if fact.what.startswith("Beyond the draw:") and planted]
    assert len(beyond) == 2 * planted
    assert Counter(audits[0].tables["moderations"]["case_id"]) == drawn + Counter(fact.subjects[0] for fact in beyond)


def test_moderators_agree_with_most_recommendations(text: Callable[..., Any]) -> None:
    """Two people who did not assess the file say where its outcome changes, and why; 1 to 4 % of the clean year do."""
    rows = text("hlta", "whole", planted=False)["moderated"]
    assert (rows["moderator_id"] != rows["assessor_id"]).all()
    assert (rows["second_moderator_id"] != rows["assessor_id"]).all()
    overturned = rows["decision"] == "overturned"
    assert (overturned == (rows["final_outcome"] != rows["outcome"])).all()
    assert (overturned == (rows["reason"] != "")).all()
    assert (overturned == (rows["second_moderator_id"] != "")).all()
    assert 0.01 * len(rows) < overturned.sum() < 0.04 * len(rows)


def test_planting_neither_adds_nor_takes_away_files(text: Callable[..., Any]) -> None:
    """The year has 4,000 files with and without facts."""
    planted, clean = (text("hlta", "whole", planted=planted)["cases"]["case_id"] for planted in (True, False))
    assert len(planted) == planted.nunique() == 4000
    assert set(planted) == set(clean)


def test_nobody_depends_on_the_month_without_event(text: Callable[..., Any]) -> None:
    """Whoever has files in the month without event has files in other months of the provider."""
    cases = text("hlta", "whole", planted=True)["cases"].query("rpa == 'HLTA North'")
    hidden = cases["month"] == "2024-08"
    assert hidden.any()
    for column in ("assessor_id", "pop_id"):
        assert set(cases.loc[hidden, column]) <= set(cases.loc[~hidden, column])


@pytest.mark.parametrize(
    ("fact_id", "month", "expected"),
    [
        ("F64", "2024-02", "expected a second moderator, as the file is overturned"),
        ("F68", "2024-02", "expected a reason, as the file is overturned"),
        ("F63", "2024-07", "expected your judgement of a standard that has to be moderated"),
    ],
)
def test_the_return_refuses_what_the_scheme_refuses(
    judged: Callable[..., Judged], fact_id: str, month: str, expected: str
) -> None:
    """The three faults that no return may hold are refused by sheet, row and column, and with them the whole return."""
    year, case_id = judged("hlta", planted=True), PARTNERSHIP[fact_id].subjects[0]
    assert year.register is not None
    audit = next(audit for audit in year.audits if case_id in set(audit.files()["case_id"]))
    drawn = next(draw for draw in audit.draws if draw.freeze.month == month and case_id in set(draw.sample["case_id"]))
    filled = fill_in_return(draw_files(drawn)[RETURN], audit.tables["moderations"])
    with pytest.raises(ReturnError, match=expected) as refused:
        import_return(filled, register=year.register)
    assert len(refused.value.faults) == 1
    assert returned_files(year.register, provider=audit.provider, year="2023-09").files.empty


def test_every_return_of_the_clean_year_comes_back(judged: Callable[..., Judged]) -> None:
    """With the returns of twelve months imported, every sampled file of every RPA has its decision from a return."""
    clean = judged("hlta", planted=False)
    assert clean.refused == []
    for audit in clean.audits:
        found = moderated(audit)
        assert found["month"].nunique() == 12
        assert set(found["source"]) == {"return"}


@pytest.mark.parametrize("rule", ["HLTA.MOD.4", "HLTA.MOD.5"])
def test_at_the_end_of_the_clean_year_everyone_has_been_sampled(judged: Callable[..., Judged], rule: str) -> None:
    """For each RPA every assessor and every PoP with files has been in a sample; who had no file is named."""
    findings = judged("hlta", planted=False).findings
    own = findings[findings["rule"] == rule]
    assert (own["status"] == "met").groupby(own["provider"]).sum().tolist() == [1, 1, 1]
    without = set(PARTNERSHIP["S01"].subjects) if rule == "HLTA.MOD.4" else set()
    assert set(own.loc[own["status"].isin(OFF), "subject"]) == without
