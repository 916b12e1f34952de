"""Intake says which names may be one; it joins nothing, and no line names a person or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_lib.errors import IntakeError
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.messages import LINES, fault_lines
from qa_lib.scheme import Scheme, schemes
from qa_lib.tables.vocabulary import Column

HEADER = "case_id,rpa,month,assessor_id,pop_id,outcome"


def cases(*rows: tuple[str, str, str]) -> list[str]:
    """Return the lines of a cases file: id, provider and assessor of each row."""
    return [HEADER, *(f"{case},{rpa},2024-01,{assessor},P7,met" for case, rpa, assessor in rows)]


def read(folder: Path, scheme: str = "hlta", **tables: list[str]) -> Dataset:
    """Write tables as CSV files and read them."""
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return read_dataset(folder, scheme=scheme)


def near(data: Dataset) -> list[tuple[str, str, int]]:
    """Return table, column and row of every notice of near-equal names."""
    found = data.notices[data.notices["kind"] == "near_equal"]
    return sorted(found[["table", "column", "row"]].itertuples(index=False, name=None))


ORDINARY = [("c1", "Harbour", "W21"), ("c2", "Harbour", "W22"), ("c3", "Harbour", "W23")]


def test_a_provider_in_two_spellings_is_named_with_its_rows(tmp_path: Path) -> None:
    """The rarer spelling's row, both names with how many rows each, and what to do; the rows stay as they are."""
    data = read(tmp_path, cases=cases(*ORDINARY, ("c4", "HAR BOUR", "W24")))
    assert data.clean
    assert near(data) == [("cases", "rpa", 5)]
    assert data.tables["cases"]["rpa"].tolist() == ["Harbour"] * 3 + ["HAR BOUR"]
    (line,) = fault_lines(data.notices, scheme="hlta")
    assert line == (
        'cases.csv, row 5, column rpa: expected one spelling of one name; "Harbour" (3 rows), "HAR BOUR" (1 row) '
        "differ only in letter case, spaces, dashes, & for and, zeros or look-alike letters, and count as different; "
        'if they are one, correct the file or map them (--values "rpa:HAR BOUR=Harbour")'
    )


def test_each_other_spelling_has_its_mapping(tmp_path: Path) -> None:
    """Three spellings of one provider are made one by what can be pasted: no file is left under a third."""
    data = read(tmp_path, cases=cases(*ORDINARY, ("c4", "HAR BOUR", "W24"), ("c5", "harbour", "W25")))
    (line,) = fault_lines(data.notices, scheme="hlta")
    for other in ("HAR BOUR", "harbour"):
        assert f'--values "rpa:{other}=Harbour"' in line


@pytest.mark.parametrize(("rare", "said"), [("Hild’s", "rpa:Hild’s=Hild's"), ("Нild's", "rpa:ONE=OTHER")])
def test_the_mapping_can_be_pasted_where_a_reader_sees_what_it_says(tmp_path: Path, rare: str, said: str) -> None:
    """A typographer's apostrophe is one; a letter of another alphabet would be taken for the one that it looks like."""
    data = read(tmp_path, cases=cases(*((f"h{n}", "Hild's", "W24") for n in range(2)), ("h3", rare, "W24")))
    (line,) = fault_lines(data.notices, scheme="hlta")
    assert f'(--values "{said}")' in line


def test_ids_of_people_and_files_are_told_by_their_rows(tmp_path: Path) -> None:
    """The lines may be sent to anyone: no assessor and no file is named, the table of notices has them."""
    data = read(tmp_path, cases=cases(*ORDINARY, ("C-1", "Harbour", "w-021")))
    assert near(data) == [("cases", "assessor_id", 5), ("cases", "case_id", 5)]
    lines = fault_lines(data.notices, scheme="hlta")
    assert not [name for line in lines for name in ("W21", "w-021", "c1", "C-1") if name in line]
    assert "that of row 2 (1 row), that of row 5 (1 row) differ only in" in lines[0]
    assert "if they are one, keep one row" in lines[1]
    assert '--values "assessor_id:ONE=OTHER"' in lines[0]


def test_tables_that_spell_a_name_otherwise_are_seen(tmp_path: Path) -> None:
    """A list of assessors with other spellings than the files names both places; nothing is said of equal ones."""
    listed = ["assessor_id,rpa", "w21,Harbour", "W22,Harbour", "W23,Harbour"]
    data = read(tmp_path, cases=cases(*ORDINARY), assessors=listed)
    assert near(data) == [("assessors", "assessor_id", 2)]
    (line,) = (line for line in fault_lines(data.notices, scheme="hlta") if "one spelling" in line)
    assert "cases.csv row 2 (1 row)" in line
    assert "assessors.csv row 2 (1 row)" in line


