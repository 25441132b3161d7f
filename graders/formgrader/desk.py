"""`graders grade`, run for a page: one run after another, each in a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graders.commands.told import SOME_FAILED

_GRADE = (sys.executable, "-m", "graders.cli", "grade")
_COUNTED = re.compile(r"\[(\d+)/(\d+)\] ")
_COLUMNS = "110"
_LINE_BYTES = 2**20
_LINES = 5000


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, and what it said."""

    code: int
    lines: tuple[str, ...]

    @property
    def finished(self) -> bool:
        """Whether it went through, though some submissions may not be gradable."""
        return self.code in {0, SOME_FAILED}


@dataclass
class ClassRun:
    """A class being graded, as the page shows it."""

    assignment: str
    lines: list[str] = field(default_factory=list)
    code: int | None = None

    def hear(self, line: str) -> None:
        """One more line of what the run says; the last few thousand are kept."""
        self.lines.append(line)
        del self.lines[:-_LINES]

    @property
    def counted(self) -> tuple[int, int]:
        """Submissions done, and how many there are; (0, 0) before the first."""
        found = [match for match in map(_COUNTED.match, self.lines) if match]
        return (int(found[-1][1]), int(found[-1][2])) if found else (0, 0)


class GradingDesk:
    """Grades for whoever asks, in the order in which they asked.

    A gradebook has one writer: two runs at once would refuse each other. A run goes on when the
    page is closed, and when the server that started it ends.
    """

    def __init__(self, command: Sequence[str] = _GRADE) -> None:
        self._command = tuple(command)
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._class: ClassRun | None = None

    async def grade_one(self, course: Path, assignment: str, student: str) -> Ended:
        """Grades a submission, even if it was graded before; waits for runs that asked earlier."""
        lines: list[str] = []
        async with self._turn:
            options = ("--force", f"--student={student}")
            return Ended(await self._run(course, assignment, options, lines.append), tuple(lines))

    def grade_class(self, course: Path, assignment: str, *, force: bool) -> ClassRun | None:
        """Starts to grade a class; None if one is being graded."""
        if self._class is not None and self._class.code is None:
            return None
        self._class = run = ClassRun(assignment)
        task = asyncio.get_running_loop().create_task(self._grade_class(course, run, force))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return run

    def class_run(self, assignment: str) -> ClassRun | None:
        """The latest run of this assignment's class, if it was the latest of all."""
        run = self._class
        return run if run is not None and run.assignment == assignment else None

    async def _grade_class(self, course: Path, run: ClassRun, force: bool) -> None:
        async with self._turn:
            run.code = await self._run(
                course, run.assignment, ("--force",) if force else (), run.hear
            )

    async def _run(
        self, course: Path, assignment: str, options: Sequence[str], hear: Callable[[str], object]
    ) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            f"--course={course}",
            "--plain",
            *options,
            "--",
            assignment,
            cwd=course,
            env={**os.environ, "COLUMNS": _COLUMNS, "NO_COLOR": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            limit=_LINE_BYTES,
            start_new_session=True,
        )
        assert process.stdout is not None
        async for line in process.stdout:
            hear(line.decode(errors="replace").rstrip())
        return await process.wait()
