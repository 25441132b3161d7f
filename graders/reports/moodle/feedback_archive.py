"""The archive that Moodle takes under "Upload multiple feedback files in a zip"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from graders.reports.moodle.safe_names import safe_part

# Moodle cuts a folder's name at its underscores: name, participant number, two names of a plugin.
# Before 4.1 it wanted a fifth part, so the name ends with an underscore, which all versions take.
_FOLDER = "{name}_{number}_assignfeedback_file_"
_NOT_IN_A_NAME = re.compile(r"[^\w\- ]|_")
_LONGEST_NAME = 80
_NOBODY = "Participant"
# One date for all: the same pages make the same archive.
_DATE = (1980, 1, 1, 0, 0, 0)
_ORDINARY_FILE = 0o100644


@dataclass(frozen=True, slots=True)
class Page:
    """A feedback page for a participant; `name` may be empty: Moodle only reads the number."""

    participant: int
    name: str
    file_name: str
    content: bytes


def write_feedback(pages: Iterable[Page], target: IO[bytes]) -> None:
    """Writes the archive of these pages; each is read when its turn comes."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for page in pages:
            entry = ZipInfo(page_path(page.participant, page.name, page.file_name), _DATE)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _ORDINARY_FILE << 16
            archive.writestr(entry, page.content)


def page_path(participant: int, name: str, file_name: str) -> str:
    """Where a participant's page stands in the archive.

    Moodle passes over file names that begin with `.` or `~`, and keeps 255 characters of a path.
    """
    plain = _NOT_IN_A_NAME.sub(" ", unicodedata.normalize("NFC", name))
    shown = " ".join(plain.split())[:_LONGEST_NAME].strip() or _NOBODY
    file = safe_part(file_name.lstrip(".~ ") or "feedback.html")
    return f"{_FOLDER.format(name=shown, number=participant)}/{file}"
