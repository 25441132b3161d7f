"""One Keras layer → canonical operations and the variables they use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import keras
import numpy as np

from graders.models.activations import MOST_PROBED, Function, computed, probe_array, recognise
from graders.models.architecture import Shape, shape_after
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
    Opaque,
    Operation,
    Pair,
    Rescaling,
    Reshape,
    ZeroPad,
)
from graders.models.settings import UnusualError, number, padding, pair, whole

layers = keras.layers

# What would train to something else, by the attribute that holds it.
_HINDRANCES = (
    "activity_regularizer",
    "kernel_regularizer",
    "bias_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "gamma_regularizer",
    "beta_regularizer",
    "gamma_constraint",
    "beta_constraint",
    "lora_rank",
    "quantization_config",
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one layer does: its operations, and the variables they use, in order."""

    operations: tuple[Operation, ...] = ()
    variables: tuple[Any, ...] = ()


def read_layer(layer: Any, received: Shape | None) -> Step:
    """Canonical operations of a layer, opaque where there is no word for it.

    `received` is the shape (without the batch) that reaches the layer, where it is known.
    Only Keras's own code runs, except for an activation function that is not Keras's.
    """
    kind = type(layer)
    reader = _READERS.get(kind)
    if reader is None:
        return opaque(kind.__name__)
    try:
        _refuse_unusual(layer)
        step = reader(layer, received)
        if any(not variable.trainable for variable in _trained(layer, step)):
            raise UnusualError("frozen")
    except UnusualError as unusual:
        return opaque(f"{kind.__name__}: {unusual}")
    except AttributeError:
        return opaque(f"{kind.__name__}: its settings have been tampered with")
    return step


def opaque(description: str) -> Step:
    """A step the canonical form has no word for."""
    return Step((Opaque(description),))


def _refuse_unusual(layer: Any) -> None:
    attributes = vars(layer)
    if "call" in attributes:
        raise UnusualError("its call method was replaced")
    if layer.dtype_policy.name != "float32":
        raise UnusualError(f"dtype {layer.dtype_policy.name}")
    for name in _HINDRANCES:
        if attributes.get(name) is not None:
            raise UnusualError(name.replace("_", " "))
    if attributes.get("quantization_mode") or getattr(layer, "quantization_mode", None):
        raise UnusualError("quantized")


def _trained(layer: Any, step: Step) -> tuple[Any, ...]:
    """Variables (or the unbuilt layer itself) that a training should change."""
    if type(layer) in (layers.Dense, layers.Conv2D, layers.BatchNormalization):
        moving = 2 if type(layer) is layers.BatchNormalization and step.variables else 0
        return (layer, *step.variables[: len(step.variables) - moving])
    return ()


def _after(operation: Operation, received: Shape | None) -> Shape | None:
    try:
        return None if received is None else shape_after(operation, received)
    except ValueError:
        return None


def _activated(operation: Dense | Conv2D, layer: Any, received: Shape | None) -> Step:
    """An operation with weights, then the activation its layer carries."""
    variables = ()
    if layer.built:
        variables = (layer._kernel,) + ((layer.bias,) if operation.use_bias else ())
    activation = _activation(layer.activation, _after(operation, received))
    return Step((operation, *activation), variables)


def _activation(function: Function, received: Shape | None) -> tuple[Operation, ...]:
    """The canonical activation that a callable is: a function, or a layer used as one."""
    if isinstance(function, keras.Layer):
        step = read_layer(function, received)
        return (
            opaque("an activation with weights").operations if step.variables else step.operations
        )
    name = recognise(function, received)
    if name is None:
        written = getattr(function, "__name__", type(function).__name__)
        return opaque(f"activation {written}").operations
    return (Activation(name),)


def _dense(layer: Any, received: Shape | None) -> Step:
    operation = Dense(units=whole(layer.units), use_bias=bool(layer.use_bias))
    return _activated(operation, layer, received)


def _conv2d(layer: Any, received: Shape | None) -> Step:
    _refuse_channels_first(layer)
    operation = Conv2D(
        filters=whole(layer.filters),
        kernel_size=pair(layer.kernel_size),
        strides=pair(layer.strides),
        padding=padding(layer.padding),
        dilation_rate=pair(layer.dilation_rate),
        groups=whole(layer.groups),
        use_bias=bool(layer.use_bias),
    )
    return _activated(operation, layer, received)


def _pool(operation: Callable[[Pair, Pair, Any], Operation], layer: Any, _: Shape | None) -> Step:
    _refuse_channels_first(layer)
    size, strides = pair(layer.pool_size), pair(layer.strides)
    return Step((operation(size, strides, padding(layer.padding)),))


def _global_pool(operation: Operation, layer: Any, _: Shape | None) -> Step:
    _refuse_channels_first(layer)
    if layer.keepdims:
        raise UnusualError("keepdims")
    return Step((operation,))


