"""The draw protocol, version 1, in its simplest form: slow, obvious, standard library only.

Written from ``docs/protocol.md`` alone, section by section, so that the library's bytes can be compared with those of
somebody who has only read the page. Nothing is checked here: what is put in is taken as it is, so tests can also build
folders that break the rules. The matching is recursive as on the page, so Python nests it no deeper than some 900 PoPs.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

Row = Mapping[str, str]
Selected = dict[str, str]

POPULATION_COLUMNS = ["case_id", "stratum", "reasons", "outcome", "tier", "assessor_id", "pop_id", "insufficient"]
SAMPLE_COLUMNS = [
    "case_id",
    "stratum",
    "reasons",
    "selected_by",
    "ticket",
    "random_probability",
    "standards_to_moderate",
]
NO_ENTRY = "0" * 64
WHITE_SPACE = (
    "\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


# --- section 2: text ---------------------------------------------------------------------------------------------


def sha256(content: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text's UTF-8 bytes, in lower-case hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def normalised(text: str) -> str:
    """Return the text in Unicode normalisation form C without white space at both ends."""
    return unicodedata.normalize("NFC", text).strip(WHITE_SPACE)


def canonical_json(value: object) -> bytes:
    """Return the canonical JSON of a value, with the one line feed at its end."""
    return (_json(value) + "\n").encode()


def _json(value: object) -> str:
    """Write one JSON value as the page says."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(_json(key) + ":" + _json(value[key]) for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_json(item) for item in value) + "]"
    raise TypeError(f"the protocol has no JSON for {value!r}")


def write_csv(columns: list[str], rows: Iterable[Row]) -> bytes:
    """Return the rows as the protocol's CSV, in the order in which they come."""
    table = [columns] + [[row[column] for column in columns] for row in rows]
    return "".join(",".join(_field(field) for field in line) + "\n" for line in table).encode()


def _field(text: str) -> str:
    """Quote one field where it needs quotes."""
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def read_csv(content: bytes) -> list[dict[str, str]]:
    """Return the rows of the protocol's CSV."""
    header, *lines = [_fields(line) for line in content.decode().split("\n")[:-1]]
    return [dict(zip(header, line, strict=True)) for line in lines]


def _fields(line: str) -> list[str]:
    """Split one line: a quote opens or closes, and a doubled quote inside is a quote."""
    fields, quoted, position = [""], False, 0
    while position < len(line):
        character = line[position]
        if quoted and line[position : position + 2] == '""':
            fields[-1] += '"'
            position += 1
        elif character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            fields.append("")
        else:
            fields[-1] += character
        position += 1
    return fields


# --- sections 3 and 4: population and freeze ---------------------------------------------------------------------


def write_population(rows: Iterable[Row]) -> bytes:
    """Return ``population.csv`` of rows that have all eight columns as text, in whatever order they come."""
    return write_csv(POPULATION_COLUMNS, sorted(rows, key=lambda row: row["case_id"]))


def write_freeze(content: Mapping[str, Any]) -> bytes:
    """Return ``freeze.json``."""
    return canonical_json(content)


# --- section 6: the draw -----------------------------------------------------------------------------------------


def draw(
    population_csv: bytes,
    freeze_json: bytes,
    seed: str,
    reviewer: str,
    reviewer_rpa: str,
    seed_origin: str = "reviewer",
) -> tuple[bytes, bytes]:
    """Return ``sample.csv`` and ``draw.json`` of a freeze folder and a seed."""
    files, freeze, seed = read_csv(population_csv), json.loads(freeze_json), normalised(seed)
    stem = f"{sha256(freeze_json)}:{seed}"
    tickets = {file["case_id"]: sha256(f"{stem}:{file['case_id']}") for file in files}
    by_ticket = sorted(files, key=lambda file: (tickets[file["case_id"]], file["case_id"]))
    purpose = _scrutiny if freeze["purpose"] == "scrutiny" else _moderation
    selected, probability, counts, proof = purpose(by_ticket, freeze)
    sample = write_csv(
        SAMPLE_COLUMNS,
        [
            {
                **file,
                "selected_by": selected[file["case_id"]],
                "ticket": tickets[file["case_id"]],
                "random_probability": probability(file),
                "standards_to_moderate": _standards(file, freeze, stem),
            }
            for file in files
            if file["case_id"] in selected
        ],
    )
    content = {
        "counts": counts,
        "cover_proof": proof,
        "freeze_digest": sha256(freeze_json),
        "population_digest": sha256(population_csv),
        "protocol": "1",
        "reviewer": normalised(reviewer),
        "reviewer_rpa": normalised(reviewer_rpa),
        "sample_digest": sha256(sample),
        "seed": seed,
        "seed_origin": seed_origin,
    }
    return sample, canonical_json(content)


Purpose = tuple[Selected, Callable[[Row], str], dict[str, int], dict[str, list[str]]]


