"""What runs on the workers of a cluster: they receive bytes and return bytes.

Places are Dask resources: a worker has some of `sandbox`, for notebooks, or of `trainer`, for
trainings. A notebook that waits for a training holds none of the latter.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import nbformat
from distributed import Client, Future, Worker, get_client, get_worker
from distributed.scheduler import KilledWorker

from graders.grading.once import once
from graders.grading.trainings.known_arrays import is_known, lay_out
from graders.grading.trainings.service import Asked
from graders.grading.trainings.trainers import CPU, Trainers, TrainerSettings
from graders.grading.workshop import (
    GradingSettings,
    TrainingLost,
    Workshop,
    examination_digest,
    open_workshop,
)
from graders.language import speaking
from graders.models import inference_form
from graders.models.inference import InferenceJob
from graders.models.snapshot import Weights
from graders.models.training import Data, Environment, TrainingJob, TrainingState
from graders.models.training_form import dump_request, load_request

SANDBOX, TRAINER = "sandbox", "trainer"
_ATTEMPTS = 3
Work = Callable[[bytes, Mapping[str, bytes], GradingSettings], bytes]
_PACKAGE = logging.getLogger("graders")
_LOG = logging.getLogger(__name__)


class OtherVersion(RuntimeError):  # noqa: N818 - it says what is wrong with the worker
    """A worker runs another grader, or other libraries: its results are not ours."""


@dataclass(frozen=True, slots=True)
class Examination:
    """A notebook to examine: as nbformat writes it, and the digest its result will have.

    `topic` is where the worker says how it goes. `afresh` takes nothing from any store, `retried`
    nothing but trainings; `elsewhere`, the worker is not one of this run's own, and may have
    another version.
    """

    content: bytes
    digest: str
    assignment: str
    student: str
    topic: str
    afresh: bool = False
    retried: bool = False
    elsewhere: bool = False


def examine_there(asked: Examination, settings: GradingSettings) -> bytes:
    """Examines a notebook on a worker; the examined one, as nbformat writes it.

    Raises:
        OtherVersion: this worker cannot judge as the host would.
    """
    notebook = nbformat.reads(asked.content.decode(), as_version=4)
    digest = examination_digest(notebook, asked.assignment, settings)
    if asked.elsewhere and digest != asked.digest:
        raise OtherVersion(
            f"The worker {_worker().address} runs another version of this grader or of its "
            "libraries: install there what is installed here."
        )
    # Trainings are asked for in another thread, which Dask knows nothing of.
    _client()
    _speak(asked.topic)
    _tell(asked, event="started")

    def progress(training: Asked) -> None:
        _tell(asked, event="training", found=training.found, seconds=training.seconds)

    workshop = _workshop(settings)
    with ExitStack() as stack:
        if asked.afresh:
            workshop = stack.enter_context(workshop.without_memory())
        workshop.examine(notebook, asked.assignment, _LOG, progress, retried=asked.retried)
    return nbformat.writes(notebook).encode()


def train_there(request: bytes, contents: Mapping[str, bytes], settings: GradingSettings) -> bytes:
    """Runs a training on a worker; `contents` are the arrays that not every machine has."""
    job, start = load_request(request, len(request))
    with _laid_out(job.data, contents, settings) as (trainers, arrays):
        return trainers.train(job, start, arrays)


def infer_there(request: bytes, contents: Mapping[str, bytes], settings: GradingSettings) -> bytes:
    """Evaluates or predicts on a worker; as `train_there`."""
    job, weights = inference_form.load_request(request, len(request))
    with _laid_out(job.data, contents, settings) as (trainers, arrays):
        return trainers.infer(job, weights, arrays)


@contextmanager
def _laid_out(
    arrays: Iterable[Data], contents: Mapping[str, bytes], settings: GradingSettings
) -> Iterator[tuple[Trainers, dict[str, int]]]:
    """This worker's trainers, and descriptors of arrays by digest."""
    shelf = _workshop(settings).shelf
    lay_out(shelf)
    with ExitStack() as stack:
        descriptors: dict[str, int] = {}
        for data in dict.fromkeys(arrays):
            if data.digest in contents:
                shelf.keep(data, contents[data.digest])
            descriptor = shelf.open(data)
            if descriptor is None:
                raise OSError(f"The array {data.digest} is not on this machine.")
            stack.callback(os.close, descriptor)
            descriptors[data.digest] = descriptor
        with speaking(settings.language):
            yield _trainers(settings.trainers or TrainerSettings()), descriptors


