"""What a group of processes uses, read from /proc by the host: no process is asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
# An empty file costs the kernel about this much, which no file system counts as its size.
_INODE_BYTES = 1536


@dataclass(frozen=True, slots=True)
class Usage:
    """Memory in bytes, processor time in seconds, threads of all processes together."""

    memory_bytes: int = 0
    cpu_seconds: float = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """One line of the process table: resident memory in bytes, processor time in seconds."""

    pid: int
    parent: int
    memory_bytes: int
    cpu_seconds: float
    threads: int
    ended: bool


def read_processes(proc: int) -> tuple[ProcessUsage, ...]:
    """All processes of the /proc directory open as `proc`, save those that end meanwhile."""
    return tuple(_read_all(proc))


def descendants(processes: Iterable[ProcessUsage], root: int) -> tuple[ProcessUsage, ...]:
    """The process `root` and all that descend from it, parents first."""
    children: dict[int, list[ProcessUsage]] = {}
    found: list[ProcessUsage] = []
    for process in processes:
        children.setdefault(process.parent, []).append(process)
        if process.pid == root:
            found.append(process)
    for process in found:
        found.extend(children.get(process.pid, ()))
    return tuple(found)


def total(processes: Iterable[ProcessUsage]) -> Usage:
    """Their sum. Memory that several share is counted once for each: an upper bound."""
    rows = tuple(processes)
    return Usage(
        sum(row.memory_bytes for row in rows),
        sum(row.cpu_seconds for row in rows),
        sum(row.threads for row in rows),
    )


def proportional_memory(proc: int, processes: Iterable[ProcessUsage]) -> int:
    """Bytes in which memory that several processes share is counted once. Slow: milliseconds each.

    Where the system does not tell, the resident memory stands for it.
    """
    return sum(_proportional(proc, process) for process in processes)


def written_bytes(directory: int) -> int:
    """Memory taken by the files of the tmpfs in which `directory` is open, empty files included."""
    status = os.fstatvfs(directory)
    blocks = (status.f_blocks - status.f_bfree) * status.f_frsize
    return blocks + (status.f_files - status.f_ffree) * _INODE_BYTES


def _read_all(proc: int) -> Iterator[ProcessUsage]:
    for name in os.listdir(proc):
        if name.isdigit():
            text = _read(proc, f"{name}/stat")
            if text:
                yield _parse(int(name), text)


def _parse(pid: int, stat: str) -> ProcessUsage:
    # The name of the program is the student's choice and may hold anything, ")" included.
    values = stat.rpartition(")")[2].split()
    # Own time, and that of the children already waited for: no time is lost when a child ends.
    ticks = sum(int(value) for value in values[11:15])
    return ProcessUsage(
        pid=pid,
        parent=int(values[1]),
        memory_bytes=int(values[21]) * _PAGE,
        cpu_seconds=ticks / _TICKS,
        threads=int(values[17]),
        ended=values[0] in {"Z", "X"},
    )


def _proportional(proc: int, process: ProcessUsage) -> int:
    for line in _read(proc, f"{process.pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return process.memory_bytes


def _read(proc: int, path: str) -> str:
    """A file of /proc, or nothing when its process has ended or may not be looked into."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            return os.read(descriptor, 8192).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
