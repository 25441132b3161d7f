"""Showing a class being graded: a live line on a terminal, one plain line a submission in a log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from graders.grading.autograde import Grading, SubmissionOutcome
from graders.text import printable


class ClassProgress:
    """Follows the grading of a class; a context manager.

    On a terminal it is a live line; elsewhere, and with `plain`, one line for each submission;
    with `quiet`, problems only. A problem is told as it happens, and once.
    """

    def __init__(
        self, console: Console, total: int, *, plain: bool = False, quiet: bool = False
    ) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[now]}", style="dim"),
            console=console,
            transient=True,
            disable=plain or quiet or not console.is_terminal,
        )
        self._task = self._progress.add_task("grading", total=total, now="")
        self._total = total
        self._quiet = quiet
        self._lock = threading.Lock()
        self._running: dict[str, float] = {}
        self._problems: set[str] = set()
        self._done = 0
        self.trainings = {"asked": 0, "found": 0}
        self.training_seconds = 0.0
        self._began = monotonic()

    def __enter__(self) -> ClassProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, notebooks: int, trainings: int, gpus: int = 0) -> None:
        """Workers are there, for so many notebooks and trainings at once, `gpus` of them on one."""
        if not self._quiet:
            where = f", {gpus} of them on a GPU" if gpus else " on the processor"
            self._say(
                f"Grading {self._total} submissions: {notebooks} notebooks and {trainings} "
                f"trainings at once{where if trainings else ''}. The first ones take longer: "
                "TensorFlow is loaded."
            )

    def hear(self, event: dict[str, Any]) -> None:
        """What a worker says, from any thread: a notebook started, a training was served."""
        if event["event"] == "problem":
            self.problem(event["text"])
            return
        with self._lock:
            if event["event"] == "started":
                self._running.setdefault(event["student"], monotonic())
            else:
                self.trainings["asked"] += 1
                self.trainings["found"] += bool(event["found"])
                self.training_seconds += 0 if event["found"] else event["seconds"]
            self._progress.update(self._task, now=self._now())

    def hear_problems(self, event: dict[str, Any]) -> None:
        """Of what a worker says, only what goes wrong: these submissions have ended already."""
        if event["event"] == "problem":
            self.hear(event)

    def problem(self, text: str) -> None:
        """Something went wrong, for one submission or for all; called from any thread."""
        with self._lock:
            known = text in self._problems
            self._problems.add(text)
        if not known:
            self._say(f"Problem: {printable(text)}")

    def end(self, outcome: SubmissionOutcome, shown: str) -> None:
        """A submission ended; `shown` says with what mark."""
        with self._lock:
            self._done += 1
            began = self._running.pop(outcome.student, None)
            self._progress.update(self._task, completed=self._done, now=self._now())
        seconds = "" if began is None else f"{monotonic() - began:.0f} s"
        line = f"[{self._done}/{self._total}] {outcome.student}: {outcome.grading}"
        if not self._quiet or outcome.grading is Grading.NOT_GRADABLE:
            self._say(", ".join([line, *filter(None, [shown, outcome.reason, seconds])]))

    def _say(self, line: str) -> None:
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def summary(self) -> str:
        """Where the time went, in one line."""
        asked, found = self.trainings["asked"], self.trainings["found"]
        return (
            f"{self._done} submissions in {monotonic() - self._began:.0f} s; "
            f"{asked} trainings asked for, {asked - found} run "
            f"({self.training_seconds:.0f} s), {found} found"
        )

    def _now(self) -> str:
        waiting = self._total - self._done - len(self._running)
        trainings = self.trainings["asked"] - self.trainings["found"]
        return (
            f"{len(self._running)} running, {waiting} waiting · trainings: {trainings} run, "
            f"{self.trainings['found']} found"
        )


class _Printable(logging.Formatter):
    """Names of students' files stand in the log: none may speak to the terminal that shows it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line or several, without control characters."""
        text = super().format(record)
        return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


class _Telling(logging.Handler):
    def __init__(self, tell: Callable[[str], object], log: logging.Logger) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.handle(record)
        self._tell(record.getMessage())


@contextmanager
def problems_told(tell: Callable[[str], object], log: logging.Logger) -> Iterator[None]:
    """While the block runs, what this package warns of is told and logged, not sent to stderr."""
    package, telling = logging.getLogger("graders"), _Telling(tell, log)
    package.addHandler(telling)
    package.propagate = False
    try:
        yield
    finally:
        package.propagate = True
        package.removeHandler(telling)


class _LogFile(logging.FileHandler):
    """A log that a full disk keeps from being written, and that does not complain of it itself."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nothing: what matters is told by the run."""


@contextmanager
def logged_to(path: Path) -> Iterator[logging.Logger]:
    """A logger that writes everything to a file, for nbgrader says much."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.Logger(f"graders.{path.stem}", logging.INFO)
    file = _LogFile(path, encoding="utf-8")
    file.setFormatter(_Printable("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(file)
    try:
        yield logger
    finally:
        with suppress(OSError):
            file.close()
