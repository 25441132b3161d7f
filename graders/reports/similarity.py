"""Submissions that look alike: something for a person to look at, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answers:
    """What one student wrote, by grade_id: sources of code cells, and of text cells."""

    student: str
    code: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What every student received: sources of the release's cells, stubs among them."""

    code: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimilarCell:
    """One cell in which two answers look alike.

    `share`, from 0 to 1, is how much of the shorter answer is found in the other and in few
    more. `excerpt` is the longest passage they share, as the pair's first student wrote it,
    cut to a length; `length` counts its words (of code: names, numbers, signs), uncut.
    """

    cell: str
    share: float
    excerpt: str
    length: int


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two submissions to look at side by side; `first` comes before `second`.

    `code` and `text`, from 0 to 1, tell how alike their code and their words are, rare things
    counting most; `score` is the greater. `cells` come most alike first.
    """

    first: str
    second: str
    score: float
    code: float
    text: float
    cells: tuple[SimilarCell, ...]
