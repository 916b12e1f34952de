"""What moderation says: overturns from the random part alone, agreement, people and months, and what cannot be said."""

from dataclasses import replace

import pandas as pd
import pytest
from hlta_frames import BOOK, OTHER, RPA, audit, files, frame

from qa_lib import draw_year, finite_population_bounds, open_register, stratified_rate
from qa_lib.schemes.hlta.pages.results_sentences import results_sentences
from qa_lib.schemes.hlta.results.compared_with_rest import COLUMNS, compare_with_rest
from qa_lib.schemes.hlta.results.moderator_agreement import (
    STANDARD_COLUMNS,
    agreement_by_standard,
    agreement_of_outcomes,
    judged_by_one,
)
from qa_lib.schemes.hlta.results.overturns import (
    DRAW_COLUMNS,
    judged_files,
    overturns_by_draw,
    overturns_by_selection,
    overturns_of_year,
)
from qa_lib.schemes.hlta.results.overturns_by_moderator import (
    MODERATOR_COLUMNS,
    overturns_by_moderator,
    without_moderator,
)
from qa_lib.schemes.hlta.results.side_by_side import (
    HARSH_COLUMNS,
    MONTH_COLUMNS,
    OVERTURN_COLUMNS,
    harsh_by_assessor,
    harsh_by_pop,
    met_by_month,
    not_met_by,
    overturns_by_assessor,
    overturns_by_pop,
)
from qa_lib.statistics.proportions import clopper_pearson_interval

MONTHS = ["2023-09", "2023-10"]


def table(passes=60, partial=6):
    """Return files of two months: passes by A1 and A2 for P1, files below met by A3 for P2."""
    rows = []
    for month in MONTHS:
        rows += [{"month": month, "assessor_id": f"A{1 + number % 2}"} for number in range(passes)]
        below = {"outcome": "partial_reassessment", "assessor_id": "A3", "pop_id": "P2"}
        rows += [{"month": month, **below} for _ in range(partial)]
    return files(*rows, submitted_on="2023-09-15")


CASES = table()


@pytest.fixture(scope="module")
def draws():
    """Return the draws of both months, with seeds of a series."""
    register = open_register("sqlite://")
    return draw_year({"cases": CASES}, BOOK, provider=RPA, year="2023-09", register=register, series="tests")


def said(draws, finals=None, *, silent=()):
    """Return what moderators said of every sampled file: endorsed but for the final outcomes that are named."""
    finals = finals or {}
    rows = []
    for one in draws:
        for name in one.sample["case_id"]:
            if name not in silent:
                final = finals.get(name)
                decision = "overturned" if final else "endorsed"
                rows.append(
                    {"case_id": name, "moderated_on": "2023-11-10", "decision": decision, "final_outcome": final}
                )
    return frame("moderations", rows or [{"case_id": "none", "moderated_on": "2023-11-10", "decision": "endorsed"}])


def looked_at(draws, moderations=None, **more):
    """Return the audit of both months."""
    tables = {"cases": CASES} | ({} if moderations is None else {"moderations": moderations})
    return audit(**tables, draws=draws, months=MONTHS, **more)


def sampled(draws, selected_by, month=None):
    """Return ids of files that something selected."""
    chosen = [
        one.sample[one.sample["selected_by"] == selected_by] for one in draws if month in (None, one.freeze.month)
    ]
    return pd.concat(chosen)["case_id"].tolist()


