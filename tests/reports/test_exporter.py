"""nbgrader's own `export` with our exporter, run as nbgrader's users run it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

from tests.commands.moodle_course import enrol, make_graded_course, mark
from tests.grading.tiny_course import ASSIGNMENT

EXPORTER = "graders.reports.exporter.MarksExporter"


def test_absent_waiting_and_zero_are_different(tmp_path: Path) -> None:
    logins = ("absente", "zero", "note", "illisible", "non_lue", "remise")
    course = enrol(make_graded_course(tmp_path), dict.fromkeys(logins, "@un,deux"))
    mark(course, "zero", 0, 0)
    mark(course, "note", 7.25, 1 / 3)
    mark(course, "illisible", None, 6)
    mark(course, "non_lue", 14, None)
    course.path("submitted", "remise", ASSIGNMENT).mkdir(parents=True)
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", f"--exporter={EXPORTER}", "--to", "m.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert run.returncode == 0, run.stderr
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as file:
        lines = {line["student_id"]: line for line in csv.DictReader(file)}
    assert {login: (line["standing"], line["score"]) for login, line in lines.items()} == {
        "absente": ("absent", ""),
        "zero": ("graded", "0"),
        "note": ("graded", "7.58333"),
        "illisible": ("could not grade", ""),
        "non_lue": ("to read", ""),
        "remise": ("not graded", ""),
    }
    assert lines["illisible"]["waits_for"] == "tests could not grade test_q1"
    assert lines["zero"]["max_score"] == "20"
    # A name that begins like a formula is a text to every spreadsheet.
    assert lines["zero"]["last_name"] == "'=Nom zero"
    assert lines["zero"]["email"] == "'@un,deux"
