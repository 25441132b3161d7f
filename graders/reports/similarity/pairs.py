"""Submissions that look alike: something for a person to look at, never a verdict.

Every cell tells something: code that few others write so, or words that few others use in that
order. What it tells is added up, and a pair is shown when chance alone would bring one such pair
in hundreds of classes of this size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graders.reports.similarity.likeness import Likeness, Matrix, of_code, of_prose
from graders.reports.similarity.passages import Run, longest_run
from graders.reports.similarity.submission_reading import (
    LENGTHS,
    Kind,
    Reading,
    imports_of,
    passages_of,
    read,
)

# Measured on generated classes: docs/similar-submissions.md.
_CLASSES_FOR_ONE_BY_CHANCE: Final = 200
_LONGEST_EXCERPT: Final = 300


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
    """One cell in which two answers are alike as few others are.

    `share`, from 0 to 1, is the part of their passages that both have. `excerpt` is the
    longest part they share, as the pair's first student wrote it (of code: whole lines), cut to
    300 characters;
    `length` counts its words (of code: names, numbers, signs), uncut.
    """

    cell: str
    share: float
    excerpt: str
    length: int


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two submissions to look at side by side; `first` comes before `second`.

    `score` orders pairs: 1 where a pair begins to be shown, more the rarer the likeness.
    `code` and `text`, from 0 to 1, are the parts of their code and of their words (text
    answers, comments) that both have. `cells` are those that tell, the most telling first.
    """

    first: str
    second: str
    score: float
    code: float
    text: float
    cells: tuple[SimilarCell, ...]


_Row = tuple[str, Kind]


def similar_pairs(
    answers: Sequence[Answers], given: Given = Given(), most: int = 50
) -> tuple[SimilarPair, ...]:
    """The pairs to look at, by score; at most `most`.

    Raises:
        ValueError: two answers are of the same student.
    """
    ordered = sorted(answers, key=lambda answer: answer.student)
    students = [answer.student for answer in ordered]
    if len(set(students)) < len(students):
        raise ValueError(f"One submission a student is compared. Received: {', '.join(students)}.")
    if len(students) < 2:
        return ()
    imported = imports_of(given.code)
    known = passages_of(given.code, given.texts)
    readings = [read(answer.code, answer.texts, imported, known) for answer in ordered]
    likenesses = _likenesses(readings)
    score = _scores(likenesses, len(students))
    pairs = np.argwhere(np.triu(score, 1) >= 1)
    found = sorted((-score[i, j], i, j) for i, j in pairs)[:most]
    return tuple(_pair(students, readings, likenesses, -s, i, j) for s, i, j in found)


def _likenesses(readings: Sequence[Mapping[_Row, Reading]]) -> Mapping[_Row, Likeness]:
    rows = sorted({row for reading in readings for row in reading})
    compared = {"code": of_code, "prose": of_prose}
    return {
        row: compared[row[1]](
            [reading[row].passages if row in reading else frozenset() for reading in readings]
        )
        for row in rows
    }


def _scores(likenesses: Mapping[_Row, Likeness], students: int) -> Matrix:
    """Evidence against what is needed: the more pairs a class has, the more chance finds."""
    pairs = students * (students - 1) / 2
    needed = math.log(pairs * _CLASSES_FOR_ONE_BY_CHANCE)
    total = np.zeros((students, students))
    for likeness in likenesses.values():
        total += likeness.evidence
    return total / needed


def _pair(
    students: Sequence[str],
    readings: Sequence[Mapping[_Row, Reading]],
    likenesses: Mapping[_Row, Likeness],
    score: float,
    first: int,
    second: int,
) -> SimilarPair:
    telling: dict[str, tuple[float, Kind]] = {}
    for (cell, kind), likeness in likenesses.items():
        told = float(likeness.evidence[first, second])
        if told > telling.get(cell, (0.0, kind))[0]:
            telling[cell] = (told, kind)
    cells = sorted(telling.items(), key=lambda item: -item[1][0])
    return SimilarPair(
        first=students[first],
        second=students[second],
        score=round(float(score), 2),
        code=_share([each for (_, k), each in likenesses.items() if k == "code"], first, second),
        text=_share([each for (_, k), each in likenesses.items() if k == "prose"], first, second),
        cells=tuple(
            _cell(cell, kind, readings[first], readings[second]) for cell, (_, kind) in cells
        ),
    )


def _cell(
    cell: str, kind: Kind, first: Mapping[_Row, Reading], second: Mapping[_Row, Reading]
) -> SimilarCell:
    one, other = first[cell, kind], second[cell, kind]
    shared = one.passages & other.passages
    run = longest_run(one.words, LENGTHS[kind], shared)
    start, end = (run.start, run.end) if kind == "prose" else _whole_lines(one.source, run)
    excerpt = one.source[start:end]
    if len(excerpt) > _LONGEST_EXCERPT:
        excerpt = excerpt[: _LONGEST_EXCERPT - 1] + "…"
    share = len(shared) / len(one.passages | other.passages)
    return SimilarCell(cell, round(share, 3), excerpt, run.length)


def _whole_lines(source: str, run: Run) -> tuple[int, int]:
    end = source.find("\n", run.end)
    return source.rfind("\n", 0, run.start) + 1, len(source) if end < 0 else end


def _share(likenesses: Sequence[Likeness], first: int, second: int) -> float:
    shared = sum(float(likeness.shared[first, second]) for likeness in likenesses)
    union = sum(float(likeness.union[first, second]) for likeness in likenesses)
    return round(shared / union, 3) if union else 0.0
