"""Whether layers train, to the bit, as the operations they are read as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from keras.src.models.functional import Functional

from graders.models.activations import ACTIVATIONS
from graders.models.architecture import Architecture
from graders.models.fit_arguments import UnusualFitError
from graders.models.operations import Dropout

layers = keras.layers

_MODELS = (keras.Sequential, Functional)
_KNOWN = {
    layers.InputLayer,
    layers.Identity,
    layers.Dense,
    layers.Conv2D,
    layers.MaxPooling2D,
    layers.AveragePooling2D,
    layers.GlobalMaxPooling2D,
    layers.GlobalAveragePooling2D,
    layers.Flatten,
    layers.Reshape,
    layers.Dropout,
    layers.BatchNormalization,
    layers.Rescaling,
    layers.ZeroPadding2D,
    layers.Activation,
    layers.Softmax,
    layers.ReLU,
    layers.LeakyReLU,
    layers.ELU,
}
_KERAS_ACTIVATIONS = {id(function) for function in ACTIVATIONS.values()}
# Those of `tf.nn` that Keras's own functions call, and do nothing else.
_TENSORFLOW_ACTIVATIONS = {"relu", "sigmoid", "softmax_v2", "tanh"}
_TENSORFLOW_MODULES = (
    "tensorflow.python.ops.nn_ops",
    "tensorflow.python.ops.math_ops",
    "tensorflow.python.ops.gen_nn_ops",
    "tensorflow.python.ops.gen_math_ops",
)


def own_layers(model: Any) -> Iterator[Any]:
    """Every layer of a model, those of nested models in their place, in order."""
    for layer in vars(model)["_layers"]:
        if type(layer) in _MODELS:
            yield from own_layers(layer)
        else:
            yield layer


def check_layers(model: Any) -> None:
    """Refuses what may compute the same and still differ in the last digit.

    Raises:
        UnusualFitError: a layer, an operation or an activation is not one of Keras's own.
    """
    for operation in _operations(model):
        if type(operation) not in _KNOWN:
            raise UnusualFitError(f"the operation {type(operation).__name__}")
        _check_activation(vars(operation).get("activation"))


def dropout_states(model: Any, architecture: Architecture) -> tuple[Any, ...]:
    """The variables in which the Dropout layers keep their random states, in order.

    Raises:
        UnusualFitError: there is not one for each Dropout of the architecture.
    """
    states = tuple(
        layer.seed_generator.state
        for layer in own_layers(model)
        if type(layer) is layers.Dropout and layer.rate > 0
    )
    expected = sum(isinstance(each, Dropout) for each in architecture.operations)
    if not len({id(state) for state in states}) == len(states) == expected:
        raise UnusualFitError("a Dropout used several times")
    return states


def _operations(model: Any) -> Iterator[Any]:
    """Layers, and the nodes of a graph that are none."""
    graph = vars(model).get("_functional") if type(model) is keras.Sequential else model
    found = vars(model)["_layers"] if graph is None else graph._operations
    for operation in found:
        if type(operation) in _MODELS:
            yield from _operations(operation)
        else:
            yield operation


def _check_activation(function: Any) -> None:
    if function is None or id(function) in _KERAS_ACTIVATIONS or type(function) in _KNOWN:
        return
    name, module = getattr(function, "__name__", None), getattr(function, "__module__", None)
    if name not in _TENSORFLOW_ACTIVATIONS or module not in _TENSORFLOW_MODULES:
        raise UnusualFitError("an activation of one's own")
