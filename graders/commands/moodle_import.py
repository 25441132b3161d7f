"""From Moodle's archive of submissions to nbgrader's `submitted/`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from graders.commands.moodle_files import read_file, roster, told_people
from graders.commands.moodle_unpacking import opened, unpack
from graders.grading.autograde import aside_of, recover, replace_directory
from graders.grading.batch.course_lock import alone
from graders.grading.course import Course
from graders.reports.moodle.joining import Asked, Joined, Unjoined, join
from graders.reports.moodle.submissions_archive import Archive, Submission
from graders.reports.moodle.worksheet import Participant, read_worksheet


@dataclass(frozen=True, slots=True)
class FromMoodle:
    """The files of an instructor: only the archive is needed.

    The worksheet tells e-mails and dates, which it writes in `zone`; `people` is a CSV of logins.
    """

    archive: Path
    worksheet: Path | None
    people: Path | None
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an archive: logins, but for those who have none; `refused` says why.

    `new` are those of `taken` that nbgrader did not know.
    """

    taken: tuple[str, ...]
    new: tuple[str, ...]
    kept: tuple[str, ...]
    refused: Mapping[str, str]
    unjoined: tuple[Unjoined, ...]
    without_notebook: tuple[str, ...]
    undated: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Submissions of the archive by login: to take, to keep as they are here, refused."""

    taken: Mapping[str, Submission]
    kept: tuple[str, ...]
    refused: Mapping[str, str]


def import_submissions(
    course: Course, assignment: str, files: FromMoodle, *, force: bool
) -> Imported:
    """Puts each submission of the archive in `submitted/<login>/<assignment>/`.

    All are unpacked aside first: an archive that is refused or damaged leaves nothing behind. A
    submission that is already there is kept, unless `force`.

    Raises:
        CourseError: a file is refused, or the course is being graded.
        OSError: a file cannot be read or written.
    """
    sheet = read_file(files.worksheet, read_worksheet) if files.worksheet else None
    participants = {row.number: row for row in sheet.participants} if sheet else {}
    people = told_people(files.people)
    with opened(files.archive) as (archive, found), alone(course), _staging(course) as staging:
        known = roster(course)
        joined = join(_asked(found, participants), people, known)
        sorted_ = _sort(course, assignment, found, joined, force=force)
        undated = []
        for login, submission in sorted_.taken.items():
            row = participants.get(submission.participant)
            date = row.submitted_at(files.zone) if row else None
            unpack(archive, submission, Path(staging) / login, date, files.zone)
            undated += [login] if date is None else []
        for login in sorted_.taken:
            target = course.path("submitted", login, assignment)
            replace_directory(Path(staging) / login, target, aside_of(course, target))
    return Imported(
        taken=tuple(sorted_.taken),
        new=tuple(login for login in sorted_.taken if login not in {p.login for p in known}),
        kept=sorted_.kept,
        refused=sorted_.refused,
        unjoined=joined.unjoined,
        without_notebook=tuple(
            login for login, one in sorted_.taken.items() if not one.has_notebook
        ),
        undated=tuple(undated),
        left_out=found.left_out,
    )


def _staging(course: Course) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="moodle-", dir=course.workspace)


def _asked(archive: Archive, participants: Mapping[int, Participant]) -> list[Asked]:
    rows = {number: (row.name, row.email) for number, row in participants.items()}
    return [
        Asked(one.participant, *rows.get(one.participant, (one.name, "")))
        for one in archive.submissions
    ]


def _sort(
    course: Course, assignment: str, archive: Archive, joined: Joined, *, force: bool
) -> _Sorted:
    taken: dict[str, Submission] = {}
    kept: list[str] = []
    refused: dict[str, str] = {}
    logins = joined.logins
    for submission in sorted(
        (one for one in archive.submissions if one.participant in logins),
        key=lambda one: logins[one.participant],
    ):
        login = logins[submission.participant]
        target = course.path("submitted", login, assignment)
        recover(course, target)
        if submission.refused:
            refused[login] = submission.refused
        elif target.exists() and not force:
            kept.append(login)
        else:
            taken[login] = submission
    return _Sorted(taken, tuple(kept), refused)
