"""The catalogue is complete and consistent; `tests/end_to_end` holds it to the marks given."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbgrader.utils import is_grade, is_solution

from tests.class_of_students.catalogue import CATALOGUE, DEMONSTRATION
from tests.class_of_students.catalogue.sample import FULL, NOTHING, Between, earns

ROOT = Path(__file__).parents[2]
NOTEBOOK = Path("tp_keras") / "deep_learning_keras.ipynb"


def test_the_catalogue_marks_every_test_cell_of_the_notebook() -> None:
    source = nbformat.read(ROOT / "source" / NOTEBOOK, as_version=4)
    points = {
        cell.metadata.nbgrader["grade_id"]: cell.metadata.nbgrader["points"]
        for cell in source.cells
        if is_grade(cell) and not is_solution(cell)
    }
    assert points == FULL
    for student in CATALOGUE:
        assert student.marks.keys() == FULL.keys(), student.login


def test_logins_are_distinct_and_portable() -> None:
    logins = [student.login for student in CATALOGUE]
    assert len(set(logins)) == len(logins) >= 22
    assert all(login.replace("-", "").isalnum() and login.isascii() for login in logins)


def test_every_test_cell_is_earned_by_some_and_lost_by_some() -> None:
    for name, maximum in FULL.items():
        earned = [student.marks[name] for student in CATALOGUE]
        assert maximum in earned, name
        assert 0 in earned, name


def test_the_demonstration_has_one_of_each_kind() -> None:
    marks = [student.marks for student in DEMONSTRATION]
    assert FULL in marks
    assert NOTHING in marks
    assert any(None in student.marks.values() for student in DEMONSTRATION)
    assert len(DEMONSTRATION) == 12
    assert {student.login for student in DEMONSTRATION} <= {s.login for s in CATALOGUE}


def test_points_are_compared_to_the_hundredth_or_to_an_interval() -> None:
    assert earns(1.27, 1.27)
    assert not earns(1.27, 1.26)
    assert not earns(0, None)
    assert earns(None, None)
    assert not earns(None, 0)
    assert earns(Between(1.2, 1.4), 1.3)
    assert not earns(Between(1.2, 1.4), 1.41)
    assert not earns(Between(0, 1), None)
