"""Broken submissions graded for real: marks as for the intact one, what was handed in untouched."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from graders.grading.autograde import Grading, autograde
from graders.grading.class_marks import student_marks
from graders.grading.course import Course
from graders.grading.repair import MendKind, mends_from_data
from tests.grading.tiny_course import ASSIGNMENT, hand_in

RIGHT = {"answer": "the_answer = 42", "text": "Parce que."}
MARKS = {"test_answer": 2, "text": None}
NAME = "tiny.ipynb"


@pytest.fixture
def quick_course(course: Course) -> Course:
    """The tiny course, whose tests need nothing to be loaded."""
    configuration = course.root / "nbgrader_config.py"
    with configuration.open("a") as file:
        file.write("\nc.ExecuteIsolated.preload = []\n")
    return Course.open(course.root)


def submitted(course: Course, student: str, damage: Callable[[Path], object]) -> Path:
    folder = hand_in(course, student, RIGHT)
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    damage(folder)
    return folder


def with_cells_damaged(folder: Path) -> None:
    """The answer pasted twice, its test deleted."""
    notebook = nbformat.read(folder / NAME, as_version=4)
    twin = nbformat.from_dict({**notebook.cells[0], "id": "copie"})
    notebook.cells[1:2] = [twin]
    nbformat.write(notebook, folder / NAME)


def with_mark(folder: Path) -> None:
    """A byte-order mark, as Windows editors leave."""
    data = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(b"\xef\xbb\xbf" + data)


def renamed(folder: Path) -> None:
    (folder / NAME).rename(folder / "tiny_DUPONT (1).ipynb")


def with_link(folder: Path) -> None:
    (folder / "notes.txt").symlink_to("/etc/hostname")


def truncated(folder: Path) -> None:
    (folder / NAME).write_bytes((folder / NAME).read_bytes()[:300])


def all_at_once(folder: Path) -> None:
    with_cells_damaged(folder)
    with_mark(folder)
    with_link(folder)
    renamed(folder)
    (folder / "timestamp.txt").unlink()


ALL_AT_ONCE = (
    MendKind.LINK,
    MendKind.RENAMED,
    MendKind.TIMESTAMP,
    MendKind.ENCODING,
    MendKind.DUPLICATED,
    MendKind.DELETED,
)
STUDENTS: dict[str, tuple[Callable[[Path], object], tuple[MendKind, ...]]] = {
    "a-intact": (lambda _: None, ()),
    "b-cells": (with_cells_damaged, (MendKind.DUPLICATED, MendKind.DELETED)),
    "c-everything": (all_at_once, ALL_AT_ONCE),
}


def marks(course: Course, student: str) -> dict[str, float | None]:
    return {mark.cell: mark.points for mark in student_marks(course, ASSIGNMENT, student).marks}


def mends(course: Course, student: str) -> tuple[MendKind, ...]:
    path = course.path("autograded", student, ASSIGNMENT) / NAME
    metadata = nbformat.read(path, as_version=4).metadata
    kept = metadata.get("graders", {}).get("mends", [])
    return tuple(mend.kind for mend in mends_from_data(kept))


def content(folder: Path) -> dict[str, object]:
    return {
        str(path.relative_to(folder)): path.readlink() if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def test_graders_grade_mends_in_a_copy(quick_course: Course, log: logging.Logger) -> None:
    folder = submitted(quick_course, "anna", all_at_once)
    before = content(folder)
    outcome = autograde(quick_course, ASSIGNMENT, "anna", force=False, log=log)
    assert outcome.grading is Grading.GRADED
    assert marks(quick_course, "anna") == MARKS
    assert mends(quick_course, "anna") == ALL_AT_ONCE
    assert content(folder) == before
    graded = content(quick_course.path("autograded", "anna", ASSIGNMENT))
    assert set(graded) == {NAME, "timestamp.txt"}
    again = autograde(quick_course, ASSIGNMENT, "anna", force=False, log=log)
    assert again.grading is Grading.SKIPPED


def test_what_cannot_be_mended_is_not_graded_and_never_zero(
    quick_course: Course, log: logging.Logger
) -> None:
    submitted(quick_course, "tom", truncated)
    outcome = autograde(quick_course, ASSIGNMENT, "tom", force=False, log=log)
    assert outcome.grading is Grading.NOT_GRADABLE
    assert outcome.reason.startswith("le notebook est incomplet")
    assert 0 not in marks(quick_course, "tom").values()


def test_nbgrader_autograde_mends_a_class_and_goes_on_past_what_it_cannot(
    quick_course: Course,
) -> None:
    folders = {name: submitted(quick_course, name, STUDENTS[name][0]) for name in STUDENTS}
    submitted(quick_course, "b-truncated", truncated)
    intact = content(folders["a-intact"])
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT],
        cwd=quick_course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert "le notebook est incomplet" in run.stderr
    for student, (_, expected) in STUDENTS.items():
        assert marks(quick_course, student) == MARKS
        assert mends(quick_course, student) == expected
    assert content(folders["a-intact"]) == intact
    kept = content(folders["c-everything"])
    assert "tiny_DUPONT (1).ipynb" in kept
    assert str(kept[".original/notes.txt"]) == "/etc/hostname"
    graded = content(quick_course.path("autograded", "c-everything", ASSIGNMENT))
    assert set(graded) == {NAME, "timestamp.txt"}
