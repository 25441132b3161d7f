"""Whatever was done to a notebook, nothing typed is lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.grading.repair import NotRepairable, repair
from tests.grading.repair.damaged import SOURCE, Notebook, answered, mended, require_whole

index = st.integers(0, 200)
damage = st.one_of(
    st.tuples(st.just("delete"), index),
    st.tuples(st.just("duplicate"), index, index, st.booleans()),
    st.tuples(st.just("move"), index, index),
    st.tuples(st.just("retype"), index, st.sampled_from(["code", "markdown", "raw"])),
    st.tuples(
        st.just("settings"),
        index,
        st.sampled_from(["grade_id", "points", "solution", "grade", "locked", "schema_version"]),
        st.sampled_from(["", "q4_mlp", "test_q4_mlp", 0, -1, 2.5, True, None, [], {"a": 1}]),
    ),
    st.tuples(st.just("metadata"), index, st.sampled_from([None, {}, [], {"nbgrader": 3}])),
    st.tuples(st.just("identifier"), index, st.sampled_from(["", "x", "q4_mlp", None, 3])),
    st.tuples(st.just("merge"), index),
    st.tuples(st.just("edit"), index),
)


def apply(notebook: Notebook, action: tuple[Any, ...], number: int) -> None:
    cells = notebook["cells"]
    at = action[1] % len(cells)
    cell = cells[at]
    match action:
        case ("delete", _) if len(cells) > 10:
            del cells[at]
        case ("duplicate", _, to, edited):
            twin = copy.deepcopy(cell)
            twin["source"] += f"\nma_variante = {number}" * edited
            cells.insert(to % len(cells), twin)
        case ("move", _, to):
            cells.insert(to % len(cells), cells.pop(at))
        case ("retype", _, kind):
            cell["cell_type"] = kind
        case ("settings", _, key, value) if isinstance(cell["metadata"], dict):
            found = cell["metadata"].get("nbgrader")
            if isinstance(found, dict):
                found[key] = value
        case ("metadata", _, value):
            cell["metadata"] = copy.deepcopy(value)
        case ("identifier", _, value):
            cell["id"] = value
        case ("merge", _) if at + 1 < len(cells) > 10:
            cell["source"] += "\n\n" + cells.pop(at + 1)["source"]
        case ("edit", _):
            cell["source"] += f"\nmon_ajout = {number}"


def typed_lines(notebook: Notebook) -> set[str]:
    """Lines that the student, and nobody else, wrote."""
    lines = {line for cell in notebook["cells"] for line in cell["source"].split("\n")}
    return {line for line in lines if line.startswith(("ma_", "mon_", "mlp.summary"))}


@given(st.lists(damage, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_done_each_named_cell_is_there_once_and_no_typed_line_is_lost(
    actions: list[tuple[Any, ...]],
) -> None:
    notebook = answered()
    for number, action in enumerate(actions):
        apply(notebook, action, number)
    repaired = mended(notebook)
    require_whole(repaired)
    kept = {line for cell in repaired.notebook.cells for line in cell.source.split("\n")}
    assert typed_lines(notebook) <= kept
    assert repair(nbformat.writes(repaired.notebook).encode(), SOURCE).notebook.cells == (
        repaired.notebook.cells
    )


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["cells", "metadata", "source", "cell_type", "id", "nbgrader", "nbformat"]
                ),
                inner,
                max_size=4,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_mended_or_refused_in_words(data: bytes) -> None:
    try:
        require_whole(repair(data, SOURCE))
    except NotRepairable as error:
        words = str(error)
    else:
        words = "mended"
    assert words
    assert "\n" not in words
