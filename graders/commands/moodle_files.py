"""Files of instructors, read and replaced whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from graders.grading.course import Course, CourseError
from graders.reports.moodle.joining import Person, is_login, read_people
from graders.reports.moodle.refusal import MoodleFileError

Read = TypeVar("Read")


def read_file(path: Path, read: Callable[[bytes], Read]) -> Read:
    """What `read` makes of a file.

    Raises:
        CourseError: it refuses the file; the message names it.
        OSError: the file cannot be read.
    """
    try:
        return read(path.read_bytes())
    except MoodleFileError as error:
        raise CourseError(f"{path}: {error}") from error


def replace_file(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Puts a new file in place of `path` in one step: an error or a full disk leaves the old one.

    Raises:
        OSError: it cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=f".{path.name[:40]}-", dir=path.parent) as folder:
        written = Path(folder) / "new"
        with written.open("wb") as file:
            write(file)
        if path.exists():
            shutil.copymode(path, written)
        written.replace(path)


def told_people(path: Path | None) -> tuple[Person, ...]:
    """Who a CSV of the instructor's tells; nobody without one."""
    return read_file(path, read_people) if path else ()


def roster(course: Course) -> tuple[Person, ...]:
    """Students that nbgrader knows, and their e-mails."""
    with course.gradebook() as gradebook:
        return tuple(
            Person(student.id, student.email or "")
            for student in gradebook.students
            if is_login(student.id)
        )


def the_assignment(course: Course, named: str | None) -> str:
    """The assignment that is meant: the one named, else the only one of the course.

    Raises:
        CourseError: there is no such assignment, or several to choose from.
    """
    known = course.assignments()
    if named is None and len(known) != 1:
        raise CourseError(
            f"Name the assignment with --assignment. Assignments: {', '.join(known) or 'none'}."
        )
    assignment = named or known[0]
    course.require_source(assignment)
    return assignment
