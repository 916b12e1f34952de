"""What all tests share."""

import gc
import sys

# nbformat, papermill and nbclient would each make jsonschema build a grammar that serves nothing, which takes seconds.
sys.modules.setdefault("rfc3987_syntax", None)

# It is loaded as what it is; looked through for doctests it would be taken for the conftest of a folder below.
collect_ignore = ["conftest.py"]


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over the modules and thousands of tests, which stay to the end anyway."""
    gc.freeze()
