"""What needs a person: what no test could settle, and what was settled in an unusual way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graders.records import GradingOutcome, StudentRecord


class Kind(StrEnum):
    """Why a person is needed, most urgent first."""

    NOT_GRADABLE = "not gradable"
    COULD_NOT_GRADE = "could not grade"
    ACCIDENT = "accident"
    NOT_ISOLATED = "not isolated"
    UNVERIFIED = "unverified training"
    MENDED = "mended"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look at; `student` is empty for a whole class's, `cell` for a whole notebook."""

    student: str
    cell: str
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """All there is to look at for one reason."""

    kind: Kind
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many things a person has to look at."""
        return sum(entry.count for entry in self.entries)


def attention(records: Sequence[StudentRecord]) -> tuple[Group, ...]:
    """The groups that are not empty, in the order of `Kind`."""
    groups = [Group(kind, tuple(_FINDERS[kind](records))) for kind in Kind]
    return tuple(group for group in groups if group.entries)


def _not_gradable(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    for record in records:
        if record.outcome is GradingOutcome.NOT_GRADABLE:
            yield Entry(record.student, "", record.why)


def _could_not_grade(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    for record in records:
        for mark in record.marks.ungraded:
            yield Entry(record.student, mark.cell, record.reasons.get(mark.cell, ""))


def _accidents(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    for record in records:
        for note in record.accidents:
            yield Entry(record.student, note.cell, note.text)


def _not_isolated(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    for record in records:
        if not record.isolated:
            yield Entry(record.student, "")


def _unverified(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    for record in records:
        models = {name: cell for cell, names in record.unverified.items() for name in names}
        for name, cell in models.items():
            yield Entry(record.student, cell, name)


def _mended(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    for record in records:
        for note in record.mends:
            yield Entry(record.student, note.cell, note.text)


def _unread(records: Sequence[StudentRecord]) -> Iterator[Entry]:
    counts = Counter(mark.cell for record in records for mark in record.marks.unread)
    order = dict.fromkeys(mark.cell for record in records for mark in record.marks.marks)
    for cell in order:
        if counts[cell]:
            yield Entry("", cell, count=counts[cell])


_FINDERS: dict[Kind, Callable[[Sequence[StudentRecord]], Iterator[Entry]]] = {
    Kind.NOT_GRADABLE: _not_gradable,
    Kind.COULD_NOT_GRADE: _could_not_grade,
    Kind.ACCIDENT: _accidents,
    Kind.NOT_ISOLATED: _not_isolated,
    Kind.UNVERIFIED: _unverified,
    Kind.MENDED: _mended,
    Kind.UNREAD: _unread,
}
