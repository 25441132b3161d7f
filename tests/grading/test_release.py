from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import pytest

from graders.grading.course import Course, CourseError
from graders.grading.release import find_leaks, generate_release, secret_lines
from tests.grading.tiny_course import ASSIGNMENT, TEST, make_course, tiny_source


def test_the_release_has_stubs_and_no_hidden_test(course: Course) -> None:
    release = course.path("release", ".", ASSIGNMENT) / "tiny.ipynb"
    sources = [cell.source for cell in nbformat.read(release, as_version=4).cells]
    assert "NotImplementedError" in sources[0]
    assert sources[1] == "assert the_answer is not None"
    assert sources[2] == "VOTRE RÉPONSE ICI"


def test_making_the_release_twice_gives_the_same_bytes(course: Course, log: logging.Logger) -> None:
    release = course.path("release", ".", ASSIGNMENT) / "tiny.ipynb"
    before = release.read_bytes()
    generate_release(course, ASSIGNMENT, log)
    assert release.read_bytes() == before


def test_secret_lines_are_those_of_solutions_and_hidden_tests(course: Course) -> None:
    assert secret_lines(course, ASSIGNMENT) == {
        "the_answer = 6 * 7",
        "2.0 if the_answer == 42 else 0.5",
        "Because six times seven.",
    }


def test_a_secret_line_in_the_release_is_found(course: Course) -> None:
    release = course.path("release", ".", ASSIGNMENT) / "tiny.ipynb"
    notebook = nbformat.read(release, as_version=4)
    notebook.cells[0].source += "\nthe_answer = 6 * 7"
    nbformat.write(notebook, release)
    assert [leak.line for leak in find_leaks(course, ASSIGNMENT)] == ["the_answer = 6 * 7"]


def test_a_secret_line_in_another_released_file_is_found(course: Course) -> None:
    (course.path("release", ".", ASSIGNMENT) / "notes.txt").write_text("Because six times seven.")
    assert [leak.file.name for leak in find_leaks(course, ASSIGNMENT)] == ["notes.txt"]


def test_a_hidden_test_without_end_is_refused_in_one_line(
    tmp_path: Path, log: logging.Logger
) -> None:
    unfinished = tiny_source(TEST.replace("### END HIDDEN TESTS", ""))
    with pytest.raises(CourseError, match=r"could not make the release: .*[Nn]o end hidden tests"):
        generate_release(make_course(tmp_path, unfinished), ASSIGNMENT, log)
