from __future__ import annotations

import pytest

from tests.measurements.simulated_class import UnitCosts, simulate, wanted

COSTS = UnitCosts(before=2, after=3, training=100)


def test_every_training_is_wanted_and_most_want_the_first() -> None:
    asked = wanted(1000, 100)
    assert len(asked) == 1000
    assert set(asked) == set(range(100))
    assert asked.count(0) == 901


@pytest.mark.parametrize(
    ("asked", "places", "trainers", "seconds"),
    [
        ([0], 1, 1, 105),
        ([0, 0], 1, 1, 110),
        ([0, 0], 2, 1, 105),
        ([0, 1], 2, 1, 205),
        ([0, 1], 2, 2, 105),
        ([0, 1], 1, 2, 210),
        ([0, 0, 0, 0], 2, 1, 110),
    ],
)
def test_the_time_of_small_classes_is_what_one_counts(
    asked: list[int], places: int, trainers: int, seconds: float
) -> None:
    assert simulate(asked, COSTS, places, trainers).seconds == seconds


def test_no_class_is_faster_than_its_work_allows() -> None:
    asked = wanted(300, 40)
    found = simulate(asked, COSTS, places=32, trainers=4)
    assert found.seconds >= 40 * COSTS.training / 4
    assert found.seconds >= 300 * (COSTS.before + COSTS.after) / 32
    assert 0 < found.notebooks_busy <= 1
    assert 0 < found.trainers_busy <= 1
