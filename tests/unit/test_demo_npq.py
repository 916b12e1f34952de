"""The made-up NPQ years: their bytes, their shape, and that they are believable."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from qa_lib.intake.dataset import read_dataset
from qa_lib.made_up.chance import Chance
from qa_lib.scheme import find_scheme
from qa_lib.schemes.npq.made_up import build_npq_slice, planted_npq_facts
from qa_lib.schemes.npq.made_up.framework import make_npq
from qa_lib.schemes.npq.made_up.framework_rows import Framework
from qa_lib.schemes.npq.made_up.framework_scene import AS_OF, LEVELS, REGION_OF, REGIONS, full_scene
from qa_lib.schemes.npq.made_up.participants import months_later, share_out, weekday
from qa_lib.schemes.npq.made_up.presented_outcomes import choose_evenly, choose_quietly

ROOT = Path(__file__).parents[2]
SLICE = ROOT / "notebooks" / "data" / "npq"


@pytest.fixture(scope="module")
def clean() -> Framework:
    """Return the clean years."""
    return make_npq(full_scene(planted=False), planted=False)[0]


def test_the_committed_slice_is_what_the_generator_makes(tmp_path: Path) -> None:
    """Building the slice again gives the bytes under notebooks/data/npq, file by file."""
    build_npq_slice(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SLICE.iterdir()}


DIGEST = """
from qa_lib.made_up.writing import digest_of
from qa_lib.schemes.npq.made_up import build_npq
print(digest_of(build_npq))
"""


def test_the_years_have_the_same_bytes_everywhere(tmp_path: Path) -> None:
    """Another hash seed, time zone, locale and folder give the years whose hash the page of facts tells."""
    (tmp_path / "année").mkdir()
    strange = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment = {**os.environ, **strange, "TMPDIR": str(tmp_path / "année")}
    run = subprocess.run(
        [sys.executable, "-c", DIGEST], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert f"SHA-256 `{run.stdout.strip()}`" in (ROOT / "docs" / "demo-data-npq.md").read_text(encoding="utf-8")


def test_files_are_utf8_with_lf_and_without_mark() -> None:
    """No byte-order mark and no carriage return in any file of the slice."""
    for path in SLICE.iterdir():
        content = path.read_bytes()
        content.decode("utf-8")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")


def test_another_seed_gives_another_slice(tmp_path: Path) -> None:
    """The seed decides what the slice holds, and every seed can be planted into."""
    hashes = set()
    for seed in ("npq-2018", "another", "a third", "a fourth"):
        build_npq_slice(tmp_path / seed, seed=seed)
        hashes.add(hashlib.sha256((tmp_path / seed / "participants.csv").read_bytes()).hexdigest())
    assert len(hashes) == 4


def test_another_seed_holds_the_same_facts() -> None:
    """With another seed the whole framework has the same facts, in the same numbers where the plan fixes them."""
    facts = {fact.id: fact for fact in make_npq(full_scene(planted=True), seed="another")[1]}
    assert set(facts) == {fact.id for fact in planted_npq_facts() if fact.id[0] == "N"}
    fixed = {"N01": 24, "N02": 400, "N03": 4, "N04": 6, "N05": 7, "N10": 60, "N22": 7, "N24": 5, "N50": 20, "N51": 21}
    assert {name: facts[name].count for name in fixed} == fixed


def test_columns_are_those_of_the_tables(clean: Framework) -> None:
    """Every table is there with every column that a made-up provider can fill; age is a further characteristic."""
    known = find_scheme("npq").tables
    assert {table.name for table in fields(clean)} == set(known)
    for name, table in known.items():
        columns = {field.name for field in fields(getattr(clean, name)[0])}
        assert columns - set(table.names) <= {"age_band"}, name
        assert set(table.names) - columns <= {"la_district"}, name


def test_intake_accepts_the_slice() -> None:
    """No row of the slice is rejected; the only notices are the two schools that are not in the census."""
    data = read_dataset(SLICE, scheme="npq")
    assert data.rejected.empty
    assert list(data.notices["column"]) == ["school_urn", "school_urn"]
    assert 400 <= len(data.tables["participants"]) <= 450


def test_the_years_have_the_size_of_the_design(clean: Framework) -> None:
    """30 providers at four levels in two years, about 12,000 participants at about 2,500 schools."""
    places = Counter((row.provider, row.level, row.year) for row in clean.participants)
    assert len(places) == 240
    assert {level for _, level, _ in places} == set(LEVELS)
    assert min(places.values()) >= 14
    assert 11_800 <= len(clean.participants) <= 12_200
    assert len(clean.schools) == 2520


def test_ids_are_distinct(clean: Framework) -> None:
    """Participants, teacher reference numbers, URNs and school names within an authority are one of a kind."""
    for column in ("participant_id", "trn"):
        assert len({getattr(row, column) for row in clean.participants}) == len(clean.participants)
    assert all(len(row.trn) == 7 for row in clean.participants)
    assert len({row.urn for row in clean.schools}) == len({(row.la, row.name) for row in clean.schools}) == 2520
    assert all(len(row.urn) == 6 and row.urn >= "170000" for row in clean.schools)


def test_authorities_are_eight_to_a_region() -> None:
    """Nine regions of eight local authorities, none of them twice, and every area lies in two regions."""
    assert [len(las) for las in REGIONS.values()] == [8] * 9
    assert len(REGION_OF) == 72
    for provider in full_scene(planted=False).providers.values():
        assert Counter(Counter(REGION_OF[la] for la in provider.las).values()) == {4: 2}


def test_dates_of_a_participant_are_in_their_order(clean: Framework) -> None:
    """Enrolled, commenced, presented, feedback, awarded; nothing after the day of the story."""
    for row in clean.participants:
        order = [row.enrolled_on, row.commenced_on, row.presented_on, row.feedback_completed_on, row.awarded_on]
        known = [day for day in order if day]
        assert known == sorted(known), row.participant_id
        assert known[-1] <= AS_OF
        gone = row.withdrawn_on or row.deferred_on
        assert not (gone and row.presented_on)
        assert bool(gone) == bool(row.reason)
        assert row.result == "none" or row.presented_on
        assert row.awarded_on is None or (row.result == "pass" and row.feedback_completed_on)


def test_scripts_agree_with_participants(clean: Framework) -> None:
    """A script for each result, passed from 20 marks, moderated afterwards, marked by an assessor of the level."""
    people = {row.participant_id: row for row in clean.participants}
    assessors = {(row.person_id, row.provider, row.level) for row in clean.personnel if row.role == "assessor"}
    assert {row.participant_id for row in clean.scripts} == {n for n, row in people.items() if row.result != "none"}
    for script, found in zip(clean.scripts, clean.national_moderation, strict=True):
        person = people[script.participant_id]
        assert script.passed == (person.result == "pass") == (script.final_mark >= 20)
        assert found.moderated_passed == (found.moderated_mark >= 20)
        assert (found.participant_id, found.original_mark) == (script.participant_id, script.final_mark)
        assert person.presented_on
        assert person.presented_on < script.assessed_on < found.moderated_on <= AS_OF
        assert (script.assessor_id, person.provider, person.level) in assessors
        assert script.peer_moderated or not script.changed


def test_feedback_agrees_with_participants(clean: Framework) -> None:
    """One rating for each day of feedback, on that day."""
    given = {row.participant_id: row.feedback_completed_on for row in clean.participants if row.feedback_completed_on}
    assert {row.participant_id: row.completed_on for row in clean.feedback} == given
    assert {row.rating for row in clean.feedback} <= set(range(11))


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ((2018, 8, 31), (2020, 2, 29)),
        ((2017, 8, 31), (2019, 2, 28)),
        ((2018, 8, 29), (2020, 2, 29)),
        ((2018, 6, 30), (2019, 12, 30)),
        ((2018, 7, 1), (2020, 1, 1)),
    ],
)
def test_months_end_with_the_month(day: tuple[int, int, int], due: tuple[int, int, int]) -> None:
    """Eighteen months later is the same day, or the last of a shorter month."""
    assert months_later(dt.date(*day), 18) == dt.date(*due)


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
