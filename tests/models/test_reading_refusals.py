"""What has no canonical form is refused, each for its own reason."""

from __future__ import annotations

import textwrap
from typing import Any

import keras
import numpy as np
import pytest

from graders.models.architecture import Architecture
from graders.models.operations import Activation, Conv2D, Dense
from graders.models.reading import NotReadable, Unreadable, read_architecture

REFUSED = {
    "a number": ("model = 42", Unreadable.NOT_A_MODEL),
    "nothing": ("model = None", Unreadable.NOT_A_MODEL),
    "a class": ("model = Sequential", Unreadable.NOT_A_MODEL),
    "a layer": ("model = Dense(3)", Unreadable.NOT_A_MODEL),
    "a liar about its class": (
        """
        class Liar:
            __class__ = Sequential
        model = Liar()
        """,
        Unreadable.NOT_A_MODEL,
    ),
    "a history": (
        """
        made = Sequential([Dense(1)])
        made.compile("sgd", "mse")
        model = made.fit(np.zeros((2, 2)), np.zeros((2, 1)), verbose=0)
        """,
        Unreadable.NOT_A_MODEL,
    ),
    "an empty Sequential": ("model = Sequential()", Unreadable.NO_LAYER),
    "an Input alone": ("model = Sequential([Input((4,))])", Unreadable.NO_LAYER),
    "an identity": ("x = Input((4,)); model = Model(x, x)", Unreadable.NO_LAYER),
    "a failed add": (
        """
        model = Sequential([Input((4, 4, 1)), Conv2D(2, 3)])
        try:
            model.add(Conv2D(2, 3))
        except ValueError:
            pass
        """,
        Unreadable.BROKEN,
    ),
    "a failed build": (
        """
        model = Sequential([Conv2D(2, 5)])
        try:
            model.build((None, 4, 4, 1))
        except ValueError:
            pass
        """,
        Unreadable.BROKEN,
    ),
    "two inputs": (
        """
        a, b = Input((4,)), Input((4,))
        model = Model([a, b], layers.Add()([a, b]))
        """,
        Unreadable.SEVERAL_INPUTS_OR_OUTPUTS,
    ),
    "two outputs": (
        "x = Input((4,)); model = Model(x, [Dense(1)(x), Dense(2)(x)])",
        Unreadable.SEVERAL_INPUTS_OR_OUTPUTS,
    ),
    "a residual connection": (
        "x = Input((4,)); model = Model(x, layers.Add()([x, Dense(4)(x)]))",
        Unreadable.BRANCHES,
    ),
    "a sum written with +": (
        "x = Input((4,)); model = Model(x, x + Dense(4)(x))",
        Unreadable.BRANCHES,
    ),
    "a branch inside a nested model": (
        """
        x = Input((4,))
        model = Sequential([Input((4,)), Model(x, layers.Concatenate()([x, Dense(4)(x)]))])
        """,
        Unreadable.BRANCHES,
    ),
    "a subclass never called": (
        """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                return self.out(x)
        model = Mine()
        """,
        Unreadable.NOT_BUILT,
    ),
    "a subclass built in name only": (
        """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                return self.out(x)
        model = Mine()
        model.build((None, 4))
        """,
        Unreadable.NOT_BUILT,
    ),
    "a subclass that uses tf": (
        """
        import tensorflow as tf
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                return self.out(tf.abs(x))
        model = Mine()
        model(np.zeros((1, 4), "float32"))
        """,
        Unreadable.NOT_TRACEABLE,
    ),
    "a subclass that gives a dict": (
        """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                return {"out": self.out(x)}
        model = Mine()
        model(np.zeros((1, 4), "float32"))
        """,
        Unreadable.NOT_TRACEABLE,
    ),
    "a subclass with a layer for training only": (
        """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.drop, self.out = layers.Dropout(0.5), Dense(3)
            def call(self, x, training=False):
                if training:
                    x = self.drop(x, training=training)
                return self.out(x)
        model = Mine()
        model(np.zeros((1, 4), "float32"))
        """,
        Unreadable.NOT_TRACEABLE,
    ),
    "a call replaced in the model": (
        """
        model = Sequential([Input((4,)), Dense(3)])
        model.call = lambda x, training=None, mask=None: x
        """,
        Unreadable.BEHAVES_OTHERWISE,
    ),
    "a __call__ overridden": (
        """
        class Mine(Sequential):
            def __call__(self, x, training=None):
                return 2 * super().__call__(x)
        model = Mine([Input((4,)), Dense(3)])
        """,
        Unreadable.BEHAVES_OTHERWISE,
    ),
    "a call that tells what it is called on": (
        """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out, self.other = Dense(3), Dense(3)
            def call(self, x):
                if isinstance(x, keras.KerasTensor):
                    return self.out(x)
                return self.out(x) + self.other(x)
        model = Mine()
        model(np.zeros((1, 4), "float32"))
        """,
        Unreadable.BEHAVES_OTHERWISE,
    ),
    "units changed after building": (
        """
        model = Sequential([Input((4,)), Dense(3)])
        model.layers[0].units = 5
        """,
        Unreadable.BEHAVES_OTHERWISE,
    ),
    "an activation that forgets": (
        """
        calls = []
        def shifty(x):
            calls.append(1)
            return keras.ops.relu(x) if len(calls) != 3 else x
        model = Sequential([Input((4,)), Dense(3, shifty)])
        calls.extend([1] * (1 - len(calls)))
        """,
        Unreadable.BEHAVES_OTHERWISE,
    ),
    "many layers": (
        "model = Sequential([layers.ReLU() for _ in range(300)])",
        Unreadable.TOO_LARGE,
    ),
    "an image padded out of all proportion": (
        "model = Sequential([Input((4, 4, 1)), layers.ZeroPadding2D(100_000), Dense(1)])",
        Unreadable.TOO_LARGE,
    ),
    "models nested without end": (
        """
        model = Sequential([Dense(3)])
        for _ in range(40):
            model = Sequential([model])
        """,
        Unreadable.TOO_LARGE,
    ),
    "a model that holds itself": (
        """
        model = Sequential([Dense(3), Dense(3)])
        model._layers.append(model)
        """,
        Unreadable.TOO_LARGE,
    ),
    "two of each, fourteen deep": (
        """
        model = layers.ReLU()
        for _ in range(14):
            x = Input((4,))
            model = Model(x, model(model(x)))
        """,
        Unreadable.TOO_LARGE,
    ),
}


