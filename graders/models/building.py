"""The canonical form → a live Keras model, and what it predicts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from graders.models.activations import ACTIVATIONS
from graders.models.architecture import Architecture
from graders.models.compilation import Compilation, Loss
from graders.models.keras_names import LOSSES, METRICS, OPTIMIZERS
from graders.models.no_trace import no_trace
from graders.models.operations import (
    Activation,
    AveragePool,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Operation,
    Rescaling,
    Reshape,
    ZeroPad,
)
from graders.models.snapshot import Snapshot, Weights

layers = keras.layers

Common = dict[str, Any]
_LAST = "channels_last"
_SET_APART = {"learning_rate", "name", "kwargs"}


def build(architecture: Architecture, weights: Weights | None = None) -> Any:
    """A `keras.Sequential` of an architecture, with fixed names.

    `weights` are float32 arrays in the order of `counting.parameter_shapes`; without them
    every weight is zero (one for a normalisation's scale and variance). No randomness is
    consumed, and Keras's name counters stay as they were.

    Raises:
        ShapeError: an operation does not fit what reaches it.
        ValueError: an operation is opaque, the input shape is not known, or the weights do
            not fit.
    """
    architecture.shapes()
    with no_trace():
        model = keras.Sequential(
            [
                keras.Input(architecture.input_shape, name="input", dtype="float32"),
                *(_layer(op, f"layer_{i}") for i, op in enumerate(architecture.operations)),
            ],
            name="model",
        )
        if weights is not None:
            _set_weights(model, weights)
    return model


def _set_weights(model: Any, weights: Weights) -> None:
    variables = model.weights
    expected = [tuple(variable.shape) for variable in variables]
    received = [array.shape for array in weights]
    if expected != received:
        raise ValueError(
            f"Weights must have the shapes of the architecture's parameters. "
            f"Received: {received}, expected: {expected}."
        )
    for variable, array in zip(variables, weights, strict=True):
        variable.assign(array)


def _layer(operation: Operation, name: str) -> Any:
    make = _MAKERS.get(type(operation))
    if make is None:
        raise ValueError(f"An opaque operation cannot be built. Received: {operation}.")
    return make(operation, {"name": name, "dtype": "float32"})


def _dense(operation: Dense, common: Common) -> Any:
    return layers.Dense(
        operation.units, use_bias=operation.use_bias, kernel_initializer="zeros", **common
    )


def _conv2d(operation: Conv2D, common: Common) -> Any:
    return layers.Conv2D(
        operation.filters,
        operation.kernel_size,
        strides=operation.strides,
        padding=operation.padding,
        data_format=_LAST,
        dilation_rate=operation.dilation_rate,
        groups=operation.groups,
        use_bias=operation.use_bias,
        kernel_initializer="zeros",
        **common,
    )


def _pool(kind: Any, operation: MaxPool | AveragePool, common: Common) -> Any:
    return kind(operation.pool_size, operation.strides, operation.padding, _LAST, **common)


def _activation(operation: Activation, common: Common) -> Any:
    if operation.function not in ACTIVATIONS:
        raise ValueError(f"An activation of Keras is expected. Received: {operation.function}.")
    return layers.Activation(ACTIVATIONS[operation.function], **common)


def _batch_normalization(operation: BatchNormalization, common: Common) -> Any:
    return layers.BatchNormalization(
        momentum=operation.momentum,
        epsilon=operation.epsilon,
        center=operation.center,
        scale=operation.scale,
        **common,
    )


_MAKERS: dict[type, Callable[[Any, Common], Any]] = {
    Dense: _dense,
    Conv2D: _conv2d,
    MaxPool: partial(_pool, layers.MaxPooling2D),
    AveragePool: partial(_pool, layers.AveragePooling2D),
    GlobalMaxPool: lambda _, common: layers.GlobalMaxPooling2D(_LAST, **common),
    GlobalAveragePool: lambda _, common: layers.GlobalAveragePooling2D(_LAST, **common),
    Activation: _activation,
    Flatten: lambda _, common: layers.Flatten(_LAST, **common),
    Reshape: lambda op, common: layers.Reshape(op.target_shape, **common),
    # Its own seed: a Dropout without one draws it from the global random state.
    Dropout: lambda op, common: layers.Dropout(op.rate, seed=0, **common),
    BatchNormalization: _batch_normalization,
    Rescaling: lambda op, common: layers.Rescaling(op.scale, op.offset, **common),
    ZeroPad: lambda op, common: layers.ZeroPadding2D(op.padding, _LAST, **common),
}


def compile_model(model: Any, compilation: Compilation) -> None:
    """Compile a model as canonical settings say, with a new optimizer.

    Raises:
        ValueError: a part is opaque or not known, or the learning rate follows a schedule.
    """
    optimizer = compilation.optimizer
    kind, settings = OPTIMIZERS.get(optimizer.name), dict(optimizer.settings)
    if (
        kind is None
        or optimizer.learning_rate is None
        or not settings.keys() <= inspect.signature(kind).parameters.keys() - _SET_APART
    ):
        raise ValueError(f"An optimizer of Keras is expected. Received: {optimizer}.")
    for metric in compilation.metrics:
        if metric not in METRICS:
            raise ValueError(f"A metric of Keras is expected. Received: {metric}.")
    with no_trace():
        model.compile(
            optimizer=kind(learning_rate=optimizer.learning_rate, name="optimizer", **settings),
            loss=None if compilation.loss is None else _loss(compilation.loss),
            metrics=[METRICS[name](name=name) for name in compilation.metrics],
        )


def _loss(loss: Loss) -> Any:
    kind = LOSSES.get(loss.name)
    if kind is None:
        raise ValueError(f"A loss of Keras is expected. Received: {loss.name}.")
    settings: dict[str, Any] = {}
    if loss.from_logits:
        settings["from_logits"] = True
    if loss.label_smoothing:
        settings["label_smoothing"] = loss.label_smoothing
    return kind(**settings)


def predict(
    snapshot: Snapshot, x: npt.ArrayLike, batch_size: int = 1000
) -> npt.NDArray[np.float32]:
    """Predictions (samples, …) of a snapshot's model for `x` (samples, …), in float32.

    Raises:
        ValueError: the snapshot has no weights, cannot be built, or `x` has another shape.
    """
    if snapshot.weights is None:
        raise ValueError("Predicting needs weights. Received: a snapshot without them.")
    samples = np.asarray(x, dtype=np.float32)
    if samples.shape[1:] != snapshot.architecture.input_shape or not samples.ndim:
        raise ValueError(
            f"Samples of shape {snapshot.architecture.input_shape} are expected. "
            f"Received: an array of shape {samples.shape}."
        )
    model = build(snapshot.architecture, snapshot.weights)
    predictions = np.empty((len(samples), *snapshot.architecture.output_shape), np.float32)
    with no_trace():
        # Not `model.predict`: it compiles a function for each model, and warns of it on stderr.
        for start in range(0, len(samples), batch_size):
            rows = slice(start, start + batch_size)
            output = model(keras.ops.convert_to_tensor(samples[rows]), training=False)
            predictions[rows] = keras.ops.convert_to_numpy(output)
    return predictions


def classes(snapshot: Snapshot, x: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Index of the largest output for each of `x` (samples, …); -1 where there is a NaN.

    Raises:
        ValueError: the model's output is not (samples, classes), or as `predict`.
    """
    output_shape = snapshot.architecture.output_shape
    if len(output_shape) != 1:
        raise ValueError(
            f"A model that gives one vector of scores for a sample is expected. "
            f"Received: an output of shape {output_shape}."
        )
    predictions = predict(snapshot, x)
    known = ~np.isnan(predictions).any(axis=1)
    return np.where(known, predictions.argmax(axis=1), -1)


def accuracy(snapshot: Snapshot, x: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Share of `x` (samples, …) for which the largest output is the label, from 0 to 1.

    `labels` are integers (samples,). A sample whose prediction holds a NaN counts as wrong.

    Raises:
        ValueError: labels are not so, or as `classes`.
    """
    expected = np.asarray(labels)
    if expected.ndim != 1 or not np.issubdtype(expected.dtype, np.integer) or not expected.size:
        raise ValueError(
            f"Integer labels of shape (samples,) are expected. "
            f"Received: {expected.dtype} of shape {expected.shape}."
        )
    answers = classes(snapshot, x)
    if len(answers) != len(expected):
        raise ValueError(
            f"As many labels as samples are expected. "
            f"Received: {len(expected)} labels for {len(answers)} samples."
        )
    return float(np.mean(answers == expected))
