"""Reading a class's marks from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Iterable

from nbgrader.api import Grade, Gradebook, MissingEntry, SubmittedAssignment

from graders.grading.autograde import resubmitted
from graders.grading.course import Course
from graders.marks import CellMark, StudentMarks


def class_marks(course: Course, assignment: str) -> tuple[StudentMarks, ...]:
    """Marks of every student with a submission, by login."""
    with course.gradebook() as gradebook:
        return marks_in(gradebook, assignment)


def marks_in(gradebook: Gradebook, assignment: str) -> tuple[StudentMarks, ...]:
    """As `class_marks`, from a gradebook that is open."""
    order = _order_of_cells(gradebook, assignment)
    submissions = sorted(
        gradebook.assignment_submissions(assignment), key=lambda found: found.student.id
    )
    return tuple(_student_marks(submission, order) for submission in submissions)


def penalties_in(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """Points that lateness costs each student with a submission, by login."""
    return {
        submission.student.id: float(submission.late_submission_penalty or 0)
        for submission in gradebook.assignment_submissions(assignment)
    }


def waiting(course: Course, assignment: str, marks: Iterable[StudentMarks]) -> dict[str, str]:
    """Logins whose submission has no mark, or one of an earlier submission; each with that."""
    graded = {student.student for student in marks}
    found: dict[str, str] = {}
    for login in course.submitted_students(assignment):
        if login not in graded:
            found[login] = "handed in, not graded yet"
        elif resubmitted(course, assignment, login):
            found[login] = "handed in again since it was graded"
    return found


def student_marks(course: Course, assignment: str, student: str) -> StudentMarks:
    """Marks of one student; without any when nothing was graded."""
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return StudentMarks(student, ())
        return _student_marks(submission, _order_of_cells(gradebook, assignment))


def _order_of_cells(gradebook: Gradebook, assignment: str) -> dict[str, int]:
    notebooks = gradebook.find_assignment(assignment).notebooks
    names = [cell.name for notebook in notebooks for cell in notebook.source_cells]
    return {name: position for position, name in enumerate(names)}


def _student_marks(submission: SubmittedAssignment, order: dict[str, int]) -> StudentMarks:
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    grades.sort(key=lambda grade: order.get(grade.name, len(order)))
    return StudentMarks(submission.student.id, tuple(cell_mark(grade) for grade in grades))


def cell_mark(grade: Grade) -> CellMark:
    """The mark of one cell, as the gradebook has it."""
    judged = grade.manual_score is not None or grade.auto_score is not None
    return CellMark(
        cell=grade.name,
        points=float(grade.score) if judged else None,
        maximum=float(grade.max_score),
        manual=grade.cell.cell_type == "markdown",
    )
