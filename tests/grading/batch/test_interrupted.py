from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import psutil
import pytest

from graders.grading.course import Course
from graders.grading.release import generate_release
from tests.grading.batch.commands import graded, grading_command, line_with, started
from tests.grading.batch.processes import all_gone, awaited, sandbox_below
from tests.grading.batch.training_course import answer, make_training_course, points
from tests.grading.tiny_course import ASSIGNMENT, hand_in


@pytest.fixture
def course(tmp_path: Path) -> Course:
    opened = make_training_course(tmp_path)
    generate_release(opened, ASSIGNMENT, logging.Logger("quiet"))
    return opened


def test_a_run_that_is_told_to_end_leaves_no_process_and_no_file(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    hand_in(course, "slow", {"answer": "import time\nmodel = None\ntime.sleep(600)"})
    with started(grading_command(course)) as run:
        here = psutil.Process(run.pid)
        awaited(lambda: sandbox_below(here))
        below = here.children(recursive=True)
        # As systemd and Kubernetes do: to this process alone.
        run.terminate()
        _, errors = run.communicate(timeout=60)
        assert run.returncode == 130
        assert errors == "graders: interrupted; marks already saved are kept.\n"
        assert all_gone(below)
    assert list(temporary.glob("graders-*")) == []


def test_one_run_at_a_time_and_ctrl_c_keeps_what_was_finished(course: Course) -> None:
    hand_in(course, "quick", {"answer": "model = None"})
    hand_in(course, "slow", {"answer": "import time\nmodel = None\ntime.sleep(600)"})
    # Where tests run in the background, the system has them and all they start ignore Ctrl-C.
    heeding = ("env", "--default-signal=INT")
    with started((*heeding, *grading_command(course))) as run:
        line_with(run, "quick: graded")
        refused = graded(course)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr == (
            f"graders: {course.root} is being graded by another process (number {run.pid}).\n"
        )
        here = psutil.Process(run.pid)
        awaited(lambda: sandbox_below(here))
        below = here.children(recursive=True)
        # As a terminal does: to the workers too.
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate(timeout=60)
        assert run.returncode == 130
        assert errors == "graders: interrupted; marks already saved are kept.\n"
        assert all_gone(below)
    assert points(course, ["quick", "slow"]) == {"quick": 0, "slow": None}
    hand_in(course, "slow", {"answer": answer()})
    again = graded(course)
    assert (again.returncode, again.stderr) == (0, "")
    assert "quick: already graded" in again.stdout
    assert points(course, ["quick", "slow"]) == {"quick": 0, "slow": 2}
