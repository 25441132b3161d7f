"""From a file's bytes to cells: every format, encoding and accident that can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.grading.repair.cells import Cell, bounded, read_cell
from graders.grading.repair.mends import Mend, MendKind, NotRepairable
from graders.grading.repair.text import Sides, decode, parse, sides_of
from graders.language import translate as _

MOST_CELLS = 5000


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook's cells and metadata as they were handed in, less outputs and what is hostile."""

    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]
    mends: tuple[Mend, ...]


def read_bytes(data: bytes) -> Document:
    """The notebook in a file.

    Raises:
        NotRepairable: there is none, or it is too large.
    """
    text, mends = decode(data)
    sides = sides_of(text)
    document = read_document(parse(text)) if sides is None else _without_conflicts(sides)
    return Document(document.cells, document.metadata, (*mends, *document.mends))


def read_document(data: Mapping[str, Any]) -> Document:
    """The notebook in a JSON object.

    Raises:
        NotRepairable: it has no list of cells, or too many.
    """
    found = _cells_of(data)
    if len(found) > MOST_CELLS:
        message = _("le notebook a {count} cellules, plus que les {most} lues")
        raise NotRepairable(message.format(count=len(found), most=MOST_CELLS))
    readings = [read_cell(cell) for cell in found if isinstance(cell, dict)]
    cells = tuple(reading.cell for reading in readings)
    metadata, whole = _notebook_metadata(data.get("metadata"))
    told = [
        *_told_of_version(data),
        *_told_of_identifiers(data, cells),
        (len(readings) < len(found), _("Des cellules illisibles ont été écartées.")),
        (
            any(reading.lost_text for reading in readings),
            _("Des caractères illisibles ont été remplacés ou ôtés."),
        ),
    ]
    mends = [Mend(MendKind.FORMAT, None, message) for wrong, message in told if wrong]
    if any(reading.foreign_line_ends for reading in readings):
        message = _("Les fins de ligne venaient d’un autre système : elles ont été converties.")
        mends.append(Mend(MendKind.ENCODING, None, message))
    if not whole or any(reading.lost_metadata for reading in readings):
        message = _("Des métadonnées mal formées ou démesurées ont été ôtées.")
        mends.append(Mend(MendKind.METADATA, None, message))
    return Document(cells, metadata, tuple(mends))


def _cells_of(data: Mapping[str, Any]) -> list[Any]:
    """The cells of any format: since the fourth in one list, before in worksheets."""
    cells = data.get("cells")
    if isinstance(cells, list):
        return cells
    worksheets = data.get("worksheets")
    if isinstance(worksheets, list):
        lists = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
        return [cell for found in lists if isinstance(found, list) for cell in found]
    raise NotRepairable(_("le fichier est du JSON, mais pas un notebook : il n’a pas de cellules"))


def _told_of_version(data: Mapping[str, Any]) -> list[tuple[bool, str]]:
    major, minor = data.get("nbformat"), data.get("nbformat_minor")
    if not isinstance(major, int) or not isinstance(minor, int):
        return [(True, _("La version du format manquait : le notebook a été lu comme du 4.5."))]
    old = (major, minor) != (4, 5)
    message = _("Le notebook était au format {version} : il a été converti en 4.5.")
    return [(old, message.format(version=f"{major}.{minor}"))]


def _told_of_identifiers(
    data: Mapping[str, Any], cells: tuple[Cell, ...]
) -> list[tuple[bool, str]]:
    if (data.get("nbformat"), data.get("nbformat_minor")) != (4, 5):
        return []
    counts = Counter(cell.cell_id for cell in cells)
    wrong = bool(counts[""]) or any(count > 1 for count in counts.values())
    return [(wrong, _("Des identifiants de cellules manquaient ou étaient en double : refaits."))]


def _notebook_metadata(data: object) -> tuple[dict[str, Any], bool]:
    """The metadata to keep, and whether it is all of it; widgets' state is output."""
    if not isinstance(data, dict):
        return {}, False
    wanted = {key: value for key, value in data.items() if key != "widgets"}
    kept = bounded(wanted)
    if not isinstance(kept.get("language", ""), str):
        del kept["language"]
    return kept, kept == wanted


def _without_conflicts(sides: Sides) -> Document:
    """The student's own side of a merge; what only the other side holds is kept as text."""
    documents: list[Document | None] = []
    for text in (sides.ours, sides.theirs):
        try:
            documents.append(read_document(parse(text)))
        except NotRepairable:
            documents.append(None)
    match documents:
        case [Document() as ours, Document() as theirs]:
            known = {cell.source for cell in ours.cells}
            lost = [cell.source for cell in theirs.cells if cell.source not in known]
            return _merged(ours, lost)
        case [Document() as ours, None]:
            return _merged(ours, [sides.only_theirs])
        case [None, Document() as theirs]:
            return _merged(theirs, [sides.only_ours])
    try:
        return _merged(read_document(parse(sides.both)), [])
    except NotRepairable as error:
        raise NotRepairable(
            _(
                "le notebook contient une fusion git inachevée (<<<<<<<, =======, >>>>>>>) "
                "dont aucun côté n’est lisible"
            )
        ) from error


def _merged(document: Document, lost: list[str]) -> Document:
    kept = tuple(Cell("raw", text) for text in dict.fromkeys(lost) if text.strip())
    message = _("Le fichier contenait une fusion git inachevée : votre côté (HEAD) a été retenu.")
    if kept:
        message = _(
            "Le fichier contenait une fusion git inachevée : votre côté (HEAD) a été retenu, "
            "l’autre est gardé comme texte à la fin."
        )
    mend = Mend(MendKind.CONFLICT, None, message)
    return Document((*document.cells, *kept), document.metadata, (mend, *document.mends))
