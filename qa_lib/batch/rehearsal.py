"""A made-up year played through before its reports are made: every month drawn, its forms filled in and taken in."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from qa_lib.batch.run_reports import workers
from qa_lib.files import write_whole
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.prepared import provider_months
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import MadeUp, find_scheme, load

REFUSED = "refused.txt"


def rehearse_year(
    dataset: Dataset, book: RuleBook, made_up: MadeUp, *, register: str, out: Path, jobs: int = 1
) -> list[str]:
    """Draw every month of every provider, and take in what made-up people fill in.

    Parameters
    ----------
    dataset
        What was built, or a part of it.
    made_up
        With the year, and the function that does it for one provider.
    register
        Path of the register in which draws and returns are recorded.
    out
        A folder for the filled forms, and for what was said of those that were refused.
    jobs
        How many providers at once.

    Returns
    -------
    list of str
        What was said of each form that was refused. What was found there stays in the data set's own table.
    """
    providers = sorted(set(provider_months(dataset)[find_scheme(dataset.scheme).provider_column]))
    asked = [(dataset, book, name, made_up.year, register, out) for name in providers]
    with workers(min(jobs, len(asked))) as pool:
        refused = list(chain.from_iterable(pool.map(load(made_up.returns), *zip(*asked, strict=True))))
    write_whole(out / REFUSED, "\n\n".join([*refused, ""]).encode())
    return refused
