"""`InferenceService`: what one submission asks to have evaluated and predicted, run once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from graders.grading.store import Store
from graders.grading.trainings.kept_results import kept_result
from graders.grading.trainings.received_arrays import ReceivedArrays
from graders.grading.trainings.runners import Fetch, Mishaps, NotTrained, RunsTrainings
from graders.models.inference import InferenceJob, InferenceResult, work
from graders.models.inference_form import load_request, load_result
from graders.models.inference_limits import fits
from graders.models.parcel import HEADER_BYTES
from graders.models.portable_schema import PortableError
from graders.models.training_limits import TrainingLimits

# What was run once may be asked for again, for a little of the host's time.
_ASKED_FOR_EACH_RUN = 10


class InferenceService:
    """Answers the requests of one submission.

    Beyond a limit nothing is refused: the student's kernel does it itself, within its own.
    """

    def __init__(
        self,
        runners: RunsTrainings,
        store: Store,
        arrays: ReceivedArrays,
        limits: TrainingLimits,
        mishaps: Mishaps,
    ) -> None:
        self._runners = runners
        self._store = store
        self._arrays = arrays
        self._limits = limits
        self._mishaps = mishaps
        self._asked = 0
        self._run = 0
        self._work = 0.0
        self._predicted_bytes = 0

    def answer(self, request: bytes, fetch: Fetch) -> bytes:
        """The result of a request, both as `inference_form` writes them.

        Nothing in the request is believed; `fetch` is as for trainings.

        Raises:
            NotTrained: it is left to the student's kernel.
            TrainingRefused: as `Mishaps.heeded`.
        """
        try:
            job, weights = load_request(request, self._limits.state_bytes + HEADER_BYTES)
        except PortableError as error:
            raise NotTrained(str(error)) from None
        self._check(job)
        with self._mishaps.heeded():
            job = replace(job, environment=self._runners.environment())
            with self._arrays.opened(job.data, fetch) as arrays:
                content, _, found = kept_result(
                    self._store,
                    "inference",
                    job.digest(),
                    partial(self._runners.infer, job, weights, arrays),
                    partial(_read, job),
                )
        self._run += not found
        return content

    def _check(self, job: InferenceJob) -> None:
        """Counts a job among the notebook's; raises NotTrained where it is one too many."""
        limits = self._limits
        if not fits(job, limits):
            raise NotTrained("beyond a limit")
        self._asked += 1
        self._work += work(job)
        self._predicted_bytes += job.predicted_bytes
        if (
            self._run >= limits.inferences
            or self._asked > _ASKED_FOR_EACH_RUN * limits.inferences
            or self._work > limits.notebook_work
            or self._predicted_bytes > limits.predicted_bytes
        ):
            raise NotTrained("beyond a limit of the notebook")


def _read(job: InferenceJob, content: bytes) -> InferenceResult:
    result = load_result(content, len(content))
    if result.job != job.digest():
        raise PortableError("job", job.digest(), result.job)
    return result
