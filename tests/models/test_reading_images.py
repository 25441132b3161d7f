"""Models of images: every spelling of LeNet, and each layer alone."""

from __future__ import annotations

import textwrap
from typing import Any

import keras
import numpy as np
import pytest

from graders.models.architecture import Architecture
from graders.models.operations import (
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
    Operation,
    Rescaling,
    Reshape,
    ZeroPad,
)
from graders.models.reading import read_architecture

LENET = Architecture(
    (28, 28, 1),
    (
        Conv2D(16, (5, 5), padding="same"),
        Activation("sigmoid"),
        MaxPool((2, 2), (2, 2)),
        Conv2D(32, (5, 5), padding="same"),
        Activation("sigmoid"),
        MaxPool((2, 2), (2, 2)),
        Conv2D(64, (5, 5), padding="same"),
        Activation("sigmoid"),
        MaxPool((2, 2), (2, 2)),
        Flatten(),
        Dense(100),
        Activation("sigmoid"),
        Dense(10),
        Activation("softmax"),
    ),
)

LENETS = {
    "a list": """
        model = Sequential([
            Input((28, 28, 1)),
            Conv2D(16, 5, padding="same", activation="sigmoid"), MaxPooling2D(),
            Conv2D(32, (5, 5), padding="SAME", activation="sigmoid"), MaxPooling2D((2, 2)),
            Conv2D(64, kernel_size=5, padding="same", activation="sigmoid"), MaxPooling2D(2),
            Flatten(), Dense(100, activation="sigmoid"), Dense(10, activation="softmax")])
    """,
    "defaults written out, aliases": """
        def block(filters):
            return [layers.Convolution2D(filters, [5, 5], strides=(1, 1), padding="same",
                                         data_format="channels_last", dilation_rate=1, groups=1),
                    layers.Activation("sigmoid"),
                    layers.MaxPool2D(pool_size=(2, 2), strides=2, padding="valid")]
        model = Sequential([Input((28, 28, 1)), *block(16), *block(32), *block(64), Flatten(),
                            Dense(100, "sigmoid"), Dense(10, "softmax")])
    """,
    "NumPy's numbers": """
        model = Sequential([Input((28, 28, 1))])
        for filters in np.array([16, 32, 64]):
            model.add(Conv2D(filters, 5, padding="same", activation="sigmoid"))
            model.add(MaxPooling2D(2))
        model.add(Flatten())
        model.add(Dense(100, "sigmoid"))
        model.add(Dense(10, "softmax"))
    """,
    "functional, one pooling layer shared, ops": """
        pool = MaxPooling2D()
        x = inputs = Input((28, 28, 1))
        for filters in (16, 32, 64):
            x = pool(keras.ops.sigmoid(Conv2D(filters, 5, padding="same")(x)))
        x = keras.ops.reshape(x, (-1, 576))
        x = Dense(100, "sigmoid")(x)
        model = Model(inputs, Dense(10, "softmax")(x))
    """,
    "functional, ops.max_pool and Reshape": """
        x = inputs = Input((28, 28, 1))
        for filters in (16, 32, 64):
            x = Conv2D(filters, 5, padding="same", activation="sigmoid")(x)
            x = keras.ops.max_pool(x, 2)
        x = layers.Reshape((-1,))(x)
        model = Model(inputs, Dense(10, "softmax")(Dense(100, "sigmoid")(x)))
    """,
    "a body and a head": """
        body = Sequential([Input((28, 28, 1))])
        for filters in (16, 32, 64):
            body.add(Conv2D(filters, 5, padding="same", activation="sigmoid"))
            body.add(MaxPooling2D())
        head = Sequential([Flatten(), Dense(100, "sigmoid"), Dense(10, "softmax")])
        model = Sequential([body, head])
    """,
    "a subclass": """
        class LeNet(Model):
            def __init__(self):
                super().__init__()
                self.convolutions = [Conv2D(n, 5, padding="same") for n in (16, 32, 64)]
                self.pool, self.flatten = MaxPooling2D(), Flatten()
                self.hidden, self.out = Dense(100, "sigmoid"), Dense(10, "softmax")
            def call(self, x):
                for convolution in self.convolutions:
                    x = self.pool(keras.activations.sigmoid(convolution(x)))
                return self.out(self.hidden(self.flatten(x)))
        model = LeNet()
        model(np.zeros((1, 28, 28, 1), "float32"))
    """,
    "a Lambda that flattens": """
        model = Sequential([Input((28, 28, 1))])
        for filters in (16, 32, 64):
            model.add(Conv2D(filters, 5, padding="same", activation="sigmoid"))
            model.add(MaxPooling2D())
        model.add(layers.Lambda(lambda x: keras.ops.reshape(x, (-1, 576))))
        model.add(Dense(100, "sigmoid"))
        model.add(Dense(10, "softmax"))
    """,
}

