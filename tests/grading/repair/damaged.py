"""The release as a student fills it, ways to damage it, and what a mended one must be."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import nbformat
from nbgrader.preprocessors import CheckCellMetadata

from graders.grading.repair import Repaired, Source, SourceCell, mends_from_data, repair
from tests.grading.tiny_course import REPOSITORY

RELEASE = REPOSITORY / "release" / "tp_keras" / "deep_learning_keras.ipynb"
HIDDEN = "\n### BEGIN HIDDEN TESTS\ngrade()\n### END HIDDEN TESTS"

Notebook = dict[str, Any]
Damage = Callable[[Notebook], object]


def released() -> Notebook:
    notebook: Notebook = json.loads(RELEASE.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def record() -> Source:
    return tuple(_source_cell(cell) for cell in released()["cells"])


def _source_cell(cell: dict[str, Any]) -> SourceCell:
    settings = cell["metadata"].get("nbgrader", {})
    is_test = settings.get("grade", False) and not settings["solution"]
    return SourceCell(
        name=settings.get("grade_id", ""),
        cell_type=cell["cell_type"],
        source=cell["source"] + HIDDEN * is_test,
        released=cell["source"],
        cell_id=cell["id"],
        locked=settings.get("locked", False),
        grade=settings.get("grade", False),
        solution=settings.get("solution", False),
        points=settings.get("points"),
        checksum=settings.get("checksum"),
    )


SOURCE = record()
NAMES = [cell.name for cell in SOURCE if cell.name]
ANSWERS = [cell.name for cell in SOURCE if cell.solution]
TESTS = [cell.name for cell in SOURCE if cell.is_test]


def answered() -> Notebook:
    """The release with a text of its own in every answer cell, and one cell of the student's."""
    notebook = released()
    for cell in notebook["cells"]:
        if name_of(cell) in ANSWERS:
            cell["source"] = answer(name_of(cell))
    own: dict[str, Any] = {
        "cell_type": "code",
        "id": "a-moi",
        "metadata": {},
        "source": "mlp.summary()",
    }
    own |= {"outputs": [], "execution_count": 3}
    notebook["cells"].insert(position(notebook, "test_q4_mlp") + 1, own)
    return notebook


def answer(name: str) -> str:
    return f"ma_reponse = '{name}'"


def name_of(cell: dict[str, Any]) -> str:
    found = cell["metadata"].get("nbgrader", {})
    return str(found.get("grade_id", "")) if isinstance(found, dict) else ""


def position(notebook: Notebook, name: str) -> int:
    return next(n for n, cell in enumerate(notebook["cells"]) if name_of(cell) == name)


def cell_of(notebook: Notebook, name: str) -> dict[str, Any]:
    found: dict[str, Any] = notebook["cells"][position(notebook, name)]
    return found


def mended(notebook: Notebook) -> Repaired:
    return repair(json.dumps(notebook).encode(), SOURCE)


def require_whole(repaired: Repaired) -> None:
    """Every named cell once, in order, as nbgrader wants it; the mends where reports look."""
    notebook = repaired.notebook
    assert [name_of(cell) for cell in notebook.cells if name_of(cell)] == NAMES
    CheckCellMetadata().preprocess(notebook, {})
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if name_of(cell) in TESTS:
            expected = next(known for known in SOURCE if known.name == name_of(cell))
            assert expected.is_untouched(cell.source)
            assert cell.source.strip()
    kept = notebook.metadata.get("graders", {}).get("mends", [])
    assert mends_from_data([list(entry) for entry in kept]) == repaired.mends


def kinds(repaired: Repaired) -> list[tuple[str, str | None]]:
    return [(mend.kind.value, mend.cell) for mend in repaired.mends]


def sources(repaired: Repaired) -> dict[str, str]:
    return {name_of(cell): cell.source for cell in repaired.notebook.cells if name_of(cell)}


def plain_cells(repaired: Repaired) -> list[str]:
    return [cell.source for cell in repaired.notebook.cells if not name_of(cell)]


def duplicate(name: str, text: str | None = None, *, at: str | None = None) -> Damage:
    def damage(notebook: Notebook) -> None:
        twin = copy.deepcopy(cell_of(notebook, name))
        twin["id"] = "copie"
        twin["source"] = twin["source"] if text is None else text
        notebook["cells"].insert(position(notebook, at or name) + 1, twin)

    return damage


def delete(*names: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        notebook["cells"] = [cell for cell in notebook["cells"] if name_of(cell) not in names]

    return damage


def change(name: str, **values: Any) -> Damage:
    return lambda notebook: cell_of(notebook, name).update(values)


def change_settings(name: str, **values: Any) -> Damage:
    return lambda notebook: cell_of(notebook, name)["metadata"]["nbgrader"].update(values)


def swap(first: str, second: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        cells = notebook["cells"]
        one, other = position(notebook, first), position(notebook, second)
        cells[one], cells[other] = cells[other], cells[one]

    return damage


def merge(first: str, second: str, *, keep: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        text = "\n\n".join(cell_of(notebook, name)["source"] for name in (first, second))
        cell_of(notebook, keep)["source"] = text
        delete(second if keep == first else first)(notebook)

    return damage


def forget_settings(name: str, *, identifier: bool) -> Damage:
    def damage(notebook: Notebook) -> None:
        cell = cell_of(notebook, name)
        cell["metadata"] = {}
        cell["id"] = cell["id"] if identifier else "autre"

    return damage