def test_the_bounds_of_a_freeze_are_those_of_its_random_part(draws):
    """Of 60 passes 3 are drawn at random, 5 %; the bounds are exact, in whole files."""
    random = sampled(draws, "random", "2023-09")
    found = overturns_by_draw(looked_at(draws, said(draws, {random[0]: "partial_reassessment"})))
    assert found.columns.tolist() == DRAW_COLUMNS
    first, second = found.to_dict("records")
    bounds = finite_population_bounds(60, len(random), 1)
    assert (first["population"], first["drawn"], first["returned"], first["overturned"]) == (60, 3, 3, 1)
    assert (first["low"], first["high"], first["upper"]) == (bounds.low, bounds.high, bounds.upper)
    assert first["upper_rate"] == bounds.upper / 60
    assert (first["lenient"], first["harsh"]) == (1, 0)
    assert (first["point_rule"], first["verdict"]) == ("not met", "not shown")
    assert (second["overturned"], second["point_rule"], second["verdict"]) == (0, "met", "not shown")


def test_certain_files_and_top_ups_change_no_bound(draws):
    """Overturned files that were chosen stand beside; the bounds are as if none had been overturned."""
    chosen = sampled(draws, "certainty") + sampled(draws, "coverage") + sampled(draws, "risk")
    finals = {
        name: "met" if CASES.set_index("case_id").loc[name, "outcome"] != "met" else "full_reassessment"
        for name in chosen
    }
    columns = ["overturned", "low", "high", "upper", "verdict"]
    plain, turned = (overturns_by_draw(looked_at(draws, said(draws, f))) for f in ({}, finals))
    assert turned[columns].equals(plain[columns])
    assert turned["certain_overturned"].tolist() == [6, 6]
    assert turned["topped_up_overturned"].sum() == len(chosen) - 12


def test_a_file_that_did_not_come_back_counts_against_at_one_end_only(draws):
    """Overturned for the upper bounds, endorsed for the lower; the share is of those that came back."""
    random = sampled(draws, "random", "2023-09")
    found = overturns_by_draw(looked_at(draws, said(draws, silent=random[:1]))).iloc[0]
    bounds = finite_population_bounds(60, 3, 0, missing=1)
    assert (found["returned"], found["not_returned"], found["rate"]) == (2, 1, 0.0)
    assert (found["low"], found["high"], found["upper"]) == (bounds.low, bounds.high, bounds.upper)
    assert found["point_rule"] == "open"


def test_nothing_returned_is_no_verdict(draws):
    """Without a single return there is neither a share nor a verdict, and the year has no estimate."""
    looked = looked_at(draws)
    assert overturns_by_draw(looked)["verdict"].tolist() == ["nothing returned", "nothing returned"]
    year = overturns_of_year(looked).iloc[0]
    assert pd.isna(year["estimate"])
    assert (year["low"], year["high"], year["not_returned"]) == (0.0, 1.0, 6)


@pytest.mark.parametrize(
    ("passes", "partial", "verdict"),
    [(0, 5, "nothing to draw from"), (1, 0, "shown")],
)
def test_a_month_without_random_part_and_one_drawn_whole(passes, partial, verdict):
    """Where all are certain nothing is drawn; where the only pass was looked at the claim is shown."""
    cases = table(passes, partial)
    register = open_register("sqlite://")
    drawn = draw_year({"cases": cases}, BOOK, provider=RPA, year="2023-09", register=register, series="tests")
    looked = audit(cases=cases, draws=drawn, months=MONTHS, moderations=said(drawn))
    assert overturns_by_draw(looked)["verdict"].tolist() == [verdict] * 2
    assert results_sentences(looked)


def test_a_claim_can_be_shown_to_fail():
    """All of a large random part overturned show that more than 5 % are."""
    cases = table(100, 0)
    drawn = draw_year(
        {"cases": cases}, BOOK, provider=RPA, year="2023-09", register=open_register("sqlite://"), series="tests"
    )
    finals = dict.fromkeys(sampled(drawn, "random"), "full_reassessment")
    looked = audit(cases=cases, draws=drawn, months=MONTHS, moderations=said(drawn, finals))
    assert overturns_by_draw(looked)["verdict"].tolist() == ["shown to fail"] * 2
    assert "shown to fail in 2 of 2 freezes" in " ".join(results_sentences(looked))


