"""Compile settings: every spelling reads as the same value, and nothing else does."""

from __future__ import annotations

import textwrap
from typing import Any

import keras
import numpy as np
import pytest

from graders.models.compilation import Compilation, Loss, Optimizer
from graders.models.keras_names import LOSSES, METRICS, OPTIMIZERS
from graders.models.reading import read_compilation

CROSSENTROPY = Loss("categorical_crossentropy")

LOSS_SPELLINGS = {
    "'categorical_crossentropy'": CROSSENTROPY,
    "'CategoricalCrossentropy'": CROSSENTROPY,
    "'crossentropy'": CROSSENTROPY,
    "keras.losses.categorical_crossentropy": CROSSENTROPY,
    "keras.metrics.categorical_crossentropy": CROSSENTROPY,
    "keras.losses.CategoricalCrossentropy()": CROSSENTROPY,
    "keras.losses.CategoricalCrossentropy": CROSSENTROPY,
    "keras.losses.CategoricalCrossentropy(name='cout', reduction='mean')": CROSSENTROPY,
    "['categorical_crossentropy']": CROSSENTROPY,
    "{'sortie': 'categorical_crossentropy'}": CROSSENTROPY,
    "keras.losses.CategoricalCrossentropy(from_logits=True)": Loss(
        "categorical_crossentropy", from_logits=True
    ),
    "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)": Loss(
        "categorical_crossentropy", label_smoothing=0.1
    ),
    "'sparse_categorical_crossentropy'": Loss("sparse_categorical_crossentropy"),
    "keras.losses.SparseCategoricalCrossentropy()": Loss("sparse_categorical_crossentropy"),
    "'mse'": Loss("mean_squared_error"),
    "'MSE'": Loss("mean_squared_error"),
    "'mean_squared_error'": Loss("mean_squared_error"),
    "keras.losses.MeanSquaredError()": Loss("mean_squared_error"),
    "'binary_crossentropy'": Loss("binary_crossentropy"),
    "'kld'": Loss("kl_divergence"),
    "keras.losses.Huber()": Loss("huber"),
    "None": None,
}
OPAQUE_LOSSES = {
    "a function of one's own": "lambda true, predicted: predicted",
    "a subclass": "type('Mine', (keras.losses.CategoricalCrossentropy,), {})()",
    "a name that is none": "'categorical_crossentropi'",
    "another axis": "keras.losses.CategoricalCrossentropy(axis=1)",
    "a sum": "keras.losses.CategoricalCrossentropy(reduction='sum')",
    "another delta": "keras.losses.Huber(delta=2.0)",
    "focal weights": "keras.losses.CategoricalFocalCrossentropy(gamma=3.0)",
    "an ignored class": "keras.losses.SparseCategoricalCrossentropy(ignore_class=0)",
    "several": "['mse', 'mae']",
}

OPTIMIZER_SPELLINGS = {
    "'sgd'": Optimizer("sgd", 0.01),
    "'SGD'": Optimizer("sgd", 0.01),
    "keras.optimizers.SGD(0.5)": Optimizer("sgd", 0.5),
    "keras.optimizers.SGD(learning_rate=5e-1, name='descente')": Optimizer("sgd", 0.5),
    "keras.optimizers.SGD(0.5, momentum=0.0, nesterov=True)": Optimizer("sgd", 0.5),
    "keras.optimizers.SGD(0.5, ema_momentum=0.5)": Optimizer("sgd", 0.5),
    "keras.optimizers.get({'class_name': 'SGD', 'config': {'learning_rate': 0.5}})": Optimizer(
        "sgd", 0.5
    ),
    "keras.optimizers.SGD(0.1, momentum=0.9)": Optimizer("sgd", 0.1, (("momentum", 0.9),)),
    "keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)": Optimizer(
        "sgd", 0.1, (("momentum", 0.9), ("nesterov", True))
    ),
    "'adam'": Optimizer("adam", 0.001),
    "keras.optimizers.Adam()": Optimizer("adam", 0.001),
    "keras.optimizers.Adam(1e-3, beta_1=0.9)": Optimizer("adam", 0.001),
    "keras.optimizers.Adam(3e-4, amsgrad=True, clipnorm=1.0)": Optimizer(
        "adam", 0.0003, (("amsgrad", True), ("clipnorm", 1.0))
    ),
    "keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))": Optimizer(
        "adam", None, (("learning_rate", "schedule:ExponentialDecay"),)
    ),
    "keras.optimizers.SGD(lambda: 0.5)": Optimizer(
        "sgd", None, (("learning_rate", "opaque:<lambda>"),)
    ),
    "type('Adam', (keras.optimizers.Adam,), {})(0.1)": Optimizer("opaque:Adam", 0.1),
}

