"""August to September in two RPAs: review pending is the same whoever tells of it, and holds every file back.

A few years each time; ``QA_LONG=1`` tries a hundred.
"""

from __future__ import annotations

import os
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_lib import load_rulebook, open_register
from qa_lib.register.monthly_draws import draw, freeze
from qa_lib.register.return_record import FILE_COLUMNS, record_return
from qa_lib.register.store import Register
from qa_lib.sampling.drawing import Draw
from qa_lib.schemes.hlta.audit_from_register import read_audit
from qa_lib.schemes.hlta.rules.consequences import may_be_confirmed, review_pending

BOOK, LONG = load_rulebook("hlta"), os.environ.get("QA_LONG") == "1"
RPAS = ("HLTA North", "University of Northampton")
#: The last month of a year and the first of the next, each with the day of its event; both are known on the last day.
EVENTS = {"2024-08": "2024-09-10", "2024-09": "2024-10-10"}
KNOWN_ON = "2024-10-31"
OUTCOMES = ("met", "partial_reassessment", "full_reassessment", "insufficient_evidence")
FLAG = ["case_id", "because_of", "flagged_on", "reviewed_on", "state"]

#: RPA, month, assessor, recommended outcome, what moderators found (blank: endorsed), and by when it was released.
FILES = st.lists(
    st.tuples(
        st.sampled_from(RPAS),
        st.sampled_from(sorted(EVENTS)),
        st.sampled_from(["A1", "A2"]),
        st.sampled_from(OUTCOMES),
        st.sampled_from(["", *OUTCOMES]),
        st.sampled_from([None, None, "2024-09-09", "2024-09-20", "2024-10-12"]),
        st.sampled_from([None, None, "2024-09-20", "2024-10-20"]),
    ),
    min_size=2,
    max_size=7,
)


def tables(rows: list[Any]) -> dict[str, pd.DataFrame]:
    """Return files and reviews as the office has them, without what moderators found."""
    cases = [
        {
            "case_id": f"c{number}", "rpa": rpa, "month": month, "assessor_id": assessor, "pop_id": "P1",
            "outcome": outcome, "submitted_on": f"{month}-15", "assessed_on": f"{month}-10",
            "paid_on": f"{month}-01", "result_released_on": released,
        }
        for number, (rpa, month, assessor, outcome, _, released, _) in enumerate(rows)
    ]  # fmt: skip
    reviews = [
        {"case_id": f"c{number}", "reviewed_on": day, "by": "S1", "result": "met"}
        for number, (*_, day) in enumerate(rows)
        if day
    ]
    events = [
        {"rpa": rpa, "month": month, "event_on": day, "frozen_on": f"{month}-28"}
        for rpa in RPAS
        for month, day in EVENTS.items()
    ]
    found = {"cases": pd.DataFrame(cases), "events": pd.DataFrame(events)}
    found["reviews"] = pd.DataFrame(reviews, columns=["case_id", "reviewed_on", "by", "result"])
    for frame in found.values():
        for column in frame.columns[frame.columns.str.endswith("_on")]:
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
    return found


def said_of(rows: list[Any]) -> dict[str, dict[str, str]]:
    """Return what moderators said of each file at its month's event."""
    return {
        f"c{number}": {
            "case_id": f"c{number}", "moderated_on": EVENTS[month], "moderator_id": "M1", "second_moderator_id": "M2",
            "decision": "overturned" if found not in ("", outcome) else "endorsed", "final_outcome": found or outcome,
        }
        for number, (_, month, _, outcome, found, *_) in enumerate(rows)
    }  # fmt: skip


def drawn(data: dict[str, pd.DataFrame], register: Register) -> list[Draw]:
    """Draw each month of each RPA, every file of it."""
    found = []
    for place, (rpa, month) in enumerate(sorted(set(zip(data["cases"]["rpa"], data["cases"]["month"], strict=True)))):
        frozen = freeze(data, BOOK, provider=rpa, month=month, register=register, frozen_on=f"{month}-28")
        far = next(one for one in RPAS if one != rpa)
        seed = f"5312 4416 2351 6642 {place} {month}"
        found.append(
            draw(frozen, seed=seed, reviewer="R1", reviewer_rpa=far, register=register, given_on=f"{month}-29")
        )
    return found


