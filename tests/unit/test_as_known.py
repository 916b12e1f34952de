"""What lies after the as-of day is not known: cut once for every table of every scheme."""

import pandas as pd
import pytest
from npq_frames import audit as npq_audit
from npq_frames import frame, people

from qa_lib.audit.as_known import as_known
from qa_lib.audit.rule_answers import audit_findings
from qa_lib.intake.dataset import read_dataset
from qa_lib.rulebook import load_rulebook
from qa_lib.scheme import scheme_tables
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.npq.rules.regulator_returns import return_rows
from qa_lib.schemes.npq.rules.requirements import trained_and_moderated
from qa_lib.schemes.npq.rules.script_moderation import scripts_of
from qa_lib.schemes.npq.summary import npq_findings
from qa_lib.tables.vocabulary import Table, ahead, columns, since, table

DAY = pd.Timestamp("2020-03-01")


def test_rows_dates_and_what_holds_since_a_day_are_cut():
    """On the day itself all is known; a day later a row is gone, a date blank, a yes a no; a deadline stays."""
    parts = columns("id", "key"), columns("date", "seen_on done_on day"), ahead("due_on"), since("ready", "day")
    declared = dict([table("list", *parts, known_from="seen_on")])
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
    declared = {"list": Table("list", (*columns("date", "seen_on"), *since("ready", "seen_on")), known_from="seen_on")}
    rows = pd.DataFrame({"seen_on": [pd.NaT], "ready": pd.array([True], dtype="boolean")})
    known = as_known({"list": rows.astype({"seen_on": "datetime64[ns]"}), "other": rows}, declared, DAY)
    assert known["list"]["ready"].tolist() == [True]
    assert len(known["other"]) == 1


@pytest.mark.parametrize("scheme", ["hlta", "npq"])
def test_what_the_declarations_name_are_columns_of_theirs(scheme):
    """A table is known from a date of its own, and what holds since a day names one."""
    for declared in scheme_tables(scheme).values():
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
        given = npq_audit(participants=people({}), scripts=script(day))
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


def with_later_rows(tables, scheme, day):
    """Return tables in which every row that is known from a day stands once more, known from after the as-of day."""
    later = {}
    for name, rows in tables.items():
        declared = scheme_tables(scheme)[name]
        if declared.known_from in rows.columns and len(rows):
            new = rows.assign(**{declared.known_from: day + pd.Timedelta(days=1)})
            # A row of its own is another file, action or participant; a row about one that is there stays about it.
            pointing = {one.column for one in declared.references}
            own = [key for key in declared.key if key not in pointing and key.endswith("_id")]
            new = new.assign(**{key: "later-" + rows[key] for key in own})
            later[name] = pd.concat([rows, new], ignore_index=True)
    assert later
    return {**tables, **later}


def test_rows_after_the_as_of_day_change_no_finding():
    """Of the made-up slices of both schemes, whichever tables they are added to."""
    book, provider = load_rulebook("hlta"), "University of Northampton"
    tables = dict(read_dataset("notebooks/data/partnership").tables)
    day = pd.Timestamp("2024-04-30")
    turned = with_later_rows(tables, "hlta", day)
    findings = [
        audit_findings(make_audit(each, book, provider=provider, months=["2024-03"], as_of=str(day.date())))
        for each in (tables, turned)
    ]
    pd.testing.assert_frame_equal(*findings)

    book, tables = load_rulebook("npq"), dict(read_dataset("notebooks/data/npq", scheme="npq").tables)
    turned = with_later_rows(tables, "npq", DAY)
    provider = sorted(set(tables["participants"]["provider"]))[0]
    asked = {"provider": provider, "as_of": str(DAY.date()), "period": "2018-19"}
    pd.testing.assert_frame_equal(*(npq_findings(each, book, **asked) for each in (tables, turned)))
