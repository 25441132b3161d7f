"""Which file of a submission is the notebook that was asked for, whatever its name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from graders.grading.repair.aside import ASIDE, Written, is_regular, set_aside
from graders.grading.repair.matching import edited_answers, match
from graders.grading.repair.mends import Mend, MendKind, NotRepairable, shown
from graders.grading.repair.reading import read_bytes
from graders.grading.repair.source import Source, named_cells
from graders.grading.repair.text import MOST_BYTES
from graders.language import translate as _

_SUFFIXES = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json")
_MOST_CANDIDATES = 20
_DEEPEST = 3
# From this share of the source's named cells on, a notebook is taken for one of the assignment.
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: Path
    share: float
    answers: int


def name_notebooks(folder: Path, sources: Mapping[str, Source]) -> tuple[list[Mend], list[Written]]:
    """Gives each notebook of the assignment its name, by copying the file that holds it.

    Another file counts when the notebook's own name is missing, unreadable, or holds not one
    answer. Returns what was mended and written.

    Raises:
        NotRepairable: no notebook of the assignment is there.
    """
    mends: list[Mend] = []
    written: list[Written] = []
    others = list(_others(folder, sources))
    for name, source in sources.items():
        expected = folder / f"{name}.ipynb"
        if expected.is_dir():
            message = _("« {name} » est un dossier, pas un notebook")
            raise NotRepairable(message.format(name=expected.name))
        own = _candidate(expected, source)
        if own is not None and own.answers:
            continue
        found = [candidate for path in others if (candidate := _candidate(path, source))]
        if own is not None or is_regular(expected):
            found = [candidate for candidate in found if candidate.answers]
        if not found:
            continue
        best = max(found, key=lambda other: (other.answers, other.path.stat().st_mtime))
        others.remove(best.path)
        mends.append(_tell_renamed(folder, best.path, expected))
        if is_regular(expected):
            set_aside(folder, expected)
        shutil.copy2(best.path, expected)
        written.append(Written(expected.name, str(best.path.relative_to(folder))))
    if not any(is_regular(folder / f"{name}.ipynb") for name in sources):
        raise NotRepairable(_reason(folder, others))
    extra = [path for path in others if path.suffix == ".ipynb"]
    return [*mends, *(_tell_extra(folder, path) for path in extra)], written


def _candidate(path: Path, source: Source) -> _Candidate | None:
    """What a file is worth as the notebook of `source`; None when it is none."""
    if not is_regular(path) or path.stat().st_size > MOST_BYTES:
        return None
    try:
        cells = read_bytes(path.read_bytes()).cells
    except NotRepairable:
        return None
    found = match(cells, source)
    share = len(found.chosen) / max(len(named_cells(source)), 1)
    answers = edited_answers(cells, found, source)
    return _Candidate(path, share, answers) if share >= _LEAST_SHARE else None


def _others(folder: Path, sources: Mapping[str, Source]) -> Iterator[Path]:
    """Files that may be a notebook under another name or in a folder of its own."""
    expected = {folder / f"{name}.ipynb" for name in sources}
    number = 0
    for parent, directories, files in os.walk(folder):
        depth = len(Path(parent).relative_to(folder).parts)
        visible = [name for name in directories if not name.startswith(".") and name != ASIDE]
        directories[:] = sorted(visible) if depth < _DEEPEST else []
        for name in sorted(files):
            path = Path(parent) / name
            if name.endswith(_SUFFIXES) and path not in expected and is_regular(path):
                number += 1
                if number > _MOST_CANDIDATES:
                    return
                yield path


def _tell_renamed(folder: Path, path: Path, expected: Path) -> Mend:
    was = shown(str(path.relative_to(folder)))
    message = (
        _("« {was} » a été noté au lieu de « {name} », qui est vierge ou illisible.")
        if is_regular(expected)
        else _("« {was} » a été noté au lieu de « {name} », qui manquait.")
    )
    return Mend(MendKind.RENAMED, None, message.format(was=was, name=expected.name))


def _tell_extra(folder: Path, path: Path) -> Mend:
    name = shown(str(path.relative_to(folder)))
    message = _("« {name} » n’a pas été noté : ce n’est pas le notebook demandé.")
    return Mend(MendKind.EXTRA_NOTEBOOK, None, message.format(name=name))


def _reason(folder: Path, others: list[Path]) -> str:
    if not others:
        return _("la remise ne contient aucun notebook")
    names = ", ".join(shown(str(path.relative_to(folder))) for path in others[:3])
    return _("aucun notebook du sujet dans la remise ; reçu : {names}").format(names=names)
