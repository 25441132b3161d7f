"""Decoded values as a test cell meets them: live tensors, histories and Keras models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras

from graders.grading.transcript import Verified
from graders.grading.values.checks import ValuesError
from graders.grading.values.decoding import Builders, KerasObject
from graders.models.building import build, compile_model
from graders.models.carried import carry, origin_of
from graders.models.snapshot import Snapshot, TrainingRecord
from graders.models.training import weights_digest
from graders.models.unreadable import NotReadable, Unreadable


def live_builders(verified: tuple[Verified, ...] = ()) -> Builders:
    """Builders for a process of its own, that may run TensorFlow.

    A model in `verified` gets the record of our trainers in place of the student's word.
    """
    return Builders(
        tensor=keras.ops.convert_to_tensor,
        history=_history,
        model=lambda snapshot: model_of(_with_record(snapshot, verified)),
        unreadable_model=unreadable_model,
        initializer=_initializer,
    )


def unverified_trainings(values: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the models among `values` whose training is the student's own word."""
    origins = {name: origin_of(value) for name, value in values.items()}
    return tuple(
        sorted(
            name
            for name, origin in origins.items()
            if type(origin) is Snapshot
            and origin.training is not None
            and origin.training.iterations
            and not origin.training.verified
        )
    )


def model_of(snapshot: Snapshot) -> Any:
    """A Keras model with the architecture, weights, settings and record of a snapshot.

    An architecture that cannot be built (something opaque, no input shape) gives a model
    without layers, which still carries its snapshot.
    """
    try:
        model = build(snapshot.architecture, snapshot.weights)
    except ValueError:
        return carry(keras.Sequential(name="model"), snapshot)
    if snapshot.compilation is not None:
        try:
            compile_model(model, snapshot.compilation)
        except ValueError:  # A loss of the student's own: known by its name only.
            return carry(model, snapshot)
    if snapshot.training is not None:
        _remember(model, snapshot.training)
    return carry(model, snapshot)


def _initializer(class_name: str) -> Any:
    """Keras's initializer of this name with its default settings, or the name as data."""
    known = vars(keras.initializers).get(class_name)
    try:
        if isinstance(known, type) and issubclass(known, keras.initializers.Initializer):
            return known()
    except TypeError:  # It has no default settings.
        pass
    return KerasObject(class_name)


def _with_record(snapshot: Snapshot, verified: tuple[Verified, ...]) -> Snapshot:
    if not verified or snapshot.weights is None:
        return snapshot
    weights = weights_digest(snapshot.weights)
    for known in verified:
        if (known.weights, known.compilation) == (weights, snapshot.compilation):
            return replace(snapshot, training=known.record)
    return snapshot


def unreadable_model(reason: str, detail: str, partial: Snapshot | None) -> Any:
    """A model without layers that carries the reason why the student's could not be read.

    Raises:
        ValuesError: there is no such reason.
    """
    if reason not in Unreadable.__members__:
        raise ValuesError("A model is unreadable for a known reason.")
    architecture = partial.architecture if partial else None
    error = NotReadable(Unreadable[reason], detail, architecture)
    return carry(keras.Sequential(name="model"), error)


def _remember(model: Any, record: TrainingRecord) -> None:
    """What a model that was trained shows of it."""
    object.__setattr__(model, "training_record", record)
    if getattr(model, "optimizer", None) is not None:
        model.optimizer.iterations.assign(record.iterations)
    if record.epochs:
        params = {"verbose": 0, "epochs": record.epochs, "steps": record.steps_per_epoch}
        measures = {name: list(values) for name, values in record.history}
        model.history = _history(params, tuple(range(record.epochs)), measures)


def _history(params: Any, epoch: tuple[Any, ...], history: Any) -> Any:
    found = keras.callbacks.History()
    found.params, found.epoch, found.history = dict(params), list(epoch), dict(history)
    return found
