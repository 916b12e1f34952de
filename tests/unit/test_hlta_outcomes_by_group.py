"""Outcomes by protected characteristic (HLTA.EQ.1): information for the RPA, and on no page that is published."""

import ast
import json
from pathlib import Path

import hlta_counts as by
import pytest
from hlta_frames import OTHER, audit, files, frame, told

from qa_lib.schemes.hlta.rules.outcomes_by_group import outcomes_by_group, outcomes_of_groups
from qa_lib.schemes.hlta.tables import CHARACTERISTICS, TABLES

NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "hlta"
#: What shows outcomes of groups: the table, and every list of findings.
SHOWS = {"outcomes_by_group", "findings", "others", "section_findings", "rule_table", "late_table", "action_table"}


def candidates(**groups):
    """Return files of so many candidates of each group, met and not met: ``group=(met, not met)``."""
    rows = [
        {
            "candidate_id": f"{name}{number}",
            "ethnicity": name,
            "outcome": "met" if number < met else "partial_reassessment",
        }
        for name, (met, other) in groups.items()
        for number in range(met + other)
    ]
    return files(*rows)


def by_group(cases, **tables):
    """Return group -> (met, candidates) of the table."""
    table = outcomes_by_group(audit(cases=cases, **tables))
    return {row["group"]: (row["k"], row["n"]) for row in table.to_dict("records")}


def test_a_group_that_differs_is_named_and_one_that_may_be_chance_is_counted():
    """Both are information; who did not differ beyond chance is in no line of its own."""
    said = told(outcomes_of_groups(audit(cases=candidates(Asian=(60, 0), Black=(20, 20), White=(35, 5)))))
    assert {status for status, _, _ in said} == {"information"}
    named = {subject: message for _, subject, message in said if subject.startswith("ethnicity ")}
    assert set(named) == {"ethnicity Asian", "ethnicity Black"}
    assert named["ethnicity Black"].startswith("standards met: ethnicity Black: 20 of 40 (50.0 %)")
    counted = told(said_of := outcomes_of_groups(audit(cases=candidates(Asian=(9, 1), White=(90, 10)))), "ethnicity")
    assert counted[0][2].startswith("110 candidates by ethnicity, of groups: ")
    assert not any(one.subject_type == "group" for one in said_of)


def test_a_blank_and_who_did_not_say_are_missing_and_no_group():
    """They count among all candidates and are never tested; a group of several spellings is one."""
    cases = files(
        *({"candidate_id": f"k{n}", "ethnicity": word} for n, word in enumerate([
            "White", "white ", "WHITE", "White", "Mixed - other", "mixed–other",
            None, " ", "Prefer not to say", "Not stated", "N/K", "refused",
        ]))
    )  # fmt: skip
    assert by_group(cases) == {"Mixed - other": (2, 2), "White": (4, 4), "(missing)": (6, 6)}


def test_no_religion_is_a_group():
    """Who says that they have none has said it."""
    assert by_group(files({"religion": "None"}, {"religion": "none", "candidate_id": "l"})) == {"None": (2, 2)}


def test_each_candidate_counts_once_with_what_moderation_left():
    """By the last file of the year so far; another RPA's files, and those of later months, say nothing."""
    cases = files(
        {"candidate_id": "a", "sex": "female", "month": "2024-01", "outcome": "partial_reassessment"},
        {"candidate_id": "a", "sex": "female", "month": "2024-03"},
        {"candidate_id": "b", "sex": "male"},
        {"candidate_id": None, "sex": "male", "outcome": "full_reassessment"},
        {"candidate_id": None, "sex": "male"},
        {"candidate_id": "c", "sex": "male", "rpa": OTHER},
        {"candidate_id": "d", "sex": "male", "month": "2024-04"},
        {"candidate_id": "e", "sex": "male", "month": "2023-08"},
    )
    assert by_group(cases) == {"female": (1, 1), "male": (2, 3)}
    # Without the column each file is taken for a candidate's only one.
    assert by_group(cases.drop(columns="candidate_id")) == {"female": (1, 2), "male": (2, 3)}
    overturned = frame("moderations", [
        {"case_id": "c003", "moderated_on": "2024-04-08", "moderator_id": "A9", "second_moderator_id": "A8",
         "decision": "overturned", "final_outcome": "partial_reassessment"},
    ])  # fmt: skip
    assert by_group(cases, moderations=overturned) == {"female": (1, 1), "male": (1, 3)}


def test_disability_is_compared_by_its_yes_or_no():
    """The column that adjustments are judged by is a characteristic too."""
    cases = files({"disability_disclosed": True}, {"disability_disclosed": False, "candidate_id": "l"})
    assert by_group(cases) == {"no": (1, 1), "yes": (1, 1)}


def test_without_a_characteristic_it_is_not_assessable():
    """No column, or one that is blank everywhere; what is not held beside others is named."""
    for cases in (files({}), files({"ethnicity": None}), files({"ethnicity": "not stated"})):
        said = told(outcomes_of_groups(audit(cases=cases)))
        assert [status for status, _, _ in said] == ["not_assessable"]
        assert outcomes_by_group(audit(cases=cases)).empty
    held = told(outcomes_of_groups(audit(cases=files({"sex": "male"}))))
    assert held[-1][2].startswith("not held, and so not looked at: age_band, ethnicity, religion")
    every = files(dict.fromkeys(CHARACTERISTICS, "one") | {"disability_disclosed": True})
    assert not any("not held" in message for _, _, message in told(outcomes_of_groups(audit(cases=every))))


def test_small_numbers_are_marked():
    """A count of one to four is confidential wherever the table goes."""
    table = outcomes_by_group(audit(cases=candidates(White=(40, 10), Black=(4, 30)))).set_index("group")
    assert table.loc[["White", "Black"], "suppressed"].tolist() == ["", "c"]


def test_every_characteristic_is_personal():
    """No message about a row names what one candidate is."""
    assert all(TABLES["cases"].column(name).personal for name in (*CHARACTERISTICS, "disability_disclosed"))


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_table_that_may_be_published_shows_it(notebook):
    """Whatever lists findings or groups keeps its mark of being restricted."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    calls = [one for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Call)]
    tables = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "table"]
    open_ones = [one for one in tables if any(key.arg == "restricted" and not key.value.value for key in one.keywords)]
    for call in open_ones:
        named = {one.id for one in ast.walk(call) if isinstance(one, ast.Name)}
        named |= {one.attr for one in ast.walk(call) if isinstance(one, ast.Attribute)}
        assert not named & SHOWS, ast.unparse(call)


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {
    "F148": lambda tables: by.chosen_rows(
        tables["cases"].assign(name="age_band " + tables["cases"]["age_band"]),
        tables["cases"]["age_band"] == "65 and over",
        "name",
    ),
}
