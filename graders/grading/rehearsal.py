"""A copy of the course in which nothing counts: for demonstrations and for verification."""

from __future__ import annotations

import shutil
from pathlib import Path

from graders.grading.course import CONFIGURATION, Course


def rehearsal(course: Course, assignment: str, target: Path) -> Course:
    """Copies what grading `assignment` needs into the empty folder `target`, and opens it.

    The configuration and the source are copied; other files of the course's root, such as
    data/, are linked, for they are large and only read.
    """
    source = course.path("source", ".", assignment)
    shutil.copytree(source, target / source.relative_to(course.root))
    shutil.copy(course.root / CONFIGURATION, target / CONFIGURATION)
    data = course.root / "data"
    if data.is_dir():
        (target / "data").symlink_to(data, target_is_directory=True)
    return Course.open(target)


def submit(course: Course, assignment: str, student: str, files: Path) -> None:
    """Hands in every file of a folder as a student's submission."""
    shutil.copytree(files, course.path("submitted", student, assignment))