def test_a_freeze_that_waits_for_its_seed_is_said_so():
    """It is left out of the year's estimate and counted as left out."""
    events = frame("events", [{"rpa": RPA, "month": "2023-09", "frozen_on": "2023-10-03"}])
    register = open_register("sqlite://")
    drawn = draw_year({"cases": CASES, "events": events}, BOOK, provider=RPA, year="2023-09", register=register)
    looked = looked_at(drawn)
    assert overturns_by_draw(looked)["verdict"].tolist() == ["waiting for seed"]
    assert overturns_of_year(looked).iloc[0]["left_out"] == 1
    assert results_sentences(looked)[0] == (
        "No file was sampled, so moderation says nothing yet. A freeze waits for its seed."
    )


def test_the_year_is_stratified_by_freeze(draws):
    """Each freeze is weighted by its population; the bounds hold for every spread, and there is one verdict."""
    random = sampled(draws, "random", "2023-10")
    year = overturns_of_year(looked_at(draws, said(draws, {random[0]: "partial_reassessment"}))).iloc[0]
    expected = stratified_rate([60, 60], [3, 3], [0, 1])
    bounds = [expected.low / 120, expected.high / 120, expected.upper / 120]
    assert year[["estimate", "low", "high", "upper"]].tolist() == [expected.estimate, *bounds]
    assert (year["verdict"], year["method"]) == ("not shown", expected.method)


@pytest.mark.parametrize(
    ("outcome", "final", "direction"),
    [
        ("partial_reassessment", "met", "harsh"),
        ("partial_reassessment", "full_reassessment", "lenient"),
        ("partial_reassessment", "insufficient_evidence", "lenient"),
        ("full_reassessment", "insufficient_evidence", "same_grade"),
        ("insufficient_evidence", "full_reassessment", "same_grade"),
        ("insufficient_evidence", "partial_reassessment", "harsh"),
        ("partial_reassessment", "partial_reassessment", "same_grade"),
    ],
)
def test_the_direction_of_an_overturn(outcome, final, direction):
    """A better outcome shows a harsh assessor, a worse one a lenient; insufficient evidence is level with full."""
    cases = files({"outcome": outcome, "month": "2023-09", "submitted_on": "2023-09-15"})
    drawn = draw_year(
        {"cases": cases}, BOOK, provider=RPA, year="2023-09", register=open_register("sqlite://"), series="tests"
    )
    looked = audit(
        cases=cases, draws=drawn, months=["2023-09"], moderations=said(drawn, {"c001": final}), as_of="2023-12-01"
    )
    row = judged_files(looked).iloc[0]
    assert [name for name in ("harsh", "lenient", "same_grade") if row[name]] == [direction]
    assert row["overturned"]


def test_another_final_outcome_is_an_overturn_whatever_the_decision_says(draws):
    """A file called endorsed whose outcome was changed counts as overturned."""
    name = sampled(draws, "random")[0]
    table = said(draws)
    table.loc[table["case_id"] == name, "final_outcome"] = "full_reassessment"
    assert judged_files(looked_at(draws, table)).set_index("case_id").loc[name, ["overturned", "lenient"]].all()


def test_what_selected_the_files_and_what_became_of_them(draws):
    """Every way to be selected has a row; a file counts under each of its reasons; months can be chosen."""
    certain = sampled(draws, "certainty", "2023-10")
    looked = looked_at(draws, said(draws, {certain[0]: "met"}, silent=certain[1:2]))
    found = overturns_by_selection(looked).set_index(["selected_by", "reason"])
    assert found.loc[("certainty", ""), ["files", "returned", "not_returned", "harsh"]].tolist() == [12, 11, 1, 1]
    assert found.loc[("certainty", "partial_reassessment"), "overturned"] == 1
    assert found.loc[("random", ""), ["files", "overturned"]].tolist() == [6, 0]
    assert overturns_by_selection(looked, months=["2023-09"])["harsh"].sum() == 0
    assert len(overturns_by_selection(looked)) == len(overturns_by_selection(looked_at([]))) == 10


