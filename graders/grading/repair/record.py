"""Reading the assignment's record of its cells: the gradebook, and the release if it is there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.coursedir import CourseDirectory

from graders.grading.course import CourseError, read_notebook
from graders.grading.repair.source import Source, SourceCell

_HIDDEN = re.compile(r"\s*^### BEGIN HIDDEN TESTS$.*?^### END HIDDEN TESTS$", re.DOTALL | re.M)


def read_sources(directory: CourseDirectory, assignment: str) -> dict[str, Source]:
    """The record of each notebook of an assignment, by name; empty when there is none."""
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            return {}
        return {
            notebook.name: source_of(notebook, _released(directory, assignment, notebook.name))
            for notebook in notebooks
        }


def source_of(notebook: Notebook, released: NotebookNode | None) -> Source:
    """The record of a notebook.

    The gradebook knows the whole text of each cell; only the release knows the cells without a
    name and Jupyter's identifiers. A release that is out of step with the gradebook is not used.
    """
    points = {
        cell.name: float(cell.max_score) for cell in (*notebook.grade_cells, *notebook.task_cells)
    }
    grades = {cell.name for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    named = {
        cell.name: SourceCell(
            name=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            released=_HIDDEN.sub("", cell.source or ""),
            locked=bool(cell.locked),
            grade=cell.name in grades,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=points.get(cell.name),
            checksum=cell.checksum,
        )
        for cell in notebook.source_cells
    }
    if released is None or not set(named) <= {_name(cell) for cell in released.cells}:
        return tuple(named.values())
    return tuple(_with_release(cell, named) for cell in released.cells)


def _with_release(cell: NotebookNode, named: dict[str, SourceCell]) -> SourceCell:
    record = named.get(_name(cell))
    if record is None:
        return SourceCell(
            name="",
            cell_type=cell.cell_type,
            source=cell.source,
            released=cell.source,
            cell_id=cell.get("id", ""),
        )
    return replace(record, released=cell.source, cell_id=cell.get("id", ""))


def _name(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _released(directory: CourseDirectory, assignment: str, name: str) -> NotebookNode | None:
    folder = directory.format_path(directory.release_directory, ".", assignment)
    path = Path(folder) / f"{name}.ipynb"
    try:
        return read_notebook(path) if path.is_file() else None
    except CourseError:
        return None
