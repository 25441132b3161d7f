"""Cells of a submission as plain values, made from JSON that a student may have written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.validator import NotebookValidationError, isvalid, validate

# Where the grader keeps its own word on a notebook or a cell: never a student's to write.
OURS = "graders"

_TYPES = ("code", "markdown", "raw")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEEPEST = 10
_MOST_VALUES = 10_000
_LARGEST_INTEGER = 2**53
_MINOR = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell without its outputs. `cell_id` is Jupyter's identifier, empty when it has none."""

    cell_type: str
    source: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    cell_id: str = ""
    attachments: Mapping[str, Any] | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """nbgrader's metadata; empty when there is none or it is not what it should be."""
        found = self.metadata.get("nbgrader")
        return found if isinstance(found, dict) else {}

    @property
    def name(self) -> str:
        """nbgrader's name of the cell; empty when it has none."""
        name = self.settings.get("grade_id")
        return name if isinstance(name, str) else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell made from JSON, and what in it had to be changed."""

    cell: Cell
    lost_metadata: bool
    lost_text: bool
    foreign_line_ends: bool


def read_cell(data: Mapping[str, Any]) -> Reading:
    """A cell of any format since Jupyter's third, with what cannot be kept left out."""
    written, whole = _text(data.get("source", data.get("input")))
    text = written.replace("\r\n", "\n").replace("\r", "\n")
    kind = data.get("cell_type")
    if kind == "heading":
        level = data.get("level")
        depth = level if isinstance(level, int) and 1 <= level <= 6 else 1
        text = f"{'#' * depth} {text}"
    if kind not in _TYPES:
        kind = "markdown" if kind in ("heading", "html") else "code"
    raw = data.get("metadata")
    metadata = bounded(raw)
    identifier = data.get("id")
    known = isinstance(identifier, str) and _IDENTIFIER.fullmatch(identifier) is not None
    cell = Cell(
        cell_type=str(kind),
        source=text,
        metadata=metadata,
        cell_id=str(identifier) if known else "",
        attachments=_attachments(data.get("attachments")) if kind != "code" else None,
    )
    return Reading(
        cell,
        lost_metadata=raw != metadata,
        lost_text=not whole,
        foreign_line_ends="\r" in written,
    )


def bounded(metadata: object) -> dict[str, Any]:
    """The entries of a metadata dictionary that are plain, shallow and small."""
    if not isinstance(metadata, dict):
        return {}
    return {key: value for key, value in metadata.items() if _is_plain({key: value})}


def to_notebook(cells: Iterable[Cell], metadata: Mapping[str, Any]) -> NotebookNode:
    """A valid notebook of the current format, without outputs.

    Metadata that Jupyter's own rules refuse is left out.
    """
    notebook = from_dict(
        {
            "cells": [_to_data(cell) for cell in with_identifiers(cells)],
            "metadata": dict(metadata),
            "nbformat": 4,
            "nbformat_minor": _MINOR,
        }
    )
    if isvalid(notebook):
        return notebook
    for cell in notebook.cells:
        if not _is_valid_cell(cell):
            cell.metadata = _only(cell.metadata, "nbgrader")
            cell.pop("attachments", None)
    if not isvalid(notebook):
        notebook.metadata = _only(notebook.metadata, OURS)
    return notebook


def with_identifiers(cells: Iterable[Cell]) -> list[Cell]:
    """Cells with identifiers, all different: later ones yield, and a new one tells its place."""
    cells = list(cells)
    taken = {cell.cell_id for cell in cells}
    used: set[str] = set()
    result = []
    for position, cell in enumerate(cells):
        identifier = cell.cell_id
        if not identifier or identifier in used:
            identifier = _free(cell.name or f"cellule-{position + 1}", taken)
            taken.add(identifier)
        used.add(identifier)
        result.append(
            Cell(cell.cell_type, cell.source, cell.metadata, identifier, cell.attachments)
        )
    return result


def _free(wanted: str, taken: set[str]) -> str:
    wanted = re.sub(r"[^A-Za-z0-9_-]", "-", wanted)[:50]
    number = 2
    name = wanted
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _to_data(cell: Cell) -> dict[str, Any]:
    data: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell.cell_id,
        "metadata": dict(cell.metadata),
        "source": cell.source,
    }
    if cell.cell_type == "code":
        data |= {"outputs": [], "execution_count": None}
    elif cell.attachments is not None:
        data["attachments"] = dict(cell.attachments)
    return data


def _is_valid_cell(cell: NotebookNode) -> bool:
    try:
        validate(cell, ref=f"{cell.cell_type}_cell", version=4, version_minor=_MINOR)
    except NotebookValidationError:
        return False
    return True


def _only(metadata: Mapping[str, Any], key: str) -> NotebookNode:
    return from_dict({key: metadata[key]} if key in metadata else {})


def _text(source: object) -> tuple[str, bool]:
    """The text of a cell, and whether all of it was text that a file can hold."""
    lines = source if isinstance(source, list) else [source]
    kept = [line for line in lines if isinstance(line, str)]
    text = "".join(kept)
    # Half a surrogate pair, which JSON may hold, cannot be written in any file.
    writable = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return writable, len(kept) == len(lines) and text == writable


def _attachments(data: object) -> dict[str, Any] | None:
    """Pictures pasted in a text cell, without those that are not well formed."""
    if not isinstance(data, dict):
        return None
    return {
        name: bundle
        for name, bundle in data.items()
        if isinstance(bundle, dict)
        and all(isinstance(content, str) and content.isascii() for content in bundle.values())
        and _is_plain(name)
        and _is_plain(list(bundle))
    }


def _is_plain(value: object) -> bool:
    """Whether a value of JSON is shallow, small, and can be written again."""
    level: list[object] = [value]
    seen = 0
    for _ in range(_DEEPEST):
        if not level:
            return True
        seen += len(level)
        if seen > _MOST_VALUES or not all(map(_is_writable, level)):
            return False
        level = [inside for outer in level for inside in _insides(outer)]
    return not level


def _insides(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else ()


def _is_writable(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) <= _LARGEST_INTEGER
    return value is None or isinstance(value, (dict, list))
