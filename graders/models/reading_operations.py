"""One node of `keras.ops` in a graph → a canonical operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

from keras.src.ops import (
    core,
    nn,
    numpy,
)  # The classes behind `keras.ops`, which names functions only.

from graders.models.activations import recognise
from graders.models.operations import Activation, AveragePool, MaxPool, Operation, Pair, Reshape
from graders.models.reading_layers import Step, opaque
from graders.models.settings import UnusualError, padding, pair


def read_operation(node: Any) -> Step:
    """Canonical operation of one `keras.ops` node, opaque where there is no word for it."""
    kind = type(node.operation)
    try:
        reader = _READERS.get(kind)
        if reader is None:
            return opaque(f"ops.{kind.__name__}")
        operation = reader(node)
        return Step() if operation is None else Step((operation,))
    except UnusualError as unusual:
        return opaque(f"ops.{kind.__name__}: {unusual}")
    except AttributeError:
        return opaque(f"ops.{kind.__name__}: its settings have been tampered with")


def _nothing(node: Any) -> None:
    """A conversion to the dtype it has already."""
    if node.outputs[0].dtype != node.input_tensors[0].dtype:
        raise UnusualError(f"to {node.outputs[0].dtype}")


def _activation(node: Any) -> Operation:
    source = node.input_tensors[0]

    def applied(values: Any) -> Any:
        arguments, settings = node.arguments.fill_in({id(source): values})
        return node.operation.call(*arguments, **settings)

    shape = source.shape[1:]
    name = recognise(applied, shape if all(type(size) is int for size in shape) else None)
    if name is None:
        raise UnusualError("unusual settings")
    return Activation(name)


def _same_values(node: Any) -> Operation:
    """Reshape, squeeze, expand_dims: the same values in another shape, the batch left alone."""
    before, after = node.input_tensors[0].shape, node.outputs[0].shape
    if before[0] != after[0] or None in after[1:] or prod(before[1:]) != prod(after[1:]):
        raise UnusualError("changes the batch")
    return Reshape(tuple(int(size) for size in after[1:]))


def _pool(pool: Callable[[Pair, Pair, Any], Operation], node: Any) -> Operation:
    operation = node.operation
    if operation.data_format not in (None, "channels_last"):
        raise UnusualError("channels first")
    size = _both(operation.pool_size)
    strides = size if operation.strides is None else _both(operation.strides)
    return pool(size, strides, padding(operation.padding))


def _both(value: Any) -> Pair:
    return pair((value, value)) if isinstance(value, int) else pair(value)


_ACTIVATIONS = (
    nn.Celu,
    nn.Elu,
    nn.Gelu,
    nn.HardShrink,
    nn.HardSigmoid,
    nn.HardSilu,
    nn.HardTanh,
    nn.LeakyRelu,
    nn.LogSigmoid,
    nn.LogSoftmax,
    nn.Relu,
    nn.Relu6,
    nn.Selu,
    nn.Sigmoid,
    nn.Silu,
    nn.SoftShrink,
    nn.Softmax,
    nn.Softplus,
    nn.Softsign,
    nn.SparsePlus,
    nn.SparseSigmoid,
    nn.Sparsemax,
    nn.Squareplus,
    nn.TanhShrink,
    nn.Threshold,
    numpy.Exp,
    numpy.Tanh,
)
_READERS: dict[type, Callable[[Any], Operation | None]] = {
    **dict.fromkeys(_ACTIVATIONS, _activation),
    core.ConvertToTensor: _nothing,
    numpy.Reshape: _same_values,
    numpy.Squeeze: _same_values,
    numpy.ExpandDims: _same_values,
    nn.MaxPool: partial(_pool, MaxPool),
    nn.AveragePool: partial(_pool, AveragePool),
}
