"""`StudentKernel`: runs a student's cells one by one, and always comes back with an outcome."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from types import TracebackType
from typing import Self

from graders.grading.isolation.confinement import Confined, Isolation, StartError
from graders.grading.isolation.exchange import SharedDirectory
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.line import Line
from graders.grading.isolation.outputs import Output, OutputCollector
from graders.grading.isolation.watch import Accident, Watch

__all__ = ["Accident", "CellRun", "StartError", "StudentKernel"]

_TICK = 0.1


@dataclass(frozen=True, slots=True)
class CellRun:
    """What came of one cell: outputs to show, an accident if it had one, times in seconds.

    The outputs are valid notebook outputs and the student's own word: they prove nothing.
    """

    outputs: tuple[Output, ...]
    accident: Accident | None
    wall_seconds: float
    cpu_seconds: float


class StudentKernel:
    """An ipykernel started by `isolation`, held to `limits`; a context manager.

    `attend` is called on the host about ten times a second while a cell runs, with this kernel:
    there the host answers what a cell asks of it through `shared` (a training, for instance).
    Its time is not counted as the cell's; when it returns true, the host is still at work, and
    the time until the next call is not counted either.

    Raises:
        StartError: on entering, when the kernel does not start or does not answer in time.
    """

    def __init__(
        self,
        isolation: Isolation,
        limits: Limits,
        attend: Callable[[StudentKernel], bool] | None = None,
    ) -> None:
        self._isolation = isolation
        self._limits = limits
        self._attend = attend
        self._cells = 0
        self._seconds = 0.0
        self._output_left = limits.notebook_output_bytes
        self._fate: Accident | None = None
        # Output that the other end says it has cut: it counts as output all the same.
        self._unsent = 0
        self._confined: Confined
        self._line: Line
        self._watch: Watch

    def __enter__(self) -> Self:
        until = time.monotonic() + self._limits.start_seconds
        self._confined = self._isolation.start(self._limits)
        # A line may hold a whole picture, written as JSON.
        self._line = Line(self._confined.channel, 2 * self._limits.cell_output_bytes + 2**16)
        self._watch = Watch(self._confined, self._limits)
        self._watch.start()
        ready = False
        while not ready and not self._line.closed and time.monotonic() < until:
            ready = any(message.get("ready") is True for message in self._line.receive(_TICK))
        if not ready:
            complaint = self._confined.complaint() if self._line.closed else "no answer in time"
            complaint = self._watch.verdict or complaint
            self.__exit__(None, None, None)
            raise StartError(f"The student kernel did not start: {complaint}.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end(Accident.KERNEL_DIED)
        self._confined.close()

    @property
    def alive(self) -> bool:
        """Whether later cells can still run."""
        return self.fate is None

    @property
    def fate(self) -> Accident | None:
        """What has ended the kernel, if anything has."""
        return self._fate or self._watch.verdict

    @property
    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        return self._watch.look().cpu_seconds

    @property
    def shared(self) -> SharedDirectory:
        """The directory in which host and kernel leave each other files; gone with the kernel."""
        return self._confined.shared

    @property
    def shared_directory(self) -> str:
        """Its path inside the kernel."""
        return self._confined.shared.inside

    def read_shared_file(self, name: str, max_bytes: int) -> bytes:
        """A file that the kernel has left; raises SharedFileError as `SharedDirectory.read`."""
        return self.shared.read(name, max_bytes)

    def execute(self, source: str) -> CellRun:
        """Run a student's cell, within the limits of one cell and of the notebook."""
        self._cells += 1
        if self._cells > self._limits.cells:
            return CellRun((), Accident.CELL_LIMIT, 0, 0)
        if self._seconds >= self._limits.notebook_seconds:
            return CellRun((), Accident.NOTEBOOK_TIME_LIMIT, 0, 0)
        return self._run(source, silent=False, seconds=self._limits.cell_seconds)

    def run_silently(self, source: str, seconds: float = 60) -> CellRun:
        """Run the grader's own line in the student's kernel, off the history and the counters.

        Its outputs are errors only, if any; it may take `seconds`, which count for the notebook.
        """
        return self._run(source, silent=True, seconds=seconds)

    def _run(self, source: str, *, silent: bool, seconds: float) -> CellRun:
        if not self.alive:
            return CellRun((), Accident.KERNEL_DIED, 0, 0)
        cell = secrets.token_hex(16)
        collector = OutputCollector(min(self._limits.cell_output_bytes, self._output_left))
        notebook_seconds = self._limits.notebook_seconds - self._seconds if not silent else inf
        clock = _Clock(self._limits, notebook_seconds, seconds)
        cpu, received = self._watch.look().cpu_seconds, self._received()
        self._line.send({"cell": cell, "source": source, "silent": silent})
        while not self._hear(cell, collector):
            if self._line.closed:
                clock.accident = clock.accident or self._watch.cause_of_death()
                self._end(clock.accident)
                break
            if self._attend is not None and not silent:
                clock.pause(partial(self._attend, self))
            used = self._watch.most.cpu_seconds - cpu
            if clock.check(used, self._received() - received):
                self._line.send({"interrupt": cell})
            if clock.patience_is_over():
                self._end(clock.accident)
                break
        wall, used = clock.seconds(), self._watch.look().cpu_seconds - cpu
        self._seconds += wall
        self._output_left = max(self._output_left - collector.kept_bytes, 0)
        accident = clock.accident or self._watch.verdict
        return CellRun(collector.outputs(), accident, wall, used)

    def _received(self) -> int:
        return self._line.received + self._unsent

    def _hear(self, cell: str, collector: OutputCollector) -> bool:
        """Collect what has come; true once the cell is over."""
        for message in self._line.receive(_TICK):
            # An earlier cell's messages may still come, or be forged: they are nobody's output.
            if "died" in message:
                self._line.closed = True
            if message.get("cell") != cell:
                continue
            if message.get("done") is True:
                return True
            cut = message.get("cut")
            if type(cut) is int and cut > 0:
                self._unsent += cut
                collector.truncated = True
            collector.add(message.get("kind"), message.get("content"))
        return False

    def _end(self, fate: Accident | None) -> None:
        self._fate = self.fate or fate
        self._watch.stop()
        self._confined.kill()


