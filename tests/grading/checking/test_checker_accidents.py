"""Whatever happens to a test cell, the mark is left open and the checker well."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from graders.grading.checking.checker import (
    CheckAccident,
    Checker,
    CheckerError,
    CheckLimits,
)
from graders.grading.checking.process import CheckerProcess
from graders.rubric import Outcome
from tests.grading.checking.checked import (
    bwrap,
    run,
    said,
    shown,
)


@pytest.mark.parametrize(
    ("source", "limits", "accident"),
    [
        ("while True: pass", CheckLimits(seconds=1), CheckAccident.TIME_LIMIT),
        (
            "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)",
            CheckLimits(seconds=1),
            CheckAccident.TIME_LIMIT,
        ),
        (
            "import numpy, time\na = numpy.ones(2**28)\ntime.sleep(60)",
            CheckLimits(memory_bytes=2**30),
            CheckAccident.MEMORY_LIMIT,
        ),
        ("import os\nos._exit(0)", None, CheckAccident.DIED),
        ("import os\nos.kill(os.getpid(), 11)", None, CheckAccident.DIED),
        ("import os, sys\nos.closerange(3, 100)", None, CheckAccident.DIED),
    ],
    ids=["endless", "deaf", "memory", "exit", "segmentation fault", "closed descriptors"],
)
def test_an_accident_leaves_the_mark_open_and_the_checker_well(
    checker: Checker, source: str, limits: CheckLimits | None, accident: CheckAccident
) -> None:
    done = run(checker, source, limits=limits)
    assert done.accident is accident
    assert said(done)[0] is Outcome.COULD_NOT_GRADE
    assert shown(run(checker, "1 + 1")) == "2"


def test_nothing_of_a_run_is_there_in_the_next(checker: Checker) -> None:
    spoil = "import builtins, graders.rubric\nbuiltins.len = None\ngraders.rubric.Result = None"
    run(checker, spoil)
    assert shown(run(checker, "len(n)", {"n": [1]})) == "1"


def test_a_run_is_repeatable(checker: Checker) -> None:
    source = "import random\n(random.random(), np.random.rand(), float(keras.random.normal(())))"
    first = run(checker, source)
    assert shown(run(checker, source)) == shown(first)


@pytest.mark.skipif(bwrap() is None, reason="no sandbox can be started on this machine")
def test_a_test_cell_reaches_no_network_and_no_writable_file(
    checker: Checker, tmp_path: Path
) -> None:
    source = f"""
import socket
def refused(work):
    try:
        work()
    except OSError as error:
        return error.strerror
places = ["/tmp/x", "/x", {str(tmp_path / "x")!r}, {str(Path(__file__).parent / "x")!r}]
[refused(lambda: open(place, "w")) for place in places], refused(
    lambda: socket.create_connection(("192.0.2.1", 80), 2)
)
"""
    files, network = eval(shown(run(checker, source)))
    assert files == ["Read-only file system"] * 4
    assert network == "Network is unreachable"
    assert not list(tmp_path.iterdir())


def kill(checker: Checker) -> None:
    assert checker._process is not None
    for pid in reversed(checker._process.pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_server_lost_during_a_run_costs_the_cell_nothing(checker: Checker) -> None:
    threading.Timer(1, kill, [checker]).start()
    assert shown(run(checker, "import time\ntime.sleep(2)\n1 + 1")) == "2"


def test_no_process_is_left_behind_even_of_one_that_does_not_listen() -> None:
    process = CheckerProcess(bwrap(), (), None)
    time.sleep(0.5)
    pids = process.pids
    process.end()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_server_that_cannot_start_says_why() -> None:
    with (
        pytest.raises(CheckerError, match=r"No module named 'graders\.nothing'"),
        Checker(None, preload=("graders.nothing",)),
    ):
        pass
