"""Seven submissions, five of them broken, in one run: seven right outcomes, and no abort."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from graders import cli
from graders.grading.class_marks import student_marks
from graders.grading.course import CONFIGURATION, Course
from graders.grading.isolation import sandbox
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from tests.attacks.attack import Mark
from tests.attacks.attacked_course import ASSIGNMENT, NOTEBOOK, RIGHT, attacked_source
from tests.attacks.tampering import cell_of
from tests.grading.tiny_course import hand_in, make_course

GOOD = {"number": RIGHT["number"], "word": RIGHT["word"]}
DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
STRIPPING = """
import ast
class Harmless(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Harmless())
the_number, word = 41, 'nothing'
"""
CLASS: dict[str, tuple[dict[str, str], tuple[Mark, Mark, Mark]]] = {
    "a-good": (GOOD, (2, 1, 0)),
    "b-duplicated": (GOOD, (2, 1, 0)),
    "c-dead": ({**GOOD, "word": "import os; os._exit(1)"}, (2, None, None)),
    "d-hang": ({**GOOD, "word": DEAF}, (2, None, None)),
    "e-missing": (GOOD, (2, 1, 0)),
    "f-stripping": ({"number": STRIPPING, "word": "pass"}, (0.5, 0, 0)),
    "g-good": (GOOD, (2, 1, 0)),
}


def graders(*arguments: str, course: Course) -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-m", "graders.cli", *arguments, "--course", str(course.root)],
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )


def released(folder: Path, *settings: str) -> Course:
    """A course with short limits whose release is made."""
    make_course(folder, attacked_source())
    limits = {"cell_seconds": 15, "interrupt_seconds": 1, "memory_bytes": 2**30}
    with (folder / CONFIGURATION).open("a") as configuration:
        configuration.write(f"c.ExecuteIsolated.limits = {limits}\n")
        configuration.write("c.ExecuteIsolated.trainers = None\n")
        configuration.writelines(f"{line}\n" for line in settings)
    course = Course.open(folder)
    assert graders("release", ASSIGNMENT, course=course).returncode == 0
    return course


def duplicate_an_answer(notebook: NotebookNode) -> None:
    copy = deepcopy(cell_of(notebook, "number"))
    notebook.cells.insert(0, copy)


def delete_a_test(notebook: NotebookNode) -> None:
    notebook.cells.remove(cell_of(notebook, "test_word"))


def marks(course: Course, student: str) -> tuple[Mark, ...]:
    found = student_marks(course, ASSIGNMENT, student).marks
    return tuple(mark.points for mark in found if not mark.manual)


@pytest.fixture(autouse=True)
def needs_a_sandbox() -> None:
    try:
        find_bwrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))


def test_seven_submissions_have_seven_right_outcomes_in_one_run(tmp_path: Path) -> None:
    course = released(tmp_path)
    changes = {"b-duplicated": duplicate_an_answer, "e-missing": delete_a_test}
    for student, (answers, _) in CLASS.items():
        path = hand_in(course, student, answers) / f"{NOTEBOOK}.ipynb"
        if student in changes:
            notebook = nbformat.read(path, as_version=4)
            changes[student](notebook)
            path.write_text(nbformat.writes(notebook), encoding="utf-8")
    run = graders("grade", ASSIGNMENT, "--plain", course=course)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert {student: marks(course, student) for student in CLASS} == {
        student: expected for student, (_, expected) in CLASS.items()
    }
    looks = [line for line in run.stdout.splitlines() if line.startswith("Needs a look: ")]
    assert "Needs a look: c-dead: word: kernel died" in looks
    assert "Needs a look: d-hang: word: time limit" in looks
    assert {line.split(": ")[1] for line in looks} == {"c-dead", "d-hang"}
    assert any("c-dead: test_q4_mlp: " in line and "arrêté" in line for line in looks)


def test_without_isolation_every_report_says_so(tmp_path: Path) -> None:
    course = released(tmp_path, 'c.ExecuteIsolated.isolation = "none"')
    hand_in(course, "trusted", GOOD)
    run = graders("grade", ASSIGNMENT, "--quiet", course=course)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Student code ran without isolation." in run.stdout
    assert marks(course, "trusted") == (2, 1, 0)
    notebook = course.path("autograded", "trusted", ASSIGNMENT) / f"{NOTEBOOK}.ipynb"
    assert nbformat.read(notebook, as_version=4).metadata["graders"]["isolated"] is False
    assert course.api().generate_feedback(ASSIGNMENT, force=True)["success"]
    page = course.path("feedback", "trusted", ASSIGNMENT) / f"{NOTEBOOK}.html"
    assert "exécuté sans isolation" in page.read_text(encoding="utf-8")


def test_a_machine_without_sandbox_stops_before_the_first_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    course = released(tmp_path)
    hand_in(course, "waiting", GOOD)
    monkeypatch.setattr(sandbox, "_candidates", lambda: iter(()))
    arguments = ["graders", "grade", ASSIGNMENT, "--course", str(course.root)]
    monkeypatch.setattr(sys, "argv", arguments)
    find_bwrap.cache_clear()
    try:
        with pytest.raises(SystemExit) as stopped:
            cli.app()
    finally:
        find_bwrap.cache_clear()
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("graders: Student code cannot be isolated: install bubblewrap")
    assert not course.path("autograded", "waiting", ASSIGNMENT).exists()
