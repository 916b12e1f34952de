"""Do the open data keep to the standard, and refuse what may not leave the provider."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from qa_lib.errors import DisclosureError
from qa_lib.reports.disclosure import add_totals, suppress
from qa_lib.reports.open_data import OpenTable, check_open_data, open_data_files
from qa_lib.reports.publishable import check_publishable

WITHIN = ["provider", "level"]
GROUPS = pd.DataFrame(
    [(provider, level, "sex", group, n, k)
     for provider in ("North", "South") for level in ("NPQH", "NPQML")
     for group, n, k in (("Female", 60, 50), ("Male", 48, 45))],
    columns=[*WITHIN, "characteristic", "group", "n", "k"],
)  # fmt: skip
LABELS = {
    "level": "Qualification", "group": "Characteristic", "n": "Number of participants", "k": "Number retained",
    "rate": "Retention rate",
}  # fmt: skip
INDICATORS = ("participants_count", "retained_count", "retained_percent")


@cache
def published(profile):
    """Return the figures as published."""
    return suppress(add_totals(GROUPS, within=WITHIN, across=WITHIN), profile=profile, within=WITHIN)


def made(profile="dfe", **changes):
    """Return the table of the made-up providers."""
    frame = published(profile).copy()
    table = OpenTable(
        frame=frame, name="npq_retention", time_period="202526", labels=LABELS, indicators=INDICATORS,
        provider="provider", ukprn={"North": "10000001"},
    )  # fmt: skip
    return replace(table, **changes)


def read(content):
    """Return a CSV as text cells."""
    return pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)


def both(table, **more):
    """Return data and meta as frames."""
    return [read(content) for content in open_data_files(table, **more).values()]


def test_the_two_files_have_the_columns_of_the_standard():
    """Time and place first, then filters, then indicators; the meta file beside it."""
    files = open_data_files(made())
    assert list(files) == ["npq_retention.csv", "npq_retention.meta.csv"]
    data, meta = map(read, files.values())
    assert list(data.columns) == [
        "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "provider_ukprn",
        "provider_name", "level", "breakdown_topic", "breakdown", *INDICATORS,
    ]  # fmt: skip
    assert meta.to_numpy().tolist() == [
        ["level", "Filter", "Qualification", "", "", "", "", ""],
        ["breakdown", "Filter", "Characteristic", "", "", "", "", "breakdown_topic"],
        ["participants_count", "Indicator", "Number of participants", "", "", "0", "", ""],
        ["retained_count", "Indicator", "Number retained", "", "", "0", "", ""],
        ["retained_percent", "Indicator", "Retention rate", "", "%", "1", "", ""],
    ]


def test_rows_are_of_the_nation_or_of_a_provider():
    """The total over providers is national and names none; an unlisted UKPRN is not available."""
    data, _ = both(made())
    places = data[["geographic_level", "country_name", "provider_ukprn", "provider_name"]].drop_duplicates()
    assert places.to_numpy().tolist() == [
        ["National", "England", "", ""], ["Provider", "England", "10000001", "North"],
        ["Provider", "England", "x", "South"],
    ]  # fmt: skip


def test_without_providers_everything_is_national():
    """No provider columns, and every filter has its total."""
    groups = GROUPS[GROUPS["provider"] == "North"]
    frame = suppress(add_totals(groups, within=["level"], across=["level"]), profile="none", within=["level"])
    data, _ = both(made(frame=frame, provider="", ukprn=None))
    assert set(data["geographic_level"]) == {"National"}
    assert "provider_name" not in data


def test_symbols_stand_where_figures_do_not():
    """Hidden counts are c, never blank; what is said in words elsewhere is c here too."""
    assert set(both(made())[0].query("level == 'NPQH'")["retained_count"]) >= {"c"}
    ofqual = both(made(profile="ofqual", frame=made(profile="ofqual").frame.assign(k="fewer than 5")))[0]
    assert set(ofqual["retained_count"]) == {"c"}


def test_the_same_table_gives_the_same_bytes_in_any_order():
    """Row order says nothing; lines end with LF and there is no mark."""
    table = made()
    shuffled = replace(table, frame=table.frame.sample(frac=1, random_state=1))
    assert open_data_files(table) == open_data_files(shuffled)
    content = open_data_files(table)["npq_retention.csv"]
    assert content.startswith(b"time_period,")
    assert b"\r" not in content


def test_formulas_in_labels_are_defused():
    """A spreadsheet that opens the file computes nothing."""
    frame = made().frame
    frame["group"] = frame["group"].replace("Male", "=1+1")
    assert "'=1+1" in set(both(made(frame=frame))[0]["breakdown"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_period": "202527"}, "time_period '202527' is no academic year; write it as 202526"),
        ({"time_period": "2025"}, "is no academic year"),
        ({"time_period": "2025/26"}, "is no academic year"),
        ({"time_identifier": "School year"}, "'School year' is not one of"),
        ({"time_identifier": "Calendar year"}, "is no calendar year; write it as 2026"),
        ({"name": "NPQ retention"}, "file name 'NPQ retention'"),
        ({"indicators": ("Participants", "k", "rate")}, "'Participants' is not short snake case"),
        ({"labels": {**LABELS, "rate": ""}}, r"labels are missing for \['rate'\]"),
    ],
)
def test_what_does_not_keep_to_the_standard_is_refused(changes, words):
    """Each rule of it, with an example of what is expected."""
    with pytest.raises(DisclosureError, match=words):
        open_data_files(made(**changes))


@pytest.mark.parametrize(("column", "value"), [("n", ""), ("k", "4.5.6"), ("rate", "n/a"), ("k", "<5")])
def test_an_indicator_that_is_blank_or_no_figure_is_refused(column, value):
    """Numbers and the five symbols, nothing else."""
    with pytest.raises(DisclosureError, match="expected numbers or c, z, x, low, u, never blank"):
        open_data_files(made(frame=made().frame.assign(**{column: value})))


def test_a_filter_without_total_is_refused():
    """The service shows the total first."""
    frame = made().frame
    with pytest.raises(DisclosureError, match="filter 'level' has no 'Total'"):
        open_data_files(made(frame=frame[frame["level"] != "Total"]))


def test_rows_twice_are_refused():
    """Two figures for one place, time and group."""
    frame = made().frame
    with pytest.raises(DisclosureError, match="1 rows repeat others"):
        open_data_files(made(frame=pd.concat([frame, frame.head(1)])))


def test_data_and_meta_must_agree_and_all_faults_are_named_at_once():
    """A column that is not described, one that is not there, one without a label, one missing."""
    data, meta = both(made())
    data = data.drop(columns=["level", "country_name"]).assign(extra="1")
    meta.loc[0, "label"] = " "
    with pytest.raises(DisclosureError) as caught:
        check_open_data(data, meta)
    for words in ("'level' is described but not there", "'extra' is not described", "'level' has no label",
                  "'country_name' is missing"):  # fmt: skip
        assert words in str(caught.value)


def test_references_of_the_scheme_are_refused_and_not_repeated():
    """Neither as a cell nor as a word of one; the message gives the row and not the reference."""
    frame = made().frame
    frame["group"] = frame["group"].replace("Male", "Male (C-4711)")
    with pytest.raises(DisclosureError, match="names a person or file of the data set in row") as caught:
        open_data_files(made(frame=frame), references=["C-4711", ""])
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize(
    "column", ["case_id", "assessor_id", "Participant_ID", "id", "trn", "name", "candidate_ref", "given_by", "peer_ids"]
)
def test_columns_that_hold_references_are_refused(column):
    """By their names, whatever they hold."""
    with pytest.raises(DisclosureError, match="holds references to people or files"):
        check_publishable({"summary": pd.DataFrame({column: ["7"]})})


def test_columns_of_places_and_figures_are_not_taken_for_references():
    """A country has a name; an identifier of time is none of a person."""
    columns = ["country_name", "provider_name", "time_identifier", "level", "residency", "n"]
    check_publishable({"summary": pd.DataFrame({column: ["7"] for column in columns})}, references=["8"])


def test_blank_cells_are_refused_wherever_they_are():
    """A missing value is said with a symbol."""
    with pytest.raises(DisclosureError, match="table 'summary', column 'n' has 2 blank cells"):
        check_publishable({"summary": pd.DataFrame({"n": ["7", None, " "]})})
