from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path

import pytest

from graders.grading.course import Course
from graders.grading.release import generate_release
from tests.free_ports import free_ports
from tests.grading.batch.commands import graded, grading_command, line_with, started
from tests.grading.batch.outside_cluster import outside_cluster, separate_networks
from tests.grading.batch.training_course import answer, make_training_course, points
from tests.grading.tiny_course import ASSIGNMENT, hand_in


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    opened = make_training_course(tmp_path_factory.mktemp("outside"))
    generate_release(opened, ASSIGNMENT, logging.Logger("quiet"))
    return opened


def test_a_lost_scheduler_is_one_line_and_what_was_finished_is_kept(
    course: Course, tmp_path: Path
) -> None:
    hand_in(course, "quick", {"answer": "model = None"})
    hand_in(course, "slow", {"answer": answer(epochs=3) + "\nimport time\ntime.sleep(600)"})
    with outside_cluster(tmp_path, free_ports(1)[0]) as cluster:
        command = grading_command(course, "--scheduler", cluster.address)
        with started(command) as run:
            line_with(run, "quick: graded")
            cluster.scheduler.kill()
            _, errors = run.communicate(timeout=90)
    assert run.returncode == 2
    assert errors.splitlines()[-1] == (
        "graders: The Dask scheduler was lost. What was finished is kept: run the same again."
    )
    assert "Traceback" not in errors
    assert points(course, ["quick", "slow"]) == {"quick": 0, "slow": None}


def test_workers_that_share_nothing_grade_the_class(course: Course, tmp_path: Path) -> None:
    hand_in(course, "slow", {"answer": answer(epochs=3)})
    hand_in(course, "added", {"answer": answer(epochs=3, listed=False)})
    with separate_networks(f"tp{os.getpid()}") as network:
        if network is None:
            warnings.warn("No network namespaces here: separate homes only.", stacklevel=1)
        within = () if network is None else network.scheduler
        with outside_cluster(tmp_path, free_ports(1)[0], network) as cluster:
            run = graded(course, "--scheduler", cluster.address, within=within)
    assert (run.returncode, run.stderr) == (0, "")
    assert points(course, ["quick", "slow", "added"]) == {"quick": 0, "slow": 2, "added": 2}
    assert "quick: already graded" in run.stdout