LAYERS: dict[str, tuple[str, tuple[Operation, ...]]] = {
    "AveragePooling2D": ("layers.AveragePooling2D((2, 1), 3)", (AveragePool((2, 1), (3, 3)),)),
    "global pooling": (
        "layers.GlobalAveragePooling2D(), layers.Reshape((2, 1, 1)), layers.GlobalMaxPooling2D()",
        (GlobalAveragePool(), Reshape((2, 1, 1)), GlobalMaxPool()),
    ),
    "Reshape with an axis to find": ("layers.Reshape((4, -1, 2))", (Reshape((4, 9, 2)),)),
    "ops.expand_dims is no image": (
        "layers.Reshape((72, 1)), Flatten()",
        (Reshape((72, 1)), Flatten()),
    ),
    "ZeroPadding2D": ("layers.ZeroPadding2D((1, 2))", (ZeroPad(((1, 1), (2, 2))),)),
    "Rescaling": ("layers.Rescaling(1 / 255, offset=-1)", (Rescaling(1 / 255, -1.0),)),
    "Dropout": ("layers.Dropout(0.5, seed=3)", (Dropout(0.5),)),
    "BatchNormalization": ("layers.BatchNormalization()", (BatchNormalization(),)),
    "BatchNormalization on a written axis": (
        "layers.BatchNormalization(axis=3, momentum=0.9, scale=False)",
        (BatchNormalization(momentum=0.9, scale=False),),
    ),
    "a strided convolution": (
        "Conv2D(4, (3, 1), strides=2, use_bias=False)",
        (Conv2D(4, (3, 1), strides=(2, 2), use_bias=False),),
    ),
    "a dilated, grouped convolution": (
        "Conv2D(4, 2, dilation_rate=2, groups=2, activation='relu')",
        (Conv2D(4, (2, 2), dilation_rate=(2, 2), groups=2), Activation("relu")),
    ),
    "ReLU": ("layers.ReLU()", (Activation("relu"),)),
    "ReLU up to 6": ("layers.ReLU(6.0)", (Activation("relu6"),)),
    "ReLU with a leak": ("layers.ReLU(negative_slope=0.2)", (Activation("leaky_relu"),)),
    "LeakyReLU like the function": ("layers.LeakyReLU(0.2)", (Activation("leaky_relu"),)),
    "ELU": ("layers.ELU()", (Activation("elu"),)),
    "ops.leaky_relu": ("layers.Activation(keras.ops.leaky_relu)", (Activation("leaky_relu"),)),
    "swish is silu": ("layers.Activation('swish')", (Activation("silu"),)),
    "Dense on an image": ("Dense(3)", (Dense(3),)),
}


def made(code: str) -> Any:
    """The model that a student's code makes."""
    names = {name: getattr(keras.layers, name) for name in ("Conv2D", "MaxPooling2D", "Flatten")}
    names |= {"keras": keras, "layers": keras.layers, "np": np, "Dense": keras.layers.Dense}
    names |= {"Sequential": keras.Sequential, "Model": keras.Model, "Input": keras.Input}
    exec(textwrap.dedent(code), names)
    return names["model"]


@pytest.mark.parametrize("code", LENETS.values(), ids=LENETS)
def test_every_spelling_of_lenet_reads_the_same(code: str) -> None:
    assert read_architecture(made(code)) == LENET


@pytest.mark.parametrize(("written", "operations"), LAYERS.values(), ids=LAYERS)
def test_each_layer_reads_as_its_operation(written: str, operations: tuple[Operation, ...]) -> None:
    model = made(f"model = Sequential([Input((6, 6, 2)), {written}, layers.Identity()])")
    assert read_architecture(model) == Architecture((6, 6, 2), operations)


def test_a_name_does_not_make_an_activation() -> None:
    model = made("""
        def relu(x):
            return x * x
        model = Sequential([Input((4,)), Dense(3, activation=relu)])
    """)
    assert read_architecture(model) != Architecture((4,), (Dense(3), Activation("relu")))


def test_a_softmax_over_another_axis_is_not_softmax() -> None:
    model = made("""
        model = Sequential([Input((4, 4, 3)),
                            layers.Activation(lambda x: keras.ops.softmax(x, axis=1))])
    """)
    assert read_architecture(model).operations != (Activation("softmax"),)
