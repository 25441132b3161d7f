"""A submission's folder: links refused, notebooks found under other names, a date."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from graders.grading.repair.aside import (
    ASIDE,
    Written,
    handed_in_as,
    is_regular,
    set_aside,
    take_back,
    write_record,
)
from graders.grading.repair.mends import Mend, MendKind, NotRepairable, shown
from graders.grading.repair.naming import name_notebooks
from graders.grading.repair.source import Source
from graders.language import grouped
from graders.language import translate as _

_TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200
_MOST_FILES = 10_000
_MOST_BYTES = 2 * 2**30


def prepare(folder: Path, sources: Mapping[str, Source]) -> tuple[Mend, ...]:
    """Makes a submission's folder one that nbgrader can open; returns what was mended.

    What must give way is moved to `.original/` in the folder, and a notebook is copied to its
    name beside the file that was handed in: nothing is changed or lost, and an intact folder is
    not touched. Done again, it starts anew from what was handed in.

    Raises:
        NotRepairable: no notebook of the assignment is there.
        OSError: the folder cannot be written.
    """
    take_back(folder, [_TIMESTAMP, *(f"{name}.ipynb" for name in sources)])
    mends = _refuse_links(folder)
    naming, written = name_notebooks(folder, sources)
    mends += naming
    if (dated := _date(folder, sources)) is not None:
        mends.append(dated)
        written.append(Written(_TIMESTAMP))
    if mends:
        write_record(folder, mends, written)
    return tuple(mends)


def copy_submission(submitted: Path, target: Path) -> None:
    """Copies a submission's folder. Links are copied as links: nothing is read through them.

    Raises:
        NotRepairable: it is too large to be a submission.
    """
    target.mkdir(parents=True)
    size = 0
    for number, (path, mode) in enumerate(_entries(submitted)):
        if number == _MOST_FILES:
            message = _("la remise contient plus de {count} fichiers")
            raise NotRepairable(message.format(count=grouped(_MOST_FILES)))
        copy = target / path.relative_to(submitted)
        if stat.S_ISDIR(mode):
            copy.mkdir()
        elif stat.S_ISLNK(mode):
            copy.symlink_to(path.readlink())
        elif stat.S_ISREG(mode):
            size += path.lstat().st_size
            if size > _MOST_BYTES:
                message = _("la remise dépasse {count} Gio")
                raise NotRepairable(message.format(count=_MOST_BYTES // 2**30))
            shutil.copyfile(path, copy, follow_symlinks=False)
            shutil.copystat(path, copy, follow_symlinks=False)
            copy.chmod(0o600)


def handed_in(folder: Path) -> datetime | None:
    """When a submission was handed in: its timestamp, else when a notebook of it was written.

    In UTC, without a time zone, as nbgrader keeps dates. None when nothing says.
    """
    stamp = _timestamp(folder)
    if stamp is not None:
        return stamp
    times = [path.stat().st_mtime for path in folder.glob("*.ipynb") if is_regular(path)]
    return _moment(max(times)).replace(tzinfo=None) if times else None


def _refuse_links(folder: Path) -> list[Mend]:
    """Sets aside links, and what is neither file nor folder; nothing is read through them."""
    found = [
        path for path, mode in _entries(folder) if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
    ]
    for path in found:
        if path.relative_to(folder).parts[0] != ASIDE or path == folder / ASIDE:
            set_aside(folder, path)
    message = _("« {name} » est un lien, pas un fichier : refusé.")
    names = [shown(handed_in_as(folder, path)) for path in found]
    return [Mend(MendKind.LINK, None, message.format(name=name)) for name in names]


def _date(folder: Path, sources: Mapping[str, Source]) -> Mend | None:
    """Dates a submission that has no valid timestamp by its notebook's own date."""
    if _timestamp(folder) is not None:
        return None
    path = folder / _TIMESTAMP
    invalid = path.exists()
    if invalid:
        set_aside(folder, path)
    notebooks = [folder / f"{name}.ipynb" for name in sources]
    moment = _moment(max(path.stat().st_mtime for path in notebooks if is_regular(path)))
    path.write_text(moment.strftime("%Y-%m-%d %H:%M:%S.%f %Z"), encoding="ascii")
    message = (
        _("La date de remise ({file}) était illisible : celle du notebook en tient lieu.")
        if invalid
        else _("La date de remise ({file}) manquait : celle du notebook en tient lieu.")
    )
    return Mend(MendKind.TIMESTAMP, None, message.format(file=_TIMESTAMP))


def _timestamp(folder: Path) -> datetime | None:
    path = folder / _TIMESTAMP
    if not is_regular(path) or path.stat().st_size > _LONGEST_TIMESTAMP:
        return None
    try:
        text = path.read_text(encoding="utf-8").strip()
        moment: datetime | None = parse_utc(text) if text else None
    except (ValueError, OverflowError, TypeError):
        return None
    return moment


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _entries(folder: Path) -> Iterator[tuple[Path, int]]:
    """Everything in a folder, with its mode; folders before their content, links not followed."""
    for parent, directories, files in os.walk(folder):
        for name in (*directories, *files):
            path = Path(parent) / name
            yield path, path.lstat().st_mode
