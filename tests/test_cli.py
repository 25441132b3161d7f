from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graders.grading.course import Course
from tests.grading.tiny_course import ASSIGNMENT, hand_in, make_course

RIGHT = {"answer": "the_answer = 42", "text": "Parce que."}


def graders(*arguments: str, course: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it: another process, no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "graders.cli", *arguments, "--course", str(course)],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env={**os.environ, "COLUMNS": "120", **environment},
    )


@pytest.fixture
def released(tmp_path: Path) -> Course:
    course = make_course(tmp_path)
    assert graders("release", ASSIGNMENT, course=tmp_path).returncode == 0
    return course


def test_help_shows_an_example_of_each_command() -> None:
    for command in ("release", "grade", "verify", "demo"):
        shown = subprocess.run(
            [sys.executable, "-m", "graders.cli", command, "--help"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"Example: graders {command}" in shown.stdout.replace("`", "")


@pytest.mark.parametrize("command", ["release", "grade", "verify"])
def test_a_wrong_assignment_name_is_one_line_and_an_exit_code(command: str, tmp_path: Path) -> None:
    make_course(tmp_path)
    run = graders(command, "tinny", course=tmp_path)
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].endswith(
        "No assignment 'tinny' in " + str(tmp_path / "source") + ". Did you mean tiny? "
        "Assignments: tiny."
    )
    assert "Traceback" not in run.stderr


def test_grading_before_the_release_says_what_to_run(tmp_path: Path) -> None:
    make_course(tmp_path)
    run = graders("grade", ASSIGNMENT, course=tmp_path)
    assert run.returncode == 2
    assert "Run: graders release tiny" in run.stderr


def test_grading_nobody_is_said(released: Course) -> None:
    run = graders("grade", ASSIGNMENT, course=released.root)
    assert (run.returncode, "Nobody has submitted tiny" in run.stderr) == (2, True)


def test_an_unknown_student_is_named(released: Course) -> None:
    hand_in(released, "right", RIGHT)
    run = graders("grade", ASSIGNMENT, "--student", "rigth", course=released.root)
    assert (run.returncode, "by rigth" in run.stderr) == (2, True)


def test_one_broken_notebook_never_stops_the_others(released: Course) -> None:
    hand_in(released, "a-right", RIGHT)
    (hand_in(released, "b-broken", RIGHT) / "tiny.ipynb").write_text("{ broken")
    hand_in(released, "c-right", RIGHT)
    run = graders("grade", ASSIGNMENT, course=released.root)
    assert run.returncode == 1
    assert "a-right: graded, 2 points by tests" in run.stdout
    assert "b-broken: not gradable" in run.stdout
    assert "c-right: graded, 2 points by tests" in run.stdout
    assert "Marks of tiny" in run.stdout


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("mount") is None, reason="a small disk needs root to mount"
)
def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        course = make_course(disk)
        assert graders("release", ASSIGNMENT, course=disk).returncode == 0
        hand_in(course, "right", RIGHT)
        assert graders("grade", ASSIGNMENT, course=disk).returncode == 0
        notebook = course.path("autograded", "right", ASSIGNMENT) / "tiny.ipynb"
        before = notebook.read_bytes()
        _fill(disk)
        run = graders("grade", ASSIGNMENT, "--force", course=disk)
        assert run.returncode != 0
        assert "Traceback" not in run.stdout + run.stderr
        assert "No space left" in run.stdout + run.stderr or "disk is full" in run.stdout
        assert notebook.read_bytes() == before
        (disk / "ballast").unlink()
        assert "2" in graders("grade", ASSIGNMENT, course=disk).stdout
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return
