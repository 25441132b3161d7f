"""The dates that Moodle writes in a worksheet, in French and in English."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, tzinfo

_MONTHS = (
    ("january", "janvier"),
    ("february", "février"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "août"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "décembre"),
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_DATE = re.compile(
    r"(?:[^\W\d_]+,?\s+)?(?P<day>\d{1,2})\s+(?P<month>[^\W\d_]+)\s+(?P<year>\d{4}),?\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:\s*(?P<half>[AP])\.?M\.?)?",
    re.IGNORECASE,
)


def read_date(text: str, zone: tzinfo) -> datetime | None:
    """When a cell says, in UTC; None for `-`, an empty cell and what is no such date.

    "Monday, 12 January 2026, 10:15 AM", "lundi 12 janvier 2026, 10:15". Moodle writes no zone:
    `zone` is the one of whoever downloaded the worksheet.
    """
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    month = _NUMBER_OF.get(found["month"].casefold()) if found else None
    if found is None or month is None:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].upper() == "P" else 0)
    try:
        local = datetime(
            int(found["year"]), month, int(found["day"]), hour, int(found["minute"]), tzinfo=zone
        )
    except ValueError:
        return None
    return local.astimezone(UTC)


def nbgrader_timestamp(moment: datetime) -> str:
    """A moment as nbgrader's `timestamp.txt` has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f %Z")
