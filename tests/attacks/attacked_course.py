"""The course that is attacked: a number, a word, a Keras model, a text; each with hidden tests."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from tests.grading.tiny_course import REPOSITORY, marked_cell

ASSIGNMENT, NOTEBOOK = "tiny", "tiny"

RIGHT: Mapping[str, str] = {
    "number": "the_number = 42",
    "word": 'word = "Vanishing-Gradient"',
    "q4_mlp": (
        "import keras\n"
        "mlp = keras.Sequential([keras.Input((784,)), keras.layers.Dense(100, 'sigmoid')])\n"
        "mlp.add(keras.layers.Dense(10, activation='softmax'))"
    ),
    "essay": "Parce que.",
}
FULL_MARKS = {"test_number": 2.0, "test_word": 1.0, "test_q4_mlp": 2.0}

_STUB = "raise NotImplementedError"
_TESTS = {
    "test_number": (
        "assert the_number is not None",
        "the_expected_number = 6 * 7\n2.0 if the_number == the_expected_number else 0.5",
        2,
    ),
    "test_word": (
        "assert isinstance(word, str), 'un mot est attendu'",
        'assert word.casefold() == "vanishing-gradient", "the-hint-nobody-may-read"',
        1,
    ),
    "test_q4_mlp": (
        "assert mlp is not None",
        'from graders.answer_keys import tp_keras\ntp_keras.grade("test_q4_mlp", mlp=mlp)',
        2,
    ),
}


def attacked_source() -> NotebookNode:
    """The instructor's notebook."""
    cells = []
    for name, (test, (shown, hidden, points)) in zip(
        ("number", "word", "q4_mlp"), _TESTS.items(), strict=True
    ):
        solution = f"### BEGIN SOLUTION\n{RIGHT[name]}\n### END SOLUTION"
        cells.append(marked_cell(name, solution, solution=True))
        tests = f"{shown}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
        cells.append(marked_cell(test, tests, grade=True, locked=True, points=points))
    essay = "Parce que ma solution."
    cells.append(marked_cell("essay", essay, grade=True, solution=True, points=1, text=True))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def submission(answers: Mapping[str, str]) -> NotebookNode:
    """A submission as it is executed: the source's tests, a student's answers."""
    notebook = deepcopy(attacked_source())
    for cell in notebook.cells:
        if cell.metadata.nbgrader["solution"]:
            cell.source = answers.get(cell.metadata.nbgrader["grade_id"], _STUB)
    return notebook


def hidden_lines() -> frozenset[str]:
    """Every line that no student may read: hidden tests, and the answer key they call."""
    lines = [line for _, hidden, _ in _TESTS.values() for line in hidden.splitlines()]
    return frozenset(line.strip() for line in lines) | answer_key_lines()


def answer_key_lines() -> frozenset[str]:
    """Lines of the answer key that say something, and that other modules do not have too."""
    key = REPOSITORY / "graders" / "answer_keys" / "tp_keras.py"
    visible = _text_of(REPOSITORY / "graders" / "models")
    lines = {line.strip() for line in key.read_text(encoding="utf-8").splitlines()}
    return frozenset(line for line in lines if len(line) >= 12 and line not in visible)


def _text_of(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
