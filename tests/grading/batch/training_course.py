"""A course whose one answer trains a tiny model, and how students spell it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graders.grading.class_marks import student_marks
from graders.grading.course import Course
from tests.grading.tiny_course import ASSIGNMENT, make_course, tiny_source

_DATA = """
import keras
import numpy as np
random = np.random.default_rng(0)
x = random.normal(size=(300, 12)).astype("float32")
y = keras.utils.to_categorical(x[:, :3].argmax(axis=1), 3)
"""
_LISTED = """
model = keras.Sequential(
    [keras.Input((12,)), keras.layers.Dense(UNITS, activation="relu"),
     keras.layers.Dense(3, activation="softmax")]
)
"""
_ADDED = """
model = keras.Sequential()
model.add(keras.Input((12,)))
model.add(keras.layers.Dense(UNITS))
model.add(keras.layers.ReLU())
model.add(keras.layers.Dense(3))
model.add(keras.layers.Softmax())
"""
_TRAINED = """
model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=16, epochs=EPOCHS, verbose=0)
"""
# Worth 2: one for the number of parameters, one for weights that have moved by training.
TEST = """
assert model is not None
### BEGIN HIDDEN TESTS
import numpy as np
moved = float(np.abs(model.layers[-1].get_weights()[-1]).max()) if model.layers[-1].weights else (
    float(np.abs(model.layers[-2].get_weights()[-1]).max()))
float(model.count_params() == 12 * 8 + 8 + 8 * 3 + 3) + float(moved > 0)
### END HIDDEN TESTS
"""
CHANGED_TEST = TEST.replace("float(moved > 0)", "0.5 * float(moved > 0)")


def answer(*, listed: bool = True, units: int = 8, epochs: int = 2) -> str:
    """The answer in one of two spellings, right with 8 units."""
    spelling = _LISTED if listed else _ADDED
    text = _DATA + spelling + _TRAINED
    return text.replace("UNITS", str(units)).replace("EPOCHS", str(epochs))


def training_source(test: str = TEST) -> NotebookNode:
    """The tiny assignment with a training for an answer."""
    source = tiny_source(test)
    solution = f"### BEGIN SOLUTION\n{answer()}\n### END SOLUTION"
    source.cells[0].source = solution
    return source


def make_training_course(root: Path) -> Course:
    """The course in `root`; its release is still to be made."""
    return make_course(root, training_source())


def change_the_test(course: Course, test: str) -> None:
    """The instructor corrects a hidden test; the release is still to be made again."""
    path = course.path("source", ".", ASSIGNMENT) / "tiny.ipynb"
    nbformat.write(training_source(test), path)


def points(course: Course, students: Iterable[str]) -> dict[str, float | None]:
    """What the test cell has earned each student."""
    return {
        student: next(
            (
                mark.points
                for mark in student_marks(course, ASSIGNMENT, student).marks
                if mark.cell == "test_answer"
            ),
            None,
        )
        for student in students
    }
