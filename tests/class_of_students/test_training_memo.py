"""A training that is not run again leaves a model as if it had been."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from tests.class_of_students.training_memo import trainings_run_once

X = np.linspace(0, 1, 120, dtype="float32").reshape(40, 3)
Y = keras.utils.to_categorical(np.arange(40) % 2, 2)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Epochs of the trainings really run."""
    original, epochs = keras.Model.fit, []

    def fit(model: Any, *arguments: Any, **options: Any) -> Any:
        epochs.append(options.get("epochs", 1))
        return original(model, *arguments, **options)

    monkeypatch.setattr(keras.Model, "fit", fit)
    return epochs


def fitted(epochs: int, x: np.ndarray[Any, Any] = X, spelling: str = "softmax") -> Any:
    keras.utils.set_random_seed(7)
    last = keras.layers.Softmax() if spelling == "layer" else keras.layers.Activation(spelling)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), last])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x, Y, batch_size=10, epochs=epochs, verbose=0)
    return model


def same(first: Any, second: Any) -> bool:
    """Whether two models were trained to the same weights, state and history, to the bit."""
    return all(
        np.array_equal(a, b) for a, b in zip(_state(first), _state(second), strict=True)
    ) and all(
        getattr(first.history, name) == getattr(second.history, name)
        for name in ("history", "params", "epoch")
    )


def _state(model: Any) -> list[np.ndarray[Any, Any]]:
    return [*model.get_weights(), *(value.numpy() for value in model.optimizer.variables)]


def test_an_equal_training_is_restored_to_the_bit(trained: list[int]) -> None:
    alone = fitted(3)
    with trainings_run_once(lambda: 7):
        first, again = fitted(3), fitted(3, spelling="layer")
    assert trained == [3, 3]
    assert same(alone, first)
    assert same(alone, again)


def test_a_shorter_training_is_the_beginning_of_a_longer_one(trained: list[int]) -> None:
    alone = fitted(2)
    with trainings_run_once(lambda: 7):
        fitted(3)
        shorter = fitted(2)
    assert trained == [2, 3]
    assert same(alone, shorter)


def test_other_data_or_another_seed_is_another_training(trained: list[int]) -> None:
    seeds = iter([7, 7, 8])
    with trainings_run_once(lambda: next(seeds)):
        fitted(1)
        fitted(1, x=X[::-1].copy())
        fitted(1)
    assert trained == [1, 1, 1]


def test_fit_is_as_before_afterwards() -> None:
    original = keras.Model.fit
    with trainings_run_once(lambda: 7):
        assert keras.Model.fit is not original
    assert keras.Model.fit is original
