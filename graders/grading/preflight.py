"""The instructor's preflight: is this assignment fit to be given to a class?"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.utils import is_grade, is_solution

from graders.grading.autograde import Grading, autograde
from graders.grading.class_marks import student_marks
from graders.grading.course import Course, CourseError, read_notebook
from graders.grading.isolation.limits import Limits
from graders.grading.rehearsal import rehearsal, submit
from graders.grading.release import generate_release
from graders.marks import StudentMarks

SOLUTION, UNTOUCHED = "solution", "untouched"

# A solution that takes more than this share of a limit will exceed it on a busier machine.
_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was verified, and what was found."""

    question: str
    holds: bool
    found: str


def verify(course: Course, assignment: str, folder: Path, log: logging.Logger) -> Iterator[Verdict]:
    """Verifies the assignment in the empty folder `folder`, yielding verdicts as they come.

    Runs the source's own solution and the untouched release as two submissions, so it takes
    as long as the solution.

    Raises:
        CourseError: there is no such assignment, or its notebooks cannot be read.
    """
    notebooks = course.require_source(assignment)
    yield from (_identifiers(path) for path in notebooks)
    copy = rehearsal(course, assignment, folder)
    try:
        release = generate_release(copy, assignment, log)
    except CourseError as error:
        yield Verdict("nothing leaks into the release", False, str(error))
        return
    yield Verdict("nothing leaks into the release", True, "no solution, no hidden test")
    submit(copy, assignment, UNTOUCHED, release)
    submit(copy, assignment, SOLUTION, course.path("source", ".", assignment))
    for student, judge in ((UNTOUCHED, _untouched), (SOLUTION, _solution)):
        outcome = autograde(copy, assignment, student, force=True, log=log)
        if outcome.grading is not Grading.GRADED:
            yield Verdict(f"the {student} notebook can be graded", False, outcome.reason)
            return
        yield judge(student_marks(copy, assignment, student))
    for path in sorted(copy.path("autograded", SOLUTION, assignment).glob("*.ipynb")):
        executed = nbformat.read(path, as_version=4)
        yield _silence(executed)
        yield _running_time(executed, copy)


def _identifiers(path: Path) -> Verdict:
    question = f"{path.name}: cell names are unique, metadata is valid"
    notebook = read_notebook(path)
    try:
        MetadataValidator().validate_nb(notebook)
    except ValidationError as error:
        return Verdict(question, False, str(error).splitlines()[0])
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    repeated = _repeated(filter(None, names)) + _repeated(cell.id for cell in notebook.cells)
    if repeated:
        return Verdict(question, False, f"repeated: {', '.join(repeated)}")
    return Verdict(question, True, f"{len(notebook.cells)} cells")


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _untouched(marks: StudentMarks) -> Verdict:
    question = "the untouched release earns 0 on every automatic cell"
    wrong = [
        f"{mark.cell}: {'could not be graded' if mark.points is None else f'{mark.points:g}'}"
        for mark in marks.marks
        if not mark.manual and mark.points != 0
    ]
    return Verdict(question, not wrong, "; ".join(wrong) or f"0/{marks.maximum:g}")


def _solution(marks: StudentMarks) -> Verdict:
    """Automatic cells in full; manual ones waiting for a mark, that is, answered."""
    question = "the source's own solution earns every point"
    wrong = [
        f"{m.cell}: {'could not be graded' if m.points is None else f'{m.points:g}/{m.maximum:g}'}"
        for m in marks.marks
        if not m.manual and (m.points is None or m.points < m.maximum)
    ] + [f"{m.cell}: not answered" for m in marks.marks if m.manual and m.points is not None]
    manual = sum(mark.maximum for mark in marks.unread)
    found = f"{marks.automatic_points:g} by tests + {manual:g} by hand = {marks.maximum:g}"
    return Verdict(question, not wrong, "; ".join(wrong) or found)


def _silence(notebook: NotebookNode) -> Verdict:
    noisy = [
        cell.metadata.nbgrader["grade_id"]
        for cell in notebook.cells
        if is_grade(cell) and not is_solution(cell)
        for output in cell.get("outputs", ())
        if output.output_type == "stream" and output.name == "stderr"
    ]
    return Verdict("test cells write nothing on stderr", not noisy, ", ".join(noisy) or "silent")


def _running_time(notebook: NotebookNode, course: Course) -> Verdict:
    limits = Limits(**course.config.ExecuteIsolated.get("limits", {}))
    durations = {cell.id: _seconds(cell) for cell in notebook.cells}
    slowest, whole = max(durations, key=lambda name: durations[name]), sum(durations.values())
    fits = (
        durations[slowest] <= _MARGIN * limits.cell_seconds
        and whole <= _MARGIN * limits.notebook_seconds
    )
    found = (
        f"{whole:.0f} s of {limits.notebook_seconds:.0f} s allowed; slowest cell {slowest}: "
        f"{durations[slowest]:.0f} s of {limits.cell_seconds:.0f} s"
    )
    return Verdict("running time leaves a margin", fits, found)


def _seconds(cell: NotebookNode) -> float:
    return float(cell.metadata.get("graders", {}).get("wall_seconds", 0))
