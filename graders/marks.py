"""A class's marks as data: what the gradebook holds, told apart as people need it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellMark:
    """The mark of one cell.

    `points` is None while nobody has judged it: a manual question not yet read, or a test cell
    that could not be graded. It is then never counted as 0.
    """

    cell: str
    points: float | None
    maximum: float
    manual: bool


def question_of(cell: str) -> str:
    """The question that a cell belongs to: `q4` for `test_q4_mlp` and `q4_mlp`."""
    return cell.removeprefix("test_").split("_")[0]


@dataclass(frozen=True, slots=True)
class StudentMarks:
    """One student's marks, in the order of the notebook; empty when nothing was graded."""

    student: str
    marks: tuple[CellMark, ...]

    @property
    def points(self) -> float:
        """Points earned so far."""
        return sum(mark.points for mark in self.marks if mark.points is not None)

    @property
    def maximum(self) -> float:
        """Points that could be earned."""
        return sum(mark.maximum for mark in self.marks)

    @property
    def automatic_points(self) -> float:
        """Points earned on the cells that tests mark."""
        return sum(m.points for m in self.marks if m.points is not None and not m.manual)

    @property
    def automatic_maximum(self) -> float:
        """Points that could be earned there."""
        return sum(mark.maximum for mark in self.marks if not mark.manual)

    @property
    def ungraded(self) -> tuple[CellMark, ...]:
        """Test cells that could not be graded: a person must look."""
        return tuple(mark for mark in self.marks if mark.points is None and not mark.manual)

    @property
    def unread(self) -> tuple[CellMark, ...]:
        """Manual answers that nobody has read yet."""
        return tuple(mark for mark in self.marks if mark.points is None and mark.manual)
