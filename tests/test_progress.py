from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from rich.console import Console

from graders.grading.autograde import Grading, SubmissionOutcome
from graders.progress import ClassProgress, logged_to, problems_told

GRADED = SubmissionOutcome("alice", Grading.GRADED)
FAILED = SubmissionOutcome("bob", Grading.NOT_GRADABLE, "its notebook is no notebook")


def shown(*, terminal: bool = False, plain: bool = False, quiet: bool = False) -> str:
    """All that a small run writes."""
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120)
    with ClassProgress(console, 2, plain=plain, quiet=quiet) as progress:
        progress.begin(2, 1)
        progress.hear({"event": "started", "student": "alice"})
        progress.hear({"event": "training", "student": "alice", "found": False, "seconds": 61.0})
        progress.hear({"event": "training", "student": "alice", "found": True, "seconds": 61.0})
        for _ in range(2):
            progress.hear({"event": "problem", "text": "The disk\x1b[2J is full."})
        progress.end(GRADED, "2 points by tests")
        progress.end(FAILED, "")
        console.print(progress.summary(), highlight=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_log_has_one_line_for_each_submission_and_each_problem() -> None:
    lines = shown(plain=True).splitlines()
    assert lines[0].startswith(
        "Grading 2 submissions: 2 notebooks and 1 trainings at once on the processor."
    )
    assert lines[1:] == [
        "Problem: The disk\N{REPLACEMENT CHARACTER}[2J is full.",
        "[1/2] alice: graded, 2 points by tests, 0 s",
        "[2/2] bob: not gradable, its notebook is no notebook",
        "2 submissions in 0 s; 2 trainings asked for, 1 run (61 s), 1 found",
    ]


def test_quiet_tells_problems_only() -> None:
    assert shown(quiet=True).splitlines()[:-1] == [
        "Problem: The disk\N{REPLACEMENT CHARACTER}[2J is full.",
        "[2/2] bob: not gradable, its notebook is no notebook",
    ]


def test_a_terminal_is_also_shown_what_is_going_on() -> None:
    assert "0 running, 0 waiting · trainings: 1 run, 1 found" in shown(terminal=True)
    assert "0 running" not in shown(terminal=True, plain=True)


def test_what_the_package_warns_of_is_told_and_logged_but_not_on_stderr(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    path = tmp_path / "logs" / "grade.log"
    with logged_to(path) as log, problems_told(told.append, log):
        logging.getLogger("graders.grading.store").warning("No room for %s.", "a result")
    assert told == ["No room for a result."]
    assert "WARNING No room for a result." in path.read_text()
    assert capfd.readouterr().err == ""
