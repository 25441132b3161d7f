"""Numbers a student gives, in whatever form Python, NumPy, Keras or a sentence has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite, prod
from typing import Any

import numpy as np

from graders.checks import wording
from graders.language import translate as _
from graders.models.architecture import Architecture
from graders.models.counting import parameter_shapes
from graders.rubric import Failure

_LONGEST = 40
_LARGEST = 10**15  # a float still tells such numbers apart
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f_,.'’]\d{3})+|\d+")
_UNIT = re.compile(r"\s*param[eè]tres?\s*$", re.IGNORECASE)
_NUMPY = frozenset({np.ndarray, *np.sctypeDict.values()})
_HOLD_TENSORS = {"tensorflow", "keras", "jax", "jaxlib", "torch"}


def is_parameter_count(architecture: Architecture) -> Callable[[object], None]:
    """Check a number of parameters; who left out the biases is told so."""
    shapes = parameter_shapes(architecture)
    expected = sum(prod(shape) for shape in shapes)
    without_biases = sum(prod(shape) for shape in shapes if len(shape) > 1)

    def check(value: object) -> None:
        """Le nombre de paramètres."""
        received = number_in(value)
        if received == expected:
            return
        if received == without_biases:
            hint = _("Chaque neurone a aussi un biais : l’avez-vous compté ?")
        else:
            hint = _("Refaites le calcul couche par couche : les poids, puis les biais.")
        raise Failure(
            _("Ce n’est pas le bon nombre (reçu : {received}).").format(
                received=wording.shown(received)
            ),
            hint,
        )

    return check


def number_in(value: object) -> int | float:
    """The number of a reasonable size that `value` is, whole where it is whole.

    Raises:
        Failure: it is not one.
    """
    plain: object = value
    if type(value) is str:
        plain = _written(value)
    elif type(value) in _NUMPY:
        plain = _alone(value)
    elif _module(type(value)) in _HOLD_TENSORS:
        plain = _alone(_array(value))
    if type(plain) is int and abs(plain) < _LARGEST:
        return plain
    if type(plain) is float and isfinite(plain):
        return int(plain) if plain.is_integer() else plain
    raise Failure(
        _("Un nombre est attendu (reçu : {received}).").format(received=wording.shown(value)),
        _("Rangez dans la variable le nombre lui-même."),
    )


def _written(text: str) -> int | None:
    """The whole number a text writes, its digits grouped or not."""
    digits = _UNIT.sub("", text.strip()) if len(text) <= _LONGEST else ""
    return int(re.sub(r"\D", "", digits)) if _GROUPED.fullmatch(digits) else None


def _alone(array: Any) -> object:
    """The number of an array that holds one."""
    if type(array) not in _NUMPY or array.size != 1 or array.dtype.kind not in "iuf":
        return None
    return array.item()


def _array(tensor: object) -> object:
    import keras  # noqa: PLC0415 - there is a tensor, so Keras is there already

    try:
        return keras.ops.convert_to_numpy(tensor)
    except Exception:  # noqa: BLE001 - a library's object, but not a tensor of numbers
        return None


def _module(kind: type) -> str:
    module = type.__dict__["__module__"].__get__(kind)
    return module.partition(".")[0] if type(module) is str else ""
