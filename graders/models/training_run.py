"""A training job → its result: our own constructors, Keras's own `fit`."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from graders.models.building import build, compile_model
from graders.models.seeding import set_global_seed
from graders.models.training import (
    Array,
    Environment,
    TrainingJob,
    TrainingResult,
    TrainingState,
    named,
)

# What changes the last digits of a result, by the name of its environment variable.
_FLAGS = ("TF_ENABLE_ONEDNN_OPTS", "TF_DETERMINISTIC_OPS", "TF_XLA_FLAGS", "XLA_FLAGS")
_BYTES_PER_RESOURCE_UNIT = 1 if sys.platform == "darwin" else 1024


def environment(variables: Mapping[str, str], device: str = "cpu") -> Environment:
    """What a process with these environment variables trains in."""
    backend = keras.backend.backend()
    versions = {"keras": keras.__version__, "numpy": np.__version__}
    module = sys.modules.get(backend)
    if module is not None:
        versions[backend] = str(getattr(module, "__version__", "unknown"))
    return Environment(
        backend=backend,
        device=device,
        threads=int(variables.get("TF_NUM_INTRAOP_THREADS", "0")) or 1_000,
        flags=named({name: variables[name] for name in _FLAGS if name in variables}),
        versions=named(versions),
    )


def run(job: TrainingJob, arrays: Mapping[str, Array], start: TrainingState) -> TrainingResult:
    """Train as a job says, from the state it starts from, on arrays given by digest.

    The number of threads is the process's own: set it before Keras is imported. Whatever the
    job's `environment` says is not looked at.

    Raises:
        Exception: whatever Keras raises when the data do not fit the model.
    """
    began = time.monotonic()
    set_global_seed(job.seed)
    model = build(job.architecture, start.weights)
    compile_model(model, job.compilation)
    set_state(model, start)
    clock = _Clock()
    model.fit(
        arrays[job.x.digest],
        arrays[job.y.digest],
        batch_size=job.batch_size,
        epochs=job.epochs,
        initial_epoch=job.initial_epoch,
        shuffle=job.shuffle,
        verbose=0,
        callbacks=[clock],
        **_validation(job, arrays),
    )
    return TrainingResult(
        job=job.digest(),
        end=read_state(model),
        metrics=tuple(copy(variable) for variable in model.metrics_variables),
        epochs=tuple(model.history.epoch),
        steps=int(model.history.params["steps"]),
        values=_values(model),
        epoch_seconds=tuple(clock.seconds),
        seconds=time.monotonic() - began,
        device=job.environment.device,
        peak_memory=_BYTES_PER_RESOURCE_UNIT * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )


def read_state(model: Any) -> TrainingState:
    """The state of a model whose weights lie in the order of its layers (`build` makes those)."""
    return TrainingState(
        weights=tuple(copy(variable) for variable in model.weights),
        optimizer=tuple(copy(variable) for variable in model.optimizer.variables),
        seeds=tuple(copy(generator) for generator in seed_states(model)),
    )


def set_state(model: Any, state: TrainingState) -> None:
    """Put a state into a compiled model made by `build`.

    Raises:
        ValueError: it is not the state of such a model.
    """
    optimizer = model.optimizer
    if len(state.optimizer) > len(optimizer.variables):
        optimizer.build(model.trainable_variables)
    assign(model.weights, state.weights)
    assign(optimizer.variables, state.optimizer)
    assign(seed_states(model), state.seeds)


def assign(variables: list[Any], arrays: tuple[Array, ...]) -> None:
    """Give variables the values of arrays of the same types and shapes.

    Raises:
        ValueError: they are not.
    """
    expected = [(str(each.dtype), tuple(each.shape)) for each in variables]
    received = [(each.dtype.name, each.shape) for each in arrays]
    if expected != received:
        raise ValueError(f"A state of {expected} is expected. Received: {received}.")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def seed_states(model: Any) -> list[Any]:
    """The variable in which each Dropout keeps its random state, in the order of the layers."""
    return [
        layer.seed_generator.state
        for layer in keras.Model._flatten_layers(model)
        if type(layer) is keras.layers.Dropout and layer.rate > 0
    ]


def copy(variable: Any) -> Array:
    """A variable's value, as an array of its own."""
    return np.array(keras.ops.convert_to_numpy(variable))


class _Clock(keras.callbacks.Callback):
    """How long each epoch takes, validation included."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._began = 0.0

    def on_epoch_begin(self, _epoch: int, _logs: Any = None) -> None:
        self._began = time.monotonic()

    def on_epoch_end(self, _epoch: int, _logs: Any = None) -> None:
        self.seconds.append(time.monotonic() - self._began)


def _validation(job: TrainingJob, arrays: Mapping[str, Array]) -> dict[str, Any]:
    given = job.validation
    if given is None:
        return {}
    if given.x is None or given.y is None:
        return {"validation_split": given.split, "validation_batch_size": given.batch_size}
    data = (arrays[given.x.digest], arrays[given.y.digest])
    return {"validation_data": data, "validation_batch_size": given.batch_size}


def _values(model: Any) -> Any:
    """(epochs, measures): loss and metrics in compile order, then those of the validation."""
    history = model.history.history
    names = [name for name in model.get_metrics_result() if name in history]
    names += [f"val_{name}" for name in names if f"val_{name}" in history]
    columns = [history[name] for name in names]
    return np.array(columns, dtype=np.float64).T.reshape(len(model.history.epoch), len(names))
