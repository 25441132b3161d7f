"""The whole catalogue of sample students through `graders grade`, with isolation and without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from graders.grading.class_marks import class_marks
from graders.grading.course import Course
from tests.class_of_students.builder import filled, submit
from tests.class_of_students.catalogue import CATALOGUE, RIGHT, SampleStudent
from tests.class_of_students.catalogue.sample import FULL, earns
from tests.end_to_end.conftest import Run

ASSIGNMENT = "tp_keras"
NOTEBOOK = "deep_learning_keras.ipynb"

pytestmark = pytest.mark.full_mnist
each_student = pytest.mark.parametrize("student", CATALOGUE, ids=lambda student: student.login)


@dataclass(frozen=True)
class Graded:
    """A course in which the whole catalogue was graded, and its automatic marks by login."""

    course: Path
    marks: Mapping[str, Mapping[str, float | None]]


@pytest.fixture(scope="module")
def isolated(new_course: Callable[[], Path], run_in: Run) -> Graded:
    """The catalogue graded in sandboxes."""
    return _graded(new_course(), run_in)


@pytest.fixture(scope="module")
def together(new_course: Callable[[], Path], run_in: Run, isolated: Graded) -> Graded:
    """The catalogue graded without; what the isolated run trained is there already."""
    course = new_course()
    configuration = course / "nbgrader_config.py"
    without = configuration.read_text() + '\nc.ExecuteIsolated.isolation = "none"\n'
    configuration.write_text(without)
    return _graded(course, run_in)


@each_student
def test_a_sample_student_earns_the_marks_of_the_catalogue(
    student: SampleStudent, isolated: Graded
) -> None:
    found = isolated.marks[student.login]
    wrong = [
        f"{name}: expected {student.marks[name]}, received {points}"
        for name, points in found.items()
        if not earns(student.marks[name], points)
    ]
    assert found.keys() == FULL.keys()
    assert not wrong, "\n".join(wrong)


@each_student
def test_isolation_changes_no_mark(
    student: SampleStudent, isolated: Graded, together: Graded
) -> None:
    assert isolated.marks[student.login] == together.marks[student.login]


@pytest.mark.parametrize("student", RIGHT, ids=lambda student: student.login)
def test_no_answer_of_a_right_student_fails(student: SampleStudent, isolated: Graded) -> None:
    path = isolated.course / "autograded" / student.login / ASSIGNMENT / NOTEBOOK
    failed = [
        cell.metadata.nbgrader["grade_id"]
        for cell in nbformat.read(path, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") in student.answers
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
    assert failed == []


def _graded(course: Path, run_in: Run) -> Graded:
    run_in(course, "graders", "release", ASSIGNMENT)
    released = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    for student in CATALOGUE:
        notebook = filled(released, student.answers, student.deleted_cells)
        submit(notebook, course / "submitted" / student.login / ASSIGNMENT, NOTEBOOK)
    run_in(course, "graders", "grade", ASSIGNMENT)
    found = class_marks(Course.open(course), ASSIGNMENT)
    return Graded(
        course,
        {
            student.student: {mark.cell: mark.points for mark in student.marks if mark.cell in FULL}
            for student in found
        },
    )
