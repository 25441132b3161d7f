"""The distribution of marks: of whole marks when all are there, of the tests' share till then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from graders.records import GradingOutcome
from graders.reports.class_report.contents import ClassContents

BINS = 20


@dataclass(frozen=True, slots=True)
class Distribution:
    """Points of the graded and of the incomplete, out of `maximum`.

    `of_tests` says that text answers are left out, for some are not read yet.
    """

    graded: tuple[float, ...]
    incomplete: tuple[float, ...]
    maximum: float
    of_tests: bool

    @property
    def values(self) -> tuple[float, ...]:
        """All of them, in order."""
        return tuple(sorted((*self.graded, *self.incomplete)))

    @property
    def mean(self) -> float:
        """The mean; of nobody, 0."""
        return fmean(self.values) if self.values else 0.0

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The quartiles, the median between them; of nobody, zeros."""
        return quartiles(self.values)

    def bins(self) -> tuple[tuple[float, float, int, int], ...]:
        """Twenty equal intervals: from, to (the last holds the maximum), graded, incomplete."""
        width = self.maximum / BINS
        graded, incomplete = (_counts(v, width) for v in (self.graded, self.incomplete))
        return tuple((n * width, (n + 1) * width, graded[n], incomplete[n]) for n in range(BINS))


def distribution_of(contents: ClassContents) -> Distribution:
    """The distribution of a class's marks."""
    of_tests = any(record.marks.unread for record in contents.marked)
    points = [
        (record.outcome, record.marks.automatic_points if of_tests else record.points)
        for record in contents.marked
    ]
    maximum = max((record.marks.automatic_maximum for record in contents.marked), default=0.0)
    return Distribution(
        tuple(value for outcome, value in points if outcome is GradingOutcome.GRADED),
        tuple(value for outcome, value in points if outcome is GradingOutcome.INCOMPLETE),
        maximum if of_tests else contents.maximum,
        of_tests,
    )


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """First quartile, median, third; of one value that value, of none zeros."""
    if len(values) < 2:
        return (values[0],) * 3 if values else (0.0, 0.0, 0.0)
    first, median, third = quantiles(values, method="inclusive")
    return first, median, third


def _counts(values: Sequence[float], width: float) -> list[int]:
    counts = [0] * BINS
    for value in values:
        # Hundredths of a point: 6.6 / 0.55 must be 12, not 11.999….
        counts[min(int(round(value / width, 9)), BINS - 1)] += 1
    return counts
