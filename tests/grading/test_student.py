"""What the host runs in a student's kernel reads right answers rightly, and stands alone."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.grading.student import (
    BLOB,
    DOCUMENT,
    VISIBLE_IN_SANDBOX,
    export,
    export_line,
    prepare,
    prepare_line,
)
from graders.grading.values.decoding import (
    HistoryValue,
    KerasObject,
    OpaqueValue,
    TensorValue,
    UnreadableModel,
    Values,
    decode,
)
from graders.models.operations import Activation, Dense, Opaque
from graders.models.snapshot import Snapshot
from graders.opaque import described

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """What the host reads of a value that a student's cells left."""

    def exported(value: object) -> Any:
        return exchanged(tmp_path, answer=value).values["answer"]

    return exported


def exchanged(folder: Path, *more: str, **namespace: object) -> Values:
    export([*namespace, *more], namespace, str(folder))
    document, blob = (folder / name.format(label="values") for name in (DOCUMENT, BLOB))
    return decode(document.read_bytes(), blob.read_bytes())


def perceptron() -> Any:
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3, activation="sigmoid"),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


def trained() -> Any:
    model = perceptron()
    model.compile(
        optimizer=keras.optimizers.SGD(0.5), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(np.ones((6, 4)), np.eye(2)[[0, 1, 0, 1, 0, 1]], batch_size=3, epochs=2, verbose=0)
    return model


def test_names_that_exist_are_written_and_the_others_reported(tmp_path: Path) -> None:
    found = exchanged(tmp_path, "absent", "missing", answer=42)
    assert found.values == {"answer": 42}
    assert found.missing == {"absent", "missing"}


def test_two_exports_need_not_share_their_files(tmp_path: Path) -> None:
    export(["a"], {"a": 1}, str(tmp_path), "first")
    export(["a"], {"a": 2}, str(tmp_path), "second")
    written = (tmp_path / DOCUMENT.format(label="first")).read_bytes()
    assert decode(written, b"").values["a"] == 1


def test_tensors_and_variables_cross_as_tensors(read: Any) -> None:
    values = (
        keras.ops.convert_to_tensor([1.0, 2.0]),
        keras.Variable([1.0, 2.0]),
        keras.layers.Dense(1)(keras.ops.ones((1, 1))),
    )
    for value in values:
        found = read(value)
        assert type(found) is TensorValue
        assert found.array.dtype == np.float32


def test_a_symbolic_tensor_is_opaque(read: Any) -> None:
    assert described(read(keras.Input((3,)))) == "KerasTensor"


def test_a_history_crosses_with_its_epochs_and_measures(read: Any) -> None:
    found = read(trained().history)
    assert type(found) is HistoryValue
    assert found.epoch == (0, 1)
    assert found.params["steps"] == 2
    assert set(found.history) == {"accuracy", "loss"}


def test_an_initializer_crosses_as_the_name_of_its_class(read: Any) -> None:
    assert read(keras.initializers.GlorotUniform()) == KerasObject("GlorotUniform")


def test_a_trained_model_crosses_as_a_snapshot(read: Any) -> None:
    model = trained()
    found = read(model)
    assert type(found) is Snapshot
    assert found.architecture.operations == (
        Dense(3),
        Activation("sigmoid"),
        Dense(2),
        Activation("softmax"),
    )
    assert found.compilation is not None
    assert found.training is not None
    assert found.compilation.optimizer.learning_rate == 0.5
    assert found.training.epochs == 2
    for array, variable in zip(found.weights or (), model.weights, strict=True):
        assert np.array_equal(array, keras.ops.convert_to_numpy(variable))


def test_models_cross_inside_containers(read: Any) -> None:
    found = read({"both": [perceptron(), perceptron()]})
    assert [type(model) for model in found["both"]] == [Snapshot, Snapshot]


def test_what_a_model_says_of_itself_does_not_matter(read: Any) -> None:
    model = perceptron()
    for lie in ("get_weights", "get_config", "count_params", "summary", "evaluate", "predict"):
        object.__setattr__(model, lie, lambda *_, **__: pytest.fail("it was asked"))
    assert type(read(model)) is Snapshot


def test_a_layer_of_the_students_own_crosses_as_an_unknown_one(read: Any) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: 2 * x)])
    found = read(model)
    assert type(found) is Snapshot
    assert [type(operation) for operation in found.architecture.operations] == [Opaque]
    assert found.weights is None


