from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.lateness import Lateness, LatePolicy

DUE = datetime(2026, 12, 1, 17, tzinfo=UTC)
POLICY = LatePolicy(points_per_day=2, grace_minutes=15, most=5)

CHARGED = [
    (timedelta(days=-3), 0),
    (timedelta(0), 0),
    (timedelta(minutes=15), 0),
    (timedelta(minutes=15, seconds=1), 2),
    (timedelta(days=1), 2),
    (timedelta(days=1, seconds=1), 4),
    (timedelta(days=400), 5),
]


@pytest.mark.parametrize(("after", "points"), CHARGED)
def test_days_begun_are_charged_past_the_grace_and_up_to_the_most(
    after: timedelta, points: float
) -> None:
    assert Lateness("a", DUE + after, DUE).charged(POLICY, 20).penalty == points


def test_a_penalty_is_never_more_than_the_assignment_is_worth() -> None:
    policy = LatePolicy(points_per_day=3)
    assert Lateness("a", DUE + timedelta(days=30), DUE).charged(policy, 20).penalty == 20


FREE = [
    Lateness("absent", None, DUE),
    Lateness("without a due date", DUE, None),
    Lateness("given more time", DUE + timedelta(days=2), DUE, DUE + timedelta(days=2)),
    Lateness("excused", DUE + timedelta(days=9), DUE, excused=True),
]


@pytest.mark.parametrize("dates", FREE, ids=lambda dates: dates.student)
def test_who_owes_nothing_pays_nothing(dates: Lateness) -> None:
    assert dates.late == timedelta(0)
    assert dates.charged(POLICY, 20).penalty == 0


def test_an_extension_never_brings_the_date_forward() -> None:
    dates = Lateness("a", DUE, DUE, extension=DUE - timedelta(days=3))
    assert dates.deadline == DUE
    assert dates.days == 0


def test_late_after_an_extension_counts_from_it() -> None:
    dates = Lateness("a", DUE + timedelta(days=4), DUE, extension=DUE + timedelta(days=3))
    assert dates.charged(POLICY, 20).penalty == 2


def test_by_default_being_late_costs_nothing() -> None:
    assert Lateness("a", DUE + timedelta(days=4), DUE).charged(LatePolicy(), 20).penalty == 0


@given(
    st.integers(-(10**7), 10**7),
    st.integers(0, 10**6),
    st.floats(0, 50),
    st.floats(0, 10**4),
    st.none() | st.floats(0, 50),
)
def test_later_never_costs_less_and_never_more_than_all(
    seconds: int, more: int, points: float, grace: float, most: float | None
) -> None:
    policy = LatePolicy(points, grace, most)

    def cost(after: int) -> float:
        return Lateness("a", DUE + timedelta(seconds=after), DUE).charged(policy, 20).penalty

    assert 0 <= cost(seconds) <= cost(seconds + more) <= 20


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_a_policy_that_makes_no_sense_is_refused_by_name(value: float) -> None:
    with pytest.raises(ValueError, match="grace_minutes"):
        LatePolicy(grace_minutes=value)
