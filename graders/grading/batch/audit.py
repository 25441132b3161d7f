"""Running a random share of a class a second time, from nothing, and comparing the results."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import SystemRandom

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import is_test, name_of
from graders.grading.autograde import not_gradable
from graders.grading.batch.class_grading import Batch, Examinations, Tell, examinations_of
from graders.grading.batch.cluster import settings_for_workers
from graders.grading.conversion import ConversionFailed
from graders.grading.execute import grading_settings
from graders.grading.repair.mends import NotRepairable
from graders.grading.scoring import mark_of
from graders.grading.workshop import GradingSettings

_WHOLE = "the whole submission"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A test cell whose second mark is not its first."""

    student: str
    cell: str
    first: str
    second: str


def audited(
    batch: Batch, students: tuple[str, ...], share: float, tell: Tell
) -> tuple[Disagreement, ...]:
    """Examines a random share of the graded submissions again, taking nothing from a store.

    Raises:
        ClusterUnavailable: as `grade_class`.
    """
    sample = sorted(SystemRandom().sample(students, math.ceil(len(students) * share)))
    settings = grading_settings(batch.course.config)
    examinations = Examinations(batch.client, settings_for_workers(settings, batch.scheduler), tell)
    with examinations.heard(batch.log):
        again = _Again(batch, examinations, settings)
        for student in sample:
            again.ask(student)
            while examinations.awaited >= examinations.ahead:
                again.receive()
        while examinations.awaited:
            again.receive()
    return tuple(again.disagreements())


@dataclass
class _Again:
    """Submissions that are examined again: which notebooks each has, what came of them."""

    batch: Batch
    examinations: Examinations
    settings: GradingSettings
    notebooks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    marks: dict[str, Mapping[str, str]] = field(default_factory=dict)
    failed: list[Disagreement] = field(default_factory=list)

    def ask(self, student: str) -> None:
        """Have a submission's notebooks examined."""
        topic = self.examinations.topic
        try:
            asked = examinations_of(self.batch, student, self.settings, topic, afresh=True)
        except (ConversionFailed, NotRepairable, OSError) as error:
            self.failed.append(_failed(self.batch, student, error))
            return
        self.notebooks[student] = tuple(one.digest for one in asked)
        for one in asked:
            self.examinations.send(one)

    def receive(self) -> None:
        """Wait for the next notebooks."""
        for digest, came in self.examinations.receive():
            if isinstance(came, bytes):
                self.marks[digest] = _marks(nbformat.reads(came.decode(), as_version=4))
                continue
            for student in [s for s, digests in self.notebooks.items() if digest in digests]:
                del self.notebooks[student]
                self.failed.append(_failed(self.batch, student, came))

    def disagreements(self) -> Iterator[Disagreement]:
        """What is not as it was, once all have come."""
        yield from self.failed
        for student, digests in self.notebooks.items():
            second = {cell: mark for digest in digests for cell, mark in self.marks[digest].items()}
            yield from _differences(student, _first_marks(self.batch, student), second)


def _failed(batch: Batch, student: str, error: Exception) -> Disagreement:
    reason = not_gradable(student, error, batch.log).reason
    return Disagreement(student, _WHOLE, "graded", f"not gradable ({reason})")


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
