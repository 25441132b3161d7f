"""Every spelling of a right model reads as the same architecture."""

from __future__ import annotations

import textwrap
from typing import Any

import keras
import numpy as np
import pytest

from graders.models.architecture import Architecture
from graders.models.operations import (
    Activation,
    Dense,
)
from graders.models.reading import read_architecture, read_snapshot

PERCEPTRON = Architecture(
    (784,), (Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax"))
)
PERCEPTRONS = {
    "a list with an Input": """
        model = Sequential([Input((784,)), Dense(100, activation="sigmoid"),
                            Dense(10, activation="softmax")])
    """,
    "add, with an Input": """
        model = Sequential()
        model.add(Input(shape=(784,)))
        model.add(Dense(100, activation="sigmoid"))
        model.add(Dense(10, activation="softmax"))
    """,
    "input_shape in the first layer": """
        model = Sequential()
        model.add(Dense(100, activation="sigmoid", input_shape=(784,)))
        model.add(Dense(10, activation="softmax"))
    """,
    "input_dim in the first layer": """
        model = Sequential([Dense(100, input_dim=784, activation="sigmoid"),
                            Dense(10, activation="softmax")])
    """,
    "Activation layers": """
        model = Sequential([Input((784,)), Dense(100), layers.Activation("sigmoid"),
                            Dense(10), layers.Activation("softmax")])
    """,
    "InputLayer and a Softmax layer": """
        model = Sequential([layers.InputLayer(shape=(784,)), Dense(100, "sigmoid"), Dense(10),
                            layers.Softmax()])
    """,
    "the axis of Softmax written out": """
        model = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10),
                            layers.Softmax(axis=1)])
    """,
    "functions of keras.activations": """
        model = Sequential([Input((784,)), Dense(100, keras.activations.sigmoid),
                            Dense(10, keras.activations.softmax)])
    """,
    "functions of keras.ops": """
        model = Sequential([Input((784,)), Dense(100, keras.ops.sigmoid),
                            Dense(10, keras.ops.softmax)])
    """,
    "functions of tf.nn": """
        import tensorflow as tf
        model = Sequential([Input((784,)), Dense(100, activation=tf.nn.sigmoid),
                            Dense(10, activation=tf.nn.softmax)])
    """,
    "tf.keras": """
        import tensorflow as tf
        model = tf.keras.Sequential([tf.keras.Input((784,)),
                                     tf.keras.layers.Dense(100, activation="sigmoid"),
                                     tf.keras.layers.Dense(10, activation=tf.nn.softmax)])
    """,
    "a sigmoid written by hand": """
        def sigmoid(x):
            return 1 / (1 + keras.ops.exp(-x))
        model = Sequential([Input((784,)), Dense(100, sigmoid), Dense(10, "softmax")])
    """,
    "a softmax written by hand": """
        def mine(x):
            e = keras.ops.exp(x - keras.ops.max(x, axis=-1, keepdims=True))
            return e / keras.ops.sum(e, axis=-1, keepdims=True)
        model = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, mine)])
    """,
    "activations in Lambda layers": """
        model = Sequential([Input((784,)), Dense(100), layers.Lambda(keras.activations.sigmoid),
                            Dense(10), layers.Lambda(lambda x: keras.ops.softmax(x))])
    """,
    "an activation layer given as activation": """
        model = Sequential([Input((784,)), Dense(100, activation="sigmoid"),
                            Dense(10, activation=layers.Softmax())])
    """,
    "activation linear, then another": """
        model = Sequential([Input((784,)), Dense(100, "linear"), layers.Activation("sigmoid"),
                            Dense(10, None), layers.Softmax()])
    """,
    "other initialisers, names and seeds": """
        model = Sequential([
            Input((784,), name="entree"),
            Dense(100, "sigmoid", kernel_initializer="he_normal", name="cachee"),
            Dense(10, "softmax", bias_initializer="ones", name="sortie")], name="mon_mlp")
    """,
    "the functional form": """
        inputs = Input((784,))
        hidden = Dense(100, activation="sigmoid")(inputs)
        outputs = Dense(10, activation="softmax")(hidden)
        model = Model(inputs, outputs)
    """,
    "the functional form with named arguments and a list": """
        inputs = Input(shape=(784,), batch_size=None)
        outputs = Dense(10)(Dense(100, "sigmoid")(inputs))
        outputs = keras.layers.Activation("softmax")(outputs)
        model = Model(inputs=[inputs], outputs=[outputs])
    """,
    "the functional form with keras.ops": """
        inputs = Input((784,))
        outputs = keras.ops.softmax(Dense(10)(keras.ops.sigmoid(Dense(100)(inputs))))
        model = Model(inputs, outputs)
    """,
    "activation functions called on tensors": """
        inputs = Input((784,))
        hidden = keras.activations.sigmoid(Dense(100)(inputs))
        model = Model(inputs, keras.activations.softmax(Dense(10)(hidden)))
    """,
    "a nested Sequential": """
        body = Sequential([Dense(100, "sigmoid")])
        model = Sequential([Input((784,)), body, Dense(10, "softmax")])
    """,
    "a Sequential that holds one whole model": """
        inner = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax")])
        model = Sequential([inner])
    """,
    "a functional model in a Sequential": """
        inputs = Input((784,))
        body = Model(inputs, Dense(100, "sigmoid")(inputs))
        model = Sequential([body, Dense(10, "softmax")])
    """,
    "a Sequential in a functional model": """
        inputs = Input((784,))
        body = Sequential([Dense(100, "sigmoid"), Dense(10)])
        model = Model(inputs, layers.Softmax()(body(inputs)))
    """,
    "models nested three deep": """
        one = Sequential([Dense(100)])
        two = Sequential([one, layers.Activation("sigmoid")])
        model = Sequential([Input((784,)), two, Dense(10, "softmax")])
    """,
    "part of a larger model": """
        inputs = Input((784,))
        outputs = Dense(10, "softmax")(Dense(100, "sigmoid")(inputs))
        whole = Model(inputs, Dense(3)(outputs))
        model = Model(whole.inputs, whole.layers[-2].output)
    """,
    "a subclass of Model that was called": """
        class Mlp(Model):
            def __init__(self):
                super().__init__()
                self.hidden = Dense(100, activation="sigmoid")
                self.out = Dense(10, activation="softmax")
            def call(self, inputs):
                return self.out(self.hidden(inputs))
        model = Mlp()
        model(np.zeros((1, 784), "float32"))
    """,
    "a subclass of Model whose call knows training": """
        class Mlp(Model):
            def __init__(self):
                super().__init__()
                self.stack = [Dense(100), Dense(10)]
            def call(self, inputs, training=None):
                hidden = keras.ops.sigmoid(self.stack[0](inputs))
                return keras.ops.softmax(self.stack[1](hidden, training=training))
        model = Mlp()
        model.compile("sgd", "mse")
        model.fit(np.zeros((2, 784)), np.zeros((2, 10)), verbose=0)
    """,
    "a subclass of Model that prints": """
        class Mlp(Model):
            def __init__(self):
                super().__init__()
                self.body = Sequential([Dense(100, "sigmoid"), Dense(10, "softmax")])
                self.unused = Dense(3)
            def call(self, x):
                print("dans call", x.shape)
                return self.body(x)
        model = Mlp()
        model(np.zeros((1, 784), "float32"))
    """,
    "a subclass of Model made from tensors": """
        class Mlp(Model):
            def __init__(self):
                inputs = Input((784,))
                super().__init__(inputs, Dense(10, "softmax")(Dense(100, "sigmoid")(inputs)))
        model = Mlp()
    """,
    "a subclass of Sequential": """
        class Mlp(Sequential):
            pass
        model = Mlp([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax")])
    """,
    "built by build": """
        model = Sequential([Dense(100, "sigmoid"), Dense(10, "softmax")])
        model.build((None, 784))
    """,
    "built by data": """
        model = Sequential([Dense(100, "sigmoid"), Dense(10, "softmax")])
        model.predict(np.zeros((3, 784)), verbose=0)
    """,
    "a fixed batch size": """
        model = Sequential([Input(batch_shape=(300, 784)), Dense(100, "sigmoid"),
                            Dense(10, "softmax")])
    """,
    "no-ops: Flatten, Dropout(0), Identity, Reshape to the same": """
        model = Sequential([Input((784,)), layers.Flatten(), layers.Identity(),
                            Dense(100, "sigmoid"), layers.Dropout(0), layers.Reshape((100,)),
                            Dense(10, "softmax"), layers.Activation("linear")])
    """,
    "saved and loaded": """
        import os, tempfile
        made = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax")])
        path = os.path.join(tempfile.mkdtemp(), "mlp.keras")
        made.save(path)
        model = keras.models.load_model(path)
    """,
    "cloned": """
        model = keras.models.clone_model(
            Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax")]))
    """,
    "a layer removed again by pop": """
        model = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax"), Dense(3)])
        model.pop()
    """,
}


def made(code: str) -> Any:
    """The model that a student's code makes."""
    names = {name: getattr(keras.layers, name) for name in ("Conv2D", "MaxPooling2D", "Flatten")}
    names |= {"keras": keras, "layers": keras.layers, "np": np, "Dense": keras.layers.Dense}
    names |= {"Sequential": keras.Sequential, "Model": keras.Model, "Input": keras.Input}
    exec(textwrap.dedent(code), names)
    return names["model"]


@pytest.mark.parametrize("code", PERCEPTRONS.values(), ids=PERCEPTRONS)
def test_every_spelling_of_the_perceptron_reads_the_same(code: str) -> None:
    assert read_architecture(made(code)) == PERCEPTRON


def test_an_unbuilt_sequential_is_read_without_an_input_shape() -> None:
    model = made("model = Sequential([Dense(100, 'sigmoid'), Dense(10), layers.Softmax()])")
    snapshot = read_snapshot(model)
    assert snapshot.architecture == Architecture(None, PERCEPTRON.operations)
    assert snapshot.weights is None


@pytest.mark.parametrize(
    "code", [PERCEPTRONS["the functional form"], PERCEPTRONS["models nested three deep"]]
)
def test_weights_are_copied_in_the_order_of_the_chain(code: str) -> None:
    model = made(code)
    snapshot = read_snapshot(model)
    assert snapshot.weights is not None
    assert all(
        np.array_equal(received, expected)
        for received, expected in zip(snapshot.weights, model.get_weights(), strict=True)
    )


def test_copied_weights_do_not_follow_the_model() -> None:
    model = made(PERCEPTRONS["a list with an Input"])
    snapshot = read_snapshot(model)
    assert snapshot.weights is not None
    before = snapshot.weights[0].copy()
    model.set_weights([weight + 1 for weight in model.get_weights()])
    assert np.array_equal(snapshot.weights[0], before)


def test_a_half_precision_weight_is_never_copied_as_if_it_were_whole() -> None:
    model = made("model = Sequential([Input((4,)), Dense(3, dtype='float16')])")
    assert read_snapshot(model).weights is None
