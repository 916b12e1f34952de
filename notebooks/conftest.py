"""The notebooks are held against their committed outputs without the register of whoever runs this."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Let the kernels of nbval forget their draws."""
    if config.getoption("nbval", default=False):
        os.environ["QA_REGISTER"] = "sqlite://"
