from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from distributed import Client, Future
from distributed.scheduler import KilledWorker

from graders.grading.batch.tasks import SANDBOX, Examination, examine_there
from graders.grading.course import Course
from graders.grading.workshop import GradingSettings
from tests.grading.batch.grading import grade
from tests.grading.batch.processes import (
    all_gone,
    awaited,
    sandbox_below,
    training_below,
    worker_of,
)
from tests.grading.batch.training_course import answer, points


@pytest.mark.parametrize(
    ("whose", "epochs"), [(training_below, 60), (sandbox_below, 61)], ids=["trainer", "notebook"]
)
def test_a_worker_killed_in_mid_training_costs_nothing_but_time(
    whose: Callable[[psutil.Process], psutil.Process | None],
    epochs: int,
    training_course: Course,
    cluster: Client,
) -> None:
    answers = {"long": answer(epochs=epochs), "wrong": answer(units=9, epochs=epochs)}
    with ThreadPoolExecutor(1) as beside:
        killed = beside.submit(_kill_the_worker, whose)
        run = grade(training_course, cluster, answers)
        assert all_gone(killed.result())
    assert {outcome.grading for outcome in run.outcomes.values()} == {"graded"}
    assert points(training_course, answers) == {"long": 2, "wrong": 1}


def test_a_notebook_that_makes_two_workers_fall_is_not_gradable_and_the_others_are(
    training_course: Course, cluster: Client
) -> None:
    answers = {"before": answer(), "killer": answer(units=5), "after": answer(units=9)}
    run = grade(training_course, cluster, answers, force=True, examine=fall_for_a_killer)
    assert run.outcomes["killer"].grading == "not gradable"
    assert "made two workers fall" in run.outcomes["killer"].reason
    assert points(training_course, answers) == {"before": 2, "killer": None, "after": 1}


def test_a_worker_that_falls_again_and_again_comes_back_each_time(cluster: Client) -> None:
    # For longer than Dask waits, unless it is told, before it gives up whoever is away just then.
    until = time.monotonic() + 20
    falls = 0
    while time.monotonic() < until:
        with pytest.raises(KilledWorker):
            _submit(cluster, fall, falls).result(timeout=60)
        falls += 1
    assert _submit(cluster, still_here, falls).result(timeout=60)


def _submit(cluster: Client, function: Callable[[], bool], number: int) -> Future:
    key = f"{function.__name__}-{number}"
    return cluster.submit(function, key=key, resources={SANDBOX: 1})


def fall() -> bool:
    """What makes a worker end."""
    os._exit(1)


def still_here() -> bool:
    """What a worker can do that has not ended."""
    return True


def fall_for_a_killer(asked: Examination, settings: GradingSettings) -> bytes:
    """What a worker does with a notebook: with one of them, it ends."""
    if asked.student == "killer":
        os._exit(1)
    return examine_there(asked, settings)


def _kill_the_worker(
    whose: Callable[[psutil.Process], psutil.Process | None],
) -> list[psutil.Process]:
    """Kills, in mid-training, the worker above a process; all that was below it."""
    here = psutil.Process()
    awaited(lambda: training_below(here))
    worker = worker_of(awaited(lambda: whose(here)))
    below = worker.children(recursive=True)
    worker.kill()
    return [worker, *below]
