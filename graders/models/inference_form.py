"""Evaluations and predictions as bytes: parcels, believed only as far as they are checked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from graders.models.bounds import AtMost, Between, Digest
from graders.models.counting import parameter_shapes
from graders.models.inference import InferenceJob, InferenceResult
from graders.models.parcel import Form, Forms, forms_of, pack, unpack
from graders.models.portable_schema import PortableError
from graders.models.snapshot import Weights
from graders.models.training import weights_digest

Seconds = Annotated[float, Between(0, 10**9)]


@dataclass(frozen=True, slots=True)
class Request:
    """Header of a request: its arrays are the model's weights."""

    version: Literal["1"]
    job: InferenceJob
    weights: Forms


@dataclass(frozen=True, slots=True)
class Reply:
    """Header of a result: its arrays are the predictions, if any, the values, the metrics."""

    version: Literal["1"]
    job: Digest
    predictions: Annotated[tuple[Form, ...], AtMost(1)]
    values: Form
    metrics: Forms
    seconds: Seconds


def dump_request(job: InferenceJob, weights: Weights) -> bytes:
    """A job and the weights of its model."""
    return pack(Request("1", job, forms_of(weights)), weights)


def load_request(parcel: bytes, most_bytes: int) -> tuple[InferenceJob, Weights]:
    """What `dump_request` wrote, at most `most_bytes` of it.

    The weights are checked against the architecture, and `job.weights` against them; how much
    the work would cost is not.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    request, arrays = unpack(Request, parcel, most_bytes)
    try:
        shapes = parameter_shapes(request.job.architecture)
    except ValueError as error:
        raise PortableError("job.architecture", "one that can be built", str(error)[:80]) from None
    if request.weights != tuple(Form("float32", shape) for shape in shapes):
        raise PortableError("weights", "the architecture's", str(request.weights)[:80])
    weights = tuple(arrays(request.weights))
    if weights_digest(weights) != request.job.weights:
        raise PortableError("job.weights", "the digest of the weights", request.job.weights)
    return request.job, weights


def dump_result(result: InferenceResult) -> bytes:
    """A result."""
    predictions = () if result.predictions is None else (result.predictions,)
    reply = Reply(
        version="1",
        job=result.job,
        predictions=forms_of(predictions),
        values=forms_of([result.values])[0],
        metrics=forms_of(result.metrics),
        seconds=result.seconds,
    )
    return pack(reply, [*predictions, result.values, *result.metrics])


def load_result(parcel: bytes, most_bytes: int) -> InferenceResult:
    """What `dump_result` wrote.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    reply, arrays = unpack(Reply, parcel, most_bytes)
    found = arrays((*reply.predictions, reply.values, *reply.metrics))
    predictions = found.pop(0) if reply.predictions else None
    values, *metrics = found
    if values.dtype != np.float64 or values.ndim != 1:
        raise PortableError("values", "float64, one after the other", str(reply.values)[:80])
    return InferenceResult(reply.job, predictions, values, tuple(metrics), reply.seconds)
