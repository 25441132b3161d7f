"""`repair`: a submission as the assignment knows it, with every mend listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nbformat import NotebookNode

from graders.grading.repair.cells import OURS, Cell, to_notebook
from graders.grading.repair.matching import Match, adds_nothing, match
from graders.grading.repair.mends import Mend, MendKind, NotRepairable, mends_to_data
from graders.grading.repair.merged import take_apart, without_conflicts
from graders.grading.repair.ordering import Placed, arrange
from graders.grading.repair.reading import Document, read_bytes
from graders.grading.repair.source import (
    Source,
    SourceCell,
    is_stray,
    named_cells,
    nbgrader_settings,
    settings_agree,
)
from graders.grading.repair.telling import tell, tell_deleted, tell_moved
from graders.language import translate as _


@dataclass(frozen=True, slots=True)
class Repaired:
    """A notebook with each named cell of the source once, in order, and what was mended."""

    notebook: NotebookNode
    mends: tuple[Mend, ...]


def repair(data: bytes, source: Source) -> Repaired:
    """Mends the notebook in a file from the source's record. Nothing the student wrote is lost.

    The mends are in the notebook's metadata too, where reports find them.

    Raises:
        NotRepairable: it cannot be read, or is no notebook of this assignment.
    """
    return mend(read_bytes(data), source)


def mend(document: Document, source: Source, earlier: Sequence[Mend] = ()) -> Repaired:
    """Mends a notebook that was read; `earlier` are mends to be listed before its own.

    Raises:
        NotRepairable: it holds nothing of the source.
    """
    cells, mends = mend_cells(document.cells, source)
    metadata = {key: value for key, value in document.metadata.items() if key != OURS}
    forged = [OURS in document.metadata, *(OURS in cell.metadata for cell in document.cells)]
    if any(forged):
        message = _("Des métadonnées réservées au correcteur ont été ôtées.")
        mends = (Mend(MendKind.METADATA, None, message), *mends)
    every = tuple(dict.fromkeys((*earlier, *document.mends, *mends)))
    if every:
        metadata[OURS] = {"mends": mends_to_data(every)}
    return Repaired(to_notebook(cells, metadata), every)


def mend_cells(cells: Sequence[Cell], source: Source) -> tuple[tuple[Cell, ...], tuple[Mend, ...]]:
    """The cells with each named one once, in order, and what was mended.

    Raises:
        NotRepairable: none of the cells is one of the source's.
    """
    whole, conflicts = without_conflicts([_without(cell, OURS) for cell in cells])
    whole, merged = take_apart(whole, source)
    found = match(whole, source)
    if not found.chosen and not found.plain:
        raise NotRepairable(_("aucune cellule du sujet n’a été trouvée dans le notebook"))
    known = named_cells(source)
    twice = found.is_pasted_twice
    told = tell(whole, found, source)
    missing = [
        Placed(_blank(record), place)
        for place, record in enumerate(source)
        if record.name in known and record.name not in found.chosen
    ]
    arranged, moved = arrange(_placed(whole, found, source), missing, source)
    return arranged, (
        *conflicts,
        *merged,
        *told,
        *(tell_moved(known[name]) for name in known if name in moved and not twice),
        *(tell_deleted(source[item.place or 0]) for item in missing),
    )


def _placed(cells: Sequence[Cell], found: Match, source: Source) -> list[Placed]:
    """Every cell that is kept, as it should be, with its place in the source."""
    places = {record.name: place for place, record in enumerate(source) if record.name}
    names = {position: name for name, position in found.chosen.items()}
    items: list[Placed] = []
    seen: set[int] = set()
    for position, cell in enumerate(cells):
        if position in names:
            record = source[places[names[position]]]
            items.append(Placed(_as(record, cell), places[record.name]))
            if record.is_modified(cell.source) and cell.source.strip():
                items.append(Placed(Cell("raw", cell.source)))
        elif position in found.copies:
            name = found.copies[position]
            if not adds_nothing(cell, source[places[name]], cells[found.chosen[name]]):
                items.append(Placed(_without(cell, "nbgrader")))
        else:
            place = found.plain.get(position)
            if place is None or place not in seen:
                items.append(Placed(_unmanaged(cell), place))
            elif not (found.is_pasted_twice and source[place].is_untouched(cell.source)):
                items.append(Placed(_unmanaged(cell)))
            seen |= {place} if place is not None else set()
    return items


def _unmanaged(cell: Cell) -> Cell:
    """A cell that is none of nbgrader's, without metadata that would make it one."""
    stray = "nbgrader" in cell.metadata and is_stray(cell.metadata["nbgrader"])
    return _without(cell, "nbgrader") if stray else cell


def _as(record: SourceCell, cell: Cell) -> Cell:
    """A submitted cell, made to be what the source says it is."""
    metadata: Mapping[str, Any] = cell.metadata
    if not settings_agree(cell.settings, record):
        metadata = {**metadata, "nbgrader": nbgrader_settings(record)}
    return replace(
        cell,
        cell_type=record.cell_type,
        source=record.source if record.is_modified(cell.source) else cell.source,
        metadata=metadata,
        cell_id=cell.cell_id or record.cell_id,
        attachments=cell.attachments if record.cell_type != "code" else None,
    )


def _blank(record: SourceCell) -> Cell:
    """A cell that is missing, as students were given it, hidden tests included."""
    metadata = {"nbgrader": nbgrader_settings(record), "deletable": False}
    if record.locked:
        metadata["editable"] = False
    return Cell(record.cell_type, record.source, metadata, record.cell_id)


def _without(cell: Cell, key: str) -> Cell:
    if key not in cell.metadata:
        return cell
    return replace(cell, metadata={k: v for k, v in cell.metadata.items() if k != key})