def test_agreement_says_where_kappa_misleads(draws):
    """Where all agree kappa is undefined, where one judge is constant it is nought; both are said, AC1 stands."""
    random, chosen, every = agreement_of_outcomes(looked_at(draws, said(draws))).to_dict("records")
    assert (random["which"], random["judged"], random["agreed"], random["ac1"]) == ("random part", 6, 6, 1.0)
    assert pd.isna(random["kappa"])
    assert "kappa undefined" in random["note"]
    assert (every["kappa"], every["kappa_weighted"]) == (1.0, 1.0)
    assert every["note"] == "These files were chosen for a reason."
    assert chosen["note"].endswith(every["note"])
    name = sampled(draws, "random")[0]
    random = agreement_of_outcomes(looked_at(draws, said(draws, {name: "partial_reassessment"}))).iloc[0]
    assert (random["agreed"], random["kappa"], random["lenient"], random["harsh"]) == (5, 0.0, 1, 0)
    assert "read the share and AC1" in random["note"]


def test_agreement_and_directions_are_of_the_same_files_and_of_one_definition(draws):
    """Every file that both judged is agreed or overturned in one direction; what became no change is agreed.

    Insufficient evidence endorsed as full reassessment is no overturn, and is in the table of kappa no disagreement;
    overturned without a final outcome it is in no pair.
    """
    cases = CASES.assign(outcome=CASES["outcome"].replace("partial_reassessment", "insufficient_evidence"))
    register = open_register("sqlite://")
    drawn = draw_year({"cases": cases}, BOOK, provider=RPA, year="2023-09", register=register, series="tests")
    certain = sampled(drawn, "certainty")
    table = said(drawn, {certain[0]: "met", certain[1]: "full_reassessment"}).set_index("case_id")
    table.loc[certain[2], "final_outcome"] = "full_reassessment"
    table.loc[certain[3], "decision"] = "overturned"
    looked = audit(cases=cases, draws=drawn, months=MONTHS, moderations=table.reset_index())
    _, chosen, every = agreement_of_outcomes(looked).to_dict("records")
    parts = ["agreed", "harsh", "lenient", "same_grade"]
    assert [chosen[name] for name in ("files", "judged", *parts)] == [12, 11, 9, 1, 0, 1]
    assert "they do not see what was overturned within one" in chosen["note"]
    assert every["judged"] == sum(every[name] for name in parts)
    files = judged_files(looked)
    assert files["overturned"].sum() == every["judged"] - every["agreed"] + 1


@pytest.mark.parametrize(
    ("judgements", "direction"),
    [
        ([("met", "insufficient")], "lenient"),
        ([("insufficient", "met"), ("met", "met")], "harsh"),
        ([("insufficient", "met"), ("met", "insufficient")], "same_grade"),
        ([("insufficient", "insufficient"), ("", "met"), ("met", "")], ""),
    ],
)
def test_a_judgement_that_moderators_overturned_makes_an_overturned_file(draws, judgements, direction):
    """In either direction, though the result was endorsed; what only one of the two judged overturns nothing."""
    name = sampled(draws, "random")[0]
    back = pd.DataFrame([{"case_id": name, "moderated_on": "2023-11-10", "decision": "endorsed"}])
    rows = [(name, str(number), *pair) for number, pair in enumerate(judgements, 1)]
    judged = pd.DataFrame(rows, columns=["case_id", "standard", "assessor_judgement", "moderator_judgement"])
    looked = looked_at(draws, returned=back, returned_standards=judged)
    row = judged_files(looked).set_index("case_id").loc[name]
    directions = ["harsh", "lenient", "same_grade"]
    assert [one for one in directions if row[one]] == ([direction] if direction else [])
    assert row["overturned"] == bool(direction)
    random = agreement_of_outcomes(looked).iloc[0]
    assert (random["judged"], random["agreed"]) == (1, int(not direction))
    assert random[directions].sum() == overturns_by_draw(looked)["overturned"].sum() == int(bool(direction))
    by_standard = agreement_by_standard(looked)
    for way, pair in (("harsh", ("insufficient", "met")), ("lenient", ("met", "insufficient"))):
        assert by_standard[way].sum() == judgements.count(pair)


