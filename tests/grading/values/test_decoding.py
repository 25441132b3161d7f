"""Values cross as bounded data: what is written is read back, and nothing else is ever read."""

from __future__ import annotations

import collections
import contextlib
import copy
import datetime
import json
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from graders.grading.values.decoding import OpaqueValue, OpaqueValueError, ValuesError, decode
from graders.grading.values.encoding import Encoded, ValueLimits, encode
from graders.opaque import described
from graders.rubric import CouldNotGrade

DTYPES = ["?", "<i1", "<i4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16", "<U3"]

floats = st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), floats, texts)
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


def round_trip(value: object) -> Any:
    encoded = encode({"answer": value})
    return decode(encoded.document, encoded.blob()).values["answer"]


def document(node: object, **changes: object) -> bytes:
    record = {"format": "graders-values/1", "values": [["answer", node]], "missing": []}
    return json.dumps({**record, **changes}).encode()


def opaque(value: object) -> str:
    found = round_trip(value)
    assert type(found) is OpaqueValue
    return described(found)


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


class Hostile:
    """What every method of does, one would rather not know."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")

    def __repr__(self) -> str:
        raise AssertionError("repr was asked for")

    __reduce__ = __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __repr__  # type: ignore


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


BAD_NODES: dict[str, Any] = {
    "no list": 3,
    "empty": [],
    "no tag": [3],
    "unknown tag": ["eval", "1"],
    "a tag that is a list": [["int"], 3],
    "true for an integer": ["int", True],
    "a float for an integer": ["int", 3.0],
    "an integer for a float": ["float", 3],
    "a float by another name": ["float", "Infinity"],
    "an integer for a bool": ["bool", 1],
    "too many parts": ["int", 1, 2],
    "too few parts": ["int"],
    "a huge integer": ["int", 10**4000],
    "half a surrogate pair": ["str", "\ud800"],
    "a long text": ["str", "x" * 1_000_001],
    "bytes that are not there": ["bytes", 10],
    "a negative length": ["bytes", -1],
    "a length that is a bool": ["bytes", True],
    "an unhashable member": ["set", [["list", []]]],
    "an opaque key": ["dict", [[["opaque", "int", ""], ["none"]]]],
    "half a pair": ["dict", [[["int", 1]]]],
    "objects": ["array", "array", "|O", [1]],
    "dates": ["array", "array", "<M8[D]", [1]],
    "records": ["array", "array", "[('a','<f4')]", [1]],
    "a type by another name": ["array", "array", "float32", [1]],
    "a type that is a list": ["array", "array", ["<f4"], [1]],
    "endless text items": ["array", "array", "<U99999", [1]],
    "empty text items": ["array", "array", "<U0", [1]],
    "a huge array": ["array", "array", "<f4", [2**40]],
    "sides that overflow": ["array", "array", "<f4", [2**33, 2**33]],
    "an empty array with huge sides": ["array", "array", "<f4", [0, 2**61, 2**61]],
    "a negative side": ["array", "array", "<f4", [-1, -4]],
    "too many sides": ["array", "array", "<f4", [0] * 100],
    "a scalar with sides": ["array", "scalar", "<f4", [0]],
    "an unknown flavour": ["array", "matrix", "<f4", [0]],
    "a tensor of text": ["array", "tensor", "<U1", [0]],
    "a label with a control character": ["opaque", "a\x1b[31m", ""],
    "a long label": ["opaque", "a" * 1000, ""],
    "a path for a class": ["keras_object", "os.system"],
    "a history without epochs": ["history", ["dict", []], ["none"], ["dict", []]],
    "a model that is none": ["model", 0, 0],
    "half a model": ["unreadable_model", "BRANCHES", "", None, 3],
    "a column with two dimensions": [
        "series",
        ["none"],
        ["list", []],
        ["array", "array", "<f4", [0, 0]],
    ],
    "an index of another length": ["series", ["none"], ["list", []], ["list", [["int", 1]]]],
    "a column of columns": ["frame", ["list", []], [[["str", "a"], ["list", [["list", []]]]]]],
}


@pytest.mark.parametrize("node", BAD_NODES.values(), ids=BAD_NODES.keys())
def test_a_node_that_is_not_one_is_refused(node: object) -> None:
    with pytest.raises(ValuesError):
        decode(document(node), b"")


BAD_DOCUMENTS: dict[str, bytes] = {
    "nothing": b"",
    "another encoding": document(["int", 1]).decode().encode("utf-16"),
    "bytes above ASCII": document(["str", "e"]).replace(b"e", "é".encode()),
    "no object": b"[]",
    "another format": document(["int", 1], format="graders-values/2"),
    "a key too many": document(["int", 1], more=1),
    "a key twice": document(["int", 1])[:-1] + b',"missing":[]}',
    "a name twice": document(0, values=[["a", ["int", 1]], ["a", ["int", 2]]]),
    "a name that is none": document(0, values=[["a b", ["int", 1]]]),
    "a name that is a number": document(0, values=[[1, ["int", 1]]]),
    "too many names": document(0, values=[[f"a{i}", ["int", 1]] for i in range(300)]),
    "a name both there and missing": document(["int", 1], missing=["answer"]),
    "NaN": document(0).replace(b"0]]", b'["float", NaN]]]'),
    "a number that overflows": document(0).replace(b"0]]", b'["float", 1e999]]]'),
    "an endless number": document(0).replace(b"0]]", b'["int", ' + b"9" * 10_000 + b"]]]"),
    "endless nesting": b"[" * 100_000,
    "endless nesting of values": document(0).replace(b"0]]", b'["list",[' * 30 + b"]" * 60 + b"]]"),
}


@pytest.mark.parametrize("text", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS.keys())
def test_a_document_that_is_not_one_is_refused(text: bytes) -> None:
    with pytest.raises(ValuesError):
        decode(text, b"")


@pytest.mark.parametrize(
    "blob",
    [b"", bytes(4), bytes(63), bytes(65), bytes(128), bytes(63) + b"x"],
    ids=["none", "no padding", "short", "long", "a chunk more", "padding that says something"],
)
def test_a_blob_of_another_length_is_refused(blob: bytes) -> None:
    text = document(["array", "array", "<f4", [1]])
    assert decode(text, bytes(64)).values["answer"].tolist() == [0]
    with pytest.raises(ValuesError):
        decode(text, blob)


def test_booleans_and_characters_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValuesError, match="boolean"):
        decode(document(["array", "array", "|b1", [1]]), b"\2" + bytes(63))
    for code in (0x110000, 0xD800):
        item = np.array([code], "<u4").tobytes()
        with pytest.raises(ValuesError, match="characters"):
            decode(document(["array", "array", "<U1", [1]]), item + bytes(60))


SAMPLE = encode(
    {
        "a": [1, 2.5, "trois", None, {"k": (True, b"x")}, {4}],
        "b": np.arange(6.0),
        "c": pd.DataFrame({"u": [1, 2]}),
        "d": Hostile(),
    },
    missing=["e"],
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_document_is_refused_or_read_as_data_but_never_fails_otherwise(
    data: st.DataObject,
) -> None:
    text, blob = bytearray(SAMPLE.document), bytearray(SAMPLE.blob())
    for part in (text, blob):
        for _ in range(data.draw(st.integers(0, 4))):
            place = data.draw(st.integers(0, len(part) - 1))
            part[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with contextlib.suppress(ValuesError):
        decode(bytes(text), bytes(blob))


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(st.one_of(plain, st.sampled_from(["list", "dict", "array", "frame"])), st.lists)
)
def test_any_json_is_refused_or_read_but_never_fails_otherwise(node: object) -> None:
    with contextlib.suppress(ValuesError):
        decode(document(node), b"")


def test_an_encoded_document_states_its_chunks_in_order() -> None:
    encoded: Encoded = encode({"one": b"1", "two": b"22"})
    assert encoded.blob() == b"1" + bytes(63) + b"22" + bytes(62)
