"""The moderation return: a workbook that goes out with a drawn sample, is filled in by moderators and comes back.

It says on a sheet of its own which draw it belongs to, so that an import can refuse a return of another draw. The
columns to fill in are those of the table ``moderations``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from qa_lib.errors import RunError
from qa_lib.reports.workbook import MOST_ROWS, Workbook, blank, choice, date_from
from qa_lib.sampling.population import COLUMNS as POPULATION_COLUMNS
from qa_lib.sampling.population import OUTCOMES
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.sampling.selection import sample_csv
from qa_lib.schemes.hlta.results.moderated_files import RETURNED

#: Versions of the form; an import refuses one that it does not know. In the second, cells for the assessor's judgement
#: that the draw does not hold are empty and may be filled in; the first printed *met* there, which says nothing.
FORMS = ("1", "2")
DECISIONS = ("endorsed", "overturned")
JUDGEMENTS = ("met", "insufficient")
#: Sheet Files: what is given, and what the moderator fills in.
FILE_COLUMNS = ["case_id", "stratum", "reasons", "selected_by", "assessor_id", "pop_id", "outcome"]
RETURN_COLUMNS = RETURNED
#: Sheet Standards: what is given, and what the moderator fills in.
STANDARD_COLUMNS = ["case_id", "standard", "assessor_judgement"]
JUDGEMENT_COLUMNS = ["moderator_judgement", "comment"]

_SPARE_ROWS = 30
_WIDE = ["reasons", "reason", "strengths", "weaknesses", "not_moderatable_reason", "comment", "value"]
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


def return_workbook(
    sample: pd.DataFrame,
    population: pd.DataFrame,
    *,
    provider: str,
    month: str,
    freeze_digest: str,
    standards: int,
    moderators: Sequence[str] = (),
    seed: str = "",
) -> bytes:
    """Return the moderation return of one draw as the bytes of an ``.xlsx`` file; the same draw gives the same bytes.

    Parameters
    ----------
    sample, population
        The draw's sample and the frozen population, with the columns of the protocol.
    provider, month, freeze_digest, seed
        Which draw it is; the seed is shown where it is given.
    standards
        How many standards the scheme has, numbered from 1.
    moderators
        Ids to offer in the drop-downs; others can still be typed.

    Raises
    ------
    RunError
        If the month is not ``YYYY-MM``, the sample names files that the population lacks, or a sheet cannot hold it.
    """
    first_day = _first_day(month)
    files = given_files(sample, population)
    given = given_standards(files)
    unknown = not all(judgement for _, _, judgement in given)
    book = Workbook(title=f"Moderation return: {provider}, {month}")
    more = [_NOT_KNOWN] if unknown else []
    book.text("Read me", [f"Moderation return of {provider} for {month}", *_READ_ME, *more])
    people = sorted(set(moderators))
    _write_files(
        book, files, first_day, f"=Lists!$B${standards + 2}:$B${standards + 1 + len(people)}" if people else ""
    )
    _write_standards(book, given, files=len(files), standards=standards)
    book.sheet("Population", POPULATION_COLUMNS, population[POPULATION_COLUMNS].to_numpy().tolist())
    facts = {"form": FORMS[unknown], "provider": provider, "month": month, "freeze_digest": freeze_digest}
    facts |= {"sample_digest": sha256_hex(sample_csv(sample))} | ({"seed": seed} if seed else {})
    book.sheet("Draw", ["item", "value"], list(facts.items()), wide=_WIDE)
    numbered = [("standard", str(number)) for number in range(1, standards + 1)]
    book.sheet("Lists", ["list", "value"], [*numbered, *(("moderator_id", person) for person in people)], wide=_WIDE)
    return book.content()


def _first_day(month: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise RunError(f"the month is {month!r}; expected YYYY-MM, e.g. '2026-11'") from None


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

    Raises
    ------
    RunError
        If the sample names files that the population lacks, or the population does not fit a sheet.
    """
    unknown = sorted(set(sample["case_id"]) - set(population["case_id"]))
    if unknown:
        raise RunError(
            f"the sample names {len(unknown)} files that the population lacks; give the population it was drawn from"
        )
    if len(population) > MOST_ROWS:
        raise RunError(f"the population has {len(population):,} files; a sheet holds {MOST_ROWS:,}: use population.csv")
    named = population["insufficient"] != ""
    passed = (population["outcome"] == "met") & ~population["reasons"].str.contains("insufficient_evidence")
    more = population[["case_id", "assessor_id", "pop_id", "outcome", "insufficient"]].assign(
        judged=named | (passed & bool(named.any()))
    )
    return sample.merge(more, on="case_id", how="left", validate="one_to_one").sort_values("case_id", ignore_index=True)


def _write_files(book: Workbook, files: pd.DataFrame, first_day: dt.date, people: str) -> None:
    columns = [*FILE_COLUMNS, *RETURN_COLUMNS]
    sheet = book.sheet("Files", columns, files[FILE_COLUMNS].to_numpy().tolist(), wide=_WIDE)
    last = len(files)
    if not last:
        return
    place = {name: (1, columns.index(name), last, columns.index(name)) for name in RETURN_COLUMNS}
    for name, (_, column, _, _) in place.items():
        blank(sheet, column, (1, last), book.date_entry if name == "moderated_on" else book.entry)
    sheet.data_validation(*place["moderated_on"], date_from("Moderated on", first_day))
    sheet.data_validation(*place["decision"], choice("Decision", DECISIONS))
    sheet.data_validation(*place["final_outcome"], choice("Final outcome", OUTCOMES))
    for name in ("moderator_id", "second_moderator_id") if people else ():
        sheet.data_validation(*place[name], choice("Moderator", people, strict=False))
    decision = _cell(columns.index("decision"))
    for name in ("second_moderator_id", "final_outcome", "reason"):
        lacking = f'=AND({decision}="overturned",LEN({_cell(columns.index(name))})=0)'
        sheet.conditional_format(*place[name], {"type": "formula", "criteria": lacking, "format": book.missing})


def _write_standards(book: Workbook, given: Sequence[Sequence[str]], *, files: int, standards: int) -> None:
    spare = _SPARE_ROWS if standards and files else 0
    columns = [*STANDARD_COLUMNS, *JUDGEMENT_COLUMNS]
    sheet = book.sheet("Standards", columns, given, spare=spare, wide=_WIDE)
    first, last = len(given) + 1, len(given) + spare
    if not last:
        return
    for column, name in enumerate(columns):
        blank(sheet, column, (1 if name in JUDGEMENT_COLUMNS else first, last), book.entry)
    assessors, own = columns.index("assessor_judgement"), columns.index("moderator_judgement")
    unknown = [number for number, (_, _, judgement) in enumerate(given, start=1) if not judgement]
    for number in unknown:
        blank(sheet, assessors, (number, number), book.entry)
    sheet.data_validation(1, own, last, own, choice("Your judgement", JUDGEMENTS))
    if spare:
        further = {
            "case_id": (first, choice("File", f"=Files!$A$2:$A${files + 1}")),
            "standard": (first, choice("Standard", f"=Lists!$B$2:$B${standards + 1}")),
            "assessor_judgement": (min([first, *unknown]), choice("Assessor's judgement", JUDGEMENTS)),
        }
        for name, (start, rule) in further.items():
            sheet.data_validation(start, columns.index(name), last, columns.index(name), rule)


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


def _cell(column: int) -> str:
    return f"${chr(ord('A') + column)}2"
