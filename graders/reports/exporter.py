"""Marks by nbgrader's own `export`, where absent, waiting and zero are different.

nbgrader export --exporter=graders.reports.exporter.MarksExporter --to marks.csv
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook, Student
from nbgrader.plugins import ExportPlugin

from graders.grading.class_marks import marks_in, penalties_in, waiting
from graders.grading.course import Course
from graders.reports.spreadsheet import no_formula
from graders.reports.standing import FinalMark, final_marks

_HEADER = (
    "assignment",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "standing",
    "score",
    "max_score",
    "late_submission_penalty",
    "waits_for",
)


class MarksExporter(ExportPlugin):
    """A CSV of final marks, a line for each student and assignment.

    `score` is empty for whoever is absent or waits; `standing` and `waits_for` say why.
    """

    def export(self, gradebook: Gradebook) -> None:
        """Writes the file that `--to` names, or `marks.csv`.

        Raises:
            OSError: it cannot be written.
        """
        target = Path(self.to or "marks.csv")
        wanted = [str(name) for name in self.assignment]
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADER)
            for assignment in sorted(found.name for found in gradebook.assignments):
                if not wanted or assignment in wanted:
                    writer.writerows(self._rows(gradebook, assignment))
        self.log.info("Exported to %s", target)

    def _rows(self, gradebook: Gradebook, assignment: str) -> Iterator[tuple[str, ...]]:
        students = {student.id: student for student in gradebook.students}
        marks, penalties = marks_in(gradebook, assignment), penalties_in(gradebook, assignment)
        course = Course(Path(self.parent.coursedir.root), self.config)
        wanted = {str(login) for login in self.student} or students.keys()
        for mark in final_marks(marks, waiting(course, assignment, marks), penalties, students):
            if mark.login in wanted:
                student = students.get(mark.login, Student(id=mark.login))
                yield _row(assignment, student, mark, penalties.get(mark.login, 0.0))


def _row(assignment: str, student: Student, mark: FinalMark, penalty: float) -> tuple[str, ...]:
    return (
        _text(assignment),
        _text(mark.login),
        _text(student.last_name),
        _text(student.first_name),
        _text(student.email),
        mark.standing.value,
        _number(mark.points) if mark.points is not None else "",
        _number(mark.maximum) if mark.maximum else "",
        _number(penalty) if mark.points is not None else "",
        _text(mark.waits_for),
    )


def _number(value: float) -> str:
    return f"{round(value, 5):.12g}"


def _text(value: str | None) -> str:
    """A cell of text that no spreadsheet takes for a formula: students choose their names."""
    return no_formula(value or "")
