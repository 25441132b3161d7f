"""Grading some students of a course in this process, and what was heard of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
from distributed import Client
from nbformat import NotebookNode

from graders.grading.autograde import SubmissionOutcome
from graders.grading.batch.class_grading import Batch, Examine, grade_class
from graders.grading.batch.tasks import examine_there
from graders.grading.course import Course
from tests.grading.tiny_course import ASSIGNMENT, hand_in

Event = Mapping[str, Any]


@dataclass(frozen=True)
class ClassRun:
    """What came of a run, and what its workers said."""

    outcomes: Mapping[str, SubmissionOutcome]
    events: tuple[Event, ...]

    @property
    def started(self) -> list[str]:
        """Students whose notebooks were sent to a worker."""
        return [event["student"] for event in self.events if event["event"] == "started"]

    @property
    def trained(self) -> int:
        """Trainings that were run."""
        return sum(event["event"] == "training" and not event["found"] for event in self.events)

    @property
    def asked(self) -> int:
        """Trainings that were asked for."""
        return sum(event["event"] == "training" for event in self.events)


def batch_of(
    course: Course,
    client: Client,
    students: tuple[str, ...],
    *,
    force: bool = False,
    retry: bool = False,
) -> Batch:
    log = logging.Logger("quiet")
    return Batch(course, ASSIGNMENT, students, force, client, None, log, retry=retry)


def grade(
    course: Course,
    client: Client,
    answers: Mapping[str, str],
    *,
    force: bool = False,
    retry: bool = False,
    examine: Examine = examine_there,
    hear: Callable[[Event], object] = lambda _: None,
) -> ClassRun:
    """Hands in the answers, by student, and grades these students."""
    events: list[Event] = []

    def tell(event: Event) -> None:
        events.append(event)
        hear(event)

    for student, source in answers.items():
        hand_in(course, student, {"answer": source})
    batch = batch_of(course, client, tuple(answers), force=force, retry=retry)
    outcomes = {outcome.student: outcome for outcome in grade_class(batch, tell, examine)}
    return ClassRun(outcomes, tuple(events))


def marked(course: Course, student: str) -> NotebookNode:
    """A student's autograded notebook."""
    path = course.path("autograded", student, ASSIGNMENT) / "tiny.ipynb"
    return nbformat.read(path, as_version=4)
