"""The thresholds leave right answers room, and the documentation says what was measured."""

import pytest

from tests.measurements import accuracy

MEASURES = accuracy.read_measures()
THRESHOLDS = [
    (name, reference.threshold)
    for name, reference in accuracy.REFERENCES.items()
    if reference.threshold is not None
]


@pytest.mark.parametrize(("name", "threshold"), THRESHOLDS)
def test_a_threshold_is_far_below_what_right_answers_reach(name: str, threshold: float) -> None:
    values = accuracy.percentages(name, MEASURES)
    assert len(values) >= 5
    assert min(values) > 100 * threshold
    assert accuracy.deviations_below(threshold, values) >= accuracy.MARGIN


def test_the_documentation_shows_the_numbers_measured() -> None:
    assert accuracy.table(MEASURES) in accuracy.TABLE.read_text("utf-8")
