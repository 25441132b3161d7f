"""`Checker`: runs test cells on students' values, each in a fresh process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from graders.grading.cell_names import names_needed, names_used
from graders.grading.cell_running import Ending
from graders.grading.checker_results import accident_result, missing_result, result_of
from graders.grading.checker_server import MOST_REPLY_BYTES
from graders.grading.environment import student_environment
from graders.models.datasets import MNIST_VARIABLE
from graders.rubric import Result

__all__ = [
    "CheckAccident",
    "CheckLimits",
    "Checker",
    "CheckerError",
    "CheckerRun",
    "GradedCell",
    "missing_result",
    "names_needed",
    "names_used",
]

_PROJECT = Path(__file__).resolve().parents[2]
_SERVER = "graders.grading.checker_server"
_GRACE_SECONDS = 20.0
_MEMORY = "/dev/shm"
"""The one place a check may write to: memory, private to the checker."""


class CheckerError(RuntimeError):
    """The checker's own process cannot be started; the message says why."""


class CheckAccident(StrEnum):
    """Why a test cell did not run to an end of its own."""

    TIME_LIMIT = "time limit"
    MEMORY_LIMIT = "memory limit"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLimits:
    """What one test cell may use: seconds, bytes of memory, characters printed.

    The memory includes about half a gigabyte that it shares with the server.
    """

    seconds: float = 120
    memory_bytes: int = 4 * 2**30
    most_characters: int = 20_000
    start_seconds: float = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedCell:
    """A test cell: its `grade_id`, what it is worth, its whole source and its random seed."""

    question: str
    points: float
    source: str
    seed: int


@dataclass(frozen=True, slots=True)
class CheckerRun:
    """What came of one test cell.

    `result` is None when the cell came to its end without one, as a plain nbgrader test does:
    its last value, if any, is in `outputs`. `accident` comes with a result that says so.
    """

    outputs: tuple[Mapping[str, Any], ...]
    result: Result | None
    accident: CheckAccident | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket
    complaint: IO[bytes] = field(repr=False)


class Checker:
    """A server that test cells are forked from; a context manager, used by one thread at a time.

    `bwrap` starts it without network and with a read-only file system; None does not. `preload`
    names modules every test cell imports, `mnist` the file `datasets.mnist()` reads. A server
    that was lost is replaced at the next run.

    Raises:
        CheckerError: on entering, or when a lost server cannot be replaced.
    """

    def __init__(
        self,
        bwrap: Path | None,
        *,
        preload: tuple[str, ...] = (),
        mnist: Path | None = None,
        limits: CheckLimits = CheckLimits(),
    ) -> None:
        self._bwrap = bwrap
        self._preload = preload
        self._mnist = mnist
        self._limits = limits
        self._lock = threading.Lock()
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        with self._lock:
            self._started()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._stop()

    def run(
        self, cell: GradedCell, document: bytes, blob: bytes, limits: CheckLimits | None = None
    ) -> CheckerRun:
        """Run a test cell on values as `student.export` wrote them.

        Whatever the values and the cell do, a run comes back. `limits` are those of this run,
        where they differ from the checker's.
        """
        limits = limits or self._limits
        began = time.monotonic()
        plan = {
            "source": cell.source,
            "seed": cell.seed,
            "most_characters": limits.most_characters,
        }
        with self._lock:
            report, reply = self._ask((json.dumps(plan).encode(), document, blob), limits)
        used = time.monotonic() - began, report["cpu_seconds"]
        ending = _ending(reply) if report["ending"] == "exited" else None
        if ending is None:
            accident = _accident(report["ending"])
            result = accident_result(cell.question, cell.points, accident.value)
            return CheckerRun(_outputs("", result, None), result, accident, *used)
        judged = result_of(cell.question, cell.points, ending)
        return CheckerRun(_outputs(ending.printed, judged, ending.shown), judged, None, *used)

    def _ask(
        self, contents: tuple[bytes, bytes, bytes], limits: CheckLimits
    ) -> tuple[dict[str, Any], bytes]:
        """The server's report of one run, and the reply of the child."""
        server = self._started()
        descriptors = [_memory_file(content) for content in (*contents, b"")]
        order = {"seconds": limits.seconds, "memory_bytes": limits.memory_bytes}
        try:
            server.control.settimeout(limits.seconds + _GRACE_SECONDS)
            socket.send_fds(server.control, [json.dumps(order).encode()], descriptors)
            report = server.control.recv(4096)
            if report:
                return json.loads(report), os.pread(descriptors[-1], MOST_REPLY_BYTES, 0)
        except OSError:
            pass
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._stop()
        return {"ending": "died", "cpu_seconds": 0.0}, b""

    def _started(self) -> _Server:
        if self._server is not None and self._server.process.poll() is None:
            return self._server
        self._stop()
        self._server = _start(self._bwrap, self._preload, self._mnist)
        self._server.control.settimeout(self._limits.start_seconds)
        try:
            ready = self._server.control.recv(4096)
        except OSError:
            ready = b""
        if not ready:
            complaint = self._stop()
            raise CheckerError(f"The checker did not start: {complaint}.")
        return self._server

    def _stop(self) -> str:
        """End the server, if there is one, and return the last line it complained with."""
        server, self._server = self._server, None
        if server is None:
            return ""
        server.control.close()
        try:
            server.process.wait(1)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()
        with server.complaint as file:
            file.seek(0)
            lines = file.read(100_000).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "no message"


def _start(bwrap: Path | None, preload: tuple[str, ...], mnist: Path | None) -> _Server:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    complaint = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
    environment = {
        **student_environment(_MEMORY),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(_PROJECT),
        "TMPDIR": _MEMORY,
        **({MNIST_VARIABLE: str(mnist.resolve())} if mnist else {}),
    }
    with theirs:
        try:
            process = subprocess.Popen(
                [*_confinement(bwrap), sys.executable, "-P", "-m", _SERVER, *preload],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=complaint,
                env=environment,
                cwd="/",
            )
        except OSError as error:
            ours.close()
            complaint.close()
            raise CheckerError(f"The checker did not start: {error.strerror}.") from error
    return _Server(process, ours, complaint)


def _confinement(bwrap: Path | None) -> list[str]:
    """Arguments that keep what follows from the network and from writing to any file."""
    if bwrap is None:
        return []
    return [
        *(str(bwrap), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        "--",
    ]


def _memory_file(content: bytes) -> int:
    descriptor = os.memfd_create("check")
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(content)
    return descriptor


def _ending(reply: bytes) -> Ending | None:
    """What a child said; None when it was cut short."""
    try:
        return Ending.from_data(json.loads(reply))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _accident(ending: str) -> CheckAccident:
    return CheckAccident(ending) if ending in set(CheckAccident) else CheckAccident.DIED


def _outputs(
    printed: str, result: Result | None, shown: str | None
) -> tuple[Mapping[str, Any], ...]:
    """Outputs of a notebook cell: what was printed, then the result or the last value."""
    stream = {"output_type": "stream", "name": "stdout", "text": printed}
    data = result._repr_mimebundle_() if result is not None else {"text/plain": shown}
    value = {
        "output_type": "execute_result",
        "metadata": {},
        "execution_count": None,
        "data": data,
    }
    silent = result is None and shown is None
    return (*((stream,) if printed else ()), *(() if silent else (value,)))
