"""Filling a release as a student would; pure functions of notebooks, and one that writes."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

# As nbgrader's exchange writes it when it collects a submission.
_COLLECTED = datetime(2026, 1, 15, 16, 0, tzinfo=UTC)


class UnknownCellError(ValueError):
    """An answer to a question that the release does not ask."""


def filled(
    release: NotebookNode, answers: Mapping[str, str], without: Collection[str] = ()
) -> NotebookNode:
    """The release with `answers` in its answer cells, by grade_id, less the cells `without`.

    Cells that are not named stay as they are.

    Raises:
        UnknownCellError: a name is not one of an answer cell, or of a cell to leave out.
    """
    notebook = copy.deepcopy(release)
    _require(answers, [cell for cell in notebook.cells if _settings(cell).get("solution")])
    _require(without, notebook.cells)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in without]
    for cell in notebook.cells:
        if (name := grade_id(cell)) in answers:
            cell.source = answers[name]
    return notebook


def submit(notebook: NotebookNode, submission: Path, notebook_name: str) -> None:
    """Writes `notebook` and its timestamp into the folder `submission`, as collected."""
    submission.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, submission / notebook_name)
    stamp = _COLLECTED.strftime("%Y-%m-%d %H:%M:%S.%f %Z")
    (submission / "timestamp.txt").write_text(stamp, encoding="utf-8")


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of a cell; empty when it has none."""
    return str(_settings(cell).get("grade_id", ""))


def _require(names: Collection[str], cells: list[NotebookNode]) -> None:
    known = {grade_id(cell) for cell in cells} - {""}
    if unknown := sorted(set(names) - known):
        raise UnknownCellError(
            f"The release has no such cell: {', '.join(unknown)}. "
            f"It has: {', '.join(sorted(known)) or 'none'}."
        )


def _settings(cell: NotebookNode) -> Mapping[str, object]:
    settings: Mapping[str, object] = cell.metadata.get("nbgrader", {})
    return settings
