"""The builder fills a release as a student would, and changes nothing else."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from tests.class_of_students import __main__ as program
from tests.class_of_students.builder import UnknownCellError, filled, grade_id, submit
from tests.class_of_students.catalogue import CATALOGUE, DEMONSTRATION

RELEASE = Path(__file__).parents[2] / "release" / "tp_keras"


@pytest.fixture(scope="module")
def release() -> NotebookNode:
    return nbformat.read(RELEASE / "deep_learning_keras.ipynb", as_version=4)


def test_only_the_named_answer_cells_change(release: NotebookNode) -> None:
    before = copy.deepcopy(release)
    notebook = filled(release, {"q4_mlp": "mlp = None"})
    changed = [
        (grade_id(old), new.source)
        for old, new in zip(release.cells, notebook.cells, strict=True)
        if old != new
    ]
    assert changed == [("q4_mlp", "mlp = None")]
    assert release == before


def test_cells_can_be_left_out(release: NotebookNode) -> None:
    notebook = filled(release, {}, {"test_q4_mlp"})
    assert len(notebook.cells) == len(release.cells) - 1
    assert "test_q4_mlp" not in map(grade_id, notebook.cells)


@pytest.mark.parametrize("name", ["q13_transformer", "test_q4_mlp", "importation", ""])
def test_an_answer_to_what_is_not_asked_is_refused(release: NotebookNode, name: str) -> None:
    with pytest.raises(UnknownCellError, match="no such cell"):
        filled(release, {name: "mlp = None"})


def test_a_cell_that_is_not_there_cannot_be_left_out(release: NotebookNode) -> None:
    with pytest.raises(UnknownCellError, match="q13_transformer"):
        filled(release, {}, {"q13_transformer"})


def test_a_submission_lies_as_nbgrader_collects_it(release: NotebookNode, tmp_path: Path) -> None:
    submit(filled(release, {}), tmp_path / "etudiant" / "tp_keras", "deep_learning_keras.ipynb")
    folder = tmp_path / "etudiant" / "tp_keras"
    assert {path.name for path in folder.iterdir()} == {
        "deep_learning_keras.ipynb",
        "timestamp.txt",
    }
    assert nbformat.read(folder / "deep_learning_keras.ipynb", as_version=4) == release
    assert parse_utc((folder / "timestamp.txt").read_text()).year == 2026


def test_every_sample_student_answers_what_the_release_asks(release: NotebookNode) -> None:
    for student in CATALOGUE:
        filled(release, student.answers, student.deleted_cells)


def test_the_program_builds_the_class_of_the_demonstration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main([str(RELEASE), str(tmp_path)]) == 0
    logins = [student.login for student in DEMONSTRATION]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(logins)
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == logins
    for login in logins:
        nbformat.read(tmp_path / login / "tp_keras" / "deep_learning_keras.ipynb", as_version=4)


def test_the_program_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main([str(tmp_path), str(tmp_path)]) == 1
    assert "Expected one notebook" in capsys.readouterr().err
    assert program.main([]) == 2
