"""Files pass between host and student kernel, and no trap catches the host."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from graders.grading.isolation.exchange import SharedFileError
from graders.grading.isolation.kernel import StudentKernel
from graders.grading.isolation.watch import Accident
from tests.grading.isolation.kernels import LIMITS, said, sandbox, student_kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[StudentKernel]:
    """One kernel for all tests that leave it as it was."""
    with student_kernel() as opened:
        opened.execute("import os, signal, sys, threading, time; from IPython.display import *")
        yield opened


def test_files_pass_both_ways(kernel: StudentKernel) -> None:
    place = kernel.shared_directory
    kernel.run_silently(f"open('{place}/out', 'wb').write(b'abc')")
    assert kernel.read_shared_file("out", 3) == b"abc"
    kernel.run_silently(f"os.symlink('/etc/passwd', '{place}/in')")
    kernel.shared.write("in", b"of the host")
    assert said(kernel.execute(f"print(open('{place}/in').read())")) == "of the host\n"


@pytest.mark.parametrize(
    ("trap", "complaint"),
    [
        ("os.symlink('/etc/passwd', path)", "could not be opened"),
        ("os.symlink('/proc/self/environ', path)", "could not be opened"),
        ("os.mkfifo(path)", "regular file"),
        ("os.mkdir(path)", "regular file"),
        ("import socket; socket.socket(socket.AF_UNIX).bind(path)", "could not be opened"),
        ("open(path, 'wb').truncate(30 * 2**20)", "at most 1000 bytes"),
        ("open(path, 'wb').close(); os.chmod(path, 0)", None),
        ("pass", "could not be opened"),
    ],
)
def test_traps_in_the_shared_directory_do_not_catch_the_host(
    kernel: StudentKernel, trap: str, complaint: str | None
) -> None:
    kernel.run_silently(f"path = '{kernel.shared_directory}/trap'\n{trap}")
    began = time.monotonic()
    try:
        if complaint is None:
            kernel.read_shared_file("trap", 1000)
        else:
            with pytest.raises(SharedFileError, match=complaint):
                kernel.read_shared_file("trap", 1000)
    finally:
        assert time.monotonic() - began < 2
        kernel.run_silently("os.rmdir(path) if os.path.isdir(path) else os.unlink(path)")


def test_only_plain_names_are_read(kernel: StudentKernel) -> None:
    for name in ("../etc/passwd", "/etc/passwd", "..", ".", "", "a\0b"):
        with pytest.raises(SharedFileError, match="plain file name"):
            kernel.read_shared_file(name, 1000)


def test_a_full_shared_directory_is_an_error_of_its_own(kernel: StudentKernel) -> None:
    with pytest.raises(SharedFileError, match="could not be written"):
        kernel.shared.write("big", bytes(LIMITS.shared_bytes + 1))
    kernel.shared.write("big", b"")


def test_what_was_written_outlives_the_kernel() -> None:
    with student_kernel() as kernel:
        kernel.execute("open('/shared/x', 'w').write('kept'); import os; os._exit(1)")
        assert kernel.read_shared_file("x", 100) == b"kept"


def test_the_host_works_for_a_cell_off_its_clock() -> None:
    def attend(kernel: StudentKernel) -> bool:
        try:
            question = kernel.read_shared_file("question", 100)
        except SharedFileError:
            return False
        time.sleep(4)
        kernel.shared.remove("question")
        kernel.shared.write("answer", question * 2)
        return False

    cell = (
        "import os, time\nopen('/shared/q', 'w').write('ab')\n"
        "os.rename('/shared/q', '/shared/question')\n"
        "while not os.path.exists('/shared/answer'): time.sleep(.02)\n"
        "print(open('/shared/answer').read())"
    )
    with StudentKernel(sandbox(), replace(LIMITS, cell_seconds=3), attend) as kernel:
        run = kernel.execute(cell)
    assert said(run) == "abab\n"
    assert run.accident is None
    assert run.wall_seconds < 3


def test_the_clock_stands_still_while_the_host_is_at_work_between_two_calls() -> None:
    # At work from half a second after the first call until four seconds after it.
    first: float | None = None

    def attend(_: StudentKernel) -> bool:
        nonlocal first
        first = first or time.monotonic()
        return 0.5 < time.monotonic() - first < 4

    with StudentKernel(sandbox(), replace(LIMITS, cell_seconds=3), attend) as kernel:
        run = kernel.execute("import time; time.sleep(4.5)")
        assert run.accident is None
        assert 0.5 < run.wall_seconds < 3
        run = kernel.execute("import time; time.sleep(4.5)")
    assert run.accident is Accident.TIME_LIMIT
