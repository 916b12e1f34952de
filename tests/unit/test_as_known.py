"""What lies after the as-of day is not known: cut once for every table of every scheme."""

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from npq_frames import audit as npq_audit
from npq_frames import frame, people

from qa_lib.audit.as_known import as_known
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.intake.dataset import read_dataset
from qa_lib.scheme import find_scheme, load_rulebook, schemes
from qa_lib.schemes.hlta.audit import make_audit as hlta_audit
from qa_lib.schemes.npq.audit import make_audit as npq_make_audit
from qa_lib.schemes.npq.rules.regulator_returns import return_rows
from qa_lib.schemes.npq.rules.requirements import trained_and_moderated
from qa_lib.schemes.npq.rules.script_moderation import scripts_of
from qa_lib.tables.vocabulary import Table, column, table

DAY = pd.Timestamp("2020-03-01")


def test_rows_dates_and_what_holds_since_a_day_are_cut():
    """On the day itself all is known; a day later a row is gone, a date blank, a yes a no; a deadline stays."""
    dates = [column("due_on", "date", ahead=True), *(column(name, "date") for name in ("seen_on", "done_on", "day"))]
    ready = column("ready", "bool", since="day")
    declared = {"list": table("list", "A row is one.", column("key", "id"), *dates, ready, known_from="seen_on")}
    days = pd.to_datetime(["2020-03-01", "2020-03-02"]).astype("datetime64[ns]")
    rows = pd.DataFrame({"key": ["a", "b"], "seen_on": days[[0, 0]], "done_on": days, "due_on": days, "day": days})
    rows["ready"] = pd.array([True, True], dtype="boolean")
    known = as_known({"list": pd.concat([rows, rows.assign(seen_on=days[1])])}, declared, DAY)["list"]
    assert known["key"].tolist() == ["a", "b"]
    assert known["done_on"].isna().tolist() == [False, True]
    assert known["due_on"].notna().all()
    assert known["ready"].tolist() == [True, False]


def test_a_day_that_is_blank_is_no_later_day():
    """Of what has no day nobody can say that it came later."""
    parts = column("seen_on", "date"), column("ready", "bool", since="seen_on")
    declared = {"list": Table("list", parts, known_from="seen_on")}
    rows = pd.DataFrame({"seen_on": [pd.NaT], "ready": pd.array([True], dtype="boolean")})
    known = as_known({"list": rows.astype({"seen_on": "datetime64[ns]"}), "other": rows}, declared, DAY)
    assert known["list"]["ready"].tolist() == [True]
    assert len(known["other"]) == 1


@pytest.mark.parametrize("scheme", schemes())
def test_what_the_declarations_name_are_columns_of_theirs(scheme):
    """A table is known from a date of its own, and what holds since a day names one."""
    for declared in find_scheme(scheme).tables.values():
        dates = {column.name for column in declared.columns if column.kind == "date"}
        named = {declared.known_from, *(column.since for column in declared.columns)} - {""}
        assert named <= dates, declared.name


# --- the framework's quality requirements ----------------------------------------------------------------------------


def script(assessed_on, person="p0001"):
    """Return a script of a participant."""
    row = {"participant_id": person, "final_mark": "60", "passed": True, "assessed_on": assessed_on, "assessor_id": "S"}
    return frame("scripts", [row])


def test_a_script_that_is_assessed_later_is_in_no_return_yet():
    """Its row comes with the day of its assessment, in the return of M5 too."""
    for day, expected in (("2020-03-01", ["p0001"]), ("2020-03-02", [])):
        given = npq_audit(participants=people({}), scripts=script(day), period="2019-20")
        assert scripts_of(given)["participant_id"].tolist() == expected
        assert return_rows(given, "M5")["participant_id"].tolist() == expected


def test_who_is_trained_later_is_not_trained_yet():
    """Training counts from its day on; an assessor of a later script is asked about by nobody."""
    for day, status in (("2020-03-01", "met"), ("2020-03-02", "breach")):
        row = {
            "person_id": "S",
            "provider": "P",
            "level": "NPQH",
            "role": "assessor",
            "trained": True,
            "trained_on": day,
        }
        said = trained_and_moderated(npq_audit(participants=people({}), personnel=frame("personnel", [row])))
        assert next(one.status for one in said if "trained" in one.message) == status
    listed = frame("personnel", [{**row, "trained_on": "2020-01-01"}])
    other = script("2020-03-02").assign(assessor_id="somebody else")
    said = trained_and_moderated(npq_audit(participants=people({}), personnel=listed, scripts=other))
    assert not [one for one in said if "not in the table personnel" in one.message]


# --- every scheme ----------------------------------------------------------------------------------------------------

#: Scheme -> its made-up slice, the provider and span that are judged, how an audit is made and what it finds.
AUDITED = {
    "hlta": (
        "partnership",
        {"provider": "University of Northampton", "months": ["2024-03"], "as_of": "2024-04-30"},
        hlta_audit,
    ),
    "npq": (
        "npq",
        {"provider": "Calderstone Institute of School Leadership", "period": "2018-19", "as_of": "2020-03-01"},
        npq_make_audit,
    ),
}


@cache
def slice_of(scheme):
    """Return the tables of a scheme's made-up slice."""
    return read_dataset(f"notebooks/data/{AUDITED[scheme][0]}", scheme=scheme).tables


def found(scheme, tables):
    """Return the findings of the provider over some tables."""
    _, asked, make = AUDITED[scheme]
    return audit_findings(make(tables, load_rulebook(scheme), **asked))


@cache
def found_in_slice(scheme):
    """Return the findings of the provider over the slice as it is."""
    return found(scheme, slice_of(scheme))


def dated(scheme):
    """Return the names of the slice's tables whose rows are known from a day."""
    return [
        name for name, rows in slice_of(scheme).items() if find_scheme(scheme).tables[name].known_from in rows.columns
    ]


def with_later_rows(scheme, names, days):
    """Return the slice; in these tables every row stands once more, known from so many days after the as-of day."""
    tables, day = dict(slice_of(scheme)), pd.Timestamp(AUDITED[scheme][1]["as_of"])
    for name in names:
        rows, declared = tables[name], find_scheme(scheme).tables[name]
        new = rows.assign(**{declared.known_from: day + pd.Timedelta(days=days)})
        # A row of its own is another file, action or participant; a row about one that is there stays about it.
        pointing = {one.column for one in declared.references}
        own = [key for key in declared.key if key not in pointing and key.endswith("_id")]
        new = new.assign(**{key: "later-" + rows[key] for key in own})
        tables[name] = pd.concat([rows, new], ignore_index=True)
    return tables


@pytest.mark.parametrize("scheme", schemes())
def test_rows_after_the_as_of_day_change_no_finding(scheme):
    """Added to all tables of the made-up slice at once, the day after; there are such tables in every scheme."""
    assert dated(scheme)
    pd.testing.assert_frame_equal(found(scheme, with_later_rows(scheme, dated(scheme), 1)), found_in_slice(scheme))


@pytest.mark.parametrize("scheme", schemes())
@given(chosen=st.data(), days=st.integers(1, 400))
@settings(max_examples=4, deadline=None, derandomize=True)
def test_rows_after_the_as_of_day_change_no_finding_whichever_tables_they_are_added_to(scheme, chosen, days):
    """However long after, and in some tables only."""
    names = chosen.draw(st.sets(st.sampled_from(dated(scheme)), min_size=1))
    pd.testing.assert_frame_equal(found(scheme, with_later_rows(scheme, names, days)), found_in_slice(scheme))
