"""No answer is on the page of who has not found it, and no line of a hidden test on any."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import nbformat
import numpy as np
import pytest

from graders.answer_keys import tp_keras
from graders.grading.checking.cell_running import hidden_lines
from graders.models.architecture import Architecture
from graders.models.compilation import Compilation, Loss, Optimizer
from graders.models.counting import parameter_count, parameter_shapes
from graders.models.operations import Activation, Conv2D, Dense, Flatten, MaxPool
from graders.models.snapshot import Snapshot, TrainingRecord
from graders.reports.feedback.page import render
from graders.reports.feedback.reading import feedback_of
from tests.grading.tiny_course import REPOSITORY
from tests.reports.feedback.examined import examined, facts

SOURCE = REPOSITORY / "source" / "tp_keras" / "deep_learning_keras.ipynb"
WRONG_MLP = Architecture((784,), (Dense(30), Activation("relu"), Dense(10)))
WRONG_LENET = Architecture(
    (28, 28, 1), (Conv2D(8, (3, 3)), MaxPool((3, 3), (3, 3)), Flatten(), Dense(10))
)


def snapshot(architecture: Architecture) -> Snapshot:
    weights = tuple(np.ones(shape, np.float32) for shape in parameter_shapes(architecture))
    compilation = Compilation(Loss("mse"), Optimizer("rmsprop", 0.1), ())
    record = TrainingRecord(20, 2, 10, (("loss", (3.0, 2.5)),))
    return Snapshot(architecture, compilation, weights, record)


@pytest.fixture(scope="module")
def shown() -> str:
    """The page of a student who is wrong everywhere, as the answer key itself judges it."""
    mlp, lenet = snapshot(WRONG_MLP), snapshot(WRONG_LENET)
    values = {
        "nb_parametres_logistique": 1,
        "nb_parametres_mlp": 2,
        "initialisation_dense": "zeros",
        "mlp": mlp,
        "lenet": lenet,
        "scores_mlp": 0.5,
        "scores_lenet": [1, 2],
    }
    results = {
        name: tp_keras.grade(
            name, **{of: values[of] for check in question.checks for of in check.of}
        )
        for name, question in tp_keras.QUESTIONS.items()
    }
    assert all(result.points < result.maximum for result in results.values())
    assert sum(len(result.exhibits) for result in results.values()) == 6
    notebook = examined(results, code={}, texts={})
    return render(feedback_of(notebook, facts(notebook, results=results)))


@pytest.mark.parametrize("name", ["LOGISTIC", "PERCEPTRON", "LENET"])
def test_no_number_of_parameters_that_is_asked_for_is_told(shown: str, name: str) -> None:
    digits = re.sub(r"(?<=\d)[\s\u00a0\u202f.,](?=\d)", "", html.unescape(shown))
    assert str(parameter_count(getattr(tp_keras, name))) not in digits


@pytest.mark.parametrize(
    "word", ["glorot", "xavier", "graders", "answer_keys", "BEGIN HIDDEN", "adam", "crossentropy"]
)
def test_no_word_of_the_answer_key_is_told(shown: str, word: str) -> None:
    # How a question begins is the student's to read already.
    page = re.sub(r'<p class="reminder">.*?</p>', "", shown, flags=re.DOTALL)
    assert word.casefold() not in page.casefold()


def test_no_threshold_is_told(shown: str) -> None:
    text = html.unescape(re.sub(r'<p class="reminder">.*?</p>|<[^>]*>', "", shown, flags=re.DOTALL))
    for share in (*tp_keras.PERCEPTRON_ACCURACY, *tp_keras.LENET_ACCURACY):
        assert not re.search(rf"\b{100 * share:g}([.,]0+)?\s*%", text)


def test_no_line_of_a_hidden_test_is_told(shown: str) -> None:
    lines = set(_hidden())
    assert len(lines) > 10
    text = html.unescape(shown)
    assert [line for line in lines if line in text] == []


def _hidden() -> Iterator[str]:
    for cell in nbformat.read(SOURCE, as_version=4).cells:
        hidden = hidden_lines(cell.source)
        for number, line in enumerate(cell.source.splitlines(), 1):
            if number in hidden and line.strip():
                yield line.strip()
