"""Accuracies that the grader measured, by model, against the assignment's thresholds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from graders.exhibits import Confusion
from graders.records import StudentRecord
from graders.reports.class_report.contents import ClassContents, Threshold


@dataclass(frozen=True, slots=True)
class ModelAccuracies:
    """Accuracies, from 0 to 1, by login, of the model in a variable."""

    variable: str
    by_student: tuple[tuple[str, float], ...]
    threshold: Threshold | None

    @property
    def values(self) -> tuple[float, ...]:
        """All of them, in order."""
        return tuple(sorted(accuracy for _, accuracy in self.by_student))

    @property
    def values_with_counts(self) -> tuple[tuple[float, int], ...]:
        """Different accuracies, and how many students have each: the same training, often."""
        return tuple(sorted(Counter(self.values).items()))

    @property
    def counts(self) -> tuple[int, int, int] | None:
        """How many reach the threshold, lie between it and the floor, lie at the floor or below."""
        if self.threshold is None:
            return None
        full = sum(value >= self.threshold.full for value in self.values)
        nothing = sum(value <= self.threshold.floor for value in self.values)
        return full, len(self.values) - full - nothing, nothing


def measured_accuracies(contents: ClassContents) -> tuple[ModelAccuracies, ...]:
    """One for each model that was measured, in the order of the notebook."""
    found: dict[str, list[tuple[str, float]]] = {}
    for record in contents.marked:
        for variable, accuracy in accuracies_of(record).items():
            found.setdefault(variable, []).append((record.student, accuracy))
    return tuple(
        ModelAccuracies(variable, tuple(values), contents.thresholds.get(variable))
        for variable, values in found.items()
    )


def accuracies_of(record: StudentRecord) -> dict[str, float]:
    """One student's, by variable; of a model that was measured twice, the last."""
    return {
        exhibit.variable: exhibit.accuracy
        for result in record.results.values()
        for exhibit in result.exhibits
        if isinstance(exhibit, Confusion)
    }
