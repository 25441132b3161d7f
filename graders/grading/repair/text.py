"""From a file's bytes to JSON: encodings, merge-conflict markers, sizes."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from typing import Any

from graders.grading.repair.mends import Mend, MendKind, NotRepairable
from graders.language import marked
from graders.language import translate as _

MOST_BYTES = 100 * 2**20
# A file may be small and still unfold to gigabytes of empty lists: separators are counted first.
_MOST_VALUES = 10_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SILENT_UTF16 = {(False, True): "utf-16-le", (True, False): "utf-16-be"}
_OTHER_FILES = (
    (b"PK\x03\x04", marked("une archive zip")),
    (b"%PDF", marked("un document PDF")),
    (b"\x1f\x8b", marked("une archive gzip")),
    (b"\x89HDF", marked("un fichier HDF5")),
    (b"<!doctype html", marked("une page web")),
    (b"<html", marked("une page web")),
)


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of a text with merge conflicts, and each side's part of the conflicts."""

    ours: str
    theirs: str
    both: str
    only_ours: str
    only_theirs: str


def decode(data: bytes) -> tuple[str, tuple[Mend, ...]]:
    """The text of a file, whatever the program that wrote it.

    Raises:
        NotRepairable: the file is too large, empty, or known to be something else.
    """
    if len(data) > MOST_BYTES:
        message = _("le fichier dépasse {count} Mio")
        raise NotRepairable(message.format(count=MOST_BYTES // 2**20))
    if not data.strip():
        raise NotRepairable(_("le fichier est vide"))
    for start, name in _OTHER_FILES:
        if data.lstrip()[:20].lower().startswith(start.lower()):
            message = _("le fichier est {kind}, pas un notebook")
            raise NotRepairable(message.format(kind=_(name)))
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = _("le fichier n’est pas du texte {encoding} valide")
        raise NotRepairable(message.format(encoding=encoding.upper())) from error
    if encoding == "utf-8":
        return text, ()
    told = {
        "utf-8-sig": marked("Le fichier commençait par une marque d’ordre des octets (BOM)."),
        "cp1252": marked("Le fichier n’était pas en UTF-8 : lu comme du Windows-1252."),
        "latin-1": marked("Le fichier n’était pas en UTF-8 : lu comme du Latin-1."),
    }.get(encoding, marked("Le fichier était en {encoding}."))
    name = encoding.split("-le")[0].split("-be")[0].upper()
    return text, (Mend(MendKind.ENCODING, None, _(told).format(encoding=name)),)


def parse(text: str) -> dict[str, Any]:
    """The JSON object in a text.

    Raises:
        NotRepairable: it is cut short, malformed, too large, or not an object.
    """
    if sum(map(text.count, "[{,")) > _MOST_VALUES:
        raise NotRepairable(_("le notebook contient beaucoup trop de valeurs"))
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if not text[error.pos :].strip() or error.msg.startswith("Unterminated"):
            message = _(
                "le notebook est incomplet : le fichier s’arrête à la ligne {line}, au milieu "
                "d’une valeur"
            )
        else:
            message = _("le notebook est abîmé : erreur de syntaxe JSON à la ligne {line}")
        raise NotRepairable(message.format(line=error.lineno)) from error
    except (RecursionError, ValueError) as error:
        raise NotRepairable(_("le notebook contient des valeurs démesurées")) from error
    if not isinstance(document, dict):
        raise NotRepairable(_("le fichier est du JSON, mais pas un notebook"))
    return document


def sides_of(text: str) -> Sides | None:
    """The sides of every merge conflict in `text`; None when there is no whole one."""
    if "<<<<<<<" not in text:
        return None
    parts: list[tuple[str, str]] = []
    state, conflicts = "common", 0
    for line in text.splitlines(keepends=True):
        following = _state_after(line, state)
        if following is None:
            parts.append((state, line))
        else:
            conflicts += following == "common"
            state = following
    if state != "common" or not conflicts:
        return None
    kept = ({"common", "ours"}, {"common", "theirs"}, {"common", "ours", "theirs"})
    wanted: list[set[str]] = [*kept, {"ours"}, {"theirs"}]
    return Sides(*("".join(line for side, line in parts if side in sides) for sides in wanted))


def _state_after(line: str, state: str) -> str | None:
    """The side that begins after a line; None when the line is no marker there."""
    marker = line.rstrip("\r\n")
    if state == "common":
        return "ours" if _is_marker(marker, "<") else None
    if state == "ours" and _is_marker(marker, "|"):
        return "base"
    if state in ("ours", "base") and marker == "=======":
        return "theirs"
    if state == "theirs" and _is_marker(marker, ">"):
        return "common"
    return None


def _is_marker(line: str, sign: str) -> bool:
    return line == sign * 7 or line.startswith(sign * 7 + " ")


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    silent = _SILENT_UTF16.get((data[:1] == b"\0", data[1:2] == b"\0"))
    if silent is not None:
        return silent
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
