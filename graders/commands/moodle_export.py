"""From the gradebook and nbgrader's `feedback/` to the files that Moodle takes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from graders.commands.moodle_files import read_file, replace_file, roster, told_people
from graders.grading.class_marks import marks_in, penalties_in, waiting
from graders.grading.course import Course
from graders.reports.moodle.csv_table import write_table
from graders.reports.moodle.feedback_archive import Page, write_feedback
from graders.reports.moodle.joining import Asked, join
from graders.reports.moodle.marking import Marking, marking
from graders.reports.moodle.worksheet import Participant, Worksheet, filled, read_worksheet
from graders.reports.standing import FinalMark, final_marks


@dataclass(frozen=True, slots=True)
class ToMoodle:
    """The files of an instructor: the worksheet to fill, who is who, where the results go.

    `filled` may be the worksheet itself, which is then kept beside as `….bak`.
    """

    worksheet: Path
    people: Path | None
    filled: Path
    feedback: Path


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: marks, pages, and who has a mark but no page."""

    marking: Marking
    pages: int
    without_page: tuple[str, ...]


def export_marks(course: Course, assignment: str, files: ToMoodle) -> Exported:
    """Fills the worksheet, and makes the archive of the feedback pages of who gets a mark.

    Without any page, no archive is made.

    Raises:
        CourseError: a file is refused.
        OSError: a file cannot be read or written.
    """
    worksheet = read_file(files.worksheet, read_worksheet)
    people = told_people(files.people)
    asked = [Asked(row.number, row.name, row.email) for row in worksheet.participants]
    joined = join(asked, people, roster(course))
    decided = marking(worksheet.participants, joined, _final_marks(course, assignment))
    pages = {
        number: _pages_of(course, assignment, joined.logins[number]) for number in decided.marked
    }
    _write_worksheet(worksheet, decided, files)
    if any(pages.values()):
        rows = {row.number: row for row in worksheet.participants}
        replace_file(files.feedback, lambda file: write_feedback(_read(rows, pages), file))
    return Exported(
        decided,
        sum(map(len, pages.values())),
        tuple(joined.logins[number] for number, found in pages.items() if not found),
    )


def _final_marks(course: Course, assignment: str) -> tuple[FinalMark, ...]:
    course.require_release(assignment)
    known = [person.login for person in roster(course)]
    with course.gradebook() as gradebook:
        marks, penalties = marks_in(gradebook, assignment), penalties_in(gradebook, assignment)
    return final_marks(marks, waiting(course, assignment, marks), penalties, known)


def _write_worksheet(worksheet: Worksheet, decided: Marking, files: ToMoodle) -> None:
    content = write_table(filled(worksheet, decided.values))
    if files.filled.exists() and files.filled.samefile(files.worksheet):
        shutil.copy2(files.worksheet, f"{files.worksheet}.bak")
    replace_file(files.filled, lambda file: file.write(content))


def _pages_of(course: Course, assignment: str, login: str) -> tuple[Path, ...]:
    folder = course.path("feedback", login, assignment)
    return tuple(sorted(page for page in folder.glob("*.html") if page.is_file()))


def _read(rows: Mapping[int, Participant], pages: Mapping[int, tuple[Path, ...]]) -> Iterator[Page]:
    for number, found in pages.items():
        for page in found:
            yield Page(number, rows[number].name, page.name, page.read_bytes())
