"""`Confined`: a student kernel's processes as the host holds them, in a sandbox or not."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from graders.grading.isolation.descriptors import wait_for
from graders.grading.isolation.exchange import SharedDirectory
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.usage import (
    ProcessUsage,
    Usage,
    descendants,
    proportional_memory,
    read_processes,
    total,
    written_bytes,
)

RELAY = Path(__file__).with_name("relay.py")
_KILL_SECONDS = 20.0


class StartError(RuntimeError):
    """The student kernel's processes could not be started; the message says why."""


class Isolation(Protocol):
    """A way to start a student kernel: `Sandbox`, or `Plain` without isolation."""

    @property
    def isolated(self) -> bool:
        """Whether student code is kept away from the host; shown in every report if not."""

    def start(self, limits: Limits) -> Confined:
        """Start the relay and its kernel; raises StartError."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the relay is told: the argument of `relay.py`.

    `sockets` is a directory with a short path, for the sockets between relay and kernel.
    """

    channel: int
    directories: tuple[str, ...]
    sockets: str
    limits: Mapping[str, int]
    identity: int | None
    adopt_orphans: bool
    longest_text: int

    def as_argument(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


def rlimits(limits: Limits) -> dict[str, int]:
    """Limits that the system itself enforces on each process."""
    return {
        # Address space is no measure: TensorFlow reserves gigabytes that it never touches.
        "RLIMIT_DATA": limits.memory_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_CPU": round(limits.notebook_cpu_seconds) + 1,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 2**20,
    }


class Confined:
    """Running processes: a line to them, the directory shared with them, what they use, their end.

    `leader` is a pidfd whose end takes all others with it (the first process of a pid namespace),
    or None: then the processes are those that descend from `process`.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        channel: socket.socket,
        shared_inside: str,
        *,
        leader: int | None,
        seconds: float,
        clean: Callable[[], None] = lambda: None,
    ) -> None:
        self._process = process
        self._leader = leader
        self._clean = clean
        self._lock = threading.Lock()
        self._descriptors: list[int] = []
        self._killed = False
        self.channel = channel
        try:
            self._proc, *self._written = self._receive_directories(seconds)
        except StartError:
            self.close()
            raise
        self.shared = SharedDirectory(self._written[0], shared_inside)

    def usage(self, memory_limit: int) -> Usage:
        """What they use now; memory that processes share is counted once when it matters."""
        with self._lock:
            if self._killed:
                return Usage()
            # Without a sandbox the directories are part of the host's own file system.
            own = self._written if self._leader is not None else []
            written = sum(written_bytes(directory) for directory in own)
            rows = self._processes()
            used = total(rows)
            memory = used.memory_bytes + written
            if memory > memory_limit and len(rows) > 1:
                memory = proportional_memory(self._proc, rows) + written
            return Usage(memory, used.cpu_seconds, used.threads)

    def kill(self) -> None:
        """End every process; returns when none is left. What they wrote can still be read."""
        with self._lock:
            if self._killed:
                return
            if self._leader is not None:
                _signal(self._leader)
                # bwrap may end before it; it ends once all others of its namespace have.
                wait_for(self._leader, _KILL_SECONDS)
            else:
                self._kill_descendants()
            try:
                self._process.wait(_KILL_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(_KILL_SECONDS)
            self._killed = True

    def close(self) -> None:
        """End every process and leave nothing of them."""
        self.kill()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self.channel.close()
        for descriptor in (*self._descriptors, *([] if self._leader is None else [self._leader])):
            os.close(descriptor)
        self._clean()

    def _processes(self) -> tuple[ProcessUsage, ...]:
        rows = read_processes(self._proc)
        return rows if self._leader is not None else descendants(rows, self._process.pid)

    def _kill_descendants(self) -> None:
        """Children first, again until none is left: new ones may appear meanwhile."""
        until = time.monotonic() + _KILL_SECONDS
        while self._descriptors and time.monotonic() < until:
            rows = [row for row in self._processes() if not row.ended]
            below = [row.pid for row in rows if row.pid != self._process.pid]
            for pid in below:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            if not below:
                break
            time.sleep(0.01)
        self._process.kill()

    def _receive_directories(self, seconds: float) -> list[int]:
        self.channel.settimeout(seconds)
        try:
            mark, self._descriptors, _, _ = socket.recv_fds(self.channel, 1, 16)
        except TimeoutError:
            raise StartError(f"The student kernel did not start within {seconds} s.") from None
        if not mark or len(self._descriptors) < 2:
            raise StartError(f"The student kernel did not start: {self.complaint()}")
        return self._descriptors

    def complaint(self) -> str:
        """What a process that failed to start has written, in one line."""
        if self._process.stderr is None:
            return "no message"
        os.set_blocking(self._process.stderr.fileno(), False)
        written = (self._process.stderr.read(4000) or b"").decode("utf-8", "replace")
        return (written.strip().splitlines() or ["no message"])[-1]


def _signal(leader: int) -> None:
    try:
        signal.pidfd_send_signal(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
