"""A call of `fit` on a live model → the job that trains the same, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from graders.models.compilation import Compilation
from graders.models.fit_arguments import FitArguments, UnusualFitError, read_arguments
from graders.models.no_trace import no_trace
from graders.models.portable_compilation import built_compilation, check_compilation
from graders.models.portable_layers import dropout_states
from graders.models.portable_model import (
    NotPortable,
    check_methods,
    check_model,
    check_settings,
    described,
    read_portable,
    same,
)
from graders.models.reading_graph import Reading
from graders.models.seeding import global_seed
from graders.models.training import (
    Array,
    Data,
    Environment,
    TrainingJob,
    TrainingState,
    Validation,
)
from graders.models.training_run import copy
from graders.models.unreadable import NotReadable

__all__ = ["NotPortable", "PortableFit", "portable"]


@dataclass(frozen=True, slots=True, eq=False)
class PortableFit:
    """A job, the state it starts from, its arrays by digest; and what its result is applied to.

    `variables`, `optimizer` and `seeds` are the live variables that a `TrainingState` holds the
    values of, in its order.
    """

    job: TrainingJob
    start: TrainingState
    arrays: Mapping[str, Array]
    verbose: bool | int | str
    history: Any
    variables: tuple[Any, ...]
    optimizer: tuple[Any, ...]
    seeds: tuple[Any, ...]


def portable(model: Any, arguments: Mapping[str, Any]) -> PortableFit | NotPortable:
    """The job that a call of `fit` amounts to.

    `arguments` are those of `keras.Model.fit`, bound by name, defaults applied. The model is
    left as it is, but that it is built, with its metrics and its optimizer, as `fit` would.
    """
    try:
        with no_trace():
            return _portable(model, read_arguments(arguments))
    except UnusualFitError as unusual:
        return NotPortable(str(unusual))
    except NotReadable as error:
        return NotPortable(str(error.reason))
    except Exception as error:  # noqa: BLE001 - whatever a model holds, `fit` must go on
        return NotPortable(f"{type(error).__name__} while reading it")


def _portable(model: Any, given: FitArguments) -> PortableFit:
    check_model(model)
    if not model.compiled:
        raise UnusualFitError("not compiled")
    check_methods(model.optimizer)
    check_settings()
    seed = global_seed()
    if seed is None:
        raise UnusualFitError("no global seed")
    reading = read_portable(model, given.x.shape[1:])
    compilation = _compiled(model, given)
    _check_variables(model, reading)
    check_compilation(model, compilation)
    variables, optimizer = reading.variables or (), model.optimizer
    seeds = dropout_states(model, reading.architecture)
    start = TrainingState(
        tuple(copy(variable) for variable in variables),
        tuple(copy(variable) for variable in optimizer.variables),
        tuple(copy(state) for state in seeds),
    )
    arrays, data = described((given.x, given.y, *(given.validation or ())))
    job = TrainingJob(
        architecture=reading.architecture,
        compilation=compilation,
        start=start.digest(),
        seed=seed,
        x=data[0],
        y=data[1],
        batch_size=given.batch_size,
        epochs=given.epochs,
        initial_epoch=given.initial_epoch,
        shuffle=given.shuffle,
        validation=_validation(given, data[2:]),
        environment=Environment(),
    )
    return PortableFit(
        job=job,
        start=start,
        arrays=arrays,
        verbose=given.verbose,
        history=given.history,
        variables=variables,
        optimizer=tuple(optimizer.variables),
        seeds=seeds,
    )


def _compiled(model: Any, given: FitArguments) -> Compilation:
    """The compile settings, once metrics and optimizer are built for the data at hand."""
    _check_optimizer(model)
    return built_compilation(model, given.x[: given.batch_size], given.y[: given.batch_size])


def _check_optimizer(model: Any) -> None:
    """Refuses one that was made for the weights of another model: `fit` fails with it."""
    optimizer = model.optimizer
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise UnusualFitError("no optimizer")
    if optimizer.built and not same(optimizer._trainable_variables, model.trainable_variables):
        raise UnusualFitError("an optimizer built for other weights")


def _check_variables(model: Any, reading: Reading) -> None:
    """The weights must be trained, and listed by the optimizer, as a rebuilt model's would."""
    trained = [each for each in reading.variables or () if each.trainable]
    if not trained or not same(trained, model.trainable_variables):
        raise UnusualFitError("weights in an unusual order")
    if not same(model.optimizer._trainable_variables, trained) or model.losses:
        raise UnusualFitError("losses beside the compiled one")


def _validation(given: FitArguments, data: tuple[Data, ...]) -> Validation | None:
    if given.validation is not None:
        x, y = data
        return Validation(x, y, 0.0, given.validation_batch_size)
    if given.validation_split:
        return Validation(None, None, given.validation_split, given.validation_batch_size)
    return None
