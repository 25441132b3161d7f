"""Where each student stands once a class was graded: a mark, or what it still waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from graders.marks import CellMark, StudentMarks


class Standing(Enum):
    """Absent, waiting and zero are different things."""

    ABSENT = "absent"
    NOT_GRADED = "not graded"
    COULD_NOT_GRADE = "could not grade"
    TO_READ = "to read"
    GRADED = "graded"


@dataclass(frozen=True, slots=True)
class FinalMark:
    """A student's mark as it leaves this course.

    `points` counts lateness and is None until everything is judged; `waits_for` then says what
    a person has to do.
    """

    login: str
    standing: Standing
    points: float | None = None
    maximum: float = 0.0
    waits_for: str = ""


def final_marks(
    marks: Iterable[StudentMarks],
    waiting: Mapping[str, str],
    penalties: Mapping[str, float],
    roster: Iterable[str],
) -> tuple[FinalMark, ...]:
    """One for everybody who is known, by login; lateness never costs more than was earned.

    `waiting` are those whose submission is not graded, or not the latest one, each with that.
    """
    known = {student.student: student for student in marks if student.marks}
    logins = sorted(known.keys() | waiting.keys() | set(roster))
    return tuple(_final_mark(login, known, waiting, penalties) for login in logins)


def _final_mark(
    login: str,
    known: Mapping[str, StudentMarks],
    waiting: Mapping[str, str],
    penalties: Mapping[str, float],
) -> FinalMark:
    if login in waiting:
        return FinalMark(login, Standing.NOT_GRADED, waits_for=waiting[login])
    if login not in known:
        return FinalMark(login, Standing.ABSENT)
    student = known[login]
    maximum = student.maximum
    if student.ungraded:
        reason = f"tests could not grade {_cells(student.ungraded)}"
        return FinalMark(login, Standing.COULD_NOT_GRADE, None, maximum, reason)
    if student.unread:
        reason = f"nobody has read {_cells(student.unread)}"
        return FinalMark(login, Standing.TO_READ, None, maximum, reason)
    points = max(0.0, student.points - penalties.get(login, 0.0))
    return FinalMark(login, Standing.GRADED, points, maximum)


def _cells(marks: Iterable[CellMark]) -> str:
    return ", ".join(mark.cell for mark in marks)
