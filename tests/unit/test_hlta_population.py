"""Which files of a month may be drawn, which are certain and why, and how heavily the others are sampled."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hlta_books import book_with

from qa_lib.errors import IntakeError, SampleError
from qa_lib.project_files import ROOT
from qa_lib.register.monthly_draws import Event, draw, draw_folder, draw_year, freeze, recorded_event
from qa_lib.register.store import Register, open_register
from qa_lib.register.verify_chains import verify_register
from qa_lib.sampling.frozen import Freeze
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.sampling.population import COLUMNS, canonical_population, population_csv
from qa_lib.scheme import find_scheme, load_rulebook
from qa_lib.schemes.hlta.draws.moderation_population import moderation_population, submitted_population, tiers
from qa_lib.schemes.hlta.draws.sampling_plan import national_standards, population_readings, sampling_plan

BOOK = load_rulebook("hlta")
DIFFICULTY = {"none": "standard", "some": "raised", "serious": "high"}
Tables = Mapping[str, pd.DataFrame]


def case(case_id: str = "1", **others: Any) -> dict[str, Any]:
    """Return one row of ``cases``."""
    row = {"case_id": case_id, "rpa": "N", "month": "2024-01", "assessor_id": "A1", "pop_id": "P1", "outcome": "met"}
    return {**row, **others}


def tables(*cases: dict[str, Any], **others: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Return tables of rows, dates as dates."""
    found = {name: pd.DataFrame(rows) for name, rows in {"cases": list(cases), **others}.items()}
    for frame in found.values():
        for column in frame.columns.intersection(["scrutinised_on"]):
            frame[column] = pd.to_datetime(frame[column])
    return found


def population(data: Tables, **given: Any) -> pd.DataFrame:
    """Return the population of provider N in January, which the draw must take as it is."""
    frame = moderation_population(data, provider="N", month="2024-01", experience=10, difficulty=DIFFICULTY, **given)[0]
    canonical_population(frame)
    return frame.set_index("case_id")


def left_out(data: Tables, **given: Any) -> dict[str, str]:
    """Return case id and the first words of why it was left out."""
    frame = moderation_population(data, provider="N", month="2024-01", experience=10, difficulty=DIFFICULTY, **given)[1]
    return {str(row.case_id): str(row.why).split(":")[0].split(" at ")[0] for row in frame.itertuples()}


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ({}, ""),
        ({"outcome": "insufficient_evidence"}, "insufficient_evidence"),
        ({"outcome": "full_reassessment"}, "full_reassessment"),
        ({"attempt": "full_reassessment"}, "full_reassessment"),
        ({"outcome": "partial_reassessment"}, "partial_reassessment"),
        ({"attempt": "resubmission"}, "resubmission"),
        ({"attempt": "first"}, ""),
        ({"attempt": None}, ""),
        ({"difficult": True}, "difficult"),
        ({"difficult": False}, ""),
        ({"difficult": pd.NA}, ""),
        ({"first_solo": True}, "first_solo"),
        ({"difficult": True, "first_solo": True, "attempt": "resubmission"}, "resubmission;difficult;first_solo"),
        ({"outcome": "partial_reassessment", "attempt": "full_reassessment"}, "full_reassessment;partial_reassessment"),
    ],
)
def test_each_reason_makes_a_file_certain(row: dict[str, Any], reasons: str) -> None:
    """Outcome, attempt, difficulty and a first solo assessment each give their reason; the first names the stratum."""
    found = population(tables(case(**row))).loc["1"]
    assert (found["reasons"], found["stratum"]) == (reasons, reasons.split(";")[0] or "met")


def test_a_standard_judged_insufficient_makes_a_file_certain() -> None:
    """Standards come ascending and once; those judged met, and those of other files, say nothing."""
    judged = [
        {"case_id": "1", "standard": standard, "judgement": judgement}
        for standard, judgement in [(12, "insufficient"), (2, "insufficient"), (12, "insufficient"), (3, "met")]
    ]
    found = population(tables(case("1"), case("2"), judgements=judged))
    assert found["insufficient"].to_dict() == {"1": "2;12", "2": ""}
    assert found["stratum"].to_dict() == {"1": "insufficient_evidence", "2": "met"}


