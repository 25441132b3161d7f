"""Fixtures of the grading tests."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.grading.course import Course
from graders.grading.release import generate_release
from graders.grading.store import open_store
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.service import TrainingService
from graders.grading.trainings.trainers import Trainers, TrainerSettings
from graders.models.training_limits import TrainingLimits
from tests.grading.tiny_course import ASSIGNMENT, make_course


@pytest.fixture
def course(tmp_path: Path, log: logging.Logger) -> Course:
    """A tiny course whose release is made."""
    opened = make_course(tmp_path)
    generate_release(opened, ASSIGNMENT, log)
    return opened


@pytest.fixture
def log() -> logging.Logger:
    """A logger that keeps quiet."""
    logger = logging.Logger("test")
    logger.addHandler(logging.NullHandler())
    return logger


@pytest.fixture(scope="module")
def trainers() -> Iterator[Trainers]:
    """Trainers that give the same bits as this very process: with as many threads."""
    import tensorflow as tf  # noqa: PLC0415 - most tests beside this one do without

    threads = tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count() or 1
    with Trainers(TrainerSettings(slots=1, seconds=100, threads=threads)) as running:
        yield running


@pytest.fixture
def service(trainers: Trainers, tmp_path: Path) -> TrainingService:
    """Answers a notebook's requests for trainings; its store is empty."""
    place = tmp_path
    store, shelf = open_store(place / "s"), ArrayShelf(place / "a")
    return TrainingService(trainers, store, shelf, TrainingLimits())
