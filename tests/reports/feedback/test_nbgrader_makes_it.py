"""nbgrader's own `generate_feedback` and `release_feedback` give each student their page."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from graders.grading.autograde import Grading, autograde
from graders.grading.course import CONFIGURATION, Course
from graders.grading.release import generate_release, secret_lines
from tests.grading.tiny_course import ASSIGNMENT, hand_in, make_course
from tests.reports.feedback.html_reading import Page, read

STUDENTS = {
    "ada": {"answer": "the_answer = 41  # réponse d’Ada", "text": "Parce que **six fois sept**."},
    "élise_o'neil": {
        "answer": "the_answer = 42",
        "text": "<script>alert(1)</script> texte d’Élise",
    },
    "late": {},
}
NAMES = {"ada": ("Ada", "D'Été, <b>comtesse</b>"), "élise_o'neil": ("Élise", "x" * 200)}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of three, graded, one answer of which a person has read, and given its feedback."""
    folder = tmp_path_factory.mktemp("feedback")
    make_course(folder)
    with (folder / CONFIGURATION).open("a") as configuration:
        configuration.write(
            'c.ExecuteIsolated.isolation = "none"\n'
            "c.ExecuteIsolated.trainers = None\n"
            "c.ExecuteIsolated.preload = []\n"
            f"c.Exchange.root = {str(folder / 'exchange')!r}\n"
        )
    (folder / "exchange").mkdir(mode=0o777)
    (folder / "exchange").chmod(0o777)
    course = Course.open(folder)
    log = logging.Logger("quiet", logging.CRITICAL)
    generate_release(course, ASSIGNMENT, log)
    for student, answers in STUDENTS.items():
        submission = hand_in(course, student, answers)
        (submission / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
        (submission / "submission_secret.txt").write_text(f"secret of {student}")
        outcome = autograde(course, ASSIGNMENT, student, force=False, log=log)
        assert outcome.grading is Grading.GRADED, outcome.reason
    with course.gradebook() as gradebook:
        _mark_by_hand(gradebook)
    made = course.api().generate_feedback(ASSIGNMENT, force=True)
    assert made["success"], made
    return course


def _mark_by_hand(gradebook: Gradebook) -> None:
    for student, (first, last) in NAMES.items():
        gradebook.update_or_create_student(student, first_name=first, last_name=last)
    gradebook.find_grade("text", "tiny", ASSIGNMENT, "ada").manual_score = 0.5
    comment = gradebook.find_comment("text", "tiny", ASSIGNMENT, "ada")
    comment.manual_comment = "Et pourquoi <i>sept</i> ?"
    gradebook.db.commit()


def page(course: Course, student: str) -> Page:
    file = course.path("feedback", student, ASSIGNMENT) / "tiny.html"
    return read(file.read_text(encoding="utf-8"))


def test_marks_of_tests_and_of_persons_are_those_of_the_gradebook(course: Course) -> None:
    text = page(course, "ada").text
    assert "Ada D'Été, <b>comtesse</b> · ada" in text
    assert "1 / 3" in text
    assert "Et pourquoi <i>sept</i> ?" in text
    assert "provisoire" not in text
    assert "réponse d’Ada" in text


def test_an_answer_that_waits_makes_the_mark_provisional(course: Course) -> None:
    text = page(course, "élise_o'neil").text
    assert "2 / 3 note provisoire" in text
    assert "pas encore lu" in text


def test_who_wrote_nothing_is_told_so(course: Course) -> None:
    text = page(course, "late").text
    assert "Vous n’avez pas répondu." in text
    assert "La variable `the_answer` n’existe pas." in text


def test_no_page_holds_a_hidden_line_or_another_student(course: Course) -> None:
    own = {
        student: {student, *NAMES.get(student, ()), *answers.values()}
        for student, answers in STUDENTS.items()
    }
    hidden = {line.strip() for line in secret_lines(course, ASSIGNMENT)}
    assert hidden
    for student in STUDENTS:
        shown = page(course, student).text
        others = set().union(*(words for other, words in own.items() if other != student))
        assert [word for word in others | hidden if word in shown] == []


def test_release_feedback_gives_it_to_its_student(course: Course) -> None:
    released = course.api().release_feedback(ASSIGNMENT)
    assert released["success"], released
    outbound = Path(course.config.Exchange.root) / "deep-learning" / "feedback"
    given = {file.read_text(encoding="utf-8") for file in outbound.glob("*.html")}
    made = course.path("feedback", "*", ASSIGNMENT).parents[1]
    assert given == {file.read_text(encoding="utf-8") for file in made.rglob("*.html")}
    assert len(given) == len(STUDENTS)


def test_another_language_is_one_line(course: Course) -> None:
    course.config.ExecuteIsolated.language = "en"
    try:
        assert course.api().generate_feedback(ASSIGNMENT, "late", force=True)["success"]
        assert page(course, "late").all("html")[0].attributes["lang"] == "en"
    finally:
        course.config.ExecuteIsolated.language = "fr"
