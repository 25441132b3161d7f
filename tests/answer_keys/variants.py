"""A variant: a way of writing an answer, and how the answer key judges it."""

from __future__ import annotations

import functools
import textwrap
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from graders.answer_keys import tp_keras
from graders.checks.architecture import has_layers
from graders.checks.subject import architecture_of
from graders.judging import Check, judge
from graders.rubric import Finding

Target = Literal["logistique", "mlp", "lenet", "compile mlp", "compile lenet"]

TITLES: dict[Target, str] = {
    "logistique": "Régression logistique (donnée dans l’énoncé)",
    "mlp": "Perceptron (question 4)",
    "lenet": "LeNet (question 9)",
    "compile mlp": "Compilation du perceptron (question 6)",
    "compile lenet": "Compilation de LeNet (question 10)",
}

BASES: dict[Target, tuple[str, ...]] = {
    "logistique": ("Input((784,))", "Dense(10)", 'Activation("softmax")'),
    "mlp": (
        "Input((784,))",
        "Dense(100)",
        'Activation("sigmoid")',
        "Dense(10)",
        'Activation("softmax")',
    ),
    "lenet": (
        "Input((28, 28, 1))",
        'Conv2D(16, 5, padding="same")',
        'Activation("sigmoid")',
        "MaxPooling2D(2)",
        'Conv2D(32, 5, padding="same")',
        'Activation("sigmoid")',
        "MaxPooling2D(2)",
        'Conv2D(64, 5, padding="same")',
        'Activation("sigmoid")',
        "MaxPooling2D(2)",
        "Flatten()",
        "Dense(100)",
        'Activation("sigmoid")',
        "Dense(10)",
        'Activation("softmax")',
    ),
    "compile mlp": ('"categorical_crossentropy"', "SGD(0.5)", '["accuracy"]'),
    "compile lenet": ('"categorical_crossentropy"', "Adam()", '["accuracy"]'),
}


@dataclass(frozen=True)
class Accepted:
    """One more right way of writing what is asked: `code` defines `modele`, or compiles it."""

    target: Target
    description: str
    code: str


@dataclass(frozen=True)
class Refused:
    """One change that makes a right answer wrong: `lines` of the base become `code`.

    `places` are words of the titles of the findings that refuse it, and of no other's;
    `words` occur in their messages.
    """

    target: Target
    description: str
    lines: tuple[int, int]
    code: tuple[str, ...]
    places: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def source(self) -> str:
        """Code of the whole wrong answer."""
        first, last = self.lines
        base = BASES[self.target]
        return whole(self.target, (*base[:first], *self.code, *base[last:]))


def whole(target: Target, lines: tuple[str, ...]) -> str:
    """Code that defines `modele` from its layers, or compiles it with its settings."""
    if target.startswith("compile"):
        names = ("loss", "optimizer", "metrics")
        settings = (f"{name}={line}" for name, line in zip(names, lines, strict=True) if line)
        return f"modele.compile({', '.join(settings)})"
    return "modele = Sequential([" + ", ".join(lines) + "])"


@functools.cache
def findings(target: Target, code: str) -> tuple[Finding, ...]:
    """What the answer key finds in the `modele` that `code` defines or compiles."""
    model = written(code)
    if target == "logistique":
        check = Check(has_layers(tp_keras.LOGISTIC, 0, 2), 1, ("modele",), "Le modèle")
        return judge(target, [check], {"modele": model}, {"modele": architecture_of}).findings
    test_cell, name = {
        "mlp": ("test_q4_mlp", "mlp"),
        "lenet": ("test_q9_lenet", "lenet"),
        "compile mlp": ("test_q6_mlp_entrainement", "mlp"),
        "compile lenet": ("test_q10_lenet_entrainement", "lenet"),
    }[target]
    question = tp_keras.QUESTIONS[test_cell]
    # Of a training question, only its compile settings: these models are not trained.
    checks = question.checks[:3] if target.startswith("compile") else question.checks
    return judge(test_cell, checks, {name: model}, question.readers).findings


def written(code: str) -> Any:
    """The `modele` that `code` defines or compiles."""
    names = _names()
    exec(textwrap.dedent(code), names)
    return names["modele"]


def _names() -> dict[str, Any]:
    """What a student may have imported."""
    names: dict[str, Any] = {"keras": keras, "np": np, "tf": tf, "layers": keras.layers}
    for module in (keras.layers, keras.optimizers, keras.losses):
        names |= {key: value for key, value in vars(module).items() if key[0].isupper()}
    layers = [keras.Input((784,)), keras.layers.Dense(10, activation="softmax")]
    names["modele"] = keras.Sequential(layers)  # for the answers that only compile
    return names | {"Sequential": keras.Sequential, "Model": keras.Model, "ops": keras.ops}
