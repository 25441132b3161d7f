"""Executing a sample notebook without a kernel, to learn which marks it earns.

What a kernel does and matters to a mark is done the same way: cells in order in one namespace,
each from its own seed, and a cell that fails does not stop the next ones. Test cells are judged
by whoever judges them for the class.
"""

from __future__ import annotations

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


Judge = Callable[[NotebookNode, Mapping[str, Any]], Sequence[NotebookNode]]
"""What a test cell shows, given the notebook's names."""


def execute(
    cells: Sequence[NotebookNode], before_cell: Callable[[str], None], judge: Judge
) -> Executed:
    """Executes code cells in a fresh namespace.

    `before_cell` is called with each answer cell's name, to seed the random generators.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found, errors = {}, {}
    for cell in cells:
        name = grade_id(cell) or cell.id
        if is_grade(cell) and not is_solution(cell):
            outputs = list(judge(cell, namespace))
            shown = {**cell, "outputs": outputs, "execution_count": 1}
            mark = mark_of(nbformat.from_dict(shown))
            found[name] = Found(mark.points, " ".join(map(_text, outputs)) or mark.reason)
        elif cell.cell_type == "code":
            before_cell(name)
            try:
                exec(compile(cell.source, name, "exec"), namespace)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a student's code may do anything
                errors[name] = f"{type(error).__name__}: {error}"
    return Executed(found, errors)


def _text(output: NotebookNode) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    if RESULT_MIME not in output.get("data", {}):
        return str(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return " ".join(
        f"[{found['title']}: {found['points']:g}/{found['maximum']:g}] {found['message']}"
        for found in output.data[RESULT_MIME]["findings"]
    )
