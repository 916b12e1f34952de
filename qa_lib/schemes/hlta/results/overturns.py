"""What moderators overturned: in the random part, which speaks for all passes, and among the files chosen for a reason.

The random part is drawn from files that are recommended as met and not certain to be sampled. Nothing is better than
met, so an overturn there is always lenient; a harsh assessor shows only among the certain files, of which all are
moderated. That part is a count of what was found, not an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qa_lib.audit.answering import once
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.population import REASONS
from qa_lib.sampling.random_within import RANDOM_STEPS, Key, steps_at_random
from qa_lib.schemes.hlta.audit import Audit
from qa_lib.schemes.hlta.changed_results import is_changed
from qa_lib.schemes.hlta.results.moderated_files import moderated, overturned_judgements
from qa_lib.statistics.finite import judge_claim
from qa_lib.statistics.proportions import share
from qa_lib.statistics.year_estimate import stratified_rate

#: Outcome -> its grade, the best the highest. Insufficient evidence leads to a full reassessment by another assessor
#: (HLTA.SCR.3), so it stands level with it: a change between the two is neither harsh nor lenient.
GRADES = {"insufficient_evidence": 0, "full_reassessment": 0, "partial_reassessment": 1, "met": 2}
TOP_UPS = ("risk", "coverage")
#: Column of :func:`judged_files` -> of whose passes the file is part of a random sample.
RANDOM_OF: dict[str, Key] = {"random_of_assessor": "assessor_id", "random_of_pop": "pop_id"}
DRAW_COLUMNS = [
    *("month", "part", "state", "population", "drawn", "returned", "not_returned"),
    *("overturned", "lenient", "harsh", "rate", "low", "high", "upper", "low_rate", "high_rate", "upper_rate"),
    *("tolerable", "point_rule", "verdict", "certain", "certain_overturned", "topped_up", "topped_up_overturned"),
]
SELECTION_COLUMNS = [
    *("selected_by", "reason", "files", "returned", "not_returned"),
    *("overturned", "harsh", "lenient", "same_grade"),
]
YEAR_COLUMNS = [
    *("freezes", "left_out", "population", "drawn", "returned", "not_returned", "overturned"),
    *("estimate", "low", "high", "upper", "tolerable", "verdict", "method"),
]


@once
def _judged(audit: Audit) -> pd.DataFrame:
    files = moderated(audit)
    steps = files["selected_by"].map({step: number for number, step in enumerate(RANDOM_STEPS, 1)})
    final = files["final_outcome"].where(files["final_outcome"] != "", files["outcome"])
    judgements = overturned_judgements(audit).reindex(files["case_id"], fill_value=0).set_axis(files.index)
    milder, stricter = judgements["harsh"] > 0, judgements["lenient"] > 0
    overturned = is_changed(files) | milder | stricter
    known = (files["decision"] != "overturned") | (files["final_outcome"] != "")
    returned = (files["decision"] != "") | (files["final_outcome"] != "")
    change = files["outcome"].map(GRADES) - final.map(GRADES)
    lenient = (change > 0) | ((change == 0) & stricter & ~milder)
    harsh = (change < 0) | ((change == 0) & milder & ~stricter)
    return files.assign(
        final_outcome=final.where(returned & known, ""),
        returned=returned,
        overturned=overturned,
        lenient=overturned & lenient,
        harsh=overturned & harsh,
        same_grade=overturned & ~lenient & ~harsh,
        **{name: steps <= _steps_at_random(audit, files, key) for name, key in RANDOM_OF.items()},
    )


def _steps_at_random(audit: Audit, files: pd.DataFrame, key: Key) -> pd.Series:
    """Return for each file how many steps of its draw take a random sample of the passes of this person."""
    drawn = [draw.freeze for draw in audit.draws if len(draw.sample)]
    known = pd.concat(
        {freeze.digest: steps_at_random(freeze, key) for freeze in drawn} or {"": pd.Series(dtype="int64")}
    )
    keys = pd.MultiIndex.from_frame(files[["freeze_digest", key]])
    return pd.Series(known.reindex(keys).to_numpy(), index=files.index)


def judged_files(audit: Audit, *, months: Sequence[str] = ()) -> pd.DataFrame:
    """Return the sampled files with what became of each, one row per file.

    A file is overturned where its decision says so, where its result was changed, or where the judgement of a standard
    was changed in either direction, though the result stood (HLTA.MOD.7). A file that could not be moderated, or that
    nobody moderated, is not returned.

    Parameters
    ----------
    months
        Only these; all months of the year so far where none are named.

    Returns
    -------
    DataFrame
        The columns of :func:`qa_lib.schemes.hlta.results.moderated_files.moderated`; ``final_outcome`` filled in where
        a file was endorsed; and the booleans ``returned, overturned, lenient, harsh, same_grade``. *Lenient*: the
        moderators gave a worse outcome, or the same one and judged a standard insufficient that the assessor had judged
        met; *harsh*: the reverse; *same grade*: neither, as between insufficient evidence and full reassessment, where
        standards were changed in both directions, or where no final outcome was given.

        ``random_of_assessor``: the file belongs to what is a simple random sample of its assessor's passes
        (:mod:`qa_lib.sampling.random_within`), also where it was drawn for risk or coverage; ``random_of_pop`` the same
        of its PoP's.
    """
    files = _judged(audit)
    return files[files["month"].isin(months)].reset_index(drop=True) if months else files


def overturns_by_draw(audit: Audit) -> pd.DataFrame:
    """Return what the random part of each freeze shows of its population, one row per freeze of the year so far.

    Returns
    -------
    DataFrame
        Columns :data:`DRAW_COLUMNS`, in the order of draws. ``population`` are the files that the random part was drawn
        from: met and not certain. ``low, high`` are the two-sided bounds of the number overturned among them, ``upper``
        the one-sided one, in files; the same as shares of it follow (NaN where there are none). A file that did not
        come back counts as overturned for the upper bounds and as endorsed for the lower. ``rate`` is the share of
        those that came back. ``verdict`` on the tolerable rate (X.INFER): *shown*, *not shown*, *shown to fail*;
        *waiting for seed*, *nothing to draw from*, *nothing returned* where there is nothing to judge.
        ``certain`` and ``topped_up`` files stand beside and are in no bound.
    """
    infer = audit.value("X.INFER")
    counts = pd.DataFrame([_of_draw(draw, judged_files(audit)) for draw in audit.draws], columns=_COUNTED)
    counts = counts.astype(dict.fromkeys(_COUNTED[3:], "int64"))
    population, drawn, lost = (counts[name].to_numpy() for name in ("population", "drawn", "not_returned"))
    overturned = counts["overturned"].to_numpy()
    claim = judge_claim(
        population,
        drawn,
        overturned,
        tolerable=infer["tolerable"],
        confidence=float(infer["confidence"]),
        missing=lost,
    )
    bounds = {name: np.asarray(getattr(claim.bounds, name)) for name in ("low", "high", "upper")}
    frame = counts.assign(
        **bounds,
        **{f"{name}_rate": share(bound, population) for name, bound in bounds.items()},
        rate=share(overturned, drawn - lost),
        tolerable=float(infer["tolerable"]),
        point_rule=np.asarray(claim.point_rule, dtype=object),
        verdict=np.asarray(claim.verdict, dtype=object),
    )
    frame.loc[frame["returned"] == 0, "verdict"] = "nothing returned"
    frame.loc[frame["drawn"] == 0, "verdict"] = "nothing to draw from"
    frame["verdict"] = frame["verdict"].where(frame["state"] == "drawn", frame["state"])
    return frame[DRAW_COLUMNS]


_COUNTED = [
    *("month", "part", "state", "population", "drawn", "returned", "not_returned", "overturned", "lenient", "harsh"),
    *("certain", "certain_overturned", "topped_up", "topped_up_overturned"),
]


def _of_draw(draw: Draw, files: pd.DataFrame) -> list[str | int]:
    own = files[files["freeze_digest"] == draw.freeze.digest]
    random, certain = (own[own["selected_by"] == step] for step in ("random", "certainty"))
    topped = own[own["selected_by"].isin(TOP_UPS)]
    population = int((draw.freeze.population["stratum"] == "met").sum())
    states = ("returned", "overturned", "lenient", "harsh")
    returned, overturned, lenient, harsh = (int(random[name].sum()) for name in states)
    return [
        *(draw.freeze.month, draw.freeze.part, draw.status, population, len(random)),
        *(returned, len(random) - returned, overturned, lenient, harsh),
        *(len(certain), int(certain["overturned"].sum()), len(topped), int(topped["overturned"].sum())),
    ]


def overturns_of_year(audit: Audit) -> pd.DataFrame:
    """Return the year so far as one stratified estimate from the random parts alone, in one row.

    Returns
    -------
    DataFrame
        Columns :data:`YEAR_COLUMNS`. ``estimate`` is the share overturned of all files that random parts were drawn
        from, each freeze weighted by its population; ``low, high`` its two-sided bounds and ``upper`` the one-sided
        one, which hold however the overturned files lie among the months; NaN and 0 to 1 where nothing was drawn.
        ``verdict`` on the tolerable rate over all freezes together: *shown*, *not shown*, *shown to fail*, or *nothing
        returned*. ``left_out`` are freezes with files of which none were drawn.
    """
    infer = audit.value("X.INFER")
    draws = overturns_by_draw(audit)
    year = stratified_rate(
        draws["population"],
        draws["drawn"],
        draws["overturned"],
        tolerable=infer["tolerable"],
        confidence=float(infer["confidence"]),
        missing=draws["not_returned"],
    )
    returned, lost = int(draws["returned"].sum()), int(draws["not_returned"].sum())
    # Where nothing came back, an estimate that takes all of it for endorsed would be an invention.
    estimate = year.estimate if returned else float("nan")
    row = [year.freezes, year.left_out, year.population, year.sampled, returned, lost, year.found]
    bounds = [year.low, year.high, year.upper] if year.population else [0, 1, 1]
    rates = [bound / (year.population or 1) for bound in bounds]
    verdict = year.verdict if returned else "nothing returned"
    said = [estimate, *rates, float(infer["tolerable"]), verdict, year.method]
    return pd.DataFrame([[*row, *said]], columns=YEAR_COLUMNS)


def overturns_by_selection(audit: Audit, *, months: Sequence[str] = ()) -> pd.DataFrame:
    """Return what became of the sampled files by what selected them.

    Parameters
    ----------
    months
        Only these; all months of the year so far where none are named.

    Returns
    -------
    DataFrame
        Columns :data:`SELECTION_COLUMNS`, counts of files: all certain ones (``reason`` empty), those of each reason,
        then random, risk and coverage, also where there are none. A file counts under every reason that it carries.
    """
    files = judged_files(audit, months=months)
    reasons = pd.concat(
        [pd.Series(dtype="object"), *(draw.sample.set_index("case_id")["reasons"] for draw in audit.draws)]
    )
    held = ";" + files["case_id"].map(reasons).fillna("").astype("object") + ";"
    ways = [("certainty", reason) for reason in ("", *REASONS)] + [(step, "") for step in ("random", *TOP_UPS)]
    rows = []
    for selected_by, reason in ways:
        carried = held.str.contains(f";{reason};", regex=False) if reason else True
        own = files[(files["selected_by"] == selected_by) & carried]
        returned = int(own["returned"].sum())
        changes = (int(own[name].sum()) for name in ("overturned", "harsh", "lenient", "same_grade"))
        rows.append([selected_by, reason, len(own), returned, len(own) - returned, *changes])
    return pd.DataFrame(rows, columns=SELECTION_COLUMNS)