def scrutiny(*results: tuple[str, str | None], **others: Any) -> list[dict[str, Any]]:
    """Return scrutiny results of file 1: result and day."""
    return [{"case_id": "1", "result": result, "scrutinised_on": day, **others} for result, day in results]


@pytest.mark.parametrize(
    ("results", "reasons", "why"),
    [
        ([("fit", "2024-01-10")], "", None),
        ([("returned", "2024-01-10")], None, "sent back for revision"),
        ([("full_reassessment", "2024-01-10")], None, "too little evidence"),
        ([("returned", "2024-01-10"), ("fit", "2024-01-12")], "resubmission", None),
        ([("fit", "2024-01-12"), ("returned", "2024-01-10")], "resubmission", None),
        ([("fit", "2024-01-10"), ("returned", "2024-01-12")], None, "sent back for revision"),
        ([("fit", "2024-01-10"), ("returned", "2024-01-10")], None, "sent back for revision"),
        ([("returned", None), ("fit", "2024-01-12")], "resubmission", None),
        ([("returned", "2024-01-10"), ("full_reassessment", "2024-01-10")], None, "too little evidence"),
    ],
)
def test_the_last_scrutiny_counts(results: list[tuple[str, str | None]], reasons: str | None, why: str | None) -> None:
    """A file whose last scrutiny sent it back is left out; one that passed later counts as resubmitted."""
    data = tables(case(), scrutiny=scrutiny(*results))
    assert population(data)["reasons"].to_dict() == ({} if reasons is None else {"1": reasons})
    assert left_out(data) == ({} if why is None else {"1": why})


def test_nothing_after_the_freeze_is_known_at_it() -> None:
    """Scrutiny up to the day of the freeze counts, scrutiny of the day after does not."""
    data = tables(case(), scrutiny=scrutiny(("returned", "2024-01-31")))
    assert left_out(data, as_of="2024-01-31") == {"1": "sent back for revision"}
    assert left_out(data, as_of="2024-01-30") == {}
    later = tables(case(), scrutiny=scrutiny(("returned", "2024-01-10"), ("fit", "2024-02-01")))
    assert left_out(later, as_of="2024-01-31") == {"1": "sent back for revision"}
    assert population(later, as_of="2024-02-01")["reasons"].tolist() == ["resubmission"]


def test_a_returned_file_need_not_count_as_resubmitted() -> None:
    """Where the RPA reads SCR.2 the other way, a file sent back and passed is drawn like any other."""
    data = tables(case(), scrutiny=scrutiny(("returned", "2024-01-10"), ("fit", "2024-01-12")))
    assert population(data, returned_counts=False)["stratum"].tolist() == ["met"]


def test_an_issue_of_principle_is_a_difficult_case() -> None:
    """What scrutiny marks as an issue of principle is certain; what it leaves blank is not."""
    marked = scrutiny(("fit", "2024-01-10"), issue_of_principle=True)
    assert population(tables(case(), scrutiny=marked))["reasons"].tolist() == ["difficult"]
    blank = scrutiny(("fit", "2024-01-10"), issue_of_principle=pd.NA)
    assert population(tables(case(), scrutiny=blank))["reasons"].tolist() == [""]


def test_a_month_has_its_own_files_only() -> None:
    """Other providers, months and their scrutiny stay out."""
    data = tables(case("1"), case("2", rpa="M"), case("3", month="2024-02"))
    assert population(data).index.tolist() == ["1"]
    empty = moderation_population(data, provider="X", month="2024-01", experience=10, difficulty=DIFFICULTY)
    assert (len(empty[0]), list(empty[0].columns), len(empty[1])) == (0, COLUMNS, 0)
    assert canonical_population(empty[0]).empty


