from __future__ import annotations

from pathlib import Path

import pytest

from graders.grading.course import Course, CourseError
from tests.grading.tiny_course import ASSIGNMENT, hand_in, make_course


def test_a_folder_without_configuration_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"nbgrader_config\.py is missing"):
        Course.open(tmp_path)


def test_a_configuration_that_does_not_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(CourseError, match="does not load: SyntaxError"):
        Course.open(tmp_path)


def test_a_misspelt_assignment_gets_a_suggestion(course: Course) -> None:
    with pytest.raises(CourseError, match="Did you mean tiny"):
        course.require_source("tinny")


def test_a_corrupt_source_is_named(course: Course) -> None:
    path = course.path("source", ".", ASSIGNMENT) / "tiny.ipynb"
    path.write_text("{ not json")
    with pytest.raises(CourseError, match=r"tiny\.ipynb is not a readable notebook"):
        course.require_source(ASSIGNMENT)


def test_a_missing_release_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="Run: graders release tiny"):
        make_course(tmp_path).require_release(ASSIGNMENT)


def test_a_release_the_gradebook_does_not_know_says_what_to_run(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match=r"does not know tiny yet\. Run: graders release tiny"):
        course.require_release(ASSIGNMENT)


def test_a_gradebook_that_is_not_one_is_named(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"not a database" * 100)
    with pytest.raises(CourseError, match=r"gradebook .* cannot be used"):
        course.require_release(ASSIGNMENT)


def test_submitted_students_are_listed_by_login(course: Course) -> None:
    for student in ("zoe", "adam"):
        hand_in(course, student, {})
    assert course.submitted_students(ASSIGNMENT) == ("adam", "zoe")
