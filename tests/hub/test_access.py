"""Who may open what of the hub, in a browser that is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser

from tests.hub.hubs import Hub
from tests.hub.people import Person

FORBIDDEN = [
    "/services/{course}/formgrader",
    "/services/{course}/formgrader/api/assignments",
    "/services/{course}/formgrader/api/submissions/tp_keras",
    "/services/{course}/formgrader/api/class/tp_keras/autograde",
    "/services/{course}/api/contents/source/tp_keras/deep_learning_keras.ipynb",
    "/services/{course}/files/gradebook.db",
    "/services/{course}/lab",
    "/user/{other}/lab",
    "/user/{other}/api/contents",
    "/user/{instructor}/api/contents",
    "/hub/api/users",
    "/hub/api/groups",
    "/hub/admin",
]


@pytest.fixture(scope="module")
def student(hub: Hub, browser: Browser) -> Iterator[Person]:
    """A student who is logged in; their server, the other's and the instructor's run."""
    people = [
        Person.arrives(browser, hub, login)
        for login in (hub.sample.instructor, *reversed(hub.sample.students))
    ]
    for person in people:
        person.sees_lab()
    yield people[-1]
    for person in people:
        person.page.context.close()


@pytest.mark.parametrize("path", FORBIDDEN)
def test_a_student_is_refused(student: Person, hub: Hub, path: str) -> None:
    assert student.status_of(_filled(path, hub)) == HTTPStatus.FORBIDDEN


def test_a_student_starts_no_grading(student: Person, hub: Hub) -> None:
    for path in ("class/tp_keras/autograde", "submission/tp_keras/somebody/autograde"):
        address = f"/services/{hub.sample.course}/formgrader/api/{path}"
        assert student.status_of(address, method="POST") == HTTPStatus.FORBIDDEN


def test_a_students_own_server_is_theirs(student: Person) -> None:
    assert student.status_of(f"/user/{student.login}/api/contents") == HTTPStatus.OK


def test_a_student_has_no_formgrader_of_their_own(student: Person) -> None:
    address = f"/user/{student.login}/formgrader"
    assert student.status_of(address) == HTTPStatus.NOT_FOUND


def test_nobody_enters_with_a_wrong_password_or_without_a_course(
    hub: Hub, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    for login, password in ((hub.sample.instructor, "wrong"), ("nobody", "nobody")):
        page.goto(hub.sample.url)
        page.get_by_label("Username").fill(login)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Invalid username or password").wait_for()
    context.close()


def _filled(path: str, hub: Hub) -> str:
    return path.format(
        course=hub.sample.course,
        other=hub.login("other student"),
        instructor=hub.sample.instructor,
    )
