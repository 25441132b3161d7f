"""`graders report` writes a page and its data, and changes nothing else."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from graders.answer_keys import tp_keras
from graders.cli import app
from graders.commands.report import thresholds_of, write_report
from graders.grading.course import Course
from graders.reports.class_report.contents import Threshold
from tests.commands.large_class import make_large_class
from tests.commands.moodle_course import copy_course
from tests.grading.mixed_class import make_mixed_class
from tests.grading.tiny_course import ASSIGNMENT
from tests.processor_time import using_at_most


@pytest.fixture(scope="module")
def mixed_class(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """To be copied, not to be changed."""
    return make_mixed_class(tmp_path_factory.mktemp("mixed"))


@pytest.fixture
def course(mixed_class: Course, tmp_path: Path) -> Course:
    return copy_course(mixed_class, tmp_path)


def report(course: Course, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments, "--course", str(course.root)])


def test_a_page_and_its_data_are_written_and_the_page_is_named(course: Course) -> None:
    done = report(course, ASSIGNMENT)
    folder = course.root / "reports" / ASSIGNMENT
    assert (done.exit_code, done.output) == (0, f"Class report: {folder / 'index.html'}\n")
    assert {file.name for file in folder.iterdir()} == {"index.html", "results.json", "results.csv"}
    assert 'href="./../../feedback/right/tiny/tiny.html"' in (folder / "index.html").read_text()
    students = json.loads((folder / "results.json").read_text())["students"]
    assert {found["student"]: found["outcome"] for found in students} == {
        "away": "absent",
        "broken": "not gradable",
        "dead": "incomplete",
        "new": "not gradable",
        "right": "graded",
        "shortened": "graded",
    }


def test_a_second_report_takes_the_place_of_the_first(course: Course) -> None:
    assert report(course, ASSIGNMENT).exit_code == 0
    assert report(course, ASSIGNMENT, "--separator", ";").exit_code == 0
    text = (course.root / "reports" / ASSIGNMENT / "results.csv").read_text()
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["points"] for row in rows if row["student"] in {"right", "away"}] == ["", "2"]


@pytest.mark.parametrize("assignment", ["unknown", "../tiny", ""])
def test_an_unknown_assignment_ends_with_2(course: Course, assignment: str) -> None:
    assert report(course, assignment).exit_code == 2
    assert not (course.root / "reports").exists()


def test_a_place_that_cannot_be_written_is_told(course: Course) -> None:
    (course.root / "reports").write_text("in the way")
    done = report(course, ASSIGNMENT)
    assert done.exit_code == 2
    assert "reports" in done.output


def test_thresholds_are_those_of_the_answer_key() -> None:
    assert thresholds_of("tp_keras") == {
        "mlp": Threshold(*tp_keras.PERCEPTRON_ACCURACY),
        "lenet": Threshold(*tp_keras.LENET_ACCURACY),
    }


@pytest.mark.parametrize("assignment", ["tiny", "os.path", "../tp_keras", "", "tp-keras"])
def test_an_assignment_without_an_answer_key_has_no_thresholds(assignment: str) -> None:
    assert thresholds_of(assignment) == {}


def test_a_class_of_300_is_reported_in_under_20_seconds_and_5_megabytes(tmp_path: Path) -> None:
    course = make_large_class(tmp_path, 300)
    with using_at_most(seconds=20):
        page = write_report(course, ASSIGNMENT)
    assert page.stat().st_size < 5_000_000
    students = json.loads((page.parent / "results.json").read_text())["students"]
    assert len(students) == 300
    assert sum(found["outcome"] == "graded" for found in students) > 200
    assert all(found["findings"] for found in students if found["outcome"] == "graded")
