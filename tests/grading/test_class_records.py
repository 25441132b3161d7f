"""A student's record is read from the gradebook, the marked notebook and the log."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graders.grading.class_records import class_records
from graders.grading.course import Course
from graders.progress import logged_to
from graders.records import GradingOutcome, StudentRecord
from tests.grading.mixed_class import RIGHT, make_mixed_class
from tests.grading.tiny_course import ASSIGNMENT

Records = dict[str, StudentRecord]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """To be read only."""
    return make_mixed_class(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def records(graded: Course) -> Records:
    return {record.student: record for record in class_records(graded, ASSIGNMENT)}


def test_everybody_has_one_outcome(records: Records) -> None:
    assert {student: record.outcome for student, record in records.items()} == {
        "away": GradingOutcome.ABSENT,
        "broken": GradingOutcome.NOT_GRADABLE,
        "dead": GradingOutcome.INCOMPLETE,
        "new": GradingOutcome.NOT_GRADABLE,
        "right": GradingOutcome.GRADED,
        "shortened": GradingOutcome.GRADED,
    }


def test_a_name_is_on_one_line(records: Records) -> None:
    assert records["right"].name == "Élève d’Apostrophe, la virgule"
    assert records["away"].name == ""


def test_answers_are_told_code_from_text(records: Records) -> None:
    assert records["right"].code == {"answer": "the_answer = 42"}
    assert records["right"].texts == {"text": "Parce que."}
    assert records["right"].answers == RIGHT


def test_why_a_submission_is_not_gradable_is_read_in_the_log(records: Records) -> None:
    assert "notebook" in records["broken"].why
    assert "NotRepairable" not in records["broken"].why
    assert records["new"].why == "pas encore notée"


def test_an_accident_and_its_reason_are_told_in_words(records: Records) -> None:
    (accident,) = records["dead"].accidents
    assert (accident.cell, accident.text) == ("answer", "le noyau Python s’est arrêté")
    assert "le noyau Python s’est arrêté" in records["dead"].reasons["test_answer"]


def test_mends_are_told(records: Records) -> None:
    assert "test_answer" in [mend.cell for mend in records["shortened"].mends]
    assert "test_answer" not in [mend.cell for mend in records["right"].mends]


def test_the_feedback_page_is_known_where_there_is_one(records: Records) -> None:
    page = records["right"].feedback
    assert page is not None
    assert page.read_text() == "<!doctype html>"
    assert records["dead"].feedback is None


def test_the_run_took_time(records: Records) -> None:
    assert records["right"].effort.wall_seconds > 0
    assert records["away"].effort.wall_seconds == 0


def test_a_submission_that_came_again_has_no_mark_until_it_is_graded(
    graded: Course, tmp_path: Path
) -> None:
    shutil.copytree(graded.root, tmp_path, symlinks=True, dirs_exist_ok=True)
    course = Course.open(tmp_path)
    earlier = course.path("autograded", "right", ASSIGNMENT) / "timestamp.txt"
    earlier.write_text("2026-11-20 10:00:00 UTC")
    (course.path("submitted", "right", ASSIGNMENT) / "timestamp.txt").write_text(
        "2026-11-21 10:00:00 UTC"
    )
    record = next(r for r in class_records(course, ASSIGNMENT) if r.student == "right")
    assert record.outcome is GradingOutcome.NOT_GRADABLE
    assert record.why == "remise à nouveau depuis sa notation"


def test_of_several_reasons_in_the_log_the_last_of_the_student_counts(
    graded: Course, tmp_path: Path
) -> None:
    shutil.copytree(graded.root, tmp_path, symlinks=True, dirs_exist_ok=True)
    course = Course.open(tmp_path)
    with logged_to(course.workspace / "logs" / f"grade-{ASSIGNMENT}.log") as log:
        log.error("%s: %s", "broken", "first reason")
        log.error("%s: %s", "broken-too", "of another")
        log.error("%s: %s", "broken", "last reason <b>")
    record = next(r for r in class_records(course, ASSIGNMENT) if r.student == "broken")
    assert record.why == "last reason <b>"
