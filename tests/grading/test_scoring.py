from __future__ import annotations

import json

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from graders.grading.scoring import mark_of
from graders.rubric import RESULT_MIME, Finding, Outcome, Result

NUMBERS = [
    ("1", 1.0),
    ("1.5", 1.5),
    ("0", 0.0),
    ("2e-1", 0.2),
    ("np.float64(0.5)", 0.5),
    ("np.int64(2)", 2.0),
    ("tensor(0.5)", 0.5),
    ("tensor(0.5, dtype=torch.float64)", 0.5),
    ("<tf.Tensor: shape=(), dtype=float32, numpy=0.5>", 0.5),
    ("array(1.5)", 1.5),
    ("array(1.5, dtype=float32)", 1.5),
]

INVALID = ["-1", "2.5", "nan", "inf", "True", "None", "'2'", "[1]", "np.float64(nan)", "", "1 2"]


def executed_cell(*outputs: NotebookNode, count: int | None = 1) -> NotebookNode:
    return new_code_cell(
        "…",
        outputs=list(outputs),
        execution_count=count,
        metadata={"nbgrader": {"points": 2, "grade": True, "grade_id": "test_answer"}},
    )


def shown(text: str) -> NotebookNode:
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


def displayed(result: Result) -> NotebookNode:
    return new_output("execute_result", data=result._repr_mimebundle_(), execution_count=1)


def result(outcome: Outcome, points: float, maximum: float = 2.0) -> Result:
    return Result("test_answer", (Finding("Une vérification", outcome, points, maximum),))


@pytest.mark.parametrize(("text", "points"), NUMBERS)
def test_a_number_of_any_type_is_the_mark(text: str, points: float) -> None:
    assert mark_of(executed_cell(shown(text))).points == points


@pytest.mark.parametrize("text", INVALID)
def test_an_invalid_score_is_reported_and_never_full_marks(text: str) -> None:
    mark = mark_of(executed_cell(shown(text)))
    assert mark.points is None
    assert "non valide" in mark.reason


def test_stderr_never_costs_a_mark() -> None:
    warning = new_output("stream", name="stderr", text="oneDNN custom operations are on")
    assert mark_of(executed_cell(warning)).points == 2
    assert mark_of(executed_cell(warning, shown("1.5"))).points == 1.5


def test_an_error_earns_nothing() -> None:
    error = new_output("error", ename="AssertionError", evalue="", traceback=[])
    assert mark_of(executed_cell(error)).points == 0


@pytest.mark.parametrize("name", ["DeadKernelError", "CellTimeoutError"])
def test_an_accident_is_not_a_wrong_answer(name: str) -> None:
    error = new_output("error", ename=name, evalue="", traceback=[])
    assert mark_of(executed_cell(error)).points is None


def test_a_cell_that_never_ran_is_not_graded() -> None:
    assert mark_of(executed_cell(count=None)).points is None


def test_asserts_that_hold_earn_full_marks() -> None:
    assert mark_of(executed_cell()).points == 2


def test_a_result_is_the_mark() -> None:
    assert mark_of(executed_cell(displayed(result(Outcome.PARTIAL, 1.25)))).points == 1.25


def test_a_result_counts_before_anything_else_the_cell_showed() -> None:
    error = new_output("error", ename="ValueError", evalue="", traceback=[])
    assert (
        mark_of(executed_cell(shown("0"), error, displayed(result(Outcome.PASSED, 2)))).points == 2
    )


def test_a_result_that_could_not_be_graded_gives_no_mark() -> None:
    assert mark_of(executed_cell(displayed(result(Outcome.COULD_NOT_GRADE, 0)))).points is None


def test_a_result_worth_something_else_than_its_cell_gives_no_mark() -> None:
    mark = mark_of(executed_cell(displayed(result(Outcome.PASSED, 1, maximum=1))))
    assert mark.points is None
    assert "2" in mark.reason


def test_a_forged_result_that_is_not_one_gives_no_mark() -> None:
    forged = new_output(
        "execute_result",
        data={"text/plain": "2", RESULT_MIME: json.loads('{"points": 2}')},
        execution_count=1,
    )
    assert mark_of(executed_cell(forged)).points is None
