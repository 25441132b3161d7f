"""`graders moodle import`: every submission in its place, or nothing at all."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
from nbgrader.utils import parse_utc
from typer.testing import CliRunner, Result

from graders.cli import app
from graders.grading.course import Course
from tests.commands.moodle_course import copy_course, enrol
from tests.grading.tiny_course import ASSIGNMENT
from tests.reports.moodle.samples import FRENCH_DATE, Row, Sheet, archive_of

UN = "Étudiant Un_101_assignsubmission_file"
DEUX = "Étudiante Deux_102_assignsubmission_file"


@pytest.fixture
def course(graded_course: Course, tmp_path: Path) -> Course:
    course = copy_course(graded_course, tmp_path)
    return enrol(course, {"un": "p101@example.org", "deux": "p102@example.org"})


def submit(course: Course, files: Mapping[str, bytes], *options: str) -> Result:
    archive = course.root / "submissions.zip"
    archive.write_bytes(archive_of(files))
    return run(course, str(archive), *options)


def run(course: Course, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["moodle", "import", *arguments, "--course", str(course.root)])


def worksheet(course: Course) -> tuple[str, str]:
    path = course.root / "notes.csv"
    rows = [Row(101, submitted=FRENCH_DATE), Row(102)]
    path.write_bytes(Sheet(rows, french=True).content())
    return "--worksheet", str(path)


def told_logins(course: Course, content: str) -> tuple[str, str]:
    path = course.root / "logins.csv"
    path.write_text(content)
    return "--students", str(path)


def submitted(course: Course) -> dict[str, bytes]:
    """Every file in submitted/, but for timestamps."""
    root = course.root / "submitted"
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != "timestamp.txt"
    }


def test_submissions_are_joined_by_the_worksheet_s_emails_and_dated_by_it(course: Course) -> None:
    done = submit(
        course,
        {f"{UN}/mon tp.ipynb": b"1", f"{UN}/images/a.png": b"2", f"{DEUX}_tp.ipynb": b"3"},
        *worksheet(course),
    )
    assert done.exit_code == 0, done.output
    assert submitted(course) == {
        f"un/{ASSIGNMENT}/mon tp.ipynb": b"1",
        f"un/{ASSIGNMENT}/images/a.png": b"2",
        f"deux/{ASSIGNMENT}/tp.ipynb": b"3",
    }
    stamp = (course.path("submitted", "un", ASSIGNMENT) / "timestamp.txt").read_text()
    assert parse_utc(stamp) == datetime(2026, 1, 12, 21, 15)
    assert "Submissions of tiny put in submitted/: 2." in done.stdout
    assert "Without a time of submission, dated by the archive (1):\n  deux" in done.stdout


def test_submissions_are_joined_by_a_csv_of_numbers_alone(course: Course) -> None:
    logins = told_logins(course, "login,participant\nnouvelle.etudiante,101\nun,102\n")
    done = submit(course, {f"{UN}/tp.ipynb": b"1", f"{DEUX}/tp.ipynb": b"2"}, *logins)
    assert done.exit_code == 0, done.output
    assert submitted(course) == {
        f"nouvelle.etudiante/{ASSIGNMENT}/tp.ipynb": b"1",
        f"un/{ASSIGNMENT}/tp.ipynb": b"2",
    }
    assert "New to nbgrader, named by --students (1):\n  nouvelle.etudiante" in done.stdout


def test_the_time_zone_of_the_worksheet_can_be_told(course: Course) -> None:
    files = {f"{UN}/tp.ipynb": b"1"}
    submit(course, files, *worksheet(course), "--timezone", "America/Martinique")
    stamp = (course.path("submitted", "un", ASSIGNMENT) / "timestamp.txt").read_text()
    assert parse_utc(stamp) == datetime(2026, 1, 13, 2, 15)
    wrong = submit(course, files, "--timezone", "Europe/Nowhere")
    assert (wrong.exit_code, "expected a name such as" in wrong.stderr) == (2, True)


def test_who_has_no_login_is_listed_and_stops_nobody(course: Course) -> None:
    files = {f"{UN}/tp.ipynb": b"1", "X\x1b[2J_999_assignsubmission_file/tp.ipynb": b"2"}
    done = submit(course, files, *worksheet(course))
    assert done.exit_code == 1
    assert list(submitted(course)) == [f"un/{ASSIGNMENT}/tp.ipynb"]
    assert "Without a login, not taken (1):\n  participant 999" in done.stdout
    assert "\x1b" not in done.stdout


def test_without_anything_to_join_by_nothing_is_guessed(course: Course) -> None:
    done = submit(course, {"un_101_assignsubmission_file/tp.ipynb": b"1"})
    assert (done.exit_code, submitted(course)) == (1, {})
    assert "With --worksheet" in done.stdout


def test_a_submission_that_is_there_is_kept_unless_forced(course: Course) -> None:
    submit(course, {f"{UN}/tp.ipynb": b"1", f"{UN}/old.txt": b"1"}, *worksheet(course))
    kept = submit(course, {f"{UN}/tp.ipynb": b"2"}, *worksheet(course))
    assert submitted(course)[f"un/{ASSIGNMENT}/tp.ipynb"] == b"1"
    assert (kept.exit_code, "kept (--force replaces them) (1):\n  un" in kept.stdout) == (0, True)
    submit(course, {f"{UN}/tp.ipynb": b"2"}, *worksheet(course), "--force")
    assert submitted(course) == {f"un/{ASSIGNMENT}/tp.ipynb": b"2"}
    assert list(course.workspace.glob("moodle-*")) == []


def test_one_student_s_bomb_costs_no_other_submission(course: Course) -> None:
    files = {f"{UN}/tp.ipynb": bytes(3 * 2**20), f"{DEUX}/rapport.pdf": b"2"}
    done = submit(course, files, *worksheet(course))
    assert done.exit_code == 1
    assert list(submitted(course)) == [f"deux/{ASSIGNMENT}/rapport.pdf"]
    assert "un: a file unpacks to" in done.stdout
    assert "Without a notebook (1):\n  deux" in done.stdout


def test_a_student_cannot_date_a_submission(course: Course) -> None:
    files = {f"{UN}/tp.ipynb": b"1", f"{UN}/timestamp.txt": b"2020-01-01 00:00:00 UTC"}
    done = submit(course, files, *told_logins(course, "login,participant\nun,101\n"))
    assert not (course.path("submitted", "un", ASSIGNMENT) / "timestamp.txt").exists()
    assert "timestamp.txt" in done.stdout


def test_without_a_worksheet_files_keep_the_date_of_the_archive(course: Course) -> None:
    archive = course.root / "submissions.zip"
    with ZipFile(archive, "w") as written:
        written.writestr(ZipInfo(f"{UN}/tp.ipynb", (2026, 1, 12, 22, 15, 0)), b"1")
        written.writestr(ZipInfo(f"{UN}/undated.txt", (1980, 0, 0, 0, 0, 0)), b"1")
    done = run(course, str(archive), *told_logins(course, "login,participant\nun,101\n"))
    assert done.exit_code == 0, done.output
    notebook = course.path("submitted", "un", ASSIGNMENT) / "tp.ipynb"
    modified = datetime.fromtimestamp(notebook.stat().st_mtime, UTC)
    assert modified == datetime(2026, 1, 12, 21, 15, tzinfo=UTC)


REFUSED = {
    "a path that leads out": {"../../tp.ipynb": b"1"},
    "an absolute path": {"/tmp/tp.ipynb": b"1"},
    "a drive": {"C:\\tp.ipynb": b"1"},
}


@pytest.mark.parametrize("more", REFUSED.values(), ids=REFUSED)
def test_a_refused_archive_writes_nothing(course: Course, more: dict[str, bytes]) -> None:
    before = sorted(course.root.rglob("*"))
    done = submit(course, {f"{UN}/tp.ipynb": b"1", **more}, *worksheet(course))
    assert done.exit_code == 2
    assert "nothing was taken from it" in done.stderr
    assert "Traceback" not in done.stderr
    assert submitted(course) == {}
    new = set(course.root.rglob("*")) - set(before)
    assert {path.name for path in new} <= {
        "submissions.zip",
        "notes.csv",
        ".graders",
        "grading.lock",
    }


def test_a_damaged_archive_writes_nothing_and_ends_in_one_line(course: Course) -> None:
    generator = random.Random(5)
    content = {f"{UN}/tp.ipynb": generator.randbytes(3000), f"{DEUX}/tp.ipynb": bytes(3000)}
    whole = archive_of(content)
    archive = course.root / "submissions.zip"
    refused = 0
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(generator.randint(1, 4)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        archive.write_bytes(damaged[: generator.choice([len(damaged), len(damaged) - 100])])
        done = run(course, str(archive), *worksheet(course), "--force")
        assert done.exit_code in (0, 1, 2), done.exception
        assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit)
        refused += done.exit_code == 2
        for path, found in submitted(course).items():
            assert found in content.values(), path
    assert refused > 20


def test_a_missing_file_is_one_line(course: Course) -> None:
    done = run(course, str(course.root / "nothing.zip"))
    assert done.exit_code == 2
    assert "No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_course_with_several_assignments_asks_which(course: Course) -> None:
    other = course.root / "source" / "other"
    other.mkdir()
    source = course.path("source", ".", ASSIGNMENT) / "tiny.ipynb"
    (other / "other.ipynb").write_bytes(source.read_bytes())
    files = {f"{UN}/tp.ipynb": b"1"}
    asked = submit(course, files, *worksheet(course))
    assert (asked.exit_code, "--assignment. Assignments: other, tiny" in asked.stderr) == (2, True)
    assert submit(course, files, *worksheet(course), "--assignment", "other").exit_code == 0
    assert list(submitted(course)) == ["un/other/tp.ipynb"]


def test_a_folder_that_cannot_be_written_is_one_line(course: Course) -> None:
    (course.root / "submitted").write_text("a file in its place")
    done = submit(course, {f"{UN}/tp.ipynb": b"1"}, *worksheet(course))
    assert done.exit_code == 2
    assert "Not a directory" in done.stderr or "File exists" in done.stderr
    assert "Traceback" not in done.stderr