def test_moderators_stand_side_by_side_by_id(draws):
    """Each with the exact interval and against the other moderators; who is not named is in nobody's rest."""
    random, certain = sampled(draws, "random"), sampled(draws, "certainty")
    table = said(draws, {random[0]: "partial_reassessment", **dict.fromkeys(certain[:4], "met")}).set_index("case_id")
    table["moderator_id"] = "M2"
    table.loc[random, "moderator_id"] = "M1"
    table.loc[certain[-1], "moderator_id"] = None
    looked = looked_at(draws, table.reset_index())
    found = overturns_by_moderator(looked)
    assert found.columns.tolist() == MODERATOR_COLUMNS
    counts = [
        "moderator_id",
        "files",
        "overturned",
        "harsh",
        "lenient",
        "rest_n",
        "rest_k",
        "random",
        "random_overturned",
    ]
    chosen = len(table) - len(random) - 1
    assert found[counts].to_numpy().tolist() == [
        ["M1", 6, 1, 0, 1, chosen, 4, 6, 1], ["M2", chosen, 4, 4, 0, 6, 1, 0, 0],
    ]  # fmt: skip
    exact = clopper_pearson_interval(1, 6)
    assert found.loc[0, ["rate", "low", "high"]].tolist() == [1 / 6, exact.low, exact.high]
    assert without_moderator(looked) == 1
    text = " ".join(results_sentences(looked))
    assert "Overturned files by moderator: 2 of 2 moderators are compared with the rest." in text
    assert "1 file came back without the name of a moderator" in text
    nobody = looked_at(draws, said(draws))
    assert overturns_by_moderator(nobody).empty
    assert without_moderator(nobody) == len(table)


def test_agreement_without_returns_is_empty_of_figures(draws):
    """Nobody judged both: no share is given, and the reason is."""
    found = agreement_of_outcomes(looked_at(draws))
    assert found["judged"].tolist() == [0, 0, 0]
    assert found["rate"].isna().all()
    assert found["note"].str.contains("No pair was judged by both").all()


def test_agreement_judgement_by_judgement_is_of_files_that_came_back(draws):
    """Harsh: insufficient to the assessor, met to the moderator. What one of the two did not judge is left out."""
    one, two = sampled(draws, "certainty")[:2]
    back = pd.DataFrame([{"case_id": one, "moderated_on": "2023-11-10", "decision": "endorsed"}])
    rows = [
        (one, "9", "insufficient", "met"),
        (one, "10", "met", "met"),
        (one, "11", "met", ""),
        (one, "12", "", "met"),
        (two, "9", "met", "met"),
    ]
    judged = pd.DataFrame(rows, columns=["case_id", "standard", "assessor_judgement", "moderator_judgement"])
    found = agreement_by_standard(looked_at(draws, returned=back, returned_standards=judged))
    assert found.columns.tolist() == STANDARD_COLUMNS
    assert found[["standard", "judged", "agreed", "harsh", "lenient"]].to_numpy().tolist() == [
        [9, 1, 0, 1, 0], [10, 1, 1, 0, 0],
    ]  # fmt: skip
    assert found["note"].tolist() == ["too few to tell"] * 2
    assert agreement_by_standard(looked_at(draws)).empty