def _moderation(by_ticket: list[dict[str, str]], freeze: dict[str, Any]) -> Purpose:
    """Take steps 1 to 5."""
    stratum_met = [file for file in by_ticket if file["stratum"] == "met"]
    met = sum(file["outcome"] == "met" for file in by_ticket)
    required = ceil(Fraction(freeze["rate"]) * met)

    selected = {file["case_id"]: "certainty" for file in by_ticket if file["stratum"] != "met"}
    selected.update({file["case_id"]: "random" for file in stratum_met[:required]})
    for tier in ["high", "raised", "standard"]:
        of_tier = [file for file in stratum_met if file["tier"] == tier]
        more = ceil(Fraction(freeze["tiers"][tier]) * len(of_tier))
        left = [file for file in of_tier if file["case_id"] not in selected]
        selected.update({file["case_id"]: "risk" for file in left[:more]})
    proof = _cover(by_ticket, selected, freeze["needs_cover"])
    selected.update(dict.fromkeys(proof["files"], "coverage"))

    counts = {"files": len(by_ticket), "met": met, "stratum_met": len(stratum_met), "random_required": required}
    for step in ["certainty", "random", "risk", "coverage"]:
        counts[step] = list(selected.values()).count(step)
    counts["selected"] = len(selected)
    share = f"{min(required, len(stratum_met))}/{len(stratum_met)}"
    return selected, lambda file: share if file["stratum"] == "met" else "1", counts, proof


def _cover(by_ticket: list[dict[str, str]], selected: Selected, needs: dict[str, list[str]]) -> dict[str, list[str]]:
    """Take the fewest candidates that leave nobody uncovered; return them with the proof (steps 4 and 5)."""
    taken = [file for file in by_ticket if file["case_id"] in selected]
    assessors = sorted(set(needs["assessors"]) - {file["assessor_id"] for file in taken})
    pops = sorted(set(needs["pops"]) - {file["pop_id"] for file in taken})
    candidates = [file for file in by_ticket if file["case_id"] not in selected]
    edges = [file for file in candidates if file["assessor_id"] in assessors and file["pop_id"] in pops]
    match_of: dict[str, Row] = {}

    def attempt(pop: str, seen: set[str]) -> bool:
        for file in edges:
            assessor = file["assessor_id"]
            if file["pop_id"] != pop or assessor in seen:
                continue
            seen.add(assessor)
            if assessor not in match_of or attempt(match_of[assessor]["pop_id"], seen):
                match_of[assessor] = file
                return True
        return False

    for pop in pops:
        attempt(pop, set())

    unmatched = [assessor for assessor in assessors if assessor not in match_of]
    unmatched_pops = [pop for pop in pops if pop not in [file["pop_id"] for file in match_of.values()]]
    files = [file["case_id"] for file in match_of.values()]
    files += [_first(candidates, "assessor_id", assessor) for assessor in unmatched]
    files += [_first(candidates, "pop_id", pop) for pop in unmatched_pops]

    marked, marked_pops, before = set(unmatched), set[str](), -1
    while before != len(marked) + len(marked_pops):
        before = len(marked) + len(marked_pops)
        marked_pops |= {file["pop_id"] for file in edges if file["assessor_id"] in marked}
        marked |= {assessor for assessor, file in match_of.items() if file["pop_id"] in marked_pops}
    return {"assessors": sorted(marked), "files": sorted(files), "pops": sorted(set(pops) - marked_pops)}


def _first(candidates: list[dict[str, str]], column: str, who: str) -> str:
    """Return the case id of somebody's candidate with the smallest ticket."""
    return next(file["case_id"] for file in candidates if file[column] == who)


def _standards(file: Row, freeze: dict[str, Any], stem: str) -> str:
    """Return the standards to moderate of one selected file."""
    if freeze["purpose"] == "scrutiny":
        return ""
    always = {int(standard) for standard in file["insufficient"].split(";") if standard}
    always |= set(freeze["national_standards"])
    others = [standard for standard in range(1, freeze["standards"] + 1) if standard not in always]
    others.sort(key=lambda standard: sha256(f"{stem}:{file['case_id']}:{standard}"))
    return ";".join(str(standard) for standard in sorted(always | set(others[: freeze["standards_more"]])))


# --- section 7: pre-upload scrutiny ------------------------------------------------------------------------------


def _scrutiny(by_ticket: list[dict[str, str]], freeze: dict[str, Any]) -> Purpose:
    """Take each assessor's files with the smallest tickets, as many as the highest tier among them asks for."""
    selected: Selected = {}
    share: dict[str, str] = {}
    for assessor in {file["assessor_id"] for file in by_ticket}:
        own = [file for file in by_ticket if file["assessor_id"] == assessor]
        tier = min((file["tier"] for file in own), key=["high", "raised", "standard"].index)
        taken = own[: freeze["scrutiny_files"][tier]]
        selected.update({file["case_id"]: "scrutiny" for file in taken})
        share[assessor] = f"{len(taken)}/{len(own)}"
    counts = {"assessors": len(share), "files": len(by_ticket), "selected": len(selected)}
    return selected, lambda file: share[file["assessor_id"]], counts, {"assessors": [], "files": [], "pops": []}


# --- section 8: the draw chain -----------------------------------------------------------------------------------


def chain_entry(freeze: Mapping[str, Any], kind: str, digest: str, previous: str = NO_ENTRY) -> bytes:
    """Return one entry of a provider's chain: its canonical JSON, the line feed included."""
    of_freeze = {key: freeze[key] for key in ["month", "part", "provider", "purpose"]}
    return canonical_json({**of_freeze, "digest": digest, "kind": kind, "previous": previous})


def withdrawal_digest(freeze_digest: str, reason: str) -> str:
    """Return what a withdrawal's entry holds as ``digest``."""
    return sha256(canonical_json({"freeze_digest": freeze_digest, "reason": reason}))


def chain_head(entries: Iterable[bytes]) -> str:
    """Return the SHA-256 of the last entry, or 64 zeros where there is none."""
    head = NO_ENTRY
    for entry in entries:
        head = sha256(entry)
    return head
