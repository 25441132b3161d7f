from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import pytest

from graders.grading.autograde import Grading, autograde, recover, replace_directory
from graders.grading.class_marks import student_marks
from graders.grading.course import Course
from tests.grading.tiny_course import ASSIGNMENT, hand_in

RIGHT = {"answer": "the_answer = 42", "text": "Parce que."}


def graded(course: Course, student: str, log: logging.Logger, *, force: bool = False) -> Grading:
    return autograde(course, ASSIGNMENT, student, force=force, log=log).grading


def points(course: Course, student: str) -> dict[str, float | None]:
    return {mark.cell: mark.points for mark in student_marks(course, ASSIGNMENT, student).marks}


def test_each_cell_gets_its_mark_and_text_waits_for_a_person(
    course: Course, log: logging.Logger
) -> None:
    hand_in(course, "right", RIGHT)
    hand_in(course, "wrong", {"answer": "the_answer = 41"})
    hand_in(course, "untouched", {})
    assert [graded(course, name, log) for name in ("right", "wrong", "untouched")] == ["graded"] * 3
    assert points(course, "right") == {"test_answer": 2, "text": None}
    assert points(course, "wrong") == {"test_answer": 0.5, "text": 0}
    assert points(course, "untouched") == {"test_answer": 0, "text": 0}


def test_a_dead_kernel_leaves_the_question_unmarked_and_keeps_the_rest(
    course: Course, log: logging.Logger
) -> None:
    hand_in(course, "dead", {"answer": "import os\nos._exit(1)", "text": "Parce que."})
    assert graded(course, "dead", log) is Grading.GRADED
    assert points(course, "dead") == {"test_answer": None, "text": None}


def test_a_graded_submission_is_skipped_until_it_is_handed_in_again(
    course: Course, log: logging.Logger
) -> None:
    folder = hand_in(course, "again", {"answer": "the_answer = 41"})
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    assert graded(course, "again", log) is Grading.GRADED
    assert graded(course, "again", log) is Grading.SKIPPED
    hand_in(course, "again", RIGHT)
    (folder / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
    assert graded(course, "again", log) is Grading.GRADED
    assert points(course, "again")["test_answer"] == 2


def test_a_regrade_that_fails_keeps_the_marks_and_the_notebook(
    course: Course, log: logging.Logger
) -> None:
    folder = hand_in(course, "kept", RIGHT)
    graded(course, "kept", log)
    notebook = course.path("autograded", "kept", ASSIGNMENT) / "tiny.ipynb"
    before = notebook.read_bytes()
    (folder / "tiny.ipynb").write_text("{ broken")
    outcome = autograde(course, ASSIGNMENT, "kept", force=True, log=log)
    assert outcome.grading is Grading.NOT_GRADABLE
    assert "JSON" in outcome.reason
    assert "\n" not in outcome.reason
    assert notebook.read_bytes() == before
    assert points(course, "kept")["test_answer"] == 2
    assert not any((course.workspace / "staging").iterdir())


def test_an_interrupted_regrade_keeps_the_marks_and_the_notebook(
    course: Course, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "kept", RIGHT)
    graded(course, "kept", log)
    notebook = course.path("autograded", "kept", ASSIGNMENT) / "tiny.ipynb"
    before = notebook.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("graders.grading.scoring.compute_checksum", interrupted)
    with pytest.raises(KeyboardInterrupt):
        autograde(course, ASSIGNMENT, "kept", force=True, log=log)
    assert notebook.read_bytes() == before
    assert points(course, "kept") == {"test_answer": 2, "text": None}


def test_a_manual_mark_survives_a_regrade(course: Course, log: logging.Logger) -> None:
    hand_in(course, "right", RIGHT)
    graded(course, "right", log)
    with course.gradebook() as gradebook:
        gradebook.find_grade("text", "tiny", ASSIGNMENT, "right").manual_score = 0.75
        gradebook.db.commit()
    graded(course, "right", log, force=True)
    assert points(course, "right") == {"test_answer": 2, "text": 0.75}


def test_a_deleted_test_cell_comes_back_and_is_marked(course: Course, log: logging.Logger) -> None:
    folder = hand_in(course, "deleted", RIGHT)
    notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test-answer"]
    nbformat.write(notebook, folder / "tiny.ipynb")
    graded(course, "deleted", log)
    assert points(course, "deleted")["test_answer"] == 2


def test_the_same_cell_always_starts_from_the_same_random_state(
    course: Course, log: logging.Logger
) -> None:
    draw = "import random, numpy\nthe_answer = 42\nprint(random.random(), numpy.random.rand())"
    shown = []
    for student in ("first", "second"):
        hand_in(course, student, {"answer": draw})
        graded(course, student, log)
        path = course.path("autograded", student, ASSIGNMENT) / "tiny.ipynb"
        shown.append(nbformat.read(path, as_version=4).cells[0].outputs[0].text)
    assert shown[0] == shown[1]


def test_a_folder_is_replaced_and_the_old_one_is_gone(tmp_path: Path) -> None:
    new, target, aside = (tmp_path / name for name in ("new", "target", "aside"))
    for folder, text in ((new, "new"), (target, "old")):
        folder.mkdir()
        (folder / "file").write_text(text)
    replace_directory(new, target, aside)
    assert (target / "file").read_text() == "new"
    assert not new.exists()
    assert not aside.exists()


def test_a_replacement_killed_half_way_is_undone(course: Course) -> None:
    target = course.path("autograded", "killed", ASSIGNMENT)
    aside = course.workspace / "replaced" / target.relative_to(course.root)
    aside.mkdir(parents=True)
    (aside / "file").write_text("old")
    recover(course, target)
    assert (target / "file").read_text() == "old"
