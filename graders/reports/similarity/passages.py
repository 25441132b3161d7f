"""Rows of words, and the passages two of them share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

Passage = tuple[str, ...]


class Word(NamedTuple):
    """A word as it is compared, and where in the source it stands."""

    text: str
    start: int
    end: int


class Run(NamedTuple):
    """Neighbouring words: where in the source they stand, and how many there are."""

    start: int
    end: int
    length: int


def passages(words: Sequence[Word], length: int) -> tuple[Passage, ...]:
    """Every row of `length` neighbouring words, in order; none when there are fewer."""
    texts = [word.text for word in words]
    return tuple(tuple(texts[n : n + length]) for n in range(len(texts) - length + 1))


def longest_run(words: Sequence[Word], length: int, shared: Collection[Passage]) -> Run:
    """The longest part of `words` of which every passage is shared; empty when none is."""
    longest = (0, 0)
    first = 0
    for position, passage in enumerate(passages(words, length)):
        if passage not in shared:
            first = position + 1
        elif position + 1 - first > longest[1] - longest[0]:
            longest = (first, position + 1)
    if longest == (0, 0):
        return Run(0, 0, 0)
    part = words[longest[0] : longest[1] + length - 1]
    return Run(part[0].start, part[-1].end, len(part))
