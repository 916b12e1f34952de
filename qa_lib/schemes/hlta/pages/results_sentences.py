"""What the moderation of an RPA says, and what it cannot say, in plain sentences.

A comparison that finds nothing is never called no difference, and what is shown is shown at its confidence only.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import get_args

import pandas as pd

from qa_lib.audit.words import count_with_noun, out_of, percent
from qa_lib.calendar.months import listed_months, month_after
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.results.compared_with_rest import ABOVE, BELOW, TOO_FEW
from qa_lib.schemes.hlta.results.moderator_agreement import agreement_by_standard, agreement_of_outcomes, judged_by_one
from qa_lib.schemes.hlta.results.overturns import TOP_UPS, judged_files, overturns_by_draw, overturns_of_year
from qa_lib.schemes.hlta.results.overturns_by_moderator import overturns_by_moderator, without_moderator
from qa_lib.schemes.hlta.results.side_by_side import (
    harsh_by_assessor,
    harsh_by_pop,
    met_by_month,
    overturns_by_assessor,
    overturns_by_pop,
)
from qa_lib.schemes.hlta.rules.trends import standards_by_pop
from qa_lib.schemes.hlta.rules.year_coverage import unseen_months
from qa_lib.statistics.control import FEWEST, RUN
from qa_lib.statistics.finite import ClaimKind, sample_size

_MOST_NAMED = 20


def results_sentences(audit: Audit) -> list[str]:
    """Return what moderation says of the year so far, one sentence or two on each question.

    What was returned; how many passes are overturned, and whether that is shown to be tolerable; harsh and lenient;
    agreement; assessors and PoPs; standards by PoP; the months.
    """
    files = judged_files(audit)
    parts = [_returned(audit, files)]
    if files["returned"].any():
        parts += [_passes(audit), _claim(audit), _directions(files), _agreement(audit), _people(audit)]
    return [sentence for part in (*parts, _standards(audit), _months(audit)) for sentence in part]


def _returned(audit: Audit, files: pd.DataFrame) -> Iterator[str]:
    waiting = sum(draw.status != "drawn" for draw in audit.draws)
    unseen = unseen_months(audit)
    lacking = f" Nothing is drawn of {listed_months(unseen)}, so no figure of moderation holds them." if unseen else ""
    if files.empty:
        yield "No file was sampled, so moderation says nothing yet." + (" A freeze waits for its seed." * bool(waiting))
        return
    back = int(files["returned"].sum())
    yield f"{out_of(back, len(files))} sampled files of the year so far came back from moderation.{lacking}"
    if back < len(files):
        yield (
            f"{count_with_noun(len(files) - back, 'file')} did not: in the bounds they count as overturned at the "
            "upper end and as endorsed at the lower."
        )
    if back and (silent := sorted(set(files["month"]) - set(files.loc[files["returned"], "month"]))):
        yield f"Nothing came back of {listed_months(silent)}."


def _passes(audit: Audit) -> Iterator[str]:
    year = overturns_of_year(audit).iloc[0]
    if not year["returned"]:
        yield "None of the files drawn at random came back, so nothing can be said of passes that nobody looked at."
        return
    interval = f"{_percent(year['low'])} to {_percent(year['high'])}"
    yield (
        f"Of the files drawn at random among passes, {out_of(int(year['overturned']), int(year['returned']))} were "
        f"overturned. For all {year['population']:,} files that they were drawn from the estimate is "
        f"{_percent(year['estimate'])}, {_confidence(audit)} interval {interval}, however they lie among the months."
    )


def _claim(audit: Audit) -> Iterator[str]:
    draws = overturns_by_draw(audit)
    judged = draws[draws["returned"] > 0]
    if judged.empty:
        return
    tolerable, confidence = audit.value("X.INFER")["tolerable"], float(audit.value("X.INFER")["confidence"])
    number = judged["verdict"].value_counts()
    shown, open_, failed = (int(number.get(word, 0)) for word in ("shown", "not shown", "shown to fail"))
    claim = percent(tolerable)
    year = overturns_of_year(audit).iloc[0]
    yield (
        f"Over all freezes of the year so far together, that no more than {claim} of the passes are overturned is "
        f"{year['verdict']}: at {_confidence(audit)} they are no more than {_percent(year['upper'])} of "
        f"{count_with_noun(int(year['population']), 'file')}."
    )
    yield (
        f"That no more than {claim} of the passes are overturned is shown in {shown}, not shown in {open_} and shown "
        f"to fail in {failed} of {count_with_noun(len(judged), 'freeze')}, each by itself at {_confidence(audit)}."
    )
    if open_:
        best = judged[judged["verdict"] == "not shown"].sort_values("upper_rate", kind="stable").iloc[0]
        population = int(best["population"])
        needed, below = (
            sample_size(population, tolerable=tolerable, claim=kind, confidence=confidence).n
            for kind in get_args(ClaimKind)
        )
        yield (
            "Not shown does not mean failed. The best of these freezes shows no more than "
            f"{_percent(best['upper_rate'])} from {count_with_noun(int(best['drawn']), 'file')}; to show {claim} takes "
            f"{needed} of its {population:,}, none of them overturned; to show less than {claim}, as some tables of "
            f"sample sizes do, {below}."
        )


def _directions(files: pd.DataFrame) -> Iterator[str]:
    back = files[files["returned"]]
    certain, topped = back[back["selected_by"] == "certainty"], back[back["selected_by"].isin(TOP_UPS)]
    below = certain[certain["outcome"] != "met"]
    yield (
        "Nothing is better than met, so an overturned pass is always lenient; harsh recommendations show among the "
        f"files recommended below met, which are all moderated: {out_of(int(below['harsh'].sum()), len(below))} were "
        "given a better outcome, or had a standard judged better."
    )
    harsh, lenient = int(certain["harsh"].sum()), int(certain["lenient"].sum())
    yield (
        f"Certain files: {out_of(int(certain['overturned'].sum()), len(certain))} overturned, {harsh} harsh and "
        f"{lenient} lenient. Files chosen for risk or coverage: "
        f"{out_of(int(topped['overturned'].sum()), len(topped))} overturned. "
        "They speak for themselves and are in no estimate of all passes."
    )
    turned = topped.groupby("assessor_id")["overturned"].agg(found="sum", files="size")
    named = [f"{name} {row['found']} of {row['files']}" for name, row in turned[turned["found"] > 0].iterrows()]
    if named:
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        listed = ", ".join(named[:_MOST_NAMED]) + more
        yield f"Overturned among the files chosen for risk or coverage, by assessor: {listed}."


def _agreement(audit: Audit) -> Iterator[str]:
    for row in agreement_of_outcomes(audit).head(2).to_dict("records"):
        if row["judged"]:
            yield (
                f"Assessor and moderator agree, {row['which']}: {out_of(row['agreed'], row['judged'])}, "
                f"{_confidence(audit)} interval {_percent(row['low'])} to {_percent(row['high'])}; AC1 {row['ac1']:.2f}"
                + ("" if pd.isna(row["kappa"]) else f", kappa {row['kappa']:.2f}")
                + f". {row['note']}".rstrip()
            )
    standards = agreement_by_standard(audit)
    if len(standards):
        agreed, judged = int(standards["agreed"].sum()), int(standards["judged"].sum())
        over = count_with_noun(len(standards), "standard")
        yield f"Judgement by judgement: {out_of(agreed, judged)} the same, over {over}."
    yield from _moderators(audit)
    if alone := judged_by_one(audit):
        yield (
            f"Of {count_with_noun(alone, 'judgement')} by moderators the assessor's is not known, as neither the data "
            "nor the return hold it: they are in no figure of agreement."
        )


def _moderators(audit: Audit) -> Iterator[str]:
    rows, unnamed = overturns_by_moderator(audit), without_moderator(audit)
    if len(rows):
        found = _stand_out(audit, rows, "moderators", list(rows["moderator_id"]))
        files = "Who moderates which file is not drawn, so a difference may lie in the files."
        yield f"Overturned files by moderator: {found} {files}"
    if unnamed:
        yield f"{count_with_noun(unnamed, 'file')} came back without the name of a moderator, and count for none."


def _people(audit: Audit) -> Iterator[str]:
    by_assessor, by_pop = overturns_by_assessor(audit), overturns_by_pop(audit)
    if topped := int(judged_files(audit)["selected_by"].isin(TOP_UPS).sum()):
        of_assessor, of_pop = (int(rows["drawn_as_top_up"].sum()) for rows in (by_assessor, by_pop))
        yield (
            f"Drawn for risk or coverage: {count_with_noun(topped, 'file')}. A random sample of their assessor's "
            f"passes all the same, so that they count in the shares of assessors: {of_assessor}; of their PoP's "
            f"passes, in the shares of PoPs: {of_pop}. The others were drawn by tier or for somebody else's cover."
        )
    for who, what, rows in (
        ("assessors", "overturned passes, of those drawn at random among their own", by_assessor),
        ("PoPs", "overturned passes, of those drawn at random among their own", by_pop),
        ("assessors", "better outcomes or judgements than the assessor's", harsh_by_assessor(audit)),
        ("PoPs", "better outcomes or judgements than the assessor's", harsh_by_pop(audit)),
    ):
        yield f"{what.capitalize()}: {_stand_out(audit, rows, who, list(rows['id']))}"


def _standards(audit: Audit) -> Iterator[str]:
    rows = standards_by_pop(audit)
    if rows.empty:
        yield "Standards by PoP: the data hold no judgements to compare."
        return
    names = [f"{row['pop_id']} standard {row['standard']}" for row in rows.to_dict("records")]
    yield f"Insufficient judgements: {_stand_out(audit, rows, 'pairs of PoP and standard', names)}"


def _stand_out(audit: Audit, rows: pd.DataFrame, who: str, names: list[str]) -> str:
    """Say who stands out, how many were compared, and what the silence of a comparison means."""
    few = int((rows["verdict"] == TOO_FEW).sum())
    fewest = audit.value("X.INFER")["fewest"]
    compared = f"{len(rows) - few} of {len(rows)} {who} are compared with the rest"
    rest = f"; {few} have fewer than the {fewest} files that it takes on either side: too few to tell" if few else ""
    found = []
    for verdict in (ABOVE, BELOW):
        named = [name for name, word in zip(names, rows["verdict"], strict=True) if word == verdict]
        found += [f"{verdict.capitalize()}: {', '.join(named)} (after Holm, {_confidence(audit)})"] if named else []
    if found:
        return f"{compared}{rest}. {'. '.join(found)}."
    silent = " None of these stands out, which does not say that they are alike." if few < len(rows) else ""
    return f"{compared}{rest}.{silent}"


def _months(audit: Audit) -> Iterator[str]:
    months = met_by_month(audit)
    known = months.dropna(subset=["share"])
    if months["low"].isna().all():
        eighth = month_after(audit.months[-1], FEWEST - len(known))
        yield (
            f"Files recommended as met by month: {count_with_noun(len(known), 'month')} with files, too few for "
            f"limits; these come with the {FEWEST}th, {eighth} at the earliest."
        )
        return
    first = months.iloc[0]
    yield (
        f"Files recommended as met by month: mean {_percent(first['mean'])}, limits {_percent(first['low'])} to "
        f"{_percent(first['high'])}, from {count_with_noun(len(known), 'month')}, {first['month']} the first. "
        + _signals(months)
    )


def _signals(months: pd.DataFrame) -> str:
    """Say which months ask for a reason, by either rule of the chart."""
    outside, run = (list(months.loc[months[signal], "month"]) for signal in ("outside", "in_run"))
    if not outside and not run:
        return (
            f"No month is outside, and no {RUN} in a row lie on one side of the mean; ups and downs like these are "
            "ordinary."
        )
    said = [f"Outside: {', '.join(outside)}."] if outside else []
    if run:
        said.append(
            f"{RUN} or more in a row on one side of the mean, which asks for a reason as well: {', '.join(run)}."
        )
    return " ".join(said)


def _percent(share: float) -> str:
    return f"{100 * float(share):.1f} %"


def _confidence(audit: Audit) -> str:
    return percent(Fraction(audit.value("X.INFER")["confidence"]))
