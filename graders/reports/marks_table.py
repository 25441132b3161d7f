"""The table of marks by student and question, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from graders.marks import CellMark, StudentMarks, question_of

LEGEND = "…: an answer waits for a person. ?: tests could not grade, a person has to."
_WIDTH, _TOTAL_WIDTH = 4, 5
_SHORTEST_NAME = 8


def marks_table(marks: Sequence[StudentMarks], title: str, width: int) -> Table:
    """One row a student, one column a question, the total last; `width` is in characters.

    Names are shortened so that every mark has its place.
    """
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    questions = by_question(marks[0].marks) if marks else {}
    rest = (_WIDTH + 1) * len(questions) + _TOTAL_WIDTH + 3
    name_width = max(_SHORTEST_NAME, width - rest)
    table.add_column("student", no_wrap=True, overflow="ellipsis", max_width=name_width)
    for question, cells in questions.items():
        heading = f"{question}\n/{sum(cell.maximum for cell in cells):g}"
        table.add_column(heading, justify="right", no_wrap=True, min_width=_WIDTH)
    maximum = marks[0].maximum if marks else 0
    table.add_column(f"total\n/{maximum:g}", justify="right", no_wrap=True, min_width=_TOTAL_WIDTH)
    for student in marks:
        shown = [_shown(cells) for cells in by_question(student.marks).values()]
        table.add_row(student.student, *shown, Text(_number(student.points), style="bold"))
    return table


def by_question(marks: Sequence[CellMark]) -> Mapping[str, tuple[CellMark, ...]]:
    """Marked cells by the question they belong to."""
    questions: dict[str, tuple[CellMark, ...]] = {}
    for mark in marks:
        question = question_of(mark.cell)
        questions[question] = (*questions.get(question, ()), mark)
    return questions


def _shown(cells: Sequence[CellMark]) -> Text:
    known = [cell.points for cell in cells if cell.points is not None]
    text = _number(sum(known)) if known else ""
    if any(cell.points is None and not cell.manual for cell in cells):
        return Text(f"{text}?", style="bold yellow")
    if len(known) < len(cells):
        return Text(f"{text}…", style="cyan")
    full = sum(known) >= sum(cell.maximum for cell in cells)
    return Text(text, style="green" if full else "yellow" if sum(known) else "red")


def _number(points: float) -> str:
    return f"{round(points, 2):g}"