def environment_there(settings: TrainerSettings, language: str) -> Environment:
    """What trainings on a worker depend on; why there are none is told in `language`."""
    with speaking(language):
        return _trainers(settings).environment()


@dataclass(frozen=True, slots=True)
class ClusterTrainers:
    """Trainings of a worker's notebooks, run by whichever worker has a trainer's place.

    A training is a task named by its digest: the cluster runs it once, however many wait.
    """

    settings: GradingSettings
    trainers: TrainerSettings

    def environment(self) -> Environment:
        """As `Trainers.environment`."""
        return _environment(self)

    def train(self, job: TrainingJob, start: TrainingState, arrays: Mapping[str, int]) -> bytes:
        """As `Trainers.train`; raises TrainingLost when the cluster has failed it."""
        key = f"training-{job.digest()}"
        return self._sent(train_there, dump_request(job, start), job.data, arrays, key)

    def infer(self, job: InferenceJob, weights: Weights, arrays: Mapping[str, int]) -> bytes:
        """As `Trainers.infer`, on this worker where that needs no GPU.

        It takes a second, and would wait behind trainings that take minutes. Raises TrainingLost
        when the cluster has failed it.
        """
        if self.trainers.device == CPU:
            return _trainers(self.trainers).infer(job, weights, arrays)
        key, request = f"inference-{job.digest()}", inference_form.dump_request(job, weights)
        return self._sent(infer_there, request, job.data, arrays, key)

    def _sent(
        self,
        work: Work,
        request: bytes,
        data: Iterable[Data],
        arrays: Mapping[str, int],
        key: str,
    ) -> bytes:
        for attempt in range(_ATTEMPTS):
            try:
                # Dask does not forget at once that it has lost a key: another attempt has others.
                contents = {
                    each.digest: self._held(f"array-{each.digest}-{attempt}", arrays[each.digest])
                    for each in dict.fromkeys(data)
                    if not is_known(each)
                }
                own_key = f"{key}-{attempt}"
                return bytes(self.run(work, request, contents, self.settings, key=own_key))
            except CancelledError as error:
                # Arrays go with the worker that sent them, and with them whatever waits for them.
                lost = error
        raise TrainingLost("its data were lost with the workers that held them") from lost

    def _held(self, key: str, descriptor: int) -> Future:
        """The content of a file, held by this worker for others to fetch."""
        content = {key: _content(descriptor)}
        held: Future = _client().scatter(content, workers=[_worker().address], direct=True)[key]
        return held

    def run(self, function: Any, *arguments: Any, key: str) -> Any:
        """The result of a task that needs a trainer's place; raises TrainingLost."""
        future = _client().submit(function, *arguments, key=key, resources={TRAINER: 1})
        try:
            return future.result()
        except KilledWorker as error:
            raise TrainingLost("its training made two workers fall") from error


@once
def _environment(trainers: ClusterTrainers) -> Environment:
    key = f"environment-{trainers.trainers!r}"
    environment: Environment = trainers.run(
        environment_there, trainers.trainers, trainers.settings.language, key=key
    )
    return environment


def _content(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


@once
def _workshop(settings: GradingSettings) -> Workshop:
    # Dask sweeps away this folder, at the latest when another worker starts here.
    folder = _worker().local_directory
    if settings.trainers is None:
        return open_workshop(settings, folder=folder)
    return open_workshop(settings, ClusterTrainers(settings, settings.trainers), folder)


@once
def _trainers(settings: TrainerSettings) -> Trainers:
    # Nobody leaves it: its process ends when this one does, and hangs up.
    return Trainers(settings).__enter__()


def _tell(asked: Examination, **what: Any) -> None:
    """Says on the cluster's own channel what is going on, for whoever shows progress."""
    _worker().log_event(asked.topic, {"student": asked.student, **what})


class _Speaking(logging.Handler):
    """Has the host say what this worker would complain of where nobody looks."""

    def __init__(self, topic: str) -> None:
        super().__init__(logging.WARNING)
        self._topic = topic

    def emit(self, record: logging.LogRecord) -> None:
        told = {"event": "problem", "text": record.getMessage(), "detail": self.format(record)}
        _worker().log_event(self._topic, told)


@once
def _speak(topic: str) -> None:
    for handler in list(_PACKAGE.handlers):
        _PACKAGE.removeHandler(handler)
    _PACKAGE.addHandler(_Speaking(topic))
    _PACKAGE.propagate = False


@once
def _client() -> Client:
    """The worker's own client, found by the thread of a task."""
    return get_client()


@once
def _worker() -> Worker:
    """The worker itself, found by the thread of a task."""
    return get_worker()