@pytest.mark.parametrize(
    ("assessor", "pop", "tier"),
    [
        ({}, {}, "standard"),
        ({"past_difficulty": "none"}, {"past_difficulty": "none"}, "standard"),
        ({"past_difficulty": "some"}, {}, "raised"),
        ({}, {"past_difficulty": "some"}, "raised"),
        ({"past_difficulty": "serious"}, {"past_difficulty": "some"}, "high"),
        ({"past_difficulty": "some"}, {"past_difficulty": "serious"}, "high"),
        ({"assessments_before": 9}, {}, "raised"),
        ({"assessments_before": 10}, {}, "standard"),
        ({"assessments_before": 0}, {"past_difficulty": "serious"}, "high"),
        ({"assessments_before": 9, "past_difficulty": "serious"}, {}, "high"),
        ({"assessments_before": pd.NA, "past_difficulty": None}, {"past_difficulty": None}, "standard"),
    ],
)
def test_the_tier_is_the_higher_of_the_two(assessor: dict[str, Any], pop: dict[str, Any], tier: str) -> None:
    """Past difficulties of the assessor or the PoP, and fewer than ten assessments, raise a file's tier."""
    people = [
        {"assessor_id": "A1", "rpa": "N", **assessor},
        {"assessor_id": "A1", "rpa": "M", "past_difficulty": "serious"},
    ]
    data = tables(case(), assessors=people, pops=[{"pop_id": "P1", "rpa": "N", **pop}])
    if "assessments_before" in data["assessors"]:
        data["assessors"]["assessments_before"] = data["assessors"]["assessments_before"].astype("Int64")
    assert population(data)["tier"].tolist() == [tier]


def test_an_assessor_is_one_of_their_rpa() -> None:
    """The same id in another RPA is somebody else; a table without RPAs speaks of everybody."""
    files = pd.DataFrame([case()])
    people = pd.DataFrame({"assessor_id": ["A1"], "rpa": ["M"], "past_difficulty": ["serious"]})
    assert tiers(files, {"assessors": people}, experience=10, difficulty=DIFFICULTY).tolist() == ["standard"]
    assert tiers(files, {"assessors": people.drop(columns="rpa")}, experience=10, difficulty=DIFFICULTY).tolist() == [
        "high"
    ]
    assert tiers(files, {}, experience=10, difficulty=DIFFICULTY).tolist() == ["standard"]


def test_scrutiny_chooses_from_all_submitted() -> None:
    """Before upload no result is known: every file of the month is there."""
    data = tables(case("1"), case("2", outcome="full_reassessment"), scrutiny=scrutiny(("returned", "2024-01-10")))
    frame = submitted_population(data, provider="N", month="2024-01", experience=10, difficulty=DIFFICULTY)
    assert frame.set_index("case_id")["stratum"].to_dict() == {"1": "met", "2": "full_reassessment"}


def test_a_data_set_without_what_a_draw_needs_is_told_so() -> None:
    """A missing table or column is named with the columns that a draw needs."""
    with pytest.raises(IntakeError, match="this data set lacks case_id, rpa, month"):
        population({})
    with pytest.raises(IntakeError, match=r"this data set lacks pop_id: see qa check"):
        population(tables({key: value for key, value in case().items() if key != "pop_id"}))


def test_the_order_of_rows_says_nothing() -> None:
    """Turning every table upside down gives the same population."""
    data = tables(
        *(case(str(number), difficult=number == 3) for number in range(6)),
        scrutiny=scrutiny(("returned", "2024-01-10"), ("fit", "2024-01-10"), ("fit", "2024-01-12")),
        judgements=[{"case_id": "2", "standard": n, "judgement": "insufficient"} for n in (9, 4)],
        assessors=[{"assessor_id": "A1", "rpa": rpa, "past_difficulty": "some"} for rpa in ("M", "N")],
    )
    turned = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in data.items()}
    pd.testing.assert_frame_equal(population(data), population(turned).loc[population(data).index])


# --- the plan and the month -------------------------------------------------------------------------------------------


