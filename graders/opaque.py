"""`OpaqueValue`: stands for a student's value that has no portable form, and says so when used."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from graders.language import marked
from graders.language import translate as _
from graders.rubric import CouldNotGrade
from graders.text import printable, type_name

# What a value's own side says of it, before a colon, and how that is told.
_DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "class": marked("classe {name}"),
        "cyclic": marked("se contient lui-même"),
        "function": marked("fonction {name}"),
        "no pandas": marked("pandas n’est pas installé"),
        "too large": marked("trop grand pour être transmis"),
        "unreadable": marked("illisible ({name})"),
    }
)


class OpaqueValueError(CouldNotGrade):
    """A check used a value that could not be handed over: a person has to look at it."""


class OpaqueValue:
    """A value that a check can hold but not use.

    Whatever is done with it, `isinstance` included, raises `OpaqueValueError`; only `type(value)`,
    `is` and `repr` are harmless.
    """

    __slots__ = ("_detail", "_type_name")

    def __init__(self, type_name: str, detail: str = "") -> None:
        object.__setattr__(self, "_type_name", type_name)
        object.__setattr__(self, "_detail", detail)

    def __repr__(self) -> str:
        return _("<valeur illisible : {value}>").format(value=described(self))

    def __getattribute__(self, name: str) -> Any:
        return _refuse(self)


def described(value: OpaqueValue) -> str:
    """The type of the student's value, and what else is known of it."""
    type_name: str = object.__getattribute__(value, "_type_name")
    detail: str = object.__getattribute__(value, "_detail")
    kind, _colon, name = detail.partition(":")
    told = _(_DETAILS[kind]).format(name=name) if kind in _DETAILS else detail
    return f"{type_name} ({told})" if told else type_name


def student_type(value: object) -> str:
    """Name of the type that a value has in the student's notebook, without running its code."""
    if type(value) is OpaqueValue:
        return printable(object.__getattribute__(value, "_type_name"))
    return type_name(value)


def _refuse(value: OpaqueValue, *_arguments: object) -> NoReturn:
    raise OpaqueValueError(
        _("Le correcteur ne sait pas lire une valeur de type {type}.").format(
            type=described(value)
        ),
        _("Donnez un nombre, un texte, une liste, un dictionnaire, un tableau ou un modèle Keras."),
    )


_USES = (
    "eq ne lt le gt ge hash bool str format bytes int float complex index round trunc floor ceil "
    "len iter next reversed contains getitem setitem delitem call setattr delattr enter exit "
    "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift "
    "radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor rlshift rrshift "
    "neg pos abs invert array reduce reduce_ex dir"
)
for _use in _USES.split():
    setattr(OpaqueValue, f"__{_use}__", _refuse)
del _use
