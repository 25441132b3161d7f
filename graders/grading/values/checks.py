"""The strict little readers that a document of values is read with: exact types, exact sizes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graders.grading.values.encoding import LONGEST_TEXT_ITEM, NUMERIC_DTYPES, ValueLimits

Array = npt.NDArray[Any]
T = TypeVar("T")

_TEXT_DTYPE = re.compile(r"<U([1-9][0-9]{0,4})")
_LONGEST_LABEL = 500
_FLOATS = MappingProxyType({"nan": math.nan, "inf": math.inf, "-inf": -math.inf})


class ValuesError(ValueError):
    """Something offered as a document of values is not one."""


def parsed(document: bytes) -> Any:
    """JSON as the encoder writes it: ASCII, unique keys, no NaN, no endless nesting."""
    try:
        return json.loads(
            document.decode("ascii"), parse_constant=_refused, object_pairs_hook=_unique
        )
    except (ValueError, RecursionError) as error:
        raise ValuesError(f"Not a document: {type(error).__name__}.") from None


def items(data: object, count: int) -> list[Any]:
    """A list of exactly `count` items."""
    if type(data) is not list or len(data) != count:
        raise ValuesError(f"A list of {count} items was expected.")
    return data


def at_most(data: object, count: int) -> list[Any]:
    """A list of at most `count` items."""
    if type(data) is not list or len(data) > count:
        raise ValuesError(f"A list of at most {count} items was expected.")
    return data


def length(data: object) -> int:
    """A number of bytes or of items."""
    if type(data) is not int or not 0 <= data < 2**62:
        raise ValuesError("A length was expected.")
    return data


def name(data: object) -> str:
    """The name of a variable."""
    if type(data) is not str or len(data) > 200 or not data.isidentifier():
        raise ValuesError("A name was expected.")
    return data


def label(data: object) -> str:
    """A short printable text."""
    if type(data) is not str or len(data) > _LONGEST_LABEL or not data.isprintable():
        raise ValuesError("A short printable text was expected.")
    return data


def key(value: Any) -> Any:
    """A value that may be the key of a dictionary or the member of a set."""
    kind = type(value)
    if kind is tuple:
        return tuple(key(item) for item in value)
    if value is not None and kind not in (bool, int, float, str):
        raise ValuesError("A key is a plain value, or a tuple of plain values.")
    return value


def dtype(code: object) -> np.dtype[Any]:
    """The type of an array's items: numbers, booleans or text, never objects."""
    text = _TEXT_DTYPE.fullmatch(code) if type(code) is str else None
    if text and int(text[1]) <= LONGEST_TEXT_ITEM:
        return np.dtype(text[0])
    if type(code) is not str or code not in NUMERIC_DTYPES:
        raise ValuesError("An array holds numbers, booleans or text.")
    return np.dtype(code)


def check_items(array: Array) -> None:
    """Refuses the booleans and characters that no such array can hold."""
    if not array.size:
        return
    if array.dtype.kind == "b" and int(array.view(np.uint8).max()) > 1:
        raise ValuesError("A boolean is 0 or 1.")
    if array.dtype.kind == "U":
        codes = array.view(np.uint32)
        if int(codes.max()) > 0x10FFFF or bool(((codes >= 0xD800) & (codes < 0xE000)).any()):
            raise ValuesError("A text holds characters.")


def _none(_: ValueLimits, rest: list[Any]) -> None:
    items(rest, 0)


def _bool(_: ValueLimits, rest: list[Any]) -> bool:
    return _exactly(bool, rest)


def _int(limits: ValueLimits, rest: list[Any]) -> int:
    value = _exactly(int, rest)
    if value.bit_length() > limits.integer_bits:
        raise ValuesError("An integer is too large.")
    return value


def _float(_: ValueLimits, rest: list[Any]) -> float:
    return _float_item(items(rest, 1)[0])


def _complex(_: ValueLimits, rest: list[Any]) -> complex:
    return complex(*map(_float_item, items(rest, 2)))


def _str(limits: ValueLimits, rest: list[Any]) -> str:
    value = _exactly(str, rest)
    if len(value) > limits.text:
        raise ValuesError("A text is too long.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValuesError("A text holds characters.") from None
    return value


SCALARS: Mapping[str, Callable[[ValueLimits, list[Any]], Any]] = MappingProxyType(
    {
        "none": _none,
        "bool": _bool,
        "int": _int,
        "float": _float,
        "complex": _complex,
        "str": _str,
    }
)


def _exactly(kind: type[T], rest: list[Any]) -> T:
    value = items(rest, 1)[0]
    if type(value) is not kind:
        raise ValuesError(f"A value of type {kind.__name__} was expected.")
    return value


def _float_item(item: object) -> float:
    if type(item) is str and item in _FLOATS:
        return _FLOATS[item]
    if type(item) is not float or not math.isfinite(item):
        raise ValuesError("A number with a decimal point was expected.")
    return item


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key occurs twice.")
    return found
