"""A browser that looks at our pages: accessibility by axe, requests, overflow, and what is in the document."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_ARGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Seen:
    """What the browser saw of one page."""

    violations: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    overflow: int = 0
    broken_images: int = 0
    evaluated: dict[str, Any] = field(default_factory=dict)

    def faults(self) -> list[str]:
        """Everything that no page of ours may do, in words."""
        found = [f"axe: {violation}" for violation in self.violations]
        found += [f"asked for {url}" for url in self.requests]
        found += [f"console: {text}" for text in self.complaints]
        found += [f"scrolls sideways by {self.overflow} pixels"] if self.overflow > 0 else []
        found += [f"{self.broken_images} pictures are broken"] if self.broken_images else []
        return found


class PageChecker:
    """Opens pages in one browser that lives in its own thread, away from the event loops of other tests."""

    def __init__(self, executable: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._start, executable).result()

    def _start(self, executable: str) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=executable, args=_ARGS)

    def close(self) -> None:
        """Close the browser."""
        for step in (lambda: self._browser.close(), lambda: self._playwright.stop()):
            self._thread.submit(step).result()
        self._thread.shutdown()

    def __call__(self, path: Path, **options: Any) -> Seen:
        """Open the page at ``path`` and say what was seen.

        Options: ``width`` of the window; ``act`` on the page first; ``evaluate`` names JavaScript expressions to
        answer; ``axe=False`` leaves out the (slow) check of accessibility; ``screenshot`` and ``pdf`` are paths.
        """
        return self._thread.submit(self._look, path, **options).result()

    def _look(
        self,
        path: Path,
        *,
        width: int = 1280,
        act: Callable[[Any], None] | None = None,
        evaluate: dict[str, str] | None = None,
        axe: bool = True,
        screenshot: Path | None = None,
        pdf: Path | None = None,
    ) -> Seen:
        seen = Seen()
        context = self._browser.new_context(viewport={"width": width, "height": 900})
        try:
            page = context.new_page()
            context.route("**/*", lambda route: self._pass(route, seen))
            page.on("console", lambda message: seen.complaints.append(message.text))
            page.on("pageerror", lambda error: seen.complaints.append(str(error)))
            page.goto(path.resolve().as_uri())
            if act:
                act(page)
            seen.overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            seen.broken_images = page.evaluate("[...document.images].filter(i => !i.naturalWidth).length")
            seen.evaluated = {name: page.evaluate(script) for name, script in (evaluate or {}).items()}
            seen.violations = _violations(page) if axe else []
            if screenshot:
                page.screenshot(path=screenshot, full_page=True)
            if pdf:
                page.pdf(path=pdf, prefer_css_page_size=True)
        finally:
            context.close()
        return seen

    @staticmethod
    def _pass(route: Any, seen: Seen) -> None:
        if route.request.url.startswith(("file:", "data:")):
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()


def _violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": {"type": "tag", "values": _WCAG_22_AA}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{violation['id']} at {node['target']}" for violation in found for node in violation["nodes"]]


@pytest.fixture(scope="session")
def page_checker() -> Iterator[PageChecker]:
    """Return a checker of pages; skip where no browser is, and fail for it in CI."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        reason = "needs chromium or google-chrome on the path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    checker = PageChecker(executable)
    yield checker
    checker.close()
