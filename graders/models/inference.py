"""An evaluation or a prediction as data: what determines it to the bit, and what came of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from math import prod
from typing import Annotated

import numpy as np
import numpy.typing as npt

from graders.models.architecture import Architecture
from graders.models.bounds import AtMost, Digest, Name, Size
from graders.models.compilation import Loss
from graders.models.counting import flops
from graders.models.portable_schema import encode
from graders.models.training import Array, Data, Environment

_BYTES = np.dtype(np.float32).itemsize


@dataclass(frozen=True, slots=True)
class Measures:
    """What an evaluation measures, and the expected values `y` it compares with."""

    y: Data
    loss: Loss
    metrics: Annotated[tuple[Name, ...], AtMost(32)]


@dataclass(frozen=True, slots=True)
class InferenceJob:
    """One call of `evaluate`, or of `predict` where it measures nothing, canonical.

    Equal jobs give equal results, to the bit. `weights` is the model's `weights_digest`,
    `batch_size` counts samples. How it is displayed is no part of it.
    """

    architecture: Architecture
    weights: Digest
    x: Data
    batch_size: Size
    measures: Measures | None = None
    environment: Environment = field(default_factory=Environment)

    @property
    def data(self) -> tuple[Data, ...]:
        """Every array it reads."""
        return (self.x,) if self.measures is None else (self.x, self.measures.y)

    @property
    def predicted_bytes(self) -> int:
        """Length of the predictions it gives; raises as `Architecture.shapes`."""
        if self.measures is not None:
            return 0
        return _BYTES * self.x.shape[0] * prod(self.architecture.output_shape)

    def digest(self) -> str:
        """SHA-256 in hexadecimal of all that the result depends on."""
        record = encode(replace(self, architecture=Architecture(None, ())))
        record["architecture"] = self.architecture.digest()
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class InferenceResult:
    """What came of a job.

    `predictions` (samples, …) are there when it measures nothing. `values` are else the loss and
    the metrics in the order of the job, `metrics` the state of the metrics at the end. Seconds
    are wall-clock.
    """

    job: str
    predictions: Array | None
    values: npt.NDArray[np.float64]
    metrics: tuple[Array, ...]
    seconds: float


def work(job: InferenceJob) -> float:
    """Floating-point operations of all samples; raises as `counting.flops`."""
    return float(flops(job.architecture)) * job.x.shape[0]
