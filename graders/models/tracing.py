"""Following a subclassed model's `call` on a symbolic input, without leaving a trace in it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras.src.backend.common import global_state
from keras.src.layers.layer import CallContext

from graders.models.architecture import Shape
from graders.models.unreadable import NotReadable, Unreadable

_CONTEXT = "current_call_ctx"


def takes_training(model: Any) -> bool:
    """Whether a model's `call` has an argument `training`."""
    return "training" in inspect.signature(model.call).parameters


@contextmanager
def traced(model: Any, shape: Shape, training: bool | None) -> Iterator[tuple[Any, Any]]:
    """The symbolic input and output of a model's `call`; they mean nothing afterwards.

    `shape` is without the batch; `training` is what the model and its layers are told.

    Raises:
        NotReadable: `call` fails, returns something else than one tensor, or needs weights
            that do not exist yet.
    """
    start = keras.Input(shape)
    settings = {"training": training} if takes_training(model) else {}
    with forgetting_calls(model), _told(training):
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
        yield start, end


class _WouldBuildError(Exception):
    """Following `call` would give a layer its weights."""


def _refuse_to_build(*_arguments: Any, **_settings: Any) -> None:
    raise _WouldBuildError


@contextmanager
def _told(training: bool | None) -> Iterator[None]:
    """Layers called inside learn whether they train, as they would from a model's own call."""
    context = CallContext(entry_layer=None)  # No layer called inside ends it.
    context.set_value("training", training)
    before = global_state.get_global_attribute(_CONTEXT)
    try:
        global_state.set_global_attribute(_CONTEXT, context)
        yield
    finally:
        global_state.set_global_attribute(_CONTEXT, before)


@contextmanager
def forgetting_calls(model: Any) -> Iterator[None]:
    """A model and its layers, called inside, are not built by it and forget it."""
    layers = keras.Model._flatten_layers(model)
    operations = [*layers]
    for layer in layers:
        operations += vars(layer).get("_operations", [])
    lists = [nodes for each in operations for nodes in (each._inbound_nodes, each._outbound_nodes)]
    lengths = [len(nodes) for nodes in lists]
    builds = [(vars(layer), vars(layer)["build"]) for layer in layers if not layer.built]
    called = [(vars(layer), vars(layer).get("_called")) for layer in layers]
    try:
        for attributes, _ in builds:
            attributes["build"] = _refuse_to_build
        yield
    finally:
        for attributes, build in builds:
            attributes["build"] = build
        for attributes, before in called:
            attributes["_called"] = before
        for nodes, length in zip(lists, lengths, strict=True):
            del nodes[length:]
