"""Trainings as bytes: parcels, believed only as far as they are checked here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from graders.models.bounds import AtMost, Between, Count, Digest, Text
from graders.models.counting import parameter_shapes
from graders.models.parcel import HEADER_BYTES, Form, Forms, forms_of, pack, unpack
from graders.models.portable_schema import PortableError
from graders.models.training import Array, TrainingJob, TrainingResult, TrainingState

__all__ = [
    "HEADER_BYTES",
    "PortableError",
    "dump_request",
    "dump_result",
    "load_request",
    "load_result",
]

# Keras's own optimizers keep at most four arrays for each weight.
_SLOTS = 4
_OPTIMIZER_ARRAYS = 8

Seconds = Annotated[float, Between(0, 10**9)]


@dataclass(frozen=True, slots=True)
class StateForms:
    """Types and shapes of a `TrainingState`."""

    weights: Forms
    optimizer: Forms
    seeds: Forms


@dataclass(frozen=True, slots=True)
class Request:
    """Header of a request: its arrays are those of the starting state."""

    version: Literal["1"]
    job: TrainingJob
    start: StateForms


@dataclass(frozen=True, slots=True)
class Reply:
    """Header of a result: its arrays are the state, the metrics, the values."""

    version: Literal["1"]
    job: Digest
    end: StateForms
    metrics: Forms
    values: Form
    epochs: Annotated[tuple[Count, ...], AtMost(100_000)]
    steps: Count
    epoch_seconds: Annotated[tuple[Seconds, ...], AtMost(100_000)]
    seconds: Seconds
    device: Text
    peak_memory: Annotated[int, Between(0, 2**60)]


def dump_request(job: TrainingJob, start: TrainingState) -> bytes:
    """A job and the state it starts from."""
    return pack(Request("1", job, _state_forms(start)), _state_arrays(start))


def load_request(parcel: bytes, most_bytes: int) -> tuple[TrainingJob, TrainingState]:
    """What `dump_request` wrote, at most `most_bytes` of it.

    The state is checked against the architecture, and `job.start` against the state; how much
    the training would cost is not.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    request, arrays = unpack(Request, parcel, most_bytes)
    try:
        shapes = parameter_shapes(request.job.architecture)
    except ValueError as error:
        raise PortableError("job.architecture", "one that can be built", str(error)[:80]) from None
    _check_state(request.start, shapes)
    start = _state(request.start, arrays(_all_forms(request.start)))
    _check_rate(request.job, start)
    if start.digest() != request.job.start:
        raise PortableError("job.start", "the digest of the state", request.job.start)
    return request.job, start


def dump_result(result: TrainingResult) -> bytes:
    """A result."""
    reply = Reply(
        version="1",
        job=result.job,
        end=_state_forms(result.end),
        metrics=forms_of(result.metrics),
        values=forms_of([result.values])[0],
        epochs=result.epochs,
        steps=result.steps,
        epoch_seconds=result.epoch_seconds,
        seconds=result.seconds,
        device=result.device,
        peak_memory=result.peak_memory,
    )
    return pack(reply, [*_state_arrays(result.end), *result.metrics, result.values])


def load_result(parcel: bytes, most_bytes: int) -> TrainingResult:
    """What `dump_result` wrote.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    reply, arrays = unpack(Reply, parcel, most_bytes)
    forms = (*_all_forms(reply.end), *reply.metrics, reply.values)
    *rest, values = arrays(forms)
    if values.dtype != np.float64 or values.ndim != 2 or len(values) != len(reply.epochs):
        raise PortableError("values", "one row of float64 for each epoch", str(reply.values)[:80])
    if len(reply.epoch_seconds) != len(reply.epochs):
        raise PortableError("epoch_seconds", "one for each epoch", str(len(reply.epoch_seconds)))
    states = len(_all_forms(reply.end))
    return TrainingResult(
        job=reply.job,
        end=_state(reply.end, rest[:states]),
        metrics=tuple(rest[states:]),
        epochs=reply.epochs,
        steps=reply.steps,
        values=values,
        epoch_seconds=reply.epoch_seconds,
        seconds=reply.seconds,
        device=reply.device,
        peak_memory=reply.peak_memory,
    )


def _check_state(forms: StateForms, shapes: tuple[tuple[int, ...], ...]) -> None:
    """Refuses a state that is not one of a model with weights of these shapes."""
    if forms.weights != tuple(Form("float32", shape) for shape in shapes):
        raise PortableError("start.weights", "the architecture's", str(forms.weights)[:80])
    most = _SLOTS * len(shapes) + _OPTIMIZER_ARRAYS
    if not 2 <= len(forms.optimizer) <= most:
        raise PortableError("start.optimizer", f"2 to {most} arrays", str(len(forms.optimizer)))
    if forms.optimizer[0] != Form("int64", ()) or forms.optimizer[1] != Form("float32", ()):
        raise PortableError("start.optimizer", "a counter and a rate", str(forms.optimizer)[:80])
    if set(forms.seeds) - {Form("int64", (2,)), Form("uint32", (2,)), Form("int32", (2,))}:
        raise PortableError("start.seeds", "pairs of integers", str(forms.seeds)[:80])


def _check_rate(job: TrainingJob, start: TrainingState) -> None:
    """The rate that is used must be the one the job is known by."""
    rate = job.compilation.optimizer.learning_rate
    used = replace(job.compilation.optimizer, learning_rate=float(start.optimizer[1]))
    if rate is None or used != job.compilation.optimizer:
        raise PortableError("start.optimizer[1]", f"the rate {rate}", str(used.learning_rate))


def _state_forms(state: TrainingState) -> StateForms:
    return StateForms(forms_of(state.weights), forms_of(state.optimizer), forms_of(state.seeds))


def _state_arrays(state: TrainingState) -> list[Array]:
    return [*state.weights, *state.optimizer, *state.seeds]


def _all_forms(forms: StateForms) -> tuple[Form, ...]:
    return (*forms.weights, *forms.optimizer, *forms.seeds)


def _state(forms: StateForms, arrays: list[Array]) -> TrainingState:
    weights, optimizer = len(forms.weights), len(forms.weights) + len(forms.optimizer)
    return TrainingState(
        tuple(arrays[:weights]), tuple(arrays[weights:optimizer]), tuple(arrays[optimizer:])
    )