class _Clock:
    """One cell's time, and what becomes of a cell that takes too much of anything."""

    def __init__(self, limits: Limits, notebook_seconds: float, seconds: float) -> None:
        self._limits = limits
        self._notebook_seconds = notebook_seconds
        self._cell_seconds = seconds
        self._started = time.monotonic()
        self._patience = float("inf")
        self._paused_since: float | None = None
        self.accident: Accident | None = None

    def seconds(self) -> float:
        """Since the start, pauses excluded."""
        return time.monotonic() - self._started

    def pause(self, work: Callable[[], bool]) -> None:
        """Do the host's own work, off this clock; it stays stopped while there is more of it."""
        began = time.monotonic() if self._paused_since is None else self._paused_since
        more = work()
        now = time.monotonic()
        self._started += now - began
        self._paused_since = now if more else None

    def check(self, cpu_seconds: float, received_bytes: int) -> bool:
        """True at the moment a limit is passed: the cell must then be interrupted, once."""
        if self.accident is not None:
            return False
        self.accident = self._excess(cpu_seconds, received_bytes)
        if self.accident is not None:
            self._patience = time.monotonic() + self._limits.interrupt_seconds
        return self.accident is not None

    def patience_is_over(self) -> bool:
        """Whether an interrupted cell has had all the time it was given to stop."""
        return time.monotonic() > self._patience

    def _excess(self, cpu_seconds: float, received_bytes: int) -> Accident | None:
        elapsed = self.seconds()
        if elapsed > self._notebook_seconds:
            return Accident.NOTEBOOK_TIME_LIMIT
        if elapsed > self._cell_seconds:
            return Accident.TIME_LIMIT
        if cpu_seconds > self._limits.cell_cpu_seconds:
            return Accident.CPU_LIMIT
        if received_bytes > self._limits.flood_bytes:
            return Accident.OUTPUT_LIMIT
        return None
