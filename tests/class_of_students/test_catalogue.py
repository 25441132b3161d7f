"""Every sample student earns the marks of the catalogue, on the real MNIST.

Answers are executed without a kernel in one process, where equal trainings are run once; tests
are judged by the checker. The end-to-end test takes a few students through nbgrader itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.utils import is_grade, is_solution

from graders.grading.environment import student_environment
from tests.class_of_students.catalogue import CATALOGUE, DEMONSTRATION, RIGHT, SampleStudent
from tests.class_of_students.catalogue.sample import FULL, NOTHING, Between, earns

ROOT = Path(__file__).parents[2]
NOTEBOOK = Path("tp_keras") / "deep_learning_keras.ipynb"
Record = Mapping[str, Any]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Record]:
    """What each student's notebook gave, by login."""
    folder = tmp_path_factory.mktemp("catalogue")
    notebooks = [str(ROOT / step / NOTEBOOK) for step in ("release", "source")]
    command = [sys.executable, "-m", "tests.class_of_students.marks", *notebooks]
    with (folder / "marks.jsonl").open("w") as marks, (folder / "log.txt").open("w") as log:
        process = subprocess.run(
            [*command, str(ROOT / "data" / "mnist.npz")],
            cwd=folder,
            env={**student_environment(str(Path.home())), "PYTHONPATH": str(ROOT)},
            stdout=marks,
            stderr=log,
            check=False,
        )
    if process.returncode:
        pytest.fail((folder / "log.txt").read_text()[-3000:])
    lines = (folder / "marks.jsonl").read_text().splitlines()
    return {record["login"]: record for record in map(json.loads, lines)}


@pytest.mark.full_mnist
@pytest.mark.parametrize("student", CATALOGUE, ids=lambda student: student.login)
def test_a_sample_student_earns_the_marks_of_the_catalogue(
    student: SampleStudent, records: Mapping[str, Record]
) -> None:
    record = records[student.login]
    assert record["found"].keys() == student.marks.keys()
    wrong = [
        f"{name}: expected {student.marks[name]}, received {found['points']}. {found['said']}"
        for name, found in record["found"].items()
        if not earns(student.marks[name], found["points"])
    ]
    assert not wrong, "\n".join([*wrong, f"Errors of cells: {record['errors']}"])


@pytest.mark.full_mnist
@pytest.mark.parametrize("student", RIGHT, ids=lambda student: student.login)
def test_no_cell_of_a_right_answer_fails(
    student: SampleStudent, records: Mapping[str, Record]
) -> None:
    record = records[student.login]
    assert record["errors"].keys() & (student.answers.keys() | record["found"].keys()) == set()


def test_the_catalogue_marks_every_test_cell_of_the_notebook() -> None:
    source = nbformat.read(ROOT / "source" / NOTEBOOK, as_version=4)
    points = {
        cell.metadata.nbgrader["grade_id"]: cell.metadata.nbgrader["points"]
        for cell in source.cells
        if is_grade(cell) and not is_solution(cell)
    }
    assert points == FULL
    for student in CATALOGUE:
        assert student.marks.keys() == FULL.keys(), student.login


def test_logins_are_distinct_and_portable() -> None:
    logins = [student.login for student in CATALOGUE]
    assert len(set(logins)) == len(logins) >= 22
    assert all(login.replace("-", "").isalnum() and login.isascii() for login in logins)


def test_every_test_cell_is_earned_by_some_and_lost_by_some() -> None:
    for name, maximum in FULL.items():
        earned = [student.marks[name] for student in CATALOGUE]
        assert maximum in earned, name
        assert 0 in earned, name


def test_the_demonstration_has_one_of_each_kind() -> None:
    marks = [student.marks for student in DEMONSTRATION]
    assert FULL in marks
    assert NOTHING in marks
    assert sum(student.heavy for student in DEMONSTRATION) == 2
    assert {student.login for student in DEMONSTRATION} <= {s.login for s in CATALOGUE}


def test_points_are_compared_to_the_hundredth_or_to_an_interval() -> None:
    assert earns(1.27, 1.27)
    assert not earns(1.27, 1.26)
    assert not earns(0, None)
    assert earns(None, None)
    assert not earns(None, 0)
    assert earns(Between(1.2, 1.4), 1.3)
    assert not earns(Between(1.2, 1.4), 1.41)
    assert not earns(Between(0, 1), None)
