"""A document that is not one is refused, whatever it holds."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.grading.values.decoding import ValuesError, decode
from graders.grading.values.encoding import encode
from tests.grading.values.crossing import Hostile, document, plain

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
