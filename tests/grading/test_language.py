"""One line of the configuration changes what students read, and runs no answer again."""

from __future__ import annotations

import logging
import re
import socket
import threading
from pathlib import Path
from typing import cast

import nbformat
import pytest
from nbformat import NotebookNode

from graders.grading.autograde import Grading, autograde
from graders.grading.course import CONFIGURATION, Course, CourseError
from graders.grading.execute import grading_settings
from graders.grading.harmless import harmless_markdown
from graders.grading.trainings.frames import framed
from graders.grading.trainings.service import TrainingService
from graders.grading.workshop import answers_digest, examination_digest
from graders.language import language, speaking
from tests.grading.tiny_course import ASSIGNMENT, hand_in, tiny_source
from tests.grading.trainings.training_lines import line_in
from tests.language.french import french_in


def speaks(course: Course, name: str) -> Course:
    """The same course in another language."""
    with (course.root / CONFIGURATION).open("a", encoding="utf-8") as file:
        file.write(f"\nc.ExecuteIsolated.language = {name!r}\n")
    return Course.open(course.root)


def graded(course: Course, student: str, log: logging.Logger) -> NotebookNode:
    """A submission, graded again."""
    # A command of its own would begin so: see `class_run`.
    with speaking(course.language):
        outcome = autograde(course, ASSIGNMENT, student, force=True, log=log)
    assert outcome.grading is Grading.GRADED, outcome.reason
    path = course.path("autograded", student, ASSIGNMENT) / "tiny.ipynb"
    return nbformat.read(path, as_version=4)


def comment(course: Course, student: str) -> str | None:
    """What the gradebook says of the text question."""
    with course.gradebook() as gradebook:
        found: str | None = gradebook.find_comment("text", "tiny", ASSIGNMENT, student).auto_comment
        return found


def shown(notebook: NotebookNode) -> str:
    """What a graded notebook tells: its mends, and the texts of its outputs."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    pages = [output.get("data", {}).get("text/html", output.get("text", "")) for output in outputs]
    mends = [message for _, _, message in notebook.metadata["graders"].get("mends", ())]
    return " ".join([*mends, *(re.sub("<[^>]*>", " ", page) for page in pages)])


def test_an_english_course_tells_of_accidents_and_mends_in_english(
    course: Course, log: logging.Logger
) -> None:
    folder = hand_in(course, "dead", {"answer": "import os\nos._exit(1)"})
    notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test-answer"]
    nbformat.write(notebook, folder / "tiny.ipynb")
    english = speaks(course, "en")
    found = graded(english, "dead", log)
    assert "Accident: the Python kernel stopped." in shown(found)
    assert "The cell test_answer was missing: it was put back." in shown(found)
    assert "This question could not be graded" in shown(found)
    assert found.metadata["graders"]["language"] == "en"
    assert comment(english, "dead") == "No response."
    assert french_in(shown(found)) == (), shown(found)


def test_another_language_judges_anew_and_runs_no_answer_again(
    course: Course, log: logging.Logger
) -> None:
    answer = "import os\nprint(os.urandom(8).hex())\nthe_answer = None"
    hand_in(course, "wrong", {"answer": answer})
    french = graded(course, "wrong", log)
    english = graded(speaks(course, "en"), "wrong", log)
    back = graded(speaks(course, "fr"), "wrong", log)
    outputs = [notebook.cells[0].outputs for notebook in (french, english, back)]
    assert outputs[0] == outputs[1] == outputs[2]
    assert outputs[0][0].text
    assert "N’est pas vérifié" in shown(french)
    assert "Does not hold" in shown(english)
    assert french.cells == back.cells


def test_the_language_is_part_of_what_an_examined_notebook_depends_on(course: Course) -> None:
    settings = [grading_settings(speaks(course, name).config) for name in ("fr", "en")]
    notebook = tiny_source()
    answers, examinations = (
        {digest(notebook, ASSIGNMENT, found) for found in settings}
        for digest in (answers_digest, examination_digest)
    )
    assert (len(answers), len(examinations)) == (1, 2)


def test_what_cannot_be_graded_is_told_in_english(course: Course, log: logging.Logger) -> None:
    folder = hand_in(course, "broken", {})
    (folder / "tiny.ipynb").write_text('{"cells": [')
    english = speaks(course, "en")
    with speaking(english.language):
        reason = autograde(english, ASSIGNMENT, "broken", force=True, log=log).reason
    assert reason
    assert french_in(reason) == ()


def test_a_language_without_catalogue_is_told_with_its_place(course: Course) -> None:
    with pytest.raises(CourseError, match=r"nbgrader_config\.py.*Received: 'de'"):
        _ = speaks(course, "de").language


@pytest.mark.parametrize(
    ("recorded", "words"),
    [("fr", "trop long"), ("en", "too long"), ("xx", "trop long"), (None, "trop long")],
)
def test_a_page_speaks_the_language_its_notebook_was_judged_in(
    recorded: str | None, words: str
) -> None:
    metadata = {} if recorded is None else {"graders": {"language": recorded}}
    assert words in harmless_markdown({"nb": {"metadata": metadata}}, "x" * 300_000)


class Overheard:
    """A service that notes the language it is asked in, and answers nothing."""

    def __init__(self) -> None:
        self.languages: list[str] = []
        self.asked = threading.Event()

    @property
    def most_request_bytes(self) -> int:
        self.languages.append(language())
        self.asked.set()
        return 10


def test_a_training_is_refused_in_the_language_of_its_notebook(tmp_path: Path) -> None:
    service = Overheard()
    with (
        speaking("en"),
        line_in(tmp_path / "shared", cast(TrainingService, service)) as line,
        socket.socket(socket.AF_UNIX) as channel,
    ):
        channel.connect(line.path)
        channel.sendall(framed(b"x"))
        assert service.asked.wait(30)
    assert service.languages == ["en"]
