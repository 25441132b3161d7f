"""What the tests of student kernels share: a kernel, its words, and a look at what it leaves."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graders.grading.isolation.confinement import Isolation
from graders.grading.isolation.kernel import CellRun, StudentKernel
from graders.grading.isolation.limits import MIB, Limits
from graders.grading.isolation.sandbox import Sandbox, SandboxUnavailable, find_sandbox

LIMITS = Limits(
    memory_bytes=1024 * MIB,
    writable_bytes=32 * MIB,
    shared_bytes=32 * MIB,
    file_bytes=64 * MIB,
    processes=60,
    cell_seconds=20,
    interrupt_seconds=1,
)


@functools.cache
def sandbox() -> Sandbox:
    """The sandbox of this machine, or a test that says why it is skipped."""
    try:
        return find_sandbox()
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@contextmanager
def student_kernel(
    limits: Limits = LIMITS, where: Isolation | None = None
) -> Iterator[StudentKernel]:
    """A kernel, after which no process of its namespace and no descriptor of ours may be left."""
    isolation = where or sandbox()
    before = descriptors()
    with StudentKernel(isolation, limits) as kernel:
        namespace = said(kernel.execute("import os; print(os.readlink('/proc/self/ns/pid'))"))
        yield kernel
    assert survivors(namespace.strip()) == []
    assert descriptors() == before


def said(run: CellRun) -> str:
    """All text of a cell's outputs, errors included."""
    return "".join(_text(output) for output in run.outputs)


def error_of(run: CellRun) -> str | None:
    """The type of the error that ended the cell, if one did."""
    names = [output["ename"] for output in run.outputs if output["output_type"] == "error"]
    return str(names[-1]) if names else None


def descriptors() -> list[str]:
    """What this process holds open, but for the passing looks of a watch at /proc."""
    links = (_link(path) for path in Path("/proc/self/fd").iterdir())
    return sorted(link for link in links if link and not link.startswith("/proc"))


def survivors(namespace: str) -> list[str]:
    """Processes of the host that live in a pid namespace other than this one's own."""
    if namespace == _link(Path("/proc/self/ns/pid")):
        return []
    return [
        path.name
        for path in Path("/proc").glob("[0-9]*")
        if _link(path / "ns" / "pid") == namespace and not has_ended(path)
    ]


def has_ended(process: Path) -> bool:
    """Whether a process, given as its directory in /proc, is no more, or but a number."""
    try:
        stat = (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] in {"Z", "X"}


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _text(output: dict[str, object]) -> str:
    match output:
        case {"text": str(text)}:
            return text
        case {"data": {"text/plain": str(text)}}:
            return text
        case {"ename": str(name), "evalue": str(value)}:
            return f"{name}: {value}"
    return ""
