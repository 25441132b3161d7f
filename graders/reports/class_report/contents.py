"""`ClassContents`: what the report shows, as data; its sections follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from graders.records import GradingOutcome, StudentRecord
from graders.reports.similarity.pairs import SimilarPair


@dataclass(frozen=True, slots=True)
class Threshold:
    """Accuracies, from 0 to 1: all points from `full`, none at `floor`."""

    full: float
    floor: float


@dataclass(frozen=True, slots=True)
class ClassContents:
    """One assignment of one class; `thresholds` by the name of the variable that holds a model."""

    assignment: str
    course: str
    made: datetime
    records: tuple[StudentRecord, ...]
    pairs: tuple[SimilarPair, ...] = ()
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    @property
    def marked(self) -> tuple[StudentRecord, ...]:
        """Records with marks: not of the absent and the not gradable."""
        return tuple(record for record in self.records if record.has_marks)

    def count(self, outcome: GradingOutcome) -> int:
        """How many submissions came to it."""
        return sum(record.outcome is outcome for record in self.records)

    @property
    def maximum(self) -> float:
        """Points that could be earned."""
        return max((record.marks.maximum for record in self.marked), default=0.0)

    @property
    def cells(self) -> tuple[str, ...]:
        """Names of the marked cells, in the order of the notebook."""
        return tuple(
            dict.fromkeys(mark.cell for record in self.marked for mark in record.marks.marks)
        )
