"""Cells that were copied, deleted, moved, merged, retyped or renamed."""

from __future__ import annotations

import json

import nbformat
import pytest

from graders.grading.repair import SourceCell, repair
from tests.grading.repair.damaged import (
    ANSWERS,
    SOURCE,
    Damage,
    answer,
    answered,
    cell_of,
    change,
    change_settings,
    delete,
    duplicate,
    forget_settings,
    kinds,
    mended,
    merge,
    plain_cells,
    position,
    released,
    require_whole,
    sources,
    swap,
)


def test_an_intact_submission_is_byte_for_byte_what_it_was() -> None:
    notebook = answered()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    data = json.dumps(notebook).encode()
    repaired = repair(data, SOURCE)
    assert repaired.mends == ()
    assert nbformat.writes(repaired.notebook) == nbformat.writes(nbformat.reads(data, 4))


def test_outputs_are_left_out_however_large() -> None:
    notebook = answered()
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}
    cell_of(notebook, "q4_mlp")["outputs"] = [text]
    repaired = mended(notebook)
    require_whole(repaired)
    assert repaired.mends == ()
    assert len(nbformat.writes(repaired.notebook)) < 1_000_000


CASES: dict[str, tuple[Damage, list[tuple[str, str | None]]]] = {
    "an answer pasted twice": (duplicate("q4_mlp"), [("duplicated cell", "q4_mlp")]),
    "an untouched copy after": (
        duplicate("q4_mlp", next(c.released for c in SOURCE if c.name == "q4_mlp")),
        [("duplicated cell", "q4_mlp")],
    ),
    "a trial after the test": (
        duplicate("q4_mlp", "essai = 1", at="test_q4_mlp"),
        [("duplicated cell", "q4_mlp")],
    ),
    "a test pasted twice": (duplicate("test_q4_mlp"), [("duplicated cell", "test_q4_mlp")]),
    "a test deleted": (delete("test_q4_mlp"), [("deleted cell", "test_q4_mlp")]),
    "a given cell deleted": (delete("donnees"), [("deleted cell", "donnees")]),
    "an answer become text": (
        change("q4_mlp", cell_type="markdown"),
        [("retyped cell", "q4_mlp")],
    ),
    "a text become code": (
        change("q2_metrics", cell_type="code", outputs=[], execution_count=None),
        [("retyped cell", "q2_metrics")],
    ),
    "a test become raw": (
        change("test_q4_mlp", cell_type="raw"),
        [("retyped cell", "test_q4_mlp")],
    ),
    "a name changed": (change_settings("q4_mlp", grade_id="q4"), [("metadata", "q4_mlp")]),
    "a test named like another": (
        change_settings("test_q4_mlp", grade_id="test_q9_lenet"),
        [("metadata", "test_q4_mlp")],
    ),
    "an answer named like another": (
        change_settings("q4_mlp", grade_id="q9_lenet"),
        [("metadata", "q4_mlp")],
    ),
    "points changed": (change_settings("test_q4_mlp", points=20), [("metadata", "test_q4_mlp")]),
    "a test said to be an answer": (
        change_settings("test_q4_mlp", solution=True),
        [("metadata", "test_q4_mlp")],
    ),
    "an old schema": (change_settings("q4_mlp", schema_version=1), [("metadata", "q4_mlp")]),
    "settings of a wrong type": (change_settings("q4_mlp", grade=0), [("metadata", "q4_mlp")]),
    "settings that are none": (
        lambda notebook: cell_of(notebook, "q4_mlp")["metadata"].update(nbgrader=["x"]),
        [("metadata", "q4_mlp")],
    ),
    "settings lost": (
        forget_settings("q4_mlp", identifier=True),
        [("metadata", "q4_mlp")],
    ),
    "settings and identifier of an answer lost": (
        forget_settings("q4_mlp", identifier=False),
        [("metadata", "q4_mlp")],
    ),
    "settings and identifier of a test lost": (
        forget_settings("test_q4_mlp", identifier=False),
        [("metadata", "test_q4_mlp")],
    ),
    "a test before its answer": (swap("q4_mlp", "test_q4_mlp"), [("moved cell", "test_q4_mlp")]),
    "an answer merged with its test": (
        merge("q4_mlp", "test_q4_mlp", keep="q4_mlp"),
        [("merged cells", "test_q4_mlp")],
    ),
    "a test merged with its answer": (
        merge("q4_mlp", "test_q4_mlp", keep="test_q4_mlp"),
        [("merged cells", "test_q4_mlp"), ("metadata", "q4_mlp")],
    ),
    "a given cell changed": (
        change("donnees", source="X_train = None"),
        [("modified given cell", "donnees")],
    ),
    "a test emptied": (change("test_q4_mlp", source=""), [("modified given cell", "test_q4_mlp")]),
}


