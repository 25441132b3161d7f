from __future__ import annotations

import pytest
from typer.testing import CliRunner

from graders.cli import app


def test_an_epoch_is_timed_on_the_processor_and_the_lack_of_a_gpu_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    ended = CliRunner().invoke(app, ["speed", "--images", "600"])
    assert ended.exit_code == 0, ended.output
    rows = [line.split() for line in ended.output.splitlines() if "CPU" in line]
    assert [row[3] for row in rows] == ["perceptron", "LeNet"]
    perceptron, lenet = (float(row[5]) for row in rows)
    assert 0 < perceptron < lenet
    assert "No GPU here: trainings run on the processor." in ended.output


def test_a_gpu_that_keras_does_not_see_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "99")  # no machine has so many
    ended = CliRunner().invoke(app, ["speed", "--images", "300"])
    assert ended.exit_code == 2
    assert "Nothing could be timed on 99" in ended.output
    assert "sees no GPU here" in ended.output
