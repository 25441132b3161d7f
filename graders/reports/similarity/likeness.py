"""How much the passages that students share say about a pair, against the rest of the class.

Evidence is in nats: -log of the probability that chance alone makes two students so alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graders.reports.similarity.passages import Passage

# Two answers are alike from this share of common passages on.
_ALIKE: Final = 0.6
# However rare, one question's code tells no more than a coincidence of one in forty: there are
# few ways of writing it. A copy is alike in several.
_MOST_FOR_ONE_CODE: Final = float(np.log(40))
# One more word in common, where nobody else has it: the language makes some follow others.
_FOR_ONE_PASSAGE: Final = 0.75

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """One cell's, between all students: matrices of n rows and columns.

    `shared` and `union` count passages, `evidence` is in nats and 0 on the diagonal.
    """

    shared: Matrix
    union: Matrix
    evidence: Matrix


def of_code(answers: Sequence[Set[Passage]]) -> Likeness:
    """Alike where few others are: an answer that half the class writes tells nothing.

    The probability is the share of the class that is as close to one of the two, or closer.
    """
    shared, union, _ = _counts(answers)
    alike = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    np.fill_diagonal(alike, -1)
    as_close = np.stack([len(row) - np.searchsorted(np.sort(row), row) for row in alike])
    probability = np.maximum(as_close, as_close.T) / max(len(answers) - 1, 1)
    rarity = np.minimum(-np.log(np.minimum(probability, 1)), _MOST_FOR_ONE_CODE)
    return Likeness(shared, union, np.where(alike >= _ALIKE, rarity, 0.0))


def of_prose(answers: Sequence[Set[Passage]]) -> Likeness:
    """Word for word: every shared passage counts, less the more students have it, 0 if all do.

    All of it is multiplied by the shared part of the shorter text: a sentence in common is
    chance sooner than a whole answer is. Of a class of two, nothing is known of the others.
    """
    shared, union, rare = _counts(answers)
    sizes = np.diagonal(shared)
    shorter = np.minimum(sizes[:, None], sizes[None, :])
    part = np.divide(shared, shorter, out=np.zeros_like(shared), where=shorter > 0)
    evidence = _FOR_ONE_PASSAGE * rare * part
    np.fill_diagonal(evidence, 0)
    return Likeness(shared, union, evidence)


def _counts(answers: Sequence[Set[Passage]]) -> tuple[Matrix, Matrix, Matrix]:
    """Passages shared and in either; and shared, weighted by how few others have them."""
    students = Counter(chain.from_iterable(answers))
    column = {p: n for n, p in enumerate(p for p, count in students.items() if count > 1)}
    has = np.zeros((len(answers), len(column)), np.float32)
    for row, answer in enumerate(answers):
        has[row, [column[passage] for passage in answer if passage in column]] = 1
    others = np.array([students[passage] - 1 for passage in column], np.float32)
    class_of_others = max(len(answers) - 1, 1)
    rare = -np.log(others / class_of_others) if class_of_others > 1 else np.ones_like(others)
    shared = (has @ has.T).astype(np.float64)
    weighted = ((has * np.minimum(rare, 1)) @ has.T).astype(np.float64)
    sizes = np.array([len(answer) for answer in answers], np.float64)
    np.fill_diagonal(shared, sizes)
    return shared, sizes[:, None] + sizes[None, :] - shared, weighted
