"""Frames that say what a sample can and cannot show (X.INFER): for notebooks, tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import get_args

import numpy as np
import pandas as pd

from qa_lib.parameter_values import as_wholes
from qa_lib.rates import exact_rate
from qa_lib.sampling.protocol import ceil_share
from qa_lib.statistics.finite import ClaimKind, finite_population_bounds, operating_characteristic, sample_size


def what_a_share_shows(
    populations: Sequence[int], *, rate: str | Fraction, tolerable: str | Fraction, confidence: float = 0.95
) -> pd.DataFrame:
    """Return what a fixed share of populations of different sizes can show when nothing is found overturned.

    Parameters
    ----------
    populations
        Numbers of files that met the standards.
    rate, tolerable
        Share drawn, and share that may be overturned, as text.
    confidence
        Of the one-sided upper bound.

    Returns
    -------
    DataFrame
        ``population, drawn, most_overturned`` (upper bound, files), ``upper_rate``, ``needed`` (files drawn that would
        show that no more than the tolerable rate is overturned), ``needed_below`` (that less is) and ``shown`` (no more
        than tolerable: yes, or no).
    """
    share, limit = exact_rate(rate), exact_rate(tolerable, name="tolerable")
    sizes = np.array(as_wholes(populations, name="populations"), dtype=np.int64)
    drawn = np.array([ceil_share(share, int(size)) for size in sizes], dtype=np.int64)
    bounds = finite_population_bounds(sizes, drawn, np.zeros_like(sizes), confidence=confidence)
    worst = np.asarray(bounds.upper)
    needed, below = (
        [sample_size(int(size), tolerable=limit, claim=claim, confidence=confidence).n for size in sizes]
        for claim in get_args(ClaimKind)
    )
    return pd.DataFrame(
        {
            "population": sizes,
            "drawn": drawn,
            "most_overturned": worst,
            "upper_rate": worst / sizes,
            "needed": needed,
            "needed_below": below,
            "shown": ["yes" if files >= need else "no" for files, need in zip(drawn, needed, strict=True)],
        }
    )


def bounds_frame(shows: pd.DataFrame) -> pd.DataFrame:
    """Return :func:`what_a_share_shows` for a bounds chart: nothing found, and how bad it could still be."""
    labels = [f"{drawn} of {size:,} files" for drawn, size in zip(shows["drawn"], shows["population"], strict=True)]
    return pd.DataFrame({"label": labels, "estimate": 0.0, "low": 0.0, "high": shows["upper_rate"]})


def passing_frame(population: int, sizes: Sequence[int], *, allowed: int = 0, highest: float = 0.25) -> pd.DataFrame:
    """Return the operating characteristic of sample sizes: ``sample_size, true_rate, chance_of_passing``.

    Parameters
    ----------
    population
        Files in the population.
    sizes
        Numbers of files drawn.
    allowed
        Overturned files with which the sample still passes.
    highest
        Greatest true rate to show.
    """
    truths = np.arange(int(population * highest) + 1)
    frames = []
    for size in sizes:
        curve = operating_characteristic(population, size, allowed, overturned=truths)
        columns = {"sample_size": size, "true_rate": curve.rate, "chance_of_passing": curve.probability}
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)
