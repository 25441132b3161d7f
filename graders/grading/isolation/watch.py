"""`Watch`: a thread of the host that ends a student kernel using more than its limits."""

from __future__ import annotations

import threading
from enum import StrEnum

from graders.grading.isolation.confinement import Confined
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.usage import Usage

_PERIOD = 0.1


class Accident(StrEnum):
    """Why a cell did not simply run to its end."""

    KERNEL_DIED = "kernel died"
    OUT_OF_MEMORY = "out of memory"
    TIME_LIMIT = "time limit"
    CPU_LIMIT = "CPU limit"
    OUTPUT_LIMIT = "output limit"
    PROCESS_LIMIT = "process limit"
    CELL_LIMIT = "cell limit"
    NOTEBOOK_TIME_LIMIT = "notebook time limit"
    NOTEBOOK_CPU_LIMIT = "notebook CPU limit"


class Watch(threading.Thread):
    """Looks ten times a second, between cells too; kills, and says why in `verdict`.

    `most` holds the largest figures seen so far.
    """

    def __init__(self, confined: Confined, limits: Limits) -> None:
        super().__init__(name="student-kernel-watch", daemon=True)
        self._confined = confined
        self._limits = limits
        self._told_to_stop = threading.Event()
        self.most = Usage()
        self.verdict: Accident | None = None

    def run(self) -> None:
        """Look until told to stop, or until there is nothing left to watch."""
        while not self._told_to_stop.wait(_PERIOD):
            self.look()
            if self.verdict is not None:
                self._confined.kill()
                return

    def look(self) -> Usage:
        """`most`, with what is used at this instant."""
        now, most = self._confined.usage(self._limits.memory_bytes), self.most
        self.most = Usage(
            max(now.memory_bytes, most.memory_bytes),
            # Never less: the time of processes that have just ended is missing for an instant.
            max(now.cpu_seconds, most.cpu_seconds),
            max(now.threads, most.threads),
        )
        if self.verdict is None:
            self.verdict = excess(now, self._limits)
        return self.most

    def stop(self) -> None:
        """No further look."""
        self._told_to_stop.set()
        if self.is_alive():
            self.join()

    def cause_of_death(self) -> Accident:
        """What has most likely ended a kernel that nobody here has killed."""
        if self.verdict is not None:
            return self.verdict
        # The system, or TensorFlow when refused memory, is quicker than a look.
        close = self.most.memory_bytes > 0.8 * self._limits.memory_bytes
        return Accident.OUT_OF_MEMORY if close else Accident.KERNEL_DIED


def excess(usage: Usage, limits: Limits) -> Accident | None:
    """The limit that is passed, if any."""
    if usage.memory_bytes > limits.memory_bytes:
        return Accident.OUT_OF_MEMORY
    # The system refuses one more, so that reaching the limit is all one can do.
    if usage.threads >= limits.processes:
        return Accident.PROCESS_LIMIT
    if usage.cpu_seconds > limits.notebook_cpu_seconds:
        return Accident.NOTEBOOK_CPU_LIMIT
    return None
