"""Models cross as data, and are met as live Keras models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from graders.grading.checking.checker import (
    Checker,
)
from graders.grading.transcript import Verified
from graders.models.reading import read_snapshot
from graders.models.training import weights_digest
from graders.rubric import Outcome
from tests.grading.checking.checked import (
    HIDDEN,
    run,
    run_on_models,
    shown,
)


def test_a_model_is_met_as_a_live_keras_model(checker: Checker, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse", metrics=["accuracy"])
    history = model.fit(np.ones((6, 4)), np.ones((6, 2)), epochs=2, verbose=0)
    source = """
x = tf.ones((3, 4))
(
    isinstance(mlp, keras.Model), mlp.built, mlp.compiled, mlp.output_shape, mlp.count_params(),
    type(mlp.optimizer).__name__, int(mlp.optimizer.iterations), len(history.history["loss"]),
    mlp.history.epoch, np.allclose(mlp(x), expected), type(expected).__name__,
)
"""
    values = {"mlp": model, "history": history, "expected": model(keras.ops.ones((3, 4)))}
    done = run_on_models(checker, tmp_path, source, **values)
    assert eval(shown(done)) == (
        *(True, True, True, (None, 2), 10, "SGD", 2, 2, [0, 1], True, "EagerTensor"),
    )


def test_a_training_that_only_the_student_tells_of_is_named(
    checker: Checker, tmp_path: Path
) -> None:
    told, silent = (keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]) for _ in "ab")
    told.compile(optimizer="sgd", loss="mse")
    told.fit(np.ones((6, 4)), np.ones((6, 2)), verbose=0)
    assert run_on_models(checker, tmp_path, "1", told=told, silent=silent).unverified == ("told",)


def test_a_training_by_our_trainers_is_not_named(checker: Checker, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(np.ones((6, 4)), np.ones((6, 2)), verbose=0)
    snapshot = read_snapshot(model)
    assert snapshot.training is not None
    assert snapshot.compilation is not None
    assert snapshot.weights is not None
    record = replace(snapshot.training, verified=True)
    weights, architecture = weights_digest(snapshot.weights), snapshot.architecture.digest()
    known = Verified(weights, snapshot.compilation, record, architecture)
    assert run_on_models(checker, tmp_path, "1", (known,), model=model).unverified == ()


def test_a_model_that_exists_as_data_only_still_says_what_it_is(
    checker: Checker, tmp_path: Path
) -> None:
    start = keras.Input((4,))
    ways = [keras.layers.Dense(2)(start), keras.layers.Dense(2)(start)]
    branches = keras.Model(start, keras.layers.Add()(ways))
    unknown = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: 2 * x)])
    source = """
from graders.models.carried import origin_of
(
    isinstance(branches, keras.Model), isinstance(unknown, keras.Model),
    origin_of(branches).reason.name,
    [type(operation).__name__ for operation in origin_of(unknown).architecture.operations],
)
"""
    done = run_on_models(checker, tmp_path, source, branches=branches, unknown=unknown)
    assert shown(done) == "(True, True, 'BRANCHES', ['Opaque'])"


def test_the_answer_key_judges_a_rebuilt_model(checker: Checker, tmp_path: Path) -> None:
    layers = [keras.layers.Dense(100, "sigmoid"), keras.layers.Dense(10, "softmax")]
    mlp = keras.Sequential([keras.Input((784,)), *layers])
    line = "from graders.answer_keys import tp_keras\ntp_keras.grade('test_q4_mlp', mlp=mlp)"
    done = run_on_models(checker, tmp_path, HIDDEN.format(line), mlp=mlp)
    assert done.result is not None
    assert done.result.points == 2
    assert done.result.outcome is Outcome.PASSED


def test_a_run_costs_little_more_than_what_it_runs(checker: Checker) -> None:
    done: list[Any] = [run(checker, "n", {"n": 1}).cpu_seconds for _ in range(3)]
    assert min(done) < 0.1