def _flatten(layer: Any, _: Shape | None) -> Step:
    _refuse_channels_first(layer)
    return Step((Flatten(),))


def _reshape(layer: Any, received: Shape | None) -> Step:
    target = tuple(layer.target_shape)
    if target == (-1,):
        return Step((Flatten(),))
    if -1 in target:
        if received is None:
            raise UnusualError(f"to {target}, of an input shape not known")
        rest = -prod(target)
        target = tuple(prod(received) // rest if size == -1 else size for size in target)
    return Step((Reshape(tuple(whole(size) for size in target)),))


def _dropout(layer: Any, _: Shape | None) -> Step:
    if layer.noise_shape is not None:
        raise UnusualError("noise shape")
    return Step((Dropout(number(layer.rate)),))


def _batch_normalization(layer: Any, received: Shape | None) -> Step:
    if layer.axis != -1 and (received is None or layer.axis != len(received)):
        raise UnusualError(f"axis {layer.axis}")
    if layer.synchronized or layer.renorm:
        raise UnusualError("synchronized or renormalized")
    operation = BatchNormalization(
        momentum=number(layer.momentum),
        epsilon=number(layer.epsilon),
        center=bool(layer.center),
        scale=bool(layer.scale),
    )
    if not layer.built:
        return Step((operation,))
    scale = (layer.gamma,) if operation.scale else ()
    center = (layer.beta,) if operation.center else ()
    return Step((operation,), (*scale, *center, layer.moving_mean, layer.moving_variance))


def _rescaling(layer: Any, _: Shape | None) -> Step:
    return Step((Rescaling(number(layer.scale), number(layer.offset)),))


def _zero_padding(layer: Any, _: Shape | None) -> Step:
    _refuse_channels_first(layer)
    height, width = layer.padding
    return Step((ZeroPad((pair(height), pair(width))),))


def _activation_layer(layer: Any, received: Shape | None) -> Step:
    return Step(_activation(layer.activation, received))


def _softmax(layer: Any, received: Shape | None) -> Step:
    axes = tuple(layer.axis) if isinstance(layer.axis, (list, tuple)) else (layer.axis,)
    last = (-1,) if received is None else (-1, len(received))
    if len(axes) != 1 or axes[0] not in last:
        raise UnusualError(f"axis {layer.axis}")
    return Step((Activation("softmax"),))


def _rectifier(settings: tuple[str, ...], keras_name: str, layer: Any, _: Shape | None) -> Step:
    """ReLU, LeakyReLU, ELU: whichever activation their settings make of them."""
    chosen = {name: getattr(layer, name) for name in settings}
    name = recognise(partial(getattr(keras.activations, keras_name), **chosen))
    if name is None:
        raise UnusualError(", ".join(f"{key}={value}" for key, value in chosen.items()))
    return Step((Activation(name),))


def _lambda(layer: Any, received: Shape | None) -> Step:
    """A Lambda is what its function does, where that is an activation or a reshape."""
    function = partial(layer.function, **layer.arguments)
    name = recognise(function, received)
    if name is not None:
        return Step((Activation(name),))
    if received is not None and prod(received) <= MOST_PROBED:
        probe = probe_array(received)
        result = computed(function, probe)
        if (
            result is not None
            and (len(result), result.size) == (len(probe), probe.size)
            and np.array_equal(result.reshape(probe.shape), probe)
        ):
            return Step((Reshape(result.shape[1:]),))
    return opaque("Lambda")


def _nothing(_layer: Any, _: Shape | None) -> Step:
    return Step()


def _refuse_channels_first(layer: Any) -> None:
    if layer.data_format != "channels_last":
        raise UnusualError("channels first")


Reader = Callable[[Any, Shape | None], Step]

# By exact type: a subclass may do anything in its call.
_READERS: dict[type, Reader] = {
    layers.InputLayer: _nothing,
    layers.Identity: _nothing,
    layers.Dense: _dense,
    layers.Conv2D: _conv2d,
    layers.MaxPooling2D: partial(_pool, MaxPool),
    layers.AveragePooling2D: partial(_pool, AveragePool),
    layers.GlobalMaxPooling2D: partial(_global_pool, GlobalMaxPool()),
    layers.GlobalAveragePooling2D: partial(_global_pool, GlobalAveragePool()),
    layers.Flatten: _flatten,
    layers.Reshape: _reshape,
    layers.Dropout: _dropout,
    layers.BatchNormalization: _batch_normalization,
    layers.Rescaling: _rescaling,
    layers.ZeroPadding2D: _zero_padding,
    layers.Activation: _activation_layer,
    layers.Softmax: _softmax,
    layers.ReLU: partial(_rectifier, ("negative_slope", "max_value", "threshold"), "relu"),
    layers.LeakyReLU: partial(_rectifier, ("negative_slope",), "leaky_relu"),
    layers.ELU: partial(_rectifier, ("alpha",), "elu"),
    layers.Lambda: _lambda,
}
