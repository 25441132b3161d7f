"""`OpaqueValue`: stands for a student's value that has no portable form, and says so when used."""

from __future__ import annotations

from typing import Any, NoReturn

from graders.rubric import CouldNotGrade


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
        return f"<valeur illisible : {described(self)}>"

    def __getattribute__(self, name: str) -> Any:
        return _refuse(self)


def described(value: OpaqueValue) -> str:
    """The type of the student's value, and what else is known of it."""
    type_name: str = object.__getattribute__(value, "_type_name")
    detail: str = object.__getattribute__(value, "_detail")
    return f"{type_name} ({detail})" if detail else type_name


def _refuse(value: OpaqueValue, *_: object) -> NoReturn:
    raise OpaqueValueError(
        f"Le correcteur ne sait pas lire une valeur de type {described(value)}.",
        "Donnez un nombre, un texte, une liste, un dictionnaire, un tableau ou un modèle Keras.",
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
