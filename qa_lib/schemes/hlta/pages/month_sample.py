"""What the rules say of one month's sample: findings, and the tables that a reader of the page needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from qa_lib.audit.answering import Statement
from qa_lib.audit.findings import Status, findings_frame
from qa_lib.audit.words import met
from qa_lib.reports.rules_table import rules_table
from qa_lib.rulebook import RuleBook
from qa_lib.sampling.drawing import Draw
from qa_lib.sampling.plan_choices import PlanChoices
from qa_lib.sampling.planned import planned_sample
from qa_lib.schemes.hlta.draws.reviewers import unknown_rpa
from qa_lib.schemes.hlta.draws.sampling_plan import rule_values
from qa_lib.schemes.hlta.rules.draw_checks import certain_part, national_part, random_part, withdrawn_before

#: Rules that the findings of a month's sample answer, beside those that the draw reads.
ANSWERED = (
    *("HLTA.MOD.1", "HLTA.MOD.2", "HLTA.MOD.3", "HLTA.MOD.4", "HLTA.MOD.5", "HLTA.MOD.6", "HLTA.PEER.1"),
    *("HLTA.SCR.2", "X.DRAW"),
)
_WORDS = {
    "insufficient_evidence": "insufficient evidence that all standards are met",
    "full_reassessment": "full reassessment, recommended as or being one",
    "partial_reassessment": "recommended for partial reassessment",
    "resubmission": "resubmitted files",
    "difficult": "difficult cases and issues of principle",
    "first_solo": "first solo assessments of new assessors",
}


def sample_findings(
    drawn: Draw, book: RuleBook, *, choices: PlanChoices | None = None, rpas: Collection[str] = ()
) -> pd.DataFrame:
    """Return the findings of one month's freeze and draw, one row per rule and subject.

    Parameters
    ----------
    drawn
        The draw, or a freeze that waits for its seed: what needs the draw is then not assessable.
    book, choices
        The rule book and the choices that the freeze was made with: they give each finding its clause.
    rpas
        The RPAs that the data set names: the reviewer's should be among them, or among the rule book's.
    """
    date = (choices.rules_on if choices else "") or f"{drawn.freeze.month}-01"
    strange = unknown_rpa(drawn, book, rpas=rpas, rules_on=date)
    rows = [*_frozen(drawn), *(_drawn(drawn, strange) if drawn.status == "drawn" else _waiting(drawn))]
    month = f"{drawn.freeze.provider} {drawn.freeze.month}"
    return findings_frame(one.finding(book[rule].on(date), month, word="month") for rule, one in rows)


_Row = tuple[str, Statement]


def _frozen(drawn: Draw) -> list[_Row]:
    left_out = drawn.freeze.left_out
    rows: list[_Row] = [
        ("HLTA.MOD.1", _statement("warning", f"what was frozen stands; it is not what is given now: {remark}"))
        for remark in drawn.freeze.remarks
    ]
    if drawn.freeze.folder is not None:
        why = "not assessable, because only the freeze is here and not the files that were left out of it"
        rows.append(("HLTA.SCR.2", _statement("not_assessable", why)))
    elif len(left_out):
        counted = f"files left out of the population, each with the reason: {len(left_out)}"
        rows.append(("HLTA.SCR.2", _statement("information", counted, str(len(left_out)))))
    else:
        passed = "every file of the month passed scrutiny, or was not chosen for it"
        rows.append(("HLTA.SCR.2", _statement("met", passed, "0")))
    if withdrawn := withdrawn_before(drawn):
        rows.append(("X.DRAW", withdrawn))
    return [*rows, ("HLTA.MOD.6", national_part(drawn))]


def _statement(status: Status, message: str, value: str = "", threshold: str = "") -> Statement:
    return Statement(status=status, message=message, value=value, threshold=threshold)


def _waiting(drawn: Draw) -> list[_Row]:
    why = "not assessable, because the freeze waits for its seed"
    empty = drawn.freeze.population.empty
    rules = ("HLTA.MOD.1", "HLTA.MOD.2", "HLTA.MOD.3", "HLTA.MOD.4", "HLTA.MOD.5", "HLTA.PEER.1")
    return [(rule, _statement("not_assessable", "no files in the month" if empty else why)) for rule in rules]


def _drawn(drawn: Draw, strange_reviewer: str) -> list[_Row]:
    content, counts = drawn.freeze.content, drawn.content["counts"]
    rows: list[_Row] = [
        ("HLTA.MOD.1", _statement("met", f"{counts['selected']} of {counts['files']} files are in the sample")),
        ("HLTA.MOD.2", certain_part(drawn)),
        ("HLTA.MOD.3", random_part(drawn)),
    ]
    for rule, kind, column, name in (
        ("HLTA.MOD.4", "assessors", "assessor_id", "assessors"),
        ("HLTA.MOD.5", "pops", "pop_id", "PoPs"),
    ):
        needing = set(content["needs_cover"][kind])
        sampled = drawn.freeze.population["case_id"].isin(drawn.sample["case_id"])
        left = needing - set(drawn.freeze.population.loc[sampled, column])
        have, whole = str(len(needing) - len(left)), str(len(needing))
        message = f"{have} of {whole} {name} that needed a sampled file this year have one now"
        rows.append((rule, _statement(met(not left), message, have, whole)))
    return [*rows, ("HLTA.PEER.1", _reviewer(drawn, strange_reviewer))]


def _reviewer(drawn: Draw, strange: str) -> Statement:
    if drawn.content["seed_origin"] == "series":
        why = "not assessable, because the operator of this back-run chose the seeds; no peer reviewer took part"
        return _statement("not_assessable", why)
    source = drawn.freeze.content["seed_source"]
    seed_from = f"from the source named beforehand ({source})" if source else "chosen by the reviewer"
    message = f"the seed was given by a reviewer of {drawn.content['reviewer_rpa']}, {seed_from}"
    if strange:
        return _statement("warning", strange, str(drawn.content["reviewer_rpa"]), "another RPA")
    return _statement("met", message, "another RPA", "another RPA")


def certainty_table(drawn: Draw) -> pd.DataFrame:
    """Return why files are certain, one row per reason: ``reason, files`` and ``first_reason`` (the stratum)."""
    population = drawn.freeze.population
    held = population["reasons"].str.split(";").explode().value_counts()
    first = population["stratum"].value_counts()
    rows = [
        {"reason": words, "files": int(held.get(reason, 0)), "first_reason": int(first.get(reason, 0))}
        for reason, words in _WORDS.items()
    ]
    return pd.DataFrame(rows, columns=["reason", "files", "first_reason"])


def composition_table(drawn: Draw) -> pd.DataFrame:
    """Return what selected the files: ``selected_by, files``, in the order of the steps."""
    counts = drawn.content.get("counts", {})
    steps = [step for step in ("certainty", "random", "risk", "coverage", "scrutiny") if step in counts]
    return pd.DataFrame([(step, counts[step]) for step in steps], columns=["selected_by", "files"])


def sample_table(drawn: Draw) -> pd.DataFrame:
    """Return the sample as a moderator reads it: each file with its assessor, PoP, outcome and why it was selected."""
    people = drawn.freeze.population[["case_id", "assessor_id", "pop_id", "outcome", "tier"]]
    table = drawn.sample.merge(people, on="case_id", how="left", validate="one_to_one")
    shown = ["case_id", "selected_by", "reasons", "outcome", "assessor_id", "pop_id", "tier"]
    return table[[*shown, "standards_to_moderate", "ticket"]]


def frozen_table(drawn: Draw) -> pd.DataFrame:
    """Return what the freeze bound and, once drawn, what the draw used: ``what, value``."""
    freeze = drawn.freeze
    content = freeze.content
    coverage = content["coverage"]
    rows = [
        ("RPA", freeze.provider),
        ("Month", freeze.month if freeze.part == "month" else f"{freeze.month} ({freeze.part})"),
        ("Files that may be drawn", str(len(freeze.population))),
        ("Files left out", str(len(freeze.left_out))),
        ("Rate of the random part", content["rate"]),
        ("Coverage policy", " ".join(str(coverage[key]) for key in sorted(coverage, reverse=True))),
        ("Assessors that need a sampled file", str(len(content["needs_cover"]["assessors"]))),
        ("PoPs that need a sampled file", str(len(content["needs_cover"]["pops"]))),
        ("Source of the seed", content["seed_source"] or "chosen by the reviewer"),
        ("Freeze digest", freeze.digest),
        ("State", drawn.status),
    ]
    if drawn.status == "drawn":
        origin = drawn.content["seed_origin"]
        who = "the operator (back-run with a seed series)" if origin == "series" else drawn.content["reviewer"]
        rows += [("Seed", drawn.content["seed"]), ("Given by", who), ("Of the RPA", drawn.content["reviewer_rpa"])]
    return pd.DataFrame(rows, columns=["what", "value"])


def proof_table(drawn: Draw) -> pd.DataFrame:
    """Return the proof that no fewer files could cover: ``kind, id``, no two of which share a file that was free."""
    proof = drawn.content.get("cover_proof", {"assessors": [], "pops": []})
    rows = [("assessor", name) for name in proof["assessors"]] + [("PoP", name) for name in proof["pops"]]
    return pd.DataFrame(rows, columns=["kind", "id"], dtype="object")


def draws_table(draws: Sequence[Draw]) -> pd.DataFrame:
    """Return one row per freeze of a year: ``month, part, state, files, selected`` and the files of each step."""
    steps = ("certainty", "random", "risk", "coverage")
    rows = [
        {
            "month": draw.freeze.month,
            "part": draw.freeze.part,
            "state": draw.status,
            "files": len(draw.freeze.population),
            "selected": len(draw.sample),
            **{step: draw.content.get("counts", {}).get(step, 0) for step in steps},
            "freeze_digest": draw.freeze.digest,
        }
        for draw in draws
    ]
    return pd.DataFrame(rows, columns=["month", "part", "state", "files", "selected", *steps, "freeze_digest"])


def rules_used(book: RuleBook, month: str, *, choices: PlanChoices | None = None) -> pd.DataFrame:
    """Return a table of the rule values that a draw of this month reads."""
    return rules_table(rule_values(book, month, rules_on=choices.rules_on if choices else ""))


def summary_sentences(drawn: Draw) -> Sequence[str]:
    """Return the page's first sentences: what was frozen, what was drawn, what is to be done now."""
    freeze = drawn.freeze
    month = f"{freeze.provider}, {freeze.month}" + ("" if freeze.part == "month" else f" ({freeze.part})")
    if drawn.status != "drawn":
        return (
            f"{month}: {len(freeze.population)} files are frozen. Waiting for seed.",
            f"Whatever the seed will be, the sample is: {planned_sample(freeze).sentence}.",
            f"Needs action: a peer reviewer of another RPA gives a seed for the freeze digest {freeze.digest}.",
        )
    counts = drawn.content["counts"]
    parts = [f"{counts['certainty']} certain", f"{counts['random']} at random"]
    parts += [f"{counts[step]} for {step}" for step in ("risk", "coverage") if counts[step]]
    sentences = [f"{month}: {counts['selected']} of {counts['files']} files are to be moderated ({', '.join(parts)})."]
    if len(freeze.left_out):
        sentences.append(f"Files left out, at scrutiny or because they came late: {len(freeze.left_out)}.")
    sentences += [f"{remark[0].upper()}{remark[1:]}." for remark in drawn.remarks]
    sentences.append("Needs action: moderators fill in the moderation return, one row for each file.")
    return tuple(sentences)
