"""A notebook whose trainings the machine has failed is not judged, and nothing is kept of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from graders.grading.isolation.limits import Limits
from graders.grading.trainings.trainers import TrainerDied, TrainerLost
from graders.grading.workshop import GradingSettings, TrainingLost, Workshop, open_workshop
from graders.models.training import Environment, TrainingJob, TrainingState
from tests.grading.isolation.kernels import sandbox

FITTING = """
import keras, numpy as np
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
model.compile("sgd", "mse")
model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
"""
LOG = logging.Logger("test")


class Failing:
    """Trainers that fail in one way."""

    def __init__(self) -> None:
        self.error: Exception = TrainerLost("killed")

    def environment(self) -> Environment:
        return Environment()

    def train(self, job: TrainingJob, start: TrainingState, arrays: object) -> bytes:
        raise self.error

    def infer(self, job: object, weights: object, arrays: object) -> bytes:
        raise self.error


@pytest.fixture
def trainers() -> Failing:
    return Failing()


@pytest.fixture
def workshop(trainers: Failing, tmp_path: Path) -> Iterator[Workshop]:
    settings = GradingSettings(isolation="none", limits=Limits(), store=str(tmp_path / "store"))
    with closing(open_workshop(settings, trainers)) as opened:
        yield opened


def kept(folder: Path) -> list[Path]:
    return list((folder / "store").glob("[0-9a-f][0-9a-f]/*"))


def test_a_trainer_killed_from_outside_leaves_nothing_to_judge(
    workshop: Workshop, tmp_path: Path
) -> None:
    notebook = new_notebook(cells=[new_code_cell(FITTING)])
    with pytest.raises(TrainingLost, match="killed"):
        workshop.examine(notebook, "tiny", LOG)
    assert kept(tmp_path) == []


def test_a_training_beyond_a_limit_is_told_in_the_cell(
    workshop: Workshop, trainers: Failing, tmp_path: Path
) -> None:
    trainers.error = TrainerDied("trop longtemps")
    notebook = new_notebook(cells=[new_code_cell(FITTING)])
    workshop.examine(notebook, "tiny", LOG)
    (output,) = notebook.cells[0].outputs
    assert "trop longtemps" in output.traceback[0]
    assert kept(tmp_path) != []


def test_a_notebook_that_names_no_keras_starts_no_trainer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(settings: object) -> None:
        raise AssertionError("a trainer was started")

    monkeypatch.setattr("graders.grading.workshop.Trainers", refuse)
    settings = GradingSettings(isolation="none", store=str(tmp_path / "store"))
    notebook = new_notebook(cells=[new_code_cell("print(6 * 7)")])
    with closing(open_workshop(settings)) as opened:
        opened.examine(notebook, "tiny", LOG)
        assert notebook.cells[0].outputs[0].text == "42\n"
        with pytest.raises(AssertionError, match="a trainer was started"):
            opened.examine(new_notebook(cells=[new_code_cell(FITTING)]), "tiny", LOG)


def test_a_kernel_in_a_sandbox_reads_mnist_from_a_file_made_for_it(tmp_path: Path) -> None:
    sandbox()
    source = "import keras\nprint(keras.datasets.mnist.load_data()[1][1].sum())"
    notebook = new_notebook(cells=[new_code_cell(source)])
    settings = GradingSettings(store=str(tmp_path / "store"), trainers=None)
    with closing(open_workshop(settings)) as opened:
        opened.examine(notebook, "tiny", LOG)
        assert (opened.folder / "mnist.npz").stat().st_size > 5 * 10**7
    assert notebook.cells[0].outputs[0].text == "44434\n"
