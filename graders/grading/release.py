"""Making the student release, and looking for what must not be in it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment

from graders.grading.conversion import ConversionFailed, convert
from graders.grading.course import Course, CourseError, read_notebook

_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)

# Lines shorter than this (`)`, `plt.show()`) stand in many cells and give nothing away.
_TELLING = 12


@dataclass(frozen=True, slots=True)
class Leak:
    """A line of the source that students must not see, found in a file they get."""

    file: Path
    line: str


def generate_release(course: Course, assignment: str, log: logging.Logger) -> Path:
    """Runs `nbgrader generate_assignment`; returns the release's folder.

    Raises:
        CourseError: the source is missing or corrupt, nbgrader refused it, or the release
            would show a solution or a hidden test.
    """
    course.require_source(assignment)
    try:
        convert(GenerateAssignment, course.directory(assignment, "."), course.config, log)
    except ConversionFailed as error:
        raise CourseError(f"nbgrader could not make the release: {error}") from error
    leaks = find_leaks(course, assignment)
    if leaks:
        shown = "; ".join(f"{leak.file.name}: {leak.line}" for leak in leaks[:3])
        raise CourseError(f"The release of {assignment} shows what it must hide: {shown}")
    return course.path("release", ".", assignment)


def secret_lines(course: Course, assignment: str) -> frozenset[str]:
    """Lines of solutions and hidden tests that stand nowhere in the open part of the source."""
    secret: set[str] = set()
    public: list[str] = []
    for path in course.require_source(assignment):
        for cell in read_notebook(path).cells:
            hidden, shown = _split(cell)
            secret |= _lines(hidden)
            public.append(shown)
    open_text = "\n".join(public)
    return frozenset(line for line in secret if len(line) >= _TELLING and line not in open_text)


def find_leaks(course: Course, assignment: str) -> tuple[Leak, ...]:
    """Secret lines that stand in any released file."""
    secret = secret_lines(course, assignment)
    folder = course.path("release", ".", assignment)
    return tuple(
        Leak(path, line)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for line in sorted(secret)
        if line in _readable(path)
    )


def _split(cell: NotebookNode) -> tuple[str, str]:
    """The secret and the open part of a source cell."""
    regions = [*_HIDDEN.findall(cell.source), *_SOLUTION.findall(cell.source)]
    if regions:
        return "\n".join(regions), _SOLUTION.sub("", _HIDDEN.sub("", cell.source))
    if cell.metadata.get("nbgrader", {}).get("solution", False):
        return cell.source, ""
    return "", cell.source


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip()}


def _readable(path: Path) -> str:
    if path.suffix == ".ipynb":
        return "\n".join(cell.source for cell in read_notebook(path).cells)
    return path.read_text(errors="replace")
