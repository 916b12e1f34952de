"""No draw is made while two names may be one provider: by command, in a notebook, in a run."""

from __future__ import annotations

import pandas as pd
import pytest

from qa_lib.batch.report_plan import Report
from qa_lib.batch.run_reports import run_reports
from qa_lib.batch.runfile import read_run_file
from qa_lib.batch.source import read_source
from qa_lib.errors import SampleError
from qa_lib.intake.near_providers import near_names_of, refuse_near_providers, refuse_unknown_names
from qa_lib.project_files import ROOT
from qa_lib.register.list_draws import draw_from_list
from qa_lib.register.monthly_draws import freeze
from qa_lib.register.recording import record_withdrawal
from qa_lib.register.store import open_register
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.scheme import find_scheme, load_rulebook
from qa_lib.schemes.npq.draws.script_draw import SCRIPTS

ROWS = [("Harbour", 9), ("HARBOUR", 2), ("Har-bour", 1), ("Quay", 3)]


def tables(*rows: tuple[str, int]) -> dict[str, pd.DataFrame]:
    """Return a table of files: so many of each provider."""
    names = [name for name, number in rows for _ in range(number)]
    files = pd.DataFrame({"case_id": [f"c{n:02}" for n in range(len(names))], "rpa": names})
    return {"cases": files.assign(month="2024-01", assessor_id="W1", pop_id="P1", outcome="met").astype("str")}


def test_both_ways_out_are_said_in_words_that_can_be_pasted() -> None:
    """Every other spelling with its rows, the mapping that joins them, and the option that keeps them apart."""
    with pytest.raises(SampleError) as refused:
        refuse_near_providers(tables(*ROWS), column="rpa", provider="Harbour")
    assert str(refused.value).splitlines() == [
        '"Harbour" (9 rows) and "HARBOUR" (2 rows), "Har-bour" (1 row) differ only in letter case, spaces, dashes, '
        "& for and, zeros or look-alike letters: are they one provider?",
        "If they are, map them, so that no file escapes the draw: "
        '--values "rpa:HARBOUR=Harbour" --values "rpa:Har-bour=Harbour" (in a run file: values)',
        'If they are not, say so: --accept "HARBOUR" --accept "Har-bour" '
        "(in a run file or notebook: accept_near_equal)",
    ]


@pytest.mark.parametrize(
    ("provider", "accept", "stops"),
    [
        ("Harbour", (), True),
        ("Harbour", ("HARBOUR",), True),
        ("Harbour", ("HARBOUR", "Har-bour"), False),
        ("Harbour", ("Harbour",), False),
        ("HARBOUR", ("HARBOUR",), False),
        ("HARBOUR", ("Har-bour",), True),
        ("Quay", (), False),
        (None, (), True),
        (None, ("HARBOUR", "Har-bour"), False),
        (None, ("HARBOUR",), True),
    ],
)
def test_who_is_accepted_stands_apart(provider: str | None, accept: tuple[str, ...], stops: bool) -> None:
    """A name that was accepted is a provider of its own; any two that are left may be one."""
    if stops:
        with pytest.raises(SampleError, match="are they one provider"):
            refuse_near_providers(tables(*ROWS), column="rpa", provider=provider, accept=accept)
    else:
        refuse_near_providers(tables(*ROWS), column="rpa", provider=provider, accept=accept)


def test_a_list_that_spells_the_provider_otherwise_stops_too() -> None:
    """Assessors listed under another spelling would lose their past difficulties, and the draw its tiers."""
    people = pd.DataFrame({"assessor_id": ["W1"], "rpa": ["harbour"], "past_difficulty": ["serious"]}, dtype="str")
    with pytest.raises(SampleError, match=r'"harbour" \(1 row\)'):
        refuse_near_providers({**tables(("Harbour", 3)), "assessors": people}, column="rpa", provider="Harbour")


def test_a_name_that_no_row_has_cannot_be_accepted() -> None:
    """It would be accepted in vain; the name that is there is."""
    refuse_unknown_names(tables(*ROWS), ["HARBOUR"], column="rpa")
    with pytest.raises(SampleError, match='accepted as a provider of its own: "HARBOR"; expected names as the data'):
        refuse_unknown_names(tables(*ROWS), ["HARBOUR", "HARBOR"], column="rpa")


def test_near_ids_of_the_provider_are_counted_and_not_named() -> None:
    """Two assessors and two files of one provider; another provider's are not looked at."""
    files = tables(("Harbour", 4), ("Quay", 2))["cases"]
    files["assessor_id"] = ["W1", "w01", "W2", "W3", "V1", "v1"]
    files["case_id"] = ["a-1", "A1", "b1", "c1", "d1", "e1"]
    assert near_names_of({"cases": files}, find_scheme("hlta"), provider="Harbour") == {"files": 1, "assessors": 1}


