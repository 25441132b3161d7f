"""A layer's settings as plain values: an attribute may hold NumPy's numbers, or anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.models.operations import Padding, Pair

_LARGEST_NUMBER = 10**9


class UnusualError(Exception):
    """A layer has a setting the canonical form has no word for."""


def whole(value: Any) -> int:
    """A plain non-negative integer of a reasonable size."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise UnusualError(f"a {type(value).__name__} in place of an integer")
    if not 0 <= value <= _LARGEST_NUMBER:
        raise UnusualError("an integer out of all proportion")
    return int(value)


def number(value: Any) -> float:
    """A plain finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise UnusualError(f"a {type(value).__name__} in place of a number")
    if not np.isfinite(value):
        raise UnusualError("a number that is not finite")
    return float(value)


def pair(value: Any) -> Pair:
    """Two plain integers."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise UnusualError(f"a {type(value).__name__} in place of a pair")
    return whole(value[0]), whole(value[1])


def padding(value: Any) -> Padding:
    """A padding in lower case."""
    match value.lower() if isinstance(value, str) else None:
        case "valid":
            return "valid"
        case "same":
            return "same"
    raise UnusualError("padding")
