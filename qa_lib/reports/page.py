"""An executed notebook as a page: one file, no scripts, nothing fetched, readable by everyone and on paper.

The template is our own because the ones that come with nbconvert fetch scripts, drop text alternatives and fail
contrast (``docs/decisions/0006-own-page-template.md``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from qa_lib.errors import RunError
from qa_lib.parameter_values import assigned_values
from qa_lib.reports.cells import cell_text
from qa_lib.reports.foreign import joined, shown_output
from qa_lib.reports.prose import Prose
from qa_lib.reports.table import Table, printable, templates

_CONTENTS_FROM = 3
_TABLE_ID = re.compile(r'<caption id="(table-[a-z0-9_-]+)">')


def render_page(nb: Any, *, title: str, lang: str = "en-GB") -> str:
    """Return an executed notebook as a self-contained HTML page.

    Prose, tables, charts and printed text are shown; the code and the parameters stand at the end. HTML in outputs
    that is not ours is replaced by the output's plain text.

    Parameters
    ----------
    nb
        The notebook, executed.
    title
        Names the page and stands above its heading, e.g. ``"Northern College, January 2013"``.
    lang
        Language of the page.

    Raises
    ------
    RunError
        If a cell was not run or ended with an error, a chart has no text alternative, or two tables share a name;
        all faults at once.
    """
    prose, faults, blocks = Prose(), [], []
    for number, cell in enumerate(nb["cells"], start=1):
        if cell["cell_type"] == "markdown":
            blocks.append({"kind": "own", "html": prose.html(joined(cell["source"])), "prose": True})
        elif cell["cell_type"] == "code":
            shown, wrong = _outputs(cell)
            blocks += shown
            faults += [f"cell {number}: {fault}" for fault in wrong]
    faults += _repeated_tables(blocks)
    if faults:
        raise RunError("the notebook cannot become a page: " + "; ".join(faults))
    contents = prose.contents if len(prose.contents) >= _CONTENTS_FROM else []
    sources = [printable(joined(cell["source"])) for cell in nb["cells"] if cell["cell_type"] == "code"]
    code = [source for source in sources if source.strip()]
    about = {"heading": prose.title, "contents": contents, "parameters": _parameter_table(nb), "code": code}
    return _filled(blocks, title=title, lang=lang, **about)


def render_index(
    rows: pd.DataFrame | Sequence[Mapping[str, object]], *, title: str, intro: str = "", lang: str = "en-GB"
) -> str:
    """Return the page that leads to all reports of a run.

    Parameters
    ----------
    rows
        One row per report, each with the same columns, in the order shown; a
        :class:`qa_lib.reports.cells.Link` leads to a page. The first column names the row; a column
        ``status`` holds words.
    title
        Names the page.
    intro
        A sentence above the table.
    lang
        Language of the page.
    """
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    first = frame.columns[0] if len(frame.columns) else None
    table = Table(frame=frame, caption="Reports", name="reports", row_header=first, rows=max(len(frame), 1))
    block = {"kind": "own", "html": Markup(table.html()), "before": printable(intro)}  # noqa: S704 - our template
    return _filled([block], title=title, lang=lang, heading="", contents=(), parameters="", code=())


def render_start(
    sections: Sequence[Mapping[str, Any]], *, title: str, intro: Sequence[str], lang: str = "en-GB"
) -> str:
    """Return a page that leads into several runs, and says who reads which of their pages.

    Parameters
    ----------
    sections
        One for each run: ``heading`` and ``sentences``; ``index``, a :class:`qa_lib.reports.cells.Link`; and ``rows``
        of ``who`` reads it, ``what`` it tells, and ``links``, each with its status in words.
    title, intro
        Names the page, and the paragraphs above its sections.
    lang
        Language of the page.
    """
    html = templates().get_template("start.html.j2").render(sections=sections, intro=intro)
    block = {"kind": "own", "html": Markup(html)}  # noqa: S704 - our template
    return _filled([block], title=title, lang=lang, heading="", contents=(), parameters="", code=())


def _filled(blocks: list[dict[str, Any]], *, title: str, **about: Any) -> str:
    return templates().get_template("page.html.j2").render(blocks=blocks, title=printable(title), **about)


def notebook_parameters(nb: Any) -> dict[str, Any]:
    """Return the parameters a notebook ran with: its own defaults, and over them what a run put in."""
    found: dict[str, Any] = {}
    for cell in nb["cells"]:
        tags = cell.get("metadata", {}).get("tags", [])
        if cell["cell_type"] == "code" and {"parameters", "injected-parameters"} & set(tags):
            found |= dict(assigned_values(joined(cell["source"])))
    return found


def _outputs(cell: Any) -> tuple[list[dict[str, Any]], list[str]]:
    shown, faults = [], []
    if cell.get("execution_count") is None and joined(cell["source"]).strip():
        faults.append("it was not run; run the whole notebook first")
    for output in cell.get("outputs", []):
        try:
            block = shown_output(output)
        except RunError as error:
            faults.append(str(error))
        else:
            shown += [block] if block else []
    return shown, faults


def _repeated_tables(blocks: list[dict[str, Any]]) -> list[str]:
    ids = Counter(name for block in blocks if "html" in block for name in _TABLE_ID.findall(block["html"]))
    return [
        f"{count} tables are named {name.removeprefix('table-')!r}; give each its own name"
        for name, count in sorted(ids.items())
        if count > 1
    ]


def _parameter_table(nb: Any) -> Markup | str:
    values = notebook_parameters(nb)
    if not values:
        return ""
    rows = {"parameter": list(values), "value": [v if isinstance(v, str) else _literal(v) for v in values.values()]}
    frame = pd.DataFrame(rows, dtype="object")
    table = Table(frame=frame, caption="Parameters of this run", name="parameters-of-this-run", row_header="parameter")
    return Markup(table.html())  # noqa: S704 - our template


def _literal(value: Any) -> str:
    return cell_text(value) if isinstance(value, (bool, int, float, type(None))) else repr(value)
