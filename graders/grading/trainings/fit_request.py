"""`fit` in a student's kernel becomes a request to the trainers, where that gives the same.

Everything else is left to Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.grading.trainings.frames import FIT
from graders.grading.trainings.requests import (
    MOST_BYTES,
    EntrainementRefuse,
    NotDoneError,
    RefusedError,
    Requests,
)
from graders.models.portable_fit import NotPortable, portable
from graders.models.portable_schema import PortableError
from graders.models.training_apply import apply
from graders.models.training_form import dump_request, load_result


def fitted(requests: Requests, model: Any, arguments: Mapping[str, Any]) -> tuple[Any] | None:
    """The `History` of a training that the host has run; None for `fit` to train here."""
    described = portable(model, arguments)
    if isinstance(described, NotPortable):
        return None
    try:
        request = dump_request(described.job, described.start)
        result = load_result(requests.ask(FIT, request, described.arrays), MOST_BYTES)
    except RefusedError as refused:
        raise EntrainementRefuse(str(refused)) from None
    except (NotDoneError, PortableError):
        return None
    return (apply(result, model, described),)
