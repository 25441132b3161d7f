from __future__ import annotations

import io

import pytest
from rich.console import Console

from graders.marks import CellMark, StudentMarks
from graders.reports.marks_table import marks_table

QUESTIONS = 11


def _student(name: str, points: float | None = 0.25) -> StudentMarks:
    cells = [f"test_q{number}_cell" for number in range(1, QUESTIONS + 1)]
    return StudentMarks(name, tuple(CellMark(cell, points, 2, manual=False) for cell in cells))


def _shown(width: int, *students: StudentMarks) -> list[str]:
    text = io.StringIO()
    Console(file=text, width=width).print(marks_table(students, "Marks of tp", width))
    return text.getvalue().splitlines()


@pytest.mark.parametrize("width", [76, 80, 120, 200])
def test_every_mark_and_the_total_are_there_whatever_the_width(width: int) -> None:
    lines = _shown(width, _student("a-student-whose-login-is-very-long-indeed"))
    assert max(map(len, lines)) <= width
    (row,) = [line for line in lines if "a-stud" in line]
    assert row.split()[1:] == [*["0.25"] * QUESTIONS, "2.75"]
    (heading,) = [line for line in lines if line.lstrip().startswith("student ")]
    assert heading.split()[-2:] == ["/2", "/22"]


def test_what_nobody_could_judge_is_no_zero() -> None:
    rows = _shown(100, _student("judged", 0), _student("not-judged", None))
    assert [row.split()[1] for row in rows if "judged" in row] == ["0", "?"]