@pytest.mark.parametrize("case", CASES)
def test_each_accident_is_mended_and_told_once(case: str) -> None:
    damage, expected = CASES[case]
    notebook = answered()
    damage(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    assert kinds(repaired) == expected
    found = sources(repaired)
    assert {name: found[name] for name in ANSWERS} == {name: answer(name) for name in ANSWERS}
    assert "mlp.summary()" in plain_cells(repaired)
    assert all("\n" not in mend.message and mend.message for mend in repaired.mends)


def test_a_deleted_answer_comes_back_empty() -> None:
    notebook = answered()
    delete("q4_mlp")(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    assert kinds(repaired) == [("deleted cell", "q4_mlp")]
    assert sources(repaired)["q4_mlp"].startswith("# VOTRE CODE ICI")


def test_an_answer_split_in_two_stays_whole_and_in_order() -> None:
    notebook = answered()
    change("q4_mlp", source="mlp = Sequential()")(notebook)
    duplicate("q4_mlp", "mlp.add(Dense(10))")(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    texts = [cell.source for cell in repaired.notebook.cells if cell.cell_type == "code"]
    first = texts.index("mlp = Sequential()")
    assert texts[first + 1] == "mlp.add(Dense(10))" == sources(repaired)["q4_mlp"]
    assert texts[first + 2].startswith("import keras\n\nassert isinstance(mlp")


def test_a_changed_copy_of_a_given_cell_is_the_students_own_code() -> None:
    notebook = answered()
    duplicate("logistique", "mon_modele = Sequential()")(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    [own] = [c for c in repaired.notebook.cells if c.source == "mon_modele = Sequential()"]
    assert own.cell_type == "code"


def test_a_changed_given_cell_is_kept_without_being_run() -> None:
    notebook = answered()
    change("donnees", source="X_train = None")(notebook)
    [kept] = [c for c in mended(notebook).notebook.cells if c.source == "X_train = None"]
    assert kept.cell_type == "raw"


def test_a_notebook_pasted_twice_is_told_in_one_line_and_answers_are_found_in_both() -> None:
    notebook = released()
    again = answered()
    for cell in again["cells"]:
        cell["id"] = f"bis-{cell['id']}"
    notebook["cells"] += again["cells"]
    repaired = mended(notebook)
    require_whole(repaired)
    assert kinds(repaired) == [("notebook pasted twice", None)]
    assert [sources(repaired)[name] for name in ANSWERS] == [answer(name) for name in ANSWERS]
    assert len(repaired.notebook.cells) == len(answered()["cells"])


def test_a_statement_merged_with_its_answer_is_taken_apart() -> None:
    notebook = answered()
    statement = next(n for n, cell in enumerate(notebook["cells"]) if cell["id"] == "question_2")
    notebook["cells"][statement]["source"] += "\n\n" + answer("q2_metrics")
    delete("q2_metrics")(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    assert sources(repaired)["q2_metrics"] == answer("q2_metrics")


def test_a_whole_section_that_moved_comes_back_with_the_students_cells() -> None:
    notebook = answered()
    cells = notebook["cells"]
    own = {"cell_type": "code", "id": "aussi", "metadata": {}, "source": "x = lenet"}
    section = [
        cells.pop(position(notebook, "q9_lenet")),
        own,
        cells.pop(position(notebook, "test_q9_lenet")),
    ]
    cells[:0] = section
    repaired = mended(notebook)
    require_whole(repaired)
    assert kinds(repaired) == [("moved cell", "q9_lenet"), ("moved cell", "test_q9_lenet")]
    texts = [cell.source for cell in repaired.notebook.cells]
    assert texts[texts.index(answer("q9_lenet")) + 1] == "x = lenet"


def test_a_deleted_test_goes_after_the_students_cells_and_before_the_next_question() -> None:
    notebook = answered()
    duplicate("q9_lenet")(notebook)
    own = notebook["cells"][position(notebook, "q9_lenet") + 1]
    own |= {"metadata": {}, "source": "suite = 1"}
    delete("test_q9_lenet")(notebook)
    repaired = mended(notebook)
    order = [cell.id for cell in repaired.notebook.cells]
    assert order.index("copie") + 1 == order.index("test_q9_lenet")


def test_without_a_release_the_gradebook_alone_is_enough() -> None:
    bare = tuple(
        SourceCell(**{**{f: getattr(cell, f) for f in SourceCell.__slots__}, "cell_id": ""})
        for cell in SOURCE
        if cell.name
    )
    notebook = answered()
    delete("test_q4_mlp")(notebook)
    duplicate("q9_lenet")(notebook)
    repaired = repair(json.dumps(notebook).encode(), bare)
    require_whole(repaired)
    assert kinds(repaired) == [("duplicated cell", "q9_lenet"), ("deleted cell", "test_q4_mlp")]
