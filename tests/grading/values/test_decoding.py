"""Values cross as bounded data: what is written is read back."""

from __future__ import annotations

import collections
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from graders.grading.values.decoding import decode
from graders.grading.values.encoding import Encoded, encode
from tests.grading.values.crossing import opaque, plain, round_trip

DTYPES = ["?", "<i1", "<i4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16", "<U3"]

keys = st.recursive(plain, lambda inner: st.lists(inner, max_size=2).map(tuple), max_leaves=3)
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: st_numpy.arrays(
        dtype, st_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    )
)
values = st.recursive(
    st.one_of(plain, st.binary(max_size=20), st.complex_numbers(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(keys, inner, max_size=3),
        st.sets(keys, max_size=3),
        st.frozensets(keys, max_size=3),
    ),
    max_leaves=12,
)


def same(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray | np.generic):
        return left.dtype == right.dtype and left.shape == right.shape and same_items(left, right)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def same_items(left: Any, right: Any) -> bool:
    return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))


@settings(max_examples=150, deadline=None)
@given(values)
def test_plain_values_and_containers_come_back_as_they_were(value: object) -> None:
    assert same(round_trip(value), value)


@settings(max_examples=100, deadline=None)
@given(arrays)
def test_arrays_come_back_with_their_type_shape_and_items(array: Any) -> None:
    assert same(round_trip(array), array)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, complex("nan+infj")])
def test_a_float_that_json_has_no_word_for_comes_back(value: complex) -> None:
    assert repr(round_trip(value)) == repr(value)


@pytest.mark.parametrize("value", [np.float32(0.1), np.int64(-3), np.bool_(True), np.str_("é")])
def test_numpy_scalars_keep_their_type(value: Any) -> None:
    assert same(round_trip(value), value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.arange(6, dtype=">i4"),
        np.arange(20)[::3],
        np.zeros((0, 4), np.float32),
        np.array("seul"),
        np.array([], dtype="<U0"),
    ],
    ids=["transposed", "big-endian", "strided", "empty", "one text", "no text"],
)
def test_the_memory_layout_of_an_array_does_not_matter(array: Any) -> None:
    found = round_trip(array)
    assert found.shape == array.shape
    assert found.tolist() == array.tolist()


def test_other_mappings_of_the_standard_library_become_dictionaries() -> None:
    mapping = collections.defaultdict(list, {"accuracy": [0.5]})
    assert round_trip(mapping) == {"accuracy": [0.5]}
    assert type(round_trip(collections.OrderedDict(a=1))) is dict


def test_frames_and_series_come_back() -> None:
    frame = pd.DataFrame({"loss": [0.5, 0.25], "name": ["a", "b"]}, index=["x", "y"])
    pd.testing.assert_frame_equal(round_trip(frame), frame)
    pd.testing.assert_series_equal(round_trip(frame["loss"]), frame["loss"])


def test_a_frame_that_holds_objects_or_dates_is_opaque() -> None:
    assert "DataFrame" in opaque(pd.DataFrame({"a": [object()]}))
    assert "Series" in opaque(pd.Series(pd.to_datetime(["2024-01-01"])))


def test_names_that_do_not_exist_are_reported() -> None:
    encoded = encode({"there": 1}, missing=["absent"])
    found = decode(encoded.document, encoded.blob())
    assert found.missing == {"absent"}
    assert found.values == {"there": 1}


def test_an_encoded_document_states_its_chunks_in_order() -> None:
    encoded: Encoded = encode({"one": b"1", "two": b"22"})
    assert encoded.blob() == b"1" + bytes(63) + b"22" + bytes(62)
