"""Names of files that any system can hold, whoever chose them."""

from __future__ import annotations

import re
import unicodedata

_MOST_BYTES = 200
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


def safe_part(part: str) -> str:
    """One part of a path, without what Windows refuses and short enough for a file system.

    A name that is already so stays as it is, accents, spaces and case included.
    """
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", part)).rstrip(". ") or "_"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= 10:
        return f"{_shortened(stem, _MOST_BYTES - len(ending.encode()) - 1)}.{ending}"
    return _shortened(name, _MOST_BYTES)


def _shortened(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
