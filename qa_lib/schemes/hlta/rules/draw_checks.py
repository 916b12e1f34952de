"""What one draw itself shows of the rules: for the page of a month's sample and for the audit alike."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from qa_lib.audit.answering import Statement, not_assessable
from qa_lib.audit.words import met
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.protocol import ceil_share, parse_rate


def certain_files(draw: Draw) -> pd.DataFrame:
    """Return the files that carry a reason to be in every sample: ``case_id, reasons`` and whether they are in it."""
    population = draw.freeze.population
    certain = population.loc[population["stratum"] != "met", ["case_id", "reasons"]]
    return certain.assign(sampled=certain["case_id"].isin(draw.sample["case_id"])).reset_index(drop=True)


def certain_missing(files: pd.DataFrame, shares: Mapping[str, Fraction]) -> tuple[list[tuple[str, str]], int]:
    """Return which files that must be in a sample are not, with the reason in words, and how many must be (HLTA.MOD.2).

    Parameters
    ----------
    files
        ``case_id, reasons`` joined by ``;``, and whether each is ``sampled``.
    shares
        Reason -> the share of its files that enters the sample for certain.
    """
    missing, certain = [], set[str]()
    for reason, share in shares.items():
        held = files["reasons"].str.split(";").map(lambda reasons, reason=reason: reason in reasons).astype(bool)
        group = files[held]
        certain.update(group["case_id"] if share else ())
        if group["sampled"].sum() < ceil_share(share, len(group)):
            words = reason.replace("_", " ")
            missing += [(str(case_id), words) for case_id in group.loc[~group["sampled"], "case_id"]]
    return missing, len(certain)


def certain_part(draw: Draw) -> Statement:
    """Say whether every certain file is in the sample (HLTA.MOD.2)."""
    files = certain_files(draw)
    taken, certain = int(files["sampled"].sum()), len(files)
    message = f"in the sample: {taken} of {certain} certain files"
    return Statement(status=met(taken == certain), message=message, value=str(taken), threshold=str(certain))


def random_part(draw: Draw, *, least: Fraction = Fraction(0)) -> Statement:
    """Say whether the random part is as large as it must be (HLTA.MOD.3).

    Parameters
    ----------
    least
        The lowest rate that the rule allows. A draw is held against its own rate where that is higher.
    """
    population = draw.freeze.population
    passes, drawable = int((population["outcome"] == "met").sum()), int((population["stratum"] == "met").sum())
    needed = ceil_share(max(least, parse_rate(draw.freeze.content["rate"])), passes)
    taken = int((draw.sample["selected_by"] == "random").sum())
    short = f"; only {drawable} were not certain already" if taken < needed else ""
    message = f"drawn at random: {taken} of {passes} files that met the standards{short}"
    return Statement(
        status=met(taken == min(needed, drawable)), message=message, value=str(taken), threshold=str(needed)
    )


def withdrawn_before(draw: Draw) -> Statement | None:
    """Warn of every freeze of the month that was withdrawn, so that none is thrown away unseen (X.DRAW)."""
    withdrawn = draw.freeze.withdrawn
    if not withdrawn:
        return None
    times = "1 time" if len(withdrawn) == 1 else f"{len(withdrawn)} times"
    each = "; ".join(
        f"{one.recorded_at} by {one.recorded_by or 'a person who is not recorded'}: {one.reason}"
        + ("" if one.part == "month" else f" ({one.part})")
        for one in withdrawn
    )
    message = f"a freeze of the month was withdrawn before its draw, {times}: {each}"
    return Statement(status="warning", message=message, value=str(len(withdrawn)), threshold="0")


def national_part(draw: Draw) -> Statement:
    """Say whether the nationally agreed standards of the month are to be moderated in every file (HLTA.MOD.6)."""
    if draw.freeze.content["standards"] == 0:
        return not_assessable("files are not judged by standard")
    listed = ", ".join(map(str, draw.freeze.content["national_standards"]))
    if not listed:
        return not_assessable("there is no list of nationally agreed standards for the month")
    message = f"the month's national standards are in every file: {listed}"
    return Statement(status="met", message=message, value=listed)
