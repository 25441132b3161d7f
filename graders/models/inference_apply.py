"""The result of an evaluation or a prediction → the live model, as if it had been made there."""

from __future__ import annotations

from typing import Any

import keras

from graders.models.displaying import set_back
from graders.models.inference import InferenceResult
from graders.models.no_trace import no_trace
from graders.models.portable_inference import PortableInference
from graders.models.training_run import assign


def apply_evaluation(result: InferenceResult, model: Any, asked: PortableInference) -> Any:
    """Leave `model` as `evaluate` would, metrics and display; returns what it returns.

    Raises:
        ValueError: the result is not one of this call; nothing was changed.
    """
    with no_trace():
        names = list(model.get_metrics_result())
        if len(names) != len(result.values):
            raise ValueError(f"{len(names)} values are expected. Received: {len(result.values)}.")
        assign(list(model.metrics_variables), result.metrics)
    # Keras gives them in the order of their names.
    logs = dict(sorted(zip(names, map(float, result.values), strict=True)))
    callbacks = _callbacks(model, asked)
    model.stop_evaluating = False
    callbacks.on_test_begin()
    set_back(callbacks, result.seconds)
    callbacks.on_test_end(logs)
    return logs if asked.given.return_dict else model._flatten_metrics_in_order(logs)


def apply_prediction(result: InferenceResult, model: Any, asked: PortableInference) -> Any:
    """Display what `predict` would, and return what it returns.

    Raises:
        ValueError: the result is not one of this call.
    """
    if result.predictions is None or len(result.predictions) != len(asked.given.x):
        raise ValueError("A prediction for each sample is expected. Received: something else.")
    callbacks = _callbacks(model, asked)
    model.stop_predicting = False
    callbacks.on_predict_begin()
    set_back(callbacks, result.seconds)
    callbacks.on_predict_end()
    return result.predictions.copy()


def _callbacks(model: Any, asked: PortableInference) -> Any:
    given = asked.given
    return keras.callbacks.CallbackList(
        None,
        add_progbar=given.verbose != 0,
        verbose=given.verbose,
        epochs=1,
        steps=-(-len(given.x) // given.batch_size),
        model=model,
    )
