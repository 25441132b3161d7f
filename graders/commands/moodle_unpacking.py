"""Opening an archive of submissions and unpacking one, with nothing of a damaged one kept."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from graders.grading.course import CourseError
from graders.reports.moodle.dates import nbgrader_timestamp
from graders.reports.moodle.refusal import MoodleFileError
from graders.reports.moodle.submissions_archive import Archive, Bounds, Submission, read_archive


@contextmanager
def opened(path: Path) -> Iterator[tuple[ZipFile, Archive]]:
    """An archive and what it holds, checked against its bounds.

    Raises:
        CourseError: it is refused, or turns out damaged while it is open.
        OSError: it cannot be read.
    """
    try:
        with ZipFile(path) as archive:
            yield archive, read_archive(archive.infolist(), Bounds())
    except MoodleFileError as error:
        raise CourseError(f"{path}: {error}") from error
    except (BadZipFile, zlib.error, EOFError, UnicodeDecodeError, NotImplementedError) as error:
        # All that a damaged archive raises, in reading its list of files or in unpacking one.
        raise CourseError(
            f"{path} is no archive, or a damaged one ({error}). Download it again: nothing was "
            "taken from it."
        ) from error


def unpack(
    archive: ZipFile, submission: Submission, folder: Path, date: datetime | None, zone: tzinfo
) -> None:
    """Writes a submission's files in a new folder, and when it was handed in if that is known.

    Without a `date`, files keep the one they have in the archive, read in `zone`: nbgrader's
    submission is then dated by its notebook.
    """
    folder.mkdir()
    for path, entry in submission.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # What is read never exceeds the size that the archive declares, and its bounds hold.
        with archive.open(entry) as packed, target.open("xb") as file:
            shutil.copyfileobj(packed, file)
        if (moment := _packed_at(entry, zone)) is not None:
            os.utime(target, (moment, moment))
    if date is not None:
        (folder / "timestamp.txt").write_text(nbgrader_timestamp(date), encoding="ascii")


def _packed_at(entry: ZipInfo, zone: tzinfo) -> float | None:
    try:
        return datetime(*entry.date_time, tzinfo=zone).timestamp()
    except ValueError:
        return None
