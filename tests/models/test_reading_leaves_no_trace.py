"""Reading changes nothing in the model nor around it, whatever the model."""

from __future__ import annotations

import random
import textwrap
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.backend.common import global_state

from graders.models.building import accuracy, build, compile_model, predict
from graders.models.reading import NotReadable, read_architecture, read_compilation, read_snapshot

MODELS = {
    "a Sequential": """
        model = Sequential([Input((4,)), Dense(5, "relu"), layers.Dropout(0.5), Dense(3)])
    """,
    "an unbuilt Sequential with a lambda": """
        model = Sequential([Dense(5, lambda x: keras.ops.relu(x)), Dense(3, "softmax")])
    """,
    "a functional model": """
        x = Input((4,))
        model = Model(x, keras.ops.softmax(layers.BatchNormalization()(Dense(5)(x))))
    """,
    "a subclass": """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.body = Sequential([Dense(5), layers.ReLU()])
                self.drop, self.out, self.unused = layers.Dropout(0.5), Dense(3), Dense(2)
            def call(self, x, training=None):
                print("dans call")
                noise = keras.random.normal((1,))
                return self.out(self.drop(self.body(x), training=training))
        model = Mine()
        model(np.zeros((1, 4), "float32"))
    """,
    "a subclass that draws random numbers": """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                import random
                keras.random.normal((2,)), np.random.rand(), random.random()
                return self.out(x)
        model = Mine()
        model(np.zeros((1, 4), "float32"))
    """,
    "a subclass never called": """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                return self.out(x)
        model = Mine()
    """,
    "a subclass built in name only": """
        class Mine(Model):
            def __init__(self):
                super().__init__()
                self.out = Dense(3)
            def call(self, x):
                return self.out(x)
        model = Mine()
        model.build((None, 4))
    """,
    "a half-built Sequential": """
        model = Sequential([Input((4, 4, 1)), layers.Conv2D(2, 3)])
        try:
            model.add(layers.Conv2D(2, 3))
        except ValueError:
            pass
    """,
}


def made(code: str) -> Any:
    """The model a student's code makes."""
    names: dict[str, Any] = {"keras": keras, "layers": keras.layers, "np": np}
    names |= {"Sequential": keras.Sequential, "Model": keras.Model, "Input": keras.Input}
    names |= {"Dense": keras.layers.Dense}
    with warnings.catch_warnings(action="ignore"):
        exec(textwrap.dedent(code), names)
    return names["model"]


def around() -> dict[str, Any]:
    """Everything around a model that a later cell could notice."""
    generator = global_state.get_global_attribute("global_seed_generator")
    return {
        "python": random.getstate(),
        "numpy": [*np.random.get_state()[1]],  # type: ignore[index]
        "keras": None if generator is None else np.array(generator.state).tolist(),
        "names": dict(global_state.get_global_attribute("object_name_uids") or {}),
        "call": global_state.get_global_attribute("current_call_ctx"),
        "floatx": keras.config.floatx(),
    }


def inside(model: Any) -> dict[str, Any]:
    """Everything in a model that reading could have changed."""
    layers = keras.Model._flatten_layers(model)
    optimizer = getattr(model, "optimizer", None)
    return {
        "attributes": [sorted(vars(layer)) for layer in layers],
        "identities": {
            key: id(value) for key, value in vars(model).items() if not key.startswith("_self_")
        },
        "built": [(layer.name, layer.built) for layer in layers],
        "nodes": [(len(layer._inbound_nodes), len(layer._outbound_nodes)) for layer in layers],
        "weights": [array.tobytes() for array in keras.Model.get_weights(model)],
        "seeds": [
            np.array(generator.state).tolist()
            for layer in layers
            for generator in layer._seed_generators
        ],
        "optimizer": None
        if optimizer is None
        else [np.array(variable).tolist() for variable in optimizer.variables],
    }


def read_everything(model: Any) -> None:
    """Read a model in each way there is."""
    for read in (read_architecture, read_snapshot, read_compilation):
        try:
            read(model)
        except NotReadable:
            continue


@pytest.mark.parametrize("code", MODELS.values(), ids=MODELS)
def test_reading_leaves_the_model_as_it_was(code: str) -> None:
    model = made(code)
    model.compile("adam", "mse", metrics=["accuracy"])
    before = inside(model)
    read_everything(model)
    assert inside(model) == before


@pytest.mark.parametrize("code", MODELS.values(), ids=MODELS)
def test_reading_leaves_everything_around_as_it_was(code: str) -> None:
    model = made(code)
    model.compile("adam", "mse", metrics=["accuracy"])
    keras.random.normal((1,))  # There is a global generator to restore.
    before = around()
    read_everything(model)
    assert around() == before


def test_reading_prints_nothing_and_warns_of_nothing(
    capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    model = made(MODELS["a subclass"])
    capsys.readouterr()
    recwarn.clear()
    read_everything(model)
    assert capsys.readouterr() == ("", "")
    assert not recwarn.list


def test_a_training_goes_on_as_if_nothing_had_been_read() -> None:
    def losses(between: Callable[[Any], None]) -> Any:
        keras.utils.set_random_seed(3)
        model = made(MODELS["a Sequential"])
        model.compile("adam", "mse")
        data = np.ones((4, 4), np.float32), np.ones((4, 3), np.float32)
        first = model.fit(*data, verbose=0).history["loss"]
        between(model)
        return first + model.fit(*data, epochs=3, verbose=0).history["loss"]

    assert losses(read_everything) == losses(lambda _: None)


def test_building_and_predicting_leave_everything_around_as_it_was() -> None:
    model = made(MODELS["a Sequential"])
    model.compile("adam", "mse", metrics=["accuracy"])
    snapshot = read_snapshot(model)
    assert snapshot.compilation is not None
    before = around()
    compile_model(build(snapshot.architecture, snapshot.weights), snapshot.compilation)
    predict(snapshot, np.zeros((3, 4)))
    accuracy(snapshot, np.zeros((3, 4)), [0, 1, 2])
    assert around() == before


def test_before_any_random_draw_there_is_none_afterwards_either() -> None:
    keras.utils.clear_session()
    model = keras.Sequential([keras.layers.Dense(3, name="only")], name="model")
    before = around()
    read_everything(model)
    assert around() == before
    assert before["keras"] is None
