"""How well each marked cell was answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from graders.marks import CellMark
from graders.reports.class_report.contents import ClassContents
from graders.rubric import Outcome


@dataclass(frozen=True, slots=True)
class CellSuccess:
    """Students by outcome of one cell; `unread` are manual answers that nobody has judged yet.

    `mean` is the mean of the points that were given, of those that could be; None without any.
    """

    cell: str
    maximum: float
    manual: bool
    passed: int
    partial: int
    failed: int
    could_not_grade: int
    unread: int
    mean: float | None

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Passed, partial, failed, not judged."""
        return self.passed, self.partial, self.failed, self.could_not_grade + self.unread


def success_by_cell(contents: ClassContents) -> tuple[CellSuccess, ...]:
    """One for each marked cell, in the order of the notebook."""
    marks: dict[str, list[CellMark]] = {cell: [] for cell in contents.cells}
    for record in contents.marked:
        for mark in record.marks.marks:
            marks[mark.cell].append(mark)
    return tuple(_success(cell, found) for cell, found in marks.items())


def outcome_of(mark: CellMark) -> Outcome:
    """What a mark says: nothing judged yet is `COULD_NOT_GRADE`."""
    if mark.points is None:
        return Outcome.COULD_NOT_GRADE
    if mark.points >= mark.maximum:
        return Outcome.PASSED
    return Outcome.PARTIAL if mark.points > 0 else Outcome.FAILED


def _success(cell: str, marks: list[CellMark]) -> CellSuccess:
    outcomes = Counter(map(outcome_of, marks))
    given = [mark.points for mark in marks if mark.points is not None]
    maximum = max(mark.maximum for mark in marks)
    manual = any(mark.manual for mark in marks)
    unknown = outcomes[Outcome.COULD_NOT_GRADE]
    return CellSuccess(
        cell=cell,
        maximum=maximum,
        manual=manual,
        passed=outcomes[Outcome.PASSED],
        partial=outcomes[Outcome.PARTIAL],
        failed=outcomes[Outcome.FAILED],
        could_not_grade=0 if manual else unknown,
        unread=unknown if manual else 0,
        mean=sum(given) / (maximum * len(given)) if given and maximum else None,
    )
