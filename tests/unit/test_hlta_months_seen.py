"""A page of a year names the months with files that it has not seen, and counts who has files in them."""

import pandas as pd
import pytest
from hlta_draws import SEED, moderations, month_draw
from hlta_frames import OTHER, RPA, audit, files

from qa_lib import open_register
from qa_lib.schemes.hlta.pages.audit_page import coverage_sentences
from qa_lib.schemes.hlta.pages.coverage_page import at_risk, year_entities, year_sentences
from qa_lib.schemes.hlta.pages.partnership_page import partnership_sentences
from qa_lib.schemes.hlta.pages.results_sentences import results_sentences
from qa_lib.schemes.hlta.rules.monthly_moderation import standards_moderated

MONTHS = ["2024-01", "2024-02", "2024-03"]
YEAR = "2023-09"
#: A1 has a file in every month; A8 in January alone, as another RPA has one in December.
CASES = files(
    *[{"month": month} for month in MONTHS],
    {"month": "2024-01", "assessor_id": "A8", "pop_id": "P8"},
    {"month": "2023-12", "rpa": OTHER},
)


@pytest.fixture(scope="module")
def drawn():
    """Return the draws of all months, each with every file in its sample."""
    register = open_register("sqlite://")
    return [month_draw({"cases": CASES}, month, seed=f"{SEED} {month}", register=register) for month in MONTHS]


@pytest.fixture(scope="module")
def last():
    """Return the draw of the last month, made without those before it."""
    return [month_draw({"cases": CASES}, MONTHS[-1])]


def looked_at(draws, **more):
    """Return the audit of the three months."""
    return audit(cases=CASES, months=MONTHS, draws=draws, **more)


def test_a_year_of_which_every_month_is_drawn_rests_on_all_of_it(drawn):
    """Nothing is said of months, another RPA's December is none of this one's, and everyone is counted."""
    assert coverage_sentences(looked_at(drawn)) == [
        "Every assessor with files so far this year has been in a sample: 2 of 2.",
        "Every PoP with files so far this year has been in a sample: 2 of 2.",
    ]
    entities = year_entities(drawn, {"cases": CASES}, provider=RPA, year=YEAR)
    first, action, met = year_sentences(entities, drawn, {"cases": CASES}, provider=RPA, year=YEAR)
    assert action == "Needs action: nobody. Everyone who submitted a file has been in a sample."
    assert met == "Sampled so far, of those with files: 2 of 2 assessors and 2 of 2 PoPs."
    assert "3 draws" in first


def test_a_year_of_which_a_month_alone_is_drawn_names_the_others_and_counts_who_is_in_them(last):
    """Of two assessors one was sampled; the other's month is not drawn, and both pages of the year say so."""
    seen = "This rests on 1 of 3 months with files (2024-03): 2024-01 and 2024-02 are not drawn."
    said = coverage_sentences(looked_at(last))
    assert said[0] == "1 of 2 assessors with files so far this year have been in a sample."
    assert said[1] == "Not in a sample: A8 (1 file, last in 2024-01: not frozen)."
    assert said[-1] == seen
    entities = year_entities(last, {"cases": CASES}, provider=RPA, year=YEAR)
    assert at_risk(entities)["id"].tolist() == ["P8", "A8"]
    _, action, met, months = year_sentences(entities, last, {"cases": CASES}, provider=RPA, year=YEAR)
    assert action == "Needs action: 2 of them have no sampled file yet; they are listed below."
    assert met == "Sampled so far, of those with files: 1 of 2 assessors and 1 of 2 PoPs."
    assert months == seen


def test_a_month_that_waits_for_its_seed_is_not_drawn(drawn):
    """What it will show is not known yet."""
    waiting = month_draw({"cases": CASES}, MONTHS[-1], seed="")
    assert coverage_sentences(looked_at([*drawn[:2], waiting]))[-1] == (
        "This rests on 2 of 3 months with files (2024-01 and 2024-02): 2024-03 is not drawn."
    )


def test_months_that_the_page_was_not_given_are_named(drawn):
    """The data set has them, the slice that the page reads has not."""
    later = ["2024-04", "2024-05"]
    told = "The data set has files of 2024-04 and 2024-05 too, which this page does not look at."
    assert coverage_sentences(looked_at(drawn), later=later)[-1] == told
    entities = year_entities(drawn, {"cases": CASES}, provider=RPA, year=YEAR)
    said = year_sentences(entities, drawn, {"cases": CASES}, provider=RPA, year=YEAR, later=later)
    assert said[-1] == told


def test_results_of_moderation_name_what_they_do_not_hold(drawn, last):
    """Months that are not drawn, and months of which nothing came back; nothing where all are there."""
    every = moderations(*({"case_id": case} for draw in drawn for case in draw.sample["case_id"]))
    whole = results_sentences(looked_at(drawn, moderations=every))
    assert whole[0] == "4 of 4 (100 %) sampled files of the year so far came back from moderation."
    assert not any("Nothing" in sentence and "2024" in sentence for sentence in whole)
    part = results_sentences(looked_at(last, moderations=every))
    assert part[0].endswith("Nothing is drawn of 2024-01 and 2024-02, so no figure of moderation holds them.")
    early = every[~every["case_id"].isin(drawn[-1].sample["case_id"])]
    silent = results_sentences(looked_at(drawn, moderations=early))
    assert "Nothing came back of 2024-03." in silent


def test_the_page_over_all_rpas_names_whose_earlier_months_are_not_drawn(drawn, last):
    """Only for the RPA that lacks them; its own month is not among them."""
    none = pd.DataFrame(columns=["rpa", "rule", "status", "subject"])
    both = {name: audit(cases=CASES, months=MONTHS[-1:], draws=made) for name, made in (("A", drawn), ("B", last))}
    said = [line for line in partnership_sentences(none, both) if line.startswith("Not drawn in the year so far")]
    assert said == ["Not drawn in the year so far, and in none of its figures: B 2024-01 and 2024-02."]
    assert not any("Not drawn" in line for line in partnership_sentences(none, {"A": both["A"]}))


def test_the_finding_on_all_standards_names_the_months_that_are_not_drawn(drawn, last):
    """It says how many were looked at in the year so far; without any month that is missing it names none."""

    def said(draws):
        looked = moderations(
            *({"case_id": case, "standards": "1;2"} for one in draws for case in one.sample["case_id"])
        )
        every = [one.message for one in standards_moderated(looked_at(draws, moderations=looked))]
        return next(message for message in every if "(ours)" in message)

    assert said(last).endswith("nothing is drawn of 2024-01 and 2024-02")
    assert "nothing is drawn" not in said(drawn)
