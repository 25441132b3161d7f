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
from graders.models.reading import read_architecture, read_snapshot

PERCEPTRON = Architecture(
    (784,), (Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax"))
)
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


@pytest.mark.parametrize("code", PERCEPTRONS.values(), ids=PERCEPTRONS)
def test_every_spelling_of_the_perceptron_reads_the_same(code: str) -> None:
    assert read_architecture(made(code)) == PERCEPTRON


@pytest.mark.parametrize("code", LENETS.values(), ids=LENETS)
def test_every_spelling_of_lenet_reads_the_same(code: str) -> None:
    assert read_architecture(made(code)) == LENET


@pytest.mark.parametrize(("written", "operations"), LAYERS.values(), ids=LAYERS)
def test_each_layer_reads_as_its_operation(written: str, operations: tuple[Operation, ...]) -> None:
    model = made(f"model = Sequential([Input((6, 6, 2)), {written}, layers.Identity()])")
    assert read_architecture(model) == Architecture((6, 6, 2), operations)


def test_an_unbuilt_sequential_is_read_without_an_input_shape() -> None:
    model = made("model = Sequential([Dense(100, 'sigmoid'), Dense(10), layers.Softmax()])")
    snapshot = read_snapshot(model)
    assert snapshot.architecture == Architecture(None, PERCEPTRON.operations)
    assert snapshot.weights is None


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


@pytest.mark.parametrize("code", [PERCEPTRONS["the functional form"], LENETS["a subclass"]])
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
