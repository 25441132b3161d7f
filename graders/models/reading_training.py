"""Signs that a Keras model was trained → `TrainingRecord`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from graders.models.snapshot import TrainingRecord

_MOST_EPOCHS = 10_000
_MOST_METRICS = 64
_LONGEST_NAME = 80
_MOST_STEPS = 10**9
_NUMBERS = (float, np.float32, np.float64)

History = tuple[tuple[str, tuple[float, ...]], ...]


def read_training(model: Any) -> TrainingRecord | None:
    """How a model was trained, as far as it shows; None where nothing says it was.

    A `TrainingRecord` in the attribute `training_record` is taken as it is: trusted code
    puts it there, and whoever receives a record from a student's process must not believe
    that it is verified. What else the model says of itself is taken for what it is worth:
    of the wrong type or size, it counts as not said.
    """
    attributes = vars(model) if issubclass(type(model), keras.Model) else {}
    record = attributes.get("training_record")
    if type(record) is TrainingRecord:
        return record
    iterations = _iterations(attributes.get("optimizer"))
    epochs, steps, history = _last_fit(attributes.get("history"))
    if not iterations and not epochs:
        return None
    return TrainingRecord(iterations, epochs, steps, history)


def _iterations(optimizer: Any) -> int:
    """Gradient steps since the optimizer was made, be it for this model or for another."""
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        return 0
    counter = vars(optimizer).get("_iterations")
    if not isinstance(counter, keras.Variable):
        return 0
    return _count(keras.ops.convert_to_numpy(counter).item(), _MOST_STEPS) or 0


def _last_fit(history: Any) -> tuple[int, int | None, History]:
    """Epochs done, steps in each, and the metrics, of the last `fit`."""
    if type(history) is not keras.callbacks.History:
        return 0, None, ()
    attributes = vars(history)
    done, settings = attributes.get("epoch"), attributes.get("params")
    if type(done) is not list or len(done) > _MOST_EPOCHS:
        return 0, None, ()
    steps = settings.get("steps") if type(settings) is dict else None
    return len(done), _count(steps, _MOST_STEPS), _values(attributes.get("history"))


def _values(logs: Any) -> History:
    if type(logs) is not dict or len(logs) > _MOST_METRICS:
        return ()
    return tuple(
        (name, tuple(map(float, values)))
        for name, values in logs.items()
        if type(name) is str
        and len(name) <= _LONGEST_NAME
        and type(values) is list
        and len(values) <= _MOST_EPOCHS
        and all(type(value) in _NUMBERS for value in values)
    )


def _count(value: Any, most: int) -> int | None:
    return value if type(value) is int and 0 <= value <= most else None
