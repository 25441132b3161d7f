"""A test cell runs in a fresh process, on values alone, and always comes back with an outcome."""

from __future__ import annotations

import numpy as np
import pytest

from graders.grading.checking.checker import (
    Checker,
    CheckLimits,
    GradedCell,
)
from graders.grading.values.encoding import encode
from graders.rubric import RESULT_MIME, Outcome
from tests.grading.checking.checked import (
    HIDDEN,
    PASSING,
    printed,
    run,
    said,
    shown,
)


def test_a_result_comes_back_with_what_a_person_reads(checker: Checker) -> None:
    done = run(checker, f"print('Bonjour')\n{PASSING}")
    assert done.result is not None
    assert done.result.points == 0.5
    assert done.result.findings[0].hint == "Relisez."
    assert printed(done) == "Bonjour\n"
    assert done.outputs[-1]["output_type"] == "execute_result"
    assert {"text/plain", "text/html", RESULT_MIME} <= done.outputs[-1]["data"].keys()
    assert done.accident is None


def test_a_plain_test_that_passes_says_nothing(checker: Checker) -> None:
    done = run(checker, "assert n == 3", {"n": 3})
    assert done.result is None
    assert done.outputs == ()


def test_the_last_value_of_a_plain_test_is_shown(checker: Checker) -> None:
    assert shown(run(checker, "n = n + 1\nn / 2", {"n": 3})) == "2.0"


def test_values_are_as_the_student_left_them(checker: Checker) -> None:
    values = {"a": [1, (2.5, "x")], "b": {"k": {1, 2}}, "c": np.arange(3), "d": None}
    done = run(checker, "(a, b, c.tolist(), d)", values)
    assert shown(done) == "([1, (2.5, 'x')], {'k': {1, 2}}, [0, 1, 2], None)"


def test_an_array_can_be_changed_by_the_test(checker: Checker) -> None:
    assert (
        shown(run(checker, "c += 1\nc.sum()", {"c": np.zeros(100_000)})) == "np.float64(100000.0)"
    )


def test_modules_come_from_the_checker_whatever_the_student_called_so(checker: Checker) -> None:
    values = {"np": "np", "keras": "keras", "len": "len", "__builtins__": {}, "n": [1, 2]}
    source = "(np.__name__, tf.__name__, keras.__name__, plt.__name__, len(n))"
    assert shown(run(checker, source, values)) == (
        "('numpy', 'tensorflow', 'keras', 'matplotlib.pyplot', 2)"
    )


def test_a_name_that_does_not_exist_is_told_by_its_name(checker: Checker) -> None:
    done = run(checker, "assert mlp.built", missing=("mlp",))
    assert said(done) == (Outcome.FAILED, "La variable `mlp` n’existe pas.")


def test_all_names_that_do_not_exist_are_told_at_once(checker: Checker) -> None:
    done = run(checker, "print(b, a)", missing=("a", "b"))
    assert said(done) == (Outcome.FAILED, "Ces variables n’existent pas : `a`, `b`.")


def test_a_name_that_turns_out_to_be_missing_is_told_too(checker: Checker) -> None:
    assert said(run(checker, "if False:\n    late = 1\nlate"))[1].startswith("La variable `late`")


def test_a_visible_assertion_is_told_by_its_message(checker: Checker) -> None:
    done = run(checker, "assert n == 3, f'n vaut {n}'", {"n": 4})
    assert said(done) == (Outcome.FAILED, "n vaut 4")


def test_a_visible_assertion_without_a_message_is_shown_itself(checker: Checker) -> None:
    assert said(run(checker, "assert n == 3", {"n": 4}))[1] == "N’est pas vérifié : assert n == 3"


def test_an_answer_of_the_wrong_kind_is_a_wrong_one(checker: Checker) -> None:
    outcome, message = said(run(checker, "scores['accuracy'] > 0.9", {"scores": 3}))
    assert outcome is Outcome.FAILED
    assert message == "TypeError : 'int' object is not subscriptable"


@pytest.mark.parametrize("line", ["assert n == 79510, 'pas 79510'", "assert 79510 == n"])
def test_a_hidden_assertion_tells_nothing_of_itself(checker: Checker, line: str) -> None:
    done = run(checker, HIDDEN.format(line), {"n": 4})
    assert said(done)[0] is Outcome.FAILED
    assert "79510" not in str(done)


def test_a_hidden_line_that_fails_otherwise_leaves_the_mark_open(checker: Checker) -> None:
    done = run(checker, HIDDEN.format("{'79510': n}['secret']"), {"n": 4})
    assert said(done)[0] is Outcome.COULD_NOT_GRADE
    assert "79510" not in str(done)
    assert "secret" not in str(done)


def test_a_value_that_cannot_be_read_leaves_the_mark_open(checker: Checker) -> None:
    outcome, message = said(run(checker, "assert isinstance(n, int)", {"n": object()}))
    assert outcome is Outcome.COULD_NOT_GRADE
    assert message == "Le correcteur ne sait pas lire une valeur de type object."


@pytest.mark.parametrize(
    "source",
    ["%matplotlib inline", "def f(:", "raise OSError", "exit()", "raise KeyboardInterrupt"],
)
def test_a_test_cell_that_fails_by_itself_leaves_the_mark_open(
    checker: Checker, source: str
) -> None:
    assert said(run(checker, source))[0] is Outcome.COULD_NOT_GRADE


def test_values_that_are_none_leave_the_mark_open(checker: Checker) -> None:
    cell = GradedCell(question="q", points=1, source="n", seed=5)
    for document, blob in ((b"", b""), (b"\xff" * 100, b""), (encode({"n": 1}).document, b"x")):
        outcome, message = said(checker.run(cell, document, blob))
        assert outcome is Outcome.COULD_NOT_GRADE
        assert "lire les valeurs" in message


def test_what_is_printed_is_bounded(checker: Checker) -> None:
    done = run(
        checker,
        "for _ in range(100): print('x' * 10_000)\n'\\ud800' * 10_000",
        limits=CheckLimits(most_characters=100),
    )
    assert len(printed(done)) < 200
    assert "pas montrée" in printed(done)
    assert len(shown(done).encode()) < 10_000
