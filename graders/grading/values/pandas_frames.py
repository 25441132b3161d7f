"""Series and frames from columns that were checked; opaque values where pandas is missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.grading.values.checks import ValuesError
from graders.opaque import OpaqueValue


def column(value: Any) -> Any:
    """A column or an index: an array of one dimension, or a list of plain values."""
    plain = type(value) is list and all(
        item is None or type(item) in (bool, int, float, str) for item in value
    )
    if not plain and not (type(value) is np.ndarray and value.ndim == 1):
        raise ValuesError("A column is an array of one dimension or a list of plain values.")
    return value


def series(name: Any, index: Any, values: Any) -> Any:
    """A `pandas.Series`."""
    try:
        import pandas  # noqa: PLC0415 - half a second, and few answers hold one
    except ImportError:
        return OpaqueValue("Series", "no pandas")
    if len(index) != len(values):
        raise ValuesError("An index is as long as its column.")
    return pandas.Series(values, index=index, name=name)


def frame(index: Any, labels: list[Any], columns: list[Any]) -> Any:
    """A `pandas.DataFrame`; two columns may have the same label."""
    try:
        import pandas  # noqa: PLC0415
    except ImportError:
        return OpaqueValue("DataFrame", "no pandas")
    if any(len(values) != len(index) for values in columns):
        raise ValuesError("An index is as long as each column.")
    found = pandas.DataFrame(dict(enumerate(columns)), index=index)
    found.columns = pandas.Index(labels)
    return found
