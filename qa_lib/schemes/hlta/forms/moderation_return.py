"""The moderation return: a form that goes out with a drawn sample, is filled in by moderators and comes back.

It says on a sheet of its own which draw it belongs to, so that an import can refuse a return of another draw. The
columns to fill in are those of the table ``moderations``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from qa_lib.forms.declaration import EDITION, Days, Field, Form, FormCopy, Sheet
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.population import COLUMNS as POPULATION_COLUMNS
from qa_lib.sampling.population import OUTCOMES

DECISIONS = ("endorsed", "overturned")
JUDGEMENTS = ("met", "insufficient")
_PEOPLE = "moderator_id"
_OVERTURNED = ("decision", "overturned")
_CHOOSE, _WRITE_ID = "choose it from the list", "write the moderator's id"
_SECOND = (
    "a second moderator, as the file is overturned",
    "a second moderator reviews every overturn: write that person's id",
)
_OUTCOME = "the outcome after moderation, as the file is overturned"
_REASON = ("a reason, as the file is overturned", "say why, for the assessor")
_STANDARD = ("a standard from {first} to {last}", "choose it from the list, or clear the row")
_ASSESSORS = "Assessor's judgement"
_A_FILE = "a file of this sample"

FILES = Sheet(
    "Files",
    ("case_id",),
    (
        Field(
            "case_id",
            given=True,
            wanted=(_A_FILE, "only drawn files are moderated here: take this row away, or put the case id back"),
        ),
        Field("stratum", given=True),
        Field("reasons", given=True, wide=True),
        *(Field(name, given=True) for name in ("selected_by", "assessor_id", "pop_id", "outcome")),
        Field("moderated_on", "date", required=True, wanted=("the day of moderation", "write it as year-month-day")),
        Field("moderator_id", "id", source=_PEOPLE, required=True, wanted=("who moderated the file", _WRITE_ID)),
        Field("second_moderator_id", "id", source=_PEOPLE, required_if=_OVERTURNED, wanted=_SECOND),
        Field("decision", "choice", options=DECISIONS, required=True, wanted=(" or ".join(DECISIONS), _CHOOSE)),
        Field("final_outcome", "choice", options=OUTCOMES, required_if=_OVERTURNED, wanted=(_OUTCOME, _CHOOSE)),
        Field("reason", required_if=_OVERTURNED, wanted=_REASON, wide=True),
        *(Field(name, wide=True) for name in ("strengths", "weaknesses", "not_moderatable_reason")),
    ),
    row="file",
    among="the sample",
)
STANDARDS = Sheet(
    "Standards",
    ("case_id", "standard"),
    (
        Field(
            "case_id",
            "choice",
            label="File",
            source="Files",
            given=True,
            wanted=(_A_FILE, "choose the file from the list, or clear the row"),
        ),
        Field("standard", "whole number", source="standard", given=True, wanted=_STANDARD),
        Field("assessor_judgement", "choice", label=_ASSESSORS, options=JUDGEMENTS, given=True, open_if_blank=True),
        Field("moderator_judgement", "choice", label="Your judgement", options=JUDGEMENTS),
        Field("comment", wide=True),
    ),
    row="standard",
    one_row="one row for a file's standard",
    spare=30,
)
MODERATION_RETURN = Form(
    name="moderation return",
    of="draw",
    # In the second edition, cells for the assessor's judgement that the draw does not hold are empty and may be filled
    # in; the first printed *met* there, which says nothing.
    editions=("1", "2"),
    sheets=(FILES, STANDARDS),
    facts="Draw",
    shown=("Population",),
    take_in="qa_lib.schemes.hlta.forms.importing:import_return",
)

# Lines of at most 100 characters: a row does not grow with its text in every spreadsheet program.
_READ_ME = (
    "These files were drawn for moderation. Please fill in the pale yellow cells; all others are locked.",
    "Files: one row for each file. Give the date, who moderated it, and the decision.",
    "An overturned file also needs a second moderator, its final outcome and a reason.",
    "These three cells turn orange until they are filled in.",
    "A file that cannot be moderated keeps its row: say why in not_moderatable_reason, without a decision.",
    "Standards: one row for each standard to look at in a file. Choose met or insufficient, as you judge it.",
    "If you looked at further standards, use the empty rows at the end of that sheet.",
    "Population: all files of the month, so that you can see what the sample was drawn from.",
    "Draw: which draw this is. It is checked when the workbook comes back: one workbook for each draw.",
    "Lists: the words behind the drop-downs.",
    "Write dates as year-month-day, e.g. 2026-11-30. Save as .xlsx and send the whole workbook back.",
)
_NOT_KNOWN = "Standards: an empty assessor_judgement is not known to the draw. Fill it in from the file if you can."


def draw_copy(drawn: Draw, moderators: Sequence[str] = ()) -> FormCopy:
    """Return what the moderation return of a draw gives.

    Parameters
    ----------
    drawn
        A draw for moderation, drawn.
    moderators
        Ids to offer in the drop-downs; others can still be typed.
    """
    freeze, of_draw = drawn.freeze, {name: drawn.content[name] for name in ("sample_digest", "seed")}
    files = given_files(drawn.sample, freeze.population)
    given = given_standards(files)
    unknown = not all(judgement for _, _, judgement in given)
    of_freeze = {"provider": freeze.provider, "month": freeze.month, "freeze_digest": freeze.digest}
    heading = f"Moderation return of {freeze.provider} for {freeze.month}"
    numbers = range(1, freeze.content["standards"] + 1)
    return FormCopy(
        form=MODERATION_RETURN,
        title=f"Moderation return: {freeze.provider}, {freeze.month}",
        lines=[heading, *_READ_ME, *([_NOT_KNOWN] if unknown else [])],
        facts={EDITION: MODERATION_RETURN.editions[unknown], **of_freeze, **of_draw},
        rows={"Files": files[FILES.given].to_numpy().tolist(), "Standards": given},
        lists={"standard": [str(number) for number in numbers], _PEOPLE: sorted(set(moderators))},
        days={"moderated_on": Days(first=dt.date.fromisoformat(f"{freeze.month}-01"))},
        shown={"Population": (POPULATION_COLUMNS, freeze.population[POPULATION_COLUMNS].to_numpy().tolist())},
    )


def given_files(sample: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return the sampled files by case id, with what the sheet Files gives of each and the sheet Standards needs.

    Returns
    -------
    DataFrame
        The sample's columns and the population's, and ``judged``: whether the frozen population tells the assessor's
        judgement of every standard of the file. It does where it names standards of the file that were judged
        insufficient; the others are met. A plain pass has none: there *met* is known only where the population names
        such standards of any file, for otherwise the data may have held no judgements at all. Of any other file without
        such standards nothing is known.
    """
    named = population["insufficient"] != ""
    passed = (population["outcome"] == "met") & ~population["reasons"].str.contains("insufficient_evidence")
    more = population[["case_id", "assessor_id", "pop_id", "outcome", "insufficient"]].assign(
        judged=named | (passed & bool(named.any()))
    )
    return sample.merge(more, on="case_id", how="left", validate="one_to_one").sort_values("case_id", ignore_index=True)


def given_standards(files: pd.DataFrame) -> list[list[str]]:
    """Return case id, standard and the assessor's judgement of every standard to moderate, of :func:`given_files`.

    A judgement that the frozen population does not tell is empty.
    """
    rows = []
    for row in files[["case_id", "standards_to_moderate", "insufficient", "judged"]].itertuples(index=False):
        insufficient = set(str(row.insufficient).split(";"))
        wanted = [standard for standard in str(row.standards_to_moderate).split(";") if standard]
        other = JUDGEMENTS[0] if row.judged else ""
        rows += [
            [str(row.case_id), standard, JUDGEMENTS[1] if standard in insufficient else other] for standard in wanted
        ]
    return rows
