"""Grading one submission with nbgrader, so that a failure leaves everything as it was."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from graders.grading.conversion import ConversionFailed, convert
from graders.grading.course import Course
from graders.grading.repair.folder import copy_submission, handed_in, prepare
from graders.grading.repair.mends import NotRepairable
from graders.grading.repair.record import read_sources
from graders.text import printable


class Grading(StrEnum):
    """What came of grading one submission."""

    GRADED = "graded"
    SKIPPED = "already graded"
    NOT_GRADABLE = "not gradable"


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """What came of one submission; `reason` is one line, for the instructor."""

    student: str
    grading: Grading
    reason: str = ""


def autograde(
    course: Course, assignment: str, student: str, *, force: bool, log: logging.Logger
) -> SubmissionOutcome:
    """Grades one submission; its earlier notebook is replaced only when the new one is whole.

    nbgrader deletes the old notebook first and leaves none when the run fails, so it works in
    a staging folder here, which is then moved into place.
    """
    if not is_due(course, assignment, student, force=force):
        return SubmissionOutcome(student, Grading.SKIPPED)
    target = course.path("autograded", student, assignment)
    try:
        with staged(course, assignment, student) as directory:
            convert(Autograde, directory, course.config, log)
            made = directory.format_path(directory.autograded_directory, student, assignment)
            replace_directory(Path(made), target, aside_of(course, target))
    except (ConversionFailed, NotRepairable, OSError) as error:
        return not_gradable(student, error, log)
    return SubmissionOutcome(student, Grading.GRADED)


def is_due(course: Course, assignment: str, student: str, *, force: bool) -> bool:
    """Whether the submission must be graded: never was, was handed in again, or is forced."""
    target = course.path("autograded", student, assignment)
    recover(course, target)
    return force or not target.exists() or resubmitted(course, assignment, student)


def not_gradable(student: str, error: Exception, log: logging.Logger) -> SubmissionOutcome:
    """The outcome of a submission that `error` has stopped."""
    log.error("%s: %s", student, error)
    # Said in words for a person already: the name of our exception adds nothing.
    reason = printable(str(error).removeprefix(f"{NotRepairable.__name__}: "))
    return SubmissionOutcome(student, Grading.NOT_GRADABLE, reason)


@contextmanager
def staged(course: Course, assignment: str, student: str) -> Iterator[CourseDirectory]:
    """nbgrader's view of a temporary copy of a submission, mended; it goes away afterwards.

    What was handed in stays as it is.

    Raises:
        NotRepairable: it cannot be read as the assignment's notebook.
    """
    staging = course.workspace / "staging" / str(os.getpid())
    directory = course.directory(assignment, student)
    directory.submitted_directory = str((staging / "submitted").relative_to(course.root))
    directory.autograded_directory = str((staging / "autograded").relative_to(course.root))
    try:
        copy = Path(directory.format_path(directory.submitted_directory, student, assignment))
        copy_submission(course.path("submitted", student, assignment), copy)
        prepare(copy, read_sources(directory, assignment))
        yield directory
    finally:
        _remove(staging)


def sanitized(
    course: Course, assignment: str, student: str, log: logging.Logger
) -> tuple[NotebookNode, ...]:
    """A submission's notebooks as nbgrader hands them to be executed.

    Raises:
        ConversionFailed, NotRepairable, OSError: they cannot be brought that far.
    """
    found: list[NotebookNode] = []

    class Collect(NbGraderPreprocessor):
        def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
            found.append(deepcopy(nb))
            return nb, resources

    config = deepcopy(course.config)
    config.Autograde.autograde_preprocessors = [Collect]
    with staged(course, assignment, student) as directory:
        convert(Autograde, directory, config, log)
    return tuple(found)


def replace_directory(new: Path, target: Path, aside: Path) -> None:
    """Puts `new` where `target` is, by renames on one file system.

    Killed between the two renames, it leaves the old folder in `aside`: see `recover`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(aside)
    if target.exists():
        aside.parent.mkdir(parents=True, exist_ok=True)
        target.rename(aside)
    new.rename(target)
    _remove(aside)


def recover(course: Course, target: Path) -> None:
    """Brings back the folder that an interrupted `replace_directory` had set aside."""
    aside = aside_of(course, target)
    if aside.exists():
        if target.exists():
            _remove(aside)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(target)


def aside_of(course: Course, target: Path) -> Path:
    """Where the folder that `target` replaces waits, and is looked for by `recover`."""
    return course.workspace / "replaced" / target.relative_to(course.root)


def resubmitted(course: Course, assignment: str, student: str) -> bool:
    """Whether a submission was handed in after the one that was graded."""
    submitted, graded = (
        handed_in(course.path(step, student, assignment)) for step in ("submitted", "autograded")
    )
    return submitted is not None and graded is not None and submitted > graded


def _remove(folder: Path) -> None:
    # nbgrader makes what it writes read-only; a folder must be writable to be emptied.
    if folder.exists():
        for inside in (folder, *folder.rglob("*")):
            if inside.is_dir() and not inside.is_symlink():
                inside.chmod(0o700)
        shutil.rmtree(folder)
