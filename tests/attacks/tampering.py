"""Attacks by the submitted files themselves: each goes the whole way, through nbgrader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from graders.grading.repair.reading import MOST_CELLS
from graders.grading.repair.text import MOST_BYTES
from graders.rubric import RESULT_MIME
from tests.attacks.attack import WRONG_NUMBER, Mark

SCRIPT = "alert('run-by-the-student')"
ESCAPES = "\x1b[2J\x1b]0;title\x07"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """A submission made from the release, then changed; `marks` is None when it is refused.

    `change` works on the notebook, `place` on the folder in which it was written.
    """

    name: str
    tries: str
    change: Callable[[NotebookNode], None] = lambda notebook: None
    place: Callable[[Path], None] = lambda folder: None
    answer: str = "the_number = 41"
    marks: Mapping[str, Mark] | None = field(default_factory=lambda: WRONG_NUMBER)


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell that nbgrader knows by a name."""
    known = (cell for cell in notebook.cells if "nbgrader" in cell.metadata)
    return next(cell for cell in known if cell.metadata.nbgrader["grade_id"] == name)


def _raise_points(notebook: NotebookNode) -> None:
    test = cell_of(notebook, "test_number")
    test.metadata.nbgrader |= {"points": 1000, "locked": False}
    test.metadata |= {"deletable": True, "editable": True}
    test.source = "1000.0"


def _make_test_an_answer(notebook: NotebookNode) -> None:
    cell_of(notebook, "test_number").metadata.nbgrader |= {"grade": False, "solution": True}
    cell_of(notebook, "test_word").metadata.nbgrader |= {"grade": True, "solution": True}


def _make_answer_a_test(notebook: NotebookNode) -> None:
    answer = cell_of(notebook, "number")
    answer.metadata.nbgrader |= {"grade": True, "solution": False, "locked": True, "points": 2}
    answer.source += (
        "\nimport graders.answer_keys.tp_keras as key, inspect"
        "\nprint('FO' + 'UND', inspect.getsource(key))\n2.0"
    )


def _imitate_the_test(notebook: NotebookNode) -> None:
    settings = dict(cell_of(notebook, "test_number").metadata.nbgrader)
    for position in (0, len(notebook.cells)):
        imitation = new_code_cell("2.0", metadata={"nbgrader": dict(settings)})
        notebook.cells.insert(position, imitation)


def _save_outputs(notebook: NotebookNode) -> None:
    finding = {"title": "x", "outcome": "passed", "points": 2, "maximum": 2}
    result = {"question": "test_number", "findings": [finding | {"message": "", "hint": ""}]}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            data = {"text/plain": "2.0", RESULT_MIME: result}
            cell.outputs = [new_output("execute_result", data=data, execution_count=1)]
            cell.execution_count = 1


