"""A CSV file as it was written: its encoding, separator and line ends are kept."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass

from graders.reports.moodle.refusal import MoodleFileError

_DELIMITERS = (",", ";", "\t")
_MARKED_ENCODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16"}
# cp1252 is what French spreadsheets write; latin-1 reads the five bytes it leaves out.
_ENCODINGS = ("utf-8", "cp1252", "latin-1")


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a table is written in its file; `encoding` names a codec of Python's."""

    encoding: str
    delimiter: str
    line_end: str


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, all of one length, and the form they were read in."""

    form: CsvForm
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(content: bytes) -> Table:
    """The table that a CSV file holds; blank lines are left out.

    Raises:
        MoodleFileError: no table, unbalanced quotes, or a row of another length than the header.
    """
    text, encoding = _decoded(content)
    delimiter = max(_DELIMITERS, key=lambda candidate: _columns(text, candidate))
    if _columns(text, delimiter) < 2:
        raise MoodleFileError(
            "Received a file without columns, expected a CSV file separated by commas, "
            "semicolons or tabs."
        )
    header, *rows = _records(text, delimiter)
    line_end = "\r\n" if text.split("\n", 1)[0].endswith("\r") else "\n"
    return Table(CsvForm(encoding, delimiter, line_end), header, tuple(rows))


def write_table(table: Table) -> bytes:
    """The file of a table, in its own form."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.form.delimiter, lineterminator=table.form.line_end)
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return text.getvalue().encode(table.form.encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    marked = [name for mark, name in _MARKED_ENCODINGS.items() if content.startswith(mark)]
    for encoding in marked or _ENCODINGS:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise MoodleFileError(f"Received a file that is not in {marked[0]}, as its first bytes say.")


def _columns(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), ()))
    except csv.Error:
        # A cell of more than 128 KiB: no header of a table.
        return 0


def _records(text: str, delimiter: str) -> list[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[str, ...]] = []
    try:
        for record in filter(None, reader):
            records.append(tuple(record))
            if len(record) != len(records[0]):
                raise MoodleFileError(
                    f"Received {len(record)} columns in line {reader.line_num}, expected "
                    f"{len(records[0])} as in the header. Download the file again."
                )
    except csv.Error as error:
        raise MoodleFileError(
            f"Received a line {reader.line_num} that is not valid CSV ({error}). "
            "Download the file again."
        ) from error
    return records
