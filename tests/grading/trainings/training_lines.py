"""A line to the trainers, and what a training gives with it or without it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from graders.grading.isolation.exchange import SharedDirectory
from graders.grading.store import open_store
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.frames import FIT, INFERENCE
from graders.grading.trainings.hooks import install
from graders.grading.trainings.line import TrainingLine
from graders.grading.trainings.requests import NotDoneError, RefusedError, Requests
from graders.grading.trainings.service import NotTrained, TrainingRefused, TrainingService
from graders.grading.trainings.trainers import Trainers
from graders.models.training import Array
from graders.models.training_limits import TrainingLimits
from tests.models.portable_cases import Case


class InProcess:
    """Requests straight to a service."""

    def __init__(self, service: TrainingService) -> None:
        self._answers = {FIT: service.answer, INFERENCE: service.inferences.answer}

    def ask(self, kind: bytes, request: bytes, arrays: Mapping[str, Array]) -> bytes:
        try:
            return self._answers[kind](
                request, lambda data: memoryview(arrays[data.digest].tobytes())
            )
        except TrainingRefused as refused:
            raise RefusedError(str(refused)) from None
        except NotTrained as error:
            raise NotDoneError(str(error)) from None


class Never:
    """Requests that must not be made."""

    def ask(self, kind: bytes, request: bytes, arrays: Mapping[str, Array]) -> bytes:
        raise AssertionError("this should stay in the kernel")


@contextlib.contextmanager
def hooked(requests: Requests) -> Iterator[None]:
    uninstall = install(requests)
    try:
        yield
    finally:
        uninstall()


def service_of(trainers: Trainers, place: Path, **limits: Any) -> TrainingService:
    return TrainingService(
        trainers, open_store(place / "s"), ArrayShelf(place / "a"), TrainingLimits(**limits)
    )


@contextlib.contextmanager
def line_in(directory: Path, service: TrainingService) -> Iterator[TrainingLine]:
    directory.mkdir(exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with TrainingLine(service, SharedDirectory(descriptor, str(directory))) as line:
            yield line
    finally:
        os.close(descriptor)


def trained(case: Case) -> tuple[list[bytes], dict[str, list[float]]]:
    keras.utils.set_random_seed(3)
    model = case.make()
    with contextlib.redirect_stdout(io.StringIO()):
        history = model.fit(**case.arguments())
    variables = (*model.variables, *model.optimizer.variables)
    return [variable.numpy().tobytes() for variable in variables], history.history
