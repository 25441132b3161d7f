"""The `graders` command."""

from __future__ import annotations

import logging
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graders.class_run import ClassShown, Place, grade_and_show
from graders.commands.demo import demonstrate
from graders.commands.moodle import moodle
from graders.commands.report import report
from graders.commands.speed import speed
from graders.commands.told import SOME_FAILED, Assignment, CourseFolder, told
from graders.commands.worker import worker
from graders.grading.course import Course
from graders.grading.preflight import verify as verify_assignment
from graders.grading.release import generate_release
from graders.language import speaking
from graders.progress import logged_to

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Release, grade and verify nbgrader assignments; every mark comes with its reason.",
)
app.add_typer(moodle, name="moodle")
app.command(epilog="Example: `graders report tp_keras`")(report)
app.command(epilog="Example: `graders worker tcp://grading.example.org:8786 --gpu 2`")(worker)
app.command(epilog="Example: `graders speed`")(speed)

Students = Annotated[
    list[str] | None, typer.Option("--student", help="Only this student; may be repeated.")
]
Force = Annotated[bool, typer.Option("--force", help="Grade again what was already graded.")]


@app.command(epilog="Example: `graders release tp_keras`")
@told()
def release(assignment: Assignment, course: CourseFolder = Path()) -> None:
    """Make the students' version of an assignment from its source."""
    opened = Course.open(course)
    with _log_of(opened, "release", assignment) as log:
        folder = generate_release(opened, assignment, log)
    Console().print(f"Released in {folder}", highlight=False, soft_wrap=True)


@app.command(epilog="Example: `graders grade tp_keras --student alice --force`")
@told()
def grade(
    assignment: Assignment,
    student: Students = None,
    force: Force = False,
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Run anew what ended in an accident: a time limit, a crash."),
    ] = False,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, tcp://HOST:PORT, for its workers.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes of this machine.")
    ] = None,
    audit: Annotated[
        float, typer.Option(min=0, max=1, help="Share of submissions to run twice and compare.")
    ] = 0,
    plain: Annotated[bool, typer.Option("--plain", help="No live line, for logs.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Problems only.")] = False,
    course: CourseFolder = Path(),
) -> None:
    """Grade the submissions of an assignment, in parallel, and show the marks.

    One submission's failure never stops the others. Exits with 0 when every submission was
    graded, 1 when some could not be or an audit found a difference, 2 when the course itself is
    at fault. Run it again after an interruption: what was finished is kept.
    """
    shown = ClassShown(Console(), plain=plain, quiet=quiet)
    place = Place(scheduler, workers, audit, retry)
    report = grade_and_show(Course.open(course), assignment, student, force, place, shown)
    if not report.sound:
        raise typer.Exit(SOME_FAILED)


@app.command(epilog="Example: `graders verify tp_keras`")
@told()
def verify(assignment: Assignment, course: CourseFolder = Path()) -> None:
    """Check that an assignment is fit to be given: run it before the class does.

    The source's own solution must earn every point, the untouched release none, nothing may
    leak. Takes as long as the solution does.
    """
    console = Console()
    opened = Course.open(course)
    opened.require_source(assignment)
    console.print(f"Verifying {assignment}: this runs the whole solution once.")
    failed = 0
    with (
        tempfile.TemporaryDirectory(prefix="graders-verify-") as folder,
        _log_of(opened, "verify", assignment) as log,
        speaking(opened.language),
    ):
        for verdict in verify_assignment(opened, assignment, Path(folder), log):
            failed += not verdict.holds
            sign = "[green]holds[/]" if verdict.holds else "[bold red]FAILS[/]"
            console.print(f"{sign}  {verdict.question}: {verdict.found}", soft_wrap=True)
    if failed:
        raise typer.Exit(SOME_FAILED)


@app.command(epilog="Example: `graders demo`")
@told()
def demo(
    course: CourseFolder = Path(),
    folder: Annotated[Path, typer.Option(help="Where the demonstration is made.")] = Path(
        "build/demo"
    ),
) -> None:
    """Grade a small sample class on the real MNIST, in a folder of its own."""
    report = demonstrate(Course.open(course), folder, Console())
    if not report.sound:
        raise typer.Exit(SOME_FAILED)


def _log_of(
    course: Course, command: str, assignment: str
) -> AbstractContextManager[logging.Logger]:
    return logged_to(course.workspace / "logs" / f"{command}-{assignment}.log")


if __name__ == "__main__":
    app()
