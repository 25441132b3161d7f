"""From the source to marks and feedback, by nbgrader's own commands, on the real MNIST."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from graders.rubric import RESULT_MIME
from tests.class_of_students.builder import filled, submit
from tests.class_of_students.catalogue import SampleStudent
from tests.class_of_students.catalogue.demonstration import KINDS
from tests.class_of_students.catalogue.sample import FULL, earns
from tests.end_to_end.conftest import Run

ASSIGNMENT = "tp_keras"
NOTEBOOK = "deep_learning_keras"
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)

pytestmark = pytest.mark.full_mnist
by_login = pytest.mark.parametrize("student", KINDS, ids=lambda student: student.login)


@pytest.fixture(scope="module")
def course(new_course: Callable[[], Path], run_in: Run) -> Path:
    """A course in which the sample class was graded and given its feedback."""
    folder = new_course()
    run_in(folder, "nbgrader", "generate_assignment", ASSIGNMENT)
    released = nbformat.read(folder / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
    for student in KINDS:
        submission = folder / "submitted" / student.login / ASSIGNMENT
        submit(filled(released, student.answers), submission, f"{NOTEBOOK}.ipynb")
    run_in(folder, "nbgrader", "autograde", ASSIGNMENT)
    run_in(folder, "nbgrader", "generate_feedback", ASSIGNMENT)
    return folder


@by_login
def test_the_gradebook_holds_the_marks_of_the_catalogue(
    student: SampleStudent, course: Path
) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, student.login)
        grades = {grade.name: grade for grade in submission.grades}
        found = {name: grades[name].auto_score for name in FULL}
        asked = {name for name in FULL if grades[name].needs_manual_grade}
    wrong = [
        f"{name}: expected {student.marks[name]}, received {points}"
        for name, points in found.items()
        if not earns(student.marks[name], points)
    ]
    assert not wrong, "\n".join(wrong)
    assert asked == {name for name, points in student.marks.items() if points is None}


@by_login
def test_answers_in_words_wait_for_a_manual_mark(student: SampleStudent, course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, student.login)
        waiting = {grade.name for grade in submission.grades if grade.needs_manual_grade}
        texts = {grade.name for grade in submission.grades} - FULL.keys()
    assert waiting >= texts & student.answers.keys()


@by_login
def test_the_feedback_gives_the_reasons_of_the_marks(student: SampleStudent, course: Path) -> None:
    shown = _visible(course / "feedback" / student.login / ASSIGNMENT / f"{NOTEBOOK}.html")
    reasons = _reasons(course / "autograded" / student.login / ASSIGNMENT / f"{NOTEBOOK}.ipynb")
    assert [reason for reason in reasons if reason not in shown] == []
    if student.answers:
        assert bool(reasons) == (student.marks != FULL)


@by_login
def test_the_feedback_shows_no_hidden_test(student: SampleStudent, course: Path) -> None:
    shown = _visible(course / "feedback" / student.login / ASSIGNMENT / f"{NOTEBOOK}.html")
    source = nbformat.read(course / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
    hidden = "\n".join(region for cell in source.cells for region in HIDDEN.findall(cell.source))
    lines = {line.strip() for line in hidden.splitlines() if line.strip()}
    assert lines
    assert [line for line in sorted(lines) if line in shown] == []


def _visible(page: Path) -> str:
    """The text of a page, without tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8")))


def _reasons(notebook: Path) -> list[str]:
    """Messages of the results of a marked notebook."""
    results: list[Mapping[str, list[Mapping[str, str]]]] = [
        output.data[RESULT_MIME]
        for cell in nbformat.read(notebook, as_version=4).cells
        for output in cell.get("outputs", ())
        if RESULT_MIME in output.get("data", {})
    ]
    return [
        finding["message"]
        for result in results
        for finding in result["findings"]
        if finding["message"]
    ]
