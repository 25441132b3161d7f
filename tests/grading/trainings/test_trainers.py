"""Trainers: processes that end with their work, whatever it is, and the arrays they read."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graders.grading.trainings.array_shelf import ArrayShelf, WrongContentError
from graders.grading.trainings.trainers import (
    TrainerDied,
    TrainerLost,
    Trainers,
    TrainerSettings,
)
from graders.models.training import (
    Environment,
)
from tests.grading.trainings.trainings import (
    X,
    Y,
    descriptors,
    fetch,
    request,
)


@pytest.fixture(scope="module")
def trainers() -> Iterator[Trainers]:
    with Trainers(TrainerSettings(slots=2, seconds=60)) as running:
        yield running


LONG = request(epochs=1_000_000)


def alike(trainers: Trainers, **settings: Any) -> Trainers:
    """Trainers with other settings, forked from the same process."""
    trainers.environment()
    others = Trainers(TrainerSettings(slots=1, **settings))
    others._nursery = trainers._nursery
    return others


def test_a_training_that_takes_too_long_is_ended(trainers: Trainers, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(TrainerDied, match="plus de 2 secondes"):
        alike(trainers, seconds=2).train(*LONG, descriptors(tmp_path))
    assert time.monotonic() - began < 20


def test_a_training_that_takes_too_much_memory_is_ended(trainers: Trainers, tmp_path: Path) -> None:
    with pytest.raises(TrainerDied, match="mémoire"):
        alike(trainers, memory_bytes=2**20).train(*request(), descriptors(tmp_path))


def children_of(trainers: Trainers) -> list[int]:
    """The processes that work for trainers now."""
    assert trainers._nursery is not None
    parent = trainers._nursery._process.pid
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@pytest.mark.parametrize("whom", ["the trainer", "all of them"])
def test_a_trainer_killed_from_outside_is_no_fault_of_the_training(
    trainers: Trainers, tmp_path: Path, whom: str
) -> None:
    trainers.environment()

    def kill() -> None:
        while not (found := children_of(trainers)):
            time.sleep(0.05)
        assert trainers._nursery is not None
        killed = found[0] if whom == "the trainer" else trainers._nursery._process.pid
        os.kill(killed, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(TrainerLost):
        trainers.train(*LONG, descriptors(tmp_path))
    killer.join()


def test_trainers_that_died_are_replaced(trainers: Trainers, tmp_path: Path) -> None:
    trainers.environment()
    assert trainers._nursery is not None
    trainers._nursery._process.kill()
    trainers._nursery._process.wait()
    assert trainers.train(*request(), descriptors(tmp_path))


def test_nothing_is_left_of_the_trainers(tmp_path: Path) -> None:
    with Trainers(TrainerSettings(slots=1)) as running:
        running.train(*request(), descriptors(tmp_path))
        assert running._nursery is not None
        process = running._nursery._process
    assert process.returncode is not None


def test_trainings_never_take_more_threads_than_there_are_cores() -> None:
    cores = len(os.sched_getaffinity(0))
    assert TrainerSettings(threads=2).places() == max(cores // 2, 1)
    assert TrainerSettings(device="0").places() == 1


def test_another_backend_and_a_gpu_are_a_matter_of_environment() -> None:
    variables = TrainerSettings(backend="jax", device="1").variables()
    assert variables["KERAS_BACKEND"] == "jax"
    assert variables["CUDA_VISIBLE_DEVICES"] == "1"
    assert variables["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert TrainerSettings().variables()["CUDA_VISIBLE_DEVICES"] == "-1"


def test_a_training_elsewhere_has_another_digest() -> None:
    job, _ = request()
    digests = {
        replace(job, environment=environment).digest()
        for environment in (
            Environment(),
            Environment(backend="jax"),
            Environment(threads=4),
            Environment(device="gpu"),
            Environment(flags=(("TF_ENABLE_ONEDNN_OPTS", "0"),)),
            Environment(versions=(("keras", "4"),)),
        )
    }
    assert len(digests) == 6


def test_a_shelf_keeps_nothing_under_a_wrong_name(tmp_path: Path) -> None:
    shelf = ArrayShelf(tmp_path)
    with pytest.raises(WrongContentError):
        shelf.keep(X, bytes(X.nbytes))
    assert shelf.open(X) is None


def test_a_shelf_makes_room_and_what_is_open_stays_readable(tmp_path: Path) -> None:
    shelf = ArrayShelf(tmp_path, max_bytes=X.nbytes + Y.nbytes - 1)
    shelf.keep(X, fetch(X))
    descriptor = shelf.open(X)
    assert descriptor is not None
    shelf.keep(Y, fetch(Y))
    assert shelf.open(X) is None
    assert os.pread(descriptor, X.nbytes, 0) == fetch(X)
    os.close(descriptor)
