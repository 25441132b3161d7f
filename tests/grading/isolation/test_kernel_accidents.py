"""Whatever a cell does, it comes back with an outcome and leaves nothing behind."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from graders.grading.isolation.kernel import Accident, StudentKernel
from graders.grading.isolation.limits import GIB, MIB
from tests.grading.isolation.kernels import LIMITS, error_of, said, student_kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[StudentKernel]:
    """One kernel for all tests that leave it as it was."""
    with student_kernel() as opened:
        opened.execute("import os, signal, sys, threading, time; from IPython.display import *")
        yield opened


def test_a_cell_that_takes_too_long_is_interrupted(kernel: StudentKernel) -> None:
    run = kernel.run_silently("while True: pass", seconds=0.5)
    assert run.accident is Accident.TIME_LIMIT
    assert error_of(run) == "KeyboardInterrupt"
    assert 0.4 < run.wall_seconds < 3
    assert run.cpu_seconds > 0.05
    assert said(kernel.execute("1 + 1")) == "2"


def test_commands_of_an_interrupted_cell_stop_too(kernel: StudentKernel) -> None:
    run = kernel.run_silently("import subprocess; subprocess.run(['sleep', '600'])", seconds=0.5)
    assert run.accident is Accident.TIME_LIMIT
    assert kernel.alive


@pytest.mark.parametrize(
    "flood",
    [
        "while True: print('x' * 1000)",
        "while True: display({'text/plain': 'x' * 50_000}, raw=True)",
        "import os\nwhile True: os.write(1, b'x' * 100_000)",
    ],
)
def test_endless_output_stops_the_cell(flood: str) -> None:
    limits = replace(LIMITS, memory_bytes=4 * GIB, flood_bytes=4 * MIB, interrupt_seconds=20)
    with student_kernel(limits) as kernel:
        run = kernel.execute(flood)
        assert run.accident is Accident.OUTPUT_LIMIT
        assert "sortie tronquée" in said(run)
        assert len(said(run)) < 2 * MIB
        assert said(kernel.execute("print(1 + 1)")).endswith("2\n")


def test_gigabytes_of_output_do_not_reach_the_host() -> None:
    with student_kernel(replace(LIMITS, memory_bytes=2 * GIB, cell_seconds=60)) as kernel:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        run = kernel.execute("while True: print('x' * 10_000_000)")
        # A kernel keeps in memory what it has not sent yet: which limit comes first is a race.
        assert run.accident in {Accident.OUTPUT_LIMIT, Accident.OUT_OF_MEMORY}
        assert len(said(run)) < 2 * MIB
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize(
    "deaf",
    [
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import signal; signal.signal(signal.SIGINT, lambda *_: None)\nwhile True: pass",
    ],
)
def test_a_cell_that_ignores_interrupts_is_killed(deaf: str) -> None:
    with student_kernel(replace(LIMITS, cell_seconds=2, interrupt_seconds=0.5)) as kernel:
        run = kernel.execute("print('before')\n" + deaf)
        assert run.accident is Accident.TIME_LIMIT
        assert said(run) == "before\n"
        assert not kernel.alive
        assert kernel.execute("1").accident is Accident.KERNEL_DIED


@pytest.mark.parametrize(
    "end",
    [
        "os._exit(0)",
        "os.kill(os.getpid(), 9)",
        "os.kill(-1, 9)",
        "os.system('kill -9 -1')",
        "os.abort()",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_a_kernel_that_ends_is_reported_with_what_it_said(end: str) -> None:
    with student_kernel() as kernel:
        run = kernel.execute(f"import os, time; print('before', flush=True); time.sleep(1)\n{end}")
        assert run.accident is Accident.KERNEL_DIED
        assert said(run) == "before\n"
        assert kernel.execute("1").accident is Accident.KERNEL_DIED
        assert kernel.fate is Accident.KERNEL_DIED


def test_a_kernel_told_to_exit_ends_after_its_cell() -> None:
    with student_kernel() as kernel:
        assert kernel.execute("print(1); exit()").accident is None
        time.sleep(0.3)
        assert kernel.execute("1").accident is Accident.KERNEL_DIED


def test_too_much_memory_is_refused_and_the_kernel_lives(kernel: StudentKernel) -> None:
    run = kernel.execute("bytearray(2 * 2**30)")
    assert error_of(run) == "MemoryError"
    assert kernel.alive


@pytest.mark.parametrize(
    "hoard",
    [
        # Each process is within its limit, all together are not.
        "for _ in range(3):\n  if not os.fork():\n    x = b'x' * (150 * 2**20); time.sleep(60)",
        "import mmap; m = mmap.mmap(-1, 2**30)\nfor _ in range(512): m.write(bytes(2**20))",
        "for i in range(10**6): os.mknod(f'/tmp/{i}')",
    ],
)
def test_memory_of_all_processes_together_is_limited(hoard: str) -> None:
    with student_kernel(replace(LIMITS, memory_bytes=300 * MIB, writable_bytes=2**30)) as kernel:
        run = kernel.execute(f"import os, time\n{hoard}\ntime.sleep(60)")
        assert run.accident is Accident.OUT_OF_MEMORY
        assert not kernel.alive


def test_memory_that_forks_share_is_counted_once() -> None:
    with student_kernel(replace(LIMITS, memory_bytes=500 * MIB)) as kernel:
        run = kernel.execute(
            "import os, time\nx = b'x' * (200 * 2**20)\n"
            "for _ in range(2):\n    if not os.fork(): time.sleep(1); os._exit(0)\n"
            "os.wait(); os.wait(); print('alive')"
        )
        assert run.accident is None
        assert said(run) == "alive\n"


@pytest.mark.parametrize(
    "bomb",
    [
        "while True: os.fork()",
        "import threading\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()",
        "import subprocess; subprocess.run(['bash', '-c', 'f(){ f|f& }; f']); time.sleep(60)",
    ],
)
def test_a_bomb_of_processes_is_defused(bomb: str) -> None:
    with student_kernel() as kernel:
        run = kernel.execute(f"import os, time\n{bomb}")
        assert run.accident is Accident.PROCESS_LIMIT
        assert not kernel.alive


def test_daemons_end_with_their_kernel() -> None:
    with student_kernel() as kernel:
        run = kernel.execute(
            "import os, time\n"
            "if not os.fork():\n"
            "    os.setsid()\n"
            "    if os.fork(): os._exit(0)\n"
            "    while True: time.sleep(1)\n"
            "os.wait()\n"
            "print(len([p for p in os.listdir('/proc') if p.isdigit()]))"
        )
        assert int(said(run)) >= 4


def test_a_notebook_has_a_time_limit_of_its_own() -> None:
    with student_kernel(replace(LIMITS, notebook_seconds=1)) as kernel:
        run = kernel.execute("while True: pass")
        assert run.accident is Accident.NOTEBOOK_TIME_LIMIT
        assert error_of(run) == "KeyboardInterrupt"
        assert kernel.execute("1").accident is Accident.NOTEBOOK_TIME_LIMIT
        # What was computed before can still be asked for.
        assert kernel.run_silently("open('/shared/x', 'w').close()").accident is None


def test_processor_time_is_limited_by_cell_and_by_notebook() -> None:
    with student_kernel(replace(LIMITS, cell_cpu_seconds=1)) as kernel:
        assert kernel.execute("while True: pass").accident is Accident.CPU_LIMIT
        assert kernel.alive
    with student_kernel(replace(LIMITS, notebook_cpu_seconds=4)) as kernel:
        assert kernel.execute("while True: pass").accident is Accident.NOTEBOOK_CPU_LIMIT
        assert not kernel.alive
