"""NPQ.RET.2: the provider's performance is published whole, and of groups only what is safe beside it."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from itertools import product

import npq_counts as by
import openpyxl
import pandas as pd
import pytest
from npq_frames import BOOK, PERIOD, audit, frame, people

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure import TOTAL
from qa_lib.schemes.npq.pages.metric_tables import metrics
from qa_lib.schemes.npq.pages.public_performance import PERFORMANCE
from qa_lib.schemes.npq.pages.public_summary import public_files, public_tables
from qa_lib.schemes.npq.rules.regulator_returns import performance_published

#: Months before the period, so that the 18 months end in it.
BEGAN = {"enrolled_on": "2018-02-01", "commenced_on": "2018-02-01"}


#: Letter of a test -> characteristic and group.
GROUPS = {
    "f": ("sex", "Female"), "m": ("sex", "Male"), "a": ("ethnicity", "White British"), "b": ("ethnicity", "Indian"),
    "c": ("ethnicity", "Caribbean"), "d": ("ethnicity", "White and Asian"),
}  # fmt: skip


def cohort(**groups):
    """Return participants: by level and group, such as ``NPQH_f``, how many passed, failed and never presented."""
    rows = []
    for name, counts in groups.items():
        level, letter = name.split("_")
        characteristic, group = GROUPS[letter]
        for state, count in enumerate(counts):
            row = {
                "level": level,
                characteristic: group,
                "presented_on": None if state == 2 else "2019-05-01",
                "result": ["pass", "fail", None][state],
            }
            rows += [row] * count
    return people(*rows, **BEGAN)


def published(participants, name="Performance", **more):
    """Return a published table of these participants."""
    given = audit(participants=participants, **more)
    return public_tables(given, metrics=metrics(given) if name == "Performance" else None)[name]


def of_level(table, level="NPQH"):
    """Return a table of groups at a level by the letter of the group, as n, k and rate."""
    letters = {group: letter for letter, (_, group) in GROUPS.items()}
    rows = table[table["level"] == level].set_index("group")
    return {letters.get(group, group): tuple(rows.loc[group, ["n", "k", "rate"]]) for group in rows.index}


def row_of(table, metric, level="NPQH", measure=""):
    """Return target, result, number, out of and verdict of a metric."""
    rows = table[
        (table["metric"] == f"Metric {metric[1:]}")
        & (table["level"] == level)
        & table["measure"].str.startswith(measure)
    ]
    assert len(rows) == 1
    return rows.iloc[0].tolist()[3:]


@cache
def whole():
    """Return the performance of a provider of whom everything is known: 57 of 60 presented, 54 passed."""
    participants = cohort(NPQH_f=(30, 1, 2), NPQH_m=(24, 2, 1)).assign(
        ethnicity=["Indian"] * 9 + ["White British"] * 51, school_urn="1"
    )
    schools = frame("schools", [{"urn": "1", "name": "S", "pupils": 10, "fsm_pupils": 3}])
    ids = participants["participant_id"].tolist()
    scripts = frame("scripts", [{"participant_id": one, "passed": True} for one in ids[:10]])
    moderation = [
        {
            "participant_id": one,
            "moderated_on": "2019-06-01",
            "original_passed": True,
            "moderated_passed": one != ids[0],
        }
        for one in ids[:10]
    ]
    feedback = frame(
        "feedback", [{"participant_id": one, "rating": "7.5", "completed_on": "2019-06-02"} for one in ids[:6]]
    )
    targets = [
        {"provider": "P", "level": "NPQH", "year": PERIOD, "metric": metric, "target": target}
        for metric, target in (("M1", "64"), ("M2", "0.2"), ("M3", "0.2"))
    ]
    return published(
        participants, schools=schools, scripts=scripts, national_moderation=frame("national_moderation", moderation),
        feedback=feedback, targets=frame("targets", targets),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "level", "measure", "said"),
    [
        ("M1", "NPQH", "People recruited", ["at least 100 % of 64 people", "93.8 %", "60", "64", "not met"]),
        ("M2", "NPQH", "People from schools with 30 %", ["at least 20.0 %", "100.0 %", "60", "60", "met"]),
        ("M3", "NPQH", "People who are not white British", ["at least 20.0 %", "15.0 %", "9", "60", "not met"]),
        ("M4", "NPQH", "People who presented within 18", ["at least 90 %", "95.0 %", "57", "60", "met"]),
        ("M5", "All levels", "Scripts whose result", ["at most 5 %", "10.0 %", "1", "10", "not met"]),
        ("M6", "All levels", "Mean rating", ["at least 6 of 10", "7.50 of 10", "6", "z", "met"]),
        ("M7", "NPQH", "Retention", ["no group more than 10 points away", "95.0 %", "57", "60", "met"]),
        ("M7", "NPQH", "Achievement", ["no group more than 10 points away", "94.7 %", "54", "57", "met"]),
    ],
)  # fmt: skip
def test_every_metric_has_its_target_its_result_and_its_verdict(metric, level, measure, said):
    """Whoever knows the framework finds each of the seven, by level where the framework judges by level."""
    assert row_of(whole(), metric, level, measure) == said


def test_what_is_not_known_stands_there_as_not_assessable():
    """No metric is missing, and none passes, where there is nothing but a name of a level."""
    bare = frame("participants", [{"participant_id": "p1", "provider": "P", "level": "NPQH"}])
    table = published(bare)
    assert list(table.columns) == PERFORMANCE
    assert table["metric"].tolist() == [f"Metric {number}" for number in (1, 2, 3, 4, 5, 6, 7, 7)]
    assert set(table["verdict"]) == {"not assessable"}
    assert set(table["result"]) == {"x"}


def test_a_rule_book_may_have_verdicts_published_alone():
    """Then no figure is, of all or of groups, and every metric has its verdict."""
    card = BOOK["NPQ.RET.2"]
    entries = tuple(replace(entry, value="verdicts_only", text="verdicts_only") for entry in card.entries)
    book = replace(BOOK, rules={**BOOK.rules, card.id: card.model_copy(update={"entries": entries})})
    given = replace(audit(participants=cohort(NPQH_f=(40, 5, 6))), book=book)
    (table,) = public_tables(given, metrics=metrics(given)).values()
    assert list(table.columns) == ["metric", "level", "measure", "target", "verdict"]
    assert table.loc[table["metric"] == "Metric 4", "verdict"].tolist() == ["not met"]


def test_levels_stand_in_the_order_of_the_framework():
    """Each of them under each metric that is judged by level."""
    table = published(cohort(NPQH_f=(5, 0, 0), NPQML_f=(5, 0, 0)))
    assert table[table["metric"] == "Metric 4"]["level"].tolist() == ["NPQML", "NPQH"]
    assert table[table["metric"] == "Metric 5"]["level"].tolist() == ["All levels"]


@pytest.mark.parametrize(("commenced", "shown"), [(4, ["c", "c", "c"]), (5, ["100.0 %", "5", "5"])])
def test_only_where_few_people_stand_behind_it_the_verdict_is_published_without_the_counts(commenced, shown):
    """Up to four under the department's profile; with five nothing of the provider's own is hidden."""
    participants = cohort(NPQH_f=(commenced, 0, 0), NPQML_f=(40, 6, 6))
    table = published(participants)
    assert row_of(table, "M4") == ["at least 90 %", *shown, "met"]
    assert row_of(table, "M4", "NPQML")[1:] == ["88.5 %", "46", "52", "not met"]
    retention = published(participants, "Retention").set_index(["level", "group"])["n"]
    hidden = shown[0] == "c"
    assert retention["NPQH", TOTAL] == ("c" if hidden else "5")
    assert retention[TOTAL, TOTAL] == ("c" if hidden else "57"), "else the level would follow from the sum"
    assert retention["NPQML", TOTAL] == "52"


def test_a_small_number_of_all_hides_the_groups_and_not_the_performance():
    """Three of 60 did not present: that is told, and of no group how many they are."""
    participants = cohort(NPQH_f=(30, 1, 2), NPQH_m=(24, 2, 1))
    assert row_of(published(participants), "M7", measure="Retention")[1:4] == ["95.0 %", "57", "60"]
    for name, whole_level in (("Retention", ("60", "57", "95.0")), ("Achievement", ("57", "54", "94.7"))):
        table = published(participants, name)
        for level in ("NPQH", TOTAL):
            hidden = ("c", "c", "c")
            assert of_level(table, level) == {TOTAL: whole_level, "f": hidden, "m": hidden}


@pytest.mark.parametrize("counts", list(product([0, 3, 5], [0, 2, 6])))
def test_groups_are_shown_only_where_no_small_number_follows_from_them(counts):
    """Each shown figure and each difference of shown figures is nought or above 4, in retention and in achievement."""
    failed, gone = counts
    participants = cohort(NPQH_f=(40, failed, gone), NPQH_m=(50, 10, 20))
    safe = all(count == 0 or count > 4 for count in counts)
    achievement, retention = (of_level(published(participants, name)) for name in ("Achievement", "Retention"))
    assert (achievement["f"][1] == "40") == safe
    assert (achievement["m"][1] == "50") == safe, "both groups or none: the other would follow from the total"
    assert (retention["f"][0] == str(40 + failed + gone)) == safe


def test_a_level_whose_groups_are_hidden_hides_those_of_the_sum_over_levels():
    """Else the hidden ones would follow from the other levels; what the provider did is told of each."""
    participants = cohort(NPQH_f=(40, 2, 0), NPQML_f=(40, 10, 0))
    table = published(participants, "Achievement").set_index(["level", "group"])["k"]
    assert [table[level, "Female"] for level in (TOTAL, "NPQH", "NPQML")] == ["c", "c", "40"]
    assert [table[level, TOTAL] for level in (TOTAL, "NPQH", "NPQML")] == ["80", "40", "40"]


def test_large_groups_are_shown_where_the_hidden_ones_are_many_enough_together():
    """Two groups of three who failed are hidden; together they are six, so that the others need not be."""
    participants = cohort(NPQH_a=(60, 9, 0), NPQH_b=(20, 3, 0), NPQH_c=(20, 3, 0), NPQH_d=(50, 8, 0))
    found = of_level(published(participants, "Achievement"))
    assert {group for group, cells in found.items() if cells[0] == "c"} == {"b", "c"}
    fewer = cohort(NPQH_a=(60, 9, 0), NPQH_b=(20, 3, 0), NPQH_c=(20, 0, 0), NPQH_d=(50, 8, 0))
    found = of_level(published(fewer, "Achievement"))
    assert {group for group, cells in found.items() if cells[0] == "c"} == {"b", "c", "d"}, "three alone would follow"


def test_the_rate_of_a_group_of_few_is_of_low_reliability_and_that_of_the_provider_never():
    """Below 30 people a group's rate is not shown; the provider's own is its performance."""
    participants = cohort(NPQH_f=(20, 0, 5), NPQH_m=(24, 0, 6), NPQML_f=(8, 0, 0))
    found = of_level(published(participants, "Retention"))
    assert (found["f"], found["m"]) == (("25", "20", "u"), ("30", "24", "80.0"))
    assert of_level(published(participants, "Retention"), "NPQML")[TOTAL] == ("8", "8", "100.0")


def test_achievement_is_not_told_where_nobodys_result_is_known():
    """Nought of 45 would say that all had failed."""
    participants = cohort(NPQH_f=(40, 5, 6)).drop(columns="result")
    assert of_level(published(participants, "Achievement"))[TOTAL] == ("x", "x", "x")
    assert row_of(published(participants), "M7", measure="Achievement")[1:] == ["x", "x", "x", "not assessable"]
    assert of_level(published(participants, "Retention"))[TOTAL] == ("51", "45", "88.2")


def test_overall_rates_are_published_where_no_group_is_known():
    """Metric 7 cannot be judged without characteristics; how many stayed and passed is known all the same."""
    participants = cohort(NPQH_f=(40, 5, 6)).drop(columns="sex")
    table = published(participants)
    assert row_of(table, "M7", measure="Retention")[1:] == ["88.2 %", "45", "51", "not assessable"]
    assert row_of(table, "M7", measure="Achievement")[1:] == ["88.9 %", "40", "45", "not assessable"]


def test_a_group_that_recruitment_would_give_away_is_hidden():
    """Metric 3 tells who is not white British, so of the others those who do not say would follow from the rest."""
    ethnicity = ["Indian"] * 10 + [None] * 3 + ["White British"] * 47
    participants = cohort(NPQH_f=(60, 0, 0)).assign(ethnicity=ethnicity)
    found = of_level(published(participants, "Recruitment"))
    assert {cells[1] for group, cells in found.items() if group != TOTAL} == {"c"}
    told = cohort(NPQH_f=(60, 0, 0)).assign(ethnicity=ethnicity[:10] + ["White British"] * 50)
    assert of_level(published(told, "Recruitment"))["yes"] == ("60", "50", "83.3")


def test_nobody_to_publish_gives_no_files():
    """A provider whose cohorts are not closed and who recruited nobody in the period publishes nothing of groups."""
    participants = cohort(NPQH_f=(40, 5, 6))
    given = audit(participants=participants, as_of="2018-03-01", period="2030-31")
    public = public_tables(given)
    assert all(table.empty for table in public.values())
    assert public_files(public, given, tables={"participants": participants}) == {}


def test_people_who_are_numbered_from_one_do_not_stop_a_publication():
    """A count of 40 is no reference to participant 40; a teacher reference number that gets into a table is refused."""
    participants = cohort(NPQH_f=(40, 5, 6)).assign(participant_id=[str(n) for n in range(1, 52)])
    given = audit(participants=participants)
    public = public_tables(given, metrics=metrics(given))
    assert "npq-public.xlsx" in public_files(public, given, tables={"participants": participants})
    named = {"participants": participants.assign(trn="Female")}
    with pytest.raises(DisclosureError, match="names a person or file of the data set"):
        public_files(public, given, tables=named)


@cache
def files(period=PERIOD):
    """Return the published files of a provider."""
    participants = cohort(NPQH_f=(40, 5, 6), NPQH_m=(50, 10, 20))
    given = audit(participants=participants, period=period)
    return public_files(public_tables(given, metrics=metrics(given)), given, tables={"participants": participants})


@pytest.mark.parametrize(
    ("period", "time"),
    [(PERIOD, ["201819", "Academic year"]), ("1999-00", ["199900", "Academic year"]), ("", ["2020", "Reporting year"])],
)
def test_open_data_name_their_provider_and_their_year(period, time):
    """A year such as 2018-19 is academic; figures of no year are as collected on a day."""
    names = [name for name in files(period) if name.endswith(".csv") and ".meta" not in name]
    assert "npq-presentation.csv" in files(PERIOD)
    assert names or period == "1999-00"
    for name in names:
        data = pd.read_csv(io.BytesIO(files(period)[name]), dtype="str", keep_default_na=False)
        assert data[["time_period", "time_identifier"]].drop_duplicates().to_numpy().tolist() == [time]
        place = ["geographic_level", "provider_name", "provider_ukprn"]
        assert data[place].drop_duplicates().to_numpy().tolist() == [["Provider", "P", "x"]]


def test_the_workbook_begins_with_the_performance_and_numbers_are_numbers():
    """A row for each metric and level under plain headings, with notes on what the verdicts say."""
    book = openpyxl.load_workbook(io.BytesIO(files()["npq-public.xlsx"]))
    assert book.sheetnames.index("Performance") < book.sheetnames.index(
        "Recruitment" if "Recruitment" in book.sheetnames else "Retention"
    )
    rows = [[cell for cell in row if cell is not None] for row in book["Performance"].iter_rows(values_only=True)]
    heading = next(row for row in rows if row[:2] == ["Metric", "Level"])
    assert [name.split("[")[0].strip() for name in heading] == [
        "Metric", "Level", "What is measured", "Target", "Result", "Number", "Out of", "Met or not met",
    ]  # fmt: skip
    assert next(row for row in rows if row[0] == "Metric 4")[3:] == ["at least 90 %", "80.2 %", 105, 131, "not met"]


def test_the_tables_say_of_all_people_what_the_performance_says():
    """Who tried again is one person in retention and two who commenced in metric 4; each table follows its metric."""
    participants = cohort(NPQH_f=(40, 5, 6), NPQML_m=(20, 5, 7)).assign(trn=[str(10**6 + n) for n in range(83)])
    again = participants.tail(1).assign(participant_id="again", enrolled_on=pd.Timestamp("2018-02-20"))
    both = pd.concat([participants, again], ignore_index=True)
    given = audit(participants=both)
    public = public_tables(given, metrics=metrics(given))
    for metric, name, measure in (("M4", "Presentation", ""), ("M7", "Retention", "R"), ("M7", "Achievement", "A")):
        for level in ("NPQH", "NPQML"):
            k, n = row_of(public["Performance"], metric, level, measure)[2:4]
            assert of_level(public[name], level)[TOTAL][:2] == (n, k)
    assert (of_level(public["Presentation"])[TOTAL][0], of_level(public["Retention"])[TOTAL][0]) == ("51", "51")
    assert of_level(public["Presentation"], "NPQML")[TOTAL][0] == "33"
    assert of_level(public["Retention"], "NPQML")[TOTAL][0] == "32"
    assert of_level(public["Presentation"], TOTAL)[TOTAL][:2] == ("84", "70")


def test_one_publication_holds_for_all_levels():
    """A row without a level is the performance of every level; another level's row is not."""
    participants = cohort(NPQH_f=(1, 0, 0), NPQML_f=(1, 0, 0))
    for level, statuses in ((None, ["met", "met"]), ("NPQH", ["breach", "met"])):
        row = {"provider": "P", "item": "performance", "level": level, "published_on": "2019-10-10"}
        said = performance_published(audit(participants=participants, publications=frame("publications", [row])))
        assert [one.status for one in said if one.level] == statuses


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {"N145": by.published_together}
