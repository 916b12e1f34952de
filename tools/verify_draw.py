#!/usr/bin/env python3
"""Check the folders of a draw: ``python verify_draw.py FOLDER [FOLDER...]``.

One file, Python 3.9 or later, nothing else: copy it anywhere. It was written from docs/protocol.md alone and shares no
line with qa_lib. It reads ``population.csv``, ``freeze.json``, ``sample.csv`` and ``draw.json`` of each folder and of
the folders ``late-1``, ``late-2``, ... and ``scrutiny`` inside, and the files ``NAME.csv``, ``NAME-freeze.json``,
``NAME-sample.csv`` and ``NAME-draw.json`` of draws from a list at any depth, draws once more, and says in sentences
whatever is not as it must be. It follows no links, and names files that belong to no draw.

Exit codes: 0 all right, or waiting for a seed; 1 something is wrong; 2 wrong use, or not the folder of a draw.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

SHOWN = 5  # of many faults of one kind, so many are written out
POPULATION = ("case_id", "stratum", "reasons", "outcome", "tier", "assessor_id", "pop_id", "insufficient")
SAMPLE = ["case_id", "stratum", "reasons", "selected_by", "ticket", "random_probability", "standards_to_moderate"]
UNMET = ("insufficient_evidence", "full_reassessment", "partial_reassessment")
REASONS = (*UNMET, "resubmission", "difficult", "first_solo")
TIERS = ("high", "raised", "standard")
STEPS = ("certainty", "random", "risk", "coverage")
FILES = ("population.csv", "freeze.json", "sample.csv", "draw.json")
BESIDE = (*FILES, "moderation-return.xlsx")  # what the folder of a draw may hold
REPORT = "manifest.json"  # where it lies, the folder is a report's, and it lists the other files
LATE = "late-[1-9][0-9]*"


class File(NamedTuple):
    """One row of the population."""

    case_id: str
    stratum: str
    reasons: str
    outcome: str
    tier: str
    assessor_id: str
    pop_id: str
    insufficient: str


class Drawn(NamedTuple):
    """A draw made once more."""

    order: list[File]  # by ticket
    sample: list[list[str]]
    counts: dict[str, int]
    proof: dict[str, list[str]]


# --- text, JSON and CSV (section 2 of the protocol) --------------------------------------------------------------


def sha256(content: bytes) -> str:
    """Return the SHA-256 in lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def show(value: object) -> str:
    """Return a value so that a person can read it, whatever it is."""
    try:
        text = repr(value)
    except RecursionError:
        return "something deeply nested"
    return text if len(text) <= 160 else text[:150] + " ... (cut short)"


def several(items: Sequence[Any], say: Callable[[Any], str]) -> list[str]:
    """Return what is to be said of the first few faults of one kind, and how many more there are."""
    more = len(items) - SHOWN
    return [say(item) for item in items[:SHOWN]] + ([f"... and {more:,} more of this kind"] if more > 0 else [])


def normalised(text: str) -> str:
    """Return the text in normalisation form C without white space at both ends."""
    return unicodedata.normalize("NFC", text).strip()  # Python strips exactly the protocol's white space


def is_plain(value: object) -> bool:
    """Whether a value is normalised text without control characters."""
    return isinstance(value, str) and not plain_fault(value)


def plain_fault(text: str) -> str:
    """Say why a text is not normalised text without control characters; nothing where it is."""
    if text != normalised(text):
        return "is not in normalisation form C or has white space at an end"
    if text.isascii() and text.isprintable():
        return ""
    controls = any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)
    return "holds control characters" if controls else ""


@lru_cache(maxsize=1 << 17)
def identifier_fault(text: str) -> str:
    """Say why a text is not an identifier; nothing where it is."""
    if not 1 <= len(text) <= 100:
        return f"has {len(text):,} characters; expected 1 to 100"
    return f"begins with {text[0]}" if text[0] in "=+-@" else plain_fault(text)


def is_identifier(value: object) -> bool:
    """Whether a value is an identifier."""
    return isinstance(value, str) and not identifier_fault(value)


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (text + "\n").encode("utf-8", "surrogatepass")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as the protocol's CSV."""
    lines = [",".join(columns)]
    for row in rows:
        line = ",".join(row)
        if '"' in line or line.count(",") != len(columns) - 1:
            line = ",".join('"' + f.replace('"', '""') + '"' if "," in f or '"' in f else f for f in row)
        lines.append(line)
    return "\n".join(lines) + "\n"


def read_text(name: str, data: bytes, faults: list[str]) -> str | None:
    """Return the text of a file, with what is wrong with it as text."""
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append(f"{name} begins with a byte order mark; was it saved by a spreadsheet or an editor?")
        data = data[3:]
    if b"\r" in data:
        faults.append(f"{name} holds carriage returns (CR); expected lines that end with LF alone.")
        data = data.replace(b"\r\n", b"\n")
    if not data.endswith(b"\n"):
        faults.append(f"{name} does not end with LF; was it cut short?")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(f"{name} is not UTF-8 text: byte {error.start + 1} cannot be read.")
        return None


def read_json(name: str, data: bytes, faults: list[str]) -> dict[str, Any] | None:
    """Return the object that a JSON file holds, with what is wrong with its form."""
    before = len(faults)
    text = read_text(name, data, faults)
    if text is None:
        return None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_float=_no_number, parse_constant=_no_number)
        written = canonical(value)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        faults.append(f"{name} cannot be read as the protocol's JSON: {why}.")
        return None
    if not isinstance(value, dict):
        faults.append(f"{name} holds {show(value)}; expected one JSON object.")
        return None
    if len(faults) == before and written != data:
        faults.append(f"{name} is not canonical JSON: {first_difference(data, written)}.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, or refuse it because of a key that occurs twice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {show(key)} occurs twice")
        found[key] = value
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:40]} is not an integer")


