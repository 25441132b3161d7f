"""Rows of the table of students."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from graders.marks import CellMark
from graders.records import StudentRecord
from graders.reports.class_report.attention import Group, Kind
from graders.reports.marks_table import by_question


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One student's mark of one question.

    `points` is None while none of its cells was judged; `waits` while one was not, and then
    `unsound` when tests, and not a reader, have to be waited for.
    """

    points: float | None
    maximum: float
    waits: bool
    unsound: bool


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student's; `flags` are why a person has to look, `feedback` a relative address."""

    anchor: str
    record: StudentRecord
    questions: Mapping[str, QuestionMark]
    flags: tuple[Kind, ...]
    similar: bool
    feedback: str


def question_maxima(records: Iterable[StudentRecord]) -> Mapping[str, float]:
    """What each question is worth, in the order of the notebook."""
    found: dict[str, float] = {}
    for record in records:
        for question, cells in by_question(record.marks.marks).items():
            found[question] = max(found.get(question, 0.0), sum(cell.maximum for cell in cells))
    return found


def student_rows(
    records: Sequence[StudentRecord],
    groups: Sequence[Group],
    similar: Iterable[str],
    folder: Path,
) -> tuple[StudentRow, ...]:
    """One row a student; `folder` is where the page will be, addresses are relative to it."""
    flags: dict[str, dict[Kind, None]] = {}
    for group in groups:
        for entry in group.entries:
            flags.setdefault(entry.student, {})[group.kind] = None
    alike = frozenset(similar)
    return tuple(
        StudentRow(
            anchor=f"student-{number}",
            record=record,
            questions={
                question: _question_mark(cells)
                for question, cells in by_question(record.marks.marks).items()
            },
            flags=tuple(flags.get(record.student, ())),
            similar=record.student in alike,
            feedback=relative_address(record.feedback, folder) if record.feedback else "",
        )
        for number, record in enumerate(records, 1)
    )


def relative_address(target: Path, folder: Path) -> str:
    """A link from a page in `folder` to a file, whatever their names hold."""
    # Names of files may hold anything, and a first part with a colon would be a scheme.
    return "./" + quote(os.path.relpath(target, folder))


def _question_mark(cells: Sequence[CellMark]) -> QuestionMark:
    known = [cell.points for cell in cells if cell.points is not None]
    return QuestionMark(
        points=sum(known) if known else None,
        maximum=sum(cell.maximum for cell in cells),
        waits=len(known) < len(cells),
        unsound=any(cell.points is None and not cell.manual for cell in cells),
    )
