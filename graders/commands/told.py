"""What every command shares: its arguments, and how it ends when the course is at fault."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import SAWarning

from graders.grading.batch.unavailable import ClusterUnavailable
from graders.grading.course import CourseError
from graders.grading.isolation.sandbox import SandboxUnavailable

SOME_FAILED, COURSE_ERROR, INTERRUPTED = 1, 2, 130

Assignment = Annotated[str, typer.Argument(help="Name of the assignment, such as tp_keras.")]
CourseFolder = Annotated[
    Path, typer.Option("--course", help="Folder that holds nbgrader_config.py.")
]


@contextmanager
def told() -> Iterator[None]:
    """Tells a problem of the course in one line on stderr, and ends with its exit code.

    So it does when it is interrupted, by Ctrl-C or by SIGTERM.
    """
    # About nbgrader's own tables, and not for an operator.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    try:
        with _ended_as_by_ctrl_c():
            yield
    except (CourseError, ClusterUnavailable, SandboxUnavailable) as error:
        _end(str(error), COURSE_ERROR)
    except OSError as error:
        # A full disk, a folder that may not be written: the operator's to mend.
        _end(": ".join(filter(None, (error.strerror or str(error), error.filename))), COURSE_ERROR)
    except KeyboardInterrupt:
        _end("interrupted; marks already saved are kept.", INTERRUPTED)


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Takes the SIGTERM of a service manager or a pod's end like Ctrl-C: all is put away first."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(message: str, code: int) -> NoReturn:
    Console(stderr=True).print(f"graders: {message}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)
