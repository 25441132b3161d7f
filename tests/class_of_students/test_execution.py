"""Notebooks are executed as a kernel does, as far as marks depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.class_of_students.execution import execute, with_tests


def answer(name: str, source: str) -> NotebookNode:
    return _cell(name, source, grade=False, solution=True)


def check(name: str, source: str, points: float = 2) -> NotebookNode:
    cell = _cell(name, source, grade=True, solution=False)
    cell.metadata.nbgrader["points"] = points
    return cell


def _cell(name: str, source: str, *, grade: bool, solution: bool) -> NotebookNode:
    settings = {"grade_id": name, "grade": grade, "solution": solution, "locked": grade}
    return new_code_cell(source, id=name, metadata={"nbgrader": {**settings, "schema_version": 3}})


def shows(cell: NotebookNode, namespace: Mapping[str, Any]) -> list[NotebookNode]:
    """A judge for whom a test cell is an expression."""
    value = repr(eval(cell.source, dict(namespace)))
    return [new_output("execute_result", data={"text/plain": value}, execution_count=1)]


def test_a_failing_cell_does_not_stop_the_next_ones() -> None:
    cells = [
        answer("q1", "x = 1\nraise ValueError('non')"),
        answer("q2", "def f(:"),
        answer("q3", "import sys\nsys.exit()"),
        check("test_q1", "x"),
    ]
    executed = execute(cells, lambda name: None, shows)
    assert {name: error.partition(":")[0] for name, error in executed.errors.items()} == {
        "q1": "ValueError",
        "q2": "SyntaxError",
        "q3": "SystemExit",
    }
    assert executed.found["test_q1"].points == 1


def test_what_is_not_a_mark_could_not_be_graded() -> None:
    found = execute([check("test_q1", "'deux'")], lambda name: None, shows).found
    assert found["test_q1"].points is None


def test_every_answer_cell_is_announced_before_it_runs() -> None:
    names: list[str] = []
    cells = [answer("q1", "1"), check("test_q1", "1"), answer("q2", "2")]
    execute(cells, names.append, shows)
    assert names == ["q1", "q2"]


def test_tests_come_from_the_source_and_missing_ones_come_back() -> None:
    source = new_notebook(
        cells=[
            answer("q1", "### SOLUTION"),
            check("test_q1", "caché 1"),
            answer("q2", "### SOLUTION"),
            check("test_q2", "caché 2"),
        ]
    )
    submission = new_notebook(
        cells=[answer("q1", "x = 1"), answer("q2", "y = 2"), check("test_q2", "2")]
    )
    assert [cell.source for cell in with_tests(submission, source)] == [
        "x = 1",
        "caché 1",
        "y = 2",
        "caché 2",
    ]
