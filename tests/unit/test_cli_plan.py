"""``qa plan`` says in plain words how many files a claim needs."""

import pytest
from click.testing import CliRunner

from qa_lib.cli.plan import command, percent_of
from qa_lib.errors import QAError


def run(*arguments):
    """Return what the command prints."""
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize(("population", "files"), [("1000", 56), ("250", 51)])
def test_the_answer_is_in_the_second_line(population, files):
    """It says how many files, drawn how, and with how many overturned."""
    lines = run("--population", population, "--tolerable", "0.05").splitlines()
    assert lines[1].startswith(f"Needed: {files} files drawn at random, of which none is overturned.")


def test_the_other_convention_is_named():
    """Of 1,000 files 51 break the claim of no more than 5 %, and 50 that of less than 5 %."""
    line = run("--population", "1000", "--tolerable", "0.05").splitlines()[2]
    assert line == (
        "Here 51 overturned files break the claim. To show that less than 5 % would be, which 50 already break "
        "(the convention of EZ-Quant and jfa), takes 57."
    )


def test_an_expected_rate_allows_overturned_files():
    """Tolerable 5 %, expected 3.5 % and 90 % need 400 files of a large population."""
    text = run("--population", "100000", "--tolerable", "0.05", "--expected", "0.035", "--confidence", "0.9")
    assert "Needed: 400 files drawn at random, of which at most 14 are overturned." in text
    assert "with 90 % confidence" in text


def test_what_cannot_be_shown_is_said():
    """In a population of seven one overturned file already breaks the claim; of twenty, where one is expected."""
    assert "of EZ-Quant" not in run("--population", "20", "--tolerable", "0.05", "--expected", "0.01")
    assert "cannot be shown" in run("--population", "7", "--tolerable", "0.05")


def test_a_rate_may_be_written_as_a_percentage():
    """Five per cent is one answer, however it is written; so is the confidence."""
    plain = run("--population", "100", "--tolerable", "0.05", "--expected", "0.01", "--confidence", "0.9")
    assert run("--population", "100", "--tolerable", "5%", "--expected", "1/100", "--confidence", "90 %") == plain


@pytest.mark.parametrize("option", ["--tolerable", "--expected", "--confidence"])
def test_a_bare_number_is_not_taken_for_a_percentage(option):
    """5 may be 5 % or a slip of the pen: the message asks which, and names the option."""
    with pytest.raises(QAError, match=f"{option} is 5; expected a rate from 0 to 1.*did you mean 5% or 0.05"):
        run("--population", "7", "--tolerable", "5%", option, "5")


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "100 %"), (0.99999, "over 99.9 %"), (0.0, "0 %"), (1e-5, "under 0.1 %"), (0.5, "50 %")]
)
def test_rounding_never_claims_certainty(value, text):
    """Nearly always is not always."""
    assert percent_of(value) == text
