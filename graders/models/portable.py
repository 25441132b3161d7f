"""The one form in which a student's model enters a trusted process: JSON and raw float32.

The header says what the model is made of, the blob holds its weights. Nothing in either is
ever executed, unpickled or given to Keras: a model is rebuilt from the result by our own
constructors, after its cost was computed by arithmetic.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

import numpy as np

from graders.models.architecture import Architecture, Shape
from graders.models.compilation import Compilation
from graders.models.counting import flops, parameter_count, parameter_shapes
from graders.models.operations import Conv2D, Opaque
from graders.models.portable_schema import PortableError, decode, encode, parse_json
from graders.models.snapshot import Snapshot, TrainingRecord, Weights

__all__ = ["Limits", "Portable", "PortableError", "dump", "load"]

_FLOAT32 = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Portable:
    """`header`: UTF-8 JSON. `blob`: every weight, little-endian float32, one after the other."""

    header: bytes
    blob: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a model may cost the process that loads, rebuilds and evaluates it.

    `values`: numbers in one sample between two operations. `flops`: for one sample.
    `recorded`: values in the training history, all metrics together. The defaults leave room
    for fifty times the assignment's LeNet.
    """

    header_bytes: int = 256 * 1024
    operations: int = 100
    parameters: int = 20_000_000
    values: int = 1_000_000
    flops: int = 1_000_000_000
    recorded: int = 10_000


@dataclass(frozen=True, slots=True)
class Document:
    """The header, as its JSON spells it."""

    version: Literal["1"]
    architecture: Architecture
    compilation: Compilation | None
    training: TrainingRecord | None
    has_weights: bool


def dump(snapshot: Snapshot, limits: Limits | None = None) -> Portable:
    """The portable form of a snapshot.

    Raises:
        PortableError: `load` would refuse it, or the weights are not those of the architecture.
    """
    document = Document(
        version="1",
        architecture=snapshot.architecture,
        compilation=snapshot.compilation,
        training=snapshot.training,
        has_weights=snapshot.weights is not None,
    )
    try:
        header = json.dumps(encode(document), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise PortableError("header", "a value JSON has a word for", str(error)[:80]) from None
    weights = snapshot.weights or ()
    for position, array in enumerate(weights):
        if array.dtype != np.float32:
            raise PortableError(f"weights[{position}]", "float32", str(array.dtype))
    blob = b"".join(array.astype(_FLOAT32, copy=False).tobytes() for array in weights)
    loaded = load(header, blob, limits, trusted=True)
    received = tuple(array.shape for array in weights)
    expected = tuple(array.shape for array in loaded.weights or ())
    if received != expected:
        raise PortableError("weights", f"arrays of shapes {expected}", str(received)[:80])
    return Portable(header, blob)


def load(
    header: bytes, blob: bytes, limits: Limits | None = None, *, trusted: bool = False
) -> Snapshot:
    """The snapshot a portable form stands for; its arrays are read-only views of `blob`.

    Unless the document comes from a `trusted` trainer, its training record is unverified,
    whatever it says, and loses what only a trainer knows (batch size, samples, digests).

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    limits = limits or Limits()
    document: Document = decode(Document, parse_json(header, limits.header_bytes))
    _check_lengths(document, limits)
    _check_cost(document, limits)
    training = document.training
    if training is not None and not trusted:
        training = replace(
            training, verified=False, batch_size=None, samples=None, x_digest=None, y_digest=None
        )
    weights = _weights(document, blob)
    return Snapshot(document.architecture, document.compilation, weights, training)


def _check_lengths(document: Document, limits: Limits) -> None:
    operations = document.architecture.operations
    _at_most("architecture.operations", "operations", len(operations), limits.operations)
    history = document.training.history if document.training else ()
    recorded = sum(len(values) for _, values in history)
    _at_most("training.history", "values", recorded, limits.recorded)
    for position, operation in enumerate(operations):
        if isinstance(operation, Opaque) and document.has_weights:
            place = f"architecture.operations[{position}]"
            raise PortableError(place, "no weights next to an opaque operation", "weights")


def _check_cost(document: Document, limits: Limits) -> None:
    """Refuses what would be dear to rebuild; what cannot be rebuilt costs nothing."""
    architecture = document.architecture
    try:
        shapes = architecture.shapes()
    except ValueError as error:
        if document.has_weights:
            raise PortableError("architecture", "known shapes", str(error)[:80]) from None
        return
    assert architecture.input_shape is not None
    before = architecture.input_shape
    _at_most("architecture.input_shape", "values", prod(before), limits.values)
    for position, after in enumerate(shapes):
        place = f"architecture.operations[{position}]"
        values = max(prod(after), _padded_values(architecture, position, before))
        _at_most(place, "values in a sample", values, limits.values)
        before = after
    parameters = parameter_count(architecture)
    _at_most("architecture", "parameters", parameters, limits.parameters)
    _at_most("architecture", "FLOPs", flops(architecture), limits.flops)


def _padded_values(architecture: Architecture, position: int, received: Shape) -> int:
    """Numbers in an image once padded for a "same" convolution.

    A dilated kernel may reach far beyond the image, and TensorFlow allocates all of it.
    """
    match architecture.operations[position]:
        case Conv2D(kernel_size=window, dilation_rate=rates, padding="same"):
            *sides, channels = received
            reach = (rate * (size - 1) for rate, size in zip(rates, window, strict=True))
            return channels * prod(map(sum, zip(sides, reach, strict=True)))
        case _:
            return 0


def _at_most(place: str, what: str, received: int, most: int) -> None:
    if received > most:
        raise PortableError(place, f"at most {most} {what}", str(received)[:80])


def _weights(document: Document, blob: bytes) -> Weights | None:
    shapes = parameter_shapes(document.architecture) if document.has_weights else ()
    sizes = [prod(shape) for shape in shapes]
    expected = sum(sizes) * _FLOAT32.itemsize
    if len(blob) != expected:
        raise PortableError("blob", f"{expected} bytes", f"{len(blob)} bytes")
    if not document.has_weights:
        return None
    values = np.frombuffer(blob, _FLOAT32).astype(np.float32, copy=False)
    arrays = np.split(values, np.cumsum(sizes)[:-1]) if sizes else []
    for position, array in enumerate(arrays):
        if not np.isfinite(array).all():
            raise PortableError(f"weights[{position}]", "finite values", "infinite or NaN ones")
    return tuple(array.reshape(shape) for array, shape in zip(arrays, shapes, strict=True))
