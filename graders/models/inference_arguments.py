"""The arguments of `evaluate` and `predict`, where they are ones that a job has words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.models.fit_arguments import (
    UnusualFitError,
    read_array,
    read_batch_size,
    read_verbose,
)
from graders.models.training import Array


@dataclass(frozen=True, slots=True, eq=False)
class InferenceArguments:
    """What one call asks for; `y` is None for `predict`, `verbose` as the caller gave it."""

    x: Array
    y: Array | None
    batch_size: int
    verbose: bool | int | str
    return_dict: bool = False


def read_evaluate(arguments: Mapping[str, Any]) -> InferenceArguments:
    """Canonical form of the bound arguments of `keras.Model.evaluate`, defaults applied.

    Raises:
        UnusualFitError: there is none.
    """
    # Among the keywords: the data that a `fit` in progress keeps for its validation.
    if arguments["kwargs"] or arguments["sample_weight"] is not None:
        raise UnusualFitError("sample_weight, or other arguments")
    if type(arguments["return_dict"]) is not bool:
        raise UnusualFitError("return_dict")
    x, y = read_array(arguments["x"]), read_array(arguments["y"])
    if len(x) != len(y):
        raise UnusualFitError("x and y of different lengths")
    return InferenceArguments(x, y, *_common(arguments), arguments["return_dict"])


def read_predict(arguments: Mapping[str, Any]) -> InferenceArguments:
    """Canonical form of the bound arguments of `keras.Model.predict`, defaults applied.

    Raises:
        UnusualFitError: there is none.
    """
    return InferenceArguments(read_array(arguments["x"]), None, *_common(arguments))


def _common(arguments: Mapping[str, Any]) -> tuple[int, bool | int | str]:
    for name in ("steps", "callbacks"):
        if arguments[name] is not None:
            raise UnusualFitError(name)
    return read_batch_size(arguments["batch_size"]), read_verbose(arguments["verbose"])