def first_difference(arrived: bytes, expected: bytes) -> str:
    """Say where two contents part."""
    shorter = min(len(arrived), len(expected))
    at = next((i for i in range(shorter) if arrived[i] != expected[i]), shorter)
    here, there = (content[at : at + 30].decode("utf-8", "replace") for content in (arrived, expected))
    return f"from byte {at + 1} on it reads {show(here)}, expected {show(there)}"


def read_table(name: str, data: bytes, columns: Sequence[str], faults: list[str]) -> list[list[str]] | None:
    """Return the rows of a CSV file, with what is wrong with its form."""
    before = len(faults)
    text = read_text(name, data, faults)
    if text is None:
        return None
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (csv.Error, ValueError) as error:
        faults.append(f"{name} cannot be read as CSV: {error if text else 'it is empty'}.")
        return None
    if header != list(columns):
        faults.append(f"{name} has the columns {show(','.join(header))}; expected {','.join(columns)}.")
        return None
    wrong = [(line, len(row)) for line, row in enumerate(rows, 2) if len(row) != len(columns)]
    faults += several(wrong, lambda row: f"{name}, line {row[0]} has {row[1]} fields; expected {len(columns)}.")
    rows = [row for row in rows if len(row) == len(columns)]
    if len(faults) == before:
        written = csv_text(columns, rows).encode()
        if written != data:
            faults.append(f"{name} is not in the protocol's CSV dialect: {first_difference(data, written)}.")
    ids = [row[0] for row in rows]
    twice = [this for last, this in pairs(sorted(ids)) if last == this]
    faults += several(twice, lambda key: f"{name} has {columns[0]} {show(key)} more than once.")
    out = [f"{show(this)} stands behind {show(last)}" for last, this in pairs(ids) if this < last]
    faults += [f"{name} is not sorted by {columns[0]} in code-point order: {out[0]}."] if out else []
    return rows


