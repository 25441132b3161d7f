"""The list of extensions: a CSV that is read strictly, for it changes marks."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graders.lateness import Extension

HEADER: Final = ("login", "assignment", "until")
EXCUSED: Final = "excused"

Extensions = Mapping[tuple[str, str], Extension]

_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?) ?(\S+)")
_EXPECTED_DATE: Final = (
    f"a date with its time zone, such as 2026-12-01 18:00 Europe/Paris, or {EXCUSED}"
)


class ExtensionsError(ValueError):
    """The list of extensions is not one; the message says where, what came and what should."""


def read_extensions(path: Path) -> Extensions:
    """Extensions by login and assignment; none when there is no such file.

    Raises:
        ExtensionsError: its text is not a list of extensions.
        OSError: it is there, and cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise ExtensionsError(
            f"{path}: received bytes that are not UTF-8 ({error.reason}), expected UTF-8. "
            "Save the file as CSV UTF-8."
        ) from error
    return parse_extensions(text, str(path))


def parse_extensions(text: str, name: str = "extensions.csv") -> Extensions:
    """The same from the file's text; commas or semicolons separate, as the header does.

    Raises:
        ExtensionsError: it is not a list of extensions.
    """
    separator = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.reader(text.splitlines(), delimiter=separator, strict=True)
    lines: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, str], Extension] = {}
    try:
        _require_header(next(rows, []), name)
        for row in rows:
            if not row:
                continue
            place = f"{name}, line {rows.line_num}"
            login, assignment, until = _fields(row, place)
            key = (login, assignment)
            if key in lines:
                raise ExtensionsError(
                    f"{place}, column login: received {login!r} for {assignment!r} again, expected "
                    f"one line for each, and line {lines[key]} is there. Remove one of them."
                )
            lines[key] = rows.line_num
            found[key] = _extension(until, f"{place}, column until")
    except csv.Error as error:
        raise ExtensionsError(
            f"{name}, line {rows.line_num}: received text that is not CSV ({error}). "
            "Close its quotes."
        ) from error
    return found


def _require_header(row: Sequence[str], name: str) -> None:
    if tuple(column.strip() for column in row) != HEADER:
        raise ExtensionsError(
            f"{name}, line 1: received {','.join(row)!r}, expected the columns {','.join(HEADER)}. "
            "Write them on the first line."
        )


def _fields(row: Sequence[str], place: str) -> tuple[str, str, str]:
    if len(row) != len(HEADER):
        raise ExtensionsError(
            f"{place}: received {len(row)} columns, expected {len(HEADER)}: {','.join(HEADER)}."
        )
    login, assignment, until = (field.strip() for field in row)
    for column, value in zip(HEADER, (login, assignment, until), strict=True):
        if not value:
            expected = _EXPECTED_DATE if column == "until" else f"a name of {column}"
            raise ExtensionsError(
                f"{place}, column {column}: received nothing, expected {expected}."
            )
    return login, assignment, until


def _extension(until: str, place: str) -> Extension:
    if until == EXCUSED:
        return Extension()
    try:
        local = _local(until)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
        raise ExtensionsError(f"{place}: received {until!r}, expected {_EXPECTED_DATE}.") from error
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ExtensionsError(
            f"{place}: received {until!r}, an hour that the change of clocks leaves out, "
            "expected one that exists."
        )
    return Extension(moment)


def _local(text: str) -> datetime:
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    date, time, zone = parts.groups()
    return datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=_zone(zone))


def _zone(text: str) -> tzinfo:
    """UTC, an offset such as +01:00, or a place such as Europe/Paris; no ambiguous letters."""
    if text in {"Z", "UTC"}:
        return UTC
    if re.fullmatch(r"[+-]\d\d:?\d\d", text):
        return datetime.strptime(text, "%z").tzinfo or UTC
    if "/" not in text:
        raise ValueError(text)
    return ZoneInfo(text)
