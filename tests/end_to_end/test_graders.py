"""The whole catalogue of sample students through `graders grade`: sandbox, cluster, store.

`tests/class_of_students/test_catalogue.py` holds the same students to the same marks without a
sandbox: isolation changes no mark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest

from graders.grading.class_marks import class_marks
from graders.grading.course import Course
from graders.marks import StudentMarks
from tests.class_of_students.builder import filled, submit
from tests.class_of_students.catalogue import CATALOGUE, SampleStudent
from tests.class_of_students.catalogue.sample import FULL, earns
from tests.end_to_end.conftest import Run

ASSIGNMENT = "tp_keras"
NOTEBOOK = "deep_learning_keras.ipynb"

pytestmark = pytest.mark.full_mnist


@pytest.fixture(scope="module")
def marks(new_course: Callable[[], Path], run_in: Run) -> Mapping[str, StudentMarks]:
    """Marks of every sample student, by login."""
    course = new_course()
    run_in(course, "graders", "release", ASSIGNMENT)
    released = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    for student in CATALOGUE:
        notebook = filled(released, student.answers, student.deleted_cells)
        submit(notebook, course / "submitted" / student.login / ASSIGNMENT, NOTEBOOK)
    run_in(course, "graders", "grade", ASSIGNMENT)
    return {found.student: found for found in class_marks(Course.open(course), ASSIGNMENT)}


@pytest.mark.parametrize("student", CATALOGUE, ids=lambda student: student.login)
def test_a_sample_student_earns_the_same_marks_in_isolation(
    student: SampleStudent, marks: Mapping[str, StudentMarks]
) -> None:
    found = {mark.cell: mark.points for mark in marks[student.login].marks if mark.cell in FULL}
    wrong = [
        f"{name}: expected {student.marks[name]}, received {points}"
        for name, points in found.items()
        if not earns(student.marks[name], points)
    ]
    assert found.keys() == FULL.keys()
    assert not wrong, "\n".join(wrong)
