"""What is asked of the host as an evaluation or a prediction, and what is left to Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from graders.models.portable_inference import (
    PortableInference,
)
from graders.models.portable_model import NotPortable
from tests.models.portable_cases import compiled, flat, layers, one_hot, stacked
from tests.models.test_inference import (
    LOGISTIC,
    evaluation_of,
    prediction_of,
    whatever_the_work,  # noqa: F401 - a fixture for all tests
)


def _trained(make: Callable[[], Any] = LOGISTIC.make) -> Any:
    model = make()
    model.fit(flat(), one_hot(), verbose=0)
    return model


def _with_replaced_step() -> Any:
    model = _trained()
    model.test_step = lambda data: {}
    model.predict_step = lambda data: data
    return model


def _eager() -> Any:
    model = _trained()
    model.run_eagerly = True
    return model


class OwnModel(keras.Sequential):
    def test_step(self, data: Any) -> Any:
        return super().test_step(data)


LEFT_TO_KERAS: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "own class": (
        lambda: _trained(
            lambda: compiled(OwnModel([keras.Input((784,)), layers.Dense(10, "softmax")]))
        ),
        {},
    ),
    "replaced step": (_with_replaced_step, {}),
    "eager": (_eager, {}),
    "steps": (_trained, {"steps": 2}),
    "callback": (_trained, {"callbacks": [keras.callbacks.Callback()]}),
    "tensor": (_trained, {"x": tf.constant(flat())}),
    "samples that do not fit": (_trained, {"x": flat()[:, :700]}),
    "lambda": (
        lambda: _trained(
            lambda: compiled(stacked(layers.Lambda(lambda x: x), layers.Dense(10, "softmax")))
        ),
        {},
    ),
    "no weights": (lambda: compiled(keras.Sequential([layers.Dense(10)])), {}),
}


@pytest.mark.parametrize("name", LEFT_TO_KERAS)
def test_what_no_job_describes_is_left_to_keras(name: str) -> None:
    make, changes = LEFT_TO_KERAS[name]
    model = make()
    assert isinstance(prediction_of(model, {"x": flat(), **changes}), NotPortable)
    both = {"x": flat(), "y": one_hot(), **changes}
    assert isinstance(evaluation_of(model, both), NotPortable)


EVALUATED_BY_KERAS: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "never compiled": (lambda: stacked(layers.Dense(10, "softmax")), {}),
    "never trained": (LOGISTIC.make, {}),
    "sample weights": (_trained, {"sample_weight": np.ones(len(flat()))}),
    "within fit": (_trained, {"_use_cached_eval_dataset": True}),
    "fewer labels": (_trained, {"y": one_hot()[:10]}),
    "list": (_trained, {"y": one_hot().tolist()}),
    "own loss": (
        lambda: _trained(
            lambda: compiled(
                stacked(layers.Dense(10, "softmax")),
                loss=lambda expected, given: keras.ops.mean((expected - given) ** 2),
            )
        ),
        {},
    ),
}


@pytest.mark.parametrize("name", EVALUATED_BY_KERAS)
def test_an_evaluation_that_no_job_describes_is_left_to_keras(name: str) -> None:
    make, changes = EVALUATED_BY_KERAS[name]
    arguments = {"x": flat(), "y": one_hot(), **changes}
    assert isinstance(evaluation_of(make(), arguments), NotPortable)


def test_small_work_stays_in_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = prediction_of(_trained(), {"x": flat()})
    assert found == NotPortable("small work")


def digest_of(**changes: Any) -> str:
    keras.utils.set_random_seed(0)
    model = _trained(changes.pop("make", LOGISTIC.make))
    asked = evaluation_of(model, {"x": flat(), "y": one_hot(), **changes})
    assert isinstance(asked, PortableInference)
    return asked.job.digest()


def test_how_it_is_displayed_and_which_optimizer_it_had_is_no_part_of_a_job() -> None:
    momentum = keras.optimizers.SGD(0.5)
    same = lambda: compiled(stacked(layers.Dense(10, "softmax")), momentum)  # noqa: E731
    assert len({digest_of(), digest_of(verbose=2, return_dict=True), digest_of(make=same)}) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"x": flat() + np.float32(1e-7)},
        {"y": one_hot()[::-1]},
        {"batch_size": 33},
        {"make": lambda: compiled(stacked(layers.Dense(10, "softmax")), metrics=["mse"])},
        {"make": lambda: compiled(stacked(layers.Dense(10, "sigmoid")), "sgd", "mse")},
    ],
    ids=["data", "labels", "batch", "metric", "architecture and loss"],
)
def test_another_evaluation_has_another_digest(changes: dict[str, Any]) -> None:
    assert digest_of(**changes) != digest_of()
