"""One sample student: what is handed in, and the marks it must earn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.class_of_students.answers import Answers


@dataclass(frozen=True, slots=True)
class Between:
    """Points that depend on an accuracy, which varies a little from one machine to another."""

    lowest: float
    highest: float

    def __contains__(self, points: float | None) -> bool:
        return points is not None and self.lowest <= points <= self.highest

    def __str__(self) -> str:
        return f"{self.lowest:g} to {self.highest:g}"


# None: nobody could judge, the gradebook must ask for a manual mark.
Points = float | Between | None
Marks = Mapping[str, Points]

FULL: Final[Marks] = {
    "test_q1_parametres": 1,
    "test_q4_mlp": 2,
    "test_q5_parametres": 1,
    "test_q6_mlp_entrainement": 2,
    "test_q7_mlp_evaluation": 1,
    "test_q8_initialisation": 1,
    "test_q9_lenet": 3,
    "test_q10_lenet_entrainement": 2,
    "test_q11_lenet_evaluation": 2,
}
NOTHING: Final[Marks] = dict.fromkeys(FULL, 0)
NUMBERS: Final[Marks] = {
    "test_q1_parametres": 1,
    "test_q5_parametres": 1,
    "test_q8_initialisation": 1,
}
MLP: Final[Marks] = {
    "test_q4_mlp": 2,
    "test_q6_mlp_entrainement": 2,
    "test_q7_mlp_evaluation": 1,
}


@dataclass(frozen=True, slots=True, eq=False)
class SampleStudent:
    """`heavy` tells that the notebook trains a convolutional network for several epochs."""

    login: str
    description: str
    answers: Answers
    marks: Marks
    heavy: bool = False
    deleted_cells: frozenset[str] = field(default=frozenset())


def earns(expected: Points, points: float | None) -> bool:
    """Whether a cell earned what the catalogue says."""
    if isinstance(expected, Between):
        return points in expected
    if expected is None or points is None:
        return expected is points
    return abs(points - expected) < 0.005