def test_a_judgement_without_the_assessor_s_is_counted_nowhere_and_said_once(draws):
    """The data set's own judgements fill it in, where they hold one; a return's own words stay."""
    one = sampled(draws, "certainty")[0]
    back = pd.DataFrame([{"case_id": one, "moderated_on": "2023-11-10", "decision": "endorsed"}])
    rows = [(one, "9", "", "met"), (one, "10", "", "insufficient"), (one, "11", "met", "met")]
    judged = pd.DataFrame(rows, columns=["case_id", "standard", "assessor_judgement", "moderator_judgement"])
    unknown = looked_at(draws, returned=back, returned_standards=judged)
    assert agreement_by_standard(unknown)["standard"].tolist() == [11]
    assert judged_by_one(unknown) == 2
    said_of_it = [line for line in results_sentences(unknown) if "is not known" in line]
    assert [line[:57] for line in said_of_it] == ["Of 2 judgements by moderators the assessor's is not known"]
    own = pd.DataFrame({"case_id": one, "standard": [9, 11], "judgement": ["met", "insufficient"]})
    told = replace(unknown, tables={**unknown.tables, "judgements": own}, kept={})
    assert agreement_by_standard(told)[["standard", "agreed"]].to_numpy().tolist() == [[9, 1], [11, 1]]
    assert judged_by_one(told) == 1
    assert judged_by_one(looked_at(draws)) == 0


def test_assessors_are_compared_by_random_files_and_stand_in_the_order_of_ids(draws):
    """Those without random files have a row as well; chosen files stand beside and are in no share."""
    certain = sampled(draws, "certainty")
    found = overturns_by_assessor(looked_at(draws, said(draws, dict.fromkeys(certain, "met"))))
    assert found.columns.tolist() == OVERTURN_COLUMNS
    assert found["id"].tolist() == ["A1", "A2", "A3"]
    assert found["drawn"].sum() == 6
    last = found.iloc[2]
    assert (last["drawn"], last["overturned"], last["certain"], last["certain_harsh"]) == (0, 0, 12, 12)
    assert last["verdict"] == "too few to tell"
    pops = overturns_by_pop(looked_at(draws, said(draws)))
    assert pops[["id", "returned", "verdict"]].to_numpy().tolist() == [
        ["P1", 6, "too few to tell"], ["P2", 0, "too few to tell"],
    ]  # fmt: skip


def test_a_top_up_counts_where_it_is_a_random_sample_of_their_passes():
    """A4 has one PoP, so that its file for cover is its lowest ticket; A5 has two, of which one lacks a file.

    The rest of the RPA is the random part of the others.
    """
    own = [("A4", "P4"), ("A4", "P4"), ("A5", "P5"), ("A5", "P5"), ("A5", "P6")]
    given = [*({} for _ in range(35)), *({"assessor_id": who, "pop_id": pop} for who, pop in own)]
    cases = files(*given, month="2023-09", submitted_on="2023-09-15")
    register = open_register("sqlite://")
    drawn = draw_year({"cases": cases}, BOOK, provider=RPA, year="2023-09", register=register, series="cover")
    steps = drawn[0].sample.set_index("case_id")["selected_by"]
    owners = cases.set_index("case_id").loc[steps.index, "assessor_id"]
    assert steps[owners.isin(["A4", "A5"])].tolist() == ["coverage"] * 3
    turned = dict.fromkeys(owners.index[owners == "A4"], "partial_reassessment")
    looked = audit(cases=cases, draws=drawn, months=["2023-09"], moderations=said(drawn, turned), as_of="2023-12-01")
    columns = ["drawn", "drawn_as_top_up", "returned", "overturned", "rest_n", "rest_k", "topped_up"]
    found = overturns_by_assessor(looked).set_index("id")[columns]
    assert found.to_numpy().tolist() == [[2, 0, 2, 0, 0, 0, 0], [1, 1, 1, 1, 2, 0, 0], [0, 0, 0, 0, 2, 0, 2]]
    by_pop = overturns_by_pop(looked).set_index("id")[columns]
    assert by_pop["drawn_as_top_up"].to_dict() == {"P1": 0, "P4": 1, "P5": 1, "P6": 1}
    text = " ".join(results_sentences(looked))
    assert "Drawn for risk or coverage: 3 files." in text
    assert "in the shares of assessors: 1; of their PoP's passes, in the shares of PoPs: 3." in text


