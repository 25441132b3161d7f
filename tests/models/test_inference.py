"""An evaluation or a prediction made elsewhere leaves everything, to the bit, as one in place."""

from __future__ import annotations

import contextlib
import inspect
import io
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from graders.models import portable_inference
from graders.models.inference import InferenceResult
from graders.models.inference_apply import apply_evaluation, apply_prediction
from graders.models.inference_form import dump_request, dump_result, load_request, load_result
from graders.models.inference_run import infer
from graders.models.portable_inference import (
    PortableInference,
    portable_evaluation,
    portable_prediction,
)
from graders.models.portable_model import NotPortable
from tests.models.portable_cases import CASES, Case, flat, layers, stacked

MOST = 2**30
LOGISTIC = CASES["logistic regression"]
Call = Callable[[Any, dict[str, Any]], Any]


@pytest.fixture(autouse=True)
def whatever_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable_inference, "LEAST_WORK", 0)


def bound(method: Any, model: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = inspect.signature(method).bind(model, **arguments)
    found.apply_defaults()
    return {name: value for name, value in found.arguments.items() if name != "self"} | {
        "kwargs": found.kwargs.get("kwargs", {}) or found.arguments.get("kwargs", {})
    }


def evaluation_of(model: Any, arguments: Mapping[str, Any]) -> PortableInference | NotPortable:
    return portable_evaluation(model, bound(keras.Model.evaluate, model, arguments))


def prediction_of(model: Any, arguments: Mapping[str, Any]) -> PortableInference | NotPortable:
    return portable_prediction(model, bound(keras.Model.predict, model, arguments))


def elsewhere(asked: PortableInference) -> InferenceResult:
    """A result as one gets it from another process."""
    job, weights = load_request(dump_request(asked.job, asked.weights), MOST)
    return load_result(dump_result(infer(job, asked.arrays, weights)), MOST)


def evaluated_elsewhere(model: Any, arguments: dict[str, Any]) -> Any:
    asked = evaluation_of(model, arguments)
    assert isinstance(asked, PortableInference), asked
    return apply_evaluation(elsewhere(asked), model, asked)


def predicted_elsewhere(model: Any, arguments: dict[str, Any]) -> Any:
    asked = prediction_of(model, arguments)
    assert isinstance(asked, PortableInference), asked
    return apply_prediction(elsewhere(asked), model, asked)


@dataclass
class Left:
    """Everything that can be seen after a call."""

    returned: Any
    arrays: list[bytes]
    metrics: list[tuple[str, str]]
    draws: tuple[float, ...]
    printed: str


def exact(value: Any) -> Any:
    """A value such that equality is to the bit, types included."""
    if isinstance(value, dict):
        return [(name, exact(each)) for name, each in value.items()]
    if isinstance(value, list):
        return [exact(each) for each in value]
    if isinstance(value, np.ndarray):
        flags = (value.flags.writeable, value.flags.c_contiguous)
        return (type(value), value.dtype, value.shape, flags, value.tobytes())
    return (type(value), float(value).hex())


def left_by(case: Case, call: Call, arguments: dict[str, Any]) -> Left:
    """What is left of a seeded process that trains the case's model, and calls it."""
    keras.utils.set_random_seed(5)
    model, printed = case.make(), io.StringIO()
    model.fit(**{**case.arguments(), "verbose": 0})
    with contextlib.redirect_stdout(printed):
        returned = exact(call(model, arguments))
    draws = (
        random.random(),
        float(np.random.rand()),
        float(keras.random.normal(())),
        float(tf.random.normal(())),
    )
    variables = (*model.variables, *model.optimizer.variables, *model.metrics_variables)
    return Left(
        returned,
        [variable.numpy().tobytes() for variable in variables],
        [(name, float(value).hex()) for name, value in model.get_metrics_result().items()],
        draws,
        re.sub(r"\d+(s|ms|us)\b", "TIME", printed.getvalue()),
    )


def evaluated(model: Any, arguments: dict[str, Any]) -> Any:
    return model.evaluate(**arguments)


def predicted(model: Any, arguments: dict[str, Any]) -> Any:
    return model.predict(**arguments)


def data(case: Case) -> dict[str, Any]:
    """Samples the model has not all been trained on alike, and what is expected for them."""
    return {"x": case.x()[7:], "y": case.y()[7:]}


@pytest.mark.parametrize("name", CASES)
def test_an_evaluation_elsewhere_leaves_what_one_in_place_leaves(name: str) -> None:
    arguments = {**data(CASES[name]), "verbose": 2, "return_dict": True, "batch_size": 50}
    left = [left_by(CASES[name], call, arguments) for call in (evaluated_elsewhere, evaluated)]
    assert left[0] == left[1]
    assert "step" in left[0].printed


@pytest.mark.parametrize("name", CASES)
def test_a_prediction_elsewhere_leaves_what_one_in_place_leaves(name: str) -> None:
    arguments = {"x": CASES[name].x()[7:], "verbose": 2}
    left = [left_by(CASES[name], call, arguments) for call in (predicted_elsewhere, predicted)]
    assert left[0] == left[1]


@pytest.mark.parametrize(
    "changes",
    [{}, {"batch_size": 1}, {"batch_size": 10_000}, {"verbose": 0}],
    ids=["defaults", "one by one", "all at once", "in silence"],
)
def test_scores_come_as_a_list_where_no_dictionary_is_asked_for(changes: dict[str, Any]) -> None:
    arguments = {"verbose": 2, **data(LOGISTIC), **changes}
    left = [left_by(LOGISTIC, call, arguments) for call in (evaluated_elsewhere, evaluated)]
    assert left[0] == left[1]


def test_the_progress_bar_ends_as_in_place() -> None:
    arguments = {**data(LOGISTIC), "verbose": "auto"}
    shown = [
        left_by(LOGISTIC, call, arguments).printed.rpartition("\r")[2].rstrip()
        for call in (evaluated_elsewhere, evaluated)
    ]
    assert shown[0] == shown[1]
    assert "accuracy" in shown[0]


@pytest.mark.parametrize("call", [evaluated_elsewhere, predicted_elsewhere])
def test_a_loaded_model_gives_the_same(call: Call, tmp_path: Path) -> None:
    model = CASES["LeNet"].make()
    model.fit(**{**CASES["LeNet"].arguments(), "verbose": 0})
    model.save(tmp_path / "lenet.keras")
    loaded, twin = (keras.models.load_model(tmp_path / "lenet.keras") for _ in range(2))
    in_place = evaluated if call is evaluated_elsewhere else predicted
    arguments = {**data(CASES["LeNet"]), "verbose": 0}
    if in_place is predicted:
        del arguments["y"]
    assert exact(call(loaded, arguments)) == exact(in_place(twin, arguments))


def test_a_model_that_was_never_compiled_predicts_the_same() -> None:
    model = stacked(layers.Dense(10, "softmax"))
    arguments = {"x": flat(), "verbose": 0}
    assert exact(predicted_elsewhere(model, arguments)) == exact(predicted(model, arguments))


def test_training_goes_on_alike_after_an_evaluation() -> None:
    def then_trained(call: Call) -> Call:
        def both(model: Any, arguments: dict[str, Any]) -> Any:
            call(model, arguments)
            return model.fit(**{**CASES["LeNet"].arguments(), "verbose": 0}).history

        return both

    arguments = {**data(CASES["LeNet"]), "verbose": 0}
    left = [
        left_by(CASES["LeNet"], then_trained(call), arguments)
        for call in (evaluated_elsewhere, evaluated)
    ]
    assert left[0] == left[1]


def test_a_result_of_another_call_is_refused_and_changes_nothing() -> None:
    model = LOGISTIC.make()
    model.fit(**{**LOGISTIC.arguments(), "verbose": 0})
    before = [variable.numpy().tobytes() for variable in model.metrics_variables]
    asked = evaluation_of(model, data(LOGISTIC))
    assert isinstance(asked, PortableInference)
    other = replace(elsewhere(asked), values=np.zeros(3))
    with pytest.raises(ValueError, match="values"):
        apply_evaluation(other, model, asked)
    assert [variable.numpy().tobytes() for variable in model.metrics_variables] == before
