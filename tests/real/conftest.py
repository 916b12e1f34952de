"""Tests on the real public data: skipped, with the reason, where they are not beside the project."""

import pytest

from qa_lib.intake.real_data import real_data_folder


@pytest.fixture(autouse=True, scope="session")
def real_data():
    """Return the folder of the real public data; without one every test here is skipped."""
    folder = real_data_folder()
    if folder is None:
        pytest.skip("the real public data are not beside the project; QA_REAL_DATA names where they are")
    return folder
