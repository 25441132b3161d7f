"""Programs as an operator runs them: each a process of its own, ended with the test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graders.grading.course import Course
from tests.grading.tiny_course import ASSIGNMENT, REPOSITORY

_PATIENCE_SECONDS = 240


def grading_command(course: Course, *arguments: str) -> tuple[str, ...]:
    """What `graders grade` is here."""
    grade = (sys.executable, "-m", "graders.cli", "grade", ASSIGNMENT)
    return (*grade, "--course", str(course.root), "--plain", *arguments)


def graded(
    course: Course, *arguments: str, within: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """`graders grade`, to its end; `within` is a program that runs it."""
    return subprocess.run(
        [*within, *grading_command(course, *arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
        env=_environment(),
    )


@contextmanager
def started(command: Sequence[str], *, home: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """A program in its own session, and in its own home directory when one is given."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if home is None else subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        cwd=home,
        env=_environment() | ({} if home is None else {"HOME": str(home), "TMPDIR": str(home)}),
    )
    # Whoever waits for a line that never comes must not wait for ever.
    deadline = threading.Timer(_PATIENCE_SECONDS, process.kill)
    deadline.start()
    with process:
        try:
            yield process
        finally:
            deadline.cancel()
            if process.poll() is None:
                process.kill()


def line_with(process: subprocess.Popen[str], text: str) -> str:
    """The next line that a program writes with `text` in it."""
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return line
    raise AssertionError(f"the program has ended without saying {text!r}")


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "COLUMNS": "120",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(REPOSITORY),
    }
