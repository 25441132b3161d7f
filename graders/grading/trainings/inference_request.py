"""`evaluate` and `predict` in a student's kernel become requests, where that gives the same.

Everything else is left to Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graders.grading.trainings.frames import INFERENCE
from graders.grading.trainings.requests import (
    MOST_BYTES,
    EntrainementRefuse,
    NotDoneError,
    RefusedError,
    Requests,
)
from graders.models.inference import InferenceResult
from graders.models.inference_apply import apply_evaluation, apply_prediction
from graders.models.inference_form import dump_request, load_result
from graders.models.portable_inference import (
    PortableInference,
    portable_evaluation,
    portable_prediction,
)
from graders.models.portable_model import NotPortable
from graders.models.portable_schema import PortableError

Apply = Callable[[InferenceResult, Any, PortableInference], Any]


def evaluated(requests: Requests, model: Any, arguments: Mapping[str, Any]) -> tuple[Any] | None:
    """What `evaluate` returns, measured by the host; None for it to measure here."""
    return _asked(requests, model, portable_evaluation(model, arguments), apply_evaluation)


def predicted(requests: Requests, model: Any, arguments: Mapping[str, Any]) -> tuple[Any] | None:
    """What `predict` returns, computed by the host; None for it to compute here."""
    return _asked(requests, model, portable_prediction(model, arguments), apply_prediction)


def _asked(
    requests: Requests, model: Any, described: PortableInference | NotPortable, apply: Apply
) -> tuple[Any] | None:
    if isinstance(described, NotPortable):
        return None
    try:
        request = dump_request(described.job, described.weights)
        content = requests.ask(INFERENCE, request, described.arrays)
        return (apply(load_result(content, MOST_BYTES), model, described),)
    except RefusedError as refused:
        raise EntrainementRefuse(str(refused)) from None
    except (NotDoneError, PortableError, ValueError):
        return None
