"""A Keras model → the chain of its layers, walked back from its output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from math import prod
from typing import Any

import keras
from keras.src.models.functional import Functional  # The type Keras gives; it has no public name.

from graders.models.architecture import Architecture, Shape
from graders.models.operations import BatchNormalization, Dropout
from graders.models.reading_layers import Step, opaque, read_layer
from graders.models.reading_operations import read_operation
from graders.models.tracing import takes_training, traced
from graders.models.unreadable import (
    MAX_NESTING,
    MAX_OPERATIONS,
    MAX_PARAMETERS,
    NotReadable,
    Unreadable,
)

_MOST_VISITED = 8 * MAX_OPERATIONS


@dataclass(frozen=True, slots=True)
class Reading:
    """An architecture and the variables its weights live in, operation by operation.

    `variables` is None when there are none yet; `batch_size` is the only one the model takes;
    `model` is what was read: the given model, or the only one in it.
    """

    architecture: Architecture
    variables: tuple[Any, ...] | None
    model: Any
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a walk back through a graph must remember.

    `training` is what the followed `call` was told, None in a graph: there Keras tells each
    layer anew whether it trains, whatever was written. `used`: variables, by identity.
    """

    training: bool | None = None
    depth: int = 0
    used: set[int] = field(default_factory=set)
    visited: Iterator[int] = field(default_factory=count)

    def deeper(self) -> _Walk:
        if self.depth >= MAX_NESTING:
            raise NotReadable(Unreadable.TOO_LARGE, "Models are nested too deeply.")
        return replace(self, depth=self.depth + 1)

    def visit(self) -> None:
        """A model may hold another twice, that one a third twice, and so on."""
        if next(self.visited) > _MOST_VISITED:
            raise NotReadable(Unreadable.TOO_LARGE, "Its graph has too many nodes.")


def read_model(model: Any, depth: int = 0) -> Reading:
    """Read any Keras model, without calling it on data.

    Raises:
        NotReadable: it has no canonical form.
    """
    if not issubclass(type(model), keras.Model):
        raise NotReadable(
            Unreadable.NOT_A_MODEL, f"Received: {type(model).__name__}, expected a Keras model."
        )
    _refuse_replaced_call(model)
    if type(model) is keras.Sequential and vars(model).get("_functional") is None:
        return _read_stack(model, depth)
    if type(model) in (keras.Sequential, Functional):
        shape, steps = _read_graph(_graph(model), _Walk())
        return replace(_reading(model, shape, steps), batch_size=_graph(model)._inputs[0].shape[0])
    return _read_subclass(model)


def _reading(model: Any, shape: Shape | None, steps: tuple[Step, ...]) -> Reading:
    operations = tuple(operation for step in steps for operation in step.operations)
    variables = tuple(variable for step in steps for variable in step.variables)
    if not operations:
        raise NotReadable(Unreadable.NO_LAYER)
    if len(operations) > MAX_OPERATIONS:
        raise NotReadable(Unreadable.TOO_LARGE, f"It has more than {MAX_OPERATIONS} operations.")
    parameters = sum(prod(variable.shape) for variable in variables)
    if parameters > MAX_PARAMETERS:
        raise NotReadable(Unreadable.TOO_LARGE, f"It has {parameters} parameters.")
    return Reading(Architecture(shape, operations), variables, model)


def _read_stack(model: Any, depth: int) -> Reading:
    """Read a Sequential that has no graph: never built, or half-built."""
    stack = list(vars(model)["_layers"])
    if len(stack) > MAX_OPERATIONS:
        raise NotReadable(Unreadable.TOO_LARGE, f"It has more than {MAX_OPERATIONS} layers.")
    if len(stack) == 1 and type(stack[0]) in (keras.Sequential, Functional):
        if depth >= MAX_NESTING:
            raise NotReadable(Unreadable.TOO_LARGE, "Models are nested too deeply.")
        return read_model(stack[0], depth + 1)
    told = bool(stack) and type(stack[0]) is keras.layers.InputLayer
    shape = _without_batch(stack[0].batch_shape) if told else None
    walk = _Walk()
    steps = tuple(
        step for layer in stack for step in _read_call(layer, None, walk) if step.operations
    )
    architecture = _reading(model, shape, steps).architecture
    if told and len(stack) > 1 and not model.built:
        raise NotReadable(Unreadable.BROKEN, _misfit(architecture), architecture)
    return Reading(architecture, None, model)


def _misfit(architecture: Architecture) -> str:
    try:
        architecture.shapes()
    except ValueError as error:
        return str(error)
    return ""


def _graph(model: Any) -> Any:
    return vars(model)["_functional"] if type(model) is keras.Sequential else model


def _read_graph(graph: Any, walk: _Walk) -> tuple[Shape | None, tuple[Step, ...]]:
    inputs, outputs = graph._inputs, graph._outputs
    if len(inputs) != 1 or len(outputs) != 1:
        raise NotReadable(
            Unreadable.SEVERAL_INPUTS_OR_OUTPUTS,
            f"Received: {len(inputs)} inputs and {len(outputs)} outputs, expected one of each.",
        )
    return _read_between(inputs[0], outputs[0], walk)


def _read_between(start: Any, end: Any, walk: _Walk) -> tuple[Shape | None, tuple[Step, ...]]:
    steps: tuple[Step, ...] = ()
    if start.dtype != "float32" or start.sparse or start.ragged:
        steps = (opaque(f"Input: {start.dtype}, sparse or ragged"),)
    for node in reversed(_chain(start, end)):
        steps += _read_node(node, walk)
    return _without_batch(start.shape), steps


