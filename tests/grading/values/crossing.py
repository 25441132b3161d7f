"""A value on its way out of a student's process and back."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from graders.grading.values.decoding import OpaqueValue, decode
from graders.grading.values.encoding import encode
from graders.opaque import described

floats = st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), floats, texts)


class Hostile:
    """What every method of does, one would rather not know."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")

    def __repr__(self) -> str:
        raise AssertionError("repr was asked for")

    __reduce__ = __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __repr__  # type: ignore


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
