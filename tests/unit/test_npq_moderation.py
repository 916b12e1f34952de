"""NPQ.M5: a tenth of the scripts, drawn by tickets; at most 5 % overturned; what the sample shows."""

from fractions import Fraction

import npq_counts as by
import pytest
from npq_frames import AS_OF, BOOK, PERIOD, audit, frame, only, people

from qa_lib.register.list_draws import draw_from_list
from qa_lib.sampling.list_draw import draw_list_again, freeze_list
from qa_lib.schemes.npq.draws.script_draw import SCRIPTS, script_list
from qa_lib.schemes.npq.pages.provider_page import script_bounds
from qa_lib.schemes.npq.rules.script_moderation import moderated, overturned, scripts_of

SEED = "dice 31415926535897932384"


def provider(scripts, sampled, changed, returned=None):
    """Return a provider's audit: so many scripts, of which the first so many were moderated, so many overturned."""
    ids = [f"p{number:04}" for number in range(1, scripts + 1)]
    back = sampled if returned is None else returned
    moderation = [
        {
            "participant_id": one, "original_passed": True, "original_mark": "20",
            "moderated_passed": (number >= changed) if number < back else None,
            "moderated_mark": "18" if number < changed + 1 else "20", "moderated_on": "2019-07-01",
        }
        for number, one in enumerate(ids[:sampled])
    ]  # fmt: skip
    return audit(
        participants=people(*[{}] * scripts),
        scripts=frame("scripts", [{"participant_id": one, "passed": True, "assessed_on": "2019-06-20"} for one in ids]),
        national_moderation=frame("national_moderation", moderation),
    )


def rule(said):
    """Return what is said of the provider's rate."""
    return only(said, level="")


@pytest.mark.parametrize(("changed", "status"), [(4, "met"), (5, "met"), (6, "breach")])
def test_exactly_five_per_cent_overturned_meets_the_rule(changed, status):
    """5 of 100 is 5 %."""
    said = rule(overturned(provider(1000, 100, changed)))
    assert (said.status, said.rate) == (status, Fraction(changed, 100))


def test_what_the_sample_shows_stands_apart():
    """5 of 100 meets the rule and does not show that at most 5 % of all 1000 are; marks are told beside."""
    said = overturned(provider(1000, 100, 5))
    (shown,) = [one for one in said if one.message.startswith("what the sample shows")]
    assert (shown.status, shown.value) == ("information", "not shown")
    assert rule(said).beside.startswith("not shown; 6 with another mark; ")
    assert 0 < rule(said).low < 0.05 < rule(said).high


@pytest.mark.parametrize(("scripts", "needed"), [(1, 1), (10, 1), (11, 2), (60, 6), (61, 7)])
def test_a_tenth_is_rounded_up_exactly(scripts, needed):
    """10 % of 60 is 6, of 61 is 7."""
    (first, *_) = overturned(provider(scripts, needed, 0))
    assert (first.status, first.threshold) == ("met", str(needed))


@pytest.mark.parametrize(
    ("returned", "changed", "status"), [(99, 4, "met"), (99, 5, "not_assessable"), (99, 6, "breach")]
)
def test_a_script_that_has_not_come_back_may_decide(returned, changed, status):
    """With 4 overturned the missing one cannot change the verdict; with 5 it can; with 6 it is over."""
    said = overturned(provider(1000, 100, changed, returned=returned))
    assert rule(said).status == status
    assert said[0].status == "not_assessable"
    assert "1 of the sample have not come back" in said[0].message


def test_fewer_than_a_tenth_are_not_the_sample():
    """With 90 of 100 moderated ten are still to come."""
    assert rule(overturned(provider(1000, 90, 0))).status == "not_assessable"


def test_only_drawn_scripts_count_where_there_was_a_draw():
    """Others that were moderated are told and in no rate."""
    whole = provider(40, 40, 40)
    scripts = whole.tables["scripts"][["participant_id", "level"]]
    freeze = freeze_list("scripts", scripts, purpose="moderation", provider="P", period="2018-19", rate="0.10")
    named = {name: whole.tables[name] for name in ("participants", "scripts", "national_moderation")}
    named = {name: table.drop(columns="level") if name != "participants" else table for name, table in named.items()}
    drawn = audit(**named, script_draw=draw_list_again(freeze, seed=SEED))
    assert moderated(drawn)["in_draw"].sum() == 4
    said = overturned(drawn)
    assert (rule(said).numerator, rule(said).denominator) == (4, 4)
    assert any("36 scripts moderated beside the draw" in one.message for one in said)


def test_no_scripts_or_no_moderation_is_not_assessable():
    """Each with its reason."""
    bare = audit(participants=people({}), scripts=frame("scripts", [{"participant_id": "other", "passed": True}]))
    assert "no table national_moderation" in overturned(bare)[0].message
    said = overturned(provider(10, 1, 0, returned=0))
    assert "no script of the sample has come back" in said[-1].message


def test_before_national_moderation_nothing_has_come_back():
    """The table of the sample is empty, and the bounds of a draw say that all of it is still out."""
    table = people({}, {})
    scripts = frame("scripts", [{"participant_id": name, "passed": True} for name in table["participant_id"]])
    listed = table[["participant_id", "level"]]
    freeze = freeze_list("scripts", listed, purpose="moderation", provider="P", period="2018-19", rate="0.10")
    drawn = draw_list_again(freeze, seed=SEED)
    found = moderated(audit(participants=table, scripts=scripts, script_draw=drawn))
    assert found.empty
    assert script_bounds(drawn, found)["back"].tolist() == [0]


