"""The committed release is what the source gives today, and tells no answer."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from graders.answer_keys import tp_keras
from graders.grading.course import Course, read_notebook
from graders.grading.rehearsal import rehearsal
from graders.grading.release import find_leaks, generate_release, secret_lines
from graders.models.counting import parameter_count

ROOT = Path(__file__).parents[1]
ASSIGNMENT = "tp_keras"


def test_the_release_is_in_step_with_the_source(tmp_path: Path, log: logging.Logger) -> None:
    made = generate_release(rehearsal(Course.open(ROOT), ASSIGNMENT, tmp_path), ASSIGNMENT, log)
    files = {path.relative_to(made): path.read_bytes() for path in made.rglob("*.*")}
    committed = ROOT / "release" / ASSIGNMENT
    assert files == {
        path.relative_to(committed): path.read_bytes() for path in committed.rglob("*.*")
    }, "run `make release` and commit what it gives"


def test_no_solution_and_no_hidden_test_is_released() -> None:
    course = Course.open(ROOT)
    assert len(secret_lines(course, ASSIGNMENT)) > 20
    assert find_leaks(course, ASSIGNMENT) == ()


@pytest.mark.parametrize("name", ["LOGISTIC", "PERCEPTRON"])
def test_no_number_of_parameters_that_is_asked_for_is_released(name: str) -> None:
    count = str(parameter_count(getattr(tp_keras, name)))
    digits = re.sub(r"(?<=\d)[\s\u00a0\u202f.,](?=\d)", "", _released())
    assert count not in digits


@pytest.mark.parametrize("word", ["glorot", "xavier", "graders", "answer_keys", "BEGIN HIDDEN"])
def test_no_word_of_the_answer_key_is_released(word: str) -> None:
    assert word.casefold() not in _released().casefold()


@pytest.fixture
def log() -> logging.Logger:
    return logging.Logger("test", logging.CRITICAL)


def _released() -> str:
    (path,) = (ROOT / "release" / ASSIGNMENT).glob("*.ipynb")
    return "\n".join(cell.source for cell in read_notebook(path).cells)
