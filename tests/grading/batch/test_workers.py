from __future__ import annotations

import os

import pytest

from graders.grading.batch.tasks import SANDBOX, TRAINER
from graders.grading.batch.workers import plan_workers


@pytest.fixture(autouse=True)
def _four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3})


def test_without_a_gpu_there_is_a_worker_of_each_kind_for_every_two_cores() -> None:
    plans = plan_workers()
    assert [plan.kind for plan in plans] == [SANDBOX, SANDBOX, TRAINER, TRAINER]
    assert [plan.resources for plan in plans[1:3]] == [{SANDBOX: 2}, {TRAINER: 1}]


def test_with_gpus_each_has_a_worker_of_its_own_and_none_trains_on_the_processor() -> None:
    trainings = [plan for plan in plan_workers(gpus=("0", "3", "5")) if plan.kind == TRAINER]
    assert [plan.variables["CUDA_VISIBLE_DEVICES"] for plan in trainings] == ["0", "3", "5"]
    assert all(plan.resources == {TRAINER: 1, "GPU": 1} for plan in trainings)


def test_where_notebooks_run_no_gpu_is_seen() -> None:
    notebooks = [plan for plan in plan_workers(gpus=("0",)) if plan.kind == SANDBOX]
    assert {plan.variables["CUDA_VISIBLE_DEVICES"] for plan in notebooks} == {""}
    assert not any(plan.has_gpu for plan in notebooks)


def test_a_machine_may_work_for_trainings_only() -> None:
    assert {plan.kind for plan in plan_workers(kinds=(TRAINER,))} == {TRAINER}


def test_as_many_workers_as_asked_for_are_planned() -> None:
    assert [plan.kind for plan in plan_workers(1)] == [SANDBOX, TRAINER]
