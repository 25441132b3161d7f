"""Which calls of `fit` are jobs, and which jobs are the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from graders.models.portable_fit import NotPortable
from tests.models.portable_cases import (
    CASES,
    compiled,
    flat,
    layers,
    one_hot,
    optimizers,
    stacked,
)
from tests.models.test_training import LOGISTIC, described, job_of

SAME_TRAINING = (
    "perceptron",
    "perceptron, activation layers",
    "perceptron, functions of tf.nn",
)


def test_equivalent_spellings_and_displays_are_one_training() -> None:
    digests = set()
    for name in SAME_TRAINING:
        for verbose in (0, 1):
            keras.utils.set_random_seed(0)
            arguments = {**CASES[name].arguments(), "verbose": verbose}
            digests.add(job_of(CASES[name].make(), arguments).job.digest())
    assert len(digests) == 1


CHANGES: dict[str, dict[str, Any]] = {
    "epochs": {"epochs": 3},
    "batch": {"batch_size": 65},
    "order": {"shuffle": False},
    "first epoch": {"initial_epoch": 1},
    "split": {"validation_split": 0.1},
    "validation": {"validation_data": (flat()[:9], one_hot()[:9])},
    "data": {"x": flat() + np.float32(1e-7)},
    "labels": {"y": one_hot()[::-1]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_training_has_another_digest(change: str) -> None:
    keras.utils.set_random_seed(0)
    usual = job_of(LOGISTIC.make(), LOGISTIC.arguments()).job
    keras.utils.set_random_seed(0)
    other = job_of(LOGISTIC.make(), {**LOGISTIC.arguments(), **CHANGES[change]}).job
    assert other.digest() != usual.digest()


def test_another_seed_is_another_training() -> None:
    model = LOGISTIC.make()
    jobs = []
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        jobs.append(job_of(model, LOGISTIC.arguments()).job)
    assert jobs[0].start == jobs[1].start
    assert jobs[0].digest() != jobs[1].digest()


class _OwnModel(keras.Sequential):
    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


def _own_loss(expected: Any, received: Any) -> Any:
    return keras.ops.mean((expected - received) ** 2, axis=-1)


def _with_replaced_step() -> Any:
    model: Any = LOGISTIC.make()
    model.train_step = lambda data: {}
    return model


def _with_another_optimizer() -> Any:
    shared = optimizers.SGD(0.5)
    compiled(stacked(layers.Dense(10, "softmax")), shared).fit(flat(), one_hot(), verbose=0)
    return compiled(stacked(layers.Dense(10, "softmax")), shared)


def _eager() -> Any:
    model = LOGISTIC.make()
    model.run_eagerly = True
    return model


def _softmax(**settings: Any) -> Any:
    return stacked(layers.Dense(10, "softmax", **settings))


NOT_PORTABLE: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "own class": (lambda: compiled(_OwnModel([keras.Input((784,)), layers.Dense(10)])), {}),
    "own loss": (lambda: compiled(_softmax(), loss=_own_loss), {}),
    "own metric": (lambda: compiled(_softmax(), metrics=[_own_loss]), {}),
    "own activation": (lambda: compiled(stacked(layers.Dense(10, lambda x: x * 2))), {}),
    "own relu": (lambda: compiled(stacked(layers.Dense(10, lambda x: tf.maximum(x, 0)))), {}),
    "lambda": (lambda: compiled(stacked(layers.Lambda(lambda x: x), layers.Dense(10))), {}),
    "replaced step": (_with_replaced_step, {}),
    "another model's optimizer": (_with_another_optimizer, {}),
    "eager": (_eager, {}),
    "compiled by XLA": (lambda: _with(jit_compile=True), {}),
    "several steps at once": (lambda: _with(steps_per_execution=2), {}),
    "schedule": (
        lambda: compiled(
            _softmax(), optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))
        ),
        {},
    ),
    "setting of many digits": (lambda: compiled(_softmax(), optimizers.Adam(beta_1=1 / 3)), {}),
    "regularised": (lambda: compiled(_softmax(kernel_regularizer="l2")), {}),
    "flatten after softmax": (
        lambda: compiled(stacked(layers.Dense(10, "softmax"), layers.Flatten())),
        {},
    ),
    "callback": (LOGISTIC.make, {"callbacks": [keras.callbacks.EarlyStopping()]}),
    "class weights": (LOGISTIC.make, {"class_weight": {0: 2.0}}),
    "sample weights": (LOGISTIC.make, {"sample_weight": np.ones(len(flat()))}),
    "steps": (LOGISTIC.make, {"steps_per_epoch": 2}),
    "tensor": (LOGISTIC.make, {"x": tf.constant(flat())}),
    "list": (LOGISTIC.make, {"y": one_hot().tolist()}),
    "generator": (LOGISTIC.make, {"x": iter([(flat(), one_hot())]), "y": None}),
    "labels that do not fit": (LOGISTIC.make, {"y": one_hot()[:, :7]}),
    "samples that do not fit": (LOGISTIC.make, {"x": flat()[:, :700]}),
    "no epoch": (LOGISTIC.make, {"epochs": 0}),
}


def _with(**settings: Any) -> Any:
    model = _softmax()
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"], **settings)
    return model


@pytest.mark.parametrize("name", NOT_PORTABLE)
def test_what_no_job_describes_is_left_to_keras(name: str) -> None:
    keras.utils.set_random_seed(0)
    make, changes = NOT_PORTABLE[name]
    assert isinstance(described(make(), {**LOGISTIC.arguments(), **changes}), NotPortable)


def test_without_a_seed_no_job_describes_the_order_of_the_samples() -> None:
    model = LOGISTIC.make()
    tf.random.set_seed(None)
    found = described(model, LOGISTIC.arguments())
    assert found == NotPortable("no global seed")


def test_describing_a_training_draws_no_random_number() -> None:
    keras.utils.set_random_seed(0)
    model = CASES["perceptron, unbuilt"].make()
    states = random.getstate(), str(np.random.get_state())
    job_of(model, CASES["perceptron, unbuilt"].arguments())
    assert (random.getstate(), str(np.random.get_state())) == states
