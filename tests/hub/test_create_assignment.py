from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.hub.hubs import ASSIGNMENT, NOTEBOOK, Hub
from tests.hub.people import Person


def test_create_assignment_reads_the_source_and_finds_its_twenty_points(
    hub: Hub, browser: Browser
) -> None:
    instructor = Person.arrives(browser, hub, hub.sample.instructor)
    instructor.sees_lab()
    course = f"{hub.sample.url}/services/{hub.sample.course}/lab"
    instructor.page.goto(f"{course}/tree/source/{ASSIGNMENT}/{NOTEBOOK}")
    instructor.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    instructor.chooses("Nbgrader", "Create assignment")
    total = instructor.page.locator(".nbgrader-TotalPointsInput")
    expect(total).to_have_value("20")
    kinds = instructor.page.locator(".nbgrader-CellType select")
    expect(kinds.first).to_be_visible()
    instructor.page.context.close()
