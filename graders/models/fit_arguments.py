"""The arguments of a call of `fit`, where they are ones that a training job has words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from graders.models.training import Array

_DEFAULT_BATCH = 32  # Keras's own, for arrays.
_MOST = 10**9
_ONLY: Mapping[str, Any] = {
    "class_weight": None,
    "sample_weight": None,
    "steps_per_epoch": None,
    "validation_steps": None,
    "validation_freq": 1,
}


class UnusualFitError(Exception):
    """A training that no job describes; the message says why, in a few words."""


@dataclass(frozen=True, slots=True, eq=False)
class FitArguments:
    """What one call of `fit` asks for; `verbose` and `history` are as the caller gave them."""

    x: Array
    y: Array
    batch_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool
    validation: tuple[Array, Array] | None
    validation_split: float
    validation_batch_size: int
    verbose: bool | int | str
    history: Any


def read_arguments(arguments: Mapping[str, Any]) -> FitArguments:
    """Canonical form of the bound arguments of `keras.Model.fit`, defaults applied.

    Raises:
        UnusualFitError: there is none.
    """
    for name, usual in _ONLY.items():
        if type(arguments[name]) is not type(usual) or arguments[name] != usual:
            raise UnusualFitError(name)
    x, y = read_array(arguments["x"]), read_array(arguments["y"])
    if len(x) != len(y):
        raise UnusualFitError("x and y of different lengths")
    batch_size = read_batch_size(arguments["batch_size"])
    validation = _validation(arguments["validation_data"])
    epochs, initial = _count(arguments["epochs"]), _count(arguments["initial_epoch"])
    if initial >= epochs:
        raise UnusualFitError("no epoch")
    return FitArguments(
        x=x,
        y=y,
        batch_size=batch_size,
        epochs=epochs,
        initial_epoch=initial,
        shuffle=_shuffle(arguments["shuffle"]),
        validation=validation,
        validation_split=0.0 if validation else _split(arguments["validation_split"], len(x)),
        validation_batch_size=read_batch_size(arguments["validation_batch_size"], batch_size),
        verbose=read_verbose(arguments["verbose"]),
        history=_history(arguments["callbacks"]),
    )


def _history(callbacks: Any) -> Any:
    """The one callback that watches without a trace: a new History, which `fit` else adds."""
    given = list(callbacks) if type(callbacks) in (list, tuple) else [callbacks]
    if not given or given == [None]:
        return None
    new: dict[str, Any] = {"params": None, "_model": None, "history": {}}
    if type(given[0]) is not keras.callbacks.History or vars(given[0]) != new:
        raise UnusualFitError(f"callback {type(given[0]).__name__}")
    if len(given) > 1:
        raise UnusualFitError("several callbacks")
    return given[0]


def read_array(value: Any) -> Array:
    """A plain array with samples; raises UnusualFitError."""
    if type(value) is not np.ndarray or not value.ndim or not value.size:
        raise UnusualFitError(f"data in a {type(value).__name__}")
    return value


def _validation(value: Any) -> tuple[Array, Array] | None:
    if value is None:
        return None
    if type(value) not in (tuple, list) or len(value) != 2:
        raise UnusualFitError("validation_data")
    x, y = read_array(value[0]), read_array(value[1])
    if len(x) != len(y):
        raise UnusualFitError("validation_data of different lengths")
    return x, y


def _split(value: Any, samples: int) -> float:
    if type(value) not in (int, float) or not 0 <= value < 1:
        raise UnusualFitError("validation_split")
    if value and not 0 < int(samples * (1.0 - value)) < samples:
        raise UnusualFitError("validation_split leaves no sample")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise UnusualFitError("a number that is no integer")
    if not 0 <= value <= _MOST:
        raise UnusualFitError("a number out of all proportion")
    return int(value)


def read_batch_size(value: Any, default: int = _DEFAULT_BATCH) -> int:
    """How many samples a batch has; raises UnusualFitError."""
    return default if value is None else _count(value) or default


def _shuffle(value: Any) -> bool:
    if type(value) is not bool:
        raise UnusualFitError("shuffle")
    return value


def read_verbose(value: Any) -> bool | int | str:
    """How much is displayed, as Keras takes it; raises UnusualFitError."""
    if value != "auto" and (type(value) not in (bool, int) or value not in (0, 1, 2)):
        raise UnusualFitError("verbose")
    return value