def pairs(items: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Return each item but the first with the one before it."""
    return ((items[i - 1], items[i]) for i in range(1, len(items)))


# --- the population (section 3) ----------------------------------------------------------------------------------


def read_population(data: bytes, faults: list[str]) -> list[File] | None:
    """Return the files that may be drawn, with what is wrong with their rows."""
    rows = read_table("population.csv", data, POPULATION, faults)
    if rows is None:
        return None
    once: dict[str, str] = {}  # a million rows repeat few texts; keep one of each
    files = [File(row[0], *(once.setdefault(text, text) for text in row[1:])) for row in rows]
    found = [(file.case_id, fault) for file in files for fault in _row_faults(file)]
    faults += several(found, lambda of: f"population.csv, file {show(of[0])}: {of[1]}")
    return files


def _row_faults(file: File) -> list[str]:
    """Return what is wrong with one row."""
    identifiers = (("case_id", file.case_id), ("assessor_id", file.assessor_id), ("pop_id", file.pop_id))
    faults = [f"{column} {show(text)} {why}." for column, text in identifiers if (why := identifier_fault(text))]
    faults += _content_faults(file.stratum, file.reasons, file.outcome, file.tier, file.insufficient)
    return faults


@lru_cache(maxsize=1 << 17)
def _content_faults(stratum: str, reasons: str, outcome: str, tier: str, insufficient: str) -> list[str]:
    """Return what is wrong with a row beside its identifiers."""
    given = reasons.split(";") if reasons else []
    faults = []
    if outcome not in ("met", *UNMET):
        faults.append(f"outcome is {show(outcome)}; expected met, {', '.join(UNMET)}.")
    if tier not in TIERS:
        faults.append(f"tier is {show(tier)}; expected standard, raised or high.")
    if given != [reason for reason in REASONS if reason in given]:
        faults.append(f"reasons is {show(reasons)}; expected some of {';'.join(REASONS)} in this order.")
    if outcome in UNMET and outcome not in given:
        faults.append(f"outcome is {outcome}, but reasons is {show(reasons)}.")
    if stratum != (given[0] if given else "met"):
        faults.append(f"stratum is {show(stratum)}, but reasons is {show(reasons)}; expected the first of the reasons.")
    standards = integers(insufficient)
    if insufficient != ";".join(map(str, standards)) or not is_ascending(standards):
        faults.append(f"insufficient is {show(insufficient)}; expected ascending standards joined by ';'.")
    if insufficient and "insufficient_evidence" not in given:
        faults.append("insufficient names standards, but insufficient_evidence is not among the reasons.")
    return faults


def integers(text: str) -> list[int]:
    """Return those parts of a list joined by ``;`` that are integers from 1."""
    return [int(part) for part in text.split(";") if re.fullmatch("[1-9][0-9]{0,99}", part)]


# --- the freeze and the record of the draw (sections 4 and 5) ----------------------------------------------------


def is_count(value: object) -> bool:
    """Whether a value is an integer from 0; JSON's true and false are not."""
    return type(value) is int and value >= 0


def is_ascending(value: object) -> bool:
    """Whether a value is a list of ascending integers from 1."""
    return isinstance(value, list) and all(map(is_count, value)) and value == sorted({*value} - {0})


def is_rate(value: object) -> bool:
    """Whether a value is an exact fraction in lowest terms."""
    number = "(0|[1-9][0-9]{0,999})"
    written = isinstance(value, str) and re.fullmatch(f"{number}(/[1-9][0-9]{{0,999}})?", value)
    return bool(written) and str(Fraction(str(value))) == value


def is_share(value: object) -> bool:
    """Whether a value is a rate of at most 1."""
    return is_rate(value) and Fraction(str(value)) <= 1


def is_coverage(value: object) -> bool:
    """Whether a value is a policy of coverage."""
    if not isinstance(value, dict) or value.get("policy") != "from_month":
        return value == {"policy": "first_sight"}
    return value.keys() == {"policy", "from_month"} and is_count(value["from_month"]) and 1 <= value["from_month"] <= 12


def is_needs(value: object) -> bool:
    """Whether a value names assessors and PoPs, each list sorted."""
    return isinstance(value, dict) and value.keys() == {"assessors", "pops"} and all(map(is_sorted_ids, value.values()))


def is_sorted_ids(value: object) -> bool:
    """Whether a value is a sorted list of identifiers, none twice."""
    return isinstance(value, list) and all(map(is_identifier, value)) and value == sorted(set(value))


def by_tier(test: Callable[[Any], bool]) -> Callable[[object], bool]:
    """Return the check that a value has something for each of the three tiers."""
    return lambda value: isinstance(value, dict) and value.keys() == {*TIERS} and all(map(test, value.values()))


def is_word(text: str) -> bool:
    """Whether a text is the name of a list or column."""
    return re.fullmatch("[a-z][a-z0-9_]*", text) is not None


def matching(pattern: str) -> Callable[[object], bool]:
    """Return the check that a value is a text of this pattern."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


Shape = Mapping[str, "tuple[Callable[[Any], bool], str]"]
DIGEST = (matching("[0-9a-f]{64}"), "a SHA-256 in 64 lower-case hexadecimal digits")
MONTH = (matching("[0-9]{4}-(0[1-9]|1[0-2])"), "a month as YYYY-MM")
RATE = (is_rate, "a rate in lowest terms as numerator/denominator")
COUNT = (is_count, "an integer from 0")
IDENTIFIER = (is_identifier, "an identifier of 1 to 100 characters")
PLAIN = (is_plain, "normalised text without control characters")
PROTOCOL = (lambda value: value == "1", "the text '1'")
FREEZE: Shape = {
    "chain_head": DIGEST,
    "coverage": (is_coverage, '{"policy":"first_sight"}, or from_month with N from 1 to 12'),
    "minimum_rate": RATE,
    "month": MONTH,
    "national_standards": (is_ascending, "a list of ascending integers from 1"),
    "needs_cover": (is_needs, "assessors and pops, each a sorted list of identifiers"),
    "part": (matching("month|late-[1-9][0-9]*"), "month, late-1, late-2, ..."),
    "population_digest": DIGEST,
    "protocol": PROTOCOL,
    "provider": IDENTIFIER,
    "purpose": (lambda value: value in ("moderation", "scrutiny"), "moderation or scrutiny"),
    "rate": RATE,
    "scrutiny_files": (
        lambda value: value == {} or by_tier(lambda count: is_count(count) and count > 0)(value),
        "an empty object, or for scrutiny an integer from 1 for each of high, raised, standard",
    ),
    "seed_source": PLAIN,
    "standards": (lambda value: is_count(value) and value <= 10_000, "an integer from 0 to 10000"),
    "standards_more": COUNT,
    "tiers": (by_tier(is_share), "a rate in lowest terms, at most 1, for each of high, raised, standard"),
    "year": MONTH,
}
DRAW: Shape = {
    "counts": (lambda value: isinstance(value, dict), "an object"),
    "cover_proof": (lambda value: isinstance(value, dict), "an object"),
    "freeze_digest": DIGEST,
    "population_digest": DIGEST,
    "protocol": PROTOCOL,
    "reviewer": IDENTIFIER,
    "reviewer_rpa": (lambda value: value == "" or is_identifier(value), "an identifier of 1 to 100 characters"),
    "sample_digest": DIGEST,
    "seed": PLAIN,
    "seed_origin": (lambda value: value in ("reviewer", "series", "rpa"), "reviewer, series or rpa"),
}


def has_shape(name: str, content: dict[str, Any], shape: Shape, faults: list[str]) -> bool:
    """Whether an object has exactly its keys, each with a value of the right kind."""
    before = len(faults)
    faults += [f"{name} lacks the key {key}." for key in shape if key not in content]
    whole = len(faults) == before
    foreign = sorted(content.keys() - shape.keys())
    faults += several(foreign, lambda key: f"{name} has the key {show(key)}, which the protocol does not know.")
    for key, (test, expected) in shape.items():
        if key in content and not test(content[key]):
            faults.append(f"{name}: {key} is {show(content[key])}; expected {expected}.")
            whole = False
    return whole


def freeze_faults(freeze: dict[str, Any], population: bytes, files: list[File]) -> list[str]:
    """Return what is wrong with a freeze whose values are each of the right kind."""
    faults, digest, needs, purpose = [], sha256(population), freeze["needs_cover"], freeze["purpose"]
    if freeze["population_digest"] != digest:
        says = f"its SHA-256 is {digest}, freeze.json says {freeze['population_digest']}"
        faults.append(f"population.csv is not what freeze.json binds: {says}.")
    if Fraction(freeze["rate"]) < Fraction(freeze["minimum_rate"]):
        faults.append(f"freeze.json: rate {show(freeze['rate'])} is below minimum_rate {show(freeze['minimum_rate'])}.")
    if Fraction(freeze["rate"]) > 1:
        faults.append(f"freeze.json: rate {show(freeze['rate'])} is above 1.")
    if freeze["national_standards"][-1:] > [freeze["standards"]]:
        faults.append(f"freeze.json: national_standards go beyond the {freeze['standards']} standards of the scheme.")
    place = months(freeze["month"]) - months(freeze["year"]) + 1
    if not 1 <= place <= 12:
        faults.append(f"freeze.json: month {freeze['month']} is not in the year that begins with {freeze['year']}.")
    there = {"assessors": {file.assessor_id for file in files}, "pops": {file.pop_id for file in files}}
    foreign = [(kind, who) for kind in there for who in needs[kind] if who not in there[kind]]
    faults += several(
        foreign, lambda of: f"freeze.json: needs_cover {of[0]} names {show(of[1])}, who is not in population.csv."
    )
    if any(needs.values()) and purpose == "scrutiny":
        faults.append("freeze.json: needs_cover is not empty; expected nobody for the purpose scrutiny.")
    elif any(needs.values()) and place < freeze["coverage"].get("from_month", place):
        expected = f"expected nobody before month {freeze['coverage']['from_month']}"
        faults.append(f"freeze.json: needs_cover is not empty in month {place} of the year; {expected}.")
    if (purpose == "scrutiny") != bool(freeze["scrutiny_files"]):
        faults.append(f"freeze.json: scrutiny_files is {show(freeze['scrutiny_files'])} for the purpose {purpose}.")
    return faults


def months(month: str) -> int:
    """Return a month as a number, so that months can be subtracted."""
    return int(month[:4]) * 12 + int(month[5:])


def seed_faults(draw: dict[str, Any], freeze: dict[str, Any]) -> list[str]:
    """Return what is wrong with the seed and with who gave it."""
    seed, origin, rpa, purpose = draw["seed"], draw["seed_origin"], draw["reviewer_rpa"], freeze["purpose"]
    faults = []
    if origin == {"moderation": "rpa", "scrutiny": "reviewer"}[purpose]:
        faults.append(f"draw.json: seed_origin is {origin}, which a freeze for {purpose} does not allow.")
    if origin == "series":
        late = [] if freeze["part"] == "month" else [freeze["part"]]
        tail = "/".join(["", freeze["provider"], freeze["month"], *late])
        if not seed.endswith(tail) or seed == tail:
            faults.append(f"draw.json: seed {show(seed)} is not a series and {show(tail)} behind it.")
        if (draw["reviewer"], rpa) != ("operator", ""):
            faults.append("draw.json: reviewer must be operator and reviewer_rpa empty where the seed is of a series.")
        return faults
    if len(seed) < 20:
        faults.append(f"draw.json: seed {show(seed)} has {len(seed)} characters; expected 20 or more.")
    same = rpa.casefold() == freeze["provider"].casefold()
    if not rpa:
        faults.append("draw.json: reviewer_rpa is empty; expected the RPA of whoever gave the seed.")
    elif same and origin == "reviewer":
        faults.append(f"draw.json: the seed is from a reviewer of {show(rpa)}, the provider; expected another RPA.")
    elif not same and origin == "rpa":
        faults.append(f"draw.json: the seed is from {show(rpa)}; for scrutiny expected {show(freeze['provider'])}.")
    return faults


# --- the draw, once more (sections 6 and 7) ----------------------------------------------------------------------


def hash_of(digest: str, seed: str, *parts: str) -> str:
    """Return the SHA-256 of ``digest:seed:part``: a ticket, or the rank of a standard."""
    return sha256(":".join((digest, seed, *parts)).encode("utf-8", "surrogatepass"))


def draw_again(files: list[File], freeze: dict[str, Any], digest: str, seed: str) -> Drawn:
    """Make the draw of a freeze and a seed."""
    tickets = {file.case_id: hash_of(digest, seed, file.case_id) for file in files}
    order = sorted(files, key=lambda file: (tickets[file.case_id], file.case_id))
    select = select_for_scrutiny if freeze["purpose"] == "scrutiny" else select_for_moderation
    selected, counts, proof = select(order, freeze)
    sample = []
    for file in sorted(file for file in files if file.case_id in selected):
        step, probability = selected[file.case_id]
        standards = standards_to_moderate(file, freeze, digest, seed)
        sample.append([*file[:3], step, tickets[file.case_id], probability, standards])
    return Drawn(order, sample, counts, proof)


Selection = tuple[dict[str, tuple[str, str]], dict[str, int], dict[str, list[str]]]


def select_for_moderation(order: list[File], freeze: dict[str, Any]) -> Selection:
    """Take the steps certainty, random, risk and coverage on files in the order of their tickets."""
    by = {file.case_id: "certainty" for file in order if file.stratum != "met"}
    stratum_met = [file for file in order if file.stratum == "met"]
    met = sum(file.outcome == "met" for file in order)
    required = ceil(Fraction(freeze["rate"]) * met)
    by.update((file.case_id, "random") for file in stratum_met[:required])
    for tier in TIERS:
        own = [file for file in stratum_met if file.tier == tier]
        left = [file.case_id for file in own if file.case_id not in by]
        by.update((case_id, "risk") for case_id in left[: ceil(Fraction(freeze["tiers"][tier]) * len(own))])
    proof = least_cover(order, by, freeze["needs_cover"])
    by.update((case_id, "coverage") for case_id in proof["files"])

    steps = list(by.values())
    counts = {"files": len(order), "met": met, "stratum_met": len(stratum_met), "random_required": required}
    counts.update({step: steps.count(step) for step in STEPS}, selected=len(by))
    share = f"{min(required, len(stratum_met))}/{len(stratum_met)}"
    return {case_id: (step, "1" if step == "certainty" else share) for case_id, step in by.items()}, counts, proof


def select_for_scrutiny(order: list[File], freeze: dict[str, Any]) -> Selection:
    """Take of each assessor as many files as the highest tier among their files asks for."""
    of_assessor: dict[str, list[File]] = {}
    for file in order:
        of_assessor.setdefault(file.assessor_id, []).append(file)
    selected = {}
    for own in of_assessor.values():
        there = {file.tier for file in own}
        tier = next((tier for tier in TIERS if tier in there), "standard")
        taken = own[: freeze["scrutiny_files"].get(tier, 0)]
        selected.update({file.case_id: ("scrutiny", f"{len(taken)}/{len(own)}") for file in taken})
    counts = {"assessors": len(of_assessor), "files": len(order), "selected": len(selected)}
    return selected, counts, {"assessors": [], "files": [], "pops": []}


def least_cover(order: list[File], taken: Mapping[str, str], needs: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the fewest files that leave nobody uncovered, with the proof that there are no fewer."""
    assessors = {*needs["assessors"]} - {file.assessor_id for file in order if file.case_id in taken}
    pops = {*needs["pops"]} - {file.pop_id for file in order if file.case_id in taken}
    of_assessor: dict[str, str] = {}
    of_pop: dict[str, str] = {}
    edges: dict[str, dict[str, str]] = {}  # PoP -> assessor -> the first of their files, everything by ticket
    for file in order:  # no file of anybody uncovered is taken
        if file.assessor_id in assessors:
            of_assessor.setdefault(file.assessor_id, file.case_id)
        if file.pop_id in pops:
            of_pop.setdefault(file.pop_id, file.case_id)
        if file.assessor_id in assessors and file.pop_id in pops:
            edges.setdefault(file.pop_id, {}).setdefault(file.assessor_id, file.case_id)
    match = match_pops(edges)
    matched = {*match.values()}
    files = [edges[pop][assessor] for assessor, pop in match.items()]
    files += [case_id for assessor, case_id in of_assessor.items() if assessor not in match]
    files += [case_id for pop, case_id in of_pop.items() if pop not in matched]
    marked, marked_pops = reach(assessors - match.keys(), edges, match)
    return {"assessors": sorted(marked), "files": sorted(files), "pops": sorted(pops - marked_pops)}


def match_pops(edges: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return assessor -> PoP of the maximum matching that the protocol's ``try`` finds, without its recursion.

    Assessors that a failed search has seen are left out of later ones: that search has seen everything that can be
    reached from them, and nobody there was unmatched, so to visit them again would fail again and change nothing.
    """
    match: dict[str, str] = {}
    dead: set[str] = set()
    for root in sorted(edges):
        seen: set[str] = set()
        path = [(root, iter(edges[root]))]
        through: list[str] = []  # through[i] leads from the PoP path[i] to the PoP path[i + 1]
        while path:
            assessor = next((who for who in path[-1][1] if who not in seen and who not in dead), None)
            if assessor is None:
                path.pop()
                del through[-1:]
                continue
            seen.add(assessor)
            through.append(assessor)
            if assessor not in match:
                match.update((who, path[i][0]) for i, who in enumerate(through))
                break
            path.append((match[assessor], iter(edges[match[assessor]])))
        else:
            dead |= seen
    return match


def reach(
    unmatched: set[str], edges: Mapping[str, Mapping[str, str]], match: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Return the assessors and PoPs that the unmatched assessors mark (step 5)."""
    pops_of: dict[str, list[str]] = {}
    for pop, assessors in edges.items():
        for assessor in assessors:
            pops_of.setdefault(assessor, []).append(pop)
    matched_to = {pop: assessor for assessor, pop in match.items()}
    marked, marked_pops, waiting = set(unmatched), set[str](), list(unmatched)
    while waiting:
        fresh = set(pops_of.get(waiting.pop(), [])) - marked_pops
        marked_pops |= fresh
        waiting += {matched_to[pop] for pop in fresh} - marked
        marked |= {matched_to[pop] for pop in fresh}
    return marked, marked_pops


def standards_to_moderate(file: File, freeze: dict[str, Any], digest: str, seed: str) -> str:
    """Return the standards to moderate of one selected file."""
    if freeze["purpose"] == "scrutiny":
        return ""
    always = {*integers(file.insufficient), *freeze["national_standards"]}
    others = [number for number in range(1, freeze["standards"] + 1) if number not in always]
    others.sort(key=lambda number: hash_of(digest, seed, file.case_id, str(number)))
    return ";".join(map(str, sorted(always.union(others[: freeze["standards_more"]]))))


# --- what arrived against what should have -----------------------------------------------------------------------


def binding_faults(draw: dict[str, Any], content: Mapping[str, bytes]) -> list[str]:
    """Return which of the files are not those that ``draw.json`` binds."""
    keys = {"freeze.json": "freeze_digest", "population.csv": "population_digest", "sample.csv": "sample_digest"}
    digests = {name: sha256(content[name]) for name in keys if name in content}
    return [
        f"{name} is not what draw.json binds: its SHA-256 is {digest}, draw.json says {draw[keys[name]]}."
        for name, digest in digests.items()
        if draw[keys[name]] != digest
    ]


def digest_of_tickets(rows: list[list[str]], draw: dict[str, Any], actual: str, faults: list[str]) -> str:
    """Return the digest to draw with: that of the file, unless the tickets were made with the one in ``draw.json``."""
    recorded: str = draw["freeze_digest"]
    if recorded == actual or not any(row[4] == hash_of(recorded, draw["seed"], row[0]) for row in rows):
        return actual
    faults.append(
        "The tickets in sample.csv were made with the freeze digest in draw.json: freeze.json was changed after the "
        "draw. What follows is drawn from the changed freeze.json with the digest in draw.json."
    )
    return recorded


def sample_faults(rows: list[list[str]], drawn: Drawn, digest: str, seed: str) -> list[str]:
    """Return how the rows of ``sample.csv`` differ from those of the draw made again."""
    faults = []
    arrived, expected = ({row[0]: row for row in table} for table in (rows, drawn.sample))
    right = {case_id: hash_of(digest, seed, case_id) for case_id in arrived}
    wrong = [case_id for case_id in arrived if arrived[case_id][4] != right[case_id]]
    if wrong:
        faults.append(
            f"With this seed the ticket of file {show(wrong[0])} would be {right[wrong[0]]}, "
            f"sample.csv says {show(arrived[wrong[0]][4])}; {len(wrong):,} of {len(arrived):,} rows differ."
        )
    extra = [case_id for case_id in arrived if case_id not in expected]
    missing = [row for case_id, row in expected.items() if case_id not in arrived]
    if wrong and len(wrong) == len(arrived) and (extra or missing):
        selects = f"it would not select {len(extra):,} of those files, and {len(missing):,} others"
        return [*faults, f"No ticket fits this seed and this freeze.json: {selects}."]
    faults += several(extra, lambda i: f"File {show(i)} is in sample.csv but must not be: {why_not(i, drawn)}.")
    faults += several(missing, lambda row: f"File {show(row[0])} is not in sample.csv but must be: {row[3]} takes it.")
    for at in (1, 2, 3, 5, 6):
        differ = [(row, expected[i]) for i, row in arrived.items() if i in expected and row[at] != expected[i][at]]
        faults += several(differ, partial(cell_fault, at))
    return faults


def cell_fault(at: int, rows: tuple[list[str], list[str]]) -> str:
    """Say how a cell differs."""
    here, there = rows
    return f"sample.csv, file {show(here[0])}: {SAMPLE[at]} is {show(here[at])}; expected {show(there[at])}."


def why_not(case_id: str, drawn: Drawn) -> str:
    """Say why a file is not selected."""
    rivals = [file for file in drawn.order if file.stratum == "met" or "assessors" in drawn.counts]
    place = next((place for place, file in enumerate(rivals, 1) if file.case_id == case_id), 0)
    if not place:
        return "it is not in population.csv"
    if "assessors" in drawn.counts:
        return "its ticket is not among the smallest of its assessor"
    return (
        f"by ticket it is number {place:,} of the {drawn.counts['stratum_met']:,} files of stratum met, the "
        f"random part takes {drawn.counts['random_required']:,}, and neither risk nor coverage takes it"
    )


def record_faults(draw: dict[str, Any], drawn: Drawn) -> list[str]:
    """Return how the counts and the proof in ``draw.json`` differ from those of the draw made again."""
    faults = []
    for key, expected in (("counts", drawn.counts), ("cover_proof", drawn.proof)):
        arrived: dict[str, Any] = draw[key]
        faults += [f"draw.json: {key} lacks {name}." for name in expected if name not in arrived]
        foreign = [name for name in arrived if name not in expected]
        faults += [f"draw.json: {key} has {show(name)}, which the protocol does not know." for name in foreign[:SHOWN]]
        faults += [
            f"draw.json: {key} {name} {difference}."
            for name, value in expected.items()
            if name in arrived
            for difference in differences(arrived[name], value)
        ]
    return faults


def differences(arrived: object, expected: object) -> list[str]:
    """Say how a count or a list of the proof differs."""
    if canonical(arrived) == canonical(expected):
        return []
    if isinstance(arrived, list) and isinstance(expected, list):
        extra = several([item for item in arrived if item not in expected], lambda item: f"has {show(item)} too much")
        lacking = several([item for item in expected if item not in arrived], lambda item: f"lacks {show(item)}")
        if extra or lacking:
            return [*extra, *lacking]
    return [f"is {show(arrived)}; the draw made again has {show(expected)}"]


# --- draws from a list (section 11) ------------------------------------------------------------------------------

OF_LIST = re.compile("([a-z][a-z0-9_]*)-(?:freeze|draw)[.]json")
LIST_FREEZE: Shape = {
    **{key: FREEZE[key] for key in ("population_digest", "protocol", "seed_source")},
    **dict.fromkeys(("period", "provider", "purpose"), (lambda value: isinstance(value, str), "a text")),
}
LIST_DRAW: Shape = {
    **{key: DRAW[key] for key in ("freeze_digest", "protocol", "sample_digest")},
    "seed": (lambda value: is_plain(value) and len(value) >= 20, "20 or more characters, " + PLAIN[1]),
}
SIZES: Shape = {
    "number": (lambda value: is_count(value) and value > 0, "an integer from 1"),
    "rate": (
        lambda value: (is_share(value) and "/" in value) or value in ("0/1", "1/1"),
        RATE[1] + ", at most 1, with the denominator also where it is 1",
    ),
}
TAKEN = {*LIST_FREEZE, *SIZES, "population", "sample"}  # what no list is called


def list_files(stem: str) -> tuple[str, ...]:
    """Return the list, freeze, sample and draw file of a draw from a list."""
    return f"{stem}.csv", f"{stem}-freeze.json", f"{stem}-sample.csv", f"{stem}-draw.json"


def check_list(folder: Folder, stem: str) -> int:
    """Check one draw from a list; print what was found; return the exit code."""
    files = list_files(stem)
    content = {name: folder.content[name] for name in files if name in folder.content}
    is_drawn = bool(content.keys() & {*files[2:]})
    faults, summary = [f"{name} is missing." for name in files[: 4 if is_drawn else 2] if name not in content], ""
    if not faults:
        table, size = read_frozen_list(stem, content, faults)
        number = max(len(table) - 1, 0)
        summary = f"{size:,} of {number:,} {stem} drawn" if is_drawn else f"waiting for seed, {number:,} {stem} frozen"
        if is_drawn and faults:
            faults.append("The draw could not be made again, because of what is said above.")
        elif is_drawn:
            compare_list_draw(stem, content, table, size, faults)
    return report(folder.path / stem, faults, summary, content.get(files[1]))


def read_frozen_list(stem: str, content: Mapping[str, bytes], faults: list[str]) -> tuple[list[list[str]], int]:
    """Return the header and rows of a list and how many are drawn, with what is wrong with list and freeze."""
    listed, name, *_ = list_files(stem)
    columns = content[listed].split(b"\n", 1)[0].decode("utf-8", "replace").split(",")
    if stem in TAKEN or len({*columns, "ticket"}) <= len(columns) or not all(map(is_word, columns)):
        faults.append(f"{listed}: no list can be called {stem} or have the columns {show(','.join(columns))}.")
    rows = read_table(listed, content[listed], columns, faults) or []
    wrong = [(row[0], identifier_fault(row[0])) for row in rows]
    wrong += [(text, plain_fault(text)) for row in rows for text in row[1:]]
    faults += several([one for one in wrong if one[1]], lambda of: f"{listed}: {show(of[0])} {of[1]}.")
    freeze = read_json(name, content[name], faults)
    size = "number" if freeze and "number" in freeze else "rate"
    if freeze is None or not has_shape(name, freeze, {**LIST_FREEZE, size: SIZES[size], stem: COUNT}, faults):
        return [columns, *rows], 0
    faults += unlike(name, freeze, {"population_digest": sha256(content[listed]), stem: len(rows)})
    taken = freeze["number"] if size == "number" else ceil(Fraction(freeze["rate"]) * len(rows))
    return [columns, *rows], min(taken, len(rows))


def compare_list_draw(
    stem: str, content: Mapping[str, bytes], table: list[list[str]], size: int, faults: list[str]
) -> None:
    """Collect how the draw of a list, of so many of its rows, differs from the draw made again."""
    _, freeze, sample, name = list_files(stem)
    rows = read_table(sample, content[sample], [*table[0], "ticket"], faults)
    draw, digest = read_json(name, content[name], faults), sha256(content[freeze])
    if draw is None or rows is None or not has_shape(name, draw, LIST_DRAW, faults):
        return
    faults += unlike(name, draw, {"freeze_digest": digest, "sample_digest": sha256(content[sample])})
    tickets = {row[0]: hash_of(digest, draw["seed"], row[0]) for row in table[1:]}
    order = sorted(tickets, key=lambda key: (tickets[key], key))
    taken, arrived = {*order[:size]}, {row[0]: row for row in rows}
    expected = {row[0]: [*row, tickets[row[0]]] for row in table[1:] if row[0] in taken}
    extra = [key for key in arrived if key not in expected]
    lacking = [key for key in expected if key not in arrived]
    differ = [key for key in arrived if key in expected and arrived[key] != expected[key]]
    faults += several(extra, lambda key: f"{sample} has {show(key)}, whose ticket is not among the {size:,} smallest.")
    faults += several(lacking, lambda key: f"{sample} lacks {show(key)}, by ticket number {order.index(key) + 1:,}.")
    faults += several(differ, lambda key: f"{sample} has {show(arrived[key])}; expected {show(expected[key])}.")


def unlike(name: str, arrived: Mapping[str, object], expected: Mapping[str, object]) -> list[str]:
    """Return which values of a JSON file are not those of the files."""
    return [
        f"{name}: {key} is {show(arrived[key])}; the files give {show(value)}."
        for key, value in expected.items()
        if arrived[key] != value
    ]


# --- folders -----------------------------------------------------------------------------------------------------


class Folder:
    """The folder of one draw: what it holds, and what is wrong with it."""

    def __init__(self, path: Path, parts: str, around: Folder | None) -> None:
        """Read what the folder holds; ``parts`` is the pattern of the names of draws that may lie inside."""
        self.path = path
        self.faults: list[str] = []
        self.summary = ""
        self.content: dict[str, bytes] = {}
        with os.scandir(path) as entries:
            kinds = {entry.name: kind_of(entry) for entry in entries}
        self.unread = {name: kind for name, kind in kinds.items() if kind not in ("a file", "a folder")}
        inside = [name for name, kind in kinds.items() if kind == "a folder" and re.fullmatch(parts, name)]
        self.parts = [path / name for name in sorted(inside, key=lambda name: (len(name), name))]
        for name in FILES:
            self._read(name)
        self.is_draw = bool(self.content or self.faults or self.unread.keys() & {*FILES})
        if self.is_draw and around is not None and around.in_draw:
            self.faults.append("It lies in the folder of another draw, where only its late files and scrutiny may lie.")
        self.in_draw: bool = self.is_draw or (around is not None and around.in_draw)
        self.in_report: bool = REPORT in kinds or (around is not None and around.in_report)
        stems = {told[1] for name, kind in kinds.items() if kind == "a file" and (told := OF_LIST.fullmatch(name))}
        self.lists = sorted(stem for stem in stems if self.unread.keys().isdisjoint(list_files(stem)))
        for name in (name for stem in self.lists for name in list_files(stem)):
            self._read(name)
        others = [path / name for name, kind in sorted(kinds.items()) if kind == "a folder" and name not in inside]
        self.below = [place for place in others if holds_lists(place)]
        self._name_strays(kinds)
        self.taken: dict[str, str] = {}  # case id -> the population of the month that holds it
        self.files: list[File] | None = None
        self.freeze = self._json("freeze.json", FREEZE)
        self.draw = self._json("draw.json", DRAW)

    def _read(self, name: str) -> None:
        """Read one of the files, if it is there and a file itself."""
        if name in self.unread:
            return
        try:
            self.content[name] = (self.path / name).read_bytes()
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            self.faults.append(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.")

    def _name_strays(self, names: Iterable[str]) -> None:
        """Collect the links, and whatever belongs to no draw; in a report only the links."""
        known = {*BESIDE, *(place.name for place in (*self.parts, *self.below)), *self.unread}
        known.update(name for stem in self.lists for name in list_files(stem))
        foreign = [] if self.in_report else sorted(name for name in names if name not in known)
        self.faults += several(sorted(self.unread), lambda name: f"{show(name)} is {self.unread[name]}.")
        self.faults += several(foreign, lambda name: f"{show(name)} belongs to no draw; keep it in another folder.")

    def _json(self, name: str, shape: Shape) -> dict[str, Any] | None:
        """Return what a JSON file holds, or nothing where that is not of the right shape."""
        value = read_json(name, self.content[name], self.faults) if name in self.content else None
        return value if value is not None and has_shape(name, value, shape, self.faults) else None

    def check(self) -> None:
        """Collect everything that is wrong, or sum up what is right."""
        content, faults = self.content, self.faults
        is_drawn = "sample.csv" in content or "draw.json" in content
        lacking = [name for name in FILES[: 4 if is_drawn else 2] if name not in {*content, *self.unread}]
        faults += [f"{name} is missing." for name in lacking]
        if "population.csv" in content:
            self.files = read_population(content["population.csv"], faults)
        rows = read_table("sample.csv", content["sample.csv"], SAMPLE, faults) if "sample.csv" in content else None
        if self.freeze is not None and self.files is not None:
            faults += freeze_faults(self.freeze, content["population.csv"], self.files)
        if self.draw is not None:
            faults += binding_faults(self.draw, content)
        if is_drawn:
            self._draw_again(rows)
        elif self.files is not None:
            self.summary = f"waiting for seed, {len(self.files):,} files frozen"

    def _draw_again(self, rows: list[list[str]] | None) -> None:
        """Make the draw again and compare."""
        if self.freeze is None or self.files is None or self.draw is None:
            self.faults.append("The draw could not be made again, because of what is said above.")
            return
        self.faults += seed_faults(self.draw, self.freeze)
        seed, actual = self.draw["seed"], sha256(self.content["freeze.json"])
        digest = digest_of_tickets(rows or [], self.draw, actual, self.faults)
        drawn = draw_again(self.files, self.freeze, digest, seed)
        if rows is not None:
            self.faults += sample_faults(rows, drawn, digest, seed)
        self.faults += record_faults(self.draw, drawn)
        counts = drawn.counts
        parts = ", ".join(f"{counts[step]:,} {step}" for step in STEPS if step in counts)
        how = f"({parts})" if parts else f"for scrutiny, from {counts['assessors']:,} assessors"
        self.summary = f"{counts['selected']:,} files selected of {counts['files']:,} {how}"

    def check_part(self, month: Folder) -> None:
        """Collect what is wrong with this folder as the late part of a month's, or as its scrutiny."""
        is_scrutiny = self.path.name == "scrutiny"
        if self.freeze is not None:
            part, purpose = ("month", "scrutiny") if is_scrutiny else (self.path.name, self.freeze["purpose"])
            if self.freeze["part"] != part:
                self.faults.append(f"freeze.json: part is {self.freeze['part']}; expected {part}.")
            if self.freeze["purpose"] != purpose:
                self.faults.append(f"freeze.json: purpose is {self.freeze['purpose']}; expected {purpose}.")
        if self.freeze is not None and month.freeze is not None:
            self.faults += [
                f"freeze.json: {key} is {show(self.freeze[key])}; the month's freeze has {show(month.freeze[key])}."
                for key in (("provider", "month") if is_scrutiny else ("provider", "month", "purpose"))
                if self.freeze[key] != month.freeze[key]
            ]
        if is_scrutiny:  # it chooses from all files of the month
            return
        own = sorted(file.case_id for file in self.files or [])
        both = [case_id for case_id in own if case_id in month.taken]
        self.faults += several(both, lambda i: f"File {show(i)} is in {month.taken[i]} population as well.")
        month.taken.update(dict.fromkeys(own, f"{self.path.name}'s"))

    def report(self) -> int:
        """Print what was found; return the exit code."""
        return report(self.path, self.faults, self.summary, self.content.get("freeze.json"))


def report(path: Path, faults: Sequence[str], summary: str, freeze: bytes | None) -> int:
    """Print what was found of one draw; return the exit code."""
    for fault in faults:
        print(f"  {fault}")
    digest = "" if freeze is None else f"; freeze digest {sha256(freeze)}"
    if faults:
        print(f"WRONG  {path}: {len(faults)} fault{'s' if len(faults) > 1 else ''}{digest}")
        return 1
    print(f"OK  {path}: {summary}{digest}")
    return 0


def holds_lists(path: Path) -> bool:
    """Whether draws from a list lie in a folder, at any depth."""
    return any(OF_LIST.fullmatch(name) for *_, names in os.walk(path) for name in names)


def kind_of(entry: os.DirEntry[str]) -> str:
    """Return what an entry of a folder is; a junction of Windows is a link too."""
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    if entry.is_symlink() or tag == 0xA0000003:
        return "a link; links are not followed"
    if entry.is_dir(follow_symlinks=False):
        return "a folder"
    return "a file" if entry.is_file(follow_symlinks=False) else "neither a file nor a folder"


def check_folder(path: Path, month: Folder | None = None, around: Folder | None = None) -> int:
    """Check one folder, its parts and the lists below; print what was found; return the exit code."""
    parts = f"{LATE}|scrutiny" if month is None else LATE if path.name == "scrutiny" else "(?!)"
    try:
        folder = Folder(path, parts, around)
    except (OSError, ValueError) as error:
        print(f"{path} cannot be read as a folder: {getattr(error, 'strerror', None) or error}.", file=sys.stderr)
        return 2
    inside = [*folder.parts, *folder.lists, *folder.below]
    code = 0
    if folder.is_draw or (month is not None and not inside):
        folder.check()
        folder.taken = {file.case_id: "the month's" for file in folder.files or []}
        if month is not None:
            folder.check_part(month)
        code = folder.report()
    elif inside:  # late files may come to a month that had none, or be sent alone
        code = folder.report() if folder.faults else 0
    else:
        print(f"{path} is not the folder of a draw: it has no population.csv and no freeze.json.", file=sys.stderr)
        return 2
    codes = [check_list(folder, stem) for stem in folder.lists]
    codes += [check_folder(part, folder) for part in folder.parts]
    return max([code, *codes, *(check_folder(place, around=folder) for place in folder.below)])


def main(arguments: list[str]) -> int:
    """Check every folder named; return the highest exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not arguments or any(argument.startswith("-") for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    return max([check_folder(Path(argument)) for argument in arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
