"""`Architecture`: the canonical form of a Keras model, equal for equivalent spellings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

from graders.models.bounds import Shape
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
    Padding,
    Pair,
    Rescaling,
    Reshape,
    ZeroPad,
)

__all__ = ["Architecture", "Shape", "ShapeError", "shape_after"]


class ShapeError(ValueError):
    """An operation cannot be applied to the shape that reaches it."""

    def __init__(self, position: int, operation: Operation, received: Shape, reason: str) -> None:
        super().__init__(
            f"Operation {position} ({operation}) cannot be applied: {reason}. Received: {received}."
        )
        self.position = position
        self.operation = operation
        self.received = received


@dataclass(frozen=True, slots=True)
class Architecture:
    """An input shape (without the batch; None when never told) and the operations on it.

    Canonical by construction: whatever spelling it is written in, `Architecture(...)` of
    equivalent models are equal.
    """

    input_shape: Shape | None
    operations: tuple[Operation, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", _canonical(self.input_shape, self.operations))

    def shapes(self) -> tuple[Shape, ...]:
        """Shape after each operation, without the batch.

        Raises:
            ShapeError: an operation does not fit what reaches it.
            ValueError: the input shape is not known, or an operation is opaque.
        """
        if self.input_shape is None:
            raise ValueError("Shapes need an input shape. Received: an architecture without one.")
        shape, shapes = self.input_shape, []
        for position, operation in enumerate(self.operations):
            shape = shape_after(operation, shape, position)
            shapes.append(shape)
        return tuple(shapes)

    @property
    def output_shape(self) -> Shape:
        """Shape of a prediction, without the batch; raises as `shapes` does."""
        shapes = self.shapes()
        if shapes:
            return shapes[-1]
        assert self.input_shape is not None
        return self.input_shape

    def digest(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal: the same for equal architectures."""
        operations = [
            [type(operation).__name__, *asdict(operation).items()] for operation in self.operations
        ]
        record = json.dumps(_one_spelling([self.input_shape, operations]))
        return hashlib.sha256(record.encode()).hexdigest()


def shape_after(operation: Operation, shape: Shape, position: int = 0) -> Shape:
    """Shape that comes out of one operation (both without the batch).

    Raises:
        ShapeError: the operation does not fit `shape`; it is said to stand at `position`.
        ValueError: the operation is opaque.
    """
    match operation:
        case Opaque(description=description):
            raise ValueError(f"The shape after an opaque operation is unknown: {description}.")
        case Dense() | BatchNormalization() if not shape:
            raise ShapeError(position, operation, shape, "it needs at least one axis")
        case Dense(units=units):
            return (*shape[:-1], units)
        case Flatten():
            return (prod(shape),)
        case Reshape(target_shape=target) if prod(target) != prod(shape):
            raise ShapeError(position, operation, shape, "the number of values differs")
        case Reshape(target_shape=target):
            return target
        case Activation() | Dropout() | BatchNormalization() | Rescaling():
            return shape
        case _ if len(shape) != 3:
            reason = "an image (height, width, channels) is expected"
            raise ShapeError(position, operation, shape, reason)
        case _:
            return _image_shape(operation, shape, position)


def _image_shape(operation: Operation, shape: Shape, position: int) -> Shape:
    height, width, channels = shape
    sides = (height, width)
    match operation:
        case Conv2D(strides=strides, dilation_rate=rate):
            if channels % operation.groups or operation.filters % operation.groups:
                reason = "groups must divide channels and filters"
                raise ShapeError(position, operation, shape, reason)
            if max(strides) > 1 and max(rate) > 1:
                reason = "Keras has no convolution with both strides and dilation"
                raise ShapeError(position, operation, shape, reason)
            sides = _windows(sides, operation.kernel_size, strides, operation.padding, rate)
            channels = operation.filters
        case MaxPool(pool_size=window) | AveragePool(pool_size=window):
            sides = _windows(sides, window, operation.strides, operation.padding)
        case ZeroPad(padding=((top, bottom), (left, right))):
            sides = (height + top + bottom, width + left + right)
        case _:
            return (channels,)
    if min(sides) < 1:
        raise ShapeError(position, operation, shape, "nothing would be left of the image")
    return (*sides, channels)


def _windows(
    sides: Pair, window: Pair, strides: Pair, padding: Padding, rate: Pair = (1, 1)
) -> Pair:
    """How many windows fit along each side (the rule of Keras's `compute_conv_output_shape`)."""

    def along(axis: int) -> int:
        if padding == "same":
            return -(-sides[axis] // strides[axis])
        return (sides[axis] - rate[axis] * (window[axis] - 1) - 1) // strides[axis] + 1

    return along(0), along(1)


def _canonical(
    input_shape: Shape | None, operations: tuple[Operation, ...]
) -> tuple[Operation, ...]:
    """The operations that change something, each in its one spelling."""
    kept: list[Operation] = []
    shape, flat = input_shape, input_shape is not None and len(input_shape) == 1
    for original in operations:
        operation = _simplified(original, shape, flat)
        if operation is not None:
            kept.append(operation)
            shape, flat = _shape_or_none(operation, shape), _flat_after(operation, flat)
    return tuple(kept)


def _simplified(operation: Operation, shape: Shape | None, flat: bool) -> Operation | None:
    """The operation in its one spelling, or None when it changes nothing.

    `shape` is what reaches it, None where it is not known; `flat`: it has a single axis.
    """
    match operation:
        case Activation(function="linear") | Dropout(rate=0):
            return None
        case Flatten() if flat:
            return None
        case Reshape(target_shape=target) if target == shape:
            return None
        # One that cannot be applied stays what it is: a Flatten always could.
        case Reshape(target_shape=(size,)) if shape is None or size == prod(shape):
            return None if flat else Flatten()
        case _:
            return operation


def _shape_or_none(operation: Operation, shape: Shape | None) -> Shape | None:
    """Shape after an operation, where that is known: an impossible model is still a value."""
    try:
        return None if shape is None else shape_after(operation, shape)
    except ValueError:
        return None


def _flat_after(operation: Operation, flat: bool) -> bool:
    """Whether a single axis leaves an operation, known without any shape."""
    match operation:
        case Flatten() | GlobalMaxPool() | GlobalAveragePool():
            return True
        case Dense() | Activation() | Dropout() | BatchNormalization() | Rescaling():
            return flat
        case _:
            return False


def _one_spelling(value: Any) -> Any:
    """Numbers that compare equal (1, 1.0 and True; 0.0 and -0.0) become the same number."""
    if isinstance(value, (tuple, list)):
        return [_one_spelling(item) for item in value]
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return value
