"""What a feedback page says, as data: made from a marked notebook, shown by a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum

from graders.lateness import Lateness
from graders.marks import CellMark
from graders.records import Note
from graders.rubric import Outcome, Result


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gradebook knows of one student's notebook, by nbgrader's name of a cell.

    `lateness` is None where nothing is known of its dates; `unanswered` are left as given.
    """

    student: str
    name: str = ""
    marks: Mapping[str, CellMark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    lateness: Lateness | None = None
    unanswered: frozenset[str] = frozenset()

    @property
    def penalty(self) -> float:
        """Points that lateness costs."""
        return self.lateness.penalty if self.lateness else 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that an answer displayed: text, harmless HTML, or the `data:` of a picture."""

    text: str = ""
    html: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """A test cell: its mark, its result, or what it displayed where it has none."""

    mark: CellMark
    result: Result | None = None
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in words, as harmless HTML, that a person marks."""

    mark: CellMark | None
    html: str
    comment: str = ""
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Coded:
    """An answer in code, as harmless HTML; `error` is the line it ended with, if it did."""

    html: str
    shown: tuple[Shown, ...] = ()
    error: str = ""
    comment: str = ""
    answered: bool = True
    mark: CellMark | None = None


Part = Tested | Written | Coded


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `section` is the part of the notebook it stands in, `reminder` its start."""

    key: str
    title: str
    section: str
    reminder: str
    parts: tuple[Part, ...]

    @property
    def marks(self) -> tuple[CellMark, ...]:
        """Marks of its cells; none for a question that is not marked."""
        return tuple(part.mark for part in self.parts if part.mark is not None)

    @property
    def points(self) -> float | None:
        """Points earned so far; None while nothing was judged."""
        known = [mark.points for mark in self.marks if mark.points is not None]
        return fsum(known) if known else None

    @property
    def maximum(self) -> float:
        """Points that could be earned."""
        return fsum(mark.maximum for mark in self.marks)

    @property
    def waits(self) -> bool:
        """Whether a person has something left to judge."""
        return any(mark.points is None for mark in self.marks)

    @property
    def outcome(self) -> Outcome | None:
        """What became of it; None for a question that is not marked or waits to be read."""
        if any(mark.points is None and not mark.manual for mark in self.marks):
            return Outcome.COULD_NOT_GRADE
        if self.waits or not self.marks or self.points is None:
            return None
        if self.points >= self.maximum:
            return Outcome.PASSED
        return Outcome.PARTIAL if self.points else Outcome.FAILED

    @property
    def tested(self) -> tuple[Tested, ...]:
        """Its test cells."""
        return tuple(part for part in self.parts if isinstance(part, Tested))

    @property
    def written(self) -> tuple[Written, ...]:
        """Its answers in words."""
        return tuple(part for part in self.parts if isinstance(part, Written))

    @property
    def coded(self) -> tuple[Coded, ...]:
        """Its answers in code."""
        return tuple(part for part in self.parts if isinstance(part, Coded))


@dataclass(frozen=True, slots=True)
class Feedback:
    """One student's page for one notebook."""

    title: str
    facts: Facts
    questions: tuple[Question, ...]
    mends: tuple[str, ...] = ()
    accidents: tuple[Note, ...] = ()
    isolated: bool = True

    @property
    def points(self) -> float:
        """Points earned so far, lateness counted; it never costs more than was earned."""
        earned = fsum(question.points or 0 for question in self.questions)
        return max(0.0, earned - self.facts.penalty)

    @property
    def maximum(self) -> float:
        """Points that could be earned."""
        return fsum(question.maximum for question in self.questions)

    @property
    def marked(self) -> tuple[Question, ...]:
        """Questions that are worth something."""
        return tuple(question for question in self.questions if question.maximum)

    @property
    def unread(self) -> int:
        """Answers that wait for a person."""
        marks = [mark for question in self.questions for mark in question.marks]
        return sum(mark.points is None for mark in marks)
