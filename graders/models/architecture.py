"""`Architecture`: the canonical form of a Keras model, equal for equivalent spellings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from math import prod

from graders.models.operations import (
    Activation,
    AveragePool,
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
    Reshape,
    ZeroPad,
)

Shape = tuple[int, ...]


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
        """SHA-256 of the canonical form, in hexadecimal."""
        record = {
            "input_shape": self.input_shape,
            "operations": [
                [type(operation).__name__, asdict(operation)] for operation in self.operations
            ],
        }
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def shape_after(operation: Operation, shape: Shape, position: int = 0) -> Shape:
    """Shape that comes out of one operation (both without the batch).

    Raises:
        ShapeError: the operation does not fit `shape`.
        ValueError: the operation is opaque.
    """
    match operation:
        case Dense(units=units):
            if not shape:
                raise ShapeError(
                    position, operation, shape, "a Dense layer needs at least one axis"
                )
            return (*shape[:-1], units)
        case Flatten():
            return (prod(shape),)
        case Reshape(target_shape=target):
            if prod(target) != prod(shape):
                raise ShapeError(position, operation, shape, "the number of values differs")
            return target
        case (
            Conv2D() | MaxPool() | AveragePool() | GlobalMaxPool() | GlobalAveragePool() | ZeroPad()
        ):
            if len(shape) != 3:
                raise ShapeError(
                    position, operation, shape, "an image (height, width, channels) is expected"
                )
            return _image_shape(operation, shape, position)
        case Opaque(description=description):
            raise ValueError(f"The shape after an opaque operation is unknown: {description}.")
        case _:
            return shape


def _image_shape(operation: Operation, shape: Shape, position: int) -> Shape:
    height, width, channels = shape
    match operation:
        case Conv2D(groups=groups, filters=filters) if channels % groups or filters % groups:
            raise ShapeError(position, operation, shape, "groups must divide channels and filters")
        case Conv2D():
            window = operation.kernel_size
            sides = _windows(
                (height, width),
                window,
                operation.strides,
                operation.padding,
                operation.dilation_rate,
            )
            channels = operation.filters
        case MaxPool() | AveragePool():
            sides = _windows(
                (height, width), operation.pool_size, operation.strides, operation.padding, (1, 1)
            )
        case ZeroPad(padding=((top, bottom), (left, right))):
            sides = (height + top + bottom, width + left + right)
        case _:
            return (channels,)
    if min(sides) < 1:
        raise ShapeError(position, operation, shape, "nothing would be left of the image")
    return (*sides, channels)


def _windows(sides: Pair, window: Pair, strides: Pair, padding: Padding, dilation: Pair) -> Pair:
    """How many windows fit along each side (the rule of Keras's `compute_conv_output_shape`)."""

    def along(side: int, size: int, stride: int, rate: int) -> int:
        if padding == "same":
            return -(-side // stride)
        return (side - rate * (size - 1) - 1) // stride + 1

    return (
        along(sides[0], window[0], strides[0], dilation[0]),
        along(sides[1], window[1], strides[1], dilation[1]),
    )


def _canonical(
    input_shape: Shape | None, operations: tuple[Operation, ...]
) -> tuple[Operation, ...]:
    kept: list[Operation] = []
    shape: Shape | None = input_shape
    for position, original in enumerate(operations):
        operation = _simplified(original, shape)
        if operation is None:
            continue
        kept.append(operation)
        if shape is not None:
            try:
                shape = shape_after(operation, shape, position)
            except ValueError:  # An impossible model is still a value: `shapes` names the place.
                shape = None
    return tuple(kept)


def _simplified(operation: Operation, shape: Shape | None) -> Operation | None:
    """The operation in its one spelling, or None when it changes nothing."""
    match operation:
        case Activation(function="linear") | Dropout(rate=0):
            return None
        case Flatten() if shape is not None and len(shape) == 1:
            return None
        case Reshape(target_shape=target) if target == shape:
            return None
        case Reshape(target_shape=(_,)):
            return Flatten()
        case _:
            return operation
