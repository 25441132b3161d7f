"""Running a random share of a class a second time, from nothing, and comparing the results."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import SystemRandom

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import is_test, name_of
from graders.grading.autograde import sanitized
from graders.grading.batch import Batch
from graders.grading.cluster_tasks import SANDBOX, examine_there
from graders.grading.execute import grading_settings
from graders.grading.scoring import mark_of


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A test cell whose second mark is not its first."""

    student: str
    cell: str
    first: str
    second: str


def audited(batch: Batch, students: tuple[str, ...], share: float) -> tuple[Disagreement, ...]:
    """Examines a random share of the graded submissions again, without the store."""
    sample = SystemRandom().sample(students, math.ceil(len(students) * share))
    # A store of this audit's own, for the life of the worker: nothing of the first run is in it.
    settings = replace(grading_settings(batch.course.config), store="")
    found: list[Disagreement] = []
    for student in sorted(sample):
        second: dict[str, str] = {}
        for notebook in sanitized(batch.course, batch.assignment, student, batch.log):
            future = batch.client.submit(
                examine_there,
                nbformat.writes(notebook).encode(),
                batch.assignment,
                student,
                settings,
                key=f"audit-{secrets.token_hex(16)}",
                resources={SANDBOX: 1},
            )
            second |= _marks(nbformat.reads(future.result().decode(), as_version=4))
        found += _differences(student, _first_marks(batch, student), second)
    return tuple(found)


def _first_marks(batch: Batch, student: str) -> dict[str, str]:
    folder = batch.course.path("autograded", student, batch.assignment)
    marks: dict[str, str] = {}
    for path in sorted(folder.glob("*.ipynb")):
        marks |= _marks(nbformat.read(path, as_version=4))
    return marks


def _marks(notebook: NotebookNode) -> dict[str, str]:
    return {
        name_of(cell): json.dumps(mark_of(cell).points) for cell in notebook.cells if is_test(cell)
    }


def _differences(
    student: str, first: Mapping[str, str], second: Mapping[str, str]
) -> list[Disagreement]:
    return [
        Disagreement(student, cell, first.get(cell, "none"), second.get(cell, "none"))
        for cell in sorted(first.keys() | second.keys())
        if first.get(cell) != second.get(cell)
    ]
