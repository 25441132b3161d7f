"""What grading a class took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graders.records import StudentRecord
from graders.reports.class_report.distribution import quartiles

_SLOWEST = 5


@dataclass(frozen=True, slots=True)
class ClassEffort:
    """Seconds and trainings of all submissions that were run, and the slowest of them.

    A submission that is the same as another's was run once, and counts as often as it was
    handed in. `trainings` were asked for, `trainings_run` were not known before.
    """

    submissions: int
    wall_seconds: float
    quartiles: tuple[float, float, float]
    trainings: int
    trainings_run: int
    training_seconds: float
    slowest: tuple[StudentRecord, ...]


def class_effort(records: Sequence[StudentRecord]) -> ClassEffort:
    """The effort of a class's graded submissions."""
    run = [record for record in records if record.effort.wall_seconds]
    seconds = sorted(record.effort.wall_seconds for record in run)
    asked = sum(record.effort.trainings for record in run)
    return ClassEffort(
        submissions=len(run),
        wall_seconds=sum(seconds),
        quartiles=quartiles(seconds),
        trainings=asked,
        trainings_run=asked - sum(record.effort.trainings_found for record in run),
        training_seconds=sum(record.effort.training_seconds for record in run),
        slowest=tuple(sorted(run, key=lambda r: -r.effort.wall_seconds)[:_SLOWEST]),
    )
