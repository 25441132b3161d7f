"""`Checker`: runs test cells on students' values, each in a fresh process of its own."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from graders.grading.checking.cell_names import names_needed, names_used
from graders.grading.checking.cell_running import Ending
from graders.grading.checking.known_classes import KnownClasses
from graders.grading.checking.process import CheckerError, CheckerProcess
from graders.grading.checking.results import accident_result, missing_result, result_of
from graders.grading.checking.server import MOST_REPLY_BYTES
from graders.grading.transcript import Verified
from graders.language import language
from graders.models.portable_schema import encode
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

_GRACE_SECONDS = 20.0


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
    """A test cell: its `grade_id`, what it is worth, its whole source and its random seed.

    `verified` says how our own trainers trained some of the models it may find.
    """

    question: str
    points: float
    source: str
    seed: int
    verified: tuple[Verified, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckerRun:
    """What came of one test cell.

    `result` is None when the cell came to its end without one, as a plain nbgrader test does:
    its last value, if any, is in `outputs`. `accident` comes with a result that says so.
    `unverified` names the models whose training is the student's own word.
    """

    outputs: tuple[Mapping[str, Any], ...]
    result: Result | None
    accident: CheckAccident | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    unverified: tuple[str, ...] = ()


class Checker:
    """A server that test cells are forked from; a context manager, used by one thread at a time.

    `bwrap` starts it without network and with a read-only file system; None does not. `preload`
    names modules every test cell imports, `mnist` the file `datasets.mnist()` reads. `known` is
    where measures of verified models are kept. A server that was lost is replaced at the next
    run.

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
        known: KnownClasses | None = None,
    ) -> None:
        self._bwrap = bwrap
        self._preload = preload
        self._mnist = mnist
        self._limits = limits
        self._known = known
        self._lock = threading.Lock()
        self._process: CheckerProcess | None = None

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
        self,
        cell: GradedCell,
        document: bytes,
        blob: bytes,
        limits: CheckLimits | None = None,
        known: KnownClasses | None = None,
    ) -> CheckerRun:
        """Run a test cell on values as `student.export` wrote them.

        Whatever the values and the cell do, a run comes back, in the current language. `limits`
        and `known` are those of this run, where they differ from the checker's.
        """
        limits, known = limits or self._limits, known or self._known
        began = time.monotonic()
        plan = {
            "source": cell.source,
            "seed": cell.seed,
            "verified": [encode(verified) for verified in cell.verified],
            "classes": known.told(cell.verified) if known else [],
            "most_characters": limits.most_characters,
            "language": language(),
        }
        with self._lock:
            report, reply = self._ask((json.dumps(plan).encode(), document, blob), limits)
        used = time.monotonic() - began, report["cpu_seconds"]
        ending, classes = _said(reply) if report["ending"] == "exited" else (None, None)
        if known:
            known.keep(classes, cell.verified)
        if ending is None:
            accident = _accident(report["ending"])
            result = accident_result(cell.question, cell.points, accident.value)
            return CheckerRun(_outputs("", result, None), result, accident, *used)
        judged = result_of(cell.question, cell.points, ending)
        outputs = _outputs(ending.printed, judged, ending.shown)
        return CheckerRun(outputs, judged, None, *used, ending.unverified)

    def _ask(
        self, contents: tuple[bytes, bytes, bytes], limits: CheckLimits
    ) -> tuple[dict[str, Any], bytes]:
        """The server's report of one run, and the reply of the child."""
        for _ in range(2):  # A server that is lost says nothing of the cell: once more, then.
            process = self._started()
            with ExitStack() as stack:
                files = [stack.enter_context(_memory_file(content)) for content in (*contents, b"")]
                report = _report(process.control, [file.fileno() for file in files], limits)
                if report is not None:
                    return report, os.pread(files[-1].fileno(), MOST_REPLY_BYTES, 0)
            self._stop()
        return {"ending": "died", "cpu_seconds": 0.0}, b""

    def _started(self) -> CheckerProcess:
        if self._process is None or not self._process.running:
            self._stop()
            started = CheckerProcess(self._bwrap, self._preload, self._mnist)
            started.wait_until_ready(self._limits.start_seconds)
            self._process = started
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


def _report(
    control: socket.socket, descriptors: list[int], limits: CheckLimits
) -> dict[str, Any] | None:
    """What the server says of one run; None when it says nothing."""
    order = {"seconds": limits.seconds, "memory_bytes": limits.memory_bytes}
    control.settimeout(limits.seconds + _GRACE_SECONDS)
    try:
        socket.send_fds(control, [json.dumps(order).encode()], descriptors)
        report = control.recv(4096)
    except OSError:
        return None
    return dict(json.loads(report)) if report else None


def _memory_file(content: bytes) -> IO[bytes]:
    file = os.fdopen(os.memfd_create("check"), "w+b")
    file.write(content)
    file.flush()
    return file


def _said(reply: bytes) -> tuple[Ending | None, Any]:
    """How a child's cell ended, None when it was cut short; and what the child has measured."""
    try:
        said = json.loads(reply)
        return Ending.from_data(said["ending"]), said["classes"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None, None


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
