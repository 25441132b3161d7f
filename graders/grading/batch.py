"""Grading a class: notebooks are examined on a cluster, marks are written by one process, here."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import nbformat
from distributed import Client, Future, wait
from distributed.scheduler import KilledWorker
from nbformat import NotebookNode

from graders.grading.autograde import (
    Grading,
    SubmissionOutcome,
    autograde,
    is_due,
    not_gradable,
    sanitized,
)
from graders.grading.cluster import ClusterUnavailable, settings_for_workers
from graders.grading.cluster_tasks import SANDBOX, TOPIC, examine_there
from graders.grading.conversion import ConversionFailed
from graders.grading.course import Course, CourseError
from graders.grading.execute import grading_settings
from graders.grading.repair.mends import NotRepairable
from graders.grading.store import Store, open_store
from graders.grading.workshop import GradingSettings, examination_digest

# Notebooks sent ahead of the workers: enough to keep them busy, few enough to hold in memory.
_AHEAD = 32
Tell = Callable[[dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Batch:
    """A class to grade: which submissions, on which cluster."""

    course: Course
    assignment: str
    students: tuple[str, ...]
    force: bool
    client: Client
    scheduler: str | None
    log: logging.Logger


class WorkerKilled(Exception):  # noqa: N818 - it says what became of the notebook
    """A notebook has made two workers fall; it is not tried a third time."""


def grade_class(batch: Batch, tell: Tell) -> Iterator[SubmissionOutcome]:
    """Grades the submissions, yielding each outcome once its marks are in the gradebook.

    `tell` receives what workers say of their progress. A notebook that was examined before,
    for another student or in an interrupted run, is only marked.

    Raises:
        ClusterUnavailable: the scheduler was lost; what was finished is kept.
        CourseError: this course is being graded by another process.
    """
    settings = grading_settings(batch.course.config)
    with _alone(batch.course), _heard(batch.client, tell):
        yield from _Examinations(batch, settings, open_store(_place(batch, settings))).outcomes()


def _place(batch: Batch, settings: GradingSettings) -> str:
    return settings.store or str(batch.course.workspace / "store")


@dataclass
class _Examinations:
    """Notebooks on their way, by digest: sent to the cluster, awaited, then marked."""

    batch: Batch
    settings: GradingSettings
    store: Store
    futures: dict[str, Future] = field(default_factory=dict)
    awaited: dict[str, set[str]] = field(default_factory=dict)

    def outcomes(self) -> Iterator[SubmissionOutcome]:
        """What came of each submission, as it comes."""
        for student in self.batch.students:
            outcome = self._start(student)
            if outcome is not None:
                yield outcome
            while len(self.futures) >= _AHEAD:
                yield from self._receive()
        while self.futures:
            yield from self._receive()

    def _start(self, student: str) -> SubmissionOutcome | None:
        """Send a submission's notebooks; its outcome already, when there is nothing to wait for."""
        batch = self.batch
        if not is_due(batch.course, batch.assignment, student, force=batch.force):
            return SubmissionOutcome(student, Grading.SKIPPED)
        try:
            notebooks = sanitized(batch.course, batch.assignment, student, batch.log)
        except (ConversionFailed, NotRepairable, OSError) as error:
            return not_gradable(student, error, batch.log)
        digests = {
            examination_digest(notebook, batch.assignment, self.settings): notebook
            for notebook in notebooks
        }
        unknown = {digest for digest in digests if self.store.get(digest) is None}
        if not unknown:
            return self._mark(student)
        self.awaited[student] = unknown
        for digest in unknown - self.futures.keys():
            self.futures[digest] = self._submit(digest, student, digests[digest])
        return None

    def _submit(self, digest: str, student: str, notebook: NotebookNode) -> Future:
        return self.batch.client.submit(
            examine_there,
            nbformat.writes(notebook).encode(),
            self.batch.assignment,
            student,
            settings_for_workers(self.settings, self.batch.scheduler),
            key=f"examination-{digest}",
            resources={SANDBOX: 1},
        )

    def _receive(self) -> Iterator[SubmissionOutcome]:
        """Wait for the next notebooks, and mark the submissions that have all of theirs."""
        try:
            with self.batch.client.as_current():
                done = wait(list(self.futures.values()), return_when="FIRST_COMPLETED").done
        except (CancelledError, OSError) as error:
            raise ClusterUnavailable(
                "The Dask scheduler was lost. What was finished is kept: run the same again."
            ) from error
        for digest in [name for name, future in self.futures.items() if future in done]:
            yield from self._settle(digest, self.futures.pop(digest))

    def _settle(self, digest: str, future: Future) -> Iterator[SubmissionOutcome]:
        if future.status == "cancelled":
            raise ClusterUnavailable(
                "The Dask scheduler was lost. What was finished is kept: run the same again."
            )
        error = future.exception() if future.status == "error" else None
        if error is None:
            content = future.result()
            if self.store.get(digest) is None:
                self.store.put(digest, content)
        for student in [name for name, digests in self.awaited.items() if digest in digests]:
            self.awaited[student].discard(digest)
            if error is not None:
                del self.awaited[student]
                yield not_gradable(student, _explained(error), self.batch.log)
            elif not self.awaited[student]:
                del self.awaited[student]
                yield self._mark(student)

    def _mark(self, student: str) -> SubmissionOutcome:
        batch = self.batch
        return autograde(batch.course, batch.assignment, student, force=True, log=batch.log)


def _explained(error: BaseException) -> Exception:
    if isinstance(error, KilledWorker):
        return WorkerKilled("its notebook made two workers fall, and is not tried again")
    return error if isinstance(error, Exception) else RuntimeError(type(error).__name__)


@contextmanager
def _heard(client: Client, tell: Tell) -> Iterator[None]:
    """Passes on what workers say while the block runs."""
    client.subscribe_topic(TOPIC, lambda event: tell(dict(event[1])))
    try:
        yield
    finally:
        if client.status == "running":
            client.unsubscribe_topic(TOPIC)


@contextmanager
def _alone(course: Course) -> Iterator[None]:
    """Holds the course for one process: a gradebook has one writer."""
    course.workspace.mkdir(parents=True, exist_ok=True)
    with (course.workspace / "grading.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CourseError(
                f"{course.root} is being graded by another process ({lock.read().strip()})."
            ) from None
        lock.truncate(0)
        lock.write(f"number {os.getpid()}")
        lock.flush()
        yield
