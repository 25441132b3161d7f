"""What is told of each cell that was mended, once, in words for the student."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.grading.repair.cells import Cell
from graders.grading.repair.matching import Match, adds_nothing
from graders.grading.repair.mends import Mend, MendKind
from graders.grading.repair.source import (
    Source,
    SourceCell,
    is_stray,
    named_cells,
    settings_agree,
)
from graders.language import marked, translate_plural
from graders.language import translate as _

_KINDS = {"code": marked("code"), "markdown": marked("texte"), "raw": marked("brute")}


def tell(cells: Sequence[Cell], found: Match, source: Source) -> tuple[Mend, ...]:
    """Mends of the cells that are there: recognised, retyped, modified, copied."""
    mends: list[Mend] = []
    if found.is_pasted_twice:
        message = _(
            "Le notebook contenait deux exemplaires du sujet : pour chaque question, la dernière "
            "réponse écrite a été retenue."
        )
        mends.append(Mend(MendKind.PASTED_TWICE, None, message))
    known = named_cells(source)
    for name, position in found.chosen.items():
        mends += _of_chosen(cells[position], known[name], recognised=name in found.recognised)
        mends += _of_copies(name, cells, found, known[name])
    managed = {*found.chosen.values(), *found.copies}
    others = [cell for n, cell in enumerate(cells) if n not in managed]
    if any("nbgrader" in cell.metadata and is_stray(cell.metadata["nbgrader"]) for cell in others):
        message = _("Des cellules portaient des métadonnées nbgrader inconnues du sujet : ôtées.")
        mends.append(Mend(MendKind.METADATA, None, message))
    return tuple(mends)


def tell_moved(record: SourceCell) -> Mend:
    """A cell stood before one that it follows in the source."""
    message = _("La cellule {name} avait changé de place : elle a été remise à la sienne.").format(
        name=record.name
    )
    return Mend(MendKind.MOVED, record.name, message)


def tell_deleted(record: SourceCell) -> Mend:
    """A cell was nowhere to be found."""
    message = (
        _("La cellule {name} manquait : elle a été remise, sans réponse.")
        if record.solution
        else _("La cellule {name} manquait : elle a été remise.")
    )
    return Mend(MendKind.DELETED, record.name, message.format(name=record.name))


def _of_chosen(cell: Cell, record: SourceCell, *, recognised: bool) -> Iterator[Mend]:
    name = record.name
    if recognised:
        message = _("La cellule {name} avait perdu son nom : elle a été reconnue.")
        yield Mend(MendKind.METADATA, name, message.format(name=name))
    elif not settings_agree(cell.settings, record):
        message = _(
            "Les réglages nbgrader de la cellule {name} avaient changé : ils sont rétablis."
        )
        yield Mend(MendKind.METADATA, name, message.format(name=name))
    if cell.cell_type != record.cell_type:
        message = _(
            "La cellule {name} était devenue une cellule {received} : elle est de nouveau une "
            "cellule {kind}."
        ).format(name=name, received=_(_KINDS[cell.cell_type]), kind=_(_KINDS[record.cell_type]))
        yield Mend(MendKind.RETYPED, name, message)
    if record.is_modified(cell.source):
        yield _tell_modified(record, emptied=not cell.source.strip())


def _tell_modified(record: SourceCell, *, emptied: bool) -> Mend:
    message = (
        _("La cellule {name}, donnée par le sujet, avait été modifiée : elle est rétablie.")
        if emptied
        else _(
            "La cellule {name}, donnée par le sujet, avait été modifiée : elle est rétablie ; "
            "votre version est gardée juste après, sans être exécutée."
        )
    )
    return Mend(MendKind.MODIFIED, record.name, message.format(name=record.name))


def _of_copies(
    name: str, cells: Sequence[Cell], found: Match, record: SourceCell
) -> Iterator[Mend]:
    positions = [n for n, copied in found.copies.items() if copied == name]
    chosen = cells[found.chosen[name]]
    kept = [n for n in positions if not adds_nothing(cells[n], record, chosen)]
    if not positions or (found.is_pasted_twice and not kept):
        return
    if kept:
        message = _(
            "La cellule {name} était là {count} fois : une seule compte, le reste est gardé comme "
            "cellule ordinaire."
        )
    else:
        message = translate_plural(
            "La cellule {name} était là {count} fois : une seule compte, l’autre a été ôtée.",
            "La cellule {name} était là {count} fois : une seule compte, les autres ont été ôtées.",
            len(positions),
        )
    message = message.format(name=name, count=len(positions) + 1)
    yield Mend(MendKind.DUPLICATED, name, message)
