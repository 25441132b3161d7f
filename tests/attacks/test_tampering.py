"""Tampered submissions, graded by nbgrader with the repository's own configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from graders.grading.autograde import Grading, SubmissionOutcome, autograde
from graders.grading.class_marks import student_marks
from graders.grading.course import CONFIGURATION, Course
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from graders.grading.release import generate_release
from graders.progress import logged_to
from graders.rubric import RESULT_MIME
from tests.attacks.arena import FRIEND, tree
from tests.attacks.attack import Mark
from tests.attacks.attacked_course import (
    ASSIGNMENT,
    FULL_MARKS,
    NOTEBOOK,
    RIGHT,
    attacked_source,
    hidden_lines,
)
from tests.attacks.tampering import SCRIPT, TAMPERINGS, Tampering
from tests.grading.tiny_course import hand_in, make_course

ANSWERS = {"number": RIGHT["number"], "word": RIGHT["word"]}
MARKS = {**FULL_MARKS, "test_q4_mlp": 0.0}
by_tampering = pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda found: found.name)


@dataclass(frozen=True)
class Graded:
    """A class of attackers between two honest students, graded and given its feedback."""

    course: Course
    outcomes: Mapping[str, SubmissionOutcome]
    log: str

    def notebook(self, student: str) -> nbformat.NotebookNode:
        """A marked notebook."""
        path = self.course.path("autograded", student, ASSIGNMENT) / f"{NOTEBOOK}.ipynb"
        return nbformat.read(path, as_version=4)

    def marks(self, student: str) -> dict[str, Mark]:
        """Its marks by test cell."""
        marks = student_marks(self.course, ASSIGNMENT, student).marks
        return {mark.cell: mark.points for mark in marks if not mark.manual}

    def pages(self, student: str) -> list[str]:
        """What its student and its marker open: the feedback, and formgrader's page."""
        feedback = self.course.path("feedback", student, ASSIGNMENT) / f"{NOTEBOOK}.html"
        marked = self.course.path("autograded", student, ASSIGNMENT) / f"{NOTEBOOK}.ipynb"
        names = ("assignment_id", "notebook_id", "submission_id", "base_url", "student")
        resources = {**dict.fromkeys(names, "x"), "index": 0, "total": 1, "notebook_path": "x"}
        formgrader = Config(self.course.config)
        formgrader.HTMLExporter.template_name = "formgrade"
        formgrader.HTMLExporter.extra_template_basedirs = [handlers.template_path]
        page, _ = HTMLExporter(config=formgrader).from_filename(str(marked), resources=resources)
        return [feedback.read_text(encoding="utf-8"), page]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    try:
        find_bwrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("tampered")
    make_course(folder, attacked_source())
    with (folder / CONFIGURATION).open("a") as configuration:
        configuration.write("c.ExecuteIsolated.trainers = None\n")
    course = Course.open(folder)
    log_file = folder / ".graders" / "logs" / "grade.log"
    with logged_to(log_file) as log:
        generate_release(course, ASSIGNMENT, log)
        hand_in(course, "friend", {**ANSWERS, "word": f'word = "{FRIEND}"'})
        for tampering in TAMPERINGS:
            _submit(course, tampering)
        hand_in(course, "neighbour", ANSWERS)
        before = tree(course.path("submitted", ".", ASSIGNMENT).parent)
        students = [*(tampering.name for tampering in TAMPERINGS), "neighbour"]
        outcomes = {
            student: autograde(course, ASSIGNMENT, student, force=False, log=log)
            for student in students
        }
        assert tree(course.path("submitted", ".", ASSIGNMENT).parent) == before
    assert course.api().generate_feedback(ASSIGNMENT, force=True)["success"]
    return Graded(course, outcomes, log_file.read_text(encoding="utf-8"))


def _submit(course: Course, tampering: Tampering) -> None:
    folder = hand_in(course, tampering.name, {"number": tampering.answer})
    notebook = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
    tampering.change(notebook)
    (folder / f"{NOTEBOOK}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    tampering.place(folder)


@by_tampering
def test_a_tampered_submission_gets_what_its_answers_earn(
    graded: Graded, tampering: Tampering
) -> None:
    outcome = graded.outcomes[tampering.name]
    if tampering.marks is None:
        assert outcome.grading is Grading.NOT_GRADABLE
        assert len(outcome.reason.splitlines()) == 1
        assert not graded.course.path("autograded", tampering.name, ASSIGNMENT).exists()
        return
    assert outcome.grading is Grading.GRADED, outcome.reason
    assert graded.marks(tampering.name) == tampering.marks


@by_tampering
def test_it_shows_no_hidden_line_and_runs_nothing(graded: Graded, tampering: Tampering) -> None:
    if tampering.marks is None:
        return
    notebook = graded.notebook(tampering.name)
    pages = graded.pages(tampering.name)
    shown = "\n".join([nbformat.writes(notebook), *pages])
    assert "FOUND" not in str([cell.get("outputs") for cell in notebook.cells])
    assert [line for line in (*hidden_lines(), FRIEND) if line in shown] == []
    assert [found for page in pages for found in running(page)] == []


def test_an_honest_neighbour_gets_its_marks(graded: Graded) -> None:
    assert graded.marks("neighbour") == MARKS


def test_the_reasons_of_marks_are_shown_on_both_pages(graded: Graded) -> None:
    feedback, formgrader = graded.pages("neighbour")
    for page in (feedback, formgrader):
        assert "La variable `mlp` n’existe pas." in page
    assert '<section lang="fr" style=' in formgrader


def test_control_codes_reach_no_terminal(graded: Graded) -> None:
    reasons = [outcome.reason for outcome in graded.outcomes.values()]
    assert [text for text in (graded.log, *reasons) if "\x1b" in text or "\x07" in text] == []
    assert "[2J" in graded.log


def test_the_record_of_a_run_is_the_grader_s_own(graded: Graded) -> None:
    notebook = graded.notebook("a forged record")
    assert "forged" not in str([cell.metadata for cell in notebook.cells])
    record = notebook.metadata["graders"]
    assert record["incidents"] == []
    assert "note" not in record


def test_links_lead_nowhere(graded: Graded) -> None:
    folder = graded.course.path("autograded", "links", ASSIGNMENT)
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    assert not (folder / "gradebook.txt").exists()
    assert not (folder / "course").exists()


def test_only_the_grader_writes_results(graded: Graded) -> None:
    for tampering in TAMPERINGS:
        if tampering.marks is not None:
            for cell in graded.notebook(tampering.name).cells:
                if RESULT_MIME in str(cell.get("outputs")):
                    assert cell.metadata.nbgrader["grade_id"] in FULL_MARKS


class _Running(HTMLParser):
    """Collects what a browser would run of a page, where a student's mark stands in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            if "run-by-the-student" in (value or "") and (
                name.startswith("on") or re.match(r"(?i)\s*(javascript|data:text)", value or "")
            ):
                self.found.append(f"{tag} {name}")
        if tag in {"iframe", "object", "embed", "base"}:
            self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and "run-by-the-student" in data:
            self.found.append("script")


def running(page: str) -> list[str]:
    """What a page would run of a student's, or load from elsewhere."""
    reader = _Running()
    reader.feed(page)
    return reader.found


def test_the_search_for_scripts_finds_them() -> None:
    page = f'<script>{SCRIPT}</script><p onclick="{SCRIPT}"><a href="javascript:{SCRIPT}">'
    assert running(page) == ["script", "p onclick", "a href"]
