"""Glorot's uniform initialisation by any of its names, and by no other's."""

from __future__ import annotations

import re
from typing import Any

import keras
import pytest

from graders.checks.initialisation import is_glorot_uniform
from graders.rubric import CouldNotGrade, Failure
from tests.checks.hostile import HOSTILE

check = is_glorot_uniform()

RIGHT: list[Any] = [
    "glorot_uniform",
    "GlorotUniform",
    "glorotuniform",
    "glorot uniform",
    "Glorot uniforme",
    "GLOROT UNIFORME",
    "  glorot-uniform.  ",
    "Glorot_Uniform()",
    "keras.initializers.GlorotUniform()",
    "initialisation uniforme de Glorot",
    "l’initialisation Glorot uniforme par défaut",
    "Par défaut, c’est l’initialisation de Glorot uniforme qui est utilisée.",
    "Xavier uniform",
    "xavier_uniform",
    "Xavier uniforme (ou Glorot uniforme)",
    "loi uniforme de Xavier Glorot",
    "Glorot, tirage uniforme entre -l et l avec l = sqrt(6 / (fan_in + fan_out))",
    "glorot_uniform pour les poids, zeros pour les biais",
    "uniformément, selon Glorot",
    keras.initializers.GlorotUniform(),
    keras.initializers.GlorotUniform,
    keras.initializers.get("glorot_uniform"),
    keras.layers.Dense(1).kernel_initializer,
    keras.layers.Dense(1).get_config()["kernel_initializer"],
]
WRONG: list[Any] = [
    "",
    "uniform",
    "uniforme",
    "random_uniform",
    "normal",
    "glorot_normal",
    "GlorotNormal",
    "Glorot normale",
    "Xavier normal",
    "Glorot gaussienne",
    "he_uniform",
    "HeUniform",
    "He uniforme",
    "lecun_uniform",
    "zeros",
    "aléatoire",
    "je ne sais pas",
    "glorot he normal uniform",
    "glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_normal",
    "glorot_uniform ou orthogonal",
    "x" * 501,
    ["glorot_uniform"],
    ("glorot_uniform",),
    keras.initializers.GlorotNormal(),
    keras.initializers.HeUniform,
    keras.layers.Dense(1, kernel_initializer="he_normal").get_config()["kernel_initializer"],
]


def _written(value: object) -> str:
    """A name that is the same in every process: an object's address is not."""
    return re.sub(r" at 0x\w+", "", repr(value))


@pytest.mark.parametrize("value", RIGHT, ids=_written)
def test_the_right_name_is_accepted_in_any_form(value: Any) -> None:
    check(value)


@pytest.mark.parametrize("value", WRONG, ids=_written)
def test_another_name_or_several_are_refused(value: Any) -> None:
    with pytest.raises(Failure) as refused:
        check(value)
    assert refused.value.fraction == 0


@pytest.mark.parametrize("value", ["Glorot", "initialisation de Xavier", "glorot..."])
def test_a_name_without_its_law_earns_half(value: str) -> None:
    with pytest.raises(Failure, match="incomplète") as refused:
        check(value)
    assert refused.value.fraction == 0.5


@pytest.mark.parametrize("value", ["Glorot uniforme, et non normale", "Glorot uniforme (pas He)"])
def test_a_sentence_that_rules_others_out_is_left_to_a_person(value: str) -> None:
    with pytest.raises(CouldNotGrade):
        check(value)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_name_is_refused_in_french(name: str) -> None:
    with pytest.raises(Failure, match=r"initialisation|trop longue"):
        check(HOSTILE[name])
