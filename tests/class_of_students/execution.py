"""Executing a sample notebook without a kernel, to learn which marks it earns.

What a kernel does and matters to a mark is done the same way: cells in order in one namespace,
each from its own seed, and a cell that fails does not stop the next ones.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from graders.grading.scoring import mark_of
from graders.rubric import RESULT_MIME
from tests.class_of_students.builder import grade_id


@dataclass(frozen=True, slots=True)
class Found:
    """What a test cell gave: points, or None when nobody could judge, and what it said."""

    points: float | None
    said: str


@dataclass(frozen=True, slots=True)
class Executed:
    """What each test cell gave, and the errors of all cells, both by name."""

    found: Mapping[str, Found]
    errors: Mapping[str, str]


def graded_cells(source: NotebookNode) -> list[NotebookNode]:
    """The source's test cells, hidden tests included."""
    return [cell for cell in source.cells if is_grade(cell) and not is_solution(cell)]


def with_tests(submission: NotebookNode, source: NotebookNode) -> list[NotebookNode]:
    """The submission's cells with the source's test cells, as nbgrader overwrites them.

    A test cell that is missing comes back after the cell that it follows in the source.
    """
    tests = {grade_id(cell): cell for cell in graded_cells(source)}
    cells = [tests.get(grade_id(cell), cell) for cell in submission.cells]
    present = {grade_id(cell) for cell in cells}
    for before, cell in zip(source.cells, source.cells[1:], strict=False):
        if grade_id(cell) in tests.keys() - present:
            place = [found.id for found in cells].index(before.id)
            cells.insert(place + 1, cell)
    return cells


def execute(cells: Sequence[NotebookNode], before_cell: Callable[[str], None]) -> Executed:
    """Executes code cells in a fresh namespace.

    `before_cell` is called with each cell's name, to seed the random generators.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found, errors = {}, {}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        name = grade_id(cell) or cell.id
        before_cell(name)
        output = _output_of(cell.source, name, namespace)
        if output and output.output_type == "error":
            errors[name] = _text(output)
        if is_grade(cell) and not is_solution(cell):
            judged = {**cell, "outputs": [output] if output else [], "execution_count": 1}
            mark = mark_of(nbformat.from_dict(judged))
            found[name] = Found(mark.points, _text(output) or mark.reason)
    return Executed(found, errors)


def _output_of(source: str, name: str, namespace: dict[str, Any]) -> NotebookNode | None:
    try:
        value = _run(source, name, namespace)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a student's code may do anything
        return nbformat.v4.new_output("error", ename=type(error).__name__, evalue=str(error))
    if value is None:
        return None
    bundle = getattr(value, "_repr_mimebundle_", lambda: {"text/plain": repr(value)})()
    return nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)


def _run(source: str, name: str, namespace: dict[str, Any]) -> object:
    """Runs a cell and returns the value of its last expression, as a notebook shows it."""
    tree = ast.parse(source, filename=name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def _text(output: NotebookNode | None) -> str:
    if output is None:
        return ""
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    if RESULT_MIME not in output.data:
        return str(output.data.get("text/plain", ""))
    return " ".join(
        f"[{found['title']}: {found['points']:g}/{found['maximum']:g}] {found['message']}"
        for found in output.data[RESULT_MIME]["findings"]
    )