def two_periods(**more):
    """Return a provider's audit: 40 scripts of a period, 4 moderated and 2 overturned; then 40, with 4 and none."""
    ids = [f"p{number:04}" for number in range(1, 81)]
    scripts = [
        {"participant_id": one, "passed": True, "assessed_on": "2018-06-20" if place < 40 else "2019-06-20"}
        for place, one in enumerate(ids)
    ]
    moderation = [
        {
            "participant_id": ids[place], "original_passed": True, "moderated_passed": place not in (0, 1),
            "moderated_on": "2018-09-30" if place < 40 else "2018-10-01",
        }
        for place in (0, 1, 2, 3, 40, 41, 42, 43)
    ]  # fmt: skip
    return audit(
        participants=people(*[{}] * 80), scripts=frame("scripts", scripts),
        national_moderation=frame("national_moderation", moderation), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("period", "turned", "status"), [("2017-18", 2, "breach"), ("2018-19", 0, "met"), ("2016-17", None, None)]
)
def test_each_period_has_its_own_scripts_and_moderations(period, turned, status):
    """By the day of the moderation, the last and the first of two periods; all of them stand beside."""
    given = two_periods(period=period)
    if turned is None:
        assert overturned(given)[-1].message == "not assessable, because the provider has no scripts of 2016-17"
        return
    said = rule(overturned(given))
    assert (said.status, said.numerator, said.denominator) == (status, turned, 4)
    assert said.beside.endswith("of every period so far: 2 of 8 (25 %) overturned")
    assert set(moderated(given)["in_draw"]) == {True}
    assert rule(overturned(two_periods(period=""))).denominator == 8


def test_the_freeze_of_a_period_holds_its_own_scripts_and_none_moderated_before():
    """Assessed in it; one without a day of assessment may be of it, unless it was moderated before."""
    given = two_periods()
    assert scripts_of(given)["participant_id"].tolist() == [f"p{number:04}" for number in range(41, 81)]
    scripts = given.tables["scripts"].drop(columns="level")
    undated = scripts.assign(
        assessed_on=scripts["assessed_on"].mask(scripts["participant_id"].isin(["p0001", "p0005"]))
    )
    tables = {name: given.tables[name] for name in ("participants", "national_moderation")}
    tables["national_moderation"] = tables["national_moderation"].drop(columns="level")
    late = audit(**tables, scripts=undated)
    assert set(scripts_of(late)["participant_id"]) - set(scripts_of(given)["participant_id"]) == {"p0005"}
    assert "the day of assessment of 2 scripts is blank: counted in every period" in overturned(late)[0].message
    drawn = draw_from_list(SCRIPTS, {**tables, "scripts": undated}, BOOK, provider="P", period=PERIOD, as_of=AS_OF)
    assert len(drawn.population) == 41
    days = script_list("2017-09-01", "2018-08-31")
    found = draw_from_list(days, {**tables, "scripts": scripts}, BOOK, provider="P", period=PERIOD, as_of=AS_OF)
    assert found.population["participant_id"].max() == "p0040"


def test_what_was_drawn_counts_whenever_it_was_moderated():
    """The sample of a period is moderated after its end: then its figure is known."""
    given = two_periods()
    listed = given.tables["scripts"][["participant_id", "level"]].iloc[40:]
    freeze = freeze_list("scripts", listed, purpose="moderation", provider="P", period="2018-19", rate="0.10")
    drawn = draw_list_again(freeze, seed=SEED)
    after = [
        {"participant_id": one, "original_passed": True, "moderated_passed": True, "moderated_on": "2019-11-01"}
        for one in drawn.sample["participant_id"]
    ]
    tables = {name: given.tables[name] for name in ("participants", "scripts")}
    tables["scripts"] = tables["scripts"].drop(columns="level")
    said = overturned(audit(**tables, national_moderation=frame("national_moderation", after), script_draw=drawn))
    assert (rule(said).status, rule(said).denominator) == ("met", 4)


def test_a_moderation_without_a_day_is_of_no_period():
    """It is told; without the column the sample of the period is not known."""
    given = two_periods()
    tables = {name: given.tables[name] for name in ("participants", "scripts", "national_moderation")}
    tables = {name: table.drop(columns="level") if name != "participants" else table for name, table in tables.items()}
    days = tables["national_moderation"]["moderated_on"]
    blank = tables["national_moderation"].assign(moderated_on=days.mask(days == "2018-10-01"))
    said = overturned(audit(**{**tables, "national_moderation": blank}))
    assert "the day of moderation of 4 scripts is blank: counted in no period" in said[0].message
    assert said[-1].message.endswith("no script of the sample has come back from national moderation")
    without = {**tables, "national_moderation": blank.drop(columns="moderated_on")}
    assert "no column moderated_on" in overturned(audit(**without))[0].message


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "N50": by.overturned(lambda turned, size: 20 * turned == size),
    "N51": by.overturned(lambda turned, size: 0 < 20 * turned - size <= 20),
    "N52": by.overturned(lambda turned, size: 20 * turned - size > 20),
}
