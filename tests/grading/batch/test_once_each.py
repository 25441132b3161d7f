from __future__ import annotations

import logging

from distributed import Client

from graders.grading.course import Course
from graders.grading.release import generate_release
from tests.grading.batch.grading import grade, marked
from tests.grading.batch.training_course import (
    CHANGED_TEST,
    TEST,
    answer,
    change_the_test,
    points,
)
from tests.grading.tiny_course import ASSIGNMENT

# What it shows differs each time it is run.
_SHOWS_WHEN = "\nimport uuid\nprint(uuid.uuid4())"


def test_answers_in_two_spellings_are_trained_once_and_marked_alike(
    training_course: Course, cluster: Client
) -> None:
    answers = {
        "listed": answer(epochs=5),
        "added": answer(epochs=5, listed=False),
        "wrong": answer(epochs=5, units=9),
    }
    run = grade(training_course, cluster, answers)
    assert {outcome.grading for outcome in run.outcomes.values()} == {"graded"}
    assert points(training_course, answers) == {"listed": 2, "added": 2, "wrong": 1}
    # Events may come after the results: what notebooks keep is exact.
    counts = [
        marked(training_course, student).metadata["graders"]["trainings"] for student in answers
    ]
    assert sum(count["asked"] for count in counts) == 3
    assert sum(count["found"] for count in counts) == 1
    again = grade(training_course, cluster, answers, force=True)
    assert (again.started, again.asked) == ([], 0)
    assert points(training_course, answers) == {"listed": 2, "added": 2, "wrong": 1}


def test_only_what_has_changed_is_run_again(training_course: Course, cluster: Client) -> None:
    answers = {"kept": answer() + _SHOWS_WHEN, "changes": answer(units=7) + _SHOWS_WHEN}
    grade(training_course, cluster, answers)
    shown = {student: _shown(training_course, student) for student in answers}
    _release(training_course, CHANGED_TEST)
    try:
        answers["changes"] = answer() + "\n" + _SHOWS_WHEN
        run = grade(training_course, cluster, answers, force=True)
        assert points(training_course, answers) == {"kept": 1.5, "changes": 1.5}
    finally:
        _release(training_course, TEST)
    # Both tests are judged anew; of the answers, only the changed one is run.
    assert sorted(run.started) == ["changes", "kept"]
    assert run.trained == 0
    assert _shown(training_course, "kept") == shown["kept"]
    assert _shown(training_course, "changes") != shown["changes"]


def test_the_same_notebook_twice_is_run_once(training_course: Course, cluster: Client) -> None:
    copied = answer(units=6) + _SHOWS_WHEN
    run = grade(training_course, cluster, {"first": copied, "copy": copied})
    assert len(run.started) == 1
    assert _shown(training_course, "first") == _shown(training_course, "copy")
    assert points(training_course, ["first", "copy"]) == {"first": 1, "copy": 1}


def _shown(course: Course, student: str) -> str:
    return str(marked(course, student).cells[0].outputs[0].text)


def test_what_ended_in_an_accident_is_run_anew_when_asked_to(
    training_course: Course, cluster: Client
) -> None:
    answers = {"crashed": f"{answer(units=5)}\nimport os\nos._exit(1)", "well": answer(units=5)}
    grade(training_course, cluster, answers)
    kept = grade(training_course, cluster, answers, force=True)
    assert kept.started == []
    again = grade(training_course, cluster, answers, retry=True)
    assert again.started == ["crashed"]
    assert again.trained == 0


def _release(course: Course, test: str) -> None:
    change_the_test(course, test)
    generate_release(course, ASSIGNMENT, logging.Logger("quiet"))
