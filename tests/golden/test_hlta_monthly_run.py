"""One RPA's month and year and the Partnership's page: the same bytes, with the returns, what to do standing first."""

import csv
import random
import re

import pandas as pd
import pytest

from qa_lib import load_rulebook, open_register, read_dataset
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.batch.manifest import MANIFEST, read_manifest
from qa_lib.batch.rehearsal import REFUSED, rehearse_year
from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.verify_run import verify_folder
from qa_lib.files import folder_name
from qa_lib.intake.prepared import slice_tables
from qa_lib.project_files import ROOT
from qa_lib.scheme import find_scheme
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.draws.missing_months import draw_missing_months

SLICE = ROOT / "notebooks" / "data" / "partnership"
RPA, MONTH, YEAR = "University of Northampton", "2024-01", "2023-09"
(MADE_UP,) = find_scheme("hlta").made_up
OWN = f"{MONTH}/{folder_name(RPA)}"
NOTEBOOKS = (("monthly_audit", "month"), ("annual_report", "year"), ("partnership_overview", "partnership"))


def one_rpas_month(folder, *, shuffled):
    """Copy what the slice holds of one RPA's first month, its rows in another order where asked."""
    folder.mkdir()
    with (SLICE / "cases.csv").open(encoding="utf-8", newline="") as file:
        own = {row["case_id"] for row in csv.DictReader(file) if row["rpa"] == RPA and row["month"] == MONTH}
    for path in SLICE.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        if path.stem == "cases" or {"case_id", "rpa"}.intersection(header) == {"case_id"}:
            rows = [row for row in rows if row[header.index("case_id")] in own]
        if shuffled:
            random.Random(7).shuffle(rows)
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return folder


def made(place, name, *kinds, shuffled):
    """Draw the month, import its return, and make the reports of these kinds; return the run's folder."""
    dataset = one_rpas_month(place / f"in-{name}", shuffled=shuffled)
    listed = "".join(
        f"- {{notebook: notebooks/hlta/{notebook}.ipynb, per: {per}, parameters: {{national_fee: '495.00'}}}}\n"
        for notebook, per in NOTEBOOKS
        if per in kinds
    )
    run_file = place / f"{name}.yaml"
    run_file.write_text(f"run: tiny\ntitle: T\ndataset: {dataset}\nnotebooks:\n{listed}", encoding="utf-8")
    out = place / name
    book, data = load_rulebook("hlta"), read_dataset(dataset)
    refused = rehearse_year(data, book, MADE_UP, register=str(out / "register.sqlite"), out=place / f"returns-{name}")
    assert refused == []
    result = run_reports(read_run_file(run_file), out)
    assert result.failed == {}
    return out


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    """Return the folders of a run, and of one of its months over the same rows in another order."""
    place = tmp_path_factory.mktemp("monthly")
    return (
        made(place, "plain", "month", "year", "partnership", shuffled=False),
        made(place, "shuffled", "month", "partnership", shuffled=True),
    )


def text_of(page):
    """Return what a page says, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.read_text(encoding="utf-8")))


def contents(folder):
    """Return the files of a report but its manifest, the digests of the input files taken out."""
    digests = read_manifest(folder)["inputs"].values()
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST):
        content = path.read_bytes()
        for digest in digests:
            content = content.replace(digest.encode(), b"input")
        found[path.relative_to(folder).as_posix()] = content
    return found


def test_other_row_order_changes_nothing_but_the_inputs_hashes(two_runs):
    """Every file of the RPA's month and of the Partnership's is the same byte for byte."""
    plain, shuffled = two_runs
    for folder in (OWN, f"{MONTH}/all-providers"):
        assert contents(plain / folder) == contents(shuffled / folder)
        assert read_manifest(plain / folder)["returns"] == read_manifest(shuffled / folder)["returns"]


def test_the_run_verifies_and_its_index_begins_with_the_partnership(two_runs):
    """Files, register and chains agree; the page over all RPAs leads."""
    out = two_runs[0]
    assert all(problems == [] for _, problems in verify_folder(out))
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.index("all-providers/partnership_overview.html") < page.index(f"{OWN}/monthly_audit.html")


def test_the_audit_begins_with_what_to_do_and_has_every_section(two_runs):
    """First screen, then the headings of the code of practice; sheets and joint report are files beside it."""
    folder = two_runs[0] / OWN
    said = text_of(folder / "monthly_audit.html")
    places = [
        said.index(f"{heading} ", said.index("Needs action:"))
        for heading in (
            "Who has to do what",
            "Eligibility and allocation Look",
            "Coverage Over the year",
            "Feedback Look",
        )
    ]
    assert places == sorted(places)
    files = {path.name for path in folder.iterdir()}
    assert {"findings.csv", "feedback.xlsx", f"joint-report-{MONTH}.html"} <= files
    assert pd.read_csv(folder / "findings.csv", encoding="utf-8-sig")["clause"].notna().all()


def test_what_came_back_is_what_the_pages_rest_on(two_runs):
    """The manifest binds the state of the returns; the page counts the file that was imported."""
    content = read_manifest(two_runs[0] / OWN)
    assert f"{RPA}/{MONTH}/month" in content["returns"]
    returns = pd.read_csv(two_runs[0] / OWN / "tables" / "returns.csv", encoding="utf-8-sig")
    assert returns.loc[0, ["month", "version", "changed"]].tolist() == [MONTH, 1, 0]


def test_the_year_says_whether_everyone_was_sampled(two_runs):
    """Of assessors and of PoPs, in its first sentences."""
    said = text_of(two_runs[0] / f"year-{YEAR}" / folder_name(RPA) / "annual_report.html")
    for kind in ("assessor", "PoP"):
        assert re.search(rf"Every {kind} with files so far this year has been in a sample: (\d+) of \1\.", said)


def test_a_refused_return_is_told_and_leaves_the_data_sets_own_table(tmp_path):
    """A made-up moderator who overturns without a reason is refused; nothing of that return is in the register."""
    data = read_dataset(one_rpas_month(tmp_path / "in", shuffled=False))
    bad = data.tables["moderations"].assign(decision="overturned", final_outcome="partial_reassessment", reason=None)
    data.tables["moderations"] = bad
    book, register = load_rulebook("hlta"), str(tmp_path / "register.sqlite")
    refused = rehearse_year(data, book, MADE_UP, register=register, out=tmp_path / "returns")
    assert "expected a reason" in refused[0]
    assert refused[0] in (tmp_path / "returns" / REFUSED).read_text(encoding="utf-8")
    audit = read_audit(data.tables, book, provider=RPA, month=MONTH, register=open_register(register))
    assert audit.returned.empty


@pytest.mark.parametrize("provider", [RPA, None])
def test_a_slice_for_a_report_says_what_the_whole_data_set_says(provider):
    """Files of assessors who work for both, and of the month after, are all that an audit needs of other RPAs."""
    data, book, register = read_dataset(SLICE), load_rulebook("hlta"), open_register("sqlite://")
    tables = slice_tables(data, provider=provider, months=[MONTH], ahead=True)
    asked = {"provider": RPA, "month": MONTH, "register": register}
    draw_missing_months(tables, book, **asked)
    found, whole = (audit_findings(read_audit(which, book, **asked)) for which in (tables, data.tables))
    pd.testing.assert_frame_equal(found, whole)
