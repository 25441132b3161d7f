from __future__ import annotations

from typing import Any

from tests.measurements.class_cost_page import costs_of, scale_table, table


def _side(seconds: float, cpu: float = 0) -> dict[str, float]:
    return {"seconds": seconds, "cpu_seconds": cpu, "kernel_bytes": 1.2e9}


FIGURES: dict[str, Any] = {
    "cores": 2,
    "submissions": 24,
    "cold": _side(500, 900),
    "again": _side(40, 60),
    "changed test": _side(80, 120),
    "more": {"one": _side(20, 30), "many": _side(60, 86), "how many more": 8},
    "bare": {"logistic regression": 10, "lenet of juste": 390},
    "stock": {"juste-000": _side(200), "relu": _side(210), "trois-epoques": _side(100)},
}


def test_the_sample_stands_for_the_submissions_of_its_kind() -> None:
    costs = costs_of(FIGURES)
    assert costs.stock_one == 205
    assert costs.stock_class == 22 * 205 + 2 * 100
    assert costs.marginal_cpu == 7
    assert costs.bound == 400 + 8 * 24 / 2


def test_a_missed_goal_is_said() -> None:
    page = table(costs_of(FIGURES), FIGURES)
    assert "| times faster, cold | **9.4** | at least 6 | held |" in page
    assert page.count("missed") == 0
    slow = {**FIGURES, "cold": _side(900, 1700)}
    page = table(costs_of(slow), slow)
    assert "| times faster, cold | **5.2** | at least 6 | missed |" in page
    assert page.count("missed") == 2


def test_a_thousand_submissions_take_longer_on_slower_trainers() -> None:
    rows = scale_table(costs_of(FIGURES)).splitlines()[2:]
    minutes = [float(row.split("|")[2].removesuffix(" min ")) for row in rows]
    assert minutes == sorted(minutes)
    assert minutes[0] > 1000 * 7 / 32 / 60
