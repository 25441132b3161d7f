"""Moodle's grading worksheet: read as it was downloaded, its marks filled in, the rest kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from decimal import Decimal

from graders.reports.moodle.columns import Column, in_french, same_words, worksheet_columns
from graders.reports.moodle.csv_table import Table, read_table
from graders.reports.moodle.dates import read_date
from graders.reports.moodle.numbers import (
    decimal_mark_of,
    decimals_of,
    read_number,
    write_number,
)
from graders.reports.moodle.refusal import MoodleFileError

_PARTICIPANT = re.compile(r"(?<!\d)(\d{1,18})\s*$", re.ASCII)
_NO = ("no", "non")
_NUMBERS = (Column.MAXIMUM, Column.GRADE)


@dataclass(frozen=True, slots=True)
class Participant:
    """A row of the worksheet; `maximum` is the most that Moodle takes for it.

    `name` and `email` are empty where the worksheet does not tell them, as when marking is
    anonymous.
    """

    number: int
    name: str
    email: str
    maximum: Decimal
    locked: bool
    submitted: str

    def submitted_at(self, zone: tzinfo) -> datetime | None:
        """When the submission was last modified, in UTC; None when the worksheet does not say."""
        return read_date(self.submitted, zone)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A grading worksheet: its table, and its participants in the same order."""

    table: Table
    columns: Mapping[Column, int]
    participants: tuple[Participant, ...]

    @property
    def decimal_mark(self) -> str:
        """The one its numbers are written with, else the one of its language."""
        cells = (row[self.columns[c]] for c in _NUMBERS for row in self.table.rows)
        return decimal_mark_of(cells) or ("," if in_french(self.table.header) else ".")


def read_worksheet(content: bytes) -> Worksheet:
    """The worksheet in a file downloaded from Moodle.

    Raises:
        MoodleFileError: it is not one, or not one that can be filled in.
    """
    table = read_table(content)
    columns = worksheet_columns(table.header)
    participants = tuple(_participant(row, columns) for row in table.rows)
    for number, rows in Counter(participant.number for participant in participants).items():
        if rows > 1:
            raise MoodleFileError(
                f"Participant {number} stands in {rows} rows, expected one. Download the "
                "worksheet again."
            )
    return Worksheet(table, columns, participants)


def filled(worksheet: Worksheet, marks: Mapping[int, Decimal | None]) -> Table:
    """The worksheet's table with these marks, by participant number; None empties a cell.

    Everything else is as it was: other rows, other columns, the form. Cells that begin like a
    formula stay too: they come from Moodle and go back to it, and Moodle compares them.
    """
    mark = worksheet.decimal_mark
    grade, maximum = worksheet.columns[Column.GRADE], worksheet.columns[Column.MAXIMUM]
    rows = []
    for participant, row in zip(worksheet.participants, worksheet.table.rows, strict=True):
        cells = list(row)
        if participant.number in marks:
            value = marks[participant.number]
            decimals = decimals_of(row[maximum])
            cells[grade] = "" if value is None else write_number(value, mark, decimals)
        rows.append(tuple(cells))
    return replace(worksheet.table, rows=tuple(rows))


def _participant(row: tuple[str, ...], columns: Mapping[Column, int]) -> Participant:
    cell = {column: row[position].strip() for column, position in columns.items()}
    identifier = cell[Column.IDENTIFIER]
    number = _PARTICIPANT.search(identifier)
    if number is None:
        raise MoodleFileError(
            f"Received the identifier {identifier!r}, expected one such as 'Participant 123'."
        )
    maximum = read_number(cell[Column.MAXIMUM])
    if not maximum:
        raise MoodleFileError(
            f"Received a maximum of {cell[Column.MAXIMUM]!r} for {identifier}, expected a number."
        )
    return Participant(
        number=int(number[1]),
        name=cell.get(Column.FULL_NAME, ""),
        email=cell.get(Column.EMAIL, ""),
        maximum=maximum,
        locked=same_words(cell.get(Column.CAN_CHANGE, "")) in _NO,
        submitted=cell.get(Column.SUBMITTED, ""),
    )
