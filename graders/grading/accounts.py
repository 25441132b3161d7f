"""What marked notebooks say of how they were graded, beside the marks in the gradebook."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import is_test, name_of
from graders.grading.course import Course
from graders.rubric import RESULT_MIME, Outcome, Result, ResultError


@dataclass(frozen=True, slots=True)
class Account:
    """One submission's: why cells could not be graded, and the accidents of its cells."""

    reasons: Mapping[str, str]
    accidents: Mapping[str, str]
    isolated: bool = True


def account_of(course: Course, assignment: str, student: str) -> Account:
    """The account of a submission; an empty one where nothing was graded."""
    reasons: dict[str, str] = {}
    accidents: dict[str, str] = {}
    isolated = True
    for path in sorted(course.path("autograded", student, assignment).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        record = notebook.metadata.get("graders", {})
        isolated = isolated and record.get("isolated", True)
        accidents |= dict(record.get("incidents", ()))
        reasons |= {
            name_of(cell): reason
            for cell in notebook.cells
            if is_test(cell)
            for reason in _reasons(cell)
        }
    return Account(reasons, accidents, isolated)


def _reasons(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        record = output.get("data", {}).get(RESULT_MIME)
        if record is None:
            continue
        try:
            findings = Result.from_json(json.dumps(record)).findings
        except ResultError:
            yield "?"
            continue
        yield from (f.message for f in findings if f.outcome is Outcome.COULD_NOT_GRADE)
