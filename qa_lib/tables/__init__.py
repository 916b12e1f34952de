"""The tables of each scheme: what a column is called, what it may hold, what its rows point to (``DESIGN.md`` §4)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from qa_lib.errors import IntakeError
from qa_lib.tables.vocabulary import Table

#: Scheme -> the module that lists its tables.
_SCHEMES = {"hlta": "qa_lib.tables.hlta", "npq": "qa_lib.tables.npq"}


def scheme_names() -> list[str]:
    """Return the schemes whose tables are known, sorted."""
    return sorted(_SCHEMES)


def scheme_tables(scheme: str) -> Mapping[str, Table]:
    """Return the tables of a scheme, by name.

    Raises
    ------
    IntakeError
        If no scheme has that name.

    Examples
    --------
    >>> scheme_tables("hlta")["cases"].key
    ('case_id',)
    """
    if scheme not in _SCHEMES:
        raise IntakeError(f'no tables are known for scheme "{scheme}"; choose one of: {", ".join(scheme_names())}')
    tables: Mapping[str, Table] = importlib.import_module(_SCHEMES[scheme]).TABLES
    return tables
