"""What a field of a model may hold at most, written in its type and read by the parser.

A bound is there to keep nonsense and bombs out of a trusted process: it says nothing of what
makes a good model.
"""

from __future__ import annotations

import re
from collections.abc import Sized
from dataclasses import dataclass
from typing import Annotated, Protocol

LONGEST_TEXT = 80
_MOST_AXES = 6
_LARGEST_NUMBER = 10**9


class Bound(Protocol):
    """A rule for values of one type; its text says what it expects."""

    def allows(self, value: object) -> bool:
        """Whether a value, already of the right type, keeps to the rule."""


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included."""

    low: float
    high: float

    def allows(self, value: object) -> bool:
        return isinstance(value, (int, float)) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"a number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class AtMost:
    """A tuple of at most `most` items."""

    most: int

    def allows(self, value: object) -> bool:
        return isinstance(value, Sized) and len(value) <= self.most

    def __str__(self) -> str:
        return f"at most {self.most} items"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the given words."""

    words: frozenset[str]

    def allows(self, value: object) -> bool:
        return value in self.words

    def __str__(self) -> str:
        return "one of the names this project knows"


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text that fits a regular expression from end to end."""

    description: str
    pattern: str

    def allows(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None

    def __str__(self) -> str:
        return self.description


@dataclass(frozen=True, slots=True)
class Printable:
    """A text of at most `LONGEST_TEXT` characters, without control characters."""

    def allows(self, value: object) -> bool:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT and value.isprintable()

    def __str__(self) -> str:
        return f"at most {LONGEST_TEXT} printable characters"


@dataclass(frozen=True, slots=True)
class KerasName:
    """A name in Keras's spelling, or what something is that Keras has no name for."""

    def allows(self, value: object) -> bool:
        if not Printable().allows(value):
            return False
        return re.fullmatch(r"[a-z0-9_]+|opaque:.+", str(value)) is not None

    def __str__(self) -> str:
        return "a name such as categorical_accuracy or opaque:MyLoss"


Size = Annotated[int, Between(1, _LARGEST_NUMBER)]
Count = Annotated[int, Between(0, _LARGEST_NUMBER)]
Share = Annotated[float, Between(0, 1)]
Shape = Annotated[tuple[Size, ...], AtMost(_MOST_AXES)]
Text = Annotated[str, Printable()]
Name = Annotated[str, KerasName()]
Digest = Annotated[str, Spelled("a SHA-256 in hexadecimal", "[0-9a-f]{64}")]
