"""What unit tests share: another office program."""

import os
import shutil

import pytest


@pytest.fixture
def office():
    """Return LibreOffice's program; skip where there is none, but fail in CI."""
    program = shutil.which("soffice")
    if program is None:
        reason = "needs LibreOffice (soffice) on the path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program
