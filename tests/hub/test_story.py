from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.hub.hubs import Hub
from tests.hub.story import BY_HAND, BY_TESTS, Story, pictures, tell


@pytest.fixture(scope="module")
def story(hub: Hub, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = Path(tmp_path_factory.mktemp("pictures"))
    return tell(hub, browser, pictures(folder))


def test_the_instructor_finds_the_course_in_the_course_list(hub: Hub, story: Story) -> None:
    assert story.courses.split() == [hub.sample.course, "jupyterhub"]


def test_formgrader_generates_and_releases_the_assignment(story: Story) -> None:
    assert "released" in story.released


def test_validate_runs_the_notebook_in_the_students_kernel(story: Story) -> None:
    assert "Success! Your notebook passes all the tests." in story.validated


def test_both_submissions_are_collected(hub: Hub, story: Story) -> None:
    for login in hub.sample.students:
        assert f"Collecting submission: {login}" in story.collected


def test_autograde_grades_in_the_sandbox_and_tells_what_came_of_it(hub: Hub, story: Story) -> None:
    first, second = hub.sample.students
    assert f"[1/1] {first}: graded, {BY_TESTS} points by tests" in story.one_graded
    assert "3 trainings asked for, 3 run" in story.one_graded
    assert "isolation" not in story.one_graded
    graded, waiting = story.rows_after_one
    assert f"{BY_TESTS} / 20" in graded
    assert "needs manual grading" in graded
    assert "needs autograding" in waiting
    assert second not in story.one_graded


def test_other_pages_are_answered_while_a_submission_is_graded(story: Story) -> None:
    assert story.other_page_seconds < 10


def test_the_class_is_graded_with_progress_and_a_broken_notebook_has_a_reason(
    hub: Hub, story: Story
) -> None:
    first, second = hub.sample.students
    assert story.class_said[0] == "Starting…"
    assert "Graded, but for the submissions that the log names." in story.class_said[-1]
    assert f"{first}: already graded" in story.class_log
    assert f"{second}: not gradable, le notebook est incomplet" in story.class_log
    assert "/ 20" not in story.rows_after_class[1]


def test_the_student_reads_marks_reasons_and_the_instructors_comment(story: Story) -> None:
    _, points, comment = BY_HAND
    assert f"{BY_TESTS + points}".replace(".", ",") in story.feedback.replace("\xa0", " ")
    assert comment in story.feedback
    assert "note provisoire" in story.feedback
    assert "BEGIN HIDDEN TESTS" not in story.feedback


def test_the_hub_restarted_has_lost_nothing(hub: Hub, story: Story) -> None:
    assert story.feedback_again == story.feedback
    marks = hub.run_as_grader("sh", "-c", "nbgrader export --to marks.csv && cat marks.csv")
    assert f",{BY_TESTS + BY_HAND[1]}," in marks.stdout
