"""No line of a hidden test or of the answer key is anywhere a student's code or eyes can reach."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import nbformat
import pytest

from graders.grading.course import Course
from graders.grading.hiding import without_hidden_lines
from graders.grading.isolation.kernel import StudentKernel
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from graders.grading.release import generate_release
from graders.grading.workshop import isolation_for
from tests.attacks.arena import tree
from tests.attacks.attacked_course import (
    ASSIGNMENT,
    answer_key_lines,
    attacked_source,
    hidden_lines,
)
from tests.grading.isolation.kernels import said
from tests.grading.tiny_course import REPOSITORY, make_course

SOURCE = REPOSITORY / "source" / "tp_keras" / "deep_learning_keras.ipynb"
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

# Every readable file but the system's and the Python installation's, searched from inside.
_SEARCH = """
import os, sys
skipped = ("/proc", "/sys", "/usr", "/etc", "/dev", sys.prefix, sys.base_prefix)
seen = found = 0
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders
                  if not os.path.join(folder, name).startswith(skipped)]
    for name in files:
        path = os.path.join(folder, name)
        try:
            with open(path, "rb") as file:
                text = file.read().decode("utf-8", "replace")
        except OSError:
            continue
        seen += 1
        for number, line in enumerate(lines):
            if line in text:
                found += 1
                print("line", number, "in", path)
print("searched", seen, "found", found)
"""


def lines_of_the_assignment() -> frozenset[str]:
    """Every line of the real assignment's hidden tests."""
    cells = nbformat.read(SOURCE, as_version=4).cells
    parts = [part.split(END)[0] for cell in cells for part in cell.source.split(BEGIN)[1:]]
    return frozenset(line.strip() for part in parts for line in part.splitlines() if line.strip())


def all_lines() -> tuple[str, ...]:
    """Every line that must stay hidden."""
    return tuple(sorted(lines_of_the_assignment() | hidden_lines()))


def test_there_are_lines_to_look_for() -> None:
    assert len(lines_of_the_assignment()) >= 10
    assert len(answer_key_lines()) >= 40
    assert any("LENET = Architecture" in line for line in answer_key_lines())


def test_the_sandbox_holds_none() -> None:
    try:
        find_bwrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    # The lines are told to this kernel in pieces, that no file of it may hold them whole.
    pieces = [[line[:5], line[5:]] for line in all_lines()]
    with StudentKernel(isolation_for("sandbox"), Limits()) as kernel:
        kernel.execute(f"lines = ['|'.join(p).replace('|', '', 1) for p in {pieces!r}]")
        told = said(kernel.execute(_SEARCH))
    assert "found 0" in told, told
    assert int(told.split("searched ")[1].split()[0]) > 20, told


def test_the_release_holds_none(tmp_path: Path) -> None:
    course = make_course(tmp_path, attacked_source())
    generate_release(course, ASSIGNMENT, logging.getLogger("release"))
    _assert_absent(course, "release")


def test_the_release_of_the_assignment_holds_none() -> None:
    released = (REPOSITORY / "release").rglob("*.ipynb")
    text = "\n".join(path.read_text(encoding="utf-8") for path in released)
    assert [line for line in all_lines() if json.dumps(line)[1:-1] in text] == []


def test_a_marked_test_cell_keeps_what_students_know() -> None:
    source = f"assert n\n{BEGIN}\nassert n == 3\n{END}\nassert n > 0"
    assert without_hidden_lines(source) == "assert n\nassert n > 0"
    assert without_hidden_lines(f"assert n\n{BEGIN}\nassert n == 3") == "assert n"


def _assert_absent(course: Course, step: str) -> None:
    folder = course.path(step, ".", ASSIGNMENT)
    assert tree(folder)
    for path in folder.rglob("*.ipynb"):
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        assert [line for line in all_lines() if line in text] == []
