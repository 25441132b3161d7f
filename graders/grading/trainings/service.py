"""`TrainingService`: what one submission asks of the trainers, checked, run once, and noted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from graders.grading.store import Store
from graders.grading.trainings.array_shelf import ArrayShelf, WrongContentError
from graders.grading.trainings.ledger import TrainingLedger
from graders.grading.trainings.trainers import TrainerDied, TrainingFailed
from graders.language import translate as _
from graders.models.training import Data, Environment, TrainingJob, TrainingResult, TrainingState
from graders.models.training_form import (
    HEADER_BYTES,
    PortableError,
    dump_result,
    load_request,
    load_result,
)
from graders.models.training_limits import TrainingLimits, TrainingRefused, check

__all__ = ["NotTrained", "RunsTrainings", "TrainingRefused", "TrainingService"]

_FORMAT = "1"
Fetch = Callable[[Data], memoryview]


class NotTrained(Exception):  # noqa: N818 - it says what became of the request
    """Keras refuses this training: `fit` itself will tell the student so, in the same words."""


class RunsTrainings(Protocol):
    """Where trainings are run: `Trainers` on this machine, or a cluster's."""

    def environment(self) -> Environment:
        """What its results depend on, beside the jobs."""

    def train(self, job: TrainingJob, start: TrainingState, arrays: Mapping[str, int]) -> bytes:
        """As `Trainers.train`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request so far, for whoever shows progress."""

    job: TrainingJob
    found: bool
    seconds: float


class TrainingService:
    """Answers the requests of one submission; its `ledger` says what was trained.

    `store`, `shelf` and the trainers may serve any number of submissions. `progress` is called
    after each training.
    """

    def __init__(
        self,
        trainers: RunsTrainings,
        store: Store,
        shelf: ArrayShelf,
        limits: TrainingLimits | None = None,
        progress: Callable[[Asked], object] = lambda _: None,
    ) -> None:
        self.limits = limits or TrainingLimits()
        self.ledger = TrainingLedger()
        self._trainers = trainers
        self._store = store
        self._shelf = shelf
        self._progress = progress
        self.asked: list[Asked] = []
        self._jobs: list[TrainingJob] = []
        self._bytes_left = self.limits.data_bytes
        self._seconds = 0.0

    @property
    def most_request_bytes(self) -> int:
        """Length of the longest request, without its arrays."""
        return self.limits.state_bytes + HEADER_BYTES

    def answer(self, request: bytes, fetch: Fetch) -> bytes:
        """The result of a request, both as `training_form` writes them.

        Nothing in the request is believed. `fetch` is asked for the raw bytes of the arrays
        that the shelf does not hold, one by one; they are checked against their digests.

        Raises:
            TrainingRefused: it will not be run; the message is for the student.
            NotTrained: Keras does not train this.
        """
        job, start = self._read(request)
        check(job, self.limits, self._jobs)
        self._check_time()
        self._jobs.append(job)
        try:
            job = replace(job, environment=self._trainers.environment())
            with self._arrays(job, fetch) as arrays:
                content, result, found = self._result(job, start, arrays)
        except TrainingFailed as error:
            raise NotTrained(str(error)) from None
        except TrainerDied as error:
            self._seconds += error.seconds
            raise TrainingRefused(str(error)) from None
        self._seconds += 0.0 if found else result.seconds
        self.ledger.add(job, result)
        self.asked.append(Asked(job, found, result.seconds))
        self._progress(self.asked[-1])
        return content

    def _read(self, request: bytes) -> tuple[TrainingJob, TrainingState]:
        try:
            return load_request(request, self.most_request_bytes)
        except PortableError:
            raise TrainingRefused(
                _(
                    "Le correcteur n'a pas pu lire cet entraînement : il est trop grand, ou mal "
                    "formé."
                )
            ) from None

    def _check_time(self) -> None:
        if self._seconds > self.limits.notebook_seconds:
            raise TrainingRefused(
                _(
                    "Les entraînements de ce notebook ont déjà duré {seconds} secondes ensemble : "
                    "le correcteur n'en fait pas d'autres."
                ).format(seconds=f"{self._seconds:.0f}")
            )

    @contextmanager
    def _arrays(self, job: TrainingJob, fetch: Fetch) -> Iterator[dict[str, int]]:
        """Descriptors of the job's arrays, by digest."""
        with ExitStack() as stack:
            descriptors: dict[str, int] = {}
            for data in dict.fromkeys(job.data):
                descriptor = self._shelf.open(data)
                if descriptor is None:
                    descriptor = self._receive(data, fetch)
                stack.callback(os.close, descriptor)
                descriptors[data.digest] = descriptor
            yield descriptors

    def _receive(self, data: Data, fetch: Fetch) -> int:
        if data.nbytes > self._bytes_left:
            raise TrainingRefused(
                _(
                    "Les données d'entraînement de ce notebook sont trop volumineuses pour le "
                    "correcteur, qui en accepte {count} Mio."
                ).format(count=f"{self.limits.data_bytes / 2**20:.0f}")
            )
        self._bytes_left -= data.nbytes
        try:
            self._shelf.keep(data, fetch(data))
        except WrongContentError:
            raise TrainingRefused(
                _("Les données d'entraînement ont changé pendant leur envoi.")
            ) from None
        except OSError as error:
            raise TrainingRefused(
                _(
                    "Le correcteur n'a pas pu recevoir les données d'entraînement : {reason}."
                ).format(reason=error.strerror)
            ) from None
        descriptor = self._shelf.open(data)
        if descriptor is None:
            raise TrainingRefused(_("Le correcteur n'a pas pu garder les données d'entraînement."))
        return descriptor

    def _result(
        self, job: TrainingJob, start: TrainingState, arrays: Mapping[str, int]
    ) -> tuple[bytes, TrainingResult, bool]:
        """A result as bytes and as a value, and whether it was there already."""
        name = hashlib.sha256(f"training {_FORMAT} {job.digest()}".encode()).hexdigest()
        stored = self._store.once(name, lambda: self._trainers.train(job, start, arrays))
        try:
            return stored.content, self._checked(job, stored.content), stored.found
        except PortableError:
            content = self._trainers.train(job, start, arrays)
            result = self._checked(job, content)
            self._store.put(name, dump_result(result))
            return content, result, False

    def _checked(self, job: TrainingJob, content: bytes) -> TrainingResult:
        result = load_result(content, len(content))
        if result.job != job.digest():
            raise PortableError("job", job.digest(), result.job)
        return result
