"""An evaluation or a prediction → its result: our own constructors, Keras's own methods."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from graders.models.building import build, compile_model
from graders.models.compilation import Compilation, Optimizer
from graders.models.inference import InferenceJob, InferenceResult, Measures
from graders.models.snapshot import Weights
from graders.models.training import Array
from graders.models.training_run import copy

# No evaluation looks at it, and Keras compiles no model without one.
_UNUSED = Optimizer("sgd", 0.01)


def infer(job: InferenceJob, arrays: Mapping[str, Array], weights: Weights) -> InferenceResult:
    """Evaluate or predict as a job says, on arrays given by digest.

    The number of threads is the process's own. Whatever the job's `environment` says is not
    looked at.

    Raises:
        Exception: whatever Keras raises when the data do not fit the model.
    """
    began = time.monotonic()
    model = build(job.architecture, weights)
    x, batch_size = arrays[job.x.digest], job.batch_size
    predictions, values = None, np.empty(0)
    metrics: tuple[Array, ...] = ()
    if job.measures is None:
        predictions = model.predict(x, batch_size=batch_size, verbose=0)
    else:
        values = _evaluate(model, job.measures, x, arrays[job.measures.y.digest], batch_size)
        metrics = tuple(copy(variable) for variable in model.metrics_variables)
    seconds = time.monotonic() - began
    return InferenceResult(job.digest(), predictions, values, metrics, seconds)


def _evaluate(model: Any, measures: Measures, x: Array, y: Array, batch_size: int) -> Any:
    """(measures,) float64: the loss, then the metrics in the order of the job."""
    compile_model(model, Compilation(measures.loss, _UNUSED, measures.metrics))
    found = model.evaluate(x, y, batch_size=batch_size, verbose=0, return_dict=True)
    return np.array([found[name] for name in model.get_metrics_result()], dtype=np.float64)
