from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client

from graders.grading.course import Course
from graders.grading.release import generate_release
from tests.grading.batch.commands import graded
from tests.grading.batch.grading import grade
from tests.grading.batch.training_course import answer, make_training_course, points
from tests.grading.tiny_course import ASSIGNMENT, hand_in

ANSWERS = {"added": answer(epochs=4, listed=False), "wrong": answer(epochs=4, units=9)}
MARKS = {"added": 2, "wrong": 1}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    opened = make_training_course(tmp_path)
    generate_release(opened, ASSIGNMENT, logging.Logger("quiet"))
    for student, source in ANSWERS.items():
        hand_in(opened, student, {"answer": source})
    return opened


@pytest.fixture
def small_disk(course: Course) -> Iterator[Path]:
    """A disk under the store that MNIST's arrays alone do not fit on."""
    store = course.workspace / "store"
    store.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(store)]
    if os.getuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small disk needs root to mount")
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine does not let root mount a small disk")
    yield store
    subprocess.run(["umount", "--lazy", str(store)], check=True)


def test_a_full_disk_under_the_store_costs_time_and_no_mark(
    course: Course, small_disk: Path
) -> None:
    (small_disk / "ballast").write_bytes(bytes(2**20 - 2**14))
    run = graded(course)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert points(course, ANSWERS) == MARKS
    problems = [line for line in run.stdout.splitlines() if line.startswith("Problem")]
    assert len(problems) == 1
    assert "No space left" in problems[0]


def test_corrupt_entries_are_made_anew(training_course: Course, cluster: Client) -> None:
    grade(training_course, cluster, ANSWERS)
    entries = list((training_course.workspace / "store").glob("[0-9a-f][0-9a-f]/*"))
    assert len(entries) > 4
    for entry in entries:
        content = bytearray(entry.read_bytes())
        content[len(content) // 2] ^= 0xFF
        entry.write_bytes(content)
    run = grade(training_course, cluster, ANSWERS, force=True)
    assert sorted(run.started) == sorted(ANSWERS)
    assert run.trained == len(ANSWERS)
    said = [event["text"] for event in run.events if event["event"] == "problem"]
    assert said
    assert all("A corrupt entry of the store was discarded" in text for text in said)
    assert points(training_course, ANSWERS) == MARKS
