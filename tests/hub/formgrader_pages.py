"""nbgrader's formgrader, as the hub's service shows it to the staff."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.hub.hubs import ASSIGNMENT, NOTEBOOK, Hub

_LONG = 300_000.0


@dataclass(frozen=True)
class Formgrader:
    """Its pages, in somebody's browser."""

    hub: Hub
    page: Page

    @property
    def address(self) -> str:
        """Of its first page."""
        return f"{self.hub.sample.url}/services/{self.hub.sample.course}/formgrader"

    def shows_assignments(self) -> Locator:
        """Opens the list of assignments; the row of ours."""
        self.page.goto(f"{self.address}/manage_assignments")
        return self._row(ASSIGNMENT)

    def shows_submissions(self) -> None:
        """Opens the list of submissions of our assignment."""
        self.page.goto(f"{self.address}/manage_submissions/{ASSIGNMENT}")

    def clicks(self, who: str, column: str) -> str:
        """Presses an icon in a row, and closes the window that tells; what it has told."""
        self.presses(who, column)
        return self.hears()

    def presses(self, who: str, column: str) -> None:
        """Presses an icon in a row."""
        self._row(who).locator(f"td.{column} a").click()

    def hears(self) -> str:
        """Waits for the window that tells what came of it, and closes it."""
        told = self.page.locator(".modal.in")
        told.wait_for(timeout=_LONG)
        text = told.inner_text()
        told.get_by_role("button", name="OK").click()
        told.wait_for(state="hidden")
        self.page.wait_for_timeout(1000)
        return text

    def row(self, who: str) -> str:
        """What a row says."""
        return self._row(who).inner_text()

    def grades_the_class(self) -> list[str]:
        """Presses the button for all submissions; what the page said while it went on."""
        now = self.page.locator("#class-grading-now")
        self.page.get_by_role("button", name="Grade the class").click()
        said: list[str] = []
        while not said or "…" in said[-1]:
            self.page.wait_for_timeout(250)
            text = now.inner_text()
            if not said or said[-1] != text:
                said.append(text)
        self.page.wait_for_timeout(1000)
        return said

    def opens_the_first_submission(self) -> None:
        """Opens it as it is marked by hand."""
        notebook = NOTEBOOK.removesuffix(".ipynb")
        self.page.goto(f"{self.address}/gradebook/{ASSIGNMENT}/{notebook}")
        self.page.locator("#main-table td.name a:visible").first.click()
        self.page.wait_for_function("formgrader.grades?.loaded && formgrader.comments?.loaded")

    def marks_by_hand(self, cell: str, points: float, comment: str) -> None:
        """Types points and a comment; each is saved as its field is left."""
        score = self.page.locator(f"input#{cell}")
        with self.page.expect_response(lambda answer: "/api/grade/" in answer.url):
            score.fill(str(points))
            score.press("Tab")
        with self.page.expect_response(lambda answer: "/api/comment/" in answer.url):
            self.page.locator(f"textarea#{cell}-comment").fill(comment)
            self.page.locator(f"textarea#{cell}-comment").press("Tab")

    def _row(self, who: str) -> Locator:
        row = self.page.locator("#main-table tr", has_text=who)
        row.wait_for()
        return row
