"""Whose tables a data set holds, where nobody said it: found from the names of its files and sheets."""

from __future__ import annotations

from collections.abc import Mapping, Set

from qa_lib.errors import IntakeError
from qa_lib.scheme import Scheme, scheme_names


def scheme_of(tables: Set[str], among: Mapping[str, Scheme]) -> Scheme:
    """Return the one scheme that has all tables of these names.

    Raises
    ------
    IntakeError
        If none or several have: then it has to be said.
    """
    fitting = [scheme for scheme in among.values() if tables <= set(scheme.tables)]
    if len(fitting) == 1:
        return fitting[0]
    raise IntakeError(f"the tables {', '.join(sorted(tables))} fit more than one scheme; {ask_for_scheme()}")


def ask_for_scheme() -> str:
    """Return what to do where nobody can tell whose data they are."""
    choice = " or ".join(f"--scheme {name}" for name in scheme_names())
    return f"say whose data they are: {choice} (scheme= in a notebook, scheme: in a run file)"
