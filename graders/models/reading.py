"""A live Keras model → its canonical form, without leaving a trace in it.

Only the type Keras itself gives is believed: a Sequential or a Functional model is read from
its graph, any other model is followed through its `call`. In the end the model is rebuilt
from what was read, and must predict the same.
"""

from __future__ import annotations

from math import prod
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from graders.models.architecture import Architecture, ShapeError
from graders.models.building import build
from graders.models.compilation import Compilation
from graders.models.counting import flops, parameter_shapes
from graders.models.no_trace import no_trace
from graders.models.operations import Opaque
from graders.models.reading_compilation import read_compilation as _read_compilation
from graders.models.reading_graph import Reading, read_model
from graders.models.reading_training import read_training
from graders.models.snapshot import Snapshot, Weights
from graders.models.tracing import forgetting_calls
from graders.models.unreadable import NotReadable, Unreadable

__all__ = [
    "NotReadable",
    "Unreadable",
    "read_architecture",
    "read_compilation",
    "read_snapshot",
    "read_training",
]

_PROBES = 3
_MOST_FLOPS = 10**11
_MOST_VALUES = 10**8


def read_architecture(model: Any, *, verify: bool = True) -> Architecture:
    """Canonical form of a Keras model.

    Args:
        model: any Keras model with one input and one output.
        verify: check that the model predicts what its canonical form says, by calling it on
            a few samples. A model that was never built, or that holds something opaque, is
            not checked.

    Raises:
        NotReadable: it has no canonical form; the error says why.
    """
    with no_trace():
        reading = read_model(model)
        _read_weights(reading, verify)
    return reading.architecture


def read_compilation(model: Any) -> Compilation | None:
    """Compile settings in canonical form; None for a model that was never compiled."""
    with no_trace():
        try:
            architecture = read_model(model).architecture
        except NotReadable:
            architecture = None
        return _read_compilation(model, _output_size(architecture))


def read_snapshot(model: Any, *, verify: bool = True) -> Snapshot:
    """Everything of a Keras model, as data; arguments and errors as `read_architecture`.

    Weights are float32 copies, operation by operation along the chain, as
    `counting.parameter_shapes` lists them; None for a model never built, or with something
    opaque in it.
    """
    with no_trace():
        reading = read_model(model)
        return Snapshot(
            architecture=reading.architecture,
            compilation=_read_compilation(model, _output_size(reading.architecture)),
            weights=_read_weights(reading, verify),
            training=read_training(model),
        )


def _output_size(architecture: Architecture | None) -> int | None:
    """Size of the output's last axis, where it is known."""
    if architecture is None:
        return None
    for operation in reversed(architecture.operations):
        size = getattr(operation, "units", None) or getattr(operation, "filters", None)
        if isinstance(size, int):
            return size
    return None


def _read_weights(reading: Reading, verify: bool) -> Weights | None:
    """Copies of a model's weights, checked against its architecture."""
    architecture, variables = reading.architecture, reading.variables
    opaque = any(isinstance(operation, Opaque) for operation in architecture.operations)
    if variables is None or architecture.input_shape is None or opaque:
        return None
    try:
        expected = parameter_shapes(architecture)
    except ShapeError as error:
        raise NotReadable(Unreadable.BEHAVES_OTHERWISE, str(error)) from None
    received = tuple(tuple(variable.shape) for variable in variables)
    if received != expected:
        raise NotReadable(
            Unreadable.BEHAVES_OTHERWISE,
            f"Its weights have the shapes {received}, its layers would have {expected}.",
        )
    weights = tuple(_copy(variable) for variable in variables)
    if verify:
        _verify(reading, weights)
    return weights


def _copy(variable: Any) -> npt.NDArray[np.float32]:
    return np.array(keras.ops.convert_to_numpy(variable), dtype=np.float32, copy=True)


def _verify(reading: Reading, weights: Weights) -> None:
    """Compare the model with its rebuilt form on made-up samples."""
    model, architecture = reading.model, reading.architecture
    samples = reading.batch_size or _PROBES
    largest = max(map(prod, architecture.shapes()), default=0)
    if flops(architecture) * samples > _MOST_FLOPS or largest * samples > _MOST_VALUES:
        raise NotReadable(Unreadable.TOO_LARGE, "A single prediction would cost too much.")
    assert architecture.input_shape is not None
    probe = np.random.default_rng(0).uniform(-0.5, 1, (samples, *architecture.input_shape))
    inputs = keras.ops.convert_to_tensor(probe.astype(np.float32))
    expected = keras.ops.convert_to_numpy(build(architecture, weights)(inputs))
    # As `predict` calls it.
    settings = {"training": False} if model._call_has_training_arg else {}
    try:
        with forgetting_calls(model):
            received = np.asarray(keras.ops.convert_to_numpy(model(inputs, **settings)))
    except Exception as error:  # noqa: BLE001 - a student's code may fail in any way
        raise NotReadable(
            Unreadable.BEHAVES_OTHERWISE, f"{type(error).__name__} when called on data."
        ) from None
    if received.shape != expected.shape or not np.allclose(
        received, expected, rtol=1e-5, atol=1e-6, equal_nan=True
    ):
        raise NotReadable(
            Unreadable.BEHAVES_OTHERWISE, "It does not predict what its layers would."
        )
