"""A notebook's answers leave evidence for its tests, whatever becomes of the cells."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from graders.grading.answering import Setting, run_answers, seed_of, uses_keras
from graders.grading.checking.checker import Checker, CheckerRun, GradedCell
from graders.grading.examination import judge_answers
from graders.grading.isolation.kernel import Accident
from graders.grading.isolation.limits import Limits
from graders.grading.scoring import mark_of
from graders.grading.transcript import Answer, Evidence, Incident, Trainings, Transcript
from graders.grading.workshop import isolation_for
from tests.grading.isolation.kernels import LIMITS, sandbox

DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"


def notebook_of(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


def answer(name: str, source: str) -> NotebookNode:
    return new_code_cell(source, metadata={"nbgrader": settings(name, solution=True)})


def judging(name: str, source: str, **metadata: object) -> NotebookNode:
    graded = settings(name, grade=True, points=2)
    return new_code_cell(source, metadata={"nbgrader": graded, **metadata})


def settings(name: str, **flags: object) -> dict[str, object]:
    plain = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
    return {**plain, "grade_id": name, **flags}


def run(*cells: NotebookNode, limits: Limits = LIMITS) -> Transcript:
    """The transcript of a notebook, executed in a sandbox."""
    sandbox()
    setting = Setting("tiny", isolation_for("sandbox"), limits, "/run/grader/mnist.npz")
    return run_answers(notebook_of(*cells), setting, logging.getLogger("test"))


def evidence(transcript: Transcript) -> list[Evidence]:
    return [found for _, found in transcript.cells if isinstance(found, Evidence)]


def answers(transcript: Transcript) -> list[Answer]:
    return [found for _, found in transcript.cells if isinstance(found, Answer)]


def values(found: Evidence) -> dict[str, Any]:
    """Plain values by name; those that were never defined have none."""
    document = json.loads(found.document)
    assert found.unsound == ""
    return {name: node[-1] for name, node in document["values"]} | dict.fromkeys(
        document["missing"]
    )


def test_a_test_finds_the_values_it_names_and_no_other() -> None:
    found = run(answer("a", "n = 3; secret = 4"), judging("t", "assert n + m"))
    assert [values(each) for each in evidence(found)] == [{"n": 3, "m": None}]
    assert found.incidents == ()
    assert found.isolated


def test_an_error_in_a_cell_is_no_accident() -> None:
    found = run(answer("a", "n = 3\n1 / 0"), judging("t", "n"), answer("b", "m = n"))
    assert values(evidence(found)[0]) == {"n": 3}
    assert answers(found)[0].outputs[-1]["ename"] == "ZeroDivisionError"
    assert answers(found)[1].count == 3


def test_marks_before_the_death_of_the_kernel_are_kept() -> None:
    found = run(
        *(answer("a", "n = 3"), judging("t", "n")),
        *(answer("b", "import os; os._exit(1)"), judging("u", "n"), answer("c", "1")),
    )
    first, second = evidence(found)
    assert values(first) == {"n": 3}
    assert "arrêté" in second.unsound
    assert found.incidents == (Incident("b", Accident.KERNEL_DIED),)
    assert answers(found)[2].count is None
    assert "n’a pas été exécutée" in answers(found)[2].notice


def test_a_kernel_that_dies_after_a_cell_is_an_accident_of_that_cell() -> None:
    trap = "import os, graders.grading.student as s; s.present = lambda *_: os._exit(1)"
    found = run(answer("a", trap), answer("b", "n = 3"), judging("t", "n"))
    assert found.incidents == (Incident("a", Accident.KERNEL_DIED),)
    assert "arrêté" in evidence(found)[0].unsound


def test_a_cell_that_hangs_costs_the_next_question_and_no_other() -> None:
    found = run(
        *(answer("a", "n = 3"), answer("b", "while True: pass"), judging("t", "n")),
        *(answer("c", "m = 4"), judging("u", "m")),
        limits=replace(LIMITS, cell_seconds=2),
    )
    assert "durée limite" in evidence(found)[0].unsound
    assert values(evidence(found)[1]) == {"m": 4}
    assert found.incidents == (Incident("b", Accident.TIME_LIMIT),)


def test_after_an_accident_a_missing_answer_is_nobody_s_fault() -> None:
    found = run(
        *(answer("a", "while True: pass\nn = 3"), judging("t", "1"), judging("u", "n")),
        limits=replace(LIMITS, cell_seconds=2),
    )
    assert "n’existe plus" in evidence(found)[1].unsound
    assert evidence(found)[1].names == ("n",)


def test_an_answer_that_was_deleted_could_not_be_graded() -> None:
    found = run(answer("a", "n = 3"), answer("b", "del n"), judging("t", "n"))
    assert "n’existe plus" in evidence(found)[0].unsound
    assert evidence(found)[0].names == ("n",)


def test_an_answer_never_given_is_judged_as_missing() -> None:
    found = run(answer("a", "raise NotImplementedError"), judging("t", "n"))
    assert values(evidence(found)[0]) == {"n": None}


@pytest.mark.parametrize(
    ("limits", "accident"),
    [
        (replace(LIMITS, cells=1), Accident.CELL_LIMIT),
        (replace(LIMITS, notebook_seconds=1.5), Accident.NOTEBOOK_TIME_LIMIT),
    ],
)
def test_once_a_notebook_is_over_nothing_later_is_judged(
    limits: Limits, accident: Accident
) -> None:
    found = run(
        *(answer("a", "n = 3"), answer("b", "import time; time.sleep(3)"), judging("t", "n")),
        *(answer("c", "n = 4"), judging("u", "n")),
        limits=limits,
    )
    assert [incident.accident for incident in found.incidents] == [accident]
    assert all(each.unsound for each in evidence(found))
    assert answers(found)[2].count is None


def test_a_cell_that_ignores_interrupts_is_the_last() -> None:
    limits = replace(LIMITS, cell_seconds=1, interrupt_seconds=0.5)
    found = run(answer("a", DEAF), judging("t", "n"), answer("b", "n = 3"), limits=limits)
    assert found.incidents == (Incident("a", Accident.TIME_LIMIT),)
    assert "durée limite" in evidence(found)[0].unsound
    assert answers(found)[1].count is None


def test_a_test_that_is_not_python_asks_for_nothing() -> None:
    found = run(answer("a", "n = 3"), judging("t", "assert n =="))
    assert values(evidence(found)[0]) == {}


def test_seeds_depend_on_names_alone() -> None:
    assert seed_of("tp", "q1") == seed_of("tp", "q1")
    assert len({seed_of("tp", "q1"), seed_of("tp", "q2"), seed_of("tp2", "q1")}) == 3
    assert all(0 <= seed_of("tp", f"q{number}") < 2**31 for number in range(100))


def test_keras_is_prepared_where_an_answer_names_it() -> None:
    assert uses_keras(notebook_of(answer("a", "from tensorflow import keras")))
    assert not uses_keras(notebook_of(answer("a", "n = 3"), judging("t", "import keras")))
    assert not uses_keras(notebook_of(new_markdown_cell("Avec Keras : keras.Sequential")))


class Recorder:
    """Stands for a checker: every cell passes, and says what it was given."""

    def __init__(self) -> None:
        self.cells: list[GradedCell] = []

    def run(
        self, cell: GradedCell, document: bytes, blob: bytes, known: object = None
    ) -> CheckerRun:
        """As `Checker.run`."""
        self.cells.append(cell)
        data = {"text/plain": "1.5"}
        shown: Mapping[str, Any] = {
            "output_type": "execute_result",
            "data": data,
            "metadata": {},
            "execution_count": None,
        }
        return CheckerRun((shown,), None)


def judged(notebook: NotebookNode, *found: Answer | Evidence) -> Recorder:
    recorder = Recorder()
    cells = tuple(enumerate(found))
    incidents = (Incident("a", Accident.TIME_LIMIT),)
    transcript = Transcript(cells, (), incidents, True, Trainings(), 3, 2)
    judge_answers(notebook, transcript, cast(Checker, recorder), "tiny")
    return recorder


def test_outputs_are_numbered_as_if_one_kernel_had_run_them() -> None:
    notebook = notebook_of(answer("a", "1"), judging("t", "n"), answer("b", "2"))
    recorder = judged(notebook, Answer((), 1), Evidence(b"{}", b""), Answer((), 3, 2.5, 1.25))
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.cells[1].outputs[0].execution_count == 2
    assert [(cell.question, cell.points) for cell in recorder.cells] == [("t", 2.0)]
    assert notebook.cells[2].metadata["graders"] == {"wall_seconds": 2.5, "cpu_seconds": 1.25}
    assert notebook.metadata["graders"]["incidents"] == [["a", "time limit"]]


def test_what_could_not_be_judged_never_reaches_the_checker_and_is_no_zero() -> None:
    notebook = notebook_of(judging("t", "n"))
    assert judged(notebook, Evidence(unsound="le noyau Python s’est arrêté")).cells == []
    assert mark_of(notebook.cells[0]).points is None
    assert "le noyau Python s’est arrêté" in str(notebook.cells[0].outputs)


def test_a_student_s_page_is_shown_and_does_not_run() -> None:
    shown = {
        "output_type": "display_data",
        "data": {"text/html": "<b onclick='x()'>gras</b><script>x()</script>"},
        "metadata": {},
    }
    notebook = notebook_of(answer("a", "1"))
    notebook.cells[0].metadata |= {"tags": ["x"], "graders": {"forged": 1}}
    judged(notebook, Answer((cast("dict[str, object]", shown),), 1))
    assert notebook.cells[0].outputs[0].data["text/html"] == "<b>gras</b>"
    assert set(notebook.cells[0].metadata) == {"nbgrader", "graders"}
    assert "forged" not in notebook.cells[0].metadata["graders"]
