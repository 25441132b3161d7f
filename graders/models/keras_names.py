"""Canonical names of Keras's losses, optimizers and metrics, and what each one is.

A name is the snake case of its class, as Keras itself writes it: `CategoricalCrossentropy` is
`categorical_crossentropy`.
"""

from __future__ import annotations

from typing import Any

import keras
from keras.src.utils.naming import to_snake_case

_NOT_CONCRETE = {
    "Loss",
    "Optimizer",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "OptimizerMap",
    "Metric",
    "MeanMetricWrapper",
    "Mean",
    "Sum",
}
# The string "accuracy" means another metric for each kind of model: its class never is meant.
EXACT_ACCURACY = "accuracy_exact"
_OTHER_NAMES = {"Accuracy": EXACT_ACCURACY}


def _concrete(module: Any, base: type) -> dict[str, Any]:
    """The classes a module offers, by class name."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and name not in _NOT_CONCRETE
    }


def _canonical(class_name: str) -> str:
    return _OTHER_NAMES.get(class_name) or to_snake_case(class_name)


LOSSES: dict[str, Any] = {
    _canonical(name): kind for name, kind in _concrete(keras.losses, keras.losses.Loss).items()
}
METRICS: dict[str, Any] = {
    _canonical(name): kind for name, kind in _concrete(keras.metrics, keras.metrics.Metric).items()
}
OPTIMIZERS: dict[str, Any] = {
    name.lower(): kind
    for name, kind in _concrete(keras.optimizers, keras.optimizers.Optimizer).items()
}
