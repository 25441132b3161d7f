"""Finding, among the processes that a test has started, the one to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import psutil

Found = TypeVar("Found")
_PATIENCE_SECONDS = 120.0


def awaited(find: Callable[[], Found | None]) -> Found:
    """What `find` finds, once it does."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            found = find()
        except psutil.NoSuchProcess:
            found = None
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("what was waited for has not come")


def training_below(process: psutil.Process) -> psutil.Process | None:
    """The process in which a training goes on, below another."""
    for nursery in _called(process, "graders.grading.trainings.process"):
        for child in nursery.children():
            return child
    return None


def sandbox_below(process: psutil.Process) -> psutil.Process | None:
    """A student kernel's relay, below another process."""
    for bwrap in _called(process, "bwrap"):
        if any("relay" in part for part in bwrap.cmdline()):
            return bwrap
    return None


def worker_of(process: psutil.Process) -> psutil.Process:
    """The worker that a process belongs to: the nearest one above that Dask has started."""
    for above in process.parents():
        if any("multiprocessing" in part for part in above.cmdline()):
            return above
    raise AssertionError(f"{process} is below no worker")


def all_gone(processes: Sequence[psutil.Process], seconds: float = 20) -> bool:
    """Whether all have ended, in time."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def _called(process: psutil.Process, name: str) -> Iterable[psutil.Process]:
    for child in process.children(recursive=True):
        if any(name in part for part in child.cmdline()):
            yield child
