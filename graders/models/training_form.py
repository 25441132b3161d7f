"""Trainings as bytes: a strict JSON header, then raw little-endian arrays; nothing is executed.

A parcel is eight bytes of length, the header, and the arrays one after the other. What is
read is believed only as far as it is checked here: types, sizes, and that nothing is left over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Annotated, Any, Literal

import numpy as np

from graders.models.bounds import AtMost, Between, Count, Digest, Text
from graders.models.counting import parameter_shapes
from graders.models.portable_schema import PortableError, decode, encode, parse_json
from graders.models.training import Array, DataType, TrainingJob, TrainingResult, TrainingState

__all__ = ["PortableError", "dump_request", "dump_result", "load_request", "load_result"]

HEADER_BYTES = 256 * 1024
_LENGTH_BYTES = 8
# Keras's own optimizers keep at most four arrays for each weight.
_SLOTS = 4
_OPTIMIZER_ARRAYS = 8

Seconds = Annotated[float, Between(0, 10**9)]


@dataclass(frozen=True, slots=True)
class Form:
    """Type and shape of one array of a parcel."""

    dtype: DataType
    shape: Annotated[tuple[Count, ...], AtMost(6)]


Forms = Annotated[tuple[Form, ...], AtMost(2000)]


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
    return _pack(Request("1", job, _state_forms(start)), _state_arrays(start))


def load_request(parcel: bytes, most_bytes: int) -> tuple[TrainingJob, TrainingState]:
    """What `dump_request` wrote, at most `most_bytes` of it.

    The state is checked against the architecture, and `job.start` against the state; how much
    the training would cost is not.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    request, arrays = _unpack(Request, parcel, most_bytes)
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
        metrics=_forms(result.metrics),
        values=_forms([result.values])[0],
        epochs=result.epochs,
        steps=result.steps,
        epoch_seconds=result.epoch_seconds,
        seconds=result.seconds,
        device=result.device,
        peak_memory=result.peak_memory,
    )
    return _pack(reply, [*_state_arrays(result.end), *result.metrics, result.values])


def load_result(parcel: bytes, most_bytes: int) -> TrainingResult:
    """What `dump_result` wrote.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    reply, arrays = _unpack(Reply, parcel, most_bytes)
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


def _pack(header: object, arrays: Iterable[Array]) -> bytes:
    try:
        text = json.dumps(encode(header), ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise PortableError("header", "finite numbers", str(error)[:80]) from None
    raw = (array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in arrays)
    return b"".join((len(text).to_bytes(_LENGTH_BYTES, "little"), text, *raw))


class _Arrays:
    """The arrays of a parcel, once it is known which they are; read-only views of it."""

    def __init__(self, content: memoryview) -> None:
        self._content = content

    def __call__(self, forms: tuple[Form, ...]) -> list[Array]:
        sizes = [prod(form.shape) * np.dtype(form.dtype).itemsize for form in forms]
        if sum(sizes) != len(self._content):
            raise PortableError("arrays", f"{sum(sizes)} bytes"[:80], f"{len(self._content)} bytes")
        return list(self._split(forms, sizes))

    def _split(self, forms: tuple[Form, ...], sizes: list[int]) -> Iterator[Array]:
        start = 0
        for form, size in zip(forms, sizes, strict=True):
            kind = np.dtype(form.dtype)
            flat = np.frombuffer(self._content[start : start + size], kind.newbyteorder("<"))
            # A copy where the parcel's own bytes are not aligned for this type.
            array = np.require(flat.astype(kind, copy=False), requirements="A")
            yield array.reshape(form.shape)
            start += size


def _unpack(kind: type[Any], parcel: bytes, most_bytes: int) -> tuple[Any, _Arrays]:
    if len(parcel) > most_bytes:
        raise PortableError("parcel", f"at most {most_bytes} bytes", str(len(parcel)))
    length = int.from_bytes(parcel[:_LENGTH_BYTES], "little")
    content = memoryview(parcel)[_LENGTH_BYTES:]
    if len(parcel) < _LENGTH_BYTES or length > len(content):
        raise PortableError("parcel", "a whole header", f"{len(parcel)} bytes")
    header = decode(kind, parse_json(bytes(content[:length]), HEADER_BYTES))
    return header, _Arrays(content[length:])


def _forms(arrays: Iterable[Array]) -> tuple[Form, ...]:
    return tuple(Form(array.dtype.name, array.shape) for array in arrays)  # type: ignore[arg-type]


def _state_forms(state: TrainingState) -> StateForms:
    return StateForms(_forms(state.weights), _forms(state.optimizer), _forms(state.seeds))


def _state_arrays(state: TrainingState) -> list[Array]:
    return [*state.weights, *state.optimizer, *state.seeds]


def _all_forms(forms: StateForms) -> tuple[Form, ...]:
    return (*forms.weights, *forms.optimizer, *forms.seeds)


def _state(forms: StateForms, arrays: list[Array]) -> TrainingState:
    weights, optimizer = len(forms.weights), len(forms.weights) + len(forms.optimizer)
    return TrainingState(
        tuple(arrays[:weights]), tuple(arrays[weights:optimizer]), tuple(arrays[optimizer:])
    )