def test_harsh_outcomes_are_counted_among_all_files_below_met(draws):
    """Every such file is in the sample: A3 has twelve, all given a better outcome, and nobody else has any."""
    looked = looked_at(draws, said(draws, dict.fromkeys(sampled(draws, "certainty"), "met")))
    for found, name in ((harsh_by_assessor(looked), "A3"), (harsh_by_pop(looked), "P2")):
        assert found.columns.tolist() == HARSH_COLUMNS
        assert found[["id", "files", "returned", "harsh", "verdict"]].to_numpy().tolist() == [
            [name, 12, 12, 12, "too few to tell"]
        ]


@pytest.mark.parametrize(
    ("own", "rest", "verdict"),
    [
        ((5, 5), (0, 40), "above the rest"),
        ((4, 4), (0, 40), "too few to tell"),
        ((0, 40), (5, 5), "below the rest"),
        ((0, 40), (4, 4), "too few to tell"),
        ((1, 5), (2, 40), "cannot tell"),
        ((0, 0), (0, 0), "too few to tell"),
    ],
)
def test_five_files_on_either_side_are_compared_and_four_are_not(own, rest, verdict):
    """The fewest are those of X.INFER, on either side."""
    found = compare_with_rest([own[0]], [own[1]], own[0] + rest[0], own[1] + rest[1], audit=audit())
    assert found.columns.tolist() == COLUMNS
    assert found["verdict"].tolist() == [verdict]
    assert found["p"].isna().tolist() == [verdict == "too few to tell"]


def test_a_test_among_many_must_hold_after_holm():
    """Alone 3 of 10 v 1 of 60 stands out; among twenty that are tested at once it cannot tell."""
    alone = compare_with_rest([3], [10], 4, 70, audit=audit())
    many = compare_with_rest([3] + [0] * 19, [10] * 20, [4] * 20, [70] * 20, audit=audit())
    assert alone["verdict"].tolist() == ["above the rest"]
    assert many.loc[0, "verdict"] == "cannot tell"
    assert many.loc[0, "p"] == alone.loc[0, "p"] < many.loc[0, "p_screening"] <= many.loc[0, "p_adjusted"]


def test_files_not_met_are_counted_over_all_files_of_the_year():
    """Other RPAs, later months and earlier years are left out."""
    table = files({}, {"outcome": "partial_reassessment"}, {"rpa": OTHER}, {"month": "2024-04"}, {"month": "2023-08"})
    assert not_met_by(audit(cases=table), "assessor").to_numpy().tolist() == [["A1", 2, 1]]
    assert not_met_by(audit(cases=table), "PoP").to_numpy().tolist() == [["P1", 2, 1]]


def test_months_without_files_break_the_chain():
    """Every month of the year so far has a row, with a missing share where there are no files."""
    rows = [{"month": month} for month in ("2023-09", "2023-10", "2023-12")]
    last = {"month": "2023-12", "outcome": "full_reassessment"}
    found = met_by_month(audit(cases=files(*rows, last, submitted_on="2023-09-15"), months=["2023-12"]))
    assert found.columns.tolist() == MONTH_COLUMNS
    assert found["month"].tolist() == ["2023-09", "2023-10", "2023-11", "2023-12"]
    assert found["files"].tolist() == [1, 1, 0, 2]
    assert found["share"].tolist()[3] == 0.5
    assert found["share"].isna().tolist() == [False, False, True, False]


def months_of(*names, outcomes=("met",)):
    """Return files of these months, of each outcome one, submitted in their month."""
    return files(*({"month": m, "outcome": o, "submitted_on": f"{m}-15"} for m in names for o in outcomes))


