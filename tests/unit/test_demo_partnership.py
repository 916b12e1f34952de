"""The made-up year: its bytes, its shape, and that it is believable."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from qa_lib.calendar.working_days import WorkingDays
from qa_lib.intake.dataset import read_dataset
from qa_lib.made_up.chance import Chance
from qa_lib.made_up.writing import Row, as_text
from qa_lib.schemes.hlta.made_up import build_slice
from qa_lib.schemes.hlta.made_up.candidate_files import within_limit
from qa_lib.schemes.hlta.made_up.partnership import SEED, make_rows
from qa_lib.schemes.hlta.made_up.scene import CODES, FORMS, PARTNERSHIP, YEAR
from qa_lib.schemes.hlta.made_up.scene import SLICE as SLICE_SCENE
from qa_lib.schemes.hlta.tables import TABLES

ROOT = Path(__file__).parents[2]
SLICE = ROOT / "notebooks" / "data" / "partnership"


@pytest.fixture(scope="module")
def clean() -> Row:
    """Return the clean year."""
    return Row(**make_rows(PARTNERSHIP, Chance(SEED)))


def test_the_committed_slice_is_what_the_generator_makes(tmp_path: Path) -> None:
    """Building the slice again gives the bytes under notebooks/data/partnership, file by file."""
    build_slice(tmp_path)
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


def test_another_seed_gives_another_year() -> None:
    """The seed decides what files there are and how they fall out."""
    seeds = (SEED, "another", "a third")
    files = [as_text(TABLES["cases"], make_rows(SLICE_SCENE, Chance(seed))["cases"]) for seed in seeds]
    assert all(one != other for one, other in itertools.combinations(files, 2))


def test_columns_are_those_of_the_tables() -> None:
    """Every table has the declared columns in their order; only reviews of files (MOD.8) are not made."""
    made = {path.stem: path.read_text(encoding="utf-8").split("\n")[0].split(",") for path in SLICE.iterdir()}
    assert made == {name: list(table.names) for name, table in TABLES.items() if name != "reviews"}


def test_intake_accepts_the_slice_without_a_word() -> None:
    """No row of the slice is rejected, nothing in it needs repair."""
    data = read_dataset(SLICE)
    assert data.rejected.empty
    assert data.notices.empty
    assert len(data.tables["cases"]) == 116


def test_the_year_has_the_size_of_the_design(clean: Row) -> None:
    """Three providers, 150 assessors, 60 PoPs and 4,000 files, every month of the year."""
    assert {case.rpa for case in clean.cases} == set(CODES)
    assert {case.month for case in clean.cases} == set(YEAR)
    assert len({row.assessor_id for row in clean.assessors}) == 150
    assert len(clean.pops) == len({case.pop_id for case in clean.cases}) == 60
    assert len(clean.cases) == len({case.case_id for case in clean.cases}) == 4000


def test_about_nine_in_ten_files_are_met(clean: Row) -> None:
    """The outcome is met in 88 to 92 % of the files, in each provider 86 to 94 %."""
    for rpa in (None, *CODES):
        outcomes = [case.outcome for case in clean.cases if rpa in (None, case.rpa)]
        low, high = (88, 92) if rpa is None else (86, 94)
        assert low * len(outcomes) <= 100 * outcomes.count("met") <= high * len(outcomes)


def test_summer_is_busy_and_august_is_not(clean: Row) -> None:
    """June has the most files, August the fewest."""
    sizes = Counter(case.month for case in clean.cases)
    assert max(sizes, key=sizes.__getitem__) == "2024-06"
    assert min(sizes, key=sizes.__getitem__) == "2024-08"


def test_nobody_assesses_more_than_five_in_seven_days(clean: Row) -> None:
    """In the clean year every assessor stays within the weekly limit, counted across providers."""
    days: dict[str, list[dt.date]] = defaultdict(list)
    for case in sorted(clean.cases, key=lambda case: case.case_id):
        assert within_limit(case.assessed_on, days[case.assessor_id]), case.case_id
        days[case.assessor_id].append(case.assessed_on)


def test_whoever_comes_again_was_there_before(clean: Row) -> None:
    """A second file follows from the outcome of the first, months later, at the same school and PoP."""
    by_candidate: dict[str, list[Row]] = defaultdict(list)
    for case in clean.cases:
        by_candidate[case.candidate_id].append(case)
    pairs = 0
    follows = {"partial_reassessment": "resubmission"}
    for files in by_candidate.values():
        files.sort(key=lambda case: case.month)
        for first, second in itertools.pairwise(files):
            assert second.attempt == follows.get(first.outcome, "full_reassessment")
            assert first.outcome != "met"
            assert first.result_released_on < second.assessed_on
            assert (first.school_urn, first.pop_id) == (second.school_urn, second.pop_id)
            assert second.previous_assessor_id == first.assessor_id
            pairs += 1
    assert pairs > 200


def test_dates_of_a_file_are_in_their_order(clean: Row) -> None:
    """Sessions, qualifications, registration, allocation, assessment, submission, release; all on working days."""
    for case in clean.cases:
        order = [
            case.first_session_on,
            case.l2_english_submitted_on,
            case.registered_on,
            case.allocated_on,
            case.assessed_on,
            case.submitted_on,
            case.result_released_on,
        ]
        assert order == sorted(order), case.case_id
        assert all(map(WorkingDays().is_working, order)), case.case_id
        assert case.registered_on <= case.second_session_on < case.final_session_on <= case.assessed_on
        assert case.l2_english_submitted_on + dt.timedelta(days=7) <= case.final_session_on
        assert case.payment_told_on <= case.arrangements_confirmed_on < case.assessed_on
        assert case.evidence_from < case.evidence_to < case.assessed_on
        assert case.submitted_on.isoformat().startswith(case.month)


def test_an_event_follows_freeze_and_seed(clean: Row) -> None:
    """Files are submitted and scrutinised, then frozen, then the seed is given, then the event is held."""
    frozen = {(event.rpa, event.month): event.frozen_on for event in clean.events}
    cases = {case.case_id: case for case in clean.cases}
    for event in clean.events:
        assert event.frozen_on < event.seed_given_on < event.event_on < event.joint_report_on
        assert len(event.seed) >= 20
        assert set(event.seed) <= set("123456 ")
    assert len({event.seed for event in clean.events}) == len(clean.events) == 36
    for row in clean.scrutiny:
        case = cases[row.case_id]
        assert case.submitted_on < row.scrutinised_on < frozen[case.rpa, case.month]
        assert row.by != case.assessor_id


def test_peer_reviewers_change_every_three_months(clean: Row) -> None:
    """Each provider reviews exactly one other in every month; the pairs of a quarter are not those of the next."""
    for quarter in range(4):
        months = YEAR[3 * quarter : 3 * quarter + 3]
        pairs = {(event.rpa, event.peer_rpa) for event in clean.events if event.month in months}
        assert len(pairs) == len({peer for _, peer in pairs}) == 3
        assert all(rpa != peer for rpa, peer in pairs)
        following = {
            (event.rpa, event.peer_rpa) for event in clean.events if event.month in YEAR[3 * quarter + 3 :][:3]
        }
        assert not pairs & following


def test_judgements_agree_with_outcomes(clean: Row) -> None:
    """A file has insufficient judgements where its outcome is not met, and only there."""
    lacking = {row.case_id for row in clean.judgements if row.judgement == "insufficient"}
    assert lacking == {case.case_id for case in clean.cases if case.outcome != "met"}


def test_forms_are_those_of_the_code_of_practice() -> None:
    """Fifteen forms, F9/10 being one."""
    assert len(FORMS) == 15
    assert "F9/10" in FORMS
