"""What was mended in a submission, and why one cannot be: the words that reports show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_MOST_MENDS = 300
_LONGEST_MESSAGE = 500
_LONGEST_NAME = 80


class NotRepairable(Exception):  # noqa: N818 - what the submission is
    """The submission cannot be graded as it is; the message is one line, for a student."""


class MendKind(StrEnum):
    """What was wrong."""

    ENCODING = "encoding"
    CONFLICT = "merge conflict"
    FORMAT = "format"
    METADATA = "metadata"
    PASTED_TWICE = "notebook pasted twice"
    MERGED = "merged cells"
    DUPLICATED = "duplicated cell"
    RETYPED = "retyped cell"
    MODIFIED = "modified given cell"
    MOVED = "moved cell"
    DELETED = "deleted cell"
    RENAMED = "renamed notebook"
    EXTRA_NOTEBOOK = "extra notebook"
    TIMESTAMP = "timestamp"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing that was mended; `cell` is nbgrader's name of it, None for a whole notebook.

    `message` is one line, for the student and the instructor.
    """

    kind: MendKind
    cell: str | None
    message: str

    def to_data(self) -> list[str | None]:
        """As it is kept in the notebook's metadata."""
        return [self.kind.value, self.cell, self.message]


def mends_to_data(mends: Iterable[Mend]) -> list[list[str | None]]:
    """Mends as JSON, each of them once."""
    return [mend.to_data() for mend in dict.fromkeys(mends)][:_MOST_MENDS]


def mends_from_data(data: object) -> tuple[Mend, ...]:
    """Mends from JSON; what is none is left out, for the JSON may come from anywhere."""
    if not isinstance(data, list):
        return ()
    return tuple(mend for entry in data[:_MOST_MENDS] if (mend := _mend(entry)) is not None)


def shown(name: str) -> str:
    """A name that a student chose, fit for a line of text."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in name)
    return printable if len(printable) <= _LONGEST_NAME else printable[:_LONGEST_NAME] + "…"


def _mend(entry: object) -> Mend | None:
    match entry:
        case [str(kind), str() | None as cell, str(message)] if kind in list(MendKind):
            return Mend(MendKind(kind), cell, message[:_LONGEST_MESSAGE])
    return None