METRIC_SPELLINGS = {
    "['accuracy']": ("categorical_accuracy",),
    "['acc']": ("categorical_accuracy",),
    "['Accuracy']": ("categorical_accuracy",),
    "('accuracy',)": ("categorical_accuracy",),
    "[['accuracy']]": ("categorical_accuracy",),
    "{'sortie': 'accuracy'}": ("categorical_accuracy",),
    "['categorical_accuracy']": ("categorical_accuracy",),
    "['CategoricalAccuracy']": ("categorical_accuracy",),
    "[keras.metrics.categorical_accuracy]": ("categorical_accuracy",),
    "[keras.metrics.CategoricalAccuracy()]": ("categorical_accuracy",),
    "[keras.metrics.CategoricalAccuracy]": ("categorical_accuracy",),
    "[keras.metrics.CategoricalAccuracy(name='precision')]": ("categorical_accuracy",),
    "['accuracy', 'mse']": ("categorical_accuracy", "mean_squared_error"),
    "[keras.metrics.Accuracy()]": ("accuracy_exact",),
    "[keras.metrics.SparseCategoricalAccuracy()]": ("sparse_categorical_accuracy",),
    "['binary_accuracy']": ("binary_accuracy",),
    "[keras.metrics.BinaryAccuracy(threshold=0.9)]": ("opaque:BinaryAccuracy with other settings",),
    "[keras.metrics.Precision()]": ("precision",),
    "[lambda true, predicted: 1.0]": ("opaque:<lambda>",),
    "[type('CategoricalAccuracy', (keras.metrics.CategoricalAccuracy,), {})()]": (
        "opaque:CategoricalAccuracy",
    ),
    "['no such metric!']": ("opaque:no such metric_",),
    "None": (),
    "[]": (),
}

ACCURACIES = {
    ("softmax", 10, "sparse_categorical_crossentropy"): "sparse_categorical_accuracy",
    ("softmax", 10, "categorical_crossentropy"): "categorical_accuracy",
    ("softmax", 10, "mse"): "categorical_accuracy",
    ("sigmoid", 10, "binary_crossentropy"): "categorical_accuracy",
    ("sigmoid", 1, "binary_crossentropy"): "binary_accuracy",
    ("sigmoid", 1, "mse"): "binary_accuracy",
}


def compiled(arguments: str) -> Any:
    """A small classifier, compiled as a student writes it."""
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="softmax", name="sortie")]
    )
    exec(f"model.compile({textwrap.dedent(arguments)})", {"model": model, "keras": keras})
    return model


def test_a_model_never_compiled_has_no_compilation() -> None:
    assert read_compilation(keras.Sequential([keras.layers.Dense(3)])) is None


def test_what_is_no_model_has_no_compilation() -> None:
    assert read_compilation("model") is None


@pytest.mark.parametrize(("written", "expected"), LOSS_SPELLINGS.items())
def test_every_spelling_of_a_loss_reads_the_same(written: str, expected: Loss | None) -> None:
    compilation = read_compilation(compiled(f"'sgd', {written}"))
    assert compilation is not None
    assert compilation.loss == expected


@pytest.mark.parametrize("written", OPAQUE_LOSSES.values(), ids=OPAQUE_LOSSES)
def test_a_loss_without_a_word_for_it_is_opaque(written: str) -> None:
    compilation = read_compilation(compiled(f"'sgd', {written}"))
    assert compilation is not None
    assert compilation.loss is not None
    assert compilation.loss.name.startswith("opaque:")


@pytest.mark.parametrize(("written", "expected"), OPTIMIZER_SPELLINGS.items())
def test_every_spelling_of_an_optimizer_reads_the_same(written: str, expected: Optimizer) -> None:
    compilation = read_compilation(compiled(f"{written}, 'mse'"))
    assert compilation is not None
    assert compilation.optimizer == expected


