"""A course from release to feedback, by people in their browsers, and the hub restarted amid it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.class_of_students.answers import (
    LENET_ADD,
    MLP_EVALUATED_LIST,
    MLP_LIST,
    MLP_TRAINED,
    NUMBERS,
    TEXTS,
)
from tests.hub.formgrader_pages import Formgrader
from tests.hub.hubs import ASSIGNMENT, NOTEBOOK, Hub
from tests.hub.people import Person

ANSWERS = {
    **TEXTS,
    **NUMBERS,
    "q4_mlp": MLP_LIST,
    "q6_mlp_entrainement": MLP_TRAINED,
    "q7_mlp_evaluation": MLP_EVALUATED_LIST,
    "q9_lenet": LENET_ADD,
    # Somebody in a hurry: the right network, trained on one batch.
    "q10_lenet_entrainement": (
        "lenet.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])\n"
        "lenet.fit(X_train_images[:300], Y_train[:300], batch_size=300, verbose=0)"
    ),
    "q11_lenet_evaluation": "scores_lenet = lenet.evaluate(X_test_images, Y_test, verbose=0)",
}
BY_HAND = ("q1_modele", 0.5, "Et les biais ?")
# The instructor has read one answer of five.
BY_TESTS = 13
Keep = Callable[[str, Page], None]


@dataclass(frozen=True)
class Story:
    """What was seen on the way."""

    courses: str
    released: str
    validated: str
    collected: str
    other_page_seconds: float
    one_graded: str
    rows_after_one: tuple[str, str]
    class_said: tuple[str, ...]
    class_log: str
    rows_after_class: tuple[str, str]
    feedback: str
    feedback_again: str


def tell(hub: Hub, browser: Browser, keep: Keep) -> Story:
    """Everything, in order; `keep` is given pages worth a picture."""
    instructor = Person.arrives(browser, hub, hub.sample.instructor)
    instructor.sees_lab()
    instructor.chooses("Nbgrader", "Course List")
    courses = instructor.page.locator("#formgrader_list")
    courses.get_by_text(hub.sample.course).wait_for()
    seen = courses.inner_text()
    formgrader = Formgrader(hub, instructor.page)
    released = _release(formgrader, keep)

    first, second = (Person.arrives(browser, hub, login) for login in hub.sample.students)
    first.sees_lab()
    first.fetches()
    keep("hub-assignment-list", first.page)
    first.opens_the_notebook()
    first.fills_in(ANSWERS)
    # In mid-course: what runs in the student's server goes on, and what they typed is there.
    hub.sample.end_hub()
    hub.sample.start()
    first.runs_all("q11_lenet_evaluation")
    validated = first.validates()
    first.submits()

    second.sees_lab()
    second.fetches()
    whole = second.notebook.read_text()
    second.writes(f"{ASSIGNMENT}/{NOTEBOOK}", whole[: len(whole) // 2])
    second.submits()

    formgrader.shows_assignments()
    collected = formgrader.clicks(ASSIGNMENT, "collect")
    formgrader.shows_submissions()
    seconds, told = _grade_one(formgrader, first.login)
    rows = formgrader.row(first.login), formgrader.row(second.login)
    said = formgrader.grades_the_class()
    keep("hub-class-grading", instructor.page)
    log = instructor.page.locator("#class-grading-log").inner_text()
    rows_after = formgrader.row(first.login), formgrader.row(second.login)

    formgrader.opens_the_first_submission()
    formgrader.marks_by_hand(*BY_HAND)
    keep("hub-manual-grading", instructor.page)
    formgrader.shows_submissions()
    for column in ("generate-feedback", "release-feedback"):
        formgrader.clicks(first.login, column)
    feedback = first.reads_feedback()
    keep("hub-feedback", first.page)

    # Everything ends, as for an upgrade, and starts again.
    hub.sample.stop()
    hub.sample.start()
    again = Person.arrives(browser, hub, first.login)
    again.sees_lab()
    return Story(
        seen,
        released,
        validated,
        collected,
        seconds,
        told,
        rows,
        tuple(said),
        log,
        rows_after,
        feedback,
        again.reads_feedback(),
    )


def _release(formgrader: Formgrader, keep: Keep) -> str:
    for column in ("assign", "release"):
        formgrader.shows_assignments()
        formgrader.clicks(ASSIGNMENT, column)
    formgrader.shows_assignments()
    keep("hub-formgrader", formgrader.page)
    return formgrader.row(ASSIGNMENT)


def _grade_one(formgrader: Formgrader, login: str) -> tuple[float, str]:
    """Presses Autograde; how long another page took meanwhile, and what came of it."""
    formgrader.presses(login, "autograde")
    began = time.monotonic()
    other = Formgrader(formgrader.hub, formgrader.page.context.new_page())
    other.shows_assignments()
    seconds = time.monotonic() - began
    other.page.close()
    return seconds, formgrader.hears()


def pictures(folder: Path) -> Keep:
    """Keeps pictures in a folder, as PNG."""

    def keep(name: str, page: Page) -> None:
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"{name}.png")

    return keep
