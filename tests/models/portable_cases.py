"""Models and calls of `fit` that a training job describes: right answers, and others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from graders.models.datasets import mnist

SAMPLES = 300
layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses
Make = Callable[[], Any]


def images() -> Any:
    """(300, 28, 28, 1) float32."""
    return mnist().x_train_images[:SAMPLES]


def flat() -> Any:
    """(300, 784) float32."""
    return mnist().x_train[:SAMPLES]


def one_hot() -> Any:
    """(300, 10) float64."""
    return mnist().y_train_one_hot[:SAMPLES]


def labels() -> Any:
    """(300,) uint8."""
    return mnist().y_train[:SAMPLES]


@dataclass(frozen=True)
class Case:
    """How to make a compiled model, and what `fit` is told."""

    make: Make
    x: Callable[[], Any] = flat
    y: Callable[[], Any] = one_hot
    settings: dict[str, Any] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """The arguments of `fit`."""
        usual = {"epochs": 2, "batch_size": 64, "verbose": 2}
        return {"x": self.x(), "y": self.y(), **usual, **self.settings}


def compiled(
    model: Any,
    optimizer: Any = "sgd",
    loss: Any = "categorical_crossentropy",
    metrics: Sequence[Any] = ("accuracy",),
) -> Any:
    """The same model, compiled."""
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def stacked(*stack: Any, shape: tuple[int, ...] = (784,)) -> Any:
    """A Sequential that knows its input."""
    return keras.Sequential([keras.Input(shape), *stack])


def _perceptron(first: Any = "sigmoid", last: Any = "softmax") -> Any:
    return stacked(layers.Dense(20, activation=first), layers.Dense(10, activation=last))


def _activation_layers() -> Any:
    return stacked(
        layers.Dense(20), layers.Activation("sigmoid"), layers.Dense(10), layers.Softmax()
    )


def _functional() -> Any:
    start = keras.Input((784,))
    hidden = layers.Dropout(0.2)(layers.ReLU()(layers.Dense(12)(start)))
    return keras.Model(start, layers.Softmax()(layers.Dense(10)(hidden)))


def _nested() -> Any:
    inner = keras.Sequential(
        [layers.Dense(12, "tanh"), layers.Dropout(0.1), layers.Dense(11), layers.Dropout(0.3)]
    )
    return stacked(inner, layers.Dense(10, "softmax"))


def _lenet(padding: str = "same", **more: Any) -> Any:
    blocks = []
    for filters in (4, 6):
        blocks += [
            layers.Conv2D(filters, 5, activation="sigmoid", padding=padding, **more),
            layers.MaxPooling2D(),
        ]
    head = (layers.Flatten(), layers.Dense(10, "sigmoid"), layers.Dense(10, "softmax"))
    return stacked(*blocks, *head, shape=(28, 28, 1))


def _normalised() -> Any:
    return stacked(
        layers.Conv2D(3, 3, strides=2, use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(0.2),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, "softmax"),
        shape=(28, 28, 1),
    )


def _unusual_layers() -> Any:
    return stacked(
        layers.Reshape((28, 28, 1)),
        layers.ZeroPadding2D(1),
        layers.Conv2D(2, 3, dilation_rate=2),
        layers.AveragePooling2D(3),
        layers.Flatten(),
        layers.Dropout(0),
        layers.Dense(10, "softmax"),
        layers.Activation("linear"),
    )


def _regression() -> Any:
    return stacked(layers.Dense(5, "elu"), layers.Dense(1))


def _logits() -> Any:
    return losses.SparseCategoricalCrossentropy(from_logits=True)


CASES: dict[str, Case] = {
    "logistic regression": Case(
        lambda: compiled(stacked(layers.Dense(10, "softmax")), optimizers.SGD(0.5))
    ),
    "perceptron": Case(lambda: compiled(_perceptron(), optimizers.SGD(0.5))),
    "perceptron, activation layers": Case(
        lambda: compiled(_activation_layers(), optimizers.SGD(0.5))
    ),
    "perceptron, functions of tf.nn": Case(
        lambda: compiled(_perceptron(tf.nn.sigmoid, tf.nn.softmax), optimizers.SGD(0.5))
    ),
    "perceptron, functions of Keras, acc": Case(
        lambda: compiled(
            _perceptron(keras.activations.sigmoid, keras.activations.softmax), metrics=["acc"]
        )
    ),
    "perceptron, metric with a name": Case(
        lambda: compiled(
            _perceptron(),
            loss=losses.CategoricalCrossentropy(),
            metrics=[keras.metrics.CategoricalAccuracy(name="justesse"), "mse"],
        )
    ),
    "perceptron, unbuilt": Case(
        lambda: compiled(
            keras.Sequential(
                [layers.Dense(20, "relu"), layers.Dropout(0.5), layers.Dense(10, "softmax")]
            ),
            "adam",
        )
    ),
    "functional, validation split": Case(
        lambda: compiled(_functional(), optimizers.RMSprop()), settings={"validation_split": 0.2}
    ),
    "nested, momentum, validation data": Case(
        lambda: compiled(_nested(), optimizers.SGD(0.1, momentum=0.9, nesterov=True)),
        settings={"validation_data": (flat()[:50], one_hot()[:50]), "validation_batch_size": 7},
    ),
    "LeNet": Case(lambda: compiled(_lenet(), "adam"), images),
    "LeNet, valid padding, not shuffled": Case(
        lambda: compiled(_lenet("valid"), "adam"), images, settings={"shuffle": False}
    ),
    "LeNet, he_normal, default batch": Case(
        lambda: compiled(_lenet(kernel_initializer="he_normal"), optimizers.Adam(0.003)),
        images,
        settings={"batch_size": None, "epochs": 1, "verbose": 0},
    ),
    "batch normalisation": Case(lambda: compiled(_normalised(), "adamw"), images),
    "reshape, padding, dilation": Case(lambda: compiled(_unusual_layers(), "nadam")),
    "integer labels, logits": Case(
        lambda: compiled(stacked(layers.Dense(10)), "adam", _logits()), y=labels
    ),
    "regression": Case(
        lambda: compiled(_regression(), "adagrad", "mse", ["mae"]),
        y=lambda: labels().astype("float32"),
    ),
    "two classes": Case(
        lambda: compiled(
            stacked(layers.Dense(1, "sigmoid")),
            optimizers.Adam(clipnorm=1.0),
            "binary_crossentropy",
        ),
        y=lambda: (labels() > 4).astype("int32"),
    ),
    "float64 data": Case(
        lambda: compiled(_perceptron()),
        lambda: flat().astype("float64"),
        lambda: one_hot().astype("float32"),
    ),
    "grey levels": Case(
        lambda: compiled(
            stacked(
                layers.Rescaling(1 / 255),
                layers.Flatten(),
                layers.Dense(10, "softmax"),
                shape=(28, 28),
            )
        ),
        lambda: mnist().raw_train[:SAMPLES],
    ),
    "label smoothing, no metric": Case(
        lambda: compiled(
            _perceptron(), loss=losses.CategoricalCrossentropy(label_smoothing=0.1), metrics=()
        )
    ),
    "moving average, later epochs": Case(
        lambda: compiled(_perceptron(), optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)),
        settings={"initial_epoch": 1, "epochs": 3},
    ),
    "accumulated gradients": Case(
        lambda: compiled(_perceptron("tanh"), optimizers.Adam(gradient_accumulation_steps=2))
    ),
    "diverging": Case(
        lambda: compiled(_regression(), optimizers.SGD(1e9), "mse"),
        y=lambda: labels().astype("float32"),
    ),
}
