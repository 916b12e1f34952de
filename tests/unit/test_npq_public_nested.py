"""Is the NPQ summary safe from who knows which types of school are of which phase."""

from __future__ import annotations

import pandas as pd
import pytest
from npq_frames import audit as audit_of
from npq_frames import frame, people

from qa_lib.reports.disclosure import Relation, add_totals, additive_relations, audit, suppress
from qa_lib.schemes.npq.pages.public_summary import public_notices, public_tables
from qa_lib.schemes.npq.rules.group_gaps import CHARACTERISTICS, NESTED
from qa_lib.schemes.npq.tables import TABLES

#: Type and phase of schools -> how many commenced, presented and passed.
SCHOOLS = {
    ("Academy", "Secondary"): (11, 6, 6),
    ("Technical college", "Secondary"): (4, 2, 2),
    ("Community", "Primary"): (50, 35, 30),
    ("Aided", "Primary"): (10, 5, 5),
}


def tables(schools=SCHOOLS, **columns):
    """Return participants of one school for each type and phase, with further columns by type of school."""
    rows = [
        {
            "school_urn": str(urn),
            "presented_on": "2019-05-01" if person < presented else None,
            "result": None if person >= presented else "pass" if person < passed else "fail",
            **{name: words[kind] for name, words in columns.items()},
        }
        for urn, ((kind, _), (commenced, presented, passed)) in enumerate(schools.items(), 100001)
        for person in range(commenced)
    ]
    about = [{"urn": str(urn), "type": kind, "phase": phase} for urn, (kind, phase) in enumerate(schools, 100001)]
    start = {"enrolled_on": "2018-03-01", "commenced_on": "2018-03-01"}
    return {"participants": people(*rows, **start), "schools": frame("schools", about)}


def published(data, name="Retention"):
    """Return a published table of the one level, by group."""
    rows = public_tables(audit_of(**data))[name]
    return rows[rows["level"] == "NPQH"].reset_index(drop=True)


def told(rows, inside):
    """Return the least and the most that each group's people can be, for who knows the parts of each phase by row."""
    row = {group: place for place, group in enumerate(rows["group"])}
    relations = additive_relations(rows)
    relations += [Relation((row[phase],), tuple(row[kind] for kind in kinds)) for phase, kinds in inside.items()]
    found = audit(rows, relations=relations)
    return {line["group"]: (line["low"], line["high"]) for _, line in found[found["count"] == "n"].iterrows()}


def test_a_type_of_school_does_not_follow_from_its_phase():
    """Secondary less academies gave the four of technical colleges, and with them the ten of aided schools."""
    inside = {"Secondary": ("Academy", "Technical college"), "Primary": ("Community", "Aided")}
    cells = published(tables())[["characteristic", "group", "n", "k", "rate"]]
    found = told(cells, inside)
    assert found["Technical college"][0] <= 1
    assert found["Technical college"][1] >= 4
    counts = [("phase", "Secondary", 15, 8), ("phase", "Primary", 60, 40)]
    counts += [("type", kind, n, k) for (kind, _), (n, k, _) in SCHOOLS.items()]
    groups = pd.DataFrame(counts, columns=["characteristic", "group", "n", "k"])
    apart = told(suppress(add_totals(groups), profile="dfe"), inside)
    assert (apart["Technical college"], apart["Aided"]) == ((4, 4), (10, 10))


def test_achievement_of_types_is_hidden_where_a_combination_is_small():
    """No shown figure is small, but primary less aided is primary academies: 60 known, 58 passed."""
    schools = {
        ("Academy", "Primary"): (70, 60, 58), ("Academy", "Secondary"): (70, 60, 50),
        ("Aided", "Primary"): (70, 60, 50), ("Technical college", "Secondary"): (70, 60, 50),
    }  # fmt: skip
    rows = published(tables(schools), "Achievement").set_index("characteristic")
    assert set(rows.loc["Phase of school", "k"]) == {"108", "100"}
    assert set(rows.loc["Type of school", "k"]) == {"c"}
    schools["Academy", "Primary"] = (70, 60, 50)
    assert set(published(tables(schools), "Achievement").set_index("characteristic").loc["Type of school", "k"]) == {
        "100",
        "50",
    }


