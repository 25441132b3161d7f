"""Pages opened in a real browser, Debian's Chromium; tests are skipped, aloud, where it is absent.

The browser belongs to a module: Playwright's loop runs in this thread while it is open, and
other tests run loops of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, sync_playwright

BUILD = Path(__file__).parents[2] / "build"

Axe = Callable[[Page], list[str]]

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_GRAVE = ("serious", "critical")
_AXE = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map(v => [v.impact, v.id, v.help, v.nodes.map(n => n.html)]);
}"""


@dataclass
class Watch:
    """What a page did that a self-contained page never does."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def attend(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def _on_request(self, request: Request) -> None:
        own = "file:" if request.is_navigation_request() else "data:"
        if not request.url.startswith((own, "about:")):
            self.requests.append(request.url[:200])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    if not any(map(shutil.which, _BROWSERS)):
        pytest.skip("no browser: install Debian's package chromium (make test does, as root)")
    with sync_playwright() as playwright, launched(playwright) as running:
        yield running


def launched(playwright: Playwright) -> Browser:
    """Chromium, started; a context manager."""
    # Its own sandbox refuses root; the pages opened here are ours.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    program = next(filter(None, map(shutil.which, _BROWSERS)))
    return playwright.chromium.launch(executable_path=program, args=arguments)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a desktop's width; the test fails on a console error or an outside request."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    watch = Watch()
    context.on("page", watch.attend)
    yield context.new_page()
    context.close()
    assert watch.errors == []
    assert watch.requests == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Lists the serious and critical accessibility faults of a page, one a line."""
    sources = sorted(BUILD.glob("axe-core-*.min.js"))
    if not sources:
        pytest.skip("no axe-core in build/: run make accessibility-rules (make test does)")
    source = sources[-1].read_text(encoding="utf-8")

    def faults(page: Page) -> list[str]:
        page.evaluate(source)
        return [
            f"{impact}: {rule}: {sentence}: {'; '.join(element[:200] for element in elements[:3])}"
            for impact, rule, sentence, elements in page.evaluate(_AXE)
            if impact in _GRAVE
        ]

    return faults
