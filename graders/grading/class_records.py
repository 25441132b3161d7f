"""Reading a class's records: the gradebook, the marked notebooks, and the log of the last runs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, Student

from graders.grading.accounts import Account, account_of
from graders.grading.answering import NOTICES
from graders.grading.autograde import resubmitted
from graders.grading.class_lateness import class_lateness
from graders.grading.class_marks import marks_in
from graders.grading.course import Course
from graders.language import translate as _
from graders.lateness import Lateness
from graders.marks import StudentMarks
from graders.records import GradingOutcome, Note, StudentRecord
from graders.text import printable

_MOST_LOG_BYTES = 16 * 2**20
_ERROR = re.compile(r"^[\d-]{10} [\d:,]+ ERROR (?P<student>.+?): (?P<reason>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one student beside the marked notebook."""

    student: str
    name: str
    marks: StudentMarks
    lateness: Lateness | None
    failure: str


def class_records(course: Course, assignment: str) -> tuple[StudentRecord, ...]:
    """One for every student that the gradebook knows or who has submitted, by login.

    Raises:
        CourseError: the gradebook or the list of extensions cannot be read.
    """
    with course.gradebook() as gradebook:
        marks = {found.student: found for found in marks_in(gradebook, assignment)}
        names = _names(gradebook)
    lateness = class_lateness(course, assignment)
    failures = _failures(course.workspace / "logs" / f"grade-{assignment}.log")
    submitted = frozenset(course.submitted_students(assignment))
    return tuple(
        _record(
            course,
            assignment,
            _Known(
                student,
                names.get(student, ""),
                marks.get(student, StudentMarks(student, ())),
                lateness.get(student),
                failures.get(student, ""),
            ),
            submitted=student in submitted,
        )
        for student in sorted(names.keys() | submitted)
    )


def _record(course: Course, assignment: str, known: _Known, *, submitted: bool) -> StudentRecord:
    graded = any(course.path("autograded", known.student, assignment).glob("*.ipynb"))
    if graded and submitted and resubmitted(course, assignment, known.student):
        again = _("remise à nouveau depuis sa notation")
        return _unmarked(known, GradingOutcome.NOT_GRADABLE, known.failure or again)
    if graded:
        return _graded(course, assignment, known)
    if submitted:
        why = known.failure or _("pas encore notée")
        return _unmarked(known, GradingOutcome.NOT_GRADABLE, why)
    return _unmarked(known, GradingOutcome.ABSENT)


def _graded(course: Course, assignment: str, known: _Known) -> StudentRecord:
    account = account_of(course, assignment, known.student)
    incomplete = bool(known.marks.ungraded) or not known.marks.marks
    return StudentRecord(
        student=known.student,
        name=known.name,
        outcome=GradingOutcome.INCOMPLETE if incomplete else GradingOutcome.GRADED,
        marks=known.marks,
        results=account.results,
        reasons=account.reasons,
        mends=tuple(Note(mend.cell or "", mend.message) for mend in account.mends),
        accidents=_accidents(account),
        unverified=account.unverified,
        isolated=account.isolated,
        lateness=known.lateness,
        effort=account.effort,
        feedback=_feedback(course.path("feedback", known.student, assignment)),
        code=account.code,
        texts=account.texts,
    )


def _unmarked(known: _Known, outcome: GradingOutcome, why: str = "") -> StudentRecord:
    return StudentRecord(
        student=known.student,
        name=known.name,
        outcome=outcome,
        marks=StudentMarks(known.student, ()),
        why=why,
        lateness=known.lateness,
    )


def _accidents(account: Account) -> tuple[Note, ...]:
    words = {accident.value: _(notice) for accident, notice in NOTICES.items()}
    return tuple(Note(cell, words.get(name, name)) for cell, name in account.accidents.items())


def _names(gradebook: Gradebook) -> dict[str, str]:
    return {student.id: _full_name(student) for student in gradebook.students}


def _full_name(student: Student) -> str:
    words = f"{student.first_name or ''} {student.last_name or ''}".split()
    return printable(" ".join(words))


def _feedback(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("*.html"))), None)


def _failures(log: Path) -> dict[str, str]:
    """Why submissions could not be graded, by login: the last word of each in the log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _MOST_LOG_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return {}
    return {found["student"]: _said(found["reason"]) for found in _ERROR.finditer(text)}


def _said(reason: str) -> str:
    # Said in words for a person already: the name of our exception adds nothing.
    return printable(reason.removeprefix("NotRepairable: "))
