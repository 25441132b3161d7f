"""Parameters and floating-point operations of an architecture, by arithmetic alone."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from graders.models.architecture import Architecture, Shape
from graders.models.operations import (
    Activation,
    AveragePool,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Operation,
    Rescaling,
)

Shapes = tuple[Shape, ...]


def parameter_shapes(architecture: Architecture) -> Shapes:
    """Shape of every weight, operation by operation, as `model.get_weights()` lists them.

    Within an operation: kernel then bias; gamma, beta, moving mean, moving variance. A Keras
    `Sequential` (and a Functional model laid out in the same order) lists its weights layer
    by layer too, with the moving statistics next to their gamma and beta rather than last.

    Raises:
        ShapeError: an operation does not fit what reaches it.
        ValueError: the input shape is not known, or an operation is opaque.
    """
    shapes: list[Shape] = []
    for operation, received, _ in _steps(architecture):
        trained, kept = _parameters(operation, received)
        shapes += trained + kept
    return tuple(shapes)


def parameter_count(architecture: Architecture) -> int:
    """Number of parameters, moving statistics included; raises as `parameter_shapes`."""
    return sum(prod(shape) for shape in parameter_shapes(architecture))


def trainable_parameter_count(architecture: Architecture) -> int:
    """Number of parameters the gradient changes (no layer frozen); raises as `parameter_shapes`."""
    return sum(
        prod(shape)
        for operation, received, _ in _steps(architecture)
        for shape in _parameters(operation, received)[0]
    )


def flops(architecture: Architecture) -> int:
    """Floating-point operations of one prediction on one sample.

    A multiply-add counts as 2 and adding a bias as 1 for each value; pooling counts one for
    each value of each window; an activation one for each value, whatever the function; batch
    normalisation (folded into a scale and a shift) and rescaling two for each value. Padded
    borders count as if computed. Moving values around (Flatten, Reshape, ZeroPad, and Dropout,
    which does nothing when predicting) is free. Raises as `parameter_shapes`.
    """
    return sum(_flops(*step) for step in _steps(architecture))


def _steps(architecture: Architecture) -> tuple[tuple[Operation, Shape, Shape], ...]:
    """Each operation with the shape that reaches it and the shape that leaves it."""
    left = architecture.shapes()
    assert architecture.input_shape is not None
    around = pairwise((architecture.input_shape, *left))
    return tuple(
        (operation, before, after)
        for operation, (before, after) in zip(architecture.operations, around, strict=True)
    )


def _parameters(operation: Operation, received: Shape) -> tuple[Shapes, Shapes]:
    """Shapes of the trained weights, and of those that training only keeps up to date."""
    match operation:
        case Dense(units=units, use_bias=use_bias):
            return ((received[-1], units),) + ((units,),) * use_bias, ()
        case Conv2D(filters=filters, kernel_size=kernel, groups=groups, use_bias=use_bias):
            return ((*kernel, received[-1] // groups, filters),) + ((filters,),) * use_bias, ()
        case BatchNormalization(center=center, scale=scale):
            channels = (received[-1],)
            return (channels,) * (scale + center), (channels,) * 2
        case _:
            return (), ()


def _flops(operation: Operation, before: Shape, after: Shape) -> int:
    match operation:
        case Dense(use_bias=use_bias):
            return prod(after) * (2 * before[-1] + use_bias)
        case Conv2D(kernel_size=kernel, groups=groups, use_bias=use_bias):
            return prod(after) * (2 * prod(kernel) * (before[-1] // groups) + use_bias)
        case MaxPool(pool_size=window) | AveragePool(pool_size=window):
            return prod(after) * prod(window)
        case GlobalMaxPool() | GlobalAveragePool() | Activation():
            return prod(before)
        case BatchNormalization() | Rescaling():
            return 2 * prod(before)
        case _:
            return 0
