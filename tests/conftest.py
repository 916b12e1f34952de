"""What all tests share."""

import gc
import sys

# nbformat, papermill and nbclient would each make jsonschema build a grammar that serves nothing, which takes seconds.
sys.modules.setdefault("rfc3987_syntax", None)

# It is loaded as what it is; looked through for doctests it would be taken for the conftest of a folder below.
collect_ignore = ["conftest.py"]

#: Files that take longest, begun first: a process that begins one of them last would work while the other waits.
LONGEST = ("test_planted_facts", "test_wheel", "test_hlta_monthly_run", "test_oulad_month_pages", "test_warm_kernels")


def pytest_collection_modifyitems(items: list) -> None:
    """Put the tests of the longest files first, in the order in which they came."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over the modules and thousands of tests, which stay to the end anyway."""
    gc.freeze()