def test_a_model_that_cannot_be_read_crosses_with_the_reason(read: Any) -> None:
    start = keras.Input((4,))
    one, other = keras.layers.Dense(2)(start), keras.layers.Dense(2)(start)
    found = read(keras.Model(start, keras.layers.Add()([one, other])))
    assert type(found) is UnreadableModel
    assert found.reason == "BRANCHES"


def test_the_layers_of_a_half_built_model_cross_with_the_reason(read: Any) -> None:
    model = keras.Sequential([keras.Input((4, 4, 1))])
    with pytest.raises(ValueError, match="zero or negative"):
        model.add(keras.layers.Conv2D(2, 9))
    found = read(model)
    assert type(found) is UnreadableModel
    assert found.partial is not None
    assert len(found.partial.architecture.operations) == 1


def test_a_model_lost_to_nan_crosses_as_one(read: Any) -> None:
    model = trained()
    model.layers[0].bias.assign([np.nan, 0, 0])
    found = read(model)
    assert type(found) is Snapshot
    assert all(np.isnan(array).all() for array in found.weights or [0])
    assert found.training is not None
    assert found.training.epochs == 2


def test_a_model_larger_than_any_answer_says_so(read: Any) -> None:
    found = read(keras.Sequential([keras.Input((1_100_000,)), keras.layers.Dense(1)]))
    assert type(found) is UnreadableModel
    assert found.reason == "TOO_LARGE"


class Liar(keras.layers.Layer):
    """A layer that claims to be anything."""

    __class__ = property(lambda self: keras.Model)


def test_a_value_that_fails_when_it_is_read_spoils_no_other(tmp_path: Path) -> None:
    class Failing(keras.Model):
        def __getattribute__(self, name: str) -> Any:
            raise MemoryError

    found = exchanged(tmp_path, failing=object.__new__(Failing), liar=Liar(), after=[1, 2])
    assert found.values["after"] == [1, 2]
    assert type(found.values["liar"]) is OpaqueValue
    assert type(found.values["failing"]) in (OpaqueValue, UnreadableModel)


def test_the_lines_the_host_runs_leave_no_name_behind(tmp_path: Path) -> None:
    namespace: dict[str, Any] = {}
    exec(prepare_line(3), namespace)
    exec(export_line(["absent"], str(tmp_path), "q1"), namespace)
    assert namespace.keys() == {"__builtins__"}
    document = (tmp_path / DOCUMENT.format(label="q1")).read_bytes()
    assert decode(document, b"").missing == {"absent"}


def test_a_cell_starts_from_its_own_seed() -> None:
    def numbers() -> tuple[Any, ...]:
        return (
            random.random(),
            float(np.random.rand()),
            keras.ops.convert_to_numpy(keras.random.normal((2,))).tolist(),
        )

    prepare(7)
    first = numbers()
    prepare(7)
    assert numbers() == first
    prepare(8)
    assert numbers() != first


ALONE = """
import sys, numpy, keras
from graders.grading.student import export, prepare
prepare(3)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
export(["model", "answer", "absent"], globals() | {"answer": numpy.ones(2)}, sys.argv[1])
ours = sorted(name for name in sys.modules if name.split(".")[0] == "graders")
assert not any("answer" in n or "rubric" in n or "checks" in n for n in ours), ours
"""


def test_it_needs_no_other_file_of_the_project_than_those_it_names(tmp_path: Path) -> None:
    inside, out = tmp_path / "inside", tmp_path / "out"
    out.mkdir()
    for path in VISIBLE_IN_SANDBOX:
        source, target = PROJECT / path, inside / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    program = f"import sys; sys.path.insert(0, {str(inside)!r})\n{ALONE}"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(out)],
        check=False,
        cwd=out,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found = decode((out / "values.json").read_bytes(), (out / "values.blob").read_bytes())
    assert type(found.values["model"]) is Snapshot
    assert found.missing == {"absent"}


def test_keras_is_imported_without_looking_for_garbage_meanwhile() -> None:
    program = """
import gc, sys
from graders.grading.student import prepare
seen = []
gc.callbacks.append(lambda phase, _: seen.append(phase))
prepare(3)
print("keras" in sys.modules, gc.isenabled(), gc.get_freeze_count() > 100_000, seen)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout == "True True True []\n"
