"""Whether a live model computes, to the bit, as one rebuilt from its reading would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import keras
from keras.src.models.functional import Functional  # The type Keras gives; it has no public name.

from graders.models.architecture import Architecture
from graders.models.fit_arguments import UnusualFitError
from graders.models.operations import Flatten, Opaque, Reshape
from graders.models.portable_layers import check_layers, own_layers
from graders.models.reading_graph import Reading, read_model
from graders.models.training import Array, Data, describe_all

_EPSILON = 1e-7
# Attributes of an instance that Keras itself puts in the place of methods.
_KERAS_OWN = {"build", "quantize", "loss"}


@dataclass(frozen=True, slots=True)
class NotPortable:
    """Why a call is no job, in a few words."""

    reason: str


def check_model(model: Any) -> None:
    """Refuses a model that its class does not tell all of.

    Raises:
        UnusualFitError: what is unusual about it.
    """
    if type(model) not in (keras.Sequential, Functional):
        raise UnusualFitError(f"a model of the class {type(model).__name__}")
    check_methods(model)
    if model.run_eagerly or model.jit_compile:
        raise UnusualFitError("compiled in an unusual way")
    if model.steps_per_execution != 1 or model._initial_epoch is not None:
        raise UnusualFitError("several steps in one execution")
    if vars(model).get("_distribute_strategy") is not None:
        raise UnusualFitError("a distribution strategy")


def check_methods(thing: Any) -> None:
    """Refuses an object with a method of its own in the place of its class's.

    Raises:
        UnusualFitError: which one.
    """
    own = {name for name in vars(thing) if callable(getattr(type(thing), name, None))}
    if replaced := own - _KERAS_OWN:
        raise UnusualFitError(f"a method replaced: {min(replaced)}")


def check_settings() -> None:
    """Refuses unusual global settings of Keras, as far as a job depends on them."""
    config = keras.config
    if config.floatx() != "float32" or config.epsilon() != _EPSILON:
        raise UnusualFitError("global settings of Keras")
    if config.max_epochs() is not None or config.max_steps_per_epoch() is not None:
        raise UnusualFitError("a limit on epochs or steps")


def read_portable(model: Any, samples: tuple[int, ...]) -> Reading:
    """A model's reading; it is built for `samples` (shape of one) where it was for none yet.

    Raises:
        UnusualFitError, NotReadable: it computes otherwise than what it is read as.
    """
    reading = read_model(model)
    _check_architecture(model, reading.architecture)
    if reading.architecture.input_shape is None:
        _check_shapes(Architecture(samples, reading.architecture.operations))
        model.build((None, *samples))
        reading = read_model(model)
        _check_architecture(model, reading.architecture)
    if reading.architecture.input_shape != samples:
        raise UnusualFitError("samples of another shape than the model's input")
    if reading.batch_size is not None or reading.variables is None:
        raise UnusualFitError("a fixed batch size, or no weights")
    _check_shapes(reading.architecture)
    return reading


def _check_architecture(model: Any, architecture: Architecture) -> None:
    for operation in architecture.operations:
        if isinstance(operation, Opaque):
            raise UnusualFitError(operation.description)
    check_layers(model)
    # One that changes no shape still separates a softmax from its loss, which then computes
    # otherwise.
    written = sum(
        type(layer) in (keras.layers.Flatten, keras.layers.Reshape) for layer in own_layers(model)
    )
    kept = sum(isinstance(each, (Flatten, Reshape)) for each in architecture.operations)
    if written != kept:
        raise UnusualFitError("a Flatten or a Reshape that changes nothing")


def _check_shapes(architecture: Architecture) -> None:
    try:
        architecture.shapes()
    except ValueError:
        raise UnusualFitError("layers that do not fit") from None


def same(received: Iterable[Any], expected: Iterable[Any]) -> bool:
    """Whether these are the same objects, in the same order."""
    return [id(each) for each in received] == [id(each) for each in expected]


def described(arrays: Iterable[Array]) -> tuple[dict[str, Array], tuple[Data, ...]]:
    """As `describe_all`; raises UnusualFitError."""
    try:
        return describe_all(arrays)
    except ValueError as error:
        raise UnusualFitError(str(error)) from None
