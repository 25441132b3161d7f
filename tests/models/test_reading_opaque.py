"""What the canonical form has no word for is opaque, and leaves the rest readable."""

from __future__ import annotations

import textwrap
from typing import Any

import keras
import numpy as np
import pytest

from graders.models.operations import Conv2D, MaxPool, Opaque
from graders.models.reading import read_architecture, read_snapshot

OPAQUE = {
    "a regularizer": "Dense(3, kernel_regularizer='l2')",
    "an activity regularizer": "Dense(3, activity_regularizer='l2')",
    "a constraint": "Dense(3, bias_constraint='non_neg')",
    "another dtype": "Dense(3, dtype='float16')",
    "a mixed policy": "Dense(3, dtype='mixed_float16')",
    "frozen": "Dense(3, trainable=False)",
    "a subclass of Dense": "type('Dense', (Dense,), {})(3)",
    "an activation of one's own": "Dense(3, activation=lambda x: x * x)",
    "an activation with weights": "Dense(3, activation=layers.PReLU())",
    "a leak of 0.3": "layers.LeakyReLU()",
    "a softmax over rows": "layers.Softmax(axis=1)",
    "channels first": "layers.Flatten(data_format='channels_first')",
    "an unknown layer": "layers.SeparableConv2D(2, 2)",
    "dropout of whole channels": "layers.Dropout(0.5, noise_shape=(None, 1, 1, 2))",
    "a normalisation over rows": "layers.BatchNormalization(axis=1)",
    "a Lambda that computes": "layers.Lambda(lambda x: x + 1)",
    "keepdims": "layers.GlobalMaxPooling2D(keepdims=True)",
}

OPAQUE_GRAPHS = {
    "weights shared": "dense = Dense(4); model = Sequential([Input((4,)), Sequential([dense]), "
    "Sequential([dense])])",
    "weights shared, functional": "x = Input((4,)); d = Dense(4); model = Model(x, d(d(x)))",
    "weights exchanged": "model = Sequential([Input((4,)), Dense(4), Dense(4)]); "
    "vars(model.layers[1])['_kernel'] = model.layers[0]._kernel",
    "a call replaced in a layer": "model = Sequential([Input((4,)), Dense(3)]); "
    "model.layers[0].call = lambda x: x",
    "a number as units": "model = Sequential([Input((4,)), Dense(3)]); model.layers[0].units = '3'",
    "an attribute removed": "model = Sequential([Input((4,)), Dense(3)]); "
    "del model.layers[0].units",
    "integers as input": "model = Sequential([Input((4,), dtype='uint8'), Dense(3)])",
    "another operation": "x = Input((4,)); model = Model(x, keras.ops.sin(Dense(3)(x)))",
    "a tensor times itself": "x = Input((4,)); y = Dense(3)(x); model = Model(x, y * y)",
    "an operation with settings": "x = Input((4,)); "
    "model = Model(x, keras.ops.leaky_relu(Dense(3)(x), 0.5))",
    "a reshape across samples": "x = Input((4,)); model = Model(x, keras.ops.reshape(x, (-1, 2)))",
    "a mask given": "x = Input((4,)); model = Model(x, layers.Softmax()(x, mask=x))",
    "a dropout nobody tells": """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.drop, self.out = layers.Dropout(0.5), Dense(3)
            def call(self, x):
                return self.out(self.drop(x))
        model = Mine()
        model(np.zeros((1, 4), "float32"))
    """,
    "all frozen": "model = Sequential([Input((4,)), Dense(3)]); model.trainable = False",
}


def made(code: str) -> Any:
    """What a student's code leaves in `model`."""
    names = {name: getattr(keras.layers, name) for name in ("Conv2D", "Dense")}
    names |= {"keras": keras, "layers": keras.layers, "np": np}
    names |= {"Sequential": keras.Sequential, "Model": keras.Model, "Input": keras.Input}
    exec(textwrap.dedent(code), names)
    return names["model"]


@pytest.mark.parametrize("written", OPAQUE.values(), ids=OPAQUE)
def test_a_layer_without_a_word_for_it_is_opaque(written: str) -> None:
    model = made(f"model = Sequential([Input((4, 4, 2)), {written}])")
    assert any(isinstance(op, Opaque) for op in read_architecture(model).operations)


@pytest.mark.parametrize("code", OPAQUE_GRAPHS.values(), ids=OPAQUE_GRAPHS)
def test_a_use_without_a_word_for_it_is_opaque_and_has_no_weights(code: str) -> None:
    snapshot = read_snapshot(made(code))
    assert any(isinstance(op, Opaque) for op in snapshot.architecture.operations)
    assert snapshot.weights is None


def test_an_opaque_layer_leaves_the_others_readable() -> None:
    model = made("""
        model = Sequential([Input((8, 8, 1)), Conv2D(2, 3), layers.MaxPooling2D(),
                            Dense(3, "relu", kernel_regularizer="l2")])
    """)
    assert read_architecture(model).operations == (
        Conv2D(2, (3, 3)),
        MaxPool((2, 2), (2, 2)),
        Opaque("Dense: kernel regularizer"),
    )
