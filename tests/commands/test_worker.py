from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from graders.cli import app

NOBODY = "tcp://127.0.0.1:1"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr("graders.commands.worker._CONNECT_SECONDS", 1)
    return CliRunner()


def _said(runner: CliRunner, *arguments: str) -> str:
    ended = runner.invoke(app, ["worker", NOBODY, *arguments])
    assert ended.exit_code == 2
    return " ".join(ended.output.split())


def test_a_machine_without_a_gpu_says_so_and_trains_on_the_processor(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    said = _said(runner, "--gpu", "1", "--only", "trainings", "--workers", "1")
    assert "No GPU here, and 1 asked for: trainings run on the processor." in said
    assert f"Working for {NOBODY}: 1 trainings on the processor at once." in said


def test_each_gpu_asked_for_is_named(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2")
    said = _said(runner, "--gpu", "2", "--only", "trainings")
    assert "2 trainings on GPU 0, 1 at once" in said
    assert "3 trainings on GPU 0, 1, 2 at once" in _said(runner, "--only", "trainings")


def test_a_scheduler_that_does_not_answer_is_one_line(runner: CliRunner) -> None:
    said = _said(runner, "--only", "trainings", "--workers", "1")
    assert f"graders: No work at {NOBODY}" in said


def test_without_a_sandbox_a_machine_takes_no_notebooks(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("graders.commands.worker.find_bwrap", _no_sandbox)
    assert "no sandbox here" in _said(runner)


def _no_sandbox() -> None:
    from graders.grading.isolation.sandbox import SandboxUnavailable  # noqa: PLC0415

    raise SandboxUnavailable("no sandbox here")
