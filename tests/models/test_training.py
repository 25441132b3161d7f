"""A training that was run elsewhere leaves everything, to the bit, as one in place."""

from __future__ import annotations

import contextlib
import inspect
import io
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from graders.models.portable_fit import NotPortable, PortableFit, portable
from graders.models.training import TrainingResult
from graders.models.training_apply import apply
from graders.models.training_form import dump_request, dump_result, load_request, load_result
from graders.models.training_run import run
from tests.models.portable_cases import (
    CASES,
    Case,
)

SIGNATURE = inspect.signature(keras.Model.fit)
MOST = 2**30
LOGISTIC = CASES["logistic regression"]
Fit = Callable[[Any, dict[str, Any]], Any]


def described(model: Any, arguments: dict[str, Any]) -> PortableFit | NotPortable:
    bound = SIGNATURE.bind(model, **arguments)
    bound.apply_defaults()
    del bound.arguments["self"]
    return portable(model, bound.arguments)


def job_of(model: Any, arguments: dict[str, Any]) -> PortableFit:
    found = described(model, arguments)
    assert isinstance(found, PortableFit), found
    return found


def in_place(model: Any, arguments: dict[str, Any]) -> Any:
    return model.fit(**arguments)


class Elsewhere:
    """Trains by job, once; then gives the results again, as one that only receives them."""

    def __init__(self) -> None:
        self.results: dict[str, TrainingResult] = {}
        self.trained = 0

    def __call__(self, model: Any, arguments: dict[str, Any]) -> Any:
        fit = job_of(model, arguments)
        job, start = load_request(dump_request(fit.job, fit.start), MOST)
        if job.digest() not in self.results:
            self.trained += 1
            result = load_result(dump_result(run(job, fit.arrays, start)), MOST)
            self.results[job.digest()] = result
        return apply(self.results[job.digest()], model, fit)


@dataclass
class Left:
    """Everything that can be seen after a training."""

    arrays: list[Any]
    plain: tuple[Any, ...]
    printed: str
    draws: tuple[float, ...]


def left_by(case: Case, fit: Fit, times: int, arguments: dict[str, Any] | None = None) -> Left:
    """What is left of a seeded process that makes the case's model and trains it."""
    keras.utils.set_random_seed(5)
    model, printed = case.make(), io.StringIO()
    with contextlib.redirect_stdout(printed):
        for _ in range(times):
            history = fit(model, arguments or case.arguments())
    assert model.history is history
    assert history.model is model
    draws = (
        random.random(),
        float(np.random.rand()),
        float(keras.random.normal(())),
        float(tf.random.normal(())),
    )
    variables = (*model.variables, *model.optimizer.variables, *model.metrics_variables)
    probe = np.random.default_rng(0).uniform(size=(5, *model.input_shape[1:]))
    arrays = [
        *(variable.numpy() for variable in variables),
        model(probe.astype("float32"), training=False).numpy(),
        # Another draw for each Dropout: its random state must be where it would be.
        model(probe.astype("float32"), training=True).numpy(),
    ]
    plain = (
        {name: [float(each).hex() for each in values] for name, values in history.history.items()},
        list(history.history),
        history.epoch,
        history.params,
        model.stop_training,
        [(name, float(value).hex()) for name, value in model.get_metrics_result().items()],
    )
    return Left(arrays, plain, re.sub(r"\d+(s|ms|us)\b", "TIME", printed.getvalue()), draws)


def assert_same(received: Left, expected: Left) -> None:
    assert len(received.arrays) == len(expected.arrays)
    for position, (one, other) in enumerate(zip(received.arrays, expected.arrays, strict=True)):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes(), f"array {position}"
    assert received.plain == expected.plain
    assert received.draws == expected.draws
    assert received.printed == expected.printed


@pytest.mark.parametrize("name", CASES)
def test_a_training_elsewhere_leaves_what_one_in_place_leaves(name: str) -> None:
    case, elsewhere = CASES[name], Elsewhere()
    left_by(case, elsewhere, 1)
    assert_same(left_by(case, elsewhere, 1), left_by(case, in_place, 1))
    assert elsewhere.trained == 1


@pytest.mark.parametrize("name", ["LeNet", "nested, momentum, validation data"])
def test_a_second_training_goes_on_from_the_first(name: str) -> None:
    case, elsewhere = CASES[name], Elsewhere()
    left_by(case, elsewhere, 2)
    assert_same(left_by(case, elsewhere, 2), left_by(case, in_place, 2))
    assert elsewhere.trained == 2


def test_a_training_in_place_goes_on_from_one_elsewhere() -> None:
    elsewhere = Elsewhere()

    def mixed() -> Fit:
        turns = iter((elsewhere, in_place))
        return lambda model, arguments: next(turns)(model, arguments)  # noqa: PLW0108

    left_by(CASES["LeNet"], mixed(), 2)
    assert_same(left_by(CASES["LeNet"], mixed(), 2), left_by(CASES["LeNet"], in_place, 2))


def test_a_loaded_model_goes_on_training(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    model = CASES["LeNet"].make()
    model.fit(**CASES["LeNet"].arguments())
    path = tmp_path / "lenet.keras"
    model.save(path)
    case = replace(CASES["LeNet"], make=lambda: keras.models.load_model(path))
    elsewhere = Elsewhere()
    left_by(case, elsewhere, 1)
    assert_same(left_by(case, elsewhere, 1), left_by(case, in_place, 1))


def test_the_progress_bar_ends_each_epoch_as_in_place() -> None:
    arguments = {**LOGISTIC.arguments(), "verbose": "auto"}
    shown = [left_by(LOGISTIC, fit, 1, arguments) for fit in (Elsewhere(), in_place)]
    last_words = [
        [line.rpartition("\r")[2].rstrip() for line in each.printed.split("\n")] for each in shown
    ]
    assert last_words[0] == last_words[1]
    assert "accuracy" in last_words[0][1]


def test_a_history_of_ones_own_is_filled_and_returned() -> None:
    model, mine = LOGISTIC.make(), keras.callbacks.History()
    history = Elsewhere()(model, {**LOGISTIC.arguments(), "callbacks": [mine]})
    assert history is mine
    assert mine.epoch == [0, 1]
