"""Files as Moodle writes them, in French and in English, of people who do not exist."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zipfile import ZIP_DEFLATED, ZipFile

ENGLISH = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
FRENCH = (
    "Identifiant",
    "Nom complet",
    "Adresse de courriel",
    "Statut",
    "Note",
    "Note maximale",
    "La note peut être modifiée",
    "Dernière modification (travail remis)",
    "Dernière modification (note)",
    "Feedback par commentaires",
)
ENGLISH_DATE, FRENCH_DATE = "Monday, 12 January 2026, 10:15 PM", "lundi 12 janvier 2026, 22:15"


@dataclass(frozen=True)
class Row:
    """A participant as a worksheet shows one."""

    number: int
    name: str = "Étudiant Un"
    email: str = ""
    grade: str = ""
    maximum: str = "100"
    changeable: bool = True
    submitted: str = "-"
    comment: str = ""

    def cells(self, *, french: bool) -> tuple[str, ...]:
        yes, no = ("Oui", "Non") if french else ("Yes", "No")
        return (
            f"Participant {self.number}",
            self.name,
            self.email or f"p{self.number}@example.org",
            "Remis pour évaluation" if french else "Submitted for grading",
            self.grade,
            self.maximum,
            yes if self.changeable else no,
            self.submitted,
            "-",
            self.comment,
        )


@dataclass(frozen=True)
class Sheet:
    """A worksheet and how its file is written."""

    rows: Sequence[Row]
    french: bool = False
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    line_end: str = "\n"
    extra: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        header = FRENCH if self.french else ENGLISH
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow((*header, *self.extra))
        for row in self.rows:
            writer.writerow((*row.cells(french=self.french), *self.extra.values()))
        return text.getvalue().encode(self.encoding)


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """An archive with these files."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
