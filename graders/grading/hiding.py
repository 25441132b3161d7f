"""The last step of autograding: a marked notebook may be given to its student."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from graders.grading.answering import is_test
from graders.grading.checking.cell_running import hidden_lines

Resources = dict[str, Any]


class HideTests(NbGraderPreprocessor):
    """Takes the hidden tests out of the test cells; a regrade has them from the gradebook.

    nbgrader's own ClearHiddenTests fails on a student's cell that holds the same markers.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        if is_test(cell):
            cell.source = without_hidden_lines(cell.source)
        return cell, resources


def without_hidden_lines(source: str) -> str:
    """A test cell as students know it."""
    hidden = hidden_lines(source)
    lines = enumerate(source.splitlines(), 1)
    return "\n".join(line for number, line in lines if number not in hidden)