def _chain(start: Any, end: Any) -> list[Any]:
    """The nodes from the last to the first, where they form a chain from start to end."""
    nodes: list[Any] = []
    tensor = end
    while tensor is not start:
        history = getattr(tensor, "_keras_history", None)
        if history is None or history.operation is None:
            raise NotReadable(Unreadable.BRANCHES, "The output does not come from the input.")
        node = history.operation._inbound_nodes[history.node_index]
        sources = {id(source): source for source in node.input_tensors}
        if len(sources) > 1:
            raise NotReadable(
                Unreadable.BRANCHES, f"{type(node.operation).__name__} joins several branches."
            )
        if not sources:
            raise NotReadable(Unreadable.BRANCHES, "The output does not come from the input.")
        if len(nodes) >= MAX_OPERATIONS * 2:
            raise NotReadable(Unreadable.TOO_LARGE, "Its graph has too many nodes.")
        nodes.append(node)
        (tensor,) = sources.values()
    return nodes


def _read_node(node: Any, walk: _Walk) -> tuple[Step, ...]:
    walk.visit()
    if not isinstance(node.operation, keras.Layer):
        return (read_operation(node),)
    arguments = node.arguments
    settings = {key: value for key, value in arguments.kwargs.items() if value is not None}
    if walk.training is None or settings.get("training") is walk.training:
        settings.pop("training", None)
    if settings or len(arguments.args) != 1:
        kind = type(node.operation).__name__
        return (opaque(f"{kind} called with {', '.join(settings) or 'several arguments'}"),)
    return _read_call(node.operation, _without_batch(node.input_tensors[0].shape), walk)


def _read_call(layer: Any, received: Shape | None, walk: _Walk) -> tuple[Step, ...]:
    """What a layer, or a model used as a layer, does to what it receives."""
    walk.visit()
    if issubclass(type(layer), keras.Model):
        return _read_nested(layer, received, walk.deeper())
    step = read_layer(layer, received)
    variables = {id(variable) for variable in step.variables}
    if variables & walk.used:
        # It trains as one layer: two layers of the same size would be something else.
        return (opaque(f"{type(layer).__name__} used a second time: it shares its weights"),)
    walk.used.update(variables)
    return (step,)


def _read_nested(model: Any, received: Shape | None, walk: _Walk) -> tuple[Step, ...]:
    if type(model) is keras.Sequential and vars(model).get("_functional") is None:
        stack = list(vars(model)["_layers"])[: MAX_OPERATIONS + 1]
        return tuple(step for layer in stack for step in _read_call(layer, None, walk))
    if type(model) in (keras.Sequential, Functional):
        _refuse_replaced_call(model)
        return _read_graph(_graph(model), walk)[1]
    if received is None:
        return (opaque(type(model).__name__),)
    return _follow(model, received, walk)


def _read_subclass(model: Any) -> Reading:
    shape = _input_shape(model)
    if shape is None:
        raise NotReadable(Unreadable.NOT_BUILT)
    return _reading(model, shape, _follow(model, shape, _Walk()))


def _follow(model: Any, shape: Shape, walk: _Walk) -> tuple[Step, ...]:
    """The steps of a model's `call`, which must be the same while training and predicting."""
    if walk.training is not None:
        return _trace(model, shape, walk)
    training = replace(walk, training=True, used=set(walk.used))
    steps = _trace(model, shape, replace(walk, training=False))
    if not takes_training(model):
        return tuple(_told_nothing(step) for step in steps)
    trained = _trace(model, shape, training)
    if [step.operations for step in trained] != [step.operations for step in steps]:
        raise NotReadable(
            Unreadable.NOT_TRACEABLE, "Its layers while training and predicting differ."
        )
    return steps


def _told_nothing(step: Step) -> Step:
    """A step whose model has no `training` argument: Keras never tells it that it trains."""
    for operation in step.operations:
        if isinstance(operation, (Dropout, BatchNormalization)):
            return opaque(f"{type(operation).__name__}: call has no argument training")
    return step


def _input_shape(model: Any) -> Shape | None:
    """The shape a subclassed model was built for, where it knows."""
    if issubclass(type(model), (keras.Sequential, Functional)):
        graph = vars(model).get("_functional", model)
        inputs = [] if graph is None else vars(graph).get("_inputs", [])
        return _without_batch(inputs[0].shape) if len(inputs) == 1 else None
    shapes = vars(model).get("_build_shapes_dict") or {}
    if len(shapes) != 1 or not model.built:
        return None
    (shape,) = shapes.values()
    return _without_batch(shape) if isinstance(shape, (tuple, list)) else None


def _trace(model: Any, shape: Shape, walk: _Walk) -> tuple[Step, ...]:
    with traced(model, shape, walk.training) as (start, end):
        return _read_between(start, end, walk)[1]


def _refuse_replaced_call(model: Any) -> None:
    if "call" in vars(model):
        raise NotReadable(Unreadable.BEHAVES_OTHERWISE, "Its call method was replaced.")


def _without_batch(shape: Any) -> Shape | None:
    """A shape of plain numbers without its batch, or None where one is not known."""
    sizes = tuple(shape)[1:]
    return sizes if all(type(size) is int and size > 0 for size in sizes) else None
