"""`.original/`: what a submission's folder keeps of how it was handed in, and what we wrote."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.grading.repair.mends import Mend, mends_from_data, mends_to_data

ASIDE = ".original"
"""nbgrader's configuration must ignore this name, or its content is copied for grading."""

_RECORD = "record.json"
_LARGEST_RECORD = 2**20
_SLASH = "\N{DIVISION SLASH}"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A file that we wrote into a submission; `copied` is the file it copies, if it does."""

    name: str
    copied: str | None = None


def is_regular(path: Path) -> bool:
    """Whether a path is a file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def set_aside(folder: Path, path: Path) -> None:
    """Moves a file or a link of the submission into `.original/`, beside what is there.

    Its name there tells where it was, without folders: one of them might be a student's link.
    """
    aside = _aside(folder)
    if path != aside:
        path.rename(_free(aside, _SLASH.join(path.relative_to(folder).parts)))


def handed_in_as(folder: Path, path: Path) -> str:
    """The name in the submission of what may have been set aside since."""
    return str(path.relative_to(folder)).removeprefix(f"{ASIDE}/").replace(_SLASH, "/")


def write_record(folder: Path, mends: Iterable[Mend], written: Iterable[Written]) -> None:
    """Keeps what was mended, where `recorded_mends` and `take_back` find it."""
    record = {
        "mends": mends_to_data(mends),
        "written": [[file.name, file.copied, _digest(folder / file.name)] for file in written],
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (_aside(folder) / _RECORD).write_text(text, encoding="utf-8")


def recorded_mends(folder: Path) -> tuple[Mend, ...]:
    """What was mended in the folder when it was prepared."""
    return mends_from_data(_record(folder).get("mends"))


def take_back(folder: Path, allowed: Iterable[str]) -> None:
    """Undoes what an earlier preparation wrote, so that the next one sees what was handed in.

    Only files named in `allowed` are touched, for a student may have written the record. A copy
    whose original is there no more, or was replaced, is set aside.
    """
    names = set(allowed)
    entries = _record(folder).get("written")
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case [str(name), None | str() as copied, str(digest)] if name in names:
                path = folder / name
                if not is_regular(path) or _digest(path) != digest:
                    continue
                original = folder / copied if copied else None
                if original and is_regular(original) and _digest(original) == digest:
                    path.unlink()
                else:
                    set_aside(folder, path)
    record = folder / ASIDE / _RECORD
    if not (folder / ASIDE).is_symlink():
        if is_regular(record):
            record.unlink()
        elif _is_there(record):
            record.rename(_free(folder / ASIDE, _RECORD))


def _record(folder: Path) -> Mapping[str, Any]:
    path = folder / ASIDE / _RECORD
    if (folder / ASIDE).is_symlink() or not is_regular(path):
        return {}
    if path.stat().st_size > _LARGEST_RECORD:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _aside(folder: Path) -> Path:
    """The folder `.original/`; a link or a file of that name is moved into it."""
    aside = folder / ASIDE
    if aside.is_symlink() or is_regular(aside):
        away = _free(folder, ASIDE)
        aside.rename(away)
        aside.mkdir()
        away.rename(aside / ASIDE)
    aside.mkdir(exist_ok=True)
    return aside


def _free(folder: Path, name: str) -> Path:
    """A path in `folder` at which nothing is, named `name` as far as possible."""
    name = name if len(name.encode()) <= _LONGEST_NAME else name[-_LONGEST_NAME // 4 :]
    path, number = folder / name, 2
    while _is_there(path):
        path, number = folder / f"{name}.{number}", number + 1
    return path


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
