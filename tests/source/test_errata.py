"""Every error that docs/errata.md reports happens, with the message it quotes.

The pieces of code are those of the original document, on a few random images.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import pytest
from keras.layers import Activation, Conv2D, Dense, MaxPooling2D

ERRATA = (Path(__file__).parents[2] / "docs" / "errata.md").read_text("utf-8")

CLASSES = np.arange(20) % 10
IMAGES = np.random.default_rng(0).random((20, 784), dtype="float32")
LABELS = keras.utils.to_categorical(CLASSES, 10)


def trained(optimizer: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((784,)), Dense(10), Activation("softmax")])
    model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    model.fit(IMAGES, LABELS, verbose=0)
    return model


def divide_integers_in_place() -> None:
    images = np.zeros((2, 784), dtype="uint8")
    images /= 255


def reuse_the_optimizer() -> None:
    optimizer = keras.optimizers.SGD(learning_rate=0.5)
    trained(optimizer)
    trained(optimizer)


def evaluate_on_integer_labels() -> None:
    trained("sgd").evaluate(IMAGES, CLASSES, verbose=0)


def forget_a_parenthesis() -> None:
    correction = """
model.add(Conv2D(16, 5, activation="sigmoid"))
model.add(MaxPooling2D(pool_size=(2, 2))
model.add(Conv2D(32, 5, activation="sigmoid"))
model.add(MaxPooling2D(pool_size=(2, 2))
model.add(Flatten())
"""
    compile(correction, "correction", "exec")


def leave_the_padding_out() -> None:
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (16, 32, 64):
        model.add(Conv2D(filters, 5, activation="sigmoid"))
        model.add(MaxPooling2D(pool_size=(2, 2)))


FAILURES: list[tuple[Callable[[], None], type[Exception], str]] = [
    (divide_integers_in_place, TypeError, "Cannot cast ufunc 'divide' output from"),
    (reuse_the_optimizer, ValueError, "This optimizer can only be called for the variables it"),
    (evaluate_on_integer_labels, ValueError, "must have the same rank (ndim)"),
    (forget_a_parenthesis, SyntaxError, "invalid syntax. Perhaps you forgot a comma?"),
    (leave_the_padding_out, ValueError, "Computed output size would be zero or negative"),
]


@pytest.mark.parametrize(
    ("follow", "error", "message"), FAILURES, ids=[follow.__name__ for follow, *_ in FAILURES]
)
def test_following_the_document_fails_as_reported(
    follow: Callable[[], None], error: type[Exception], message: str
) -> None:
    assert message in ERRATA
    with pytest.raises(error, match=re.escape(message)):
        follow()


def test_the_second_metric_name_is_not_the_metric() -> None:
    assert trained("sgd").metrics_names == ["loss", "compile_metrics"]
    assert "['loss', 'compile_metrics']" in ERRATA


def test_input_dim_still_works_but_warns() -> None:
    message = "Do not pass an `input_shape`/`input_dim` argument to a layer"
    assert message in ERRATA
    with pytest.warns(UserWarning, match=re.escape(message)):
        Dense(10, input_dim=784)


def test_integer_labels_have_their_own_loss() -> None:
    model = keras.Sequential([keras.Input((784,)), Dense(10), Activation("softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
    model.fit(IMAGES, CLASSES, verbose=0)
    assert "sparse_categorical_crossentropy" in ERRATA


def test_both_ways_to_import_keras_give_the_same_classes() -> None:
    tensorflow = pytest.importorskip("tensorflow")
    assert tensorflow.keras.Model is keras.Model
    assert tensorflow.keras.layers.Dense is Dense


def test_the_old_format_still_loads(tmp_path: Path) -> None:
    model = trained("sgd")
    model.save(tmp_path / "mlp.h5")
    reloaded = keras.models.load_model(tmp_path / "mlp.h5")
    assert np.array_equal(model.predict(IMAGES, verbose=0), reloaded.predict(IMAGES, verbose=0))
