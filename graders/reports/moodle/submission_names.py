"""The names that Moodle gives to what students handed in, in the archive of an assignment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graders.reports.moodle.refusal import MoodleFileError
from graders.reports.moodle.safe_names import safe_part

# `Full Name_123_assignsubmission_file` (since 4.1) or with a trailing `_` (before) is a folder;
# with a name after the `_`, the file itself: "download in folders" is off.
_OWNER = re.compile(
    r"(?P<name>.*?)_(?P<number>\d{1,18})_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?",
    re.DOTALL | re.ASCII,
)
_FILES = "file"
_DRIVE = re.compile(r"[A-Za-z]:")
_OF_SYSTEMS = ("__macosx", "thumbs.db", "desktop.ini")
# It would date the submission as the student likes.
_OF_NBGRADER = "timestamp.txt"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file of a submission: whose it is, and its path inside the submission."""

    participant: int
    name: str
    parts: tuple[str, ...]


def read_name(entry: str) -> HandedIn | None:
    """What a file's path in the archive says; None when it is no file that a student handed in.

    As Moodle's own import does, takes the first part of the path that names a participant: an
    archive that was unpacked and packed again, with a folder around, is read too.

    Raises:
        MoodleFileError: the path leads out of the archive.
    """
    parts = _parts(entry)
    for position, part in enumerate(parts):
        owner = _OWNER.fullmatch(part)
        if owner is None:
            continue
        within = [name for name in (owner["rest"], *parts[position + 1 :]) if name]
        around = any(_of_a_system(name) for name in parts[:position])
        if owner["kind"] != _FILES or not within or around or _left_out(within):
            return None
        return HandedIn(int(owner["number"]), owner["name"], tuple(map(safe_part, within)))
    return None


def _parts(entry: str) -> tuple[str, ...]:
    path = entry.replace("\\", "/")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts:
        raise MoodleFileError(
            f"The archive holds {entry[:100]!r}, a path that leads out of it. Moodle makes no "
            "such archive: nothing was taken from it."
        )
    return parts


def _left_out(within: list[str]) -> bool:
    return any(map(_of_a_system, within)) or within[0].casefold() == _OF_NBGRADER


def _of_a_system(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _OF_SYSTEMS