@pytest.mark.parametrize("accept", ["HARBOUR; Har-bour", ("HARBOUR", "Har-bour")])
def test_a_freeze_stops_in_the_library_as_well(accept: str | tuple[str, ...]) -> None:
    """In JupyterLab nothing is frozen either, until the choice says who is another provider."""
    asked = {"provider": "Harbour", "month": "2024-01", "register": open_register("sqlite://")}
    with pytest.raises(SampleError, match="are they one provider"):
        freeze(tables(*ROWS), load_rulebook("hlta"), **asked)
    frozen = freeze(tables(*ROWS), load_rulebook("hlta"), choices=PlanChoices(accept_near_equal=accept), **asked)
    assert len(frozen.population) == 9


def test_another_spelling_begins_no_second_chain() -> None:
    """A later export that spells the RPA otherwise draws no month again, until somebody says that it is another."""
    register, book = open_register("sqlite://"), load_rulebook("hlta")
    freeze(tables(("Harbour", 9)), book, provider="Harbour", month="2024-01", register=register)
    other = {"provider": "HARBOUR", "month": "2024-01", "register": register}
    with pytest.raises(SampleError) as refused:
        freeze(tables(("HARBOUR", 9)), book, **other)
    first = str(refused.value).splitlines()[0]  # a run's list of failures shows no more
    assert '"Harbour", which differs from "HARBOUR" only in letter case' in first
    assert "map it to that one (values), or say that it is another provider (accept_near_equal)" in first
    assert '--values "rpa:HARBOUR=Harbour"' in str(refused.value)
    assert '--accept "HARBOUR"' in str(refused.value)
    assert freeze(tables(("Quay", 2)), book, provider="Quay", month="2024-01", register=register)
    accepted = freeze(tables(("HARBOUR", 9)), book, choices=PlanChoices(accept_near_equal="HARBOUR"), **other)
    assert freeze(tables(("HARBOUR", 9)), book, **other).digest == accepted.digest


def test_a_slip_that_was_withdrawn_asks_nobody() -> None:
    """Who froze under a wrong spelling and took it back freezes under the right one without a question."""
    register, book = open_register("sqlite://"), load_rulebook("hlta")
    asked = {"month": "2024-01", "register": register}
    freeze(tables(("HARBOUR", 9)), book, provider="HARBOUR", **asked)
    record_withdrawal(register, provider="HARBOUR", month="2024-01", purpose="moderation", reason="a slip")
    assert freeze(tables(("Harbour", 9)), book, provider="Harbour", **asked)


def test_a_draw_of_scripts_stops_too() -> None:
    """A provider's participants do not leave the national moderation for their provider's spelling."""
    people = {"participant_id": ["a", "b"], "provider": ["Quay", "QUAY"], "level": "NPQH"}
    npq = {
        "participants": pd.DataFrame(people),
        "scripts": pd.DataFrame({"participant_id": ["a", "b"], "passed": True}),
    }
    asked = {"provider": "Quay", "as_of": "2020-03-01", "period": "2018-19"}
    with pytest.raises(SampleError, match='--values "provider:QUAY=Quay"'):
        draw_from_list(SCRIPTS, npq, load_rulebook("npq"), **asked)
    drawn = draw_from_list(SCRIPTS, npq, load_rulebook("npq"), accept_near_equal="QUAY", **asked)
    assert drawn.population["participant_id"].tolist() == ["a"]


RUN = """
run: small
title: Two names
dataset: {data}
notebooks:
  - notebook: notebooks/hlta/moderation_sample.ipynb
    per: month
"""


def test_a_run_stops_unless_its_file_says_who_is_another(tmp_path) -> None:
    """Nothing is made; the key accept_near_equal is handed to the notebooks that know it, and to no other."""
    (tmp_path / "data").mkdir()
    tables(*ROWS)["cases"].to_csv(tmp_path / "data" / "cases.csv", index=False)
    text = RUN.format(data=tmp_path / "data")
    (tmp_path / "run.yaml").write_text(text)
    with pytest.raises(SampleError, match="are they one provider"):
        run_reports(read_run_file(tmp_path / "run.yaml"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "run.yaml").write_text(f"{text}accept_near_equal: [HARBOUR, Har-bour]\n")
    run = read_run_file(tmp_path / "run.yaml")
    assert run.accept_near_equal == ("HARBOUR", "Har-bour")
    report = Report("Harbour", "month", "2024-01", ("2024-01",), "2024-01-01", run.notebooks)
    given = report.parameters(run.notebooks[0], seed_series="", rule_book="", accept_near_equal="HARBOUR;Har-bour")
    assert given["accept_near_equal"] == "HARBOUR;Har-bour"
    assert "accept_near_equal" not in report.parameters(run.notebooks[0], seed_series="", rule_book="")


@pytest.mark.parametrize(
    "name",
    [
        *(f"hlta/{name}" for name in ("annual_coverage", "annual_report", "moderation_sample", "monthly_audit")),
        *("hlta/partnership_overview", "npq/metrics_return", "npq/national_moderation"),
    ],
)
def test_every_notebook_that_freezes_can_be_told(name: str) -> None:
    """Each declares the parameter and hands it on."""
    source = read_source(ROOT / "notebooks" / f"{name}.ipynb")
    assert source.defaults["accept_near_equal"] == ""
    assert source.content.decode().count("accept_near_equal") >= 2
