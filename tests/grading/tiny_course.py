"""A course with a one-minute assignment, under the repository's own configuration."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from graders.grading.course import Course

REPOSITORY = Path(__file__).parents[2]
ASSIGNMENT = "tiny"

ANSWER = "### BEGIN SOLUTION\nthe_answer = 6 * 7\n### END SOLUTION"
TEST = (
    "assert the_answer is not None\n"
    "### BEGIN HIDDEN TESTS\n"
    "2.0 if the_answer == 42 else 0.5\n"
    "### END HIDDEN TESTS"
)


def tiny_source(test: str = TEST) -> NotebookNode:
    """An answer cell, its test cell worth 2, and a text question worth 1."""
    return new_notebook(
        cells=[
            marked_cell("answer", ANSWER, solution=True),
            marked_cell("test_answer", test, grade=True, locked=True, points=2),
            marked_cell(
                "text", "Because six times seven.", grade=True, solution=True, points=1, text=True
            ),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )


def make_course(root: Path, source: NotebookNode | None = None) -> Course:
    """The tiny course in `root`, with the repository's configuration and data.

    Without a `source` of one's own its tests need no library, and the checker loads none.
    """
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(source or tiny_source(), folder / "tiny.ipynb")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    if source is None:
        with (root / "nbgrader_config.py").open("a") as configuration:
            configuration.write("\nc.ExecuteIsolated.preload = []\n")
    (root / "data").symlink_to(REPOSITORY / "data")
    course = Course.open(root)
    (root / "gradebook.db").write_bytes(_empty_gradebook(course.directory("*").course_id))
    return course


@functools.cache
def _empty_gradebook(course_id: str) -> bytes:
    """A gradebook's file as nbgrader makes it, which takes it seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gradebook.db"
        with Gradebook(f"sqlite:///{file}", course_id):
            return file.read_bytes()


def hand_in(course: Course, student: str, answers: Mapping[str, str]) -> Path:
    """A submission: the release with some cells' sources replaced."""
    release = course.path("release", ".", ASSIGNMENT) / "tiny.ipynb"
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.nbgrader["grade_id"]
        cell.source = answers.get(name, cell.source)
    folder = course.path("submitted", student, ASSIGNMENT)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / "tiny.ipynb")
    return folder


def marked_cell(
    name: str,
    source: str,
    *,
    solution: bool = False,
    grade: bool = False,
    locked: bool = False,
    points: float | None = None,
    text: bool = False,
) -> NotebookNode:
    """A cell with nbgrader's record of it; `text`, one to be written in words."""
    record: dict[str, object] = {
        "schema_version": 3,
        "grade_id": name,
        "solution": solution,
        "grade": grade,
        "locked": locked,
        "task": False,
    }
    if points is not None:
        record["points"] = points
    make = new_markdown_cell if text else new_code_cell
    return make(source, id=name.replace("_", "-"), metadata={"nbgrader": record})
