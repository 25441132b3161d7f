"""What is taken from an archive of submissions, decided before anything is written."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from graders.reports.moodle.refusal import MoodleFileError
from graders.reports.moodle.submission_names import HandedIn, read_name

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_SMALL = 2**20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive, and one submission of it, may hold; sizes in bytes once unpacked."""

    archive_entries: int = 50_000
    archive_bytes: int = 4 * 2**30
    submission_files: int = 500
    submission_bytes: int = 200 * 2**20
    submission_depth: int = 8
    packed_ratio: int = 200


@dataclass(frozen=True, slots=True)
class Submission:
    """One participant's files: where each goes in the submission's folder.

    `refused` says why nothing is taken, and is empty when all of it is.
    """

    participant: int
    name: str
    files: Mapping[PurePosixPath, ZipInfo]
    refused: str

    @property
    def size(self) -> int:
        """Bytes of its files once unpacked, as the archive tells; unpacking never gives more."""
        return sum(entry.file_size for entry in self.files.values())

    @property
    def has_notebook(self) -> bool:
        """Whether a notebook was handed in: else nobody can grade it by machine."""
        return any(path.suffix.lower() == ".ipynb" for path in self.files)


@dataclass(frozen=True, slots=True)
class Archive:
    """Submissions by participant number, and the names of what is no student's file."""

    submissions: tuple[Submission, ...]
    left_out: tuple[str, ...]


def read_archive(entries: Sequence[ZipInfo], bounds: Bounds) -> Archive:
    """What the entries of an archive are.

    Moodle never makes an archive with paths that lead out, links, encrypted or double entries:
    one is refused as a whole. What a student can do, large files, many files, names that become
    the same, costs that student's submission and no other.

    Raises:
        MoodleFileError: the archive is refused.
    """
    _refuse_strange(entries, bounds)
    handed: dict[int, list[tuple[HandedIn, ZipInfo]]] = {}
    left_out: list[str] = []
    for entry in entries:
        found = read_name(_name(entry))
        if entry.is_dir():
            continue
        if found is None:
            left_out.append(_name(entry))
        else:
            handed.setdefault(found.participant, []).append((found, entry))
    if not handed:
        raise MoodleFileError(
            "No submission in this archive, expected names such as "
            "'Full Name_123_assignsubmission_file/…'. In Moodle, open the assignment, then "
            "Submissions, Download all submissions."
        )
    submissions = tuple(_submission(number, handed[number], bounds) for number in sorted(handed))
    total = sum(submission.size for submission in submissions if not submission.refused)
    if total > bounds.archive_bytes:
        raise _refusal(f"{total} bytes, expected {bounds.archive_bytes} at most")
    return Archive(submissions, tuple(left_out))


def _refuse_strange(entries: Sequence[ZipInfo], bounds: Bounds) -> None:
    if len(entries) > bounds.archive_entries:
        raise _refusal(f"{len(entries)} entries, expected {bounds.archive_entries} at most")
    for name, times in Counter(map(_name, entries)).items():
        if times > 1:
            raise _refusal(f"{name[:100]!r} {times} times")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refusal(f"{_name(entry)[:100]!r}, a link or a special file")
        if entry.flag_bits & _ENCRYPTED:
            raise _refusal(f"{_name(entry)[:100]!r}, which is encrypted")
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _refusal(f"{_name(entry)[:100]!r}, packed in a rare way")


def _refusal(what: str) -> MoodleFileError:
    return MoodleFileError(
        f"The archive holds {what}. Moodle makes no such archive: nothing was taken from it."
    )


def _submission(
    number: int, handed: Sequence[tuple[HandedIn, ZipInfo]], bounds: Bounds
) -> Submission:
    files = {PurePosixPath(*found.parts): entry for found, entry in handed}
    refused = _too_much([entry for _, entry in handed], bounds)
    if len(files) < len(handed):
        refused = refused or "two of its files have the same name"
    if any(parent in files for path in files for parent in path.parents):
        refused = refused or "one of its files has the name of one of its folders"
    if any(len(path.parts) > bounds.submission_depth for path in files):
        refused = refused or f"its folders are more than {bounds.submission_depth} deep"
    return Submission(number, handed[0][0].name, files, refused)


def _too_much(entries: Sequence[ZipInfo], bounds: Bounds) -> str:
    sizes = [entry.file_size for entry in entries]
    for entry in entries:
        packed = max(entry.compress_size, 1)
        if entry.file_size > max(_SMALL, bounds.packed_ratio * packed):
            return f"a file unpacks to {entry.file_size // packed} times its size"
    if len(sizes) > bounds.submission_files:
        return f"it has {len(sizes)} files, expected {bounds.submission_files} at most"
    if sum(sizes) > bounds.submission_bytes:
        mebibytes = bounds.submission_bytes // 2**20
        return f"it has {sum(sizes) // 2**20} MiB, expected {mebibytes} at most"
    return ""


def _name(entry: ZipInfo) -> str:
    """An entry's name; old archivers write UTF-8 without saying so."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename
