"""The columns of Moodle's grading worksheet, by what they hold, in French and in English."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from enum import Enum

from graders.reports.moodle.refusal import MoodleFileError


class Column(Enum):
    """A column that we read or fill: its English name, then its French ones."""

    IDENTIFIER = ("Identifier", "Identifiant")
    FULL_NAME = ("Full name", "Nom complet")
    EMAIL = ("Email address", "Adresse de courriel", "Adresse courriel", "Adresse e-mail")
    GRADE = ("Grade", "Note")
    MAXIMUM = ("Maximum Grade", "Note maximale")
    SCALE = ("Scale", "Barème")
    CAN_CHANGE = ("Grade can be changed", "La note peut être modifiée")
    SUBMITTED = ("Last modified (submission)", "Dernière modification (travail remis)")
    MARKED = ("Last modified (grade)", "Dernière modification (note)")

    @property
    def english(self) -> str:
        """Its name in an English worksheet."""
        return self.value[0]

    @property
    def shown(self) -> str:
        """Its names, for a message."""
        return " or ".join(f"'{name}'" for name in self.value[:2])


# Moodle refuses a worksheet without the first three; the fourth is what marks are rescaled to.
_REQUIRED = (Column.IDENTIFIER, Column.GRADE, Column.MARKED, Column.MAXIMUM)


def worksheet_columns(header: Sequence[str]) -> Mapping[Column, int]:
    """Where each known column stands.

    Raises:
        MoodleFileError: one that is needed is missing, or stands twice.
    """
    found: dict[Column, int] = {}
    for position, name in enumerate(header):
        for column in Column:
            if same_words(name) in map(same_words, column.value):
                if column in found:
                    raise MoodleFileError(f"Received two columns {name!r}, expected one.")
                found[column] = position
    if Column.SCALE in found and Column.MAXIMUM not in found:
        raise MoodleFileError(
            "This assignment is graded with a scale in Moodle, expected points. In its settings, "
            "choose a grade of type Point, then download the worksheet again."
        )
    for column in _REQUIRED:
        if column not in found:
            raise MoodleFileError(
                f"The column {column.shown} is missing. Received: {', '.join(header)}. Download "
                "the grading worksheet from the assignment, with Moodle in French or in English."
            )
    return found


def in_french(header: Sequence[str]) -> bool:
    """Whether a worksheet was downloaded in French."""
    return same_words(Column.GRADE.english) not in map(same_words, header)


def same_words(name: str) -> str:
    """A name without what keyboards and editors change: case, spaces, the form of accents."""
    plain = unicodedata.normalize("NFKC", name).replace("’", "'").casefold()
    return " ".join(plain.split())
