"""Fixtures of the grading tests."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from graders.grading.course import Course
from graders.grading.release import generate_release
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
