"""A provider's slice of a data set: what is in it, and that it comes back as it was."""

import pandas as pd
import pytest

from qa_lib import read_dataset
from qa_lib.errors import IntakeError
from qa_lib.intake.prepared import provider_slice, read_prepared, write_prepared
from qa_lib.strict_yaml import ROOT


@pytest.fixture(scope="module")
def data():
    """Return the small slice of the made-up Partnership."""
    return read_dataset(ROOT / "notebooks" / "data" / "partnership")


def test_a_slice_holds_a_providers_cases_and_what_belongs_to_them(data):
    """Cases by provider and month, their rows in other tables, people and events whole."""
    tables = provider_slice(data, provider="HLTA North", months=["2024-01", "2024-02"])
    cases = tables["cases"]
    assert set(cases["rpa"]) == {"HLTA North"}
    assert set(cases["month"]) == {"2024-01", "2024-02"}
    assert set(tables["judgements"]["case_id"]) == set(cases["case_id"])
    assert set(tables["pops"]["rpa"]) == {"HLTA North"}
    for name in ("assessors", "events", "national_standards"):
        assert len(tables[name]) == len(data.tables[name])


def test_a_slice_comes_back_as_it_was_and_is_not_validated_again(data, tmp_path):
    """Tables, hashes of the inputs and everything that intake had to say are the same after reading."""
    folder = tmp_path / "data"
    write_prepared(data, folder, provider="HLTA North", months=["2024-01"])
    again = read_dataset(folder)
    for name, table in provider_slice(data, provider="HLTA North", months=["2024-01"]).items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    for name in ("rejected", "notices", "counts"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(data, name))
    assert again.inputs == data.inputs


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
