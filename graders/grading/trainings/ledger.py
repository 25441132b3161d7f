"""`TrainingLedger`: how a submission's models were trained, by our own trainers."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from graders.models.compilation import Compilation
from graders.models.snapshot import TrainingRecord
from graders.models.training import TrainingJob, TrainingResult, weights_digest


@dataclass(frozen=True, slots=True)
class Training:
    """One training that took place: what was asked, and the verified record of it."""

    job: TrainingJob
    record: TrainingRecord


class TrainingLedger:
    """The trainings of one submission, by the weights they ended with.

    It lives on the host and is written by the trainers' service alone: a record found here
    cannot be forged by whatever runs in the student's kernel.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_weights: dict[str, Training] = {}
        self._iterations: dict[str, int] = {}

    def add(self, job: TrainingJob, result: TrainingResult) -> TrainingRecord:
        """Note a training, and return its record.

        Its gradient steps are added to those of an earlier training it goes on from.
        """
        with self._lock:
            earlier = self._iterations.get(job.start, 0)
            record = result.record(job, earlier + result.steps * len(result.epochs))
            self._iterations[result.end.digest()] = record.iterations
            self._by_weights[weights_digest(result.end.weights)] = Training(job, record)
        return record

    def record_for(
        self, digest: str, compilation: Compilation | None = None
    ) -> TrainingRecord | None:
        """The record of the last training that ended with weights of this digest.

        With `compilation`, only of one done with these settings: a model trained otherwise and
        compiled again afterwards has none.
        """
        with self._lock:
            training = self._by_weights.get(digest)
        if training is None or (
            compilation is not None and training.job.compilation != compilation
        ):
            return None
        return training.record

    def by_weights(self) -> dict[str, Training]:
        """The last training that ended with each weights' digest."""
        with self._lock:
            return dict(self._by_weights)

    def trainings(self) -> tuple[Training, ...]:
        """All of them, in the order of their ends."""
        with self._lock:
            return tuple(self._by_weights.values())
