"""A confusion matrix is shaded by how often a digit is mistaken, the worst told first."""

from __future__ import annotations

from graders.exhibits import Confusion
from graders.reports.feedback.confusions import Mistaken, most_mistaken, squares

MATRIX = Confusion("mlp", ((98, 2, 0), (1, 899, 100), (0, 30, 970)))


def test_the_darker_the_more_often_and_never_on_the_diagonal() -> None:
    shades = [[square.shade for square in row] for row in squares(MATRIX)]
    assert shades == [[0, 3, 0], [0, 0, 5], [0, 4, 0]]
    assert [[square.right for square in row] for row in squares(MATRIX)][1] == [False, True, False]


def test_the_most_frequent_mistakes_come_first() -> None:
    assert most_mistaken(MATRIX) == (Mistaken(1, 2, 100), Mistaken(2, 1, 30), Mistaken(0, 1, 2))
    assert most_mistaken(Confusion("mlp", ((1, 0), (0, 1)))) == ()