def test_the_plan_is_the_rule_book_s() -> None:
    """The plan's numbers are those of the rule book on the month's first day, and the month's own standards."""
    data = tables(
        case(),
        national_standards=[{"month": "2024-01", "standard": n} for n in (17, 3)]
        + [{"month": "2024-02", "standard": 5}],
    )
    plan = sampling_plan(data, BOOK, month="2024-01")
    assert (plan.rate, plan.minimum_rate) == (Fraction(1, 20), Fraction(1, 20))
    assert (plan.policy, plan.from_month, plan.year_starts) == ("first_sight", None, 9)
    assert (plan.national_standards, plan.standards_more, plan.standards) == ((3, 17), 3, 33)
    assert dict(plan.tiers) == {"standard": 0, "raised": Fraction(1, 20), "high": Fraction(1, 10)}
    assert plan.scrutiny_files == {}
    scrutinised = sampling_plan(data, BOOK, month="2024-01", purpose="scrutiny")
    assert dict(scrutinised.scrutiny_files) == {"standard": 1, "raised": 2, "high": 3}
    assert national_standards({}, "2024-01") == []


def test_a_choice_may_raise_the_rate_and_not_lower_it() -> None:
    """Ten per cent is taken, four is refused; a data set not judged by standard has no standards to moderate."""
    data = tables(case())
    assert sampling_plan(data, BOOK, month="2024-01", choices=PlanChoices(rate="10%")).rate == Fraction(1, 10)
    with pytest.raises(SampleError, match="below 1/20"):
        sampling_plan(data, BOOK, month="2024-01", choices=PlanChoices(rate="4%"))
    none = sampling_plan(data, BOOK, month="2024-01", choices=PlanChoices(standards=0))
    assert (none.standards, none.standards_more, none.national_standards) == (0, 0, ())


def frozen(data: Tables, register: Register, month: str = "2024-01", **given: Any) -> Freeze:
    """Freeze a month of provider N."""
    return freeze(data, BOOK, provider="N", month=month, register=register, **given)


def test_a_sampled_file_sent_back_later_is_not_moderatable() -> None:
    """When scrutiny sends a sampled file back after its draw, its assessor and PoP need cover in the next month."""
    register = open_register("sqlite://")
    data = tables(case("1"), case("2", month="2024-02"), scrutiny=scrutiny(("fit", "2024-01-10")))
    drawn = draw(
        frozen(data, register, frozen_on="2024-01-31"),
        seed="",
        reviewer="",
        reviewer_rpa="",
        register=register,
        series="s",
    )
    assert drawn.sample["case_id"].tolist() == ["1"]
    later = {
        **data,
        "scrutiny": tables(scrutiny=scrutiny(("fit", "2024-01-10"), ("returned", "2024-02-05")))["scrutiny"],
    }
    second = frozen(later, register, "2024-02", frozen_on="2024-02-29")
    assert second.content["needs_cover"] == {"assessors": ["A1"], "pops": ["P1"]}


def test_left_out_files_are_named_beside_the_freeze() -> None:
    """A freeze carries who was left out and why; the freeze itself does not change by it."""
    register = open_register("sqlite://")
    data = tables(case("1"), case("2"), scrutiny=scrutiny(("returned", "2024-01-10")))
    made = frozen(data, register)
    assert made.left_out["case_id"].tolist() == ["1"]
    assert made.population["case_id"].tolist() == ["2"]


def test_without_a_seed_the_month_waits() -> None:
    """An empty seed is no error: the freeze waits, and nothing is recorded as drawn."""
    register = open_register("sqlite://")
    made = frozen(tables(case()), register)
    assert draw(made, seed=" ", reviewer="", reviewer_rpa="", register=register).status == "waiting for seed"
    given = draw(made, seed="4416 2553 1622 3641 9", reviewer="R", reviewer_rpa="S", register=register)
    assert given.status == "drawn"


def test_the_data_may_say_when_and_with_what_a_month_was_drawn() -> None:
    """The events table gives days, seed and reviewer as text; where it says nothing they are empty."""
    rows = pd.DataFrame(
        {
            "rpa": ["N"],
            "month": ["2024-01"],
            "frozen_on": [pd.Timestamp("2024-01-31")],
            "seed": ["4" * 20],
            "seed_given_on": [pd.NaT],
            "peer_reviewer_id": ["R"],
        }
    )
    found = recorded_event({"events": rows}, find_scheme("hlta"), provider="N", month="2024-01")
    assert found == Event(frozen_on="2024-01-31", seed="4" * 20, peer_reviewer_id="R")
    assert recorded_event({"events": rows}, find_scheme("hlta"), provider="N", month="2024-02") == Event()
    assert recorded_event({}, find_scheme("hlta"), provider="N", month="2024-01") == Event()


