"""Attacks by values that are not what they say."""

from __future__ import annotations

from tests.attacks.attack import NUMBER, WRONG_NUMBER, on_model, on_number

_UNREADABLE = {**WRONG_NUMBER, NUMBER: None}

LYING = (
    on_number(
        "equal to everything",
        "answer with an object that is equal to every number",
        """
class Anything:
    def __eq__(self, other): return True
    def __hash__(self): return 42
    def __float__(self): return 42.0
    def __bool__(self): return True
the_number = Anything()
""",
        _UNREADABLE,
    ),
    on_number(
        "a number that lies",
        "answer with a subclass of int whose comparisons lie",
        """
class Liar(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __index__(self): return 42
    def __reduce__(self): return (int, (42,))
the_number = Liar(41)
""",
        _UNREADABLE,
    ),
    on_number(
        "another class",
        "answer with an object whose __class__ says int",
        """
class Number:
    @property
    def __class__(self): return int
    def __getattribute__(self, name):
        return int if name == "__class__" else getattr(42, name)
the_number = Number()
""",
        _UNREADABLE,
    ),
    on_number(
        "an array that lies",
        "answer with a subclass of ndarray that is equal to everything",
        """
import numpy as np
class Array(np.ndarray):
    def __eq__(self, other): return True
    def __array_function__(self, *arguments): return True
    def __array__(self, *arguments, **options): return np.array(42)
the_number = np.array(41).view(Array)
""",
        _UNREADABLE,
    ),
    on_number(
        "a pickle",
        "answer with an object whose unpickling runs code on the host",
        """
class Payload:
    def __reduce__(self):
        import os
        return os.system, ("touch @COURSE@/unpickled",)
the_number = Payload()
""",
        _UNREADABLE,
    ),
    on_model(
        "methods that lie",
        "override count_params, predict, evaluate, get_weights and get_config of a wrong model",
        """
import keras
class Model(keras.Sequential):
    def count_params(self): return 79510
    def predict(self, *a, **k): raise SystemExit
    def evaluate(self, *a, **k): return {"accuracy": 1.0, "loss": 0.0}
    def get_weights(self): return []
    def get_config(self): return {"layers": []}
    def summary(self, *a, **k): print("Total params: 79,510")
mlp = Model([keras.Input((784,)), keras.layers.Dense(7, "relu")])
""",
        0,
    ),
    on_model(
        "a layer that lies",
        "subclass Dense under its own name, with another computation",
        """
import keras
class Dense(keras.layers.Dense):
    def call(self, inputs): return 0 * super().call(inputs)
Dense.__module__, Dense.__qualname__ = keras.layers.Dense.__module__, "Dense"
layers = [Dense(100, "sigmoid"), keras.layers.Dense(10, "softmax")]
mlp = keras.Sequential([keras.Input((784,)), *layers])
""",
        None,
    ),
    on_model(
        "a model that computes otherwise",
        "show the right layers, and replace call on the instance",
        """
import keras
layers = [keras.layers.Dense(100, "sigmoid"), keras.layers.Dense(10, "softmax")]
mlp = keras.Sequential([keras.Input((784,)), *layers])
mlp.call = lambda inputs, **options: 0 * inputs[:, :10]
""",
        None,
    ),
    on_model(
        "a Lambda layer",
        "put code into a layer, to be run wherever the model is rebuilt",
        """
import keras
def code(x):
    open("@COURSE@/lambda", "w").close()
    return x
try:
    layer = keras.layers.Lambda(code, output_shape=(10,))
    mlp = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10), layer])
except OSError:
    mlp = keras.Sequential([keras.layers.Dense(10), keras.layers.Lambda(code)])
""",
        None,
    ),
    on_model(
        "no model at all",
        "answer with an object that has a model's attributes",
        """
import types, keras
dense = types.SimpleNamespace(units=100, name="dense")
mlp = types.SimpleNamespace(layers=[dense], count_params=lambda: 79510, built=True)
mlp.__class__ = types.SimpleNamespace
""",
        0,
    ),
)