def test_limits_reach_over_the_turn_of_the_year():
    """Six months of the year before and one of this are too few, two of this are enough; what lies earlier is out."""
    before = [str(month) for month in pd.period_range("2023-03", "2023-08", freq="M")]
    cases = months_of("2022-08", *before, "2023-09", "2023-10", outcomes=("met", "partial_reassessment"))
    few, enough = (audit(cases=cases, months=[month]) for month in ("2023-09", "2023-10"))
    assert met_by_month(few)["month"].tolist() == [*before, "2023-09"]
    assert met_by_month(few)["low"].isna().all()
    assert met_by_month(enough)["low"].tolist() == [0.5] * 8
    said = [line for line in results_sentences(few) if line.startswith("Files recommended as met by month")]
    assert said == [
        "Files recommended as met by month: 7 months with files, too few for limits; these come with the 8th, 2023-10 "
        "at the earliest."
    ]
    text = " ".join(results_sentences(enough))
    assert "limits 50.0 % to 50.0 %, from 8 months, 2023-03 the first. No month is outside" in text


def test_files_that_were_not_known_yet_are_in_no_month():
    """What was submitted after the day of the audit counts neither in this year nor in the one before."""
    cases = months_of("2023-08", "2023-09")
    late = cases.assign(submitted_on=pd.to_datetime(["2023-08-15", "2023-12-01"]))
    found = met_by_month(audit(cases=late, months=["2023-09"], as_of="2023-10-31"))
    assert found[["month", "files"]].to_numpy().tolist() == [["2023-08", 1], ["2023-09", 0]]


def test_eight_months_on_one_side_are_said():
    """Eight months at one half, then eight at one: a shift that no single month shows."""
    months = [str(month) for month in pd.period_range("2022-09", "2023-12", freq="M")]
    cases = pd.concat([months_of(*months[:8], outcomes=("met", "full_reassessment")), months_of(*months[8:])])
    cases = cases.assign(case_id=[f"x{number:03}" for number in range(len(cases))])
    looked = audit(cases=cases, months=["2023-12"])
    assert met_by_month(looked)["in_run"].all()
    assert f"one side of the mean, which asks for a reason as well: {', '.join(months)}." in " ".join(
        results_sentences(looked)
    )


def test_the_sentences_never_call_silence_no_difference(draws):
    """They say what was compared and what cannot be told, and nothing is proven."""
    text = " ".join(results_sentences(looked_at(draws, said(draws))))
    assert text.startswith("18 of 18 (100 %) sampled files of the year so far came back from moderation.")
    assert "is shown in 0, not shown in 2 and shown to fail in 0 of 2 freezes" in text
    assert "Not shown does not mean failed." in text
    assert "too few to tell" in text
    for word in ("no difference", "prove", "proof"):
        assert word not in text.lower()


def test_the_sentences_tell_of_files_that_did_not_come_back(draws):
    """How they count is said; where no random file came back nothing is said of the passes."""
    random = sampled(draws, "random")
    text = " ".join(results_sentences(looked_at(draws, said(draws, silent=random[:1]))))
    assert "1 file did not: in the bounds they count as overturned at the upper end" in text
    text = " ".join(results_sentences(looked_at(draws, said(draws, silent=random))))
    assert "None of the files drawn at random came back" in text
    assert "is shown in" not in text


def test_the_order_of_rows_says_nothing(draws):
    """Tables turned round give the same figures."""
    table = said(draws, {sampled(draws, "random")[0]: "partial_reassessment"})
    one = looked_at(draws, table)
    other = audit(cases=CASES[::-1], moderations=table[::-1], draws=draws, months=MONTHS)
    for function in (overturns_by_draw, overturns_of_year, agreement_of_outcomes, overturns_by_assessor, met_by_month):
        pd.testing.assert_frame_equal(function(one), function(other))
    assert results_sentences(one) == results_sentences(other)