def _change_kernel(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = {"name": "../../evil", "display_name": ESCAPES}
    notebook.metadata.language_info = {"name": f'"><script>{SCRIPT}</script>', "version": "1"}


def _forge_the_record(notebook: NotebookNode) -> None:
    notebook.metadata.graders = {"isolated": True, "incidents": [["x", "forged"]], "note": 20}
    for cell in notebook.cells:
        cell.metadata.graders = {"wall_seconds": "forged"}


def _write_pages(notebook: NotebookNode) -> None:
    script = f'<script>{SCRIPT}</script><img src=x onerror="{SCRIPT}"><svg onload="{SCRIPT}">'
    link = f'<a href="javascript:{SCRIPT}">lien</a><iframe srcdoc="{script}"></iframe>'
    notebook.metadata.title = script
    cell_of(notebook, "essay").source = f"Parce que {script}{link} [x](javascript:{SCRIPT})"
    text = new_markdown_cell(f"{script}\n\n![x](attachment:a.png)")
    text.attachments = {"a.png": {"image/png": f'"><script>{SCRIPT}</script>'}}
    notebook.cells.insert(0, text)
    notebook.cells.insert(
        0, nbformat.v4.new_raw_cell(script, metadata={"raw_mimetype": "text/html"})
    )
    answer = cell_of(notebook, "number")
    answer.metadata |= {"tags": [f'"><script>{SCRIPT}</script>'], "magics_language": f'">{script}'}
    answer.source += f"""
from IPython.display import HTML, SVG, Javascript, Markdown, display
script = {script + link!r}
svg = '<svg xmlns="http://www.w3.org/2000/svg">' + script + '</svg>'
display(HTML(script), Markdown(script), Javascript({SCRIPT!r}))
display({{"image/svg+xml": svg, "text/latex": script, "image/png": script}}, raw=True)
display({{"text/html": script}}, raw=True, metadata={{"text/html": {{"isolated": True}}}})
print(script)
raise ValueError(script)
"""


def _speak_to_the_terminal(notebook: NotebookNode) -> None:
    cell_of(
        notebook, "number"
    ).source += f"\nprint({ESCAPES!r})\nraise type({ESCAPES!r}, (Exception,), {{}})({ESCAPES!r})"
    cell_of(notebook, "q4_mlp").metadata.nbgrader["grade_id"] = f"q4_mlp{ESCAPES}"


def _name_files(folder: Path) -> None:
    (folder / f"note{ESCAPES}.txt").write_text(ESCAPES)
    (folder / "timestamp.txt").write_text(ESCAPES)


def _link_a_friend(folder: Path) -> None:
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to("../../friend/tiny/tiny.ipynb")


def _link_the_host(folder: Path) -> None:
    (folder / "gradebook.txt").symlink_to("../../../gradebook.db")
    (folder / "course").symlink_to("../../..", target_is_directory=True)


def _write_without_end(folder: Path) -> None:
    with (folder / "tiny.ipynb").open("ab") as file:
        file.truncate(MOST_BYTES + 1)


def _repeat_cells(notebook: NotebookNode) -> None:
    notebook.cells += [new_code_cell("1") for _ in range(MOST_CELLS)]


TAMPERINGS = (
    Tampering(
        name="points",
        tries="raise a test's points to 1000, unlock it and replace its source",
        change=_raise_points,
    ),
    Tampering(
        name="a test as answer",
        tries="declare test cells to be answers, so that they run in the student's kernel",
        change=_make_test_an_answer,
    ),
    Tampering(
        name="an answer as test",
        tries="declare an answer to be a test, so that it runs where the tests run",
        change=_make_answer_a_test,
    ),
    Tampering(
        name="an imitation",
        tries="add cells that bear the test's name",
        change=_imitate_the_test,
    ),
    Tampering(
        name="saved outputs",
        tries="submit a notebook whose cells already show full marks",
        change=_save_outputs,
    ),
    Tampering(
        name="markers",
        tries="put markers of hidden tests and solutions into an answer",
        answer="the_number = 41\n### BEGIN HIDDEN TESTS\n### BEGIN SOLUTION",
    ),
    Tampering(
        name="another kernel",
        tries="name another kernel and another language",
        change=_change_kernel,
    ),
    Tampering(
        name="a forged record",
        tries="write the grader's own record of the run",
        change=_forge_the_record,
    ),
    Tampering(
        name="pages that run",
        tries="run a script in the page of whoever reads the feedback or gives the marks",
        change=_write_pages,
        marks={**WRONG_NUMBER},
    ),
    Tampering(
        name="terminal codes",
        tries="put control codes into names, so that they act on the instructor's terminal",
        change=_speak_to_the_terminal,
        place=_name_files,
    ),
    Tampering(
        name="a friend's notebook",
        tries="submit a symbolic link to a friend's submission",
        place=_link_a_friend,
        marks=None,
    ),
    Tampering(
        name="links",
        tries="submit symbolic links to the gradebook and to the course",
        place=_link_the_host,
    ),
    Tampering(
        name="a huge file",
        tries="submit a notebook of more bytes than are read",
        place=_write_without_end,
        marks=None,
    ),
    Tampering(
        name="too many cells",
        tries="submit a notebook of more cells than are read",
        change=_repeat_cells,
        marks=None,
    ),
)
