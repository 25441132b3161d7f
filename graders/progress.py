"""Showing a class being graded: a live line on a terminal, one plain line a submission in a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from graders.grading.autograde import SubmissionOutcome


class ClassProgress(logging.Handler):
    """Follows the grading of a class; as a log handler, it learns which cell is running."""

    def __init__(self, console: Console, total: int) -> None:
        super().__init__(logging.INFO)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[cell]}", style="dim"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("grading", total=total, cell="")
        self._total = total
        self._done = 0
        self._student = ""
        self._begun = monotonic()

    def __enter__(self) -> ClassProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, student: str) -> None:
        """A submission starts."""
        self._student, self._begun = student, monotonic()
        self._progress.update(self._task, description=student)

    def end(self, outcome: SubmissionOutcome, shown: str) -> None:
        """A submission ended; `shown` says with what mark."""
        self._done += 1
        self._progress.advance(self._task)
        line = f"[{self._done}/{self._total}] {outcome.student}: {outcome.grading}"
        details = [shown, outcome.reason, f"{monotonic() - self._begun:.0f} s"]
        self._progress.console.print(
            ", ".join([line, *filter(None, details)]), markup=False, highlight=False
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Shows the cell that is running."""
        if isinstance(record.msg, str) and record.msg.startswith("Executing cell"):
            self._progress.update(self._task, cell=record.getMessage())


@contextmanager
def logged_to(path: Path, *handlers: logging.Handler) -> Iterator[logging.Logger]:
    """A logger that writes everything to a file, for nbgrader says much, and to `handlers`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.Logger(f"graders.{path.stem}", logging.INFO)
    file = logging.FileHandler(path, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for handler in (file, *handlers):
        logger.addHandler(handler)
    try:
        yield logger
    finally:
        file.close()
