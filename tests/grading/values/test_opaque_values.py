"""What is no data crosses as a name, and says so as soon as it is used."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graders.grading.values.decoding import OpaqueValue, OpaqueValueError, decode
from graders.grading.values.encoding import ValueLimits, encode
from graders.opaque import described
from graders.rubric import CouldNotGrade
from tests.grading.values.crossing import Hostile, opaque, round_trip


class Number(int):
    """An int whose arithmetic may do anything."""


class Meta(type):
    """A class whose name is code."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise AssertionError("the name was asked for")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Hostile(), "Hostile"),
        (Number(3), "Number"),
        (Meta("Odd", (), {})(), "Odd"),
        (lambda: None, "function (fonction <lambda>)"),
        (json, "module (module)"),
        (int, "type (classe int)"),
        (datetime.date(2024, 1, 1), "date"),
        (np.array([object()]), "ndarray"),
        (np.array(["2024"], dtype="M8[D]"), "ndarray"),
        (np.zeros(1, dtype=[("a", "f4")]), "ndarray"),
        (np.ma.masked_array([1]), "MaskedArray"),
        (2**5000, "int"),
        ("\ud800", "str"),
        ({(1, b"x"): 1}, "dict"),
        ({b"x"}, "set"),
        ("x" * 1_000_001, "str (trop grand pour être transmis)"),
    ],
    ids=lambda value: value if type(value) is str and len(value) < 40 else "",
)
def test_anything_else_is_opaque_and_named_by_its_type(value: object, name: str) -> None:
    assert opaque(value) == name


def test_a_value_that_contains_itself_says_so() -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    found = round_trip(endless)
    assert found[0] == 1
    assert described(found[1]) == "list (se contient lui-même)"


def test_a_value_shared_many_times_over_does_not_explode() -> None:
    bomb: list[Any] = ["boum"]
    for _ in range(20):
        bomb = [bomb, bomb]
    encoded = encode({"answer": bomb}, limits=ValueLimits(nodes=2_000))
    found = decode(encoded.document, encoded.blob()).values["answer"]
    assert "trop grand" in described(found)


def test_a_value_too_deep_is_opaque() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert "trop grand" in opaque(deep)


def test_a_value_too_large_spoils_no_other() -> None:
    limits = ValueLimits(blob_bytes=1000)
    encoded = encode({"large": np.zeros(1000), "small": np.ones(3)}, limits=limits)
    found = decode(encoded.document, encoded.blob(), limits)
    assert type(found.values["large"]) is OpaqueValue
    assert found.values["small"].tolist() == [1, 1, 1]


def test_what_was_begun_of_an_opaque_value_leaves_nothing_behind() -> None:
    encoded = encode({"mixed": {b"bytes in a set": b"and their value"}, "after": b"intact"})
    assert decode(encoded.document, encoded.blob()).values["after"] == b"intact"


USES: list[Callable[[Any], object]] = [
    lambda value: value == 1,
    lambda value: value < 1,
    lambda value: value + 1,
    lambda value: 1 + value,
    lambda value: value[0],
    lambda value: value(),
    lambda value: value.anything,
    lambda value: hasattr(value, "anything"),
    lambda value: setattr(value, "anything", 1),
    lambda value: isinstance(value, int),
    lambda value: f"{value}",
    len,
    list,
    bool,
    int,
    float,
    hash,
    abs,
    np.asarray,
    np.mean,
    copy.copy,
    pickle.dumps,
]


@pytest.mark.parametrize("use", USES)
def test_an_opaque_value_says_so_as_soon_as_it_is_used(use: Callable[[Any], object]) -> None:
    with pytest.raises(OpaqueValueError, match="ne sait pas lire une valeur de type Decimal"):
        use(OpaqueValue("Decimal"))


def test_an_opaque_value_is_something_a_check_could_not_judge() -> None:
    assert issubclass(OpaqueValueError, CouldNotGrade)
    assert repr(OpaqueValue("Decimal", "grand")) == "<valeur illisible : Decimal (grand)>"
