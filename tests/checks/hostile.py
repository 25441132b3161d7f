"""Values a student's cell may leave behind, by accident or to see what happens."""

from __future__ import annotations

from typing import Any


class LyingNumber:
    """It claims to be equal to anything, to be an int, and breaks when it is touched."""

    __class__ = int  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __float__(self) -> float:
        raise RuntimeError("touched")

    __int__ = __index__ = __len__ = __str__ = __repr__ = __float__  # type: ignore[assignment]


class LyingText(str):
    """A text whose methods say what one wishes."""

    __slots__ = ()

    def strip(self, *_: Any) -> str:
        raise RuntimeError("touched")

    __len__ = casefold = __str__ = strip  # type: ignore[assignment]


def endless() -> Any:
    while True:
        yield 0


HOSTILE: dict[str, Any] = {
    "None": None,
    "True": True,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "a huge number": 10**5000,
    "a huge text": "9" * 10**7,
    "a broken text": "\ud800\x00\x1b[2J<script>",
    "a lying number": LyingNumber(),
    "a lying text": LyingText("glorot_uniform"),
    "a generator": endless(),
    "a function": endless,
    "a class": LyingNumber,
    "a complex number": 1j,
    "bytes": b"79510",
    "an empty list": [],
    "a deep list": [[[[[79510]]]]],
    "a dictionary of lies": {"accuracy": LyingNumber(), "class_name": LyingNumber()},
    "an exception": SystemExit(0),
    "Ellipsis": ...,
}