def test_every_freeze_has_a_folder_of_its_own(tmp_path: Any) -> None:
    """Month, provider, scrutiny and late part each lead to another folder."""
    register = open_register("sqlite://")
    month = frozen(tables(case()), register)
    scrutinised = frozen(tables(case()), register, purpose="scrutiny")
    draw(month, seed="", reviewer="", reviewer_rpa="", register=register, series="s")
    late = frozen(tables(case(), case("2")), register, late=True)
    folders = [draw_folder(tmp_path, made).relative_to(tmp_path).as_posix() for made in (month, scrutinised, late)]
    assert folders[0].startswith("2024-01/n-")
    assert folders[1:] == [f"{folders[0]}/scrutiny", f"{folders[0]}/late-1"]


def year_with_late_files() -> Tables:
    """Return two months, the first with three events: one file came after each of the first two."""
    days = ["2024-01-31", "2024-02-10", "2024-02-20"]
    files = [case(str(number), submitted_on=pd.Timestamp(day)) for number, day in enumerate(["2024-01-05", *days[1:]])]
    rows = [("2024-01", day, f"dice thrown on {day} 123") for day in days] + [("2024-02", "2024-02-29", "")]
    events = [
        {"rpa": "N", "month": month, "frozen_on": pd.Timestamp(day), "seed": seed, "seed_given_on": pd.Timestamp(day)}
        | {"peer_reviewer_id": "R", "peer_rpa": "S"}
        for month, day, seed in rows
    ]
    return tables(*files, case("9", month="2024-02", submitted_on=pd.Timestamp("2024-02-05")), events=events)


def test_a_year_is_drawn_in_order_and_comes_back_the_same() -> None:
    """Months, late files and a month without a seed come in order; running again gives the same draws."""
    register, data = open_register("sqlite://"), year_with_late_files()
    runs = [draw_year(data, BOOK, provider="N", year="2023-09", register=register) for _ in range(2)]
    for draws in runs:
        parts = [(made.freeze.month, made.freeze.part, made.status, len(made.freeze.population)) for made in draws]
        assert parts == [
            ("2024-01", "month", "drawn", 1),
            ("2024-01", "late-1", "drawn", 1),
            ("2024-01", "late-2", "drawn", 1),
            ("2024-02", "month", "waiting for seed", 1),
        ]
    assert [made.json for made in runs[0]] == [made.json for made in runs[1]]
    assert verify_register(register) == []


def test_files_that_come_after_the_freeze_are_left_out() -> None:
    """A file submitted on the day of the freeze is in, one of the day after is named as late."""
    data = tables(*(case(day, submitted_on=pd.Timestamp(f"2024-01-{day}")) for day in ("30", "31")))
    assert population(data, as_of="2024-01-30").index.tolist() == ["30"]
    assert list(left_out(data, as_of="2024-01-30")) == ["31"]
    assert len(population(data)) == 2


