"""A Keras model → the chain of its layers, walked back from its output."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import keras
from keras.src.models.functional import Functional  # The type Keras gives; it has no public name.

from graders.models.architecture import Architecture, Shape
from graders.models.reading_layers import Step, opaque, read_layer
from graders.models.reading_operations import read_operation
from graders.models.unreadable import (
    MAX_NESTING,
    MAX_OPERATIONS,
    MAX_PARAMETERS,
    NotReadable,
    Unreadable,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An architecture and the variables its weights live in, operation by operation.

    `variables` is None when there are none yet; `batch_size` is the only one the model takes.
    """

    architecture: Architecture
    variables: tuple[Any, ...] | None
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a walk back through a graph must remember."""

    training: bool | None = None
    depth: int = 0
    used: set[int] = field(default_factory=set)  # variables, by identity

    def deeper(self) -> _Walk:
        if self.depth >= MAX_NESTING:
            raise NotReadable(Unreadable.TOO_LARGE, "Models are nested too deeply.")
        return _Walk(self.training, self.depth + 1, self.used)


def read_model(model: Any) -> Reading:
    """Read any Keras model, without calling it on data.

    Raises:
        NotReadable: it has no canonical form.
    """
    if not issubclass(type(model), keras.Model):
        raise NotReadable(
            Unreadable.NOT_A_MODEL, f"Received: {type(model).__name__}, expected a Keras model."
        )
    if type(model) is keras.Sequential and vars(model).get("_functional") is None:
        return _read_stack(model)
    if type(model) in (keras.Sequential, Functional):
        _refuse_replaced_call(model)
        shape, steps = _read_graph(_graph(model), _Walk())
        return replace(_reading(shape, steps), batch_size=_graph(model)._inputs[0].shape[0])
    return _read_subclass(model)


def _reading(shape: Shape | None, steps: tuple[Step, ...]) -> Reading:
    operations = tuple(operation for step in steps for operation in step.operations)
    variables = tuple(variable for step in steps for variable in step.variables)
    if not operations:
        raise NotReadable(Unreadable.NO_LAYER)
    if len(operations) > MAX_OPERATIONS:
        raise NotReadable(Unreadable.TOO_LARGE, f"It has more than {MAX_OPERATIONS} operations.")
    count = sum(prod(variable.shape) for variable in variables)
    if count > MAX_PARAMETERS:
        raise NotReadable(Unreadable.TOO_LARGE, f"It has {count} parameters.")
    return Reading(Architecture(shape, operations), variables)


def _read_stack(model: Any) -> Reading:
    """Read a Sequential that has no graph: never built, or half-built."""
    stack = list(vars(model)["_layers"])
    if len(stack) > MAX_OPERATIONS:
        raise NotReadable(Unreadable.TOO_LARGE, f"It has more than {MAX_OPERATIONS} layers.")
    if len(stack) == 1 and type(stack[0]) in (keras.Sequential, Functional):
        return read_model(stack[0])
    told = bool(stack) and type(stack[0]) is keras.layers.InputLayer
    shape = _without_batch(stack[0].batch_shape) if told else None
    walk = _Walk()
    steps = tuple(
        step for layer in stack for step in _read_call(layer, None, walk) if step.operations
    )
    architecture = _reading(shape, steps).architecture
    if told and len(stack) > 1 and not model.built:
        raise NotReadable(Unreadable.BROKEN, _misfit(architecture), architecture)
    return Reading(architecture, None)


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
    if not isinstance(node.operation, keras.Layer):
        return (read_operation(node),)
    arguments = node.arguments
    settings = {key: value for key, value in arguments.kwargs.items() if value is not None}
    if settings.get("training", ...) is walk.training:
        del settings["training"]
    if settings or len(arguments.args) != 1:
        kind = type(node.operation).__name__
        return (opaque(f"{kind} called with {', '.join(settings) or 'several arguments'}"),)
    return _read_call(node.operation, _without_batch(node.input_tensors[0].shape), walk)


def _read_call(layer: Any, received: Shape | None, walk: _Walk) -> tuple[Step, ...]:
    """What a layer, or a model used as a layer, does to what it receives."""
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
    return _trace(model, received, walk)


def _read_subclass(model: Any) -> Reading:
    shape = _input_shape(model)
    if shape is None:
        raise NotReadable(Unreadable.NOT_BUILT)
    steps = _trace(model, shape, _Walk())
    if _takes_training(model):
        # `if training:` hides layers from one of the two.
        trained = _trace(model, shape, _Walk(training=True))
        if _reading(shape, trained).architecture != _reading(shape, steps).architecture:
            raise NotReadable(
                Unreadable.NOT_TRACEABLE, "Its layers while training and predicting differ."
            )
    return _reading(shape, steps)


def _takes_training(model: Any) -> bool:
    return "training" in inspect.signature(model.call).parameters


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
    """Follow a model's `call` on a symbolic input; its layers forget it afterwards."""
    start = keras.Input(shape)
    settings = {"training": walk.training} if _takes_training(model) else {}
    with _forgetting_calls(model):
        try:
            end = model.call(start, **settings)
        except _WouldBuildError:
            raise NotReadable(Unreadable.NOT_BUILT) from None
        except Exception as error:  # noqa: BLE001 - a student's code may fail in any way
            raise NotReadable(
                Unreadable.NOT_TRACEABLE, f"{type(error).__name__} on a symbolic input."
            ) from None
        if not isinstance(end, keras.KerasTensor):
            raise NotReadable(
                Unreadable.NOT_TRACEABLE, f"It returns a {type(end).__name__}, not a tensor."
            )
        return _read_between(start, end, walk)[1]


class _WouldBuildError(Exception):
    """Following `call` would give a layer its weights."""


def _refuse_to_build(*_arguments: Any, **_settings: Any) -> None:
    raise _WouldBuildError


@contextmanager
def _forgetting_calls(model: Any) -> Iterator[None]:
    """Layers neither keep the calls made inside, nor are built by them."""
    layers = keras.Model._flatten_layers(model)
    operations = [*layers]
    for layer in layers:
        operations += vars(layer).get("_operations", [])
    lists = [nodes for each in operations for nodes in (each._inbound_nodes, each._outbound_nodes)]
    lengths = [len(nodes) for nodes in lists]
    builds = [(vars(layer), vars(layer)["build"]) for layer in layers if not layer.built]
    try:
        for attributes, _ in builds:
            attributes["build"] = _refuse_to_build
        yield
    finally:
        for attributes, build in builds:
            attributes["build"] = build
        for nodes, length in zip(lists, lengths, strict=True):
            del nodes[length:]


def _refuse_replaced_call(model: Any) -> None:
    if "call" in vars(model):
        raise NotReadable(Unreadable.BEHAVES_OTHERWISE, "Its call method was replaced.")


def _without_batch(shape: Any) -> Shape | None:
    """A shape of plain numbers without its batch, or None where one is not known."""
    sizes = tuple(shape)[1:]
    return sizes if all(type(size) is int and size > 0 for size in sizes) else None
