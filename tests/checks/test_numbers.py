"""A number is accepted in any form, and only the right one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from graders.checks.numbers import is_parameter_count
from graders.models.architecture import Architecture
from graders.models.operations import Activation, Dense
from graders.rubric import Failure
from tests.checks.hostile import HOSTILE

# 784 × 100 + 100 + 100 × 10 + 10 = 79510.
PERCEPTRON = Architecture(
    (784,), (Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax"))
)
check = is_parameter_count(PERCEPTRON)

RIGHT: list[Any] = [
    79510,
    79510.0,
    784 * 100 + 100 + 100 * 10 + 10,
    "79510",
    " 79510 ",
    "79 510",
    "79\u202f510",
    "79\u00a0510",
    "79,510",
    "79_510",
    "79.510",
    "79 510 paramètres",
    np.int64(79510),
    np.uint32(79510),
    np.float32(79510),
    np.float64(79510),
    np.array(79510),
    np.array([79510]),
    np.prod([2, 39755]),
]
WRONG: list[Any] = [
    0,
    -79510,
    79509,
    79511,
    79510.5,
    7850,
    79400,
    "79 511",
    "79,51",
    "7 9510",
    "79510 ou 7850",
    "soixante-dix-neuf mille cinq cent dix",
    "784*100+100+100*10+10",
    [79510],
    (79510,),
    {79510},
    np.array([79510, 79510]),
    np.array(True),
    np.array("79510"),
    np.array([79510], dtype=object),
]


@pytest.mark.parametrize("value", RIGHT, ids=repr)
def test_the_right_number_is_accepted_in_any_form(value: Any) -> None:
    check(value)


def test_tensors_and_variables_are_numbers_too() -> None:
    for value in (tf.constant(79510), tf.Variable(79510.0), keras.ops.sum([79500, 10])):
        check(value)
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(100), keras.layers.Dense(10)])
    check(model.count_params())
    check(keras.Variable(79510.0))


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_another_number_is_refused_without_the_right_one(value: Any) -> None:
    with pytest.raises(Failure) as refused:
        check(value)
    if "510" not in repr(value):
        assert "510" not in refused.value.message.replace("\u202f", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_number_is_refused_in_french(name: str) -> None:
    with pytest.raises(Failure, match="nombre"):
        check(HOSTILE[name])


def test_a_tensor_that_is_no_number_is_refused() -> None:
    symbolic = keras.Input((1,))
    for value in (tf.constant("79510"), tf.constant([1, 2]), symbolic, keras.layers.Dense(1), tf):
        with pytest.raises(Failure, match="nombre"):
            check(value)


def test_who_forgets_the_biases_is_asked_about_them() -> None:
    with pytest.raises(Failure) as refused:
        check(784 * 100 + 100 * 10)
    assert "biais" in refused.value.hint
    assert "79\u202f400" in refused.value.message
