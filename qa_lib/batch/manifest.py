"""The manifest of a report: what it was made from, by what, and what it consists of. No clock, no machine, no path."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any

from qa_lib.batch.report_plan import Report
from qa_lib.batch.runfile import TIMELESS, RunFile
from qa_lib.errors import QAError, RunError
from qa_lib.files import Listing, is_real_file, list_folder, write_whole
from qa_lib.register.working_folder import found_file
from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.sampling.draw_folders import MANIFEST as MANIFEST
from qa_lib.sampling.protocol import canonical_json, read_canonical_json, sha256_hex
from qa_lib.scheme import Scheme, find_scheme

#: Key under which a manifest names the notebooks that had nothing to show, each with the sentence on its page.
NOTHING_TO_SHOW = "nothing_to_show"
_FORMAT = "1"
_PACKAGE = re.compile(r"[A-Za-z0-9._-]+")


def basis(
    run: RunFile, report: Report, book: RuleBook, inputs: Mapping[str, str], *, returns: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return everything that a report follows from, with its run id: the hash of it all.

    Parameters
    ----------
    returns
        What came back from the moderators, by provider and draw, as a digest of each.

    Raises
    ------
    RuleNotInForce
        If a rule has no value on the report's day.
    RunError
        If the file of free days that the parameters name cannot be read.
    """
    names = {"seed_series": run.seed_series, "rule_book": run.rule_book}
    names["accept_near_equal"] = ";".join(run.accept_near_equal)
    parameters = {one.name: report.parameters(one, **names) for one in report.notebooks}
    content = {
        "inputs": {**inputs, **_free_days(parameters)},
        "months": list(report.months or ()),
        "returns": dict(returns or {}),
        "intake": {"columns": run.columns, "reader": run.reader or "", "scheme": run.scheme, "values": run.values}
        | ({"header_rows": run.header_rows} if run.header_rows else {}),
        "notebooks": {one.name: one.source.sha256 for one in report.notebooks},
        "parameters": parameters,
        "rule_books": {Path(book.path).name: book.sha256},
    }
    return {
        **content,
        "format": _FORMAT,
        "packages": package_versions(),
        "per": report.per,
        "period": report.period,
        "provider": report.provider,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "rules": _rules(_values(find_scheme(run.scheme), book, report)),
        "run": run.name,
        "run_id": sha256_hex(canonical_json(content)),
        "title": report.title,
    }


def _free_days(parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the hash of the file of free days, by its name: what is in it moves deadlines."""
    hashes = {}
    for path in {Path(str(given["free_days"])) for given in parameters.values() if given.get("free_days")}:
        try:
            hashes[path.name] = sha256_hex(found_file(path).read_bytes())
        except OSError as error:
            raise RunError(
                f"the file of free days {path.name!r} cannot be read ({error.strerror}); "
                "name it by its path from here, from the project's folder, or by an absolute one"
            ) from None
    return hashes


def package_versions() -> dict[str, str]:
    """Return the versions of this project and of every package that it names itself.

    Names are in the form that registries compare, as build tools differ in how they write them.
    """
    required = [line for line in metadata.requires("qa-lib") or [] if "extra ==" not in line]
    names = {_PACKAGE.match(line)[0] for line in required} | {"qa-lib"}  # type: ignore[index]
    plain = {re.sub("[-_.]+", "-", name).lower() for name in names}
    return {name: metadata.version(name) for name in sorted(plain)}


def _values(scheme: Scheme, book: RuleBook, report: Report) -> Mapping[str, RuleValue]:
    """Return the rule values behind a report: all that are in force, among them those that a draw must have."""
    drawn_by = "" if report.per in TIMELESS else scheme.draw_rules
    return {**book.values_on(report.rules_on), **{rule: book[rule].on(report.rules_on) for rule in drawn_by.split()}}


def _rules(values: Mapping[str, RuleValue]) -> list[dict[str, Any]]:
    return [
        {
            "clause": value.clause,
            "rule": rule,
            "source": value.source,
            "valid_from": value.valid_from.isoformat(),
            "value": _exact(value.value),
        }
        for rule, value in sorted(values.items())
    ]


def _exact(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _exact(cell) for name, cell in value.items()}
    return str(value) if isinstance(value, Fraction) else value


def files_of(folder: Path, listed: Listing | None = None) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder but its manifest, by path with ``/`` between the parts."""
    names = (listed or list_folder(folder)).files
    return {name: sha256_hex((folder / name).read_bytes()) for name in names if name != MANIFEST}


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest of a report folder that holds everything else already."""
    write_whole(folder / MANIFEST, canonical_json({**content, "outputs": files_of(folder)}))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder.

    Raises
    ------
    SampleError
        If it is not in the form in which it was written.
    """
    return read_canonical_json((folder / MANIFEST).read_bytes(), name=MANIFEST)


def differences(folder: Path) -> list[str]:
    """Return how a report folder differs from its manifest, file by file; an empty list where it does not."""
    if not is_real_file(folder / MANIFEST):
        return [f"{MANIFEST} is not there as a file of its own; fetch the original"]
    try:
        written = read_manifest(folder).get("outputs")
    except QAError as error:
        return [str(error)]
    if not isinstance(written, dict):
        return [f"{MANIFEST} lists no outputs; it was edited: fetch the original"]
    listed = list_folder(folder)
    unread = {*listed.links, *listed.others}
    # What a link stands for is said of the link alone.
    readable = {name: digest for name, digest in written.items() if unread.isdisjoint(_with_folders(name))}
    holding = {above for name in (*written, *listed.files, *unread) for above in _with_folders(name)}
    empty = [f"{name} was added, a folder" for name in listed.folders if name not in holding]
    return compare_hashes(readable, files_of(folder, listed)) + listed.faults() + empty


def _with_folders(name: str) -> list[str]:
    """Return a path and every folder on its way."""
    parts = name.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]


def compare_hashes(written: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return which files changed, which are missing and which were added."""
    changed = [name for name in sorted(written.keys() & there.keys()) if written[name] != there[name]]
    problems = [f"{name} was changed" for name in changed]
    problems += [f"{name} is missing" for name in sorted(written.keys() - there.keys())]
    return problems + [f"{name} was added" for name in sorted(there.keys() - written.keys())]
