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
from qa_lib.sampling.draw import sample_csv
from qa_lib.sampling.population import COLUMNS as POPULATION_COLUMNS
from qa_lib.sampling.population import OUTCOMES
from qa_lib.sampling.protocol import sha256_hex
from qa_lib.schemes.hlta.moderated import RETURNED

#: Version of the form; an import refuses one that it does not know.
FORM = "1"
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
    book = Workbook(title=f"Moderation return: {provider}, {month}")
    book.text("Read me", [f"Moderation return of {provider} for {month}", *_READ_ME])
    people = sorted(set(moderators))
    _write_files(
        book, files, first_day, f"=Lists!$B${standards + 2}:$B${standards + 1 + len(people)}" if people else ""
    )
    _write_standards(book, files, standards)
    book.sheet("Population", POPULATION_COLUMNS, population[POPULATION_COLUMNS].to_numpy().tolist())
    facts = {"form": FORM, "provider": provider, "month": month, "freeze_digest": freeze_digest}
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
    more = population[["case_id", "assessor_id", "pop_id", "outcome", "insufficient"]]
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


def _write_standards(book: Workbook, files: pd.DataFrame, standards: int) -> None:
    rows = given_standards(files)
    spare = _SPARE_ROWS if standards and len(files) else 0
    columns = [*STANDARD_COLUMNS, *JUDGEMENT_COLUMNS]
    sheet = book.sheet("Standards", columns, rows, spare=spare, wide=_WIDE)
    first, last = len(rows) + 1, len(rows) + spare
    if not last:
        return
    for column, name in enumerate(columns):
        blank(sheet, column, (1 if name in JUDGEMENT_COLUMNS else first, last), book.entry)
    judgement = columns.index("moderator_judgement")
    sheet.data_validation(1, judgement, last, judgement, choice("Your judgement", JUDGEMENTS))
    if spare:
        further = {
            "case_id": choice("File", f"=Files!$A$2:$A${len(files) + 1}"),
            "standard": choice("Standard", f"=Lists!$B$2:$B${standards + 1}"),
            "assessor_judgement": choice("Assessor's judgement", JUDGEMENTS),
        }
        for name, rule in further.items():
            sheet.data_validation(first, columns.index(name), last, columns.index(name), rule)


def given_standards(files: pd.DataFrame) -> list[list[str]]:
    """Return case id, standard and the assessor's judgement of every standard to moderate, of :func:`given_files`."""
    rows = []
    for row in files[["case_id", "standards_to_moderate", "insufficient"]].itertuples(index=False):
        judged = set(str(row.insufficient).split(";"))
        wanted = [standard for standard in str(row.standards_to_moderate).split(";") if standard]
        rows += [[str(row.case_id), standard, JUDGEMENTS[standard in judged]] for standard in wanted]
    return rows


def _cell(column: int) -> str:
    return f"${chr(ord('A') + column)}2"
