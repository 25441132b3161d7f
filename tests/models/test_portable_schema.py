from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.models.portable import PortableError, dump, load
from tests.models.snapshots import PORTABLE
from tests.processor_time import using_at_most

DOCUMENT = json.loads(PORTABLE.header)


def refused(header: bytes, blob: bytes = PORTABLE.blob) -> str:
    """The message with which a document is refused."""
    with pytest.raises(PortableError) as caught:
        load(header, blob)
    return str(caught.value)


def with_value(value: Any, *path: str | int) -> bytes:
    """The header of a good model, with another value at one place."""
    document = json.loads(PORTABLE.header)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document).encode()


def check_one_or_the_other(header: bytes) -> None:
    """A document is refused, or it is a model: then that has a portable form of its own."""
    try:
        loaded = load(header, PORTABLE.blob)
    except PortableError:
        return
    portable = dump(loaded)
    assert load(portable.header, portable.blob) == loaded


def operations(*given_: dict[str, Any]) -> bytes:
    return with_value(list(given_), "architecture", "operations")


CONV = DOCUMENT["architecture"]["operations"][0]
DENSE = {"type": "Dense", "units": 3, "use_bias": True}
FIRST = ("architecture", "operations", 0)
# Header, then what the message must say: where, what was expected, what was received.
MALFORMED = [
    (b"", "header: expected JSON"),
    (b"\xff\xfe", "header: expected UTF-8"),
    (b"[]", "header: expected an object"),
    (b"{}", "keys type, version, architecture"),
    (b"[" * 100_000, "header: expected a shallow document"),
    (b'{"a":' * 30_000, "header: expected a shallow document"),
    (b'{"a":1,"a":1}', "expected each key once. Received: 'a'"),
    (b"1" * 200_000, "header: expected a number of at most"),
    (b"1e" + b"9" * 200_000, "header: expected a finite number"),
    (b"1e999", "header: expected a finite number"),
    (b"NaN", "header: expected a finite number"),
    (b"-Infinity", "header: expected a finite number"),
    (b" " * 300_000, "header: expected at most 262144 bytes. Received: 300000"),
    (with_value("2", "version"), "version: expected 1. Received: '2'"),
    (with_value("Snapshot", "type"), "type: expected Document. Received: 'Snapshot'"),
    (with_value(1, "has_weights"), "has_weights: expected true or false. Received: 1"),
    (with_value(None, "architecture"), "architecture: expected an object"),
    (with_value(5, "extra"), "header: expected an object with the keys"),
    (with_value([0], "architecture", "input_shape"), "architecture.input_shape[0]: expected"),
    (with_value([1] * 7, "architecture", "input_shape"), "input_shape: expected at most 6 items"),
    (with_value("ab", "architecture", "input_shape"), "architecture.input_shape: expected a list"),
    (with_value(True, *FIRST, "filters"), "architecture.operations[0].filters: expected an int"),
    (with_value(16.0, *FIRST, "filters"), "operations[0].filters: expected an integer"),
    (with_value("16", *FIRST, "filters"), "operations[0].filters: expected an integer"),
    (with_value(0, *FIRST, "filters"), "operations[0].filters: expected a number from 1"),
    (with_value(10**20, *FIRST, "filters"), "operations[0].filters: expected a number from 1"),
    (with_value([5], *FIRST, "kernel_size"), "operations[0].kernel_size: expected a list of 2"),
    (with_value([5, 0], *FIRST, "kernel_size"), "operations[0].kernel_size[1]: expected"),
    (with_value([0, 1], *FIRST, "strides"), "operations[0].strides[0]: expected"),
    (with_value("SAME", *FIRST, "padding"), "padding: expected valid or same. Received: 'SAME'"),
    (with_value(1, *FIRST, "use_bias"), "operations[0].use_bias: expected true or false"),
    (with_value(0, *FIRST, "groups"), "operations[0].groups: expected a number from 1"),
    (with_value("__import__", *FIRST, "type"), "operations[0]: expected one of"),
    (with_value({}, *FIRST), "operations[0]: expected one of"),
    (with_value([], *FIRST), "operations[0]: expected one of"),
    (operations({"type": "Dense", "units": 3}), "with the keys type, units, use_bias"),
    (operations({**DENSE, "name": "x"}), "with the keys type, units, use_bias"),
    (operations({"type": "Activation", "function": "os.system"}), "[0].function: expected one of"),
    (operations({"type": "Dropout", "rate": 1.5}), "[0].rate: expected a number from 0 to 1"),
    (operations({"type": "Opaque", "description": "x" * 81}), "expected at most 80 printable"),
    (operations({"type": "Opaque", "description": "\x1b[2J"}), "expected at most 80 printable"),
    (operations({"type": "Opaque", "description": "Lambda"}), "no weights next to an opaque"),
    (operations({"type": "Flatten"}, CONV), "architecture: expected known shapes"),
    (with_value(None, "architecture", "input_shape"), "architecture: expected known shapes"),
    (with_value("a b", "compilation", "loss", "name"), "compilation.loss.name: expected a name"),
    (with_value(["\ud800"], "compilation", "metrics"), "metrics[0]: expected a name"),
    (with_value({"\ud800": 1}, "training"), "training: expected an object with the keys"),
    (with_value("opaque:\n", "compilation", "loss", "name"), "compilation.loss.name: expected"),
    (with_value("x", "compilation", "metrics"), "compilation.metrics: expected a list"),
    (with_value(["a"] * 33, "compilation", "metrics"), "metrics: expected at most 32 items"),
    (with_value([["a", []]], "compilation", "optimizer", "settings"), "settings[0][1]: expected"),
    (with_value("0.5", "compilation", "optimizer", "learning_rate"), "learning_rate: expected"),
    (with_value(-1, "training", "iterations"), "training.iterations: expected a number from 0"),
    (with_value("0" * 63, "training", "x_digest"), "training.x_digest: expected a SHA-256"),
    (with_value([["", [0.0] * 10_001]], "training", "history"), "expected at most 10000 items"),
    (with_value([["", [0.0] * 6000]] * 2, "training", "history"), "expected at most 10000 values"),
    (with_value([["a", [None]]], "training", "history"), "training.history[0][1][0]: expected a"),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(sorted(DOCUMENT)), inner, max_size=4)
    ),
    max_leaves=10,
)


