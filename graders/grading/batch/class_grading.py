"""Grading a class: notebooks are examined on a cluster, marks are written by one process, here."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import nbformat
from distributed import Client, Future, wait
from distributed.scheduler import KilledWorker

from graders.grading.accounts import had_accident
from graders.grading.autograde import (
    Grading,
    SubmissionOutcome,
    autograde,
    is_due,
    not_gradable,
    sanitized,
)
from graders.grading.batch.cluster import places, settings_for_workers
from graders.grading.batch.tasks import SANDBOX, Examination, OtherVersion, examine_there
from graders.grading.batch.unavailable import ClusterUnavailable
from graders.grading.conversion import ConversionFailed
from graders.grading.course import Course
from graders.grading.execute import grading_settings
from graders.grading.repair.mends import NotRepairable
from graders.grading.workshop import (
    GradingSettings,
    Workshop,
    examination_digest,
    shared_workshop,
)

# Notebooks sent ahead of the workers: enough to keep them busy, few enough to hold in memory.
_AHEAD = 32
_AHEAD_OF_A_PLACE = 2
_LOOK_SECONDS = 60.0
Tell = Callable[[dict[str, Any]], object]
Examine = Callable[[Examination, GradingSettings], bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """A class to grade: which submissions, on which cluster.

    `retry` runs anew those that ended in an accident: a time limit, a crash.
    """

    course: Course
    assignment: str
    students: tuple[str, ...]
    force: bool
    client: Client
    scheduler: str | None
    log: logging.Logger
    retry: bool = False


class WorkerKilled(Exception):  # noqa: N818 - it says what became of the notebook
    """A notebook has made two workers fall; it is not tried a third time."""


def grade_class(
    batch: Batch, tell: Tell, examine: Examine = examine_there
) -> Iterator[SubmissionOutcome]:
    """Grades the submissions, yielding each outcome once its marks are in the gradebook.

    `tell` receives what workers say of their progress. A notebook that was examined before,
    for another student or in an interrupted run, is only marked. `examine` is what workers do.
    The caller holds the course.

    Raises:
        ClusterUnavailable: the scheduler was lost, or its workers are no use; what was finished
            is kept.
    """
    settings = grading_settings(batch.course.config)
    # Shared: the ordinary way, which marks, finds there what the cluster has sent.
    examinations = Examinations(
        batch.client, settings_for_workers(settings, batch.scheduler), tell, examine
    )
    with examinations.heard(batch.log):
        yield from _Class(batch, settings, shared_workshop(settings), examinations).outcomes()


@dataclass
class Examinations:
    """Notebooks that are examined on a cluster, by the digest of what is asked.

    No more than `ahead` are to be under way at once. Those whose worker has fallen twice are
    tried once more when nothing else is under way: it may have been another notebook's doing.
    """

    client: Client
    settings: GradingSettings
    tell: Tell
    examine: Examine = examine_there
    topic: str = field(default_factory=lambda: f"graders-{secrets.token_hex(8)}")
    _sent: dict[str, tuple[Examination, Future]] = field(default_factory=dict)
    _suspects: dict[str, Examination] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ahead = max(_AHEAD, _AHEAD_OF_A_PLACE * places(self.client)[SANDBOX])

    @property
    def awaited(self) -> int:
        """How many are still to come."""
        return len(self._sent) + len(self._suspects)

    def send(self, asked: Examination) -> None:
        """Have it examined, if that was not asked for already."""
        if asked.digest not in self._sent and asked.digest not in self._suspects:
            anew = asked.afresh or asked.retried
            self._submit(asked, self.topic if anew else "examination")

    def _submit(self, asked: Examination, purpose: str) -> None:
        future = self.client.submit(
            self.examine,
            asked,
            self.settings,
            key=f"{purpose}-{asked.digest}",
            resources={SANDBOX: 1},
        )
        self._sent[asked.digest] = (asked, future)

    def receive(self) -> Iterator[tuple[str, bytes | Exception]]:
        """Wait for the next ones: what came of each, if anything did.

        Raises:
            ClusterUnavailable: none will come.
        """
        alone = not self._sent
        if alone:
            self._submit(self._suspects.pop(next(iter(self._suspects))), "alone")
        done = self._next()
        for digest in [name for name, (_, future) in self._sent.items() if future in done]:
            asked, future = self._sent.pop(digest)
            came = self._outcome(future)
            if isinstance(came, WorkerKilled) and not alone:
                self._suspects[digest] = asked
            else:
                yield digest, came

    def _next(self) -> set[Future]:
        while True:
            try:
                with self.client.as_current():
                    futures = [future for _, future in self._sent.values()]
                    waited = wait(futures, _LOOK_SECONDS, "FIRST_COMPLETED")
                    return set(waited.done)
            except TimeoutError:
                self._complain_of_absence()
            except (CancelledError, OSError) as error:
                raise _lost() from error

    def _complain_of_absence(self) -> None:
        try:
            anybody = places(self.client)[SANDBOX]
        except (OSError, ValueError) as error:
            raise _lost() from error
        if not anybody:
            text = "No worker for notebooks is left: waiting for one."
            self.tell({"event": "problem", "text": text})

    def _outcome(self, future: Future) -> bytes | Exception:
        if future.status == "finished":
            return bytes(future.result())
        if future.status != "error":
            raise _lost()
        error = future.exception()
        if isinstance(error, OtherVersion):
            raise ClusterUnavailable(str(error))
        if isinstance(error, KilledWorker):
            return WorkerKilled("its notebook made two workers fall, and is not tried again")
        return error if isinstance(error, Exception) else RuntimeError(type(error).__name__)

    @contextmanager
    def heard(self, log: logging.Logger) -> Iterator[None]:
        """Passes on what workers say while the block runs; then nothing is asked any more."""

        def hear(event: tuple[float, dict[str, Any]]) -> None:
            told = dict(event[1])
            if told["event"] == "problem":
                log.warning("On a worker: %s", told["detail"])
            self.tell(told)

        self.client.subscribe_topic(self.topic, hear)
        try:
            yield
        finally:
            self._sent.clear()
            if self.client.status == "running":
                self.client.unsubscribe_topic(self.topic)


@dataclass
class _Class:
    """Submissions on their way: those whose notebooks are awaited, by student."""

    batch: Batch
    settings: GradingSettings
    workshop: Workshop
    examinations: Examinations
    awaited: dict[str, set[str]] = field(default_factory=dict)

    def outcomes(self) -> Iterator[SubmissionOutcome]:
        """What came of each submission, as it comes."""
        for student in self.batch.students:
            outcome = self._start(student)
            if outcome is not None:
                yield outcome
            while self.examinations.awaited >= self.examinations.ahead:
                yield from self._receive()
        while self.examinations.awaited:
            yield from self._receive()

    def _start(self, student: str) -> SubmissionOutcome | None:
        """Send a submission's notebooks; its outcome already, when there is nothing to wait for."""
        batch, topic = self.batch, self.examinations.topic
        retried = batch.retry and had_accident(batch.course, batch.assignment, student)
        if not is_due(batch.course, batch.assignment, student, force=batch.force or retried):
            return SubmissionOutcome(student, Grading.SKIPPED)
        try:
            asked = examinations_of(batch, student, self.settings, topic, retried=retried)
        except (ConversionFailed, NotRepairable, OSError) as error:
            return not_gradable(student, error, batch.log)
        unknown = {
            one.digest: one
            for one in asked
            if retried or self.workshop.examined(one.digest) is None
        }
        if not unknown:
            return self._mark(student)
        self.awaited[student] = set(unknown)
        for one in unknown.values():
            self.examinations.send(one)
        return None

    def _receive(self) -> Iterator[SubmissionOutcome]:
        """Mark the submissions that have all of their notebooks."""
        for digest, came in self.examinations.receive():
            if isinstance(came, bytes):
                self.workshop.take_in(digest, came)
            for student in [name for name, digests in self.awaited.items() if digest in digests]:
                self.awaited[student].discard(digest)
                if isinstance(came, Exception):
                    del self.awaited[student]
                    yield not_gradable(student, came, self.batch.log)
                elif not self.awaited[student]:
                    del self.awaited[student]
                    yield self._mark(student)

    def _mark(self, student: str) -> SubmissionOutcome:
        batch = self.batch
        return autograde(batch.course, batch.assignment, student, force=True, log=batch.log)


def examinations_of(
    batch: Batch,
    student: str,
    settings: GradingSettings,
    topic: str,
    *,
    afresh: bool = False,
    retried: bool = False,
) -> list[Examination]:
    """What has to be asked for a submission, one examination a notebook.

    Raises:
        ConversionFailed, NotRepairable, OSError: it cannot be brought that far.
    """
    return [
        Examination(
            nbformat.writes(notebook).encode(),
            examination_digest(notebook, batch.assignment, settings),
            batch.assignment,
            student,
            topic,
            afresh=afresh,
            retried=retried,
            elsewhere=batch.scheduler is not None,
        )
        for notebook in sanitized(batch.course, batch.assignment, student, batch.log)
    ]


def _lost() -> ClusterUnavailable:
    return ClusterUnavailable(
        "The Dask scheduler was lost. What was finished is kept: run the same again."
    )
