"""The table of marks by student and question, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from graders.marks import CellMark, StudentMarks

LEGEND = (
    "Each column is a question (q1 …); T is marked by tests, M by a person. "
    "“…” waits for a person; “?” could not be graded by the tests and waits for a person too."
)


def marks_table(marks: Sequence[StudentMarks], title: str) -> Table:
    """One row a student, one column a graded cell, the total last."""
    table = Table(title=title, title_justify="left")
    table.add_column("student", no_wrap=True)
    for mark in marks[0].marks if marks else ():
        table.add_column(_heading(mark), justify="right")
    table.add_column("total", justify="right", no_wrap=True)
    for student in marks:
        table.add_row(student.student, *map(_shown, student.marks), _total(student))
    return table


def _heading(mark: CellMark) -> Text:
    question = mark.cell.removeprefix("test_").split("_")[0]
    return Text(f"{question}\n{'M' if mark.manual else 'T'} /{mark.maximum:g}")


def _shown(mark: CellMark) -> Text:
    if mark.points is None:
        return Text("…", style="dim") if mark.manual else Text("?", style="bold yellow")
    full, none = mark.points >= mark.maximum, mark.points <= 0
    style = "green" if full else "red" if none else "yellow"
    return Text(f"{mark.points:.4g}", style=style)


def _total(student: StudentMarks) -> Text:
    waiting = len(student.ungraded) + len(student.unread)
    more = f" (+{waiting} to mark)" if waiting else ""
    return Text(f"{student.points:.4g}/{student.maximum:g}{more}")
