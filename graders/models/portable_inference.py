"""A call of `evaluate` or `predict` on a live model → the job that gives the same, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.models.compilation import Compilation
from graders.models.counting import flops
from graders.models.fit_arguments import UnusualFitError
from graders.models.inference import InferenceJob, Measures
from graders.models.inference_arguments import InferenceArguments, read_evaluate, read_predict
from graders.models.no_trace import no_trace
from graders.models.portable_compilation import built_compilation, check_measures
from graders.models.portable_model import (
    NotPortable,
    check_methods,
    check_model,
    check_settings,
    described,
    read_portable,
)
from graders.models.snapshot import Weights
from graders.models.training import Array, Data, weights_digest
from graders.models.training_run import copy
from graders.models.unreadable import NotReadable

LEAST_WORK = 1e8
"""Floating-point operations below which a kernel is done sooner than a trainer is forked."""


@dataclass(frozen=True, slots=True, eq=False)
class PortableInference:
    """A job, the weights of its model, its arrays by digest, and how the caller wants it."""

    job: InferenceJob
    weights: Weights
    arrays: Mapping[str, Array]
    given: InferenceArguments


def portable_evaluation(
    model: Any, arguments: Mapping[str, Any]
) -> PortableInference | NotPortable:
    """The job that a call of `evaluate` amounts to.

    `arguments` are those of `keras.Model.evaluate`, bound by name, defaults applied. The model
    is left as it is, but that its metrics are built, as `evaluate` would.
    """
    return _attempt(model, arguments, evaluate=True)


def portable_prediction(
    model: Any, arguments: Mapping[str, Any]
) -> PortableInference | NotPortable:
    """The job that a call of `predict` amounts to; as `portable_evaluation`."""
    return _attempt(model, arguments, evaluate=False)


def _attempt(
    model: Any, arguments: Mapping[str, Any], *, evaluate: bool
) -> PortableInference | NotPortable:
    try:
        with no_trace():
            return _portable(model, (read_evaluate if evaluate else read_predict)(arguments))
    except UnusualFitError as unusual:
        return NotPortable(str(unusual))
    except NotReadable as error:
        return NotPortable(str(error.reason))
    except Exception as error:  # noqa: BLE001 - whatever a model holds, Keras must go on
        return NotPortable(f"{type(error).__name__} while reading it")


def _portable(model: Any, given: InferenceArguments) -> PortableInference:
    check_model(model)
    check_settings()
    if not model.built:
        raise UnusualFitError("no weights")
    reading = read_portable(model, given.x.shape[1:])
    architecture = reading.architecture
    if flops(architecture) * len(given.x) < LEAST_WORK:
        raise UnusualFitError("small work")
    measured = None if given.y is None else _compilation(model, given.x, given.y)
    weights = tuple(copy(variable) for variable in reading.variables or ())
    # Last of all, for it takes the longest.
    arrays, data = described(each for each in (given.x, given.y) if each is not None)
    job = InferenceJob(
        architecture=architecture,
        weights=weights_digest(weights),
        x=data[0],
        batch_size=given.batch_size,
        measures=None if measured is None else _measures(measured, data[1]),
    )
    return PortableInference(job, weights, arrays, given)


def _compilation(model: Any, x: Array, y: Array) -> Compilation:
    """What a model measures, in the exact form of it.

    Raises:
        UnusualFitError: there is none.
    """
    if not model.compiled or model.losses:
        raise UnusualFitError("not compiled, or losses beside the compiled one")
    if model.optimizer is None or not model.optimizer.built:
        # Building its metrics would build its optimizer too, which `evaluate` leaves alone.
        raise UnusualFitError("an optimizer that is not built")
    check_methods(model.optimizer)
    compilation = built_compilation(model, x[:1], y[:1])
    check_measures(model, compilation)
    return compilation


def _measures(compilation: Compilation, y: Data) -> Measures:
    assert compilation.loss is not None
    return Measures(y, compilation.loss, compilation.metrics)
