"""Parcels: a strict JSON header, then raw little-endian arrays; nothing is executed.

A parcel is eight bytes of length, the header, and the arrays one after the other. What is
read is believed only as far as it is checked here: types, sizes, and that nothing is left over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any

import numpy as np

from graders.models.bounds import AtMost, Count
from graders.models.portable_schema import PortableError, decode, encode, parse_json
from graders.models.training import Array, DataType

HEADER_BYTES = 256 * 1024
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Form:
    """Type and shape of one array of a parcel."""

    dtype: DataType
    shape: Annotated[tuple[Count, ...], AtMost(6)]


Forms = Annotated[tuple[Form, ...], AtMost(2000)]


def forms_of(arrays: Iterable[Array]) -> tuple[Form, ...]:
    """Types and shapes of arrays."""
    return tuple(Form(array.dtype.name, array.shape) for array in arrays)  # type: ignore[arg-type]


def pack(header: object, arrays: Iterable[Array]) -> bytes:
    """A parcel of a dataclass and arrays; raises PortableError where it has no form."""
    try:
        text = json.dumps(encode(header), ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise PortableError("header", "finite numbers", str(error)[:80]) from None
    raw = (array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in arrays)
    return b"".join((len(text).to_bytes(_LENGTH_BYTES, "little"), text, *raw))


class Arrays:
    """The arrays of a parcel, once it is known which they are; read-only views of it."""

    def __init__(self, content: memoryview) -> None:
        self._content = content

    def __call__(self, forms: tuple[Form, ...]) -> list[Array]:
        """All of them; raises PortableError where they are not of these forms."""
        sizes = [prod(form.shape) * np.dtype(form.dtype).itemsize for form in forms]
        if sum(sizes) != len(self._content):
            raise PortableError("arrays", f"{sum(sizes)} bytes"[:80], f"{len(self._content)} bytes")
        return list(self._split(forms, sizes))

    def _split(self, forms: tuple[Form, ...], sizes: list[int]) -> Iterator[Array]:
        start = 0
        for form, size in zip(forms, sizes, strict=True):
            kind = np.dtype(form.dtype)
            flat = np.frombuffer(self._content[start : start + size], kind.newbyteorder("<"))
            # A copy where the parcel's own bytes are not aligned for this type.
            array = np.require(flat.astype(kind, copy=False), requirements="A")
            yield array.reshape(form.shape)
            start += size


def unpack(kind: type[Any], parcel: bytes, most_bytes: int) -> tuple[Any, Arrays]:
    """The header of a parcel, of a dataclass `kind`, and its arrays, to be asked for by form.

    Raises:
        PortableError: and nothing else, whatever the bytes.
    """
    if len(parcel) > most_bytes:
        raise PortableError("parcel", f"at most {most_bytes} bytes", str(len(parcel)))
    length = int.from_bytes(parcel[:_LENGTH_BYTES], "little")
    content = memoryview(parcel)[_LENGTH_BYTES:]
    if len(parcel) < _LENGTH_BYTES or length > len(content):
        raise PortableError("parcel", "a whole header", f"{len(parcel)} bytes")
    header = decode(kind, parse_json(bytes(content[:length]), HEADER_BYTES))
    return header, Arrays(content[length:])
