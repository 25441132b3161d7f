"""The most memory that one submission takes: its kernel, and the process that judges it."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import psutil

_SECONDS = 0.5
_KERNEL = "ipykernel_launcher"
_CHECKER = "graders.grading.checking.server"


class PeakMemory:
    """Looks at the machine while its block runs; `peak_bytes` is the largest submission's.

    Memory shared with other processes is counted in parts (proportional set size).
    """

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(_SECONDS):
            self.peak_bytes = max(self.peak_bytes, _largest_submission())


def _largest_submission() -> int:
    kernels = [_size(process) for process in _running(_KERNEL)]
    servers = {process.pid for process in _running(_CHECKER) if process.info["name"] != "bwrap"}
    # What judges a test cell was forked from the server, and bears its name.
    judging = [_size(process) for process in _running(_CHECKER) if process.info["ppid"] in servers]
    return max(kernels, default=0) + max(judging, default=0)


def _running(module: str) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline", "name", "ppid"])
        if module in (process.info["cmdline"] or ())
    ]


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0