def made(code: str) -> Any:
    """What a student's code leaves in `model`."""
    names = {name: getattr(keras.layers, name) for name in ("Conv2D", "Dense")}
    names |= {"keras": keras, "layers": keras.layers, "np": np}
    names |= {"Sequential": keras.Sequential, "Model": keras.Model, "Input": keras.Input}
    exec(textwrap.dedent(code), names)
    return names["model"]


@pytest.mark.parametrize(("code", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_says_why(code: str, reason: Unreadable) -> None:
    model = made(code)
    with pytest.raises(NotReadable) as caught:
        read_architecture(model)
    assert caught.value.reason is reason


def test_a_half_built_model_shows_what_it_has_and_where_it_broke() -> None:
    model = made(REFUSED["a failed add"][0])
    with pytest.raises(NotReadable, match=r"Operation 1 .*nothing would be left") as caught:
        read_architecture(model)
    assert caught.value.architecture == Architecture(
        (4, 4, 1), (Conv2D(2, (3, 3)), Conv2D(2, (3, 3)))
    )


def test_a_student_s_methods_are_not_called() -> None:
    model = made("""
        def forbidden(*args, **kwargs):
            raise AssertionError
        methods = ("get_config", "count_params", "summary", "evaluate", "predict", "fit", "save",
                   "get_weights", "compute_output_shape", "build", "__eq__", "__repr__")
        Mine = type("Mine", (Sequential,), dict.fromkeys(methods[:-3], forbidden))
        model = Mine([Input((4,)), Dense(3, "relu")])
        Mine.build = Mine.__eq__ = Mine.__repr__ = forbidden
        Mine.__hash__ = object.__hash__
    """)
    # Verifying calls the model, and Keras then compares it with others.
    received = read_architecture(model, verify=False)
    assert received == Architecture((4,), (Dense(3), Activation("relu")))


def test_verification_can_be_left_out() -> None:
    model = made(REFUSED["a __call__ overridden"][0])
    assert read_architecture(model, verify=False) == Architecture((4,), (Dense(3),))
