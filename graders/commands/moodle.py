"""`graders moodle`: submissions in, marks and feedback out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from graders.commands.moodle_export import ToMoodle, export_marks
from graders.commands.moodle_files import the_assignment
from graders.commands.moodle_import import FromMoodle, import_submissions
from graders.commands.told import SOME_FAILED, CourseFolder, told
from graders.grading.course import Course, CourseError
from graders.text import printable

moodle = typer.Typer(
    no_args_is_help=True, help="Take submissions from Moodle, give marks and feedback back to it."
)

Assignment = Annotated[
    str | None, typer.Option("--assignment", help="Its name, if the course has several.")
]
People = Annotated[
    Path | None,
    typer.Option(
        "--students",
        help="A CSV of logins: columns login (or id), and participant, email or both.",
    ),
]


@moodle.command(name="import", epilog="Example: `graders moodle import submissions.zip`")
@told()
def import_(
    archive: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS.zip", help="“Download all submissions”.")
    ],
    assignment: Assignment = None,
    worksheet: Annotated[
        Path | None,
        typer.Option(help="The grading worksheet, for e-mails and times of submission."),
    ] = None,
    students: People = None,
    timezone: Annotated[
        str, typer.Option(help="Of whoever downloaded: Moodle writes times in it.")
    ] = "Europe/Paris",
    force: Annotated[
        bool, typer.Option("--force", help="Replace submissions that are already there.")
    ] = False,
    course: CourseFolder = Path(),
) -> None:
    """Put the submissions of Moodle's archive in submitted/, under nbgrader's logins.

    Participants are joined to logins by their number or e-mail in --students, then by the e-mail
    that the worksheet and nbgrader's students both have. Nothing is guessed: who has no login is
    listed. Exits with 0 when every submission has its place, 1 when some could not be taken, 2
    when a file is refused: nothing is written then.
    """
    opened = Course.open(course)
    named = the_assignment(opened, assignment)
    files = FromMoodle(archive, worksheet, students, _zone(timezone))
    done = import_submissions(opened, named, files, force=force)
    _tell(f"Submissions of {named} put in submitted/: {len(done.taken)}.")
    _tell_all("New to nbgrader, named by --students", done.new)
    _tell_all("Already there, kept (--force replaces them)", done.kept)
    _tell_all("Without a login, not taken", done.unjoined)
    if done.unjoined and worksheet is None:
        _tell("With --worksheet, participants are joined by e-mail too.")
    _tell_all("Not taken", (f"{login}: {reason}" for login, reason in done.refused.items()))
    _tell_all("Without a notebook", done.without_notebook)
    _tell_all("Left out, no student's file", done.left_out)
    _tell_all("Without a time of submission, dated by the archive", done.undated)
    if done.unjoined or done.refused:
        raise typer.Exit(SOME_FAILED)


@moodle.command(epilog="Example: `graders moodle export worksheet.csv`")
@told()
def export(
    worksheet: Annotated[
        Path, typer.Argument(metavar="WORKSHEET.csv", help="“Download grading worksheet”.")
    ],
    assignment: Assignment = None,
    students: People = None,
    to: Annotated[
        Path | None, typer.Option(help="Another file to fill, instead of the worksheet.")
    ] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="Where the pages go: feedback.zip beside the worksheet.")
    ] = None,
    course: CourseFolder = Path(),
) -> None:
    """Fill Moodle's grading worksheet with the marks, and make feedback.zip for it.

    The worksheet stays as Moodle wrote it but for its marks, rescaled to its maximum; the file as
    it was is kept beside as .bak. A mark that waits for a person is left empty, never 0. Exits
    with 0 when every submission has its mark, 1 when some have not, 2 when a file is refused.
    """
    opened = Course.open(course)
    named = the_assignment(opened, assignment)
    target = to or worksheet
    files = ToMoodle(worksheet, students, target, feedback or target.with_name("feedback.zip"))
    done = export_marks(opened, named, files)
    found = done.marking
    _tell(f"Marks of {named} written in {target}: {len(found.marked)}.")
    if done.pages:
        _tell(f"Feedback pages written in {files.feedback}: {done.pages}.")
    elif found.marked:
        _tell(f"No feedback page yet: run nbgrader generate_feedback {named}, then this again.")
    _tell_all("Left without a mark", found.withheld)
    _tell_all("Rows without a login, left as they are", found.unjoined)
    _tell_all("Submissions without a row in the worksheet", found.without_row)
    _tell_all("Absent, left as they are", found.absent)
    if done.pages:
        _tell_all("Marked, without a feedback page", done.without_page)
    if found.withheld or found.without_row:
        raise typer.Exit(SOME_FAILED)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise CourseError(
            f"Received the time zone {name!r}, expected a name such as Europe/Paris."
        ) from None


def _tell_all(heading: str, found: Iterable[object]) -> None:
    lines = [printable(str(one)) for one in found]
    if lines:
        _tell(f"{heading} ({len(lines)}):")
    for line in lines:
        _tell(f"  {line}")


def _tell(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
