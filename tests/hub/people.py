"""What people do in their browsers: log in, fetch, answer, validate, submit, read."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, expect

from tests.class_of_students.builder import grade_id
from tests.hub.hubs import ASSIGNMENT, NOTEBOOK, Hub

_SECOND = 1000.0
_MINUTE = 60 * _SECOND
_LONG = 5 * _MINUTE
_OUT_OF_REACH = re.compile("Directory not found|Server Connection Error|Server unavailable")
_NEVER_MIND = re.compile("^(Close|Dismiss|Ok)$")
_UPLOAD = """async ([path, content]) => {
    const page = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const known = document.cookie.match(/\\b_xsrf=([^;]*)/)[1];
    const answer = await fetch(page.baseUrl + "api/contents/" + path, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-XSRFToken": known },
        body: JSON.stringify({ type: "file", format: "text", content }),
    });
    return answer.status;
}"""


@dataclass
class Person:
    """Somebody with a browser of their own."""

    hub: Hub
    login: str
    page: Page

    @classmethod
    def arrives(cls, browser: Browser, hub: Hub, login: str) -> Person:
        """Opens the hub's page and logs in."""
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(_MINUTE)
        person = cls(hub, login, context.new_page())
        # What JupyterLab says of the seconds in which the hub starts again: people click it away.
        said = person.page.locator(".jp-Dialog", has_text=_OUT_OF_REACH)
        # JupyterLab shows the next one as soon as one is away: none is waited for to be gone.
        person.page.add_locator_handler(
            said,
            lambda it: it.get_by_role("button", name=_NEVER_MIND).click(),
            no_wait_after=True,
        )
        person.page.goto(hub.sample.url)
        person.page.get_by_label("Username").fill(login)
        person.page.get_by_label("Password").fill(hub.passwords[login])
        person.page.get_by_role("button", name="Sign in").click()
        return person

    @property
    def home(self) -> Path:
        """Their home."""
        return self.hub.sample.folder / "homes" / self.login

    @property
    def notebook(self) -> Path:
        """Their notebook, once fetched."""
        return self.home / ASSIGNMENT / NOTEBOOK

    def sees_lab(self) -> None:
        """Until JupyterLab is there."""
        self.page.wait_for_url("**/lab**", timeout=_LONG)
        expect(self.page.locator("#jp-MainMenu")).to_be_visible(timeout=_LONG)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def chooses(self, menu: str, entry: str) -> None:
        """Chooses an entry of a menu."""
        self.page.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
        self.page.locator(".lm-Menu-item").get_by_text(entry, exact=True).click()

    def listed(self, which: str) -> Locator:
        """Our assignment in a part of the list: `released`, `fetched` or `submitted`."""
        return self.page.locator(f"#{which}_assignments_list > .list_item", has_text=ASSIGNMENT)

    def fetches(self) -> None:
        """Fetches the assignment, from the assignment list."""
        self.chooses("Nbgrader", "Assignment List")
        self.listed("released").get_by_role("button", name="Fetch").click()
        expect(self.listed("fetched").get_by_role("button", name="Submit")).to_be_visible()

    def opens_the_notebook(self) -> None:
        """Opens it from the list of what was fetched, and waits for its kernel."""
        self.listed("fetched").get_by_text(ASSIGNMENT, exact=True).click()
        self.listed("fetched").get_by_text(Path(NOTEBOOK).stem).click()
        self.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        self._idle()

    def fills_in(self, answers: Mapping[str, str]) -> None:
        """Types answers into their cells, going down the notebook with the keyboard."""
        self.page.locator(".jp-NotebookPanel .jp-Cell").first.click()
        keyboard = self.page.keyboard
        keyboard.press("Escape")
        for cell in self._cells():
            answer = answers.get(grade_id(cell))
            if answer is not None:
                keyboard.press("Enter")
                keyboard.press("Control+A")
                keyboard.insert_text(answer)
                keyboard.press("Escape")
            keyboard.press("j")
        self._saves()

    def runs_all(self, last: str) -> None:
        """Runs the notebook, until the cell `last` has run."""
        self.chooses("Run", "Run All Cells")
        until = time.monotonic() + _LONG / _SECOND
        while not any(grade_id(c) == last and c.execution_count for c in self._cells()):
            assert time.monotonic() < until, f"{last} has not run"
            self.page.wait_for_timeout(2 * _SECOND)
            self._saves()

    def validates(self) -> str:
        """What Validate says."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog", has_text="Validation Results")
        dialog.wait_for(timeout=_LONG)
        said = dialog.inner_text()
        dialog.get_by_role("button", name="Ok").click()
        return said

    def submits(self) -> None:
        """Submits, from the assignment list."""
        self.chooses("Nbgrader", "Assignment List")
        self.listed("fetched").get_by_role("button", name="Submit").click()
        expect(self.listed("submitted")).to_contain_text(ASSIGNMENT)

    def reads_feedback(self) -> str:
        """Fetches what was released and opens it in JupyterLab: what the page says."""
        self.chooses("Nbgrader", "Assignment List")
        self.listed("submitted").get_by_role("button", name="Fetch Feedback").click()
        self.listed("submitted").get_by_text("(view feedback)").click()
        name = NOTEBOOK.replace(".ipynb", ".html")
        self.page.locator(".jp-DirListing-item", has_text=name).dblclick()
        body = self.page.frame_locator(".jp-HTMLViewer iframe").locator("body")
        body.wait_for()
        return body.inner_text()

    def writes(self, path: str, text: str) -> None:
        """Replaces a file of theirs by another, as an upload does."""
        answer = self.page.evaluate(_UPLOAD, [path, text])
        assert answer in {200, 201}

    def status_of(self, path: str, method: str = "GET") -> int:
        """What the hub answers to a request from this browser, wherever it leads."""
        known = next(
            (
                cookie["value"]
                for cookie in self.page.context.cookies()
                if cookie["name"] == "_xsrf"
            ),
            "",
        )
        return self.page.request.fetch(
            f"{self.hub.sample.url}{path}",
            method=method,
            headers={"X-XSRFToken": known, "X-CSRFToken": known},
        ).status

    def _idle(self) -> None:
        self.page.locator(
            ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle]"
        ).wait_for(timeout=_LONG)

    def _saves(self) -> None:
        before = self.notebook.stat().st_mtime_ns
        self.page.keyboard.press("Control+S")
        for _ in range(50):
            if self.notebook.stat().st_mtime_ns != before:
                return
            self.page.wait_for_timeout(0.2 * _SECOND)

    def _cells(self) -> list[nbformat.NotebookNode]:
        while not (text := self.notebook.read_text()).rstrip().endswith("}"):
            self.page.wait_for_timeout(0.1 * _SECOND)  # JupyterLab is writing it
        return list(nbformat.reads(text, as_version=4).cells)