@pytest.mark.parametrize(("written", "expected"), METRIC_SPELLINGS.items())
def test_every_spelling_of_a_metric_reads_the_same(written: str, expected: tuple[str, ...]) -> None:
    model = compiled(f"'sgd', 'categorical_crossentropy', metrics={written}")
    compilation = read_compilation(model)
    assert compilation is not None
    assert compilation.metrics == expected


@pytest.mark.parametrize(("kind", "expected"), ACCURACIES.items())
def test_accuracy_is_resolved_as_keras_resolves_it(
    kind: tuple[str, int, str], expected: str
) -> None:
    activation, units, loss = kind
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=activation)])
    model.compile("sgd", loss, metrics=["accuracy"])
    labels = np.zeros(2, int) if loss.startswith("sparse") else np.zeros((2, units))
    compilation = read_compilation(model)
    model.evaluate(np.zeros((2, 4)), labels, verbose=0)
    (resolved,) = model._compile_metrics.metrics
    assert compilation is not None
    assert compilation.metrics == (expected,)
    assert type(resolved) is METRICS[expected]
    assert read_compilation(model) == compilation


def test_accuracy_of_an_unbuilt_model_is_resolved_by_its_last_layer() -> None:
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "mse", metrics=["accuracy"])
    compilation = read_compilation(model)
    assert compilation is not None
    assert compilation.metrics == ("binary_accuracy",)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_default_optimizer_has_no_settings(name: str) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile(OPTIMIZERS[name](), "mse")
    compilation = read_compilation(model)
    assert compilation is not None
    assert (compilation.optimizer.name, compilation.optimizer.settings) == (name, ())


@pytest.mark.parametrize(
    "name", sorted(set(LOSSES) - {"ctc", "categorical_generalized_cross_entropy"})
)
def test_a_default_loss_has_its_own_name(name: str) -> None:
    for spelling in (LOSSES[name](), getattr(keras.losses, name), LOSSES[name].__name__):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
        model.compile("sgd", spelling)
        compilation = read_compilation(model)
        assert compilation is not None
        assert compilation.loss == Loss(name)


def test_the_loss_that_training_uses_is_read_not_the_attribute() -> None:
    model = compiled("'sgd', 'mse'")
    model.loss = "categorical_crossentropy"
    compilation = read_compilation(model)
    assert compilation is not None
    assert compilation.loss == Loss("mean_squared_error")


def test_a_weighted_loss_is_opaque() -> None:
    compilation = read_compilation(compiled("'sgd', 'mse', loss_weights=[2.0]"))
    assert compilation is not None
    assert compilation.loss == Loss("opaque:a weighted loss")


def test_weighted_metrics_are_read_after_the_others() -> None:
    arguments = "'sgd', 'mse', metrics=['mae'], weighted_metrics=['accuracy']"
    compilation = read_compilation(compiled(arguments))
    assert compilation is not None
    assert compilation.metrics == ("mean_absolute_error", "categorical_accuracy")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_loaded_model_keeps_its_compilation(tmp_path: Any, suffix: str) -> None:
    model = compiled("keras.optimizers.SGD(0.5), 'categorical_crossentropy', ['accuracy']")
    model.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy", metrics=["accuracy"])
    model.save(tmp_path / f"model{suffix}")
    loaded = keras.models.load_model(tmp_path / f"model{suffix}")
    assert read_compilation(loaded) == Compilation(
        CROSSENTROPY, Optimizer("sgd", 0.5), ("categorical_accuracy",)
    )


def test_forged_attributes_are_opaque_or_ignored() -> None:
    model = compiled("'sgd', 'mse', metrics=['accuracy']")
    vars(model).update(_compile_loss="mse", _compile_metrics=42)
    assert read_compilation(model) == Compilation(
        Loss("opaque:mse"), Optimizer("sgd", 0.01), ("opaque:int",)
    )


def test_a_compilation_is_read_of_a_model_that_is_no_chain() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Add()([inputs, inputs]))
    model.compile("adam", "mse")
    assert read_compilation(model) == Compilation(
        Loss("mean_squared_error"), Optimizer("adam", 0.001)
    )
