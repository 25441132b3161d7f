"""The class that grading is timed on: 24 whole notebooks, 16 right and 8 with a usual mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.answers import Answers

_PERCEPTRONS = (
    answers.MLP_ADD,
    answers.MLP_LIST,
    answers.MLP_FUNCTIONAL,
    answers.MLP_TF_NN,
)
_LENETS = (
    answers.LENET_ADD,
    answers.LENET_LIST,
    answers.LENET_FUNCTIONAL,
    answers.LENET_TF_NN,
)
_SQUARED = answers.MLP_TRAINED.replace("categorical_crossentropy", "mean_squared_error")


@dataclass(frozen=True, slots=True)
class Handed:
    """One submission; `lenet_epochs` tells how much its convolutional network trains."""

    login: str
    answers: Answers
    lenet_epochs: int = 10


def right(number: int) -> Handed:
    """A right submission: 16 spellings, then the same again with a remark of one's own."""
    first, second = divmod(number % 16, 4)
    spelled = {
        **answers.IN_LISTS,
        "q4_mlp": _PERCEPTRONS[first],
        "q9_lenet": _LENETS[second],
    }
    if first % 2:
        spelled["q6_mlp_entrainement"] = answers.MLP_TRAINED_OBJECTS
    if second % 2:
        spelled["q10_lenet_entrainement"] = answers.LENET_TRAINED_OBJECTS
    if number >= 16:
        spelled["q5_parametres"] += f"  # ma réponse, copie {number}"
    return Handed(f"juste-{number:03}", spelled)


def _with(login: str, epochs: int = 10, **changed: str) -> Handed:
    return Handed(login, {**answers.IN_LISTS, **changed}, epochs)


MISTAKES: Final = (
    _with("relu", q4_mlp=answers.MLP_LIST.replace('"sigmoid"', '"relu"')),
    _with("cent-vingt-huit", q4_mlp=answers.MLP_LIST.replace("100", "128")),
    _with("sans-softmax", q4_mlp=answers.MLP_LIST.replace(', activation="softmax"', "")),
    _with("une-epoque", q6_mlp_entrainement=answers.MLP_TRAINED.replace("epochs=10, ", "")),
    _with("cout-quadratique", q6_mlp_entrainement=_SQUARED),
    _with("lenet-relu", q9_lenet=answers.LENET_LIST.replace('"sigmoid"', '"relu"')),
    _with(
        "trois-epoques",
        3,
        q10_lenet_entrainement=answers.LENET_TRAINED.replace("epochs=10", "epochs=3"),
    ),
    _with("padding-oublie", 0, q9_lenet=answers.LENET_ADD.replace(', padding="same"', "")),
)
CLASS: Final = (*(right(number) for number in range(16)), *MISTAKES)


def distinct_trainings() -> Iterator[tuple[str, str]]:
    """Code that builds and trains each different network of the class, once: name and source.

    Spellings of the right networks train to the same weights: one stands for all.
    """
    for letter, build, fit in (
        ("mlp", "q4_mlp", "q6_mlp_entrainement"),
        ("lenet", "q9_lenet", "q10_lenet_entrainement"),
    ):
        seen = set()
        for handed in (_with("juste"), *MISTAKES):
            source = f"{handed.answers[build]}\n{handed.answers[fit]}"
            if source not in seen and (letter == "mlp" or handed.lenet_epochs):
                seen.add(source)
                yield f"{letter} of {handed.login}", source
