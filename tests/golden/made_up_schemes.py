"""The made-up data of each scheme for their golden test: built, judged, and counted without the library."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import hlta_counts
import npq_counts
import pandas as pd

from qa_lib import draw_year, load_rulebook, open_register, read_dataset
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.batch.rehearsal import rehearse_year
from qa_lib.register.store import Register
from qa_lib.scheme import find_scheme
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.made_up import build_partnership, build_slice
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.made_up import build_npq, build_npq_slice
from qa_lib.schemes.npq.made_up.scene import AS_OF, PASS_MARK, PLANS
from qa_lib.tables.vocabulary import Table

ROOT = Path(__file__).parents[2]
Rows = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Made-up data that were judged: the findings of every provider, and what a scheme's own tests look at."""

    findings: pd.DataFrame
    audits: list[Any] = field(default_factory=list)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    register: Register | None = None
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """Made-up data of a scheme.

    Attributes
    ----------
    build
        Scope -> the function that writes the data into a folder; it is asked for ``planted`` data or not.
    judge
        The function that judges every provider of the data in a folder, ``planted`` or not.
    page
        The page that lists the facts.
    counts
        How facts are counted in CSV text, beside ``PLANTED`` of the tests of rules.
    no_fact
        Rule without a fact -> why.
    follow
        Tables of which more rows than the edited ones follow from what is planted elsewhere.
    plans
        Tables that are edited and not written: what the others are made from.
    """

    build: Mapping[str, Callable[..., None]]
    judge: Callable[..., Judged]
    page: Path
    counts: ModuleType
    no_fact: Mapping[str, str] = field(default_factory=dict)
    follow: tuple[str, ...] = ()
    plans: Mapping[str, Table] = field(default_factory=dict)

    @property
    def facts(self) -> Path:
        """The file of the facts."""
        return Path(self.build["whole"].__code__.co_filename).with_name("planted.yaml")


def judge_partnership(folder: Path, *, planted: bool) -> Judged:
    """Draw every month of each RPA and judge its year; of clean data every return is filled in and imported first."""
    dataset, book, place = read_dataset(folder), load_rulebook("hlta"), str(folder / "register.sqlite")
    (made_up,) = find_scheme("hlta").made_up
    refused = [] if planted else rehearse_year(dataset, book, made_up, register=place, out=folder / "returns")
    tables, register, audits = dataset.tables, open_register(place), []
    for rpa in sorted(tables["cases"]["rpa"].unique()):
        draw_year(tables, book, provider=rpa, year="2023-09", register=register)
        audits.append(read_audit(tables, book, provider=rpa, year="2023-09", register=register, national_fee="495.00"))
    findings = [audit_findings(audit).assign(provider=audit.provider) for audit in audits]
    return Judged(findings=pd.concat(findings, ignore_index=True), audits=audits, register=register, refused=refused)


def judge_framework(folder: Path, *, planted: bool) -> Judged:
    """Judge every provider of the framework on the day of its story; of clean data every third, which takes less time.

    The framework gives no pass mark: the made-up providers' stands in the rule book.
    """
    dataset = read_dataset(folder, scheme="npq")
    assert dataset.rejected.empty
    tables = dataset.tables
    text = (ROOT / "parameters" / "rules" / "npq.yaml").read_text(encoding="utf-8")
    changed = folder.parent / "npq.yaml"
    changed.write_text(text.replace('borderline_within: "2"', f'borderline_within: "2", pass_mark: "{PASS_MARK}"'))
    providers = sorted(tables["participants"]["provider"].unique())
    providers = providers if planted else providers[2::3]
    book, about = load_rulebook(changed), {"as_of": AS_OF, "period": "2018-19", "operating_year": 2}
    audits = [make_audit(tables, book, provider=provider, **about) for provider in providers]
    findings = [audit_findings(audit).assign(provider=audit.provider) for audit in audits]
    return Judged(findings=pd.concat(findings, ignore_index=True), audits=audits, tables=tables)


SCHEMES = {
    "hlta": MadeUp(
        build={"whole": build_partnership, "slice": build_slice},
        judge=judge_partnership,
        page=ROOT / "docs" / "demo-data.md",
        counts=hlta_counts,
        no_fact={"HLTA.MOD.3": "The random part is drawn by this suite: data cannot hold a wrong one."},
        follow=("moderations", "actions", "performance_reviews"),
    ),
    "npq": MadeUp(
        build={"whole": build_npq, "slice": build_npq_slice},
        judge=judge_framework,
        page=ROOT / "docs" / "demo-data-npq.md",
        counts=npq_counts,
        follow=("participants", "targets", "scripts", "national_moderation", "feedback"),
        plans=PLANS,
    ),
}


def read_rows(folder: Path) -> Rows:
    """Return every CSV table of a folder as rows of text."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found
