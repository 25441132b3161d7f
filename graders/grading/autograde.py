"""Grading one submission with nbgrader, so that a failure leaves everything as it was."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from nbgrader.converters import Autograde

from graders.grading.conversion import ConversionFailed, convert
from graders.grading.course import Course
from graders.grading.repair.folder import copy_submission, handed_in, prepare
from graders.grading.repair.mends import NotRepairable
from graders.grading.repair.record import read_sources


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
    a staging folder here, which is then moved into place. The submission is copied there and
    mended in its copy: what was handed in stays as it is.
    """
    target = course.path("autograded", student, assignment)
    recover(course, target)
    if target.exists() and not force and not _resubmitted(course, assignment, student):
        return SubmissionOutcome(student, Grading.SKIPPED)
    staging = course.workspace / "staging" / str(os.getpid())
    directory = course.directory(assignment, student)
    directory.submitted_directory = str((staging / "submitted").relative_to(course.root))
    directory.autograded_directory = str((staging / "autograded").relative_to(course.root))
    try:
        copy = Path(directory.format_path(directory.submitted_directory, student, assignment))
        copy_submission(course.path("submitted", student, assignment), copy)
        prepare(copy, read_sources(directory, assignment))
        convert(Autograde, directory, course.config, log)
        staged = directory.format_path(directory.autograded_directory, student, assignment)
        replace_directory(Path(staged), target, _set_aside(course, target))
    except (ConversionFailed, NotRepairable, OSError) as error:
        log.error("%s: %s", student, error)
        # Said in words for a person already: the name of our exception adds nothing.
        reason = str(error).removeprefix(f"{NotRepairable.__name__}: ")
        return SubmissionOutcome(student, Grading.NOT_GRADABLE, reason)
    finally:
        _remove(staging)
    return SubmissionOutcome(student, Grading.GRADED)


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
    aside = _set_aside(course, target)
    if aside.exists():
        if target.exists():
            _remove(aside)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(target)


def _set_aside(course: Course, target: Path) -> Path:
    return course.workspace / "replaced" / target.relative_to(course.root)


def _resubmitted(course: Course, assignment: str, student: str) -> bool:
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
