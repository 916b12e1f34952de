"""What of a notebook's output may stand on a page: our own HTML, letter for letter, and escaped text for the rest.

HTML that a notebook holds is written anew from what was understood of it. Only if that gives the very same text is it
ours: no other element, attribute, comment or unbalanced tag can be in it, whoever wrote it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup, escape

from qa_lib.errors import RunError
from qa_lib.reports.table import NOTEBOOK_STYLE, printable

_SAFE_PATH = r"(?!/)[A-Za-z0-9%._~/-]+"
#: Element → attribute → what its value may be.
_ALLOWED: dict[str, dict[str, str]] = {
    "div": {"class": "qa-[a-z]+", "role": "region", "aria-labelledby": "table-[a-z0-9_-]+", "tabindex": "0"},
    "p": {"class": "qa-[a-z]+"},
    "span": {"class": "qa-file"},
    "a": {"href": _SAFE_PATH},
    "table": {},
    "caption": {"id": "table-[a-z0-9_-]+"},
    "thead": {},
    "tbody": {},
    "tr": {},
    "th": {"scope": "col|row", "class": "n|s"},
    "td": {"class": "n|s|empty|empty n", "colspan": "[1-9][0-9]*"},
}
_FILE = re.compile(rf'<span class="qa-file">({_SAFE_PATH})</span>')
_TERMINAL_COLOUR = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")


class _Rewriter(HTMLParser):
    """Writes anew what it reads, as long as every piece is allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        rules = _ALLOWED.get(tag)
        if rules is not None and all(re.fullmatch(rules.get(name, "(?!)"), value or "") for name, value in attrs):
            self._open.append(tag)
            self.pieces.append(f"<{tag}" + "".join(f' {name}="{value}"' for name, value in attrs) + ">")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open.pop() == tag:
            self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(str(escape(data)))

    def rewritten(self, html: str) -> str | None:
        self.feed(html)
        self.close()
        return None if self._open else "".join(self.pieces)


def own_html(html: str) -> Markup | None:
    """Return ``html`` fit for a page if it is our own, else None; names of files become links."""
    html = html.removeprefix(NOTEBOOK_STYLE)
    if not html.startswith('<div class="qa-') or _Rewriter().rewritten(html) != html:
        return None
    return Markup(_FILE.sub(r'<a class="qa-file" href="\1">\1</a>', html))  # noqa: S704 - checked above


def shown_output(output: Any) -> dict[str, Any] | None:
    """Return how one output is shown: ``kind`` (own | image | text) and what it needs; None for what pages leave out.

    Raises
    ------
    RunError
        If the output is an error, a chart without text alternative, or has no text at all.
    """
    if output["output_type"] == "error":
        raise RunError(f"it ended with {output.get('ename', 'an error')}; mend the notebook and run it again")
    if output["output_type"] == "stream":
        # Standard error tells of the machine (process ids, caches being built), not of the data.
        return _text(output["text"]) if output["name"] == "stdout" else None
    data = output["data"]
    if "image/png" in data:
        return _image(data["image/png"], output.get("metadata", {}).get("image/png", {}))
    own = own_html(joined(data["text/html"])) if "text/html" in data else None
    if own is not None:
        return {"kind": "own", "html": own}
    if "text/plain" not in data:
        raise RunError(f"it shows only {sorted(data)}; show a Table, a chart or text")
    return _text(data["text/plain"])


def _image(png: str | list[str], metadata: Any) -> dict[str, Any]:
    alt = str(metadata.get("alt", "")).strip()
    if not alt:
        raise RunError("its picture has no text alternative; show it with report.chart(Chart(figure, alt), name=...)")
    return {
        "kind": "image",
        "png": "".join(joined(png).split()),
        "alt": printable(alt),
        "width": metadata.get("width"),
    }


def _text(text: str | list[str]) -> dict[str, Any] | None:
    plain = printable(_TERMINAL_COLOUR.sub("", joined(text))).strip("\n")
    return {"kind": "text", "text": plain} if plain.strip() else None


def joined(text: str | list[str]) -> str:
    """Return a text of a notebook, which may be stored as lines."""
    return text if isinstance(text, str) else "".join(text)
