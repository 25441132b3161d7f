from __future__ import annotations

import nbformat
import pytest
from distributed import Client

from graders.grading.batch.audit import Disagreement, audited
from graders.grading.batch.class_grading import examinations_of
from graders.grading.course import Course
from graders.grading.execute import grading_settings
from graders.grading.store import open_store
from tests.grading.batch.grading import batch_of, grade, marked
from tests.grading.batch.training_course import answer, points
from tests.grading.tiny_course import ASSIGNMENT

STUDENTS = ("sound", "lucky")
WRONG = '"number": 1'


@pytest.fixture(scope="module")
def graded(training_course: Course, cluster: Client) -> Course:
    grade(training_course, cluster, {"sound": answer(units=4), "lucky": answer(units=3)})
    return training_course


def audit(course: Course, cluster: Client) -> tuple[Disagreement, ...]:
    return audited(batch_of(course, cluster, STUDENTS), STUDENTS, 1.0, lambda _: None)


def test_a_sound_class_has_nothing_to_report(graded: Course, cluster: Client) -> None:
    assert audit(graded, cluster) == ()


def test_a_notebook_that_was_tampered_with_is_reported(graded: Course, cluster: Client) -> None:
    path = graded.path("autograded", "lucky", ASSIGNMENT) / "tiny.ipynb"
    sound = path.read_bytes()
    path.chmod(0o600)
    try:
        path.write_bytes(nbformat.writes(_with_mark(marked(graded, "lucky"), "2.0")).encode())
        (found,) = audit(graded, cluster)
    finally:
        path.write_bytes(sound)
    assert found == Disagreement("lucky", "test_answer", "2.0", "1.0")


def test_a_store_that_was_tampered_with_is_reported(graded: Course, cluster: Client) -> None:
    settings = grading_settings(graded.config)
    (asked,) = examinations_of(batch_of(graded, cluster, ("lucky",)), "lucky", settings, "none")
    store = open_store(settings.store)
    sound = store.get(asked.digest)
    assert sound is not None
    forged = _with_mark(nbformat.reads(sound.decode(), as_version=4), "2.0")
    store.put(asked.digest, nbformat.writes(forged).encode())
    try:
        grade(graded, cluster, {"lucky": answer(units=3)}, force=True)
        assert points(graded, ["lucky"]) == {"lucky": 2}
        assert [found.student for found in audit(graded, cluster)] == ["lucky"]
    finally:
        store.put(asked.digest, sound)
        grade(graded, cluster, {"lucky": answer(units=3)}, force=True)


def _with_mark(notebook: nbformat.NotebookNode, mark: str) -> nbformat.NotebookNode:
    """The notebook with another mark in the output of its test cell."""
    (output,) = [
        output
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_answer"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    output.data = {"text/plain": mark}
    return notebook
