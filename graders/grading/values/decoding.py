"""Values as bounded data, reading side: takes every document for a hostile one.

The format is described in `graders.grading.values.encoding`. Nothing here runs, imports or
constructs what a document names: each tag has its own reader, each reader its own limits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from graders.grading.values import checks as check
from graders.grading.values import pandas_frames
from graders.grading.values.checks import ValuesError
from graders.grading.values.encoding import CHUNK_ALIGNMENT, FORMAT, LIMITS, ValueLimits
from graders.models.portable import PortableError, load
from graders.models.snapshot import Snapshot
from graders.opaque import OpaqueValue, OpaqueValueError

__all__ = [
    "LIMITS",
    "Builders",
    "HistoryValue",
    "KerasObject",
    "OpaqueValue",
    "OpaqueValueError",
    "TensorValue",
    "UnreadableModel",
    "ValueLimits",
    "Values",
    "ValuesError",
    "decode",
]

Array = npt.NDArray[Any]
Buffer = bytes | bytearray | memoryview

MOST_NAMES = 200
MOST_MODELS = 16

_LONGEST_SIDE = 2**40
_CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,40}")


@dataclass(frozen=True, slots=True)
class TensorValue:
    """A tensor or a variable, as an array."""

    array: Array


@dataclass(frozen=True, slots=True)
class HistoryValue:
    """What `fit` returned."""

    params: Mapping[Any, Any]
    epoch: tuple[Any, ...]
    history: Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class KerasObject:
    """An initializer, by the name of its class."""

    class_name: str


@dataclass(frozen=True, slots=True)
class UnreadableModel:
    """A Keras model that the canonical form has no words for, why, and what was read of it."""

    reason: str
    detail: str
    partial: Snapshot | None


@dataclass(frozen=True, slots=True)
class Builders:
    """What becomes of the values that are not plain Python; by default they stay data."""

    tensor: Callable[[Array], Any] = TensorValue
    history: Callable[[Mapping[Any, Any], tuple[Any, ...], Mapping[Any, Any]], Any] = HistoryValue
    model: Callable[[Snapshot], Any] = lambda snapshot: snapshot
    unreadable_model: Callable[[str, str, Snapshot | None], Any] = UnreadableModel
    initializer: Callable[[str], Any] = KerasObject


DATA = Builders()


@dataclass(frozen=True, slots=True)
class Values:
    """Values by name, and the names that the student's cells never defined."""

    values: Mapping[str, Any] = field(repr=False)
    missing: frozenset[str]


def decode(
    document: bytes,
    blob: Buffer,
    limits: ValueLimits = LIMITS,
    builders: Builders = DATA,
) -> Values:
    """Values from a document and its blob; arrays are views of the blob.

    Raises:
        ValuesError: whatever else `document` and `blob` are.
    """
    if len(document) > limits.document_bytes or len(blob) > limits.blob_bytes:
        raise ValuesError(f"Too large. Received: {len(document)} and {len(blob)} bytes.")
    record = check.parsed(document)
    if type(record) is not dict or set(record) != {"format", "values", "missing"}:
        raise ValuesError("A document has the keys format, values and missing, and no other.")
    if record["format"] != FORMAT:
        raise ValuesError(f"A document has the format {FORMAT}.")
    missing = [check.name(item) for item in check.at_most(record["missing"], MOST_NAMES)]
    decoder = _Decoder(memoryview(blob), limits, builders)
    values: dict[str, Any] = {}
    try:
        for entry in check.at_most(record["values"], MOST_NAMES):
            name, node = check.items(entry, 2)
            if check.name(name) in values:
                raise ValuesError(f"A name occurs twice: {name}.")
            values[name] = decoder.value(node)
    except PortableError as error:
        raise ValuesError(f"Not a model: {error}") from None
    decoder.finish()
    if not values.keys().isdisjoint(missing):
        raise ValuesError("A name is both missing and there.")
    return Values(values, frozenset(missing))


