"""A call of `fit` on a live model → the job that trains the same, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras.src.models.functional import Functional  # The type Keras gives; it has no public name.

from graders.models.architecture import Architecture
from graders.models.compilation import Compilation
from graders.models.fit_arguments import FitArguments, UnusualFitError, read_arguments
from graders.models.no_trace import no_trace
from graders.models.operations import Flatten, Opaque, Reshape
from graders.models.portable_compilation import check_compilation
from graders.models.portable_layers import check_layers, dropout_states, own_layers
from graders.models.reading_compilation import read_compilation
from graders.models.reading_graph import Reading, read_model
from graders.models.seeding import global_seed
from graders.models.training import (
    Array,
    Environment,
    TrainingJob,
    TrainingState,
    Validation,
    describe_all,
)
from graders.models.training_run import copy
from graders.models.unreadable import NotReadable

_EPSILON = 1e-7
# Attributes of an instance that Keras itself puts in the place of methods.
_KERAS_OWN = {"build", "quantize", "loss"}


@dataclass(frozen=True, slots=True)
class NotPortable:
    """Why a training is not a job, in a few words."""

    reason: str


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
    _check_model(model)
    _check_settings()
    seed = global_seed()
    if seed is None:
        raise UnusualFitError("no global seed")
    reading = _built(model, given)
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
    arrays, described = _described((given.x, given.y, *(given.validation or ())))
    job = TrainingJob(
        architecture=reading.architecture,
        compilation=compilation,
        start=start.digest(),
        seed=seed,
        x=described[0],
        y=described[1],
        batch_size=given.batch_size,
        epochs=given.epochs,
        initial_epoch=given.initial_epoch,
        shuffle=given.shuffle,
        validation=_validation(given, described[2:]),
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


def _check_model(model: Any) -> None:
    if type(model) not in (keras.Sequential, Functional):
        raise UnusualFitError(f"a model of the class {type(model).__name__}")
    if not model.compiled or model.run_eagerly or model.jit_compile:
        raise UnusualFitError("not compiled, or compiled in an unusual way")
    for thing in (model, model.optimizer):
        methods = {
            name for name in vars(thing) if callable(getattr(type(thing), name, None))
        } - _KERAS_OWN
        if methods:
            raise UnusualFitError(f"a method replaced: {min(methods)}")
    if model.steps_per_execution != 1 or model._initial_epoch is not None:
        raise UnusualFitError("several steps in one execution")
    if vars(model).get("_distribute_strategy") is not None:
        raise UnusualFitError("a distribution strategy")


def _check_settings() -> None:
    """Keras's global settings, as far as a training depends on them."""
    config = keras.config
    if config.floatx() != "float32" or config.epsilon() != _EPSILON:
        raise UnusualFitError("global settings of Keras")
    if config.max_epochs() is not None or config.max_steps_per_epoch() is not None:
        raise UnusualFitError("a limit on epochs or steps")


def _built(model: Any, given: FitArguments) -> Reading:
    """The model's reading, once it has weights; it gets them from the data as `fit` gives them."""
    reading = read_model(model)
    _check_architecture(model, reading.architecture)
    if reading.architecture.input_shape is None:
        shape = given.x.shape[1:]
        _check_shapes(Architecture(shape, reading.architecture.operations))
        model.build((None, *shape))
        reading = read_model(model)
        _check_architecture(model, reading.architecture)
    if reading.architecture.input_shape != given.x.shape[1:]:
        raise UnusualFitError("samples of another shape than the model's input")
    if reading.batch_size is not None or reading.variables is None:
        raise UnusualFitError("a fixed batch size, or no weights")
    _check_shapes(reading.architecture)
    return reading


def _check_architecture(model: Any, architecture: Architecture) -> None:
    for operation in architecture.operations:
        if isinstance(operation, Opaque):
            raise UnusualFitError(operation.description)
    check_layers(model)
    # One that changes no shape still separates a softmax from its loss, which then computes
    # otherwise.
    written = sum(
        type(layer) in (keras.layers.Flatten, keras.layers.Reshape) for layer in own_layers(model)
    )
    kept = sum(isinstance(each, (Flatten, Reshape)) for each in architecture.operations)
    if written != kept:
        raise UnusualFitError("a Flatten or a Reshape that changes nothing")


def _check_shapes(architecture: Architecture) -> None:
    try:
        architecture.shapes()
    except ValueError:
        raise UnusualFitError("layers that do not fit") from None


def _compiled(model: Any, given: FitArguments) -> Compilation:
    """The compile settings, once metrics and optimizer are built for the data at hand."""
    _check_optimizer(model)
    batch = (given.x[: given.batch_size], given.y[: given.batch_size])
    try:
        model._symbolic_build(data_batch=batch)
    except Exception:  # noqa: BLE001 - `fit` itself will say it, in Keras's own words
        raise UnusualFitError("data that do not fit the model or its loss") from None
    size = model.output_shape[-1]
    compilation = read_compilation(model, size if isinstance(size, int) else None)
    if compilation is None:
        raise UnusualFitError("not compiled")
    return compilation


def _check_optimizer(model: Any) -> None:
    """Refuses one that was made for the weights of another model: `fit` fails with it."""
    optimizer = model.optimizer
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise UnusualFitError("no optimizer")
    if optimizer.built and not _same(optimizer._trainable_variables, model.trainable_variables):
        raise UnusualFitError("an optimizer built for other weights")


def _check_variables(model: Any, reading: Reading) -> None:
    """The weights must be trained, and listed by the optimizer, as a rebuilt model's would."""
    trained = [each for each in reading.variables or () if each.trainable]
    if not trained or not _same(trained, model.trainable_variables):
        raise UnusualFitError("weights in an unusual order")
    if not _same(model.optimizer._trainable_variables, trained) or model.losses:
        raise UnusualFitError("losses beside the compiled one")


def _same(received: Iterable[Any], expected: Iterable[Any]) -> bool:
    return [id(each) for each in received] == [id(each) for each in expected]


def _described(arrays: Iterable[Array]) -> Any:
    try:
        return describe_all(arrays)
    except ValueError as error:
        raise UnusualFitError(str(error)) from None


def _validation(given: FitArguments, described: Any) -> Validation | None:
    if given.validation is not None:
        x, y = described
        return Validation(x, y, 0.0, given.validation_batch_size)
    if given.validation_split:
        return Validation(None, None, given.validation_split, given.validation_batch_size)
    return None
