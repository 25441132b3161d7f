"""The assignment's own record of its cells: what a submission is mended from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from re import findall, fullmatch
from typing import Any

_SCHEMA_VERSION = 3
_FLAGS = ("grade", "solution", "locked", "task")
_CHECKSUM_LENGTH = 32
_MOST_COMPARED = 20_000
_TYPES = ("code", "markdown", "raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCell:
    """A cell of the assignment. Those that nbgrader does not manage have no name.

    `source` is the whole text, hidden tests included; `released` is what students were given.
    """

    name: str
    cell_type: str
    source: str
    released: str
    cell_id: str = ""
    locked: bool = False
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    checksum: str | None = None

    @property
    def is_test(self) -> bool:
        """Whether the cell judges the answer before it."""
        return self.grade and not self.solution

    def is_untouched(self, text: str) -> bool:
        """Whether `text` is what students were given, or nothing at all."""
        return not text.strip() or same_text(text, self.released) or same_text(text, self.source)

    def is_modified(self, text: str) -> bool:
        """Whether `text`, of a cell that may not be changed, was changed."""
        return self.locked and not (same_text(text, self.released) or same_text(text, self.source))


Source = tuple[SourceCell, ...]


def named_cells(source: Source) -> dict[str, SourceCell]:
    """The cells that nbgrader manages, by name, in order."""
    return {cell.name: cell for cell in source if cell.name}


def test_of(answer: SourceCell, source: Source) -> SourceCell | None:
    """The test cell that follows an answer cell."""
    named = list(named_cells(source).values())
    following = named[named.index(answer) + 1 :]
    return following[0] if following and following[0].is_test else None


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ at most by blanks at the ends of lines and around the text."""
    return one == other or trimmed(one) == trimmed(other)


def trimmed(text: str) -> str:
    """A text without blanks at the ends of lines and around it."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def words(text: str) -> Counter[str]:
    """The words of a text, counted, for `similarity`."""
    return Counter(findall(r"\w+", text[:_MOST_COMPARED]))


def similarity(one: Counter[str], other: Counter[str]) -> float:
    """How many of the words of two texts are the same: 0 for none, 1 for all."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def nbgrader_settings(cell: SourceCell) -> dict[str, Any]:
    """nbgrader's metadata of a named cell."""
    settings: dict[str, Any] = {
        "schema_version": _SCHEMA_VERSION,
        "grade_id": cell.name,
        "cell_type": cell.cell_type,
        **{flag: getattr(cell, flag) for flag in _FLAGS},
    }
    if cell.checksum is not None:
        settings["checksum"] = cell.checksum
    if cell.points is not None:
        whole = float(cell.points).is_integer()
        settings["points"] = int(cell.points) if whole else cell.points
    return settings


def settings_agree(settings: Mapping[str, Any], cell: SourceCell) -> bool:
    """Whether a submitted cell carries nbgrader's metadata of `cell`, well formed.

    The checksum is not compared: the release's, without hidden tests, is another.
    """
    expected = nbgrader_settings(cell)
    points = settings.get("points")
    return (
        {*settings, "task", "checksum"} == {*expected, "checksum"}
        and type(settings.get("schema_version")) is int
        and settings["schema_version"] == _SCHEMA_VERSION
        and settings["grade_id"] == cell.name
        and all(settings.get(flag, False) is expected[flag] for flag in _FLAGS)
        and (type(points) in (int, float, type(None)) and points == cell.points)
        and settings.get("cell_type") in _TYPES
        and _is_checksum(settings.get("checksum", "0" * _CHECKSUM_LENGTH))
    )


def is_stray(settings: object) -> bool:
    """Whether nbgrader's metadata of a cell that it does not manage would mislead it."""
    if not isinstance(settings, dict):
        return True
    name = settings.get("grade_id", "")
    return (
        not {"schema_version", "grade", "solution", "locked"} <= {*settings}
        or not {*settings} <= {"schema_version", "grade_id", *_FLAGS}
        or any(settings.get(flag, False) is not False for flag in _FLAGS)
        or type(settings["schema_version"]) is not int
        or settings["schema_version"] != _SCHEMA_VERSION
        or not (isinstance(name, str) and fullmatch(r"[A-Za-z0-9_-]*", name))
    )


def _is_checksum(value: object) -> bool:
    return isinstance(value, str) and len(value) == _CHECKSUM_LENGTH
