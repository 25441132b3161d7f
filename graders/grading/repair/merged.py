"""Taking apart cells that a student merged: the text they were given marks where to cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graders.grading.repair.cells import Cell
from graders.grading.repair.mends import Mend, MendKind
from graders.grading.repair.source import (
    Source,
    SourceCell,
    named_cells,
    nbgrader_settings,
)
from graders.grading.repair.text import sides_of
from graders.language import translate as _

# A given text shorter than this may well stand in an answer.
_TELLING = 20


def take_apart(cells: Sequence[Cell], source: Source) -> tuple[list[Cell], list[Mend]]:
    """Cells in which an answer and a given text were merged, as the cells they were.

    A given cell that holds more than its own text is cut only if an answer beside it is missing
    or empty, for that is where the rest must have come from.
    """
    absent = _absent(cells, source)
    result: list[Cell] = []
    mends: list[Mend] = []
    emptied: set[str] = set()
    for cell in cells:
        texts = _texts_in(cell, source, absent)
        pieces = list(_pieces(cell, texts, source))
        if len(pieces) < 2:
            result.append(cell)
            continue
        result += pieces
        own = [record for record in texts if _is(cell, record)]
        emptied |= {near.name for record in own for near in _answers_beside(record, source)}
        names = ", ".join(record.name for record in texts if record.name)
        message = _("Des cellules avaient été fusionnées : {names} séparées.").format(
            names=names or _("énoncé et réponse")
        )
        mends.append(Mend(MendKind.MERGED, names.split(", ")[0] or None, message))
    # An untouched answer gives way to the part that was cut beside it.
    gone = emptied & absent
    return [cell for cell in result if cell.name not in gone], mends


def without_conflicts(cells: Sequence[Cell]) -> tuple[list[Cell], list[Mend]]:
    """Cells whose text holds a merge conflict: the student's side, the other kept as text."""
    result: list[Cell] = []
    mends = []
    for cell in cells:
        sides = sides_of(cell.source)
        if sides is None:
            result.append(cell)
            continue
        result.append(replace(cell, source=sides.ours.rstrip("\n")))
        if sides.only_theirs.strip():
            result.append(Cell("raw", sides.only_theirs.rstrip("\n")))
        message = _(
            "La cellule contenait une fusion git inachevée : votre côté a été retenu, "
            "l’autre est gardé comme texte juste après."
        )
        mends.append(Mend(MendKind.CONFLICT, cell.name or None, message))
    return result, mends


def _absent(cells: Sequence[Cell], source: Source) -> frozenset[str]:
    """Names of the cells that are missing, and of the answers in which nothing is written."""
    known = named_cells(source)
    present = {
        cell.name
        for cell in cells
        if cell.name in known
        and not (known[cell.name].solution and known[cell.name].is_untouched(cell.source))
    }
    identifiers = {cell.cell_id for cell in cells if cell.name not in known} - {""}
    return frozenset(
        name
        for name, record in known.items()
        if name not in present and record.cell_id not in identifiers
    )


def _texts_in(cell: Cell, source: Source, absent: frozenset[str]) -> list[SourceCell]:
    """Given cells whose text stands in `cell` beside something else, in the order there."""
    found = []
    for record in source:
        text = record.released.strip()
        if record.solution or len(text) < _TELLING or text not in cell.source:
            continue
        if record.is_untouched(cell.source) or _find(text, cell.source) < 0:
            continue
        if _is(cell, record):
            lost = any(near.name in absent for near in _answers_beside(record, source))
        else:
            lost = record.name in absent
        if lost:
            found.append(record)
    return sorted(found, key=lambda record: _find(record.released.strip(), cell.source))


def _is(cell: Cell, record: SourceCell) -> bool:
    """Whether `cell` says that it is `record`."""
    if record.name:
        return cell.name == record.name
    return not cell.name and cell.cell_id == record.cell_id != ""


def _answers_beside(given: SourceCell, source: Source) -> tuple[SourceCell, ...]:
    """The answers that a student may have merged with a given cell."""
    place = source.index(given)
    before, after = source[max(place - 1, 0) : place], source[place + 1 : place + 2]
    near = before if given.is_test else (*before, *after)
    return tuple(cell for cell in near if cell.solution and cell.cell_type == given.cell_type)


def _pieces(cell: Cell, texts: Sequence[SourceCell], source: Source) -> Iterator[Cell]:
    """`cell` cut at the given texts; what belongs to the student keeps an answer's metadata."""
    owner = named_cells(source).get(cell.name)
    rest = cell if owner and owner.solution else replace(cell, metadata={}, cell_id="")
    if owner and owner.is_test:
        # Whatever stands around a test's own text was to be judged by it.
        texts = sorted(texts, key=lambda record: record is owner)
        cell = replace(cell, source=_test_last(cell.source, owner.released.strip()))
    text = cell.source
    for record in texts:
        given = record.released.strip()
        start = _find(given, text)
        if start < 0:
            continue
        if text[:start].strip():
            yield replace(rest, source=text[:start].strip("\n"))
            rest = replace(rest, metadata={}, cell_id="")
        settings = {"nbgrader": nbgrader_settings(record)} if record.name else {}
        yield Cell(record.cell_type, record.released, settings, record.cell_id)
        text = text[start + len(given) :]
    if text.strip():
        yield replace(rest, source=text.strip("\n"))


def _test_last(text: str, test: str) -> str:
    start = _find(test, text)
    if start < 0:
        return text
    before, after = text[:start].rstrip("\n"), text[start + len(test) :].strip("\n")
    return "\n".join(filter(str.strip, (before, after))) + f"\n{test}"


def _find(part: str, text: str) -> int:
    """Where `part` stands in `text` as whole lines; -1 when it does not."""
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        line_begins = not text[text.rfind("\n", 0, start) + 1 : start].strip()
        line_ends = not text[end : (text + "\n").index("\n", end)].strip()
        if line_begins and line_ends:
            return start
        start = text.find(part, start + 1)
    return -1
