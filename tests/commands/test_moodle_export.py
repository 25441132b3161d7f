"""`graders moodle export`: Moodle gets every mark as it was meant, and no mark nobody gave."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from graders.cli import app
from graders.grading.course import Course
from tests.commands.moodle_course import copy_course, enrol, give_feedback, mark
from tests.grading.tiny_course import ASSIGNMENT
from tests.reports.moodle.moodle_reading import marks_taken, pages_taken
from tests.reports.moodle.samples import Row, Sheet

LOGINS = ("un", "deux", "trois", "quatre", "cinq", "six", "hors_moodle")
SHEET = Sheet(
    [
        Row(1, email="un@example.org", maximum="100,00"),
        Row(2, name="Nom_2, Étudiante", email="DEUX@example.org", maximum="100,00"),
        Row(3, email="trois@example.org", maximum="100,00", grade="50,00"),
        Row(4, email="quatre@example.org", maximum="100,00"),
        Row(5, email="cinq@example.org", maximum="100,00", grade="60,00"),
        Row(6, email="six@example.org", maximum="100,00", changeable=False),
        Row(7, email="inconnue@example.org", maximum="100,00"),
    ],
    french=True,
)


@pytest.fixture
def course(graded_course: Course, tmp_path: Path) -> Course:
    course = copy_course(graded_course, tmp_path)
    enrol(course, {login: f"{login}@example.org" for login in LOGINS})
    mark(course, "un", 14, 6)
    mark(course, "deux", 0, 0)
    mark(course, "trois", None, 6)
    mark(course, "quatre", 14, None)
    mark(course, "six", 7, 3)
    mark(course, "hors_moodle", 7, 3)
    for login in ("un", "deux", "trois", "six"):
        give_feedback(course, login)
    (course.root / "notes.csv").write_bytes(SHEET.content())
    return course


def export(course: Course, *options: str) -> Result:
    sheet = str(course.root / "notes.csv")
    return CliRunner().invoke(
        app, ["moodle", "export", sheet, *options, "--course", str(course.root)]
    )


def taken(path: Path) -> dict[int, float]:
    return marks_taken(path.read_bytes(), "utf-8-sig", ",", "Note", 100)


def test_the_worksheet_holds_the_marks_and_only_those(course: Course) -> None:
    done = export(course)
    assert done.exit_code == 1
    # 3 waits, so its earlier mark is emptied; 5 is absent and keeps its own.
    assert taken(course.root / "notes.csv") == {1: 100, 2: 0, 5: 60}
    assert (course.root / "notes.csv.bak").read_bytes() == SHEET.content()
    for told in (
        "notes.csv: 2.",
        "trois (participant 3): tests could not grade test_q1",
        "quatre (participant 4): nobody has read q2",
        "six (participant 6): the mark is locked in Moodle",
        "Absent, left as they are (1):\n  cinq",
        "participant 7 (Étudiant Un): no login for inconnue@example.org",
        "Submissions without a row in the worksheet (1):\n  hors_moodle",
    ):
        assert told in done.stdout


def test_feedback_goes_with_the_marks(course: Course) -> None:
    export(course)
    archive = (course.root / "feedback.zip").read_bytes()
    assert pages_taken(archive, range(1, 8)) == {
        1: {"tiny.html": b"page of un"},
        2: {"tiny.html": b"page of deux"},
    }


def test_exporting_again_changes_nothing(course: Course) -> None:
    export(course)
    names = ("notes.csv", "feedback.zip")
    before = [(course.root / name).read_bytes() for name in names]
    export(course)
    assert [(course.root / name).read_bytes() for name in names] == before


def test_another_file_may_be_filled_instead(course: Course) -> None:
    folder = course.root / "vers_moodle"
    folder.mkdir()
    export(course, "--to", str(folder / "rempli.csv"))
    assert (course.root / "notes.csv").read_bytes() == SHEET.content()
    assert not (course.root / "notes.csv.bak").exists()
    assert taken(folder / "rempli.csv")[1] == 100
    assert (folder / "feedback.zip").exists()


def test_marks_that_were_not_told_by_moodle_s_emails_are_joined_by_a_csv(course: Course) -> None:
    logins = course.root / "logins.csv"
    logins.write_text("login,participant\nhors_moodle,7\n")
    done = export(course, "--students", str(logins))
    assert taken(course.root / "notes.csv")[7] == 50
    assert "Submissions without a row" not in done.stdout


def test_a_submission_that_is_not_graded_yet_has_no_mark(course: Course) -> None:
    folder = course.path("submitted", "cinq", ASSIGNMENT)
    folder.mkdir(parents=True)
    done = export(course)
    assert 5 not in taken(course.root / "notes.csv")
    assert "cinq (participant 5): handed in, not graded yet" in done.stdout


def test_a_submission_handed_in_again_has_not_the_mark_of_the_earlier_one(course: Course) -> None:
    for step, day in (("autograded", 1), ("submitted", 2)):
        folder = course.path(step, "un", ASSIGNMENT)
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text(f"2026-01-0{day} 10:00:00.000000 UTC")
    done = export(course)
    assert 1 not in taken(course.root / "notes.csv")
    assert "un (participant 1): handed in again since it was graded" in done.stdout


def test_without_feedback_it_says_what_to_run(course: Course) -> None:
    for page in course.root.glob("feedback/*/*/*.html"):
        page.unlink()
    done = export(course)
    assert "run nbgrader generate_feedback tiny" in done.stdout
    assert not (course.root / "feedback.zip").exists()


def test_a_refused_worksheet_stays_as_it_is(course: Course) -> None:
    (course.root / "notes.csv").write_text("login,note\nun,12\n")
    done = export(course)
    assert done.exit_code == 2
    assert "notes.csv: The column 'Identifier' or 'Identifiant' is missing" in done.stderr
    assert (course.root / "notes.csv").read_text() == "login,note\nun,12\n"


def test_all_is_well_when_every_submission_has_its_mark(
    graded_course: Course, tmp_path: Path
) -> None:
    course = copy_course(graded_course, tmp_path)
    enrol(course, {"un": "p1@example.org", "deux": "p2@example.org"})
    mark(course, "un", 7, 0.5)
    (course.root / "notes.csv").write_bytes(Sheet([Row(1), Row(2)]).content())
    done = export(course)
    assert done.exit_code == 0, done.output
    content = (course.root / "notes.csv").read_bytes()
    assert marks_taken(content, "utf-8-sig", ",", "Grade", 100) == {1: 37.5}