@pytest.mark.parametrize("table", ["judgements", "assessors"])
def test_a_row_that_points_to_another_spelling_says_so(tmp_path: Path, table: str) -> None:
    """An orphan whose id differs only in its spelling is no missing row: both are to be written alike."""
    if table == "judgements":
        data = read(tmp_path, cases=cases(*ORDINARY), judgements=["case_id,standard,judgement", "C 1,4,met", "x,4,met"])
        orphans = data.rejected
        assert orphans["advice"].str.contains("differs only in").tolist() == [True, False]
    else:
        data = read(tmp_path, cases=cases(*ORDINARY[:2]), assessors=["assessor_id,rpa", "w21,Harbour", "V9,Harbour"])
        orphans = data.notices[data.notices["kind"] == "reference"]
        assert orphans["advice"].str.startswith("kept; one there differs only in").tolist() == [True, False]
    assert "write both alike, or map one to the other" in orphans["advice"].iloc[0]


def test_words_that_make_a_group_are_named_and_free_text_is_not_looked_at(tmp_path: Path) -> None:
    """A type of school makes groups, a further column with few values does too; names and notes do not."""
    people = [
        "participant_id,provider,level,age_band,name,band",
        *(f"p{n},Quay,NPQH,Other band,Ann Lee{n},A {n % 2}" for n in range(6)),
        "p7,Quay,NPQH,Оther band,ann lee1,А 0",
    ]
    data = read(tmp_path, "npq", participants=people)
    assert [column for _, column, _ in near(data)] == ["age_band", "band"]
    text = "\n".join(fault_lines(data.notices, scheme="npq"))
    assert '"Other band" (6 rows), "\\u041ether band" (1 row)' in text
    assert "A 0" not in text  # what a further column holds is anybody's
    assert "lee" not in text.casefold()


def test_many_near_names_do_not_fill_the_screen(tmp_path: Path) -> None:
    """Twenty lines, and one that says how many more there are."""
    rows = [(f"{letter}{n}", "Harbour", "W1") for n in range(30) for letter in "cC"]
    lines = fault_lines(read(tmp_path, cases=cases(*rows)).notices, scheme="hlta")
    assert len(lines) == LINES + 1
    assert "10 more lines of this kind" in lines[-1]


def test_rejected_rows_count_for_nothing(tmp_path: Path) -> None:
    """A spelling that stands in rejected rows alone is no second name."""
    lines = [*cases(*ORDINARY), "c4,HARBOUR,2024-13,W1,P7,met"]
    assert near(read(tmp_path, cases=lines)) == []


EVERY = pytest.mark.parametrize("scheme", schemes().values(), ids=list(schemes()))


def columns_of(scheme: Scheme) -> list[Column]:
    """Return every column of a scheme's tables."""
    return [column for table in scheme.tables.values() for column in table.columns]


@EVERY
def test_every_id_names_something_and_those_of_one_kind_are_held_together(scheme: Scheme) -> None:
    """No column of ids is left out, and columns of people and organisations are held together under one name."""
    kinds = {column.name: column.named for column in columns_of(scheme) if column.kind == "id"}
    assert None not in kinds.values()
    assert kinds[scheme.provider_column] == "provider"
    assert {kind for name, kind in kinds.items() if name.endswith("rpa") or name == "provider"} == {"provider"}
    assert {kind for name, kind in kinds.items() if name.endswith(("_by", "assessor_id"))} <= {"person"}
    shown = {column.named for column in columns_of(scheme) if column.kind == "id" and column.may_be_shown}
    assert {"provider", "school"} <= shown <= {"provider", "school", "PoP"}


@EVERY
def test_one_name_means_one_thing_in_every_table(scheme: Scheme) -> None:
    """Columns that name one kind of thing are alike in whether that may be shown."""
    shown = {(column.named, column.may_be_shown) for column in columns_of(scheme) if column.named}
    assert len(shown) == len(dict(shown))


@EVERY
def test_the_grouping_columns_are_columns_of_free_text(scheme: Scheme) -> None:
    """A word that is listed is read as listed; only free text can hold two spellings; other free text groups nobody."""
    groups = [column for column in columns_of(scheme) if column.names in ("group", "period")]
    assert {column.kind for column in groups} == {"text"}
    assert all(column.named == column.name and column.may_be_shown for column in groups)
    assert all(column.named is None for column in columns_of(scheme) if column.kind == "text" and column not in groups)