def test_the_readings_come_from_the_rule_book(tmp_path: Path) -> None:
    """Another reading of returned files, of past difficulties or of the number of standards gives another freeze."""
    text = (ROOT / "parameters" / "rules" / "hlta.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("        value: counts_as_resubmitted", "        value: does_not_count"),
        ("value: {none: standard, some: raised, serious: high}", "value: {none: standard, some: high, serious: high}"),
        ('standards_in_all: "33"', 'standards_in_all: "12"'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    other = tmp_path / "hlta.yaml"
    other.write_text(text, encoding="utf-8")
    scrutiny = [
        {"case_id": "1", "scrutinised_on": "2024-01-10", "result": "returned"},
        {"case_id": "1", "scrutinised_on": "2024-01-20", "result": "fit"},
    ]
    pops = [{"pop_id": "P1", "rpa": "N", "past_difficulty": "some"}]
    data = tables(case(), scrutiny=scrutiny, pops=pops)
    found = []
    for book in (BOOK, load_rulebook(other)):
        frozen = freeze(data, book, provider="N", month="2024-01", register=open_register("sqlite://"))
        row = frozen.population.iloc[0]
        found.append((row["stratum"], row["tier"], frozen.content["standards"]))
    assert found == [("resubmission", "raised", 33), ("met", "high", 12)]


#: A second entry of X.SIGNALLED, from 1 February 2024.
SIGNALLED_LATER = (
    'value: standard\n        cite: {source: conventions, clause: Tiers}\n      "2024-02-01":\n        value: high'
)
CASES_BEFORE = [case("old1", month="2023-11"), case("old2", month="2023-11"), case("new", assessor_id="A2")]
FEWEST = {"full_reassessment": 1, "overturned": 2, "returned": 2, "late_paperwork": 3}


def moderated(day: str, final: str, case_id: str = "old1") -> dict[str, Any]:
    """Return a row of ``moderations``: overturned on a day."""
    return {"case_id": case_id, "moderated_on": pd.Timestamp(day), "decision": "overturned", "final_outcome": final}


@pytest.mark.parametrize(
    ("rows", "raised"),
    [
        ([moderated("2023-12-31", "full_reassessment")], True),
        ([moderated("2024-01-01", "full_reassessment")], False),
        ([moderated("2023-01-01", "full_reassessment")], True),
        ([moderated("2022-12-31", "full_reassessment")], False),
        ([moderated("2023-12-05", "partial_reassessment")], False),
        ([moderated("2023-12-05", "partial_reassessment", name) for name in ("old1", "old2")], True),
        ([moderated("2023-12-05", "full_reassessment"), moderated("2023-12-08", "met")], False),
    ],
)
def test_signals_of_the_twelve_months_before_feed_the_tier_where_the_value_says_so(
    rows: list[dict[str, Any]], raised: bool
) -> None:
    """The day before the month counts, the month's first does not; of a file its latest moderation before it."""
    data = tables(*CASES_BEFORE, case(), moderations=rows)
    for told, expected in (("high", "high" if raised else "standard"), ("standard", "standard")):
        found = population(data, signals=(told, FEWEST))["tier"]
        assert found.to_dict() == {"1": expected, "new": "standard"}


def test_what_scrutiny_sent_back_and_late_paperwork_feed_the_tier_too() -> None:
    """Two files sent back, or three whose paperwork came late or never; one fewer does not."""
    back = [{"case_id": f"old{n}", "result": "returned", "scrutinised_on": "2023-12-04"} for n in (1, 2)]
    days = {"paperwork_due_on": pd.Timestamp("2023-12-29"), "paperwork_on": pd.NaT}
    for number, tier in ((1, "standard"), (2, "raised")):
        data = tables(*CASES_BEFORE, case(), scrutiny=back[:number])
        assert population(data, signals=("raised", FEWEST)).loc["1", "tier"] == tier
    for number, tier in ((2, "standard"), (3, "raised")):
        late = [case(f"late{n}", month="2023-11", **days) for n in range(number)]
        assert population(tables(case(), *late), signals=("raised", FEWEST)).loc["1", "tier"] == tier


def test_a_dated_value_feeds_the_tiers_from_its_day_on_and_leaves_older_draws_alone(tmp_path: Path) -> None:
    """Turned on from February: January's population stays the same bytes, February's has the tier."""
    book = book_with(tmp_path, "X.SIGNALLED", "value: standard", SIGNALLED_LATER)
    data = tables(
        case("old", month="2023-11"), case(), case("2", month="2024-02"),
        moderations=[moderated("2023-12-05", "full_reassessment", "old")],
    )  # fmt: skip
    found = {}
    for month in ("2024-01", "2024-02"):
        for name, one in (("before", BOOK), ("after", book)):
            readings = population_readings(one, month)
            found[name, month] = moderation_population(data, provider="N", month=month, **readings)[0]
    assert population_csv(found["before", "2024-01"]) == population_csv(found["after", "2024-01"])
    assert [found[name, "2024-02"]["tier"].item() for name in ("before", "after")] == ["standard", "high"]
