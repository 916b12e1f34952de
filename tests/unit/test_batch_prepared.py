"""A provider's slice of a data set: what is in it, and that it comes back as it was."""

from dataclasses import replace

import pandas as pd
import pytest

from qa_lib import read_dataset
from qa_lib.errors import IntakeError
from qa_lib.intake.prepared import read_prepared, slice_tables, write_prepared
from qa_lib.project_files import ROOT


@pytest.fixture(scope="module")
def data():
    """Return the small slice of the made-up Partnership."""
    return read_dataset(ROOT / "notebooks" / "data" / "partnership")


def test_a_slice_holds_a_providers_cases_and_what_belongs_to_them(data):
    """Cases by provider and month, their rows in other tables, people and events whole."""
    tables = slice_tables(data, provider="HLTA North", months=["2024-01", "2024-02"])
    cases = tables["cases"]
    own = cases[cases["rpa"] == "HLTA North"]
    whole = data.tables["cases"]
    wanted = (whole["rpa"] == "HLTA North") & whole["month"].isin(["2024-01", "2024-02"])
    assert set(own["case_id"]) == set(whole.loc[wanted, "case_id"])
    assert set(tables["judgements"]["case_id"]) == set(cases["case_id"])
    assert set(tables["pops"]["rpa"]) == {"HLTA North"}
    for name in ("assessors", "events", "national_standards"):
        assert len(tables[name]) == len(data.tables[name])


def test_a_slice_holds_files_of_another_provider_only_of_assessors_who_work_for_both(data):
    """Load and review pending are counted in any RPA; nobody else's files are there, and none of a later month."""
    tables = slice_tables(data, provider="HLTA North", months=["2024-01"])
    cases, people = tables["cases"], data.tables["assessors"]
    here = set(people.loc[people["rpa"] == "HLTA North", "assessor_id"])
    others = cases[cases["rpa"] != "HLTA North"]
    assert set(others["assessor_id"]) <= here
    whole = data.tables["cases"]
    beside = whole["assessor_id"].isin(here) & (whole["rpa"] != "HLTA North") & (whole["month"] == "2024-01")
    assert set(others["case_id"]) == set(whole.loc[beside, "case_id"])


def test_a_month_can_be_seen_with_the_next_one(data):
    """An audit looks back from the end of the next month, whose files were known then."""
    tables = slice_tables(data, provider="HLTA North", months=["2024-01"], ahead=True)
    assert set(tables["cases"]["month"]) == {"2024-01", "2024-02"}


def test_rows_that_name_a_provider_stay_without_a_file(data):
    """An appeal about a file that is not in the months is the provider's all the same."""
    appeals = pd.DataFrame({"appeal_id": ["1", "2"], "case_id": ["none", "none"], "rpa": ["HLTA North", "Other"]})
    more = replace(data, tables={**data.tables, "appeals": appeals})
    assert slice_tables(more, provider="HLTA North", months=["2024-01"])["appeals"]["appeal_id"].tolist() == ["1"]


def test_months_of_all_providers_hold_everybodys_files_of_them(data):
    """Nothing of another month is there, and nothing that belongs to such a file."""
    tables = slice_tables(data, months=["2024-02"], ahead=True)
    cases = data.tables["cases"]
    assert set(tables["cases"]["case_id"]) == set(cases.loc[cases["month"] >= "2024-02", "case_id"])
    assert set(tables["judgements"]["case_id"]) == set(tables["cases"]["case_id"])


def test_a_slice_comes_back_as_it_was_and_is_not_validated_again(data, tmp_path):
    """Tables, hashes of the inputs and everything that intake had to say are the same after reading."""
    folder = tmp_path / "data"
    write_prepared(data, folder, provider="HLTA North", months=["2024-01"])
    again = read_dataset(folder)
    for name, table in slice_tables(data, provider="HLTA North", months=["2024-01"]).items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    for name in ("rejected", "notices", "counts"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(data, name))
    assert again.inputs == data.inputs


def test_a_slice_knows_the_rpas_of_the_whole_data_set(data, tmp_path):
    """An RPA without any row in the slice is none that nobody knows."""
    cases = data.tables["cases"]
    alone = replace(data, tables={"cases": cases.assign(assessor_id=cases["rpa"] + cases["assessor_id"])})
    write_prepared(alone, tmp_path / "data", provider="HLTA North", months=["2024-01"])
    again = read_dataset(tmp_path / "data")
    assert set(again.tables["cases"]["rpa"]) == {"HLTA North"}
    assert again.named_providers == alone.named_providers == sorted(set(cases["rpa"]))


def test_the_same_slice_is_written_in_the_same_bytes(data, tmp_path):
    """Two writings differ in no byte."""
    for name in ("one", "other"):
        write_prepared(data, tmp_path / name, provider="HLTA North", months=["2024-01"])
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_prepared_data_that_is_not_whole_or_of_another_scheme_is_refused(data, tmp_path):
    """The message says to read the data set itself."""
    folder = tmp_path / "data"
    write_prepared(data, folder, provider="HLTA North", months=["2024-01"])
    with pytest.raises(IntakeError, match="of scheme hlta"):
        read_prepared(folder, scheme="npq")
    (folder / "cases.parquet").unlink()
    with pytest.raises(IntakeError, match="not whole"):
        read_dataset(folder)
