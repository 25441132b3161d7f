"""Whether, how long and on how much a model was trained, by every sign it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.checks.subject import Subject, trained_model
from graders.checks.training import was_trained
from graders.models.architecture import Architecture
from graders.models.operations import Activation, BatchNormalization, Dense
from graders.models.snapshot import Snapshot, TrainingRecord
from graders.rubric import CouldNotGrade, Failure

# As the assignment asks: 200 steps an epoch.
full = was_trained(epochs=10, samples=60_000, batch_size=300)
# Small enough to be done here: 4 steps an epoch.
small = was_trained(epochs=3, samples=20, batch_size=5)
X, Y = np.linspace(0, 1, 80, dtype=np.float32).reshape(20, 4), np.eye(2)[[0, 1] * 10]


def subject(
    iterations: int,
    epochs: int,
    steps: int | None,
    *,
    bias: float = 1,
    weights: bool = True,
    samples: int | None = None,
) -> Subject:
    architecture = Architecture((4,), (BatchNormalization(), Dense(2), Activation("softmax")))
    ones, two = np.ones(4, np.float32), np.full(2, bias, np.float32)
    arrays = (ones, ones, ones, ones, np.ones((4, 2), np.float32), two)
    record = TrainingRecord(iterations, epochs, steps, samples=samples)
    return Subject(Snapshot(architecture, None, arrays if weights else None, record))


@pytest.mark.parametrize(
    ("what", "trained"),
    [
        ("as asked", subject(2000, 10, 200)),
        ("longer", subject(4000, 20, 200)),
        ("in two goes", subject(2000, 5, 200)),
        ("recompiled since", subject(0, 10, 200)),
        ("loaded: no history", subject(2000, 0, None)),
        ("a tenth kept for validation", subject(1800, 10, 180)),
        ("a quarter kept for validation", subject(1500, 10, 150)),
        ("by our trainer", subject(2000, 10, 200, samples=60_000)),
        ("then once more on a few images", subject(2001, 1, 1)),
    ],
)
def test_a_training_as_asked_passes(what: str, trained: Subject) -> None:
    assert what
    full(trained)


@pytest.mark.parametrize(
    ("what", "trained", "words", "fraction"),
    [
        ("fresh", subject(0, 0, None, bias=0), "initialisation", 0),
        ("never built", subject(0, 0, None, weights=False), "initialisation", 0),
        ("optimizer of another model", subject(2000, 0, None, bias=0), "interrompu", 0),
        ("one epoch", subject(200, 1, 200), "plus court", 0.09),
        ("five epochs", subject(1000, 5, 200), "plus court", 0.45),
        ("loaded after five epochs", subject(1000, 0, None), "plus court", 0.45),
        ("6 000 images", subject(200, 10, 20), "20 mises à jour", 0.09),
        ("6 000 images, a hundred times", subject(2000, 100, 20), "20 mises à jour", 0.09),
        ("6 000 images, by 30", subject(2000, 10, 200, samples=6000), "que sur 6.000", 0.09),
        ("the test set", subject(340, 10, 34), "34 mises à jour", 0.15),
        ("batches of 600", subject(1000, 10, 100), "100 mises à jour", 0.45),
        ("batches of 32", subject(18750, 10, 1875), "plus petits", 0.75),
        ("one epoch in batches of 32", subject(1875, 1, 1875), "plus court", 0.09),
    ],
)
def test_a_training_otherwise_says_how_and_earns_its_share(
    what: str, trained: Subject, words: str, fraction: float
) -> None:
    assert what
    with pytest.raises(Failure, match=words) as refused:
        full(trained)
    assert refused.value.fraction == pytest.approx(fraction, abs=0.005)


def test_weights_from_elsewhere_are_left_to_a_person() -> None:
    with pytest.raises(CouldNotGrade, match="aucun entraînement par fit"):
        full(subject(0, 0, None, bias=1))


def test_a_model_without_biases_is_believed_on_its_record() -> None:
    architecture = Architecture((4,), (Dense(2, use_bias=False),))
    weights = (np.ones((4, 2), np.float32),)
    full(Subject(Snapshot(architecture, None, weights, TrainingRecord(2000, 10, 200))))


def compiled() -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    return model


def fitted(**changes: Any) -> Any:
    model = compiled()
    model.fit(X, Y, **{"batch_size": 5, "epochs": 3, "verbose": 0, **changes})
    return model


def reloaded(folder: Path, extension: str) -> Any:
    fitted().save(folder / f"model.{extension}")
    return keras.models.load_model(folder / f"model.{extension}")


def test_live_models_that_were_trained_pass(tmp_path: Path) -> None:
    recompiled = fitted()
    recompiled.compile("adam", "mse")
    in_two_goes = fitted(epochs=1)
    in_two_goes.fit(X, Y, batch_size=5, epochs=2, verbose=0)
    for model in (
        fitted(),
        fitted(epochs=4),
        fitted(validation_split=0.25),
        recompiled,
        in_two_goes,
        reloaded(tmp_path, "keras"),
    ):
        small(trained_model(model))


def test_live_models_that_were_not_are_refused() -> None:
    fresh, evaluated, reused = compiled(), compiled(), compiled()
    evaluated.evaluate(X, Y, verbose=0)
    reused.compile(fitted().optimizer, "categorical_crossentropy")
    with pytest.raises(ValueError, match="Unknown variable"):
        reused.fit(X, Y, verbose=0)
    for model in (fresh, evaluated, reused):
        with pytest.raises(Failure, match=r"initialisation|interrompu"):
            small(trained_model(model))
    with pytest.raises(Failure, match="plus court"):
        small(trained_model(fitted(epochs=1)))
    copied = compiled()
    copied.set_weights(fitted().get_weights())
    with pytest.raises(CouldNotGrade):
        small(trained_model(copied))
