"""`CheckerProcess`: the server that test cells are forked from, as the host holds it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from graders.grading.isolation.environment import student_environment
from graders.models.datasets import MNIST_VARIABLE

_PROJECT = Path(__file__).resolve().parents[3]
_SERVER = "graders.grading.checking.server"
_END_SECONDS = 3.0
_LONGEST_COMPLAINT = 100_000
# The one place a check may write to: memory, private to the checker.
_MEMORY = "/dev/shm"


class CheckerError(RuntimeError):
    """The checker's own process cannot be started; the message says why."""


class CheckerProcess:
    """A started server; it ends when `control` closes, and so with the host.

    Raises:
        CheckerError: the program that should start it cannot be run.
    """

    def __init__(self, bwrap: Path | None, preload: tuple[str, ...], mnist: Path | None) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*_confinement(bwrap), sys.executable, "-P", "-m", _SERVER, *preload],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self._complaints,
                    env=_environment(mnist),
                    cwd="/",
                )
            except OSError as error:
                self.control.close()
                self._complaints.close()
                raise CheckerError(f"The checker did not start: {error.strerror}.") from error

    @property
    def running(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    @property
    def pids(self) -> tuple[int, ...]:
        """Its processes: bwrap's, if it has one, and the server's."""
        return tuple(_family(self._process.pid))

    def wait_until_ready(self, seconds: float) -> None:
        """Returns once all is imported; otherwise ends it.

        Raises:
            CheckerError: it stopped, or takes longer than `seconds`.
        """
        self.control.settimeout(seconds)
        try:
            ready = self.control.recv(4096)
        except OSError:
            ready = b""
        if not ready:
            raise CheckerError(f"The checker did not start: {self.end()}.")

    def end(self) -> str:
        """End all of it, and return the last line it complained with."""
        self.control.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in reversed(self.pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()
        with self._complaints as file:
            file.seek(0)
            lines = file.read(_LONGEST_COMPLAINT).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "no message"


def _environment(mnist: Path | None) -> dict[str, str]:
    return {
        **student_environment(_MEMORY),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(_PROJECT),
        "TMPDIR": _MEMORY,
        **({MNIST_VARIABLE: str(mnist.resolve())} if mnist else {}),
    }


def _confinement(bwrap: Path | None) -> list[str]:
    """Arguments that keep what follows from the network and from writing to any file."""
    if bwrap is None:
        return []
    return [
        # Not `--die-with-parent`, which means the thread: the server ends when its socket closes.
        *(str(bwrap), "--unshare-all", "--new-session", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        "--",
    ]


def _family(pid: int) -> list[int]:
    """A process and those it started, parents first."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(member for child in children for member in _family(int(child)))]
