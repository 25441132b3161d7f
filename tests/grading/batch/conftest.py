"""A class of small trainings on a real cluster of this machine's own, started once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from distributed import Client

from graders.grading.batch.cluster import open_cluster
from graders.grading.course import Course
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from graders.grading.release import generate_release
from tests.grading.batch.training_course import make_training_course
from tests.grading.tiny_course import ASSIGNMENT


@pytest.fixture(scope="session")
def cluster() -> Iterator[Client]:
    """One worker for notebooks, one for trainings, each a process under a nanny."""
    try:
        find_bwrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    with open_cluster(None, workers=1) as client:
        yield client


@pytest.fixture(scope="session")
def training_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A released course, whose store is shared by the tests: students and answers differ."""
    course = make_training_course(tmp_path_factory.mktemp("course"))
    generate_release(course, ASSIGNMENT, logging.Logger("quiet"))
    return course
