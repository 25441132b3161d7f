"""One process grades a course at a time: a gradebook has one writer."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from graders.grading.course import Course, CourseError


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """Holds the course while the block runs; the system lets go of it if the process is killed.

    Raises:
        CourseError: this course is being graded by another process.
    """
    course.workspace.mkdir(parents=True, exist_ok=True)
    with (course.workspace / "grading.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CourseError(
                f"{course.root} is being graded by another process ({lock.read().strip()})."
            ) from None
        lock.truncate(0)
        lock.write(f"number {os.getpid()}")
        lock.flush()
        yield
