"""What a notebook's parameters hold after papermill's command line: taken where exact, refused in a sentence else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pandas as pd
import pytest
from hlta_frames import BOOK, MONTH, RPA, files
from hypothesis import given
from hypothesis import strategies as st

from qa_lib.errors import QAError
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.parameter_values import as_number_text, as_text, as_truth, as_whole, as_wholes
from qa_lib.rates import exact_rate
from qa_lib.register.list_draws import draw_from_list
from qa_lib.register.monthly_draws import draw, draw_year, freeze
from qa_lib.register.sample_source import SampleSource, page_register, sample_source
from qa_lib.register.store import open_register
from qa_lib.reports.chance_pages import chance_by_size
from qa_lib.reports.folder import open_report
from qa_lib.reports.planning import what_a_share_shows
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.audit_from_register import read_audit, read_audits
from qa_lib.schemes.hlta.draws.missing_months import draw_missing_months
from qa_lib.schemes.npq.audit import make_audit
from qa_lib.schemes.npq.draws.script_draw import SCRIPTS

TABLES = {"cases": files(*[{}] * 25)}
ASKED = {"provider": RPA, "month": MONTH}


@given(st.decimals(0, 100_000, places=2))
def test_an_amount_that_became_a_number_is_the_amount(amount: Decimal) -> None:
    """495.00 becomes 495.0 on papermill's command line, and is the same fee."""
    assert Fraction(as_number_text(float(amount), name="fee")) == Fraction(amount) == Fraction(str(amount))


@pytest.mark.parametrize("value", [0.1 + 0.2, float("nan"), float("inf"), True, [1], {"a": 1}])
def test_what_is_no_number_that_was_typed_is_refused(value: object) -> None:
    """Noise of arithmetic, yes/no and lists are no amount; the parameter is named with the way to give it."""
    with pytest.raises(
        QAError, match=r"the parameter fee arrived as .*; expected text.* use -r, which keeps text: -r fee"
    ):
        as_number_text(value, name="fee")


@pytest.mark.parametrize("value", [7, 7.5, True, ["a"]])
def test_a_name_that_became_a_number_is_refused(value: object) -> None:
    """007 arrives as 7, which is another name."""
    with pytest.raises(QAError, match=r"the parameter provider arrived as .* a number loses zeros in front of it"):
        as_text(value, name="provider")


@pytest.mark.parametrize(("value", "truth"), [(True, True), ("True", True), ("no", False), ("", False), (None, False)])
def test_a_word_for_true_or_false_is_read(value: object, truth: bool) -> None:
    """The command line leaves ``true`` and ``false`` as text, and any text would count as true."""
    assert as_truth(value, name="late") is truth


@pytest.mark.parametrize("call", [partial(as_truth, 2), partial(as_truth, "late"), partial(as_whole, 9.5)])
def test_another_word_or_number_is_refused(call: Callable[..., object]) -> None:
    """Neither a truth nor a whole number."""
    with pytest.raises(QAError, match="the parameter it arrived as "):
        call(name="it")


@pytest.mark.parametrize("value", ["", "a, b", [], [1.5], None])
def test_a_list_of_anything_else_is_refused(value: object) -> None:
    """Whole numbers, at least one."""
    with pytest.raises(QAError, match="expected whole numbers such as 20, 60, 250"):
        as_wholes(value, name="populations")


@given(st.fractions(0, 1, max_denominator=10**6), st.sampled_from(["{}", " {} ", "{}"]))
def test_a_rate_is_exact_however_it_is_written(rate: Fraction, form: str) -> None:
    """A fraction, its percentage and, where it has few decimals, its float are one number."""
    assert exact_rate(form.format(rate)) == rate
    decimals = Fraction(int(rate * 10**6), 10**6)
    text = f"{int(rate * 10**6) / 10**6:.6f}"
    assert exact_rate(text) == exact_rate(float(text)) == exact_rate(Decimal(text)) == decimals
    assert exact_rate(f"{Decimal(text) * 100}%") == decimals


@pytest.mark.parametrize(
    ("value", "hint"),
    [("5", "did you mean 5% or 0.05?"), (5, "did you mean 5% or 0.05?"), (2.5, "did you mean 2.5% or 0.025?")],
)
def test_a_bare_number_is_asked_about(value: object, hint: str) -> None:
    """5 may mean five per cent; it is not taken for it."""
    with pytest.raises(QAError) as refused:
        exact_rate(value, name="--rate")
    assert str(refused.value) == f"--rate is {value}; expected a rate from 0 to 1, such as 0.05, 5% or 1/20; {hint}"


@pytest.mark.parametrize(
    "value", ["", "five", "%", "1/0", "1e-2", "0,05", None, True, 1 / 3, float("nan"), Decimal("NaN")]
)
def test_what_is_no_rate_is_refused_without_a_guess(value: object) -> None:
    """Words, exponents, decimal commas and noise of arithmetic."""
    with pytest.raises(QAError, match=r"expected a rate from 0 to 1, such as 0\.05, 5% or 1/20$"):
        exact_rate(value)


