"""A training's result → the live model, as if it had been trained there."""

from __future__ import annotations

from typing import Any

import keras

from graders.models.displaying import set_back
from graders.models.no_trace import no_trace
from graders.models.portable_fit import PortableFit
from graders.models.training import TrainingResult
from graders.models.training_run import assign


def apply(result: TrainingResult, model: Any, fit: PortableFit) -> Any:
    """Leave `model` as `fit` would: weights, optimizer, metrics, history; the lines are printed.

    Returns the `History`, as `fit` does.

    Raises:
        ValueError: the result is not one of this training.
    """
    names = list(_named(model))
    columns = [*names, *(f"val_{name}" for name in names)] if fit.job.validation else names
    if result.values.shape[1] != len(columns):
        raise ValueError(
            f"Values of {len(columns)} measures are expected. Received: {result.values.shape[1]}."
        )
    with no_trace():
        assign(list(fit.variables), result.end.weights)
        assign(list(fit.optimizer), result.end.optimizer)
        assign(list(fit.seeds), result.end.seeds)
        assign(list(model.metrics_variables), result.metrics)
    _show(result, model, fit, columns)
    return model.history


def _named(model: Any) -> dict[str, Any]:
    """Loss and metrics under the names a student sees, in the order of the compilation."""
    with no_trace():
        return dict(model.get_metrics_result())


def _show(result: TrainingResult, model: Any, fit: PortableFit, columns: list[str]) -> None:
    """Have Keras's own callbacks see the epochs go by: one fills the history, one prints."""
    callbacks = keras.callbacks.CallbackList(
        fit.history and [fit.history],
        add_history=True,
        add_progbar=fit.verbose != 0,
        verbose=fit.verbose,
        epochs=fit.job.epochs,
        steps=result.steps,
        model=model,
    )
    model.stop_training = False
    callbacks.on_train_begin()
    logs: dict[str, float] = {}
    for epoch, values, seconds in zip(
        result.epochs, result.values, result.epoch_seconds, strict=True
    ):
        callbacks.on_epoch_begin(epoch)
        logs = dict(zip(columns, map(float, values), strict=True))
        set_back(callbacks, seconds)
        callbacks.on_epoch_end(epoch, logs)
    callbacks.on_train_end(logs)
