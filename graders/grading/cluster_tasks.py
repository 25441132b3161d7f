"""What runs on the workers of a cluster: they receive bytes and return bytes.

Places are Dask resources: a worker has some of `sandbox`, for notebooks, or of `trainer`, for
trainings. A notebook that waits for a training holds none of the latter.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import nbformat
from distributed import Client, get_client
from distributed.scheduler import KilledWorker

from graders.grading.known_arrays import is_known, lay_out
from graders.grading.trainer import Asked
from graders.grading.trainers import TrainerDied, Trainers, TrainerSettings
from graders.grading.workshop import GradingSettings, Workshop, open_workshop
from graders.models.training import Environment, TrainingJob, TrainingState
from graders.models.training_form import dump_request, load_request

SANDBOX, TRAINER = "sandbox", "trainer"
TOPIC = "graders"
_LOG = logging.getLogger(__name__)


def examine_there(
    content: bytes, assignment: str, student: str, settings: GradingSettings
) -> bytes:
    """Examines a notebook on a worker; both are notebooks as nbformat writes them."""
    notebook = nbformat.reads(content.decode(), as_version=4)
    # Trainings are asked for in another thread, which Dask knows nothing of.
    _client()
    _tell(student, event="started")

    def progress(asked: Asked) -> None:
        _tell(student, event="training", found=asked.found, seconds=asked.seconds)

    _workshop(settings).examine(notebook, assignment, _LOG, progress)
    return nbformat.writes(notebook).encode()


def train_there(request: bytes, contents: Mapping[str, bytes], settings: GradingSettings) -> bytes:
    """Runs a training on a worker; `contents` are the arrays that not every machine has."""
    job, start = load_request(request, len(request))
    shelf = _workshop(settings).shelf
    lay_out(shelf)
    with ExitStack() as stack:
        descriptors: dict[str, int] = {}
        for data in dict.fromkeys(job.data):
            if data.digest in contents:
                shelf.keep(data, contents[data.digest])
            descriptor = shelf.open(data)
            if descriptor is None:
                raise OSError(f"The array {data.digest} is not on this machine.")
            stack.callback(os.close, descriptor)
            descriptors[data.digest] = descriptor
        return _trainers(settings.trainers or TrainerSettings()).train(job, start, descriptors)


def environment_there(settings: TrainerSettings) -> Environment:
    """What trainings on a worker depend on."""
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
        """As `Trainers.train`."""
        contents = {
            data.digest: _client().scatter(_content(arrays[data.digest]), direct=True)
            for data in dict.fromkeys(job.data)
            if not is_known(data)
        }
        request, key = dump_request(job, start), f"training-{job.digest()}"
        return bytes(self.run(train_there, request, contents, self.settings, key=key))

    def run(self, function: Any, *arguments: Any, key: str) -> Any:
        """The result of a task that needs a trainer's place; raises TrainerDied."""
        future = _client().submit(function, *arguments, key=key, resources={TRAINER: 1})
        try:
            return future.result()
        except KilledWorker as error:
            raise TrainerDied("L’entraînement a fait tomber deux machines.") from error


@functools.cache
def _environment(trainers: ClusterTrainers) -> Environment:
    key = f"environment-{trainers.trainers!r}"
    environment: Environment = trainers.run(environment_there, trainers.trainers, key=key)
    return environment


def _content(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


@functools.cache
def _workshop(settings: GradingSettings) -> Workshop:
    if settings.trainers is None:
        return open_workshop(settings)
    return open_workshop(settings, ClusterTrainers(settings, settings.trainers))


@functools.cache
def _trainers(settings: TrainerSettings) -> Trainers:
    return Trainers(settings).__enter__()


def _tell(student: str, **what: Any) -> None:
    """Says on the cluster's own channel what is going on, for whoever shows progress."""
    _client().log_event(TOPIC, {"student": student, **what})


@functools.cache
def _client() -> Client:
    """The worker's own client, found by the thread of a task."""
    return get_client()
