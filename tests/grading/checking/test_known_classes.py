"""A model that our own trainers made is measured on the test images once, and no other is taken."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.grading.checking.checker import Checker, GradedCell
from graders.grading.checking.known_classes import KnownClasses
from graders.grading.store import open_store
from graders.grading.student import export
from graders.grading.transcript import Verified
from graders.models.reading import read_snapshot
from graders.models.training import weights_digest


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker(None) as started:
        yield started


MEASURE = """
from graders.checks.subject import trained_model
trained_model(model).accuracy
"""


def measured(
    checker: Checker,
    folder: Path,
    model: Any,
    verified: tuple[Verified, ...] = (),
    known: KnownClasses | None = None,
) -> float:
    """The accuracy that a test cell finds."""
    export(["model"], {"model": model}, str(folder))
    document, blob = ((folder / name).read_bytes() for name in ("values.json", "values.blob"))
    cell = GradedCell(question="q", points=1, source=MEASURE, seed=5, verified=verified)
    (output,) = checker.run(cell, document, blob, known=known).outputs
    return float(output["data"]["text/plain"])


def measured_model() -> Any:
    """A model that classes MNIST, somehow."""
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(np.ones((6, 784)), np.ones((6, 10)), verbose=0)
    return model


def verified_training(model: Any) -> Verified:
    snapshot = read_snapshot(model)
    assert snapshot.training is not None
    assert snapshot.compilation is not None
    assert snapshot.weights is not None
    record = replace(snapshot.training, verified=True)
    architecture = snapshot.architecture.digest()
    weights = weights_digest(snapshot.weights)
    return Verified(weights, snapshot.compilation, record, architecture)


def remembering(folder: Path) -> KnownClasses:
    return KnownClasses(open_store(folder / "store"), "context")


def test_a_model_of_our_trainers_is_measured_once(checker: Checker, tmp_path: Path) -> None:
    known, model = remembering(tmp_path), measured_model()
    training = verified_training(model)
    first = measured(checker, tmp_path, model, (training,), known)
    ((architecture, weights, encoded),) = known.told((training,))
    assert (architecture, weights) == (training.architecture, training.weights)
    assert len(base64.b64decode(encoded)) == 10_000
    assert measured(checker, tmp_path, model, (training,), known) == first
    # What is told is taken, and not measured again: were it false, so would be the measure.
    told = [[architecture, weights, base64.b64encode(bytes(10_000)).decode()]]
    known.keep(told, (training,))
    zeros = measured(checker, tmp_path, model, (training,), known)
    assert zeros == pytest.approx(0.098) != first


@pytest.mark.parametrize("change", ["weights", "architecture", "nobody trained it"])
def test_another_model_than_the_trained_one_is_measured_itself(
    checker: Checker, tmp_path: Path, change: str
) -> None:
    known, model = remembering(tmp_path), measured_model()
    training = verified_training(model)
    lie = [[training.architecture, training.weights, base64.b64encode(bytes(10_000)).decode()]]
    known.keep(lie, (training,))
    verified = () if change == "nobody trained it" else (training,)
    if change == "weights":
        model.set_weights([weight + 1 for weight in model.get_weights()])
    if change == "architecture":
        model = keras.Sequential([*model.layers, keras.layers.Softmax()])
    found = measured(checker, tmp_path, model, verified, known)
    assert found == measured(checker, tmp_path, model)
    assert known.told((training,)) == lie


ANOTHER = "0" * 64
NOT_CLASSES: dict[str, Any] = {
    "nothing": None,
    "a word": "classes",
    "another shape": [["a"]],
    "no base64": [[ANOTHER, ANOTHER, "é"]],
    "no bytes": [[ANOTHER, ANOTHER, ""]],
    "no digit": [[ANOTHER, ANOTHER, base64.b64encode(b"\x0a").decode()]],
    "too many": [[ANOTHER, ANOTHER, base64.b64encode(bytes(100_001)).decode()]],
    "of another model": [["1" * 64, ANOTHER, base64.b64encode(bytes(10)).decode()]],
}


@pytest.mark.parametrize("name", NOT_CLASSES)
def test_what_is_no_measure_of_a_trained_model_is_not_kept(name: str, tmp_path: Path) -> None:
    known = remembering(tmp_path)
    training = replace(verified_training(measured_model()), architecture=ANOTHER, weights=ANOTHER)
    known.keep(NOT_CLASSES[name], (training,))
    assert known.told((training, replace(training, architecture="1" * 64))) == []
