"""All that is known of one student's submission once a class was graded, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from graders.lateness import Lateness
from graders.marks import StudentMarks
from graders.rubric import Result


class GradingOutcome(StrEnum):
    """What became of a submission; absent, not gradable and zero are different things.

    Incomplete: graded, but tests could not judge some of its cells.
    """

    GRADED = "graded"
    INCOMPLETE = "incomplete"
    NOT_GRADABLE = "not gradable"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Note:
    """Something told of a cell, or of the whole notebook where `cell` is empty."""

    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Effort:
    """What examining a submission took: seconds, and how many trainings it asked for.

    `trainings_found` of them had been run before; the others took `training_seconds`.
    """

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    trainings: int = 0
    trainings_found: int = 0
    training_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRecord:
    """One student's; by cell, the name is nbgrader's.

    `why` says why a submission is not gradable. `reasons` say why test cells could not be
    judged. `unverified` names, by test cell, models whose training is the student's own word.
    `lateness` is None where nothing is known of its dates. `feedback` is the page, if there is
    one. `code` and `texts` are the answers' sources.
    """

    student: str
    name: str
    outcome: GradingOutcome
    marks: StudentMarks
    why: str = ""
    results: Mapping[str, Result] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    mends: tuple[Note, ...] = ()
    accidents: tuple[Note, ...] = ()
    unverified: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    isolated: bool = True
    lateness: Lateness | None = None
    effort: Effort = field(default_factory=Effort)
    feedback: Path | None = None
    code: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> Mapping[str, str]:
        """Sources of every answer, code and text."""
        return {**self.code, **self.texts}

    @property
    def has_marks(self) -> bool:
        """Whether there is anything to count: not for the absent and the not gradable."""
        return self.outcome in {GradingOutcome.GRADED, GradingOutcome.INCOMPLETE}

    @property
    def penalty(self) -> float:
        """Points that lateness costs."""
        return self.lateness.penalty if self.lateness else 0.0

    @property
    def points(self) -> float:
        """Points earned so far, lateness counted; it never costs more than was earned."""
        return max(0.0, self.marks.points - self.penalty)

    @property
    def is_final(self) -> bool:
        """Whether everything was judged."""
        return self.has_marks and not self.marks.ungraded and not self.marks.unread
