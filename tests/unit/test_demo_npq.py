"""The made-up NPQ years: their bytes, their shape, and that they are believable."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from qa_lib.intake.dataset import read_dataset
from qa_lib.made_up.chance import Chance
from qa_lib.made_up.planting import Tables
from qa_lib.scheme import find_scheme
from qa_lib.schemes.npq.made_up import build_npq_slice
from qa_lib.schemes.npq.made_up.even_choices import choose_evenly, choose_quietly
from qa_lib.schemes.npq.made_up.framework import make_npq
from qa_lib.schemes.npq.made_up.participants import share_out, weekday
from qa_lib.schemes.npq.made_up.scene import AS_OF, LEVELS, REGION_OF, REGIONS, make_provider

ROOT = Path(__file__).parents[2]
SLICE = ROOT / "notebooks" / "data" / "npq"


@pytest.fixture(scope="module")
def clean() -> Tables:
    """Return the clean years."""
    return make_npq("whole", planted=False)


def test_the_committed_slice_is_what_the_generator_makes(tmp_path: Path) -> None:
    """Building the slice again gives the bytes under notebooks/data/npq, file by file."""
    build_npq_slice(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SLICE.iterdir()}


def test_files_are_utf8_with_lf_and_without_mark() -> None:
    """No byte-order mark and no carriage return in any file of the slice."""
    for path in SLICE.iterdir():
        content = path.read_bytes()
        content.decode("utf-8")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")


def test_another_seed_gives_other_people() -> None:
    """The seed decides who is recruited; facts are planted into the years of the one seed only."""
    people = [
        make_npq("slice", planted=False, seed=seed)["participants"] for seed in ("npq-2018", "another", "a third")
    ]
    assert all(mine != other for mine, other in combinations(people, 2))


def test_columns_are_those_of_the_tables(clean: Tables) -> None:
    """Every table is there with every column that a made-up provider can fill, and one that is no characteristic."""
    known = find_scheme("npq").tables
    assert set(clean) == set(known)
    assert [name for name, rows in clean.items() if not rows] == ["completion_arrangements"]
    for name, table in ((name, table) for name, table in known.items() if clean[name]):
        columns = set(clean[name][0])
        assert columns - set(table.names) <= {"coach"}, name
        assert set(table.names) - columns <= {"la_district"}, name


def test_intake_accepts_the_slice() -> None:
    """No row of the slice is rejected; the only notices are the two schools that are not in the census."""
    data = read_dataset(SLICE, scheme="npq")
    assert data.rejected.empty
    assert list(data.notices["column"]) == ["school_urn", "school_urn"]
    assert 400 <= len(data.tables["participants"]) <= 450


def test_the_years_have_the_size_of_the_design(clean: Tables) -> None:
    """30 providers at four levels in two years, about 12,000 participants at about 2,500 schools."""
    places = Counter((row["provider"], row["level"], row["year"]) for row in clean["participants"])
    assert len(places) == 240
    assert {level for _, level, _ in places} == set(LEVELS)
    assert min(places.values()) >= 14
    assert 11_800 <= len(clean["participants"]) <= 12_200
    assert len(clean["schools"]) == 2520


def test_ids_are_distinct(clean: Tables) -> None:
    """Participants, teacher reference numbers, URNs and school names within an authority are one of a kind."""
    people, schools = clean["participants"], clean["schools"]
    for column in ("participant_id", "trn"):
        assert len({row[column] for row in people}) == len(people)
    assert all(len(row["trn"]) == 7 for row in people)
    assert len({row["urn"] for row in schools}) == len({(row["la"], row["name"]) for row in schools}) == 2520
    assert all(len(row["urn"]) == 6 and row["urn"] >= "170000" for row in schools)


def test_authorities_are_eight_to_a_region() -> None:
    """Nine regions of eight local authorities, none of them twice, and every area lies in two regions."""
    assert [len(las) for las in REGIONS.values()] == [8] * 9
    assert len(REGION_OF) == 72
    for number in range(1, 31):
        las = make_provider(f"P{number:02d}").las
        assert Counter(Counter(REGION_OF[la] for la in las).values()) == {4: 2}


def test_dates_of_a_participant_are_in_their_order(clean: Tables) -> None:
    """Enrolled, commenced, presented, feedback, awarded; nothing after the day of the story."""
    order = ("enrolled_on", "commenced_on", "presented_on", "feedback_completed_on", "awarded_on")
    for row in clean["participants"]:
        known = [row[column] for column in order if row[column]]
        assert known == sorted(known), row["participant_id"]
        assert known[-1] <= AS_OF.isoformat()
        gone = row["withdrawn_on"] or row["deferred_on"]
        assert not (gone and row["presented_on"])
        assert bool(gone) == bool(row["reason"])
        assert row["result"] == "none" or row["presented_on"]
        assert not row["awarded_on"] or (row["result"] == "pass" and row["feedback_completed_on"])


def test_scripts_agree_with_participants(clean: Tables) -> None:
    """A script for each result, passed from 20 marks, moderated afterwards, marked by an assessor of the level."""
    people = {row["participant_id"]: row for row in clean["participants"]}
    staff = clean["personnel"]
    assessors = {(row["person_id"], row["provider"], row["level"]) for row in staff if row["role"] == "assessor"}
    assert {row["participant_id"] for row in clean["scripts"]} == {
        n for n, p in people.items() if p["result"] != "none"
    }
    for script, found in zip(clean["scripts"], clean["national_moderation"], strict=True):
        person = people[script["participant_id"]]
        passed = script["passed"] == "yes"
        assert passed == (person["result"] == "pass") == (int(script["final_mark"]) >= 20)
        assert (found["moderated_passed"] == "yes") == (int(found["moderated_mark"]) >= 20)
        for column, same in (("participant_id", "participant_id"), ("original_mark", "final_mark")):
            assert found[column] == script[same]
        assert "" < person["presented_on"] < script["assessed_on"] < found["moderated_on"] <= AS_OF.isoformat()
        assert (script["assessor_id"], person["provider"], person["level"]) in assessors
        assert script["peer_moderated"] == "yes" or script["changed"] == "no"


def test_feedback_agrees_with_participants(clean: Tables) -> None:
    """One rating for each day of feedback, on that day."""
    given = {row["participant_id"]: row["feedback_completed_on"] for row in clean["participants"]}
    assert {row["participant_id"]: row["completed_on"] for row in clean["feedback"]} == {
        name: day for name, day in given.items() if day
    }
    assert {int(row["rating"]) for row in clean["feedback"]} <= set(range(11))


def test_weekends_move_to_monday() -> None:
    """Saturday and Sunday become Monday; other days stay."""
    days = [weekday(dt.date(2020, 2, 28) + dt.timedelta(days=n)) for n in range(4)]
    assert days == [dt.date(2020, 2, 28), dt.date(2020, 3, 2), dt.date(2020, 3, 2), dt.date(2020, 3, 2)]


def test_shares_add_up() -> None:
    """Values are shared out to the last person, the largest remainders first."""
    assert share_out(0, (("a", 500), ("b", 500))) == []
    assert share_out(3, (("a", 340), ("b", 330), ("c", 330))) == ["a", "b", "c"]
    assert share_out(10, (("a", 680), ("b", 320))) == ["a"] * 7 + ["b"] * 3


def test_quiet_choice_spares_small_groups() -> None:
    """Nobody is chosen whose group would be more than a tenth below all: none of five, few of twenty."""
    people = [f"{n:03d}" for n in range(100)]
    groups = {name: [("of", "five" if int(name) < 5 else "twenty" if int(name) < 25 else "most")] for name in people}
    chosen = choose_quietly(people, groups, 9, Chance("quiet"), "test")
    counts = Counter(groups[name][0][1] for name in chosen)
    assert len(chosen) == 9
    assert counts["five"] == 0
    assert counts["twenty"] <= 3


def test_even_choice_balances_what_blocks_leave_open() -> None:
    """Each block gives its number, and the groups that run across them get their share."""
    people = [f"{n:03d}" for n in range(80)]
    groups = {name: [("block", str(int(name) // 40)), ("across", str(int(name) % 2))] for name in people}
    chosen = choose_evenly([(people[:40], 6), (people[40:], 2)], groups, {"block"}, Chance("even"), "test")
    assert Counter(groups[name][0][1] for name in chosen) == {"0": 6, "1": 2}
    assert Counter(groups[name][1][1] for name in chosen) == {"0": 4, "1": 4}
