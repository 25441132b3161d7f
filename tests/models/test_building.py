"""Models rebuilt from data predict the same to the bit, and refuse what they cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from graders.models.architecture import Architecture
from graders.models.building import accuracy, build, compile_model, predict
from graders.models.compilation import Compilation, Loss, Optimizer
from graders.models.counting import parameter_shapes
from graders.models.operations import (
    ACTIVATION_NAMES,
    Activation,
    AveragePool,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Opaque,
    Operation,
    Rescaling,
    Reshape,
    ZeroPad,
)
from graders.models.reading import read_architecture, read_compilation, read_snapshot
from graders.models.snapshot import Snapshot

layers = keras.layers


def perceptron() -> Any:
    """A Sequential with activations in its layers."""
    hidden, output = layers.Dense(100, "sigmoid"), layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((784,)), hidden, output])


def lenet() -> Any:
    """A functional model with activations of their own, one pooling layer shared."""
    pool = layers.MaxPooling2D()
    tensor = inputs = keras.Input((28, 28, 1))
    for filters in (16, 32, 64):
        tensor = pool(keras.ops.sigmoid(layers.Conv2D(filters, 5, padding="same")(tensor)))
    tensor = layers.Dense(100, "sigmoid")(layers.Flatten()(tensor))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(10)(tensor)))


def nested() -> Any:
    """Models in a model, with a normalisation that has seen data."""
    body = keras.Sequential([layers.Conv2D(4, 3, strides=2), layers.BatchNormalization()])
    head = keras.Sequential([layers.Dropout(0.3), layers.Flatten(), layers.Dense(10)])
    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(2.0, -1.0), body, head])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 28, 28, 1)), np.ones((4, 10)), verbose=0)
    return model


# One of each operation, in an order in which they fit.
IMAGE = Architecture(
    (12, 12, 2),
    (
        ZeroPad(((1, 0), (2, 3))),
        Conv2D(4, (3, 2), padding="same", groups=2),
        Conv2D(4, (2, 2), dilation_rate=(2, 1), use_bias=False),
        Conv2D(6, (3, 3), strides=(2, 1)),
        BatchNormalization(momentum=0.9, scale=False),
        Activation("relu"),
        MaxPool((2, 2), (1, 2)),
        AveragePool((2, 1), (2, 1), padding="same"),
        Rescaling(0.5, 1.0),
        Reshape((4, 7, 3)),
        Dropout(0.5),
        Flatten(),
        Dense(5, use_bias=False),
        Activation("softmax"),
    ),
)
POOLS: tuple[Operation, ...] = (GlobalMaxPool(), GlobalAveragePool())

ROUND_TRIPS = {"one of each": IMAGE}
ROUND_TRIPS |= {type(pool).__name__: Architecture((3, 3, 2), (pool, Dense(2))) for pool in POOLS}
ROUND_TRIPS |= {
    name: Architecture((6,), (Dense(4), Activation(name)))
    for name in ACTIVATION_NAMES
    if name not in ("linear", "celu")  # They are nothing, and elu.
}


def inputs(shape: tuple[int, ...], count: int = 50) -> npt.NDArray[np.float32]:
    """Made-up samples, always the same."""
    return np.random.default_rng(1).random((count, *shape)).astype(np.float32)


def small(weights: Any = None) -> Snapshot:
    """A model of two inputs that gives them back, or that has the given kernel."""
    kernel = np.eye(2) if weights is None else np.asarray(weights)
    bias = np.zeros(kernel.shape[1])
    arrays = (kernel.astype(np.float32), bias.astype(np.float32))
    return Snapshot(Architecture((2,), (Dense(kernel.shape[1]),)), None, arrays)


@pytest.mark.parametrize("make", [perceptron, lenet, nested])
def test_a_rebuilt_model_predicts_bitwise_the_same(make: Any) -> None:
    model = make()
    snapshot = read_snapshot(model)
    rebuilt, x = build(snapshot.architecture, snapshot.weights), inputs(model.input_shape[1:])
    assert np.array_equal(rebuilt.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("make", [perceptron, lenet, nested])
def test_predictions_are_those_of_the_model_called_on_the_same_batches(make: Any) -> None:
    model = make()
    x = inputs(model.input_shape[1:])
    expected = np.concatenate([np.array(model(x[:30])), np.array(model(x[30:]))])
    assert np.array_equal(predict(read_snapshot(model), x, batch_size=30), expected)


@pytest.mark.parametrize("architecture", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_reading_what_was_built_gives_the_architecture_back(architecture: Architecture) -> None:
    assert read_architecture(build(architecture)) == architecture


@pytest.mark.parametrize("architecture", [IMAGE, *list(ROUND_TRIPS.values())[:3]])
def test_weights_are_those_that_counting_lists(architecture: Architecture) -> None:
    weights = build(architecture).get_weights()
    assert tuple(weight.shape for weight in weights) == parameter_shapes(architecture)


def test_without_weights_a_model_is_zero_wherever_it_is_built() -> None:
    assert not any(weight.any() for weight in build(Architecture((4,), (Dense(3),))).get_weights())


def test_names_are_fixed() -> None:
    first, second = (build(IMAGE) for _ in range(2))
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]


IMPOSSIBLE = {
    "opaque": (Architecture((4,), (Opaque("Lambda"),)), None, "opaque"),
    "no input shape": (Architecture(None, (Dense(3),)), None, "input shape"),
    "a shape that does not fit": (Architecture((4, 4, 1), (Conv2D(2, (5, 5)),)), None, "nothing"),
    "an unknown activation": (Architecture((4,), (Activation("lisse"),)), None, "Received: lisse"),
    "too few weights": (Architecture((4,), (Dense(3),)), (np.zeros((4, 3), np.float32),), "shapes"),
    "weights of another shape": (
        Architecture((4,), (Dense(3, use_bias=False),)),
        (np.zeros((3, 4), np.float32),),
        "shapes",
    ),
}


@pytest.mark.parametrize(
    ("architecture", "weights", "message"), IMPOSSIBLE.values(), ids=IMPOSSIBLE
)
def test_what_cannot_be_built_says_why(
    architecture: Architecture, weights: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build(architecture, weights)


COMPILATIONS = {
    "the perceptron's": Compilation(
        Loss("categorical_crossentropy"), Optimizer("sgd", 0.5), ("categorical_accuracy",)
    ),
    "LeNet's": Compilation(Loss("categorical_crossentropy"), Optimizer("adam", 0.001)),
    "with settings": Compilation(
        Loss("categorical_crossentropy", from_logits=True, label_smoothing=0.1),
        Optimizer("sgd", 0.1, (("momentum", 0.9), ("nesterov", True))),
        ("accuracy_exact", "mean_squared_error"),
    ),
    "without a loss": Compilation(None, Optimizer("rmsprop", 0.01)),
}


@pytest.mark.parametrize("compilation", COMPILATIONS.values(), ids=COMPILATIONS)
def test_reading_what_was_compiled_gives_the_compilation_back(compilation: Compilation) -> None:
    model = build(Architecture((4,), (Dense(3), Activation("softmax"))))
    compile_model(model, compilation)
    assert read_compilation(model) == compilation


@pytest.mark.parametrize(
    "compilation",
    [
        Compilation(Loss("opaque:mine"), Optimizer("sgd", 0.5)),
        Compilation(None, Optimizer("opaque:mine", 0.5)),
        Compilation(None, Optimizer("sgd", None, (("learning_rate", "schedule:Mine"),))),
        Compilation(None, Optimizer("sgd", 0.5, (("name", "sgd"),))),
        Compilation(None, Optimizer("sgd", 0.5, (("beta_1", 0.9),))),
        Compilation(None, Optimizer("sgd", 0.5), ("accuracy",)),
    ],
    ids=str,
)
def test_what_cannot_be_compiled_says_why(compilation: Compilation) -> None:
    with pytest.raises(ValueError, match=r"is expected\. Received"):
        compile_model(build(Architecture((4,), (Dense(3),))), compilation)


def test_a_compiled_model_trains_as_the_student_s_to_the_bit() -> None:
    model = perceptron()
    model.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy", metrics=["accuracy"])
    snapshot = read_snapshot(model)
    assert snapshot.compilation is not None
    rebuilt = build(snapshot.architecture, snapshot.weights)
    compile_model(rebuilt, snapshot.compilation)
    data = inputs((784,)), np.eye(10)[np.arange(50) % 10]
    for each in (model, rebuilt):
        each.fit(*data, batch_size=20, epochs=2, shuffle=False, verbose=0)
    assert all(map(np.array_equal, rebuilt.get_weights(), model.get_weights()))


def test_accuracy_is_the_share_of_largest_outputs_that_are_the_label() -> None:
    assert accuracy(small(), [[1, 0], [0, 1], [3, 2], [0, 1]], [0, 1, 1, 0]) == 0.5


def test_a_sample_predicted_as_nan_counts_as_wrong() -> None:
    weights = [[np.nan, 0.0], [0.0, 1.0]]
    assert accuracy(small(weights), [[1, 0], [0, 1]], [0, 0]) == 0.0


def test_infinite_weights_are_measured_all_the_same() -> None:
    assert accuracy(small([[np.inf, 0.0], [0.0, 1.0]]), [[1, 1]], [0]) == 1.0


MISMATCHES = {
    "one-hot labels": (small(), [[1, 0]], [[1, 0]], "Integer labels"),
    "fractional labels": (small(), [[1, 0]], [0.5], "Integer labels"),
    "no label": (small(), np.zeros((0, 2)), np.zeros(0, int), "Integer labels"),
    "another number of labels": (small(), [[1, 0]], [0, 1], "2 labels for 1 samples"),
    "another shape of samples": (small(), [[1, 0, 0]], [0], r"Samples of shape \(2,\)"),
    "a single number": (small(), 1.0, [0], r"Samples of shape \(2,\)"),
    "no weights": (replace(small(), weights=None), [[1, 0]], [0], "needs weights"),
    "an output that is no vector": (
        Snapshot(Architecture((2, 2), (Dense(2, use_bias=False),)), None, (np.eye(2, dtype="f"),)),
        [[[1, 0], [0, 1]]],
        [0],
        "one vector of scores",
    ),
}


@pytest.mark.parametrize(
    ("snapshot", "x", "labels", "message"), MISMATCHES.values(), ids=MISMATCHES
)
def test_what_cannot_be_measured_says_why(
    snapshot: Snapshot, x: Any, labels: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        accuracy(snapshot, x, labels)
