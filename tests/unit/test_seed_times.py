"""A seed that was there before a freeze draws nothing from it."""

import pandas as pd
import pytest

from qa_lib.errors import SampleError
from qa_lib.register.recording import record_draw, record_freeze
from qa_lib.register.store import open_register
from qa_lib.sampling.drawing import make_draw, make_series_draw
from qa_lib.sampling.frozen import SamplingPlan
from qa_lib.sampling.population import COLUMNS
from qa_lib.sampling.protocol import parse_rate
from tests.second_implementation.examples import file_row

SEED = "4613 2265 1432 6651 2341"
PLAN = SamplingPlan(rate=parse_rate("1"), minimum_rate=parse_rate("0.05"))


@pytest.fixture
def register():
    """Return an empty register in memory."""
    return open_register("sqlite://")


def freeze(register, provider, month, frozen_on, **late):
    """Freeze one file of a provider and month at a time."""
    files = pd.DataFrame([file_row(f"{provider}-{month}-{frozen_on}", "A1")], columns=COLUMNS, dtype="object")
    return record_freeze(register, files, PLAN, provider=provider, month=month, frozen_on=frozen_on, **late)


def seeded(register, frozen, given_on, seed=SEED):
    """Draw a freeze with a seed that was given at a time."""

    def make():
        return make_draw(frozen, seed=seed, reviewer="R", reviewer_rpa="Elsewhere")

    return record_draw(register, frozen, make, given_on=given_on)[1]


@pytest.mark.parametrize(
    "frozen_on", ["2024-02-06", "2024-02-05T10:00:01+00:00", "2024-03-01"], ids=["next day", "next second", "months"]
)
def test_a_seed_that_was_used_before_the_freeze_is_refused(register, frozen_on):
    """Whoever froze could have known what it draws; the register says where it was used, and nothing is recorded."""
    seeded(register, freeze(register, "North", "2024-01", "2024-02-01"), "2024-02-05T10:00:00+00:00")
    frozen = freeze(register, "South", "2024-01", frozen_on)
    said = "the seed was used before, for North 2024-01 on 2024-02-05T10:00:00.*ask the reviewer for a new one"
    with pytest.raises(SampleError, match=said):
        seeded(register, frozen, "2024-04-01")
    assert seeded(register, frozen, "2024-04-01", seed="1143 4615 6623 2313 6312 1421")


@pytest.mark.parametrize("given_on", ["2024-02-05", "2024-02-09T10:00:00+00:00"], ids=["same day", "later"])
def test_one_lottery_may_serve_all_who_froze_before_it(register, given_on):
    """A seed used for another freeze since this one was made was not known when it was made."""
    north, south = (freeze(register, name, "2024-01", "2024-02-05") for name in ("North", "South"))
    assert seeded(register, north, given_on)
    assert seeded(register, south, given_on)


def test_late_files_need_a_seed_of_their_own(register):
    """The month's seed is known when they are frozen."""
    seeded(register, freeze(register, "North", "2024-01", "2024-02-01"), "2024-02-05")
    late = freeze(register, "North", "2024-01", "2024-02-10", late=True)
    with pytest.raises(SampleError, match="for North 2024-01 on 2024-02-05"):
        seeded(register, late, "2024-02-11")


def test_the_same_draw_again_is_no_second_use(register):
    """Asking again returns the draw that stands, also where the seed served others meanwhile."""
    frozen = freeze(register, "North", "2024-01", "2024-02-01")
    assert seeded(register, frozen, "2024-02-05")
    assert not seeded(register, frozen, "2024-02-06")


def test_a_seed_that_holds_another_is_another(register):
    """Only the whole seed counts, whatever marks it holds."""
    seeded(register, freeze(register, "North", "2024-01", "2024-02-01"), "2024-02-05", seed=f'{SEED} "6\\')
    assert seeded(register, freeze(register, "South", "2024-01", "2024-03-01"), "2024-03-05")
    frozen = freeze(register, "West", "2024-01", "2024-03-01")
    with pytest.raises(SampleError, match="was used before, for North"):
        seeded(register, frozen, "2024-03-05", seed=f'{SEED} "6\\')


@pytest.mark.parametrize("other", ["4613-2265-1432-6651-2341", "46132265143266512341", "4613 2265 1432 6651 2341."])
def test_other_marks_make_no_other_seed(register, other):
    """Whoever knows the digits knows the seed, however it is written."""
    seeded(register, freeze(register, "North", "2024-01", "2024-02-01"), "2024-02-05")
    with pytest.raises(SampleError, match="was used before, for North 2024-01"):
        seeded(register, freeze(register, "South", "2024-01", "2024-03-01"), "2024-03-05", seed=other)


def test_the_next_month_of_a_provider_never_takes_a_seed_again(register):
    """Its earlier draws were made before the freeze, though both stand in one second or on one day of the data."""
    moment = "2024-02-05T10:00:00+00:00"
    seeded(register, freeze(register, "North", "2024-01", moment), moment)
    with pytest.raises(SampleError, match="was used before, for North 2024-01"):
        seeded(register, freeze(register, "North", "2024-02", moment), moment)


def test_a_series_is_no_seed_that_was_used(register):
    """In a back-run the operator chose the seeds, and every report says so."""
    for month, day in (("2024-01", "2024-02-01"), ("2024-02", "2024-03-01")):
        frozen = freeze(register, "North", month, day)
        assert record_draw(register, frozen, lambda frozen=frozen: make_series_draw(frozen, series="back"))[1]
