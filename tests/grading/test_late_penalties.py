"""A class whose assignment was due at noon, UTC; it is worth 3 points."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import nbformat
import pytest
from typer.testing import CliRunner

from graders.cli import app
from graders.grading.autograde import SubmissionOutcome, autograde
from graders.grading.class_lateness import class_lateness, granted_in
from graders.grading.class_marks import marks_in, penalties_in
from graders.grading.course import Course, CourseError
from graders.grading.late_penalties import LatePenalty, lateness_of
from graders.reports.standing import Standing, final_marks
from tests.grading.tiny_course import ASSIGNMENT, hand_in

DUE = "2026-11-20 12:00:00 UTC"
RIGHT = {"answer": "the_answer = 42"}
HEADER = "login,assignment,until\n"


@pytest.fixture
def late_course(course: Course) -> Course:
    """The tiny course, due, where each day begun costs half a point and 1.25 at most."""
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    course.config.LatePenalty.points_per_day = 0.5
    course.config.LatePenalty.most = 1.25
    course.config.LatePenalty.grace_minutes = 10
    return course


def submit(course: Course, student: str, moment: str, answers: dict[str, str]) -> None:
    folder = hand_in(course, student, answers)
    (folder / "timestamp.txt").write_text(moment)


def grade(course: Course, student: str) -> SubmissionOutcome:
    return autograde(course, ASSIGNMENT, student, force=True, log=logging.Logger("quiet"))


def penalty(course: Course, student: str) -> float:
    with course.gradebook() as gradebook:
        return penalties_in(gradebook, ASSIGNMENT)[student]


def grant(course: Course, *lines: str) -> None:
    (course.root / "extensions.csv").write_text(HEADER + "\n".join(lines))


STAMPS = [
    ("2026-11-20 12:00:00.000000 UTC", 0),
    ("2026-11-20 12:10:00.000000 UTC", 0),
    ("2026-11-20 12:10:01.000000 UTC", 0.5),
    ("2026-11-20 13:00:00.000000 Europe/Paris", 0),
    ("2026-11-20T13:30:00+01:00", 0.5),
    ("2026-11-22 11:00:00.000000 UTC", 1),
    ("2027-11-22 11:00:00.000000 UTC", 1.25),
]


@pytest.mark.parametrize(("stamp", "points"), STAMPS)
def test_each_day_begun_costs_what_the_configuration_says(
    late_course: Course, stamp: str, points: float
) -> None:
    policy = LatePenalty(config=late_course.config).policy()
    with late_course.gradebook() as gradebook:
        gradebook.add_student("student")
        submission = gradebook.add_submission(ASSIGNMENT, "student", timestamp=stamp)
        assert lateness_of(submission, None, policy).penalty == points


def test_by_default_being_late_costs_nothing(course: Course) -> None:
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    submit(course, "late", "2026-12-24 12:00:00 UTC", RIGHT)
    grade(course, "late")
    assert penalty(course, "late") == 0
    assert class_lateness(course, ASSIGNMENT)["late"].days == 34


def test_a_changed_extension_changes_the_penalty_of_a_notebook_that_is_not_run_again(
    late_course: Course,
) -> None:
    answer = "import uuid\nprint(uuid.uuid4())\nthe_answer = 42"
    submit(late_course, "late", "2026-11-21 13:00:00 UTC", {"answer": answer})
    grade(late_course, "late")
    shown = _shown(late_course, "late")
    assert penalty(late_course, "late") == 1
    for until, points in [
        ("2026-11-20 13:30 Europe/Paris", 1),
        ("2026-11-21 12:00 UTC", 0.5),
        ("2026-11-21 13:00 UTC", 0),
        ("excused", 0),
    ]:
        grant(late_course, f"late,{ASSIGNMENT},{until}", "late,another,excused")
        grade(late_course, "late")
        assert penalty(late_course, "late") == points, until
    grant(late_course)
    grade(late_course, "late")
    assert penalty(late_course, "late") == 1
    assert _shown(late_course, "late") == shown


def test_an_extension_in_nbgrader_counts_as_well(late_course: Course) -> None:
    submit(late_course, "late", "2026-11-21 13:00:00 UTC", RIGHT)
    grade(late_course, "late")
    with late_course.gradebook() as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "late", hours=24)
    grade(late_course, "late")
    assert penalty(late_course, "late") == 0.5
    found = class_lateness(late_course, ASSIGNMENT)["late"]
    assert found.extension == datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_total_is_never_negative_and_the_whole_penalty_waits_for_marks_to_come(
    late_course: Course,
) -> None:
    submit(late_course, "late", "2026-11-29 12:00:00 UTC", {"answer": "1", "text": "Parce que."})
    grade(late_course, "late")
    assert penalty(late_course, "late") == 1.25
    for manual, points in [(0.25, 0.0), (1.0, 0.0)]:
        with late_course.gradebook() as gradebook:
            gradebook.find_grade("text", "tiny", ASSIGNMENT, "late").manual_score = manual
            gradebook.db.commit()
            marks = marks_in(gradebook, ASSIGNMENT)
            penalties = penalties_in(gradebook, ASSIGNMENT)
        (mark,) = final_marks(marks, {}, penalties, [])
        assert mark.points == points


def test_a_penalty_makes_no_mark_of_what_could_not_be_graded(late_course: Course) -> None:
    submit(late_course, "dead", "2026-11-29 12:00:00 UTC", {"answer": "import os\nos._exit(1)"})
    grade(late_course, "dead")
    with late_course.gradebook() as gradebook:
        grade_of_test = gradebook.find_grade("test_answer", "tiny", ASSIGNMENT, "dead")
        assert grade_of_test.auto_score is None
        assert grade_of_test.needs_manual_grade
        marks = marks_in(gradebook, ASSIGNMENT)
        (mark,) = final_marks(marks, {}, penalties_in(gradebook, ASSIGNMENT), [])
    assert (mark.standing, mark.points) == (Standing.COULD_NOT_GRADE, None)


def test_dates_are_told_of_everybody_with_a_submission_or_an_extension(
    late_course: Course,
) -> None:
    submit(late_course, "late", "2026-11-21 13:00:00 UTC", RIGHT)
    grade(late_course, "late")
    grant(late_course, f"ill,{ASSIGNMENT},excused", f"more,{ASSIGNMENT},2026-12-01 00:00 UTC")
    found = class_lateness(late_course, ASSIGNMENT)
    due = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert {login: dates.due for login, dates in found.items()} == dict.fromkeys(found, due)
    assert (found["ill"].excused, found["ill"].submitted) == (True, None)
    assert found["more"].deadline == datetime(2026, 12, 1, tzinfo=UTC)
    assert (found["late"].days, found["late"].penalty) == (2, 1)
    assert found["late"].submitted == datetime(2026, 11, 21, 13, tzinfo=UTC)


def test_a_list_that_is_not_understood_is_refused_by_line(late_course: Course) -> None:
    grant(late_course, f"late,{ASSIGNMENT},tomorrow")
    with pytest.raises(CourseError, match=r"extensions\.csv, line 2, column until.*'tomorrow'"):
        granted_in(late_course)
    command = ["grade", ASSIGNMENT, "--course", str(late_course.root)]
    hand_in(late_course, "late", RIGHT)
    stopped = CliRunner().invoke(app, command)
    assert stopped.exit_code == 2
    assert "line 2, column until" in " ".join(stopped.output.split())
    submit(late_course, "late", "2026-11-21 13:00:00 UTC", RIGHT)
    assert "line 2, column until" in grade(late_course, "late").reason


def test_another_plugin_keeps_its_own_rules(late_course: Course) -> None:
    from nbgrader.plugins import LateSubmissionPlugin  # noqa: PLC0415 - only this test needs it

    late_course.config.AssignLatePenalties.plugin_class = LateSubmissionPlugin
    late_course.config.LateSubmissionPlugin.penalty_method = "zero"
    grant(late_course, f"late,{ASSIGNMENT},tomorrow")
    submit(late_course, "late", "2026-11-21 13:00:00 UTC", RIGHT)
    grade(late_course, "late")
    assert penalty(late_course, "late") == 2
    assert class_lateness(late_course, ASSIGNMENT)["late"].penalty == 2


def test_the_repository_asks_for_no_penalty(course: Course) -> None:
    assert LatePenalty(config=course.config).policy().points_per_day == 0


def _shown(course: Course, student: str) -> str:
    path = course.path("autograded", student, ASSIGNMENT) / "tiny.ipynb"
    answer = next(
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "answer"
    )
    return str(answer.outputs[0].text)
