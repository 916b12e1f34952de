"""The Open University's students as groups: the chi-squares that others find come out beside our figures."""

import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from qa_lib.intake.real_data import real_data_folder
from qa_lib.schemes.npq.readers.oulad_groups import oulad_groups
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.mix import adjust_for_mix, compare_characteristics

FOLDER = real_data_folder()
pytestmark = pytest.mark.real

CHARACTERISTICS = ["gender", "disability", "age_band", "imd_band", "region", "highest_education"]


@pytest.fixture(scope="module")
def people():
    """Return the 32,593 registrations."""
    return oulad_groups(FOLDER / "oulad")


@pytest.mark.parametrize(
    ("characteristic", "outcome", "chi2"),
    [("disability", "retained", 109.545), ("disability", "achieved", 115.300), ("gender", "retained", 5.792)],
)
def test_known_chi_squares_come_from_our_counts(people, characteristic, outcome, chi2):
    """The counts of the whole data set give the published statistic, and our p agrees with its p."""
    table = compare_groups(people, outcome=outcome, groups=characteristic)
    counts = [[row["k"], row["n"] - row["k"]] for row in table.to_dict("records")]
    result = chi2_contingency(counts, correction=False)
    assert result.statistic == pytest.approx(chi2, abs=0.0005)
    assert table["n"].sum() == 32_593
    assert (table["p"] < 0.05).all()
    if result.pvalue > 1e-6:
        assert table["p"].iloc[0] == pytest.approx(result.pvalue, rel=0.05)


def test_every_module_presentation_is_compared(people):
    """22 of them, six characteristics, two rates: blanks are shown and untested, noise is not called a difference."""
    for outcome in ("retained", "achieved"):
        table = compare_groups(people, outcome=outcome, groups=CHARACTERISTICS, within=["provider", "level"])
        assert table[["provider", "level"]].drop_duplicates().shape[0] == 22
        assert table.groupby("characteristic")["n"].sum().eq(32_593).all()
        assert table.loc[table["missing"], "n"].sum() == 1_111
        assert (table.loc[table["missing"], "verdict"] == "not tested").all()
        flagged = table[table["flag"]]
        assert (flagged["verdict"] == "cannot tell").sum() > (flagged["verdict"] == "different").sum() > 0


def test_the_gap_of_disabled_students_is_not_the_mix_of_modules(people):
    """Adjusted for module and presentation the difference keeps its sign and about its size."""
    row = adjust_for_mix(people, outcome="retained", groups="disability", strata=["provider", "level"]).iloc[1]
    assert row["group"] == "Y"
    assert row["strata"] == 22
    assert -10 < row["adjusted_points"] < -8
    assert not row["reversal"]


def test_one_answer_per_characteristic(people):
    """Over the whole data set every characteristic differs more than chance gives."""
    table = compare_characteristics(people, outcome="retained", groups=CHARACTERISTICS)
    assert (table["p"] < 0.05).all()
    assert pd.Series(table["missing_n"].to_numpy(), index=table["characteristic"])["imd_band"] == 1_111
