"""The record that submissions are mended from, as the gradebook and the release tell it."""

from __future__ import annotations

import shutil

from graders.grading.course import Course
from graders.grading.repair.record import read_sources
from graders.grading.repair.source import named_cells
from tests.grading.tiny_course import ASSIGNMENT, TEST


def test_the_gradebook_tells_as_much_of_named_cells_as_the_release(course: Course) -> None:
    directory = course.directory(ASSIGNMENT)
    [whole] = read_sources(directory, ASSIGNMENT).values()
    shutil.rmtree(course.path("release", ".", ASSIGNMENT))
    [alone] = read_sources(directory, ASSIGNMENT).values()
    assert list(named_cells(whole)) == list(named_cells(alone)) == ["answer", "test_answer", "text"]
    answer, test, text = whole
    assert (answer.solution, answer.grade, answer.points) == (True, False, None)
    assert (test.is_test, test.locked, test.points, test.source) == (True, True, 2, TEST)
    assert (text.cell_type, text.solution, text.grade, text.points) == ("markdown", True, True, 1)
    assert [cell.cell_id for cell in whole] == ["answer", "test-answer", "text"]
    for one, other in zip(whole, alone, strict=True):
        assert one.released.strip() == other.released.strip()
        assert one.checksum == other.checksum


def test_an_assignment_that_was_never_released_has_no_record(course: Course) -> None:
    assert read_sources(course.directory("autre"), "autre") == {}
