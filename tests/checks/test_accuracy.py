"""The accuracy the grader measures, and the one the student reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graders.checks.accuracy import agrees, reaches
from graders.checks.subject import Subject
from graders.models.architecture import Architecture
from graders.models.operations import Activation, Dense
from graders.models.snapshot import Snapshot
from graders.rubric import Failure
from tests.checks.hostile import HOSTILE

# A model that always answers 1 is right on 1 135 of the 10 000 test images.
MEASURED = 0.1135
ONES = Subject(
    Snapshot(
        Architecture((784,), (Dense(10), Activation("softmax"))),
        None,
        (np.zeros((784, 10), np.float32), np.eye(10, dtype=np.float32)[1]),
    )
)
check = agrees()


@pytest.mark.parametrize(
    ("threshold", "floor", "fraction"),
    [(0.2, 0.0, 0.5675), (0.1235, 0.1035, 0.5), (0.9, 0.2, 0), (0.11351, 0.0, 0.99)],
)
def test_below_the_threshold_a_ramp_and_never_a_cliff(
    threshold: float, floor: float, fraction: float
) -> None:
    with pytest.raises(Failure, match="11,35") as refused:
        reaches(threshold, floor)(ONES)
    assert refused.value.fraction == pytest.approx(fraction, abs=1e-3)


@pytest.mark.parametrize("threshold", [0.1135, 0.11, 0.0001])
def test_from_the_threshold_on_all_is_earned(threshold: float) -> None:
    reaches(threshold, 0)(ONES)


@pytest.mark.parametrize(
    "scores",
    [
        {"accuracy": MEASURED, "loss": 2.3},
        {"loss": 2.3, "acc": MEASURED},
        {"loss": 2.3, "categorical_accuracy": MEASURED},
        {"loss": 2.3, "exactitude": MEASURED},
        {"accuracy": 100 * MEASURED},
        {"accuracy": np.float32(MEASURED)},
        {"accuracy": np.float64(MEASURED), "mse": 0.1},
        [2.3, MEASURED],
        (2.3, MEASURED),
        [2.3, MEASURED, 0.9],
        [np.float64(2.3), np.float64(11.35)],
        np.array([2.3, MEASURED]),
        MEASURED,
        np.float32(MEASURED),
        np.array(MEASURED),
        11.35,
        MEASURED + 0.0009,
        MEASURED - 0.0009,
    ],
    ids=repr,
)
def test_scores_that_agree_are_accepted_in_any_form(scores: Any) -> None:
    check(scores, ONES)


@pytest.mark.parametrize(
    "scores",
    [
        {"accuracy": MEASURED + 0.02},
        {"accuracy": 0.9489, "loss": 0.18},
        {"accuracy": 0.99, "exactitude": MEASURED},
        {"loss": MEASURED},
        {},
        {"accuracy": None},
        {"accuracy": [MEASURED]},
        {"accuracy": "onze pour cent"},
        {"accuracy": float("nan")},
        [MEASURED, 2.3],
        [2.3],
        [],
        [MEASURED] * 100,
        [0.5, "11 %"],
        np.array([[2.3, MEASURED]]),
        0.12,
        1135,
        -MEASURED,
    ],
    ids=repr,
)
def test_scores_that_do_not_are_refused(scores: Any) -> None:
    with pytest.raises(Failure) as refused:
        check(scores, ONES)
    assert refused.value.message


@pytest.mark.parametrize("name", HOSTILE)
def test_what_are_no_scores_is_refused_in_french(name: str) -> None:
    with pytest.raises(Failure, match=r"nombre|scores|L’exactitude annoncée"):
        check(HOSTILE[name], ONES)
