"""JSON to frozen dataclasses and back, exactly: the types are the schema, there is no other.

Why not a library: none that was tried refuses a duplicated key (pydantic and msgspec keep the
last one, also when told to be strict, and take integers of any length), and `jsonschema` takes
3.0 for an integer. What stands between a student's bytes and a trusted process is better read
in one screen than configured.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from graders.models.bounds import Bound

_LONGEST_NUMBER = 32  # characters; Python's own conversion is slow on a million digits
_LONGEST_SHOWN = 80
_KIND = "type"
_EXPECTED = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "a text",
    NoneType: "null",
}


class PortableError(ValueError):
    """A document is not the portable form of a model; the message names the place in it."""

    def __init__(self, place: str, expected: str, received: str) -> None:
        super().__init__(f"{place}: expected {expected}. Received: {received}.")
        self.place = place


def parse_json(text: bytes, most_bytes: int) -> Any:
    """Strict JSON: UTF-8, keys once, finite numbers of ordinary length, no deep nesting.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    if len(text) > most_bytes:
        _refuse("header", f"at most {most_bytes} bytes", len(text))
    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=lambda constant: _refuse("header", "a finite number", constant),
        )
    except UnicodeDecodeError as error:
        raise PortableError("header", "UTF-8 text", f"another byte at {error.start}") from None
    except json.JSONDecodeError as error:
        raise PortableError("header", "JSON", f"{error.msg} at {error.pos}") from None
    except RecursionError:
        raise PortableError("header", "a shallow document", "a deeply nested one") from None


def encode(value: Any) -> Any:
    """What `json.dumps` takes, for a value made of dataclasses, tuples and scalars."""
    if is_dataclass(value):
        members = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        return {_KIND: type(value).__name__, **members}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: Any, value: Any, place: str = "") -> Any:
    """The value of type `kind` that `value`, out of `parse_json`, stands for.

    `kind` is a dataclass, a tuple, a union, a `Literal`, a scalar, or one of these annotated
    with bounds. Its depth bounds the recursion, not the document's.

    Raises:
        PortableError: the value is of another type, out of its bounds, or has other keys.
    """
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *bounds = get_args(kind)
        if type(value) is list:  # Its length is bounded before its items are read.
            return decode(inner, _bounded(value, bounds, place), place)
        return _bounded(decode(inner, value, place), bounds, place)
    if origin is tuple:
        return _tuple(get_args(kind), value, place)
    if origin in (Union, UnionType):
        return decode(_chosen(get_args(kind), value, place), value, place)
    if is_dataclass(kind):
        return _record(kind, value, place)
    return _scalar(kind, value, place)


def _scalar(kind: Any, value: Any, place: str) -> Any:
    """A word or a number of exactly this type: True is no integer, and neither is 3.0."""
    if get_origin(kind) is Literal:
        words = get_args(kind)
        if type(value) is not str or value not in words:
            _refuse(place, " or ".join(words), value)
        return value
    if kind is float and type(value) is int:
        return float(value)
    return value if type(value) is kind else _refuse(place, _EXPECTED[kind], value)


def _bounded(value: Any, bounds: Iterable[Bound], place: str) -> Any:
    for bound in bounds:
        if not bound.allows(value):
            _refuse(place, bound, value)
    return value


def _tuple(kinds: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    if type(value) is not list:
        _refuse(place, "a list", value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(value) != len(kinds):
        _refuse(place, f"a list of {len(kinds)}", value)
    return tuple(
        decode(kind, item, f"{place}[{position}]")
        for position, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _chosen(kinds: tuple[Any, ...], value: Any, place: str) -> Any:
    """The member of a union that a value claims to be: by its type, never by trying."""
    records = [kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)]
    by_name: dict[str, Any] = {kind.__name__: kind for kind in records}
    by_type = {(get_args(kind) or (kind,))[0]: kind for kind in kinds if kind not in records}
    if type(value) in by_type:
        return by_type[type(value)]
    if type(value) is dict and type(value.get(_KIND)) is str and value[_KIND] in by_name:
        return by_name[value[_KIND]]
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) == 1:
        return others[0]
    return _refuse(place, f"one of {len(kinds)} known forms", value)


def _record(kind: Any, value: Any, place: str) -> Any:
    if type(value) is not dict:
        _refuse(place, f"an object ({kind.__name__})", value)
    hints = _hints(kind)
    if value.keys() != {_KIND, *hints}:
        _refuse(place, f"an object with the keys {', '.join([_KIND, *hints])}", list(value))
    if value[_KIND] != kind.__name__:
        _refuse(f"{place}.{_KIND}".lstrip("."), kind.__name__, value[_KIND])
    return kind(
        **{
            name: decode(hint, value[name], f"{place}.{name}".lstrip("."))
            for name, hint in hints.items()
        }
    )


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            _refuse("header", "each key once", key)
        members[key] = value
    return members


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        _refuse("header", f"a number of at most {_LONGEST_NUMBER} characters", digits)
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > _LONGEST_NUMBER or not isfinite(float(digits)):
        _refuse("header", f"a finite number of at most {_LONGEST_NUMBER} characters", digits)
    return float(digits)


def _refuse(place: str, expected: object, received: object) -> NoReturn:
    # `reprlib` stays short and shallow on whatever a student's document holds.
    raise PortableError(place or "header", str(expected), reprlib.repr(received)[:_LONGEST_SHOWN])