MAPPED = [HEADER.replace("case_id", "ref"), "c1,Harbour,2024-01,W21,P7,met", "c2,HAR BOUR,2024-01,W21,P7,passed"]


def test_a_mapping_may_stand_for_every_table(tmp_path: Path) -> None:
    """Columns and values under * go to the tables that have them, and what a table says itself stands over them."""
    (tmp_path / "cases.csv").write_text("\n".join(MAPPED))
    (tmp_path / "pops.csv").write_text("pop_id,rpa\nP7,HAR BOUR\n")
    data = read_dataset(
        tmp_path,
        columns={"*": {"ref": "case_id"}},
        values={
            "*": {"rpa": {"HAR BOUR": "Harbour"}, "outcome": {"passed": "x"}},
            "cases": {"outcome": {"passed": "met"}},
        },
    )
    assert data.tables["cases"].loc[1, ["case_id", "rpa", "outcome"]].tolist() == ["c2", "Harbour", "met"]
    assert data.tables["pops"]["rpa"].tolist() == ["Harbour"]
    assert data.clean
    assert data.notices.empty


@pytest.mark.parametrize(
    ("columns", "values", "says"),
    [
        ({"reff": "case_id"}, {}, 'no file has a column "reff" that could be read as case_id; did you mean "ref"'),
        ({"ref": "case"}, {}, 'no table of the scheme has a column "case"'),
        ({"pop_id": "capacity_per_month"}, {}, "stands in cases, which has no column capacity_per_month"),
        ({}, {"rpas": {"a": "b"}}, 'no table of the scheme has a column "rpas"; did you mean "rpa"'),
        ({}, {"peer_rpa": {"a": "b"}}, 'no file has a column "peer_rpa" whose values'),
    ],
)
def test_a_mapping_of_nothing_is_refused(tmp_path: Path, columns: dict, values: dict, says: str) -> None:
    """What no file and no table has is said, with the nearest name."""
    (tmp_path / "cases.csv").write_text("\n".join(MAPPED))
    with pytest.raises(IntakeError, match=says):
        read_dataset(tmp_path, columns={"*": columns}, values={"*": values})


@pytest.mark.parametrize("table", ["*", "cases"])
def test_a_text_that_no_cell_holds_is_noticed(tmp_path: Path, table: str) -> None:
    """A misspelled mapping changes nothing, and says so."""
    (tmp_path / "cases.csv").write_text("\n".join(cases(*ORDINARY)))
    data = read_dataset(tmp_path, values={table: {"rpa": {"HARBOR": "Harbour"}}})
    (line,) = fault_lines(data.notices, scheme="hlta")
    assert 'the value mapping names "HARBOR", which no cell holds: check its spelling' in line


def outcomes(folder: Path, words: dict[str, str]) -> Dataset:
    """Read three files with one outcome in three forms, by this mapping."""
    rows = cases(*ORDINARY)
    forms = ["Standards met", "Standards Met", "standards  met"]
    rows[1:4] = [row.removesuffix("met") + form for row, form in zip(rows[1:4], forms, strict=True)]
    (folder / "cases.csv").write_text("\n".join(rows))
    return read_dataset(folder, values={"cases": {"outcome": words}})


def test_a_mapped_word_is_read_in_any_case_and_with_any_spaces(tmp_path: Path) -> None:
    """As the words of a list are: with a notice; the mapping is not said to be in vain."""
    data = outcomes(tmp_path, {"STANDARDS MET": "met"})
    assert data.tables["cases"]["outcome"].tolist() == ["met"] * 3
    assert set(data.notices["kind"]) == {"word_form"}


def test_texts_that_are_mapped_to_two_words_are_read_letter_by_letter(tmp_path: Path) -> None:
    """Nobody said what the third one is."""
    data = outcomes(tmp_path, {"Standards met": "met", "Standards Met": "full_reassessment", "standardsmet": "met"})
    assert data.tables["cases"]["outcome"].tolist() == ["met", "full_reassessment"]
    assert data.rejected["arrived"].tolist() == ["standards  met"]


def test_a_mapping_for_a_reader_is_refused(tmp_path: Path) -> None:
    """A reader lays the data out itself; a mapping that it would not look at is not passed over."""
    with pytest.raises(IntakeError, match="data for the reader oulad_moderation: map nothing"):
        read_dataset(tmp_path, reader="oulad_moderation", values={"cases": {"rpa": {"a": "b"}}})