@pytest.mark.parametrize(("header", "message"), MALFORMED)
def test_a_malformed_header_is_refused_at_its_place(header: bytes, message: str) -> None:
    assert message in refused(header)


def test_what_a_message_quotes_is_short() -> None:
    assert len(refused(with_value("x" * 100_000, "version"))) < 200
    assert len(refused(with_value([[["x" * 999] * 99] * 9] * 9, "version"))) < 300


@given(st.binary(max_size=400), st.binary(max_size=40))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_random_bytes_raise_nothing_but_its_own_error(header: bytes, blob: bytes) -> None:
    refused(header, blob)


@given(json_values)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_random_json_raises_nothing_but_its_own_error(document: object) -> None:
    refused(json.dumps(document).encode())


@given(st.data())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_changed_document_loads_or_raises_its_own_error(data: st.DataObject) -> None:
    document, path = DOCUMENT, []
    while isinstance(document, (dict, list)) and document and data.draw(st.integers(0, 5)):
        places = sorted(document) if isinstance(document, dict) else range(len(document))
        path.append(data.draw(st.sampled_from(places)))
        document = document[path[-1]]
    header = with_value(data.draw(json_values), *path) if path else PORTABLE.header
    check_one_or_the_other(header)


@given(st.integers(0, len(PORTABLE.header) - 1), st.binary(max_size=3), st.integers(0, 3))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_changed_bytes_load_or_raise_its_own_error(start: int, more: bytes, less: int) -> None:
    header = PORTABLE.header[:start] + more + PORTABLE.header[start + less :]
    check_one_or_the_other(header)


GREEDY = [
    b"[" + b"[]," * 87_000 + b"[]]",
    b"[" + b"{}," * 87_000 + b"{}]",
    b"[" + b"0.1," * 65_000 + b"1]",
    b'{"' + b"x" * 262_000 + b'":1}',
    json.dumps({str(key): {} for key in range(22_000)}).encode(),
    operations(*[DENSE] * 5000),
    with_value([["", [0.5] * 50_000]], "training", "history"),
    with_value([10**9] * 50, "architecture", "input_shape"),
]


@pytest.mark.parametrize("header", GREEDY)
def test_a_greedy_document_is_refused_quickly_and_in_little_memory(header: bytes) -> None:
    with using_at_most(seconds=2):
        refused(header)
    tracemalloc.start()
    try:
        refused(header)
        assert tracemalloc.get_traced_memory()[1] < 24 * 2**20
    finally:
        tracemalloc.stop()


def test_loading_imports_no_deep_learning_library() -> None:
    program = (
        "import sys; from graders.models.portable import load\n"
        "header = sys.stdin.buffer.read()\n"
        f"load(header, bytes({len(PORTABLE.blob)}))\n"
        "print(*sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], input=PORTABLE.header, capture_output=True, check=True
    )
    assert not {b"keras", b"tensorflow"} & set(answer.stdout.split())