@pytest.mark.parametrize("rate", ["10%", "0.1", "1/10", 0.1])
def test_the_rate_of_a_plan_may_arrive_as_a_number(rate: object) -> None:
    """The plan, the freeze and what a share shows are the same as with the text."""
    choices = PlanChoices(rate, "", "0", "", "", -1.0)
    frozen = freeze(TABLES, BOOK, register=open_register("sqlite://"), choices=choices, late="false", **ASKED)
    assert frozen.content["rate"] == "1/10"
    assert what_a_share_shows("60", rate=rate, tolerable=0.05)["drawn"].tolist() == [6]


def test_the_fee_may_arrive_as_a_number() -> None:
    """A case that is asked with 495.0 has the national fee of 495 pounds."""
    register = open_register("sqlite://")
    fees = [
        read_audit(TABLES, BOOK, register=register, national_fee=fee, **ASKED).national_fee
        for fee in ("495.00", 495.0, 495, "", None)
    ]
    assert fees == [495, 495, 495, None, None]


NPQ = {
    "participants": pd.DataFrame(
        {
            "participant_id": ["a"],
            "provider": ["Quay"],
            "level": ["NPQH"],
            "commenced_on": pd.to_datetime(["2018-01-01"]),
        }
    )
}
REFUSED: dict[str, tuple[str, Callable[[], object]]] = {
    "a month": ("month", lambda: freeze(TABLES, BOOK, register=REGISTER, provider=RPA, month=2024)),
    "a provider": ("provider", lambda: freeze(TABLES, BOOK, register=REGISTER, provider=7, month=MONTH)),
    "a seed": ("seed", lambda: draw(None, seed=44162553162236410000, reviewer="R1", reviewer_rpa="x")),
    "a reviewer": ("reviewer", lambda: draw(None, seed="x" * 20, reviewer=7, reviewer_rpa="x")),
    "a data set of a page": ("dataset", lambda: page_register("", dataset=2024)),
    "a sample's data set": ("dataset", lambda: sample_source("", dataset=2024, provider=RPA, month=MONTH)),
    "a freeze's folder": ("freeze_folder", lambda: sample_source(7, dataset="x", provider=RPA, month=MONTH)),
    "a page's seed": ("seed", lambda: SampleSource(data=None, provider=RPA, month=MONTH).draw(None, seed=10**20)),
    "a series": ("seed_series", lambda: draw_missing_months(TABLES, BOOK, register=REGISTER, seed_series=1, **ASKED)),
    "a year": ("year", lambda: draw_year(TABLES, BOOK, register=REGISTER, provider=RPA, year=2023)),
    "an as-of day": ("as_of", lambda: read_audit(TABLES, BOOK, register=REGISTER, as_of=20240430, **ASKED)),
    "a month of all": ("month", lambda: read_audits(TABLES, BOOK, register=REGISTER, month=2024)),
    "free days": ("free_days", lambda: read_audit(TABLES, BOOK, register=REGISTER, free_days=1, **ASKED)),
    "a date of the rules": ("rules_on", lambda: PlanChoices(rules_on=2024)),
    "a folder": ("out", lambda: open_report(2024)),
    "a data set": ("dataset", lambda: read_dataset(2024)),
    "an NPQ day": ("as_of", lambda: make_audit(NPQ, load_rulebook("npq"), as_of=20200301, provider="Quay")),
    "an NPQ provider": ("provider", lambda: make_audit(NPQ, load_rulebook("npq"), as_of="2020-03-01", provider=7)),
    "an NPQ seed": (
        "seed",
        lambda: draw_from_list(
            SCRIPTS, NPQ, load_rulebook("npq"), provider="Quay", as_of="2020-03-01", period="", seed=10**20
        ),
    ),
}
REGISTER = open_register("sqlite://")


@pytest.mark.parametrize("audit", REFUSED.values(), ids=REFUSED)
def test_what_a_number_would_change_is_refused_by_name(audit: tuple[str, Callable[[], object]]) -> None:
    """A number in the place of a name, a day or a seed never gets as far as an answer; the parameter is named."""
    name, call = audit
    with pytest.raises(QAError, match=f"the parameter {name} arrived as the number "):
        call()


@pytest.mark.parametrize("late", ["false", "no", False, None, ""])
def test_a_page_that_is_told_no_freezes_the_month(late: object) -> None:
    """The text ``false`` is not taken for yes: all files of the month are frozen, not the late ones alone."""
    data = Dataset("hlta", TABLES, pd.DataFrame(), pd.DataFrame(), {}, pd.DataFrame())
    source = SampleSource(data=data, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    assert source.freeze(BOOK, choices=PlanChoices(), late=late).part == "month"


def test_lists_of_a_notebook_may_be_text_or_one_number() -> None:
    """-p group_sizes "5, 10" and -p group_sizes 5 are read as the list that is meant."""
    asked = {"people": 200.0, "successes": "180", "margin": 0.1}
    assert chance_by_size("5, 10", **asked)["size"].tolist() == [5, 10]
    assert chance_by_size(5, **asked)["size"].tolist() == [5]
