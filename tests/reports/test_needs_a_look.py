"""Once a class was graded, a person reads what the tests could not judge, and why."""

from __future__ import annotations

from graders.marks import CellMark, StudentMarks
from graders.reports.needs_a_look import Look, needs_a_look


def marks(student: str, *points: float | None) -> StudentMarks:
    cells = tuple(CellMark(f"test_{n}", mark, 2, manual=False) for n, mark in enumerate(points))
    return StudentMarks(student, (*cells, CellMark("essay", None, 1, manual=True)))


def test_a_class_without_accident_needs_no_look() -> None:
    assert needs_a_look([marks("a", 2, 0), marks("b", 1, 1)], {}, {}, {}) == ()


def test_what_could_not_be_graded_comes_with_its_reason() -> None:
    found = needs_a_look([marks("a", 2, None)], {"a": {"test_1": "Le noyau est mort."}}, {}, {})
    assert list(map(str, found)) == ["a: test_1: Le noyau est mort."]


def test_an_unknown_reason_is_said_in_words() -> None:
    assert needs_a_look([marks("a", None)], {}, {}, {}) == (
        Look("a", "test_0", "could not be graded"),
    )


def test_an_accident_is_told_even_when_every_mark_is_there() -> None:
    found = needs_a_look([marks("a", 2)], {}, {"a": {"q12": "time limit"}}, {})
    assert found == (Look("a", "q12", "time limit"),)


def test_a_submission_that_was_not_graded_is_one_line_whatever_marks_it_had() -> None:
    found = needs_a_look([marks("b", None), marks("c", 2)], {}, {}, {"b": "no notebook"})
    assert list(map(str, found)) == ["b: no notebook"]


def test_students_come_in_order() -> None:
    found = needs_a_look([marks("c", None), marks("a", None)], {}, {}, {"b": "no notebook"})
    assert [look.student for look in found] == ["a", "b", "c"]