class _Decoder:
    def __init__(self, blob: memoryview, limits: ValueLimits, builders: Builders) -> None:
        self._blob = blob.cast("B")
        self._limits = limits
        self._builders = builders
        self._place = 0
        self._nodes = 0
        self._models = 0

    def finish(self) -> None:
        if self._place != len(self._blob):
            raise ValuesError(f"{len(self._blob) - self._place} bytes belong to no value.")

    def value(self, node: object, depth: int = 0) -> Any:
        self._nodes += 1
        if self._nodes > self._limits.nodes or depth > self._limits.depth:
            raise ValuesError("Too many values, or too deep.")
        if type(node) is not list or not node or type(node[0]) is not str:
            raise ValuesError("A value is a list headed by a tag.")
        tag, *rest = node
        if tag in check.SCALARS:
            return check.SCALARS[tag](self._limits, rest)
        reader = _READERS.get(tag)
        if reader is None:
            raise ValuesError(f"Unknown tag: {tag[:40]!a}.")
        return reader(self, rest, depth)

    def _chunk(self, length: int) -> memoryview:
        if length > len(self._blob) - self._place:
            raise ValuesError("The blob is too short.")
        chunk = self._blob[self._place : self._place + length]
        end = self._place + length + -length % CHUNK_ALIGNMENT
        if end > len(self._blob) or any(self._blob[self._place + length : end]):
            raise ValuesError("A chunk is followed by zeros up to the next one.")
        self._place = end
        return chunk

    def _bytes(self, rest: list[Any], _: int) -> bytes:
        return bytes(self._chunk(check.length(check.items(rest, 1)[0])))

    def _children(self, rest: list[Any], depth: int) -> list[Any]:
        (nodes,) = check.items(rest, 1)
        return [self.value(node, depth + 1) for node in check.at_most(nodes, self._limits.nodes)]

    def _tuple(self, rest: list[Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._children(rest, depth))

    def _set(self, rest: list[Any], depth: int) -> set[Any]:
        return {check.key(item) for item in self._children(rest, depth)}

    def _frozenset(self, rest: list[Any], depth: int) -> frozenset[Any]:
        return frozenset(self._set(rest, depth))

    def _dict(self, rest: list[Any], depth: int) -> dict[Any, Any]:
        (pairs,) = check.items(rest, 1)
        found: dict[Any, Any] = {}
        for pair in check.at_most(pairs, self._limits.nodes):
            key, item = check.items(pair, 2)
            found[check.key(self.value(key, depth + 1))] = self.value(item, depth + 1)
        return found

    def _array(self, rest: list[Any], _: int) -> Any:
        flavour, code, shape = check.items(rest, 3)
        sides = tuple(check.length(side) for side in check.at_most(shape, self._limits.dimensions))
        dtype = check.dtype(code)
        # An empty array may have other sides so long that NumPy's arithmetic overflows.
        if math.prod(side or 1 for side in sides) > _LONGEST_SIDE:
            raise ValuesError("An array is too long.")
        chunk = self._chunk(math.prod(sides) * dtype.itemsize)
        array = np.frombuffer(chunk, dtype) if len(chunk) else np.empty(0, dtype)
        check.check_items(array)
        array = array.reshape(sides)
        if flavour == "array":
            return array
        if flavour == "scalar" and sides == ():
            return array[()]
        if flavour == "tensor" and dtype.kind != "U":
            return self._builders.tensor(array)
        raise ValuesError("An array is an array, a scalar or a tensor.")

    def _history(self, rest: list[Any], depth: int) -> Any:
        params, epoch, history = (self.value(node, depth + 1) for node in check.items(rest, 3))
        if type(params) is not dict or type(history) is not dict or type(epoch) is not list:
            raise ValuesError("A history has parameters, epochs and measures.")
        return self._builders.history(params, tuple(epoch), history)

    def _model(self, rest: list[Any], _: int) -> Any:
        return self._builders.model(self._snapshot(*check.items(rest, 2)))

    def _diverged_model(self, rest: list[Any], _: int) -> Any:
        """A model whose training has lost itself: no weight of it means anything."""
        snapshot = self._snapshot(*check.items(rest, 2))
        weights = snapshot.weights and tuple(
            np.full_like(array, np.nan) for array in snapshot.weights
        )
        return self._builders.model(replace(snapshot, weights=weights))

    def _unreadable_model(self, rest: list[Any], _: int) -> Any:
        reason, detail, *lengths = check.items(rest, 4)
        partial = None if lengths == [None, None] else self._snapshot(*lengths)
        return self._builders.unreadable_model(check.label(reason), check.label(detail), partial)

    def _snapshot(self, header: object, blob: object) -> Snapshot:
        self._models += 1
        if self._models > MOST_MODELS:
            raise ValuesError(f"There are at most {MOST_MODELS} models.")
        parts = [bytes(self._chunk(check.length(size))) for size in (header, blob)]
        return load(parts[0], parts[1])

    def _keras_object(self, rest: list[Any], _: int) -> Any:
        (class_name,) = check.items(rest, 1)
        if type(class_name) is not str or not _CLASS_NAME.fullmatch(class_name):
            raise ValuesError("A Keras object has the name of its class.")
        return self._builders.initializer(class_name)

    def _opaque(self, rest: list[Any], _: int) -> OpaqueValue:
        return OpaqueValue(*(check.label(text) for text in check.items(rest, 2)))

    def _series(self, rest: list[Any], depth: int) -> Any:
        name, index, column = (self.value(node, depth + 1) for node in check.items(rest, 3))
        return pandas_frames.series(
            check.key(name), pandas_frames.column(index), pandas_frames.column(column)
        )

    def _frame(self, rest: list[Any], depth: int) -> Any:
        index, columns = check.items(rest, 2)
        rows = pandas_frames.column(self.value(index, depth + 1))
        pairs = [check.items(pair, 2) for pair in check.at_most(columns, self._limits.nodes)]
        labels = [check.key(self.value(label, depth + 1)) for label, _ in pairs]
        return pandas_frames.frame(
            rows, labels, [pandas_frames.column(self.value(node, depth + 1)) for _, node in pairs]
        )


_Reader = Callable[[_Decoder, list[Any], int], Any]
_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "bytes": _Decoder._bytes,
        "list": _Decoder._children,
        "tuple": _Decoder._tuple,
        "set": _Decoder._set,
        "frozenset": _Decoder._frozenset,
        "dict": _Decoder._dict,
        "array": _Decoder._array,
        "series": _Decoder._series,
        "frame": _Decoder._frame,
        "history": _Decoder._history,
        "model": _Decoder._model,
        "diverged_model": _Decoder._diverged_model,
        "unreadable_model": _Decoder._unreadable_model,
        "keras_object": _Decoder._keras_object,
        "opaque": _Decoder._opaque,
    }
)
