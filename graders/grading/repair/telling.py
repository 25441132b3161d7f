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

_KINDS = {"code": "code", "markdown": "texte", "raw": "brute"}


def tell(cells: Sequence[Cell], found: Match, source: Source) -> tuple[Mend, ...]:
    """Mends of the cells that are there: recognised, retyped, modified, copied."""
    mends: list[Mend] = []
    if found.is_pasted_twice:
        message = (
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
        message = "Des cellules portaient des métadonnées nbgrader inconnues du sujet : ôtées."
        mends.append(Mend(MendKind.METADATA, None, message))
    return tuple(mends)


def tell_moved(record: SourceCell) -> Mend:
    """A cell stood before one that it follows in the source."""
    message = f"La cellule {record.name} avait changé de place : elle a été remise à la sienne."
    return Mend(MendKind.MOVED, record.name, message)


def tell_deleted(record: SourceCell) -> Mend:
    """A cell was nowhere to be found."""
    back = "elle a été remise, sans réponse" if record.solution else "elle a été remise"
    message = f"La cellule {record.name} manquait : {back}."
    return Mend(MendKind.DELETED, record.name, message)


def _of_chosen(cell: Cell, record: SourceCell, *, recognised: bool) -> Iterator[Mend]:
    name = record.name
    if recognised:
        message = f"La cellule {name} avait perdu son nom : elle a été reconnue."
        yield Mend(MendKind.METADATA, name, message)
    elif not settings_agree(cell.settings, record):
        message = f"Les réglages nbgrader de la cellule {name} avaient changé : ils sont rétablis."
        yield Mend(MendKind.METADATA, name, message)
    if cell.cell_type != record.cell_type:
        message = (
            f"La cellule {name} était devenue une cellule {_KINDS[cell.cell_type]} : elle est "
            f"de nouveau une cellule {_KINDS[record.cell_type]}."
        )
        yield Mend(MendKind.RETYPED, name, message)
    if record.is_modified(cell.source):
        kept = "votre version est gardée juste après, sans être exécutée"
        message = f"La cellule {name}, donnée par le sujet, avait été modifiée : elle est rétablie"
        yield Mend(
            MendKind.MODIFIED,
            name,
            f"{message} ; {kept}." if cell.source.strip() else f"{message}.",
        )


def _of_copies(
    name: str, cells: Sequence[Cell], found: Match, record: SourceCell
) -> Iterator[Mend]:
    positions = [n for n, copied in found.copies.items() if copied == name]
    chosen = cells[found.chosen[name]]
    kept = [n for n in positions if not adds_nothing(cells[n], record, chosen)]
    if not positions or (found.is_pasted_twice and not kept):
        return
    others = "l’autre a été ôtée" if len(positions) == 1 else "les autres ont été ôtées"
    if kept:
        others = "le reste est gardé comme cellule ordinaire"
    message = f"La cellule {name} était là {len(positions) + 1} fois : une seule compte, {others}."
    yield Mend(MendKind.DUPLICATED, name, message)
