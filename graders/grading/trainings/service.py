"""`TrainingService`: what one submission asks of the trainers, checked, run once, and noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from graders.grading.store import Store
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.inference_service import InferenceService
from graders.grading.trainings.kept_results import kept_result
from graders.grading.trainings.ledger import TrainingLedger
from graders.grading.trainings.received_arrays import ReceivedArrays
from graders.grading.trainings.runners import Fetch, Mishaps, NotTrained, RunsTrainings
from graders.grading.trainings.trainers import TrainerDied
from graders.language import translate as _
from graders.models.training import TrainingJob, TrainingResult, TrainingState
from graders.models.training_form import HEADER_BYTES, PortableError, load_request, load_result
from graders.models.training_limits import TrainingLimits, TrainingRefused, check

__all__ = ["NotTrained", "RunsTrainings", "TrainingRefused", "TrainingService"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request so far, for whoever shows progress."""

    job: TrainingJob
    found: bool
    seconds: float


class TrainingService:
    """Answers the requests of one submission; its `ledger` says what was trained.

    `inferences` answers those that train nothing; `mishaps` tells what the machine has failed.

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
        self._progress = progress
        self.asked: list[Asked] = []
        self._jobs: list[TrainingJob] = []
        self._arrays = ReceivedArrays(shelf, self.limits.data_bytes)
        self._seconds = 0.0
        self.mishaps = Mishaps()
        self.inferences = InferenceService(trainers, store, self._arrays, self.limits, self.mishaps)

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
        with self.mishaps.heeded(), self._timed():
            job = replace(job, environment=self._trainers.environment())
            with self._arrays.opened(job.data, fetch) as arrays:
                content, result, found = kept_result(
                    self._store,
                    "training",
                    job.digest(),
                    partial(self._trainers.train, job, start, arrays),
                    partial(_checked, job),
                )
        self._seconds += 0.0 if found else result.seconds
        self.ledger.add(job, result)
        self.asked.append(Asked(job, found, result.seconds))
        self._progress(self.asked[-1])
        return content

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Counts the seconds of a training that was ended."""
        try:
            yield
        except TrainerDied as error:
            self._seconds += error.seconds
            raise

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


def _checked(job: TrainingJob, content: bytes) -> TrainingResult:
    result = load_result(content, len(content))
    if result.job != job.digest():
        raise PortableError("job", job.digest(), result.job)
    return result
