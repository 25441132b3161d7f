"""What a person must look at once a class was graded: a short list, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graders.marks import StudentMarks


@dataclass(frozen=True, slots=True)
class Look:
    """A submission to look at; `cell` is empty when all of it needs to be."""

    student: str
    cell: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.student, self.cell, self.reason)))


def needs_a_look(
    marks: Sequence[StudentMarks],
    reasons: Mapping[str, Mapping[str, str]],
    accidents: Mapping[str, Mapping[str, str]],
    not_gradable: Mapping[str, str],
) -> tuple[Look, ...]:
    """All there is to look at, by student and in the order of the notebook.

    `reasons` and `accidents` are by student, then by cell; `not_gradable` by student.
    """
    known = {student.student: student for student in marks}
    found: list[Look] = []
    for student in sorted(known.keys() | not_gradable.keys()):
        if student in not_gradable:
            found.append(Look(student, "", not_gradable[student]))
        elif student in known:
            found += _looks(known[student], reasons.get(student, {}), accidents.get(student, {}))
    return tuple(found)


def _looks(
    student: StudentMarks, reasons: Mapping[str, str], accidents: Mapping[str, str]
) -> Iterator[Look]:
    for cell, accident in accidents.items():
        yield Look(student.student, cell, accident)
    for mark in student.ungraded:
        yield Look(student.student, mark.cell, reasons.get(mark.cell, "could not be graded"))
