"""The page over all reports of a run, and the run's own manifest that binds them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_lib.batch.bound import bind_register
from qa_lib.batch.manifest import MANIFEST, NOTHING_TO_SHOW, read_manifest
from qa_lib.batch.report_plan import OVER_ALL, period_words
from qa_lib.files import write_whole
from qa_lib.reports.cells import Link
from qa_lib.sampling.protocol import canonical_json, sha256_hex

INDEX = "index.html"
#: Of the run's manifest; one without a format is older and binds no register.
_FORMAT = "2"


@dataclass(frozen=True)
class Failure:
    """A report that could not be made: whom it would have been about, and why."""

    provider: str
    per: str
    period: str
    why: str


def report_folders(out: Path) -> list[str]:
    """Return the report folders of a run, relative to it, sorted."""
    return sorted(
        f"{path.parent.parent.name}/{path.parent.name}"
        for path in out.glob(f"*/*/{MANIFEST}")
        if not path.parent.parent.name.startswith(".")
        if not any(place.is_symlink() for place in (path, path.parent, path.parent.parent))
    )


def write_index(
    out: Path, *, run: str, title: str, made: Collection[str], failed: Mapping[str, Failure], register: str = ""
) -> None:
    """Write ``index.html`` and the run's manifest over everything that stands in its folder.

    Reports of earlier runs stay listed, and so do failures that have not been mended since. The manifest binds where
    the chains and returns of the reports' providers stand in the ``register``, a path or URL.
    """
    still = {folder: failure for folder, failure in failures_of(out).items() if folder not in made}
    still |= {folder: asdict(failure) for folder, failure in failed.items()}
    page = index_page(out, title=title, failed=still)
    write_whole(out / INDEX, page)
    content = {
        "failed": still,
        "format": _FORMAT,
        "index": sha256_hex(page),
        "register": bind_register(register, out, _providers(out, still)),
        "reports": {folder: sha256_hex((out / folder / MANIFEST).read_bytes()) for folder in report_folders(out)},
        "run": run,
        "title": title,
    }
    write_whole(out / MANIFEST, canonical_json(content))


def _providers(out: Path, failed: Mapping[str, Mapping[str, str]]) -> set[str] | None:
    """Return whose reports a run's folder holds, or lacks because they failed; None where one is about everybody."""
    about = [*(read_manifest(out / folder) for folder in report_folders(out)), *failed.values()]
    return None if any(one["per"] in OVER_ALL for one in about) else {one["provider"] for one in about}


def failures_of(out: Path) -> dict[str, dict[str, str]]:
    """Return what failed in a run's folder and was not mended since, by report folder."""
    if not (out / MANIFEST).is_file():
        return {}
    return dict(read_manifest(out).get("failed", {}))


def index_page(out: Path, *, title: str, failed: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return the page over the reports that stand in a run's folder and those that failed."""
    from qa_lib.reports.page import render_index

    folders = report_folders(out)
    rows = [row for folder in folders for row in _report_rows(out / folder, folder, failed.get(folder, {}))]
    rows += [_failed_row(one) for folder, one in failed.items() if folder not in folders]
    rows.sort(key=lambda row: (not row.pop("_over_all"), row["provider"], row.pop("_per"), row.pop("_first")))
    unused = {name for name in _FIGURES if all(row[name] is None for row in rows)}
    rows = [{name: value for name, value in row.items() if name not in unused} for row in rows]
    intro = "1 report." if len(folders) == 1 else f"{len(folders)} reports."
    if failed:
        intro += f" {len(failed)} failed or were not attempted: see the column status."
    return render_index(rows, title=title, intro=intro).encode()


def _report_rows(place: Path, folder: str, failure: Mapping[str, str]) -> list[dict[str, Any]]:
    content = read_manifest(place)
    figures, empty = _figures(place), content.get(NOTHING_TO_SHOW, {})
    status = f"{failure['why']}; the page is an earlier run's" if failure else status_of(place)
    return [
        {
            **_whom(content),
            "report": Link(name.replace("_", " "), f"{folder}/{name}.html"),
            "status": "nothing to show" if name in empty and not failure else status,
            **figures,
        }
        for name in content["notebooks"]
    ]


def _failed_row(failure: Mapping[str, str]) -> dict[str, Any]:
    return {**_whom(failure), "report": "", "status": failure["why"], **dict.fromkeys(_FIGURES)}


def _whom(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first columns, and by what rows are put in order: all providers, then each one's months and years."""
    per, period = content["per"], content["period"]
    together = per in OVER_ALL
    return {
        "provider": "All providers" if together else content["provider"],
        "period": period_words(per, period),
        "_over_all": together,
        "_per": per,
        "_first": period,
    }


def status_of(place: Path) -> str:
    """Return how far a report is, in words."""
    if (place / "draw.json").is_file():
        return "drawn"
    return "waiting for seed" if (place / "freeze.json").is_file() else "complete"


_FIGURES = ("files", "sampled", "breaches")


def _figures(place: Path) -> dict[str, int | None]:
    """Return how many files were in the population, how many were sampled, how many findings are breaches."""
    findings = _csv_rows(place / "findings.csv")
    breaches = None if findings is None else sum(row.get("status") == "breach" for row in findings)
    counted = [_csv_rows(place / name) for name in ("population.csv", "sample.csv")]
    return dict(zip(_FIGURES, [*(None if rows is None else len(rows) for rows in counted), breaches], strict=True))


def _csv_rows(path: Path) -> list[dict[str, str]] | None:
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
