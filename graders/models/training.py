"""A training as data: what determines its result to the bit, and the result itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Annotated, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from graders.models.architecture import Architecture
from graders.models.bounds import AtMost, Between, Count, Digest, Share, Size, Text
from graders.models.compilation import Compilation
from graders.models.portable_schema import encode
from graders.models.snapshot import TrainingRecord, Weights

Array = npt.NDArray[Any]
DataType = Literal[
    "float32",
    "float64",
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]
Seed = Annotated[int, Between(-(2**63), 2**63 - 1)]
Named = Annotated[tuple[tuple[Text, Text], ...], AtMost(32)]

ALIKE_TO_THE_BIT = 2
"""Intra-op threads of every training: another number gives other last digits, one is slow."""


@dataclass(frozen=True, slots=True)
class Data:
    """An array by its content: SHA-256 of type, shape and bytes. `shape` has the samples first."""

    digest: Digest
    dtype: DataType
    shape: Annotated[tuple[Size, ...], AtMost(6)]

    @property
    def nbytes(self) -> int:
        """Length of the content, in bytes."""
        return prod(self.shape) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True, slots=True)
class Validation:
    """Data measured after each epoch: given apart, or the last `split` of the training data."""

    x: Data | None
    y: Data | None
    split: Share
    batch_size: Size


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a training runs, as far as its result depends on it.

    `flags` are environment variables, `versions` those of the libraries; both sorted by name.
    """

    backend: Text = "tensorflow"
    device: Text = "cpu"
    threads: Size = ALIKE_TO_THE_BIT
    flags: Named = ()
    versions: Named = ()


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One call of `fit`, canonical: equal jobs give equal results, to the bit.

    `start` is the digest of the `TrainingState` it starts from, `seed` the global seed that
    the order of the samples comes from. `batch_size` counts samples; epochs are numbered
    from `initial_epoch` to `epochs - 1`. How it is displayed is no part of it.
    """

    architecture: Architecture
    compilation: Compilation
    start: Digest
    seed: Seed
    x: Data
    y: Data
    batch_size: Size
    epochs: Size
    initial_epoch: Count = 0
    shuffle: bool = True
    validation: Validation | None = None
    environment: Environment = Environment()

    @property
    def training_samples(self) -> int:
        """Samples of one epoch, without those kept for validation."""
        samples = self.x.shape[0]
        if self.validation is None or self.validation.x is not None:
            return samples
        # The rule of Keras's `train_validation_split`.
        return int(samples * (1.0 - self.validation.split))

    @property
    def data(self) -> tuple[Data, ...]:
        """Every array the training reads."""
        given = () if self.validation is None else (self.validation.x, self.validation.y)
        return (self.x, self.y, *(each for each in given if each is not None))

    def digest(self) -> str:
        """SHA-256 in hexadecimal of all that the result depends on."""
        record = encode(replace(self, architecture=Architecture(None, ())))
        record["architecture"] = self.architecture.digest()
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """Everything a training changes in a model.

    `weights` in the order of `counting.parameter_shapes`; `optimizer` in the order of Keras's
    `optimizer.variables` (iterations and learning rate first; only these before its first
    step); `seeds` is the state (2,) of each Dropout. Arrays are read-only.
    """

    weights: Weights
    optimizer: tuple[Array, ...]
    seeds: tuple[Array, ...] = ()

    def __post_init__(self) -> None:
        for array in (*self.weights, *self.optimizer, *self.seeds):
            array.setflags(write=False)

    @property
    def iterations(self) -> int:
        """Gradient steps since the optimizer was made, by its own counter."""
        return int(self.optimizer[0]) if self.optimizer else 0

    def digest(self) -> str:
        """SHA-256 in hexadecimal of every array, in order."""
        parts = (self.weights, self.optimizer, self.seeds)
        digests = [[array_digest(array) for array in part] for part in parts]
        return hashlib.sha256(json.dumps(digests).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class TrainingResult:
    """What came of a job.

    `epochs` are the numbers of those done, `steps` the batches in each; `values` (epochs,
    measures) are the loss and the metrics in the order of the compilation, then the same on
    the validation data where there are any; `metrics` the state of the metrics at the end.
    Seconds are wall-clock; `peak_memory` is in bytes.
    """

    job: str
    end: TrainingState
    metrics: tuple[Array, ...]
    epochs: tuple[int, ...]
    steps: int
    values: npt.NDArray[np.float64]
    epoch_seconds: tuple[float, ...]
    seconds: float
    device: str
    peak_memory: int

    def record(self, job: TrainingJob, iterations: int | None = None) -> TrainingRecord:
        """The verified record of this training, metrics under their canonical names.

        `iterations` are the gradient steps known to have been made; by default those of this
        training alone, for what its optimizer says of earlier ones is not verified.
        """
        names = ["loss", *job.compilation.metrics]
        if job.validation is not None:
            names += [f"val_{name}" for name in names]
        history = tuple(
            (name, tuple(column.tolist()))
            for name, column in zip(names, self.values.T, strict=True)
        )
        return TrainingRecord(
            iterations=self.steps * len(self.epochs) if iterations is None else iterations,
            epochs=len(self.epochs),
            steps_per_epoch=self.steps,
            history=history,
            batch_size=job.batch_size,
            samples=job.training_samples,
            x_digest=job.x.digest,
            y_digest=job.y.digest,
            verified=True,
        )


def describe(array: Array) -> Data:
    """An array by its content.

    Raises:
        ValueError: it has a type, a shape or a byte order that no training takes.
    """
    kind = array.dtype.name
    if type(array) is not np.ndarray or kind not in _TYPES or not array.dtype.isnative:
        raise ValueError(f"A plain array of numbers is expected. Received: {kind}.")
    if not 1 <= array.ndim <= 6 or not array.size:
        raise ValueError(f"An array with samples is expected. Received: shape {array.shape}.")
    return Data(array_digest(array), kind, array.shape)  # type: ignore[arg-type]


def describe_all(arrays: Iterable[Array]) -> tuple[dict[str, Array], tuple[Data, ...]]:
    """Arrays by digest, and their descriptions in order; raises as `describe`."""
    listed = list(arrays)
    described = tuple(describe(array) for array in listed)
    return {data.digest: each for data, each in zip(described, listed, strict=True)}, described


def array_digest(array: Array) -> str:
    """SHA-256 in hexadecimal of an array's type, shape and bytes."""
    return content_digest(array.dtype.name, array.shape, np.ascontiguousarray(array).data)


def content_digest(dtype: str, shape: tuple[int, ...], content: Any) -> str:
    """`array_digest` of an array of which only the raw bytes are at hand."""
    digest = hashlib.sha256(f"{dtype}{shape}".encode())
    digest.update(content)
    return digest.hexdigest()


def weights_digest(weights: Weights) -> str:
    """SHA-256 in hexadecimal of a model's weights, as little-endian float32."""
    digest = hashlib.sha256()
    for array in weights:
        digest.update(np.ascontiguousarray(array, dtype="<f4").data)
    return digest.hexdigest()


def named(values: Mapping[str, str]) -> Named:
    """A mapping as an `Environment` holds it."""
    return tuple(sorted(values.items()))


_TYPES = frozenset(get_args(DataType))
