"""A confusion matrix as a table one can read: shaded, and told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from graders.exhibits import Confusion

_MOST_TOLD = 3
# From which share of a digit's images an error is shaded, lightest first.
_SHADES = (0.002, 0.005, 0.01, 0.03, 0.10)


@dataclass(frozen=True, slots=True)
class Square:
    """One count; `shade` from 0 to 5 tells how many of the digit's images it is."""

    count: int
    shade: int
    right: bool


@dataclass(frozen=True, slots=True)
class Mistaken:
    """How many images of a digit were taken for another."""

    digit: int
    answer: int
    count: int


def squares(confusion: Confusion) -> tuple[tuple[Square, ...], ...]:
    """The rows of the table."""
    return tuple(
        tuple(
            Square(count, 0 if digit == answer else _shade(count, sum(row)), digit == answer)
            for answer, count in enumerate(row)
        )
        for digit, row in enumerate(confusion.counts)
    )


def most_mistaken(confusion: Confusion) -> tuple[Mistaken, ...]:
    """The most frequent mistakes, at most three, the worst first."""
    found = [
        Mistaken(digit, answer, count)
        for digit, row in enumerate(confusion.counts)
        for answer, count in enumerate(row)
        if count and digit != answer
    ]
    return tuple(sorted(found, key=lambda each: -each.count)[:_MOST_TOLD])


def _shade(count: int, images: int) -> int:
    return sum(count >= share * images for share in _SHADES) if count else 0
