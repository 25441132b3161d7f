"""A model is read into data, or the student is told why it cannot be."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from graders.checks import wording
from graders.checks.subject import Subject, architecture_of, trained_model
from graders.models.architecture import Architecture
from graders.models.operations import Activation, Conv2D, Dense, Flatten, Opaque
from graders.models.snapshot import Snapshot
from graders.models.unreadable import NotReadable, Unreadable
from graders.opaque import OpaqueValue
from graders.rubric import CouldNotGrade, Failure
from tests.checks.hostile import HOSTILE

layers = keras.layers


class NeverCalled(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(10)

    def call(self, x: Any) -> Any:
        return self.dense(x)


def half_built() -> Any:
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3)])
    with pytest.raises(ValueError, match="negative"):
        model.add(layers.Conv2D(2, 9))
    return model


def branching() -> Any:
    start = keras.Input((4,))
    return keras.Model(start, layers.Add()([layers.Dense(2)(start), layers.Dense(2)(start)]))


def two_inputs() -> Any:
    first, second = keras.Input((4,)), keras.Input((4,))
    return keras.Model([first, second], layers.Add()([first, second]))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_model_is_refused_by_its_type(name: str) -> None:
    for reader in (architecture_of, trained_model):
        with pytest.raises(Failure, match="Un modèle Keras est attendu"):
            reader(HOSTILE[name])


def test_a_value_that_could_not_be_handed_over_is_named_by_its_own_type() -> None:
    for reader in (architecture_of, trained_model):
        with pytest.raises(Failure, match="une valeur de type MonModele"):
            reader(OpaqueValue("MonModele", "too large"))
    assert wording.shown(OpaqueValue("MonModele")) == "une valeur de type MonModele"


@pytest.mark.parametrize(
    ("make", "of_architecture", "of_training", "words"),
    [
        (keras.Sequential, Failure, Failure, "vide"),
        (lambda: keras.Sequential([keras.Input((784,))]), Failure, Failure, "vide"),
        (branching, Failure, CouldNotGrade, "ne se suivent pas"),
        (two_inputs, Failure, CouldNotGrade, "plusieurs"),
        (NeverCalled, CouldNotGrade, Failure, "aucune donnée"),
    ],
)
def test_a_model_that_cannot_be_read_is_refused_only_where_it_is_wrong(
    make: Any, of_architecture: type[Exception], of_training: type[Exception], words: str
) -> None:
    model = make()
    with pytest.raises(of_architecture, match=words):
        architecture_of(model)
    with pytest.raises(of_training, match=words):
        trained_model(model)


def test_a_model_that_does_something_else_is_left_to_a_person() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    model.call = lambda inputs, **_: inputs
    for reader in (architecture_of, trained_model):
        with pytest.raises(CouldNotGrade):
            reader(model)


def test_of_a_half_built_model_the_layers_are_judged_and_the_training_is_not() -> None:
    model = half_built()
    assert architecture_of(model).operations[0] == Conv2D(2, (3, 3))
    with pytest.raises(Failure, match="inachevé"):
        trained_model(model)


def test_what_was_read_elsewhere_is_taken_as_it_is() -> None:
    snapshot = Snapshot(Architecture((4,), (Dense(2),)), None)
    assert architecture_of(snapshot) is snapshot.architecture
    assert trained_model(snapshot).snapshot is snapshot
    with pytest.raises(Failure, match="vide"):
        architecture_of(NotReadable(Unreadable.NO_LAYER))


@pytest.mark.parametrize("input_shape", [(784,), (28, 28, 1), (28, 28), (1, 784)])
def test_accuracy_is_measured_on_the_test_images_in_any_shape(input_shape: Any) -> None:
    architecture = Architecture(input_shape, (Flatten(), Dense(10), Activation("softmax")))
    always_one = (np.zeros((784, 10), np.float32), np.eye(10, dtype=np.float32)[1])
    subject = Subject(Snapshot(architecture, None, always_one))
    assert subject.accuracy == 0.1135  # 1 135 of the 10 000 digits are ones


@pytest.mark.parametrize(
    ("architecture", "weights", "outcome", "words"),
    [
        (Architecture((784,), (Dense(10),)), False, Failure, "poids"),
        (Architecture((783,), (Dense(10),)), True, Failure, "image"),
        (Architecture((784,), (Dense(9),)), True, Failure, "dix"),
        (Architecture((784,), (Opaque("LSTM"), Dense(10))), True, CouldNotGrade, "refaire"),
        (Architecture((784,), (Dense(400_000), Dense(10))), True, CouldNotGrade, "refaire"),
        (Architecture(None, (Dense(10),)), True, CouldNotGrade, "refaire"),
        (Architecture((2, 2, 1), (Conv2D(1, (3, 3)),)), True, CouldNotGrade, "refaire"),
    ],
)
def test_what_cannot_be_measured_says_why(
    architecture: Architecture, weights: bool, outcome: type[Exception], words: str
) -> None:
    snapshot = Snapshot(architecture, None, () if weights else None)
    with pytest.raises(outcome, match=words):
        _ = Subject(snapshot).accuracy
