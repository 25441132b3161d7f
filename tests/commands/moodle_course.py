"""A small course with marks in its gradebook, and no notebook run to get them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Gradebook

from graders.grading.course import Course
from tests.grading.tiny_course import ASSIGNMENT, make_course


def make_graded_course(root: Path) -> Course:
    """The tiny course as if released: a test cell of 14 points and a manual one of 6."""
    course = make_course(root)
    release = course.path("release", ".", ASSIGNMENT)
    release.mkdir(parents=True)
    (release / "tiny.ipynb").write_text("{}")
    with course.gradebook() as gradebook:
        gradebook.add_assignment(ASSIGNMENT)
        gradebook.add_notebook("tiny", ASSIGNMENT)
        for cell, kind, points in (("test_q1", "code", 14), ("q2", "markdown", 6)):
            gradebook.add_grade_cell(cell, "tiny", ASSIGNMENT, max_score=points, cell_type=kind)
            gradebook.add_source_cell(cell, "tiny", ASSIGNMENT, cell_type=kind)
    return course


def copy_course(course: Course, root: Path) -> Course:
    """The same course in `root`: making one takes seconds."""
    shutil.copytree(course.root, root, symlinks=True, dirs_exist_ok=True)
    return Course.open(root)


def enrol(course: Course, students: Mapping[str, str]) -> Course:
    """The course, with these students: e-mails by login."""
    with course.gradebook() as gradebook:
        for login, email in students.items():
            names = {"first_name": "Prénom", "last_name": f"=Nom {login}"}
            gradebook.add_student(login, email=email, **names)
    return course


def mark(course: Course, login: str, test: float | None, manual: float | None) -> None:
    """Gives a student a submission, and these marks."""
    with course.gradebook() as gradebook:
        gradebook.add_submission(ASSIGNMENT, login)
        _score(gradebook, login, "test_q1", test)
        _score(gradebook, login, "q2", manual)
        gradebook.db.commit()


def give_feedback(course: Course, login: str) -> str:
    """A feedback page as nbgrader makes them; returns what it says."""
    folder = course.path("feedback", login, ASSIGNMENT)
    folder.mkdir(parents=True)
    (folder / "tiny.html").write_text(f"page of {login}")
    (folder / "data.csv").write_text("not a page")
    return f"page of {login}"


def _score(gradebook: Gradebook, login: str, cell: str, points: float | None) -> None:
    gradebook.find_grade(cell, "tiny", ASSIGNMENT, login).auto_score = points
