"""How Moodle reads what is uploaded to it, after the rules of its assignment module.

`mod/assign/feedback/offline` for worksheets and `mod/assign/feedback/file` for archives of
feedback, as they are since Moodle 3.1; written anew for the tests, to judge what we write.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from zipfile import ZipFile

DECIMAL_MARKS = {"Grade": ".", "Note": ","}
REQUIRED = {
    "Grade": ("Identifier", "Grade", "Last modified (grade)"),
    "Note": ("Identifiant", "Note", "Dernière modification (note)"),
}


def marks_taken(
    content: bytes, encoding: str, delimiter: str, grade_column: str, most: float
) -> dict[int, float]:
    """The marks that Moodle takes from a worksheet, by participant; it skips rows in silence.

    `grade_column` is `Grade` for a teacher who uses Moodle in English, `Note` in French: the
    columns that Moodle needs and its decimal mark follow from it.
    """
    text = content.decode(encoding).removeprefix("\ufeff")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(lines)]
    identifier, grade, _ = (header.index(name) for name in REQUIRED[grade_column])
    taken = {}
    for line in lines:
        assert len(line) == len(header)
        number = int(line[identifier].strip()[len("Participant") :])
        mark = _float(line[grade], DECIMAL_MARKS[grade_column])
        if mark is not None and 0 <= mark <= most:
            taken[number] = mark
    return taken


def pages_taken(content: bytes, participants: Iterable[int]) -> dict[int, dict[str, bytes]]:
    """The feedback files that Moodle takes from an archive, by participant and name."""
    known = set(participants)
    taken: dict[int, dict[str, bytes]] = {}
    with ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            for number, name in _owners(f"/import/{entry.filename}", known):
                taken.setdefault(number, {})[name] = archive.read(entry)
    return taken


def _owners(path: str, known: set[int]) -> Iterator[tuple[int, str]]:
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return
    while parts:
        owner = parts.pop(0).split("_", 4)
        # Before Moodle 4.1, five parts were needed: the strictest version judges.
        if len(owner) < 5 or not owner[1].isdecimal() or int(owner[1]) not in known:
            continue
        if (owner[2], owner[3]) != ("assignfeedback", "file"):
            continue
        yield int(owner[1]), "/".join(filter(None, (owner[4], *parts)))
        return


def _float(text: str, decimal_mark: str) -> float | None:
    plain = text.strip().replace(" ", "").replace(decimal_mark, ".")
    if not plain:
        return None
    # PHP reads the number that a text begins with: "12,5" is 12 to it.
    for end in range(len(plain), 0, -1):
        try:
            return float(plain[:end])
        except ValueError:
            continue
    return 0.0
