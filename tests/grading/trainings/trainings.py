"""What the tests of trainings share: a small model, its data, a request for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.trainers import Trainers
from graders.models.architecture import Architecture
from graders.models.compilation import Compilation, Loss, Optimizer
from graders.models.counting import parameter_shapes
from graders.models.inference import InferenceJob, Measures
from graders.models.operations import Activation, Dense
from graders.models.snapshot import Weights
from graders.models.training import (
    Data,
    Environment,
    TrainingJob,
    TrainingState,
    describe_all,
    weights_digest,
)

SGD = Compilation(
    Loss("categorical_crossentropy"), Optimizer("sgd", 0.5), ("categorical_accuracy",)
)
LOGISTIC = Architecture((6,), (Dense(3), Activation("softmax")))
RANDOM = np.random.default_rng(0)
ARRAYS, (X, Y) = describe_all(
    [RANDOM.normal(size=(40, 6)).astype("float32"), np.eye(3)[RANDOM.integers(0, 3, 40)]]
)


def state_of(architecture: Architecture, rate: float = 0.5, seed: int = 0) -> TrainingState:
    generator = np.random.default_rng(seed)
    weights = tuple(
        generator.normal(size=shape).astype("float32") for shape in parameter_shapes(architecture)
    )
    return TrainingState(weights, (np.array(0), np.array(rate, "float32")))


def request(**changes: Any) -> tuple[TrainingJob, TrainingState]:
    start = changes.pop("start", None) or state_of(changes.get("architecture", LOGISTIC))
    job = TrainingJob(LOGISTIC, SGD, start.digest(), 0, X, Y, batch_size=8, epochs=2)
    return replace(job, **changes), start


def inference_request(
    seed: int = 0, *, measured: bool = True, **changes: Any
) -> tuple[InferenceJob, Weights]:
    weights = state_of(changes.get("architecture", LOGISTIC), seed=seed).weights
    measures = Measures(Y, SGD.loss, SGD.metrics) if measured and SGD.loss else None
    job = InferenceJob(LOGISTIC, weights_digest(weights), X, 8, measures)
    return replace(job, **changes), weights


def fetch(data: Data) -> memoryview:
    return memoryview(ARRAYS[data.digest].tobytes())


class Counting:
    """Trainers that count, around others."""

    def __init__(self, trainers: Trainers) -> None:
        self._trainers = trainers
        self.count = 0

    def environment(self) -> Environment:
        return self._trainers.environment()

    def train(self, job: TrainingJob, start: TrainingState, arrays: Mapping[str, int]) -> bytes:
        self.count += 1
        return self._trainers.train(job, start, arrays)

    def infer(self, job: InferenceJob, weights: Weights, arrays: Mapping[str, int]) -> bytes:
        self.count += 1
        return self._trainers.infer(job, weights, arrays)


def descriptors(tmp_path: Path) -> dict[str, int]:
    shelf, opened = ArrayShelf(tmp_path / "d"), {}
    for data in (X, Y):
        shelf.keep(data, fetch(data))
        descriptor = shelf.open(data)
        assert descriptor is not None
        opened[data.digest] = descriptor
    return opened
