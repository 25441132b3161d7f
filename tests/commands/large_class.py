"""A course as if three hundred had handed in the real assignment, and no notebook run for it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook

from graders.grading.course import Course
from graders.grading.release import generate_release
from graders.progress import logged_to
from graders.records import StudentRecord
from graders.rubric import Result
from tests.grading.tiny_course import ASSIGNMENT, REPOSITORY, make_course
from tests.reports.class_report.sample_class import sample_class

_SOURCE = REPOSITORY / "source" / "tp_keras" / "deep_learning_keras.ipynb"


def make_large_class(root: Path, size: int) -> Course:
    """The course in `root`, graded: its marks and results are those of `sample_class`."""
    course = make_course(root, nbformat.read(_SOURCE, as_version=4))
    with logged_to(course.workspace / "logs" / "release.log") as log:
        release = generate_release(course, ASSIGNMENT, log)
    notebook = json.loads((release / "tiny.ipynb").read_text(encoding="utf-8"))
    with course.gradebook() as gradebook:
        for record in sample_class(size).records:
            gradebook.add_student(record.student, first_name=record.name)
            if record.has_marks:
                _mark(gradebook, record)
                for step in ("submitted", "autograded"):
                    folder = course.path(step, record.student, ASSIGNMENT)
                    folder.mkdir(parents=True)
                    marked = json.dumps(_marked(notebook, record))
                    (folder / "tiny.ipynb").write_text(marked, encoding="utf-8")
        gradebook.db.commit()
    return course


def _mark(gradebook: Gradebook, record: StudentRecord) -> None:
    points = {mark.cell: mark.points for mark in record.marks.marks}
    with gradebook.db.no_autoflush:
        submission = gradebook.add_submission(ASSIGNMENT, record.student)
    for grade in submission.notebooks[0].grades:
        grade.auto_score = points[grade.name]
        grade.needs_manual_grade = grade.auto_score is None


def _marked(notebook: Mapping[str, Any], record: StudentRecord) -> dict[str, Any]:
    """The notebook with this student's results, and answers that are the student's own."""
    marked = copy.deepcopy(dict(notebook))
    for number, cell in enumerate(marked["cells"]):
        settings = cell["metadata"].get("nbgrader", {})
        name = settings.get("grade_id")
        if name in record.results:
            cell["outputs"] = [_output(record.results[name])]
            cell["execution_count"] = number
        elif settings.get("solution"):
            cell["source"] = f"{''.join(cell['source'])}\nnombre = {int(record.student[3:])}"
    marked["metadata"]["graders"] = {"isolated": True, "seconds": record.effort.wall_seconds}
    return marked


def _output(result: Result) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "metadata": {},
        "execution_count": 1,
        "data": result._repr_mimebundle_(),
    }
