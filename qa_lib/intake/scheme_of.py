"""Whose tables a data set holds, where nobody said it: found from the names of its files and sheets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

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
    if fitting:
        what = f"fit more than one scheme; {ask_for_scheme([scheme.name for scheme in fitting])}"
    else:
        owners = {name: [one.name for one in among.values() if name in one.tables] for name in sorted(tables)}
        whose = "; ".join(f"{name}: {' or '.join(names)}" for name, names in owners.items())
        what = f"are of no one scheme ({whose}); keep the data of each apart, or {ask_for_scheme()}"
    raise IntakeError(f"the tables {', '.join(sorted(tables))} {what}")


def ask_for_scheme(names: Collection[str] = ()) -> str:
    """Return what to do where nobody can tell whose data they are; it may be any scheme where none is named."""
    choice = " or ".join(f"--scheme {name}" for name in names or scheme_names())
    return f"say whose data they are: {choice} (scheme= in a notebook, scheme: in a run file)"
