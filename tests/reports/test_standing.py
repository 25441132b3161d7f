"""Absent, waiting and zero are three different things."""

from __future__ import annotations

import pytest

from graders.marks import CellMark, StudentMarks
from graders.reports.standing import FinalMark, Standing, final_marks


def student(*cells: tuple[float | None, bool]) -> StudentMarks:
    marks = (CellMark(f"q{n}", points, 2, manual) for n, (points, manual) in enumerate(cells))
    return StudentMarks("a", tuple(marks))


TEST, MANUAL = False, True
CASES = {
    "zero": (student((0, TEST), (0, MANUAL)), FinalMark("a", Standing.GRADED, 0, 4)),
    "a mark": (student((1.5, TEST), (2, MANUAL)), FinalMark("a", Standing.GRADED, 3.5, 4)),
    "not judged": (
        student((None, TEST), (None, MANUAL), (2, TEST)),
        FinalMark("a", Standing.COULD_NOT_GRADE, None, 6, "tests could not grade q0"),
    ),
    "not read": (
        student((2, TEST), (None, MANUAL), (None, MANUAL)),
        FinalMark("a", Standing.TO_READ, None, 6, "nobody has read q1, q2"),
    ),
    "no cell": (student(), FinalMark("a", Standing.ABSENT)),
}


@pytest.mark.parametrize(("marks", "final"), CASES.values(), ids=CASES)
def test_a_mark_or_what_it_waits_for(marks: StudentMarks, final: FinalMark) -> None:
    assert final_marks([marks], {}, {}, ["a"]) == (final,)


def test_lateness_costs_its_points_and_never_more_than_was_earned() -> None:
    (late,) = final_marks([student((1.5, TEST))], {}, {"a": 1}, [])
    (very_late,) = final_marks([student((1.5, TEST))], {}, {"a": 5}, [])
    assert (late.points, very_late.points) == (0.5, 0)


def test_everybody_known_is_there_once_in_order() -> None:
    found = final_marks([student((2, TEST))], {"c": "not yet"}, {}, ["d", "a"])
    assert [(mark.login, mark.standing.value) for mark in found] == [
        ("a", "graded"),
        ("c", "not graded"),
        ("d", "absent"),
    ]


def test_the_mark_of_an_earlier_submission_is_no_mark() -> None:
    (again,) = final_marks([student((2, TEST))], {"a": "handed in again"}, {}, [])
    assert (again.points, again.waits_for) == (None, "handed in again")
