"""Values as bounded data, writing side: what a student's cells computed, as JSON and raw bytes.

This module is visible in the sandbox and runs among the student's code. It avoids what that code
can override, for a right answer's sake; nothing here is a defence. The defence is the decoder
(`graders.grading.values.decoding`), which takes every document for a hostile one.

A value is a node, a JSON array headed by a tag: `["int", 3]`, `["list", [...]]`,
`["array", "array", "<f4", [2, 3]]`. Long things (bytes, arrays, models) are chunks of one blob,
in the order of their nodes, each starting at a multiple of `CHUNK_ALIGNMENT` bytes.
"""

from __future__ import annotations

import collections
import json
import math
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

FORMAT = "graders-values/1"
CHUNK_ALIGNMENT = 64

Node = list[Any]
Array = npt.NDArray[Any]
Special = Callable[[Any, "Encoder", int], "Node | None"]

NUMERIC_DTYPES = frozenset(
    np.dtype(code).newbyteorder("<").str
    for code in ("?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "F", "D")
)
LONGEST_TEXT_ITEM = 10_000  # characters of one item of an array of text

_SCALARS = frozenset({np.dtype(name).type for name in NUMERIC_DTYPES} | {np.str_})
_MAPPINGS = frozenset({dict, collections.OrderedDict, collections.defaultdict})


@dataclass(frozen=True, slots=True)
class ValueLimits:
    """How large a document of values may be, on both sides."""

    depth: int = 24
    nodes: int = 200_000
    document_bytes: int = 16 * 2**20
    blob_bytes: int = 512 * 2**20
    text: int = 1_000_000
    integer_bits: int = 4096
    dimensions: int = 16


LIMITS = ValueLimits()


@dataclass(frozen=True, slots=True)
class Encoded:
    """A JSON document and the chunks of its blob, not yet aligned."""

    document: bytes
    chunks: tuple[bytes | memoryview, ...] = field(repr=False)

    def blob(self) -> bytes:
        """The chunks, each at its aligned place."""
        return b"".join(aligned(self.chunks))


def aligned(chunks: Iterable[bytes | memoryview]) -> Iterable[bytes | memoryview]:
    """The chunks with the padding between them, in order."""
    for chunk in chunks:
        yield chunk
        yield b"\0" * (-len(chunk) % CHUNK_ALIGNMENT)


class TooLarge(ValueError):  # noqa: N818 - a state of a value, as StopIteration is
    """A value does not fit in the limits."""


def encode(
    values: Mapping[str, object],
    missing: Iterable[str] = (),
    limits: ValueLimits = LIMITS,
    special: Special = lambda value, encoder, depth: None,
) -> Encoded:
    """Values by name as a document; one that does not fit becomes an opaque value that says so.

    `special(value, encoder, depth)` encodes what this module has no word for (a Keras model),
    or returns None.
    """
    encoder = Encoder(limits, special)
    entries = [[name, encoder.entry(value)] for name, value in values.items()]
    record = {"format": FORMAT, "values": entries, "missing": list(missing)}
    document = _json(record)
    if len(document) > limits.document_bytes:
        opaque = [[name, _too_large(value)] for name, value in values.items()]
        return Encoded(_json({**record, "values": opaque}), ())
    return Encoded(document, tuple(encoder.chunks))


class Encoder:
    """The nodes and chunks of one document."""

    def __init__(self, limits: ValueLimits, special: Special) -> None:
        self.chunks: list[bytes | memoryview] = []
        self._limits = limits
        self._special = special
        self._nodes = 0
        self._bytes = 0
        self._open: set[int] = set()

    def entry(self, value: object) -> Node:
        """The node of a named value; whatever goes wrong stays inside that value."""
        mark, size = len(self.chunks), self._bytes
        try:
            return self.node(value)
        except TooLarge:
            reason = _too_large(value)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it runs among a student's code
            reason = ["opaque", type_name(type(value)), f"unreadable:{type_name(type(error))}"]
        del self.chunks[mark:]
        self._bytes = size
        self._open.clear()
        return reason

    def node(self, value: Any, depth: int = 0) -> Node:
        """The node of a value.

        Raises:
            TooLarge: the document would not fit in the limits.
        """
        self._nodes += 1
        if self._nodes > self._limits.nodes or depth > self._limits.depth:
            raise TooLarge
        chunks, size = len(self.chunks), self._bytes
        node = (
            self._plain(value)
            or self._container(value, depth)
            or self._numpy(value)
            or self._pandas(value, depth)
            or self._special(value, self, depth)
        )
        if node is None:  # What was written of it has no node that reads it.
            del self.chunks[chunks:]
            self._bytes = size
        return node or opaque(value)

    def chunk(self, data: bytes | memoryview) -> int:
        """Adds a chunk to the blob and returns its length."""
        self._bytes += len(data) + -len(data) % CHUNK_ALIGNMENT
        if self._bytes > self._limits.blob_bytes:
            raise TooLarge
        self.chunks.append(data)
        return len(data)

    def array(self, array: Array, flavour: str = "array") -> Node | None:
        """An array by its type, shape and a chunk; None when its items are not plain values.

        `flavour` is `array`, `scalar` (no dimension) or `tensor`.
        """
        dtype = array.dtype.newbyteorder("<")
        if dtype.kind == "U":
            dtype = np.dtype(f"<U{max(1, dtype.itemsize // 4)}")
            if dtype.itemsize > 4 * LONGEST_TEXT_ITEM:
                return None
        elif dtype.str not in NUMERIC_DTYPES or dtype.metadata:
            return None
        shape = [int(side) for side in array.shape]
        flat = np.ascontiguousarray(array, dtype=dtype).reshape(-1)
        self.chunk(flat.view(np.uint8).data if flat.size else b"")
        return ["array", flavour, dtype.str, shape]

    def _plain(self, value: Any) -> Node | None:
        kind = type(value)
        node: Node | None = None
        if value is None:
            node = ["none"]
        elif kind is bool:
            node = ["bool", value]
        elif kind is int and value.bit_length() <= self._limits.integer_bits:
            node = ["int", value]
        elif kind is float:
            node = ["float", float_item(value)]
        elif kind is complex:
            node = ["complex", float_item(value.real), float_item(value.imag)]
        elif kind is str:
            node = self._text(value)
        elif kind is bytes:
            node = ["bytes", self.chunk(value)]
        return node

    def _text(self, value: str) -> Node | None:
        if len(value) > self._limits.text:
            raise TooLarge
        try:
            value.encode()
        except UnicodeEncodeError:  # Half a surrogate pair: no file could hold it.
            return None
        return ["str", value]

    def _container(self, value: Any, depth: int) -> Node | None:
        kind = type(value)
        if kind not in (list, tuple, set, frozenset) and kind not in _MAPPINGS:
            return None
        if id(value) in self._open:
            return ["opaque", type_name(kind), "cyclic"]
        self._open.add(id(value))
        if kind in _MAPPINGS:
            node = self._mapping(tuple(dict.items(value)), depth)
        else:
            items = [self.node(item, depth + 1) for item in tuple(value)]
            hashed = kind in (set, frozenset)
            fits = not hashed or all(is_key(item) for item in items)
            node = [kind.__name__, items] if fits else None
        self._open.discard(id(value))
        return node

    def _mapping(self, items: tuple[tuple[Any, Any], ...], depth: int) -> Node | None:
        pairs = [[self.node(key, depth + 1), self.node(item, depth + 1)] for key, item in items]
        return ["dict", pairs] if all(is_key(key) for key, _ in pairs) else None

    def _numpy(self, value: Any) -> Node | None:
        if type(value) is np.ndarray:
            return self.array(value)
        if type(value) in _SCALARS:
            return self.array(np.asarray(value), "scalar")
        return None

    def _pandas(self, value: Any, depth: int) -> Node | None:
        pandas = sys.modules.get("pandas")
        if pandas is None or type(value) not in (pandas.Series, pandas.DataFrame):
            return None
        index = self._column(value.index, depth)
        if type(value) is pandas.Series:
            name, column = self.node(value.name, depth + 1), self._column(value, depth)
            return ["series", name, index, column] if index and column and is_key(name) else None
        labels = [self.node(label, depth + 1) for label in value.columns.tolist()]
        columns = [self._column(value.iloc[:, place], depth) for place in range(len(labels))]
        if index is None or None in columns or not all(map(is_key, labels)):
            return None
        return ["frame", index, [list(pair) for pair in zip(labels, columns, strict=True)]]

    def _column(self, column: Any, depth: int) -> Node | None:
        """A column or an index: an array, or a list of plain values."""
        values = column.to_numpy()
        if values.dtype.kind != "O":
            return self.array(values)
        items = [self.node(item, depth + 1) for item in values.tolist()]
        return ["list", items] if all(is_plain(item) for item in items) else None


def opaque(value: object) -> Node:
    """The node of a value that has no portable form: its type, and a name if it has one."""
    detail = ""
    if type(value) in (types.FunctionType, types.BuiltinFunctionType):
        detail = f"function:{value.__name__}"  # type: ignore[attr-defined]
    elif issubclass(type(value), type):
        detail = f"class:{type_name(value)}"  # type: ignore[arg-type]
    elif type(value) is types.ModuleType:
        detail = "module"
    return ["opaque", type_name(type(value)), short(detail)]


def type_name(kind: type) -> str:
    """The name of a type, without running what its metaclass may define."""
    name = type.__dict__["__name__"].__get__(kind)
    return short(name) if type(name) is str else "?"


def short(text: str, length: int = 80) -> str:
    """At most `length` printable characters of a text."""
    kept = "".join(character if character.isprintable() else "?" for character in text[:length])
    return kept if len(text) <= length else kept[:-1] + "…"


def float_item(value: float) -> float | str:
    """A float as JSON has it: a number, or `nan`, `inf`, `-inf`."""
    return value if math.isfinite(value) else str(value)


def is_plain(node: Node) -> bool:
    """Whether a node is None, a bool, a number or a text."""
    return node[0] in ("none", "bool", "int", "float", "str")


def is_key(node: Node) -> bool:
    """Whether a node may be the key of a dictionary or the member of a set."""
    return is_plain(node) or (node[0] == "tuple" and all(is_key(item) for item in node[1]))


def _too_large(value: object) -> Node:
    return ["opaque", type_name(type(value)), "too large"]


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, allow_nan=False, separators=(",", ":")).encode()