def by_return(rows: list[Any]) -> tuple[dict[str, pd.DataFrame], Register]:
    """Return data and register of offices that import the moderators' workbooks: of the files that were drawn."""
    data, register, said = tables(rows), open_register("sqlite://"), said_of(rows)
    for one in drawn(data, register):
        files = [{**dict.fromkeys(FILE_COLUMNS, ""), **said[case_id]} for case_id in one.sample["case_id"]]
        record_return(register, one.freeze.digest, files, [], workbook=one.freeze.digest.encode())
    return data, register


def by_table(rows: list[Any]) -> tuple[dict[str, pd.DataFrame], Register]:
    """Return data and register of offices that keep a table of the same files."""
    data, register, said = tables(rows), open_register("sqlite://"), said_of(rows)
    names = [case_id for one in drawn(data, register) for case_id in one.sample["case_id"]]
    table = pd.DataFrame([said[name] for name in names], columns=[*FILE_COLUMNS[:6]]).astype("object")
    data["moderations"] = table.assign(moderated_on=pd.to_datetime(table["moderated_on"]).astype("datetime64[ns]"))
    return data, register


def audits(data: dict[str, pd.DataFrame], register: Register, month: str) -> dict[str, Any]:
    """Return the audit of each RPA with files of the month, as of the last day."""
    own = sorted(set(data["cases"].loc[data["cases"]["month"] == month, "rpa"]))
    return {rpa: read_audit(data, BOOK, provider=rpa, register=register, month=month, as_of=KNOWN_ON) for rpa in own}


@given(FILES)
@settings(max_examples=100 if LONG else 3, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_review_pending_is_seen_from_each_side_and_holds_every_file(rows: list[Any]) -> None:
    """By workbook or by table, from either RPA, in the audit of August or of September: the flags are the same.

    What is pending is never among what may be confirmed, and what was not released of August is there in September.
    """
    sources = [by_return(rows), by_table(rows)]
    for month in EVENTS:
        seen: dict[str, dict[str, set[tuple[Any, ...]]]] = {}
        for number, source in enumerate(sources):
            for rpa, audit in audits(*source, month).items():
                flags, listed = review_pending(audit), may_be_confirmed(audit)
                rpas = source[0]["cases"].set_index("case_id")["rpa"]
                told = flags[FLAG].astype("str")
                own = {tuple(row) for row in told[flags["rpa"] == rpa].to_numpy()}
                theirs = {tuple(row) for row in told[flags["because_of"].map(rpas) == rpa].to_numpy()}
                seen.setdefault(rpa, {})[f"own {number}"] = own
                seen[rpa][f"caused {number}"] = theirs
                pending = set(flags.loc[flags["state"] == "review pending", "case_id"])
                assert set(listed.loc[listed["outcome"] != "", "case_id"]) & pending == set()
                assert listed.loc[listed["case_id"].isin(pending), "why_not"].str.contains("review pending").all()
                cases = source[0]["cases"]
                unreleased = cases[
                    (cases["rpa"] == rpa) & (cases["month"] <= month) & cases["result_released_on"].isna()
                ]
                assert set(listed["case_id"]) == set(unreleased["case_id"])
        for rpa, found in seen.items():
            assert found["own 0"] == found["own 1"], (month, rpa)
            assert found["caused 0"] == found["caused 1"], (month, rpa)
        if len(seen) == len(RPAS):
            one, other = (seen[rpa] for rpa in RPAS)
            assert one["caused 0"] - one["own 0"] <= other["own 0"]
            assert other["caused 0"] - other["own 0"] <= one["own 0"]


def test_a_file_of_september_waits_because_of_one_of_august_in_the_other_rpa() -> None:
    """The same by hand, so that no luck of the generator decides whether anything is held."""
    rows = [
        (RPAS[0], "2024-08", "A1", "partial_reassessment", "full_reassessment", None, None),
        (RPAS[1], "2024-09", "A1", "partial_reassessment", "", None, None),
        (RPAS[1], "2024-09", "A2", "partial_reassessment", "", None, None),
    ]
    for source in (by_return(rows), by_table(rows)):
        audit = audits(*source, "2024-09")[RPAS[1]]
        assert review_pending(audit)[["case_id", "because_of"]].to_numpy().tolist() == [["c1", "c0"]]
        assert may_be_confirmed(audit).set_index("case_id")["outcome"].to_dict() == {
            "c1": "",
            "c2": "partial_reassessment",
        }
