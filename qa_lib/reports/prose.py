"""The Markdown of a notebook as HTML: headings to link to, tables to scroll, no raw HTML, no pictures."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import mistune
from markupsafe import Markup, escape

_TAGS = re.compile(r"<[^>]*>")
_ALIGN = {"left": "", "center": "", "right": ' class="n"', None: ""}
_LINKS = re.compile(r"(?i)(https?://|mailto:|#|(?![a-z][a-z0-9+.-]*:|/|\\))")


class Prose:
    """Turns one notebook's Markdown cells into HTML and remembers their headings.

    Attributes
    ----------
    title
        The text of the first first-level heading, empty if there is none; later ones become second-level headings.
    contents
        Anchor and text of each second-level heading.
    """

    def __init__(self) -> None:
        self.title = ""
        self.contents: list[tuple[str, str]] = []
        self._anchors: set[str] = set()
        renderer = _Renderer(self)
        self._markdown = mistune.create_markdown(renderer=renderer, plugins=["table"])
        renderer.register("table", _table)
        renderer.register("table_cell", _table_cell)

    def html(self, source: str) -> Markup:
        """Return one cell as HTML."""
        return Markup(self._markdown(source))  # noqa: S704 - the renderer escapes all text and attributes

    def heading(self, inner: str, level: int) -> str:
        """Return a heading of the page; the first one of level 1 names it."""
        text = unescape(_TAGS.sub("", inner)).strip()
        if level == 1 and not self.title:
            self.title = text
        elif level <= 2:
            level = 2
        anchor = self._anchor(text)
        if level == 2:
            self.contents.append((anchor, text))
        return f'<h{level} id="{escape(anchor)}">{inner}</h{level}>\n'

    def _anchor(self, text: str) -> str:
        # As JupyterLab names them, so that links inside a notebook keep working.
        stem = anchor = re.sub(r"\s+", "-", text) or "section"
        number = 1
        while anchor in self._anchors:
            number += 1
            anchor = f"{stem}-{number}"
        self._anchors.add(anchor)
        return anchor


class _Renderer(mistune.HTMLRenderer):
    """HTML without raw HTML and without anything that is fetched."""

    def __init__(self, prose: Prose) -> None:
        super().__init__(escape=True)
        self._prose = prose

    def heading(self, text: str, level: int, **_: Any) -> str:
        return self._prose.heading(text, level)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not _LINKS.match(url):
            return text
        return super().link(text, url, title)

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - the renderer's signature
        return f"[picture: {text}]"

    def block_code(self, code: str, info: str | None = None) -> str:  # noqa: ARG002 - the renderer's signature
        return f'<pre tabindex="0"><code>{escape(code)}</code></pre>\n'


def _table(_: mistune.BaseRenderer, text: str) -> str:
    region = '<div class="qa-table" role="region" aria-label="Table in the text" tabindex="0">'
    return f"{region}<table>\n{text}</table></div>\n"


def _table_cell(_: mistune.BaseRenderer, text: str, align: str | None = None, head: bool = False) -> str:
    tag, scope = ("th", ' scope="col"') if head else ("td", "")
    return f"<{tag}{scope}{_ALIGN[align]}>{text}</{tag}>\n"
