"""A small class, really graded, in which submissions came to every outcome there is."""

from __future__ import annotations

from pathlib import Path

import nbformat

from graders.grading.autograde import autograde
from graders.grading.course import Course
from graders.grading.release import generate_release
from graders.progress import logged_to
from tests.grading.tiny_course import ASSIGNMENT, hand_in, make_course

RIGHT = {"answer": "the_answer = 42", "text": "Parce que."}


def make_mixed_class(root: Path) -> Course:
    """A graded course in `root`: right, dead, shortened; broken and new have no mark; away."""
    course = make_course(root)
    with course.gradebook() as gradebook:
        gradebook.add_student("away")
        gradebook.add_student("right", first_name="  Élève\n", last_name="d’Apostrophe, la virgule")
    with logged_to(course.workspace / "logs" / f"grade-{ASSIGNMENT}.log") as log:
        generate_release(course, ASSIGNMENT, log)
        hand_in(course, "right", RIGHT)
        hand_in(course, "dead", {"answer": "import os\nos._exit(1)", "text": "Parce que."})
        broken = hand_in(course, "broken", {})
        (broken / "tiny.ipynb").write_text("nothing of the kind")
        shortened = hand_in(course, "shortened", RIGHT)
        _delete_a_test_cell(shortened / "tiny.ipynb")
        for student in ("right", "dead", "broken", "shortened"):
            autograde(course, ASSIGNMENT, student, force=False, log=log)
        hand_in(course, "new", RIGHT)
    page = course.path("feedback", "right", ASSIGNMENT) / "tiny.html"
    page.parent.mkdir(parents=True)
    page.write_text("<!doctype html>")
    return course


def _delete_a_test_cell(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [c for c in notebook.cells if c.metadata.nbgrader.grade_id != "test_answer"]
    nbformat.write(notebook, path)