ETHNICITY = {
    "Academy": "Indian", "Technical college": "Caribbean", "Community": "White and Asian", "Aided": "White British",
}  # fmt: skip


def test_recruitment_does_not_tell_what_retention_hides_of_the_same_people():
    """Ten were hidden for the sake of four: they are the White British, whom recruitment showed."""
    data = tables({(kind, "Secondary"): counts for (kind, _), counts in SCHOOLS.items()}, ethnicity=ETHNICITY)
    public = public_tables(audit_of(**data))
    cells = [
        frame[(frame["level"] == "NPQH") & frame["characteristic"].isin(names)][["characteristic", "group", "n", "k"]]
        for frame, names in (
            (public["Retention"], ["Total", "Ethnicity"]),
            (public["Recruitment"].assign(n=public["Recruitment"]["k"]), ["White British"]),
        )
    ]
    rows = pd.concat(cells, ignore_index=True).assign(k="c", rate="c")
    assert set(rows["characteristic"]) == {"Total", "Ethnicity", "White British"}
    found = told(rows, {"no": ("Indian", "Caribbean", "White and Asian"), "yes": ("White British",)})
    assert found["Caribbean"][0] <= 1
    assert found["Caribbean"][1] >= 4
    assert set(public["Retention"]["characteristic"]) == {"Total", "Ethnicity", "Phase of school", "Type of school"}


def test_recruitment_of_other_people_is_a_table_of_its_own():
    """Somebody who was recruited and never commenced: what each table hides does not follow from the other."""
    data = tables(ethnicity=ETHNICITY)
    data["participants"].loc[0, "commenced_on"] = pd.NaT
    public = public_tables(audit_of(**data))
    assert public["Recruitment"].set_index("group").loc["no", "k"].tolist() == ["65", "65"]
    assert public["Retention"].loc[0, "n"] == "74"


def test_what_is_published_is_of_the_groups_that_are_compared():
    """Codes, labels of a census and words that say nothing give the tables that the plain words give."""
    plain = {"Academy": "Indian", "Technical college": None, "Community": "White and Asian", "Aided": "White British"}
    coded = {"Academy": "AIND", "Technical college": "N/K", "Community": "Mixed: White & Asian", "Aided": "WBRI"}
    first, second = (public_tables(audit_of(**tables(ethnicity=words))) for words in (plain, coded))
    assert "White and Asian" in set(first["Retention"]["group"])
    for name, published_table in first.items():
        pd.testing.assert_frame_equal(published_table, second[name])


def test_a_declared_column_that_says_the_same_is_found_and_named():
    """Sector is no column of the framework; where it is declared, it is seen that each type of school lies in one."""
    sector = {"Academy": "own", "Technical college": "own", "Community": "local", "Aided": "local"}
    said = public_notices(audit_of(**tables(sector=sector), characteristics="sector"))
    assert said[0] == "Hidden together, since they tell of each other: Phase of school, Type of school, sector."
    assert any(
        sentence.startswith("Every group of 'Type of school' lies within one group of 'sector'") for sentence in said
    )
    assert "declared nowhere" not in " ".join(public_notices(audit_of(**tables())))
    undeclared = audit_of(**tables(sector=sector))
    assert "sector" not in " ".join(public_notices(undeclared))
    assert "sector" not in set(public_tables(undeclared)["Retention"]["characteristic"])


def test_where_nothing_nests_that_is_said():
    """Nobody's school is known, and sex says nothing else."""
    data = tables(sex={"Academy": "f", "Technical college": "m", "Community": "f", "Aided": "m"})
    said = public_notices(audit_of(participants=data["participants"].drop(columns="school_urn")))
    assert said == ["No characteristic lies within another, so none are hidden together."]


@pytest.mark.parametrize("pair", NESTED.items())
def test_what_the_scheme_declares_is_a_characteristic_or_column_of_schools(pair):
    """A name that is misspelt would declare nothing."""
    schools = {column.name for column in TABLES["schools"].columns}
    assert set(pair) <= {*CHARACTERISTICS, *schools, "white_british"}
