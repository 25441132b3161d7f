"""Checks become findings, findings a result."""

from __future__ import annotations

import pytest

from graders.exhibits import Curve
from graders.judging import Check, Show, judge
from graders.rubric import (
    Failure,
    Finding,
    Outcome,
    Result,
)
from tests.judged import crashes, is_even, is_known, is_positive, result_of


@pytest.mark.parametrize(
    ("functions", "value", "points", "outcome"),
    [
        ([is_positive, is_even], 4, 2, Outcome.PASSED),
        ([is_positive, is_even], 3, 1, Outcome.PARTIAL),
        ([is_positive, is_even], -3, 0.5, Outcome.PARTIAL),
        ([is_even], 3, 0, Outcome.FAILED),
        ([is_even, is_known], 4, 1, Outcome.COULD_NOT_GRADE),
        ([is_even, crashes], 4, 1, Outcome.COULD_NOT_GRADE),
    ],
)
def test_points_and_outcome_follow_from_the_findings(
    functions: list[object], value: int, points: float, outcome: Outcome
) -> None:
    result = result_of(*functions, value=value)
    assert (result.points, result.maximum) == (points, len(functions))
    assert result.outcome is outcome


def test_a_finding_says_what_was_found_and_what_to_look_at() -> None:
    (finding,) = result_of(is_positive).findings
    assert finding == Finding(
        "Le nombre est positif",
        Outcome.PARTIAL,
        0.5,
        1,
        "Le nombre est négatif.",
        "Regardez son signe.",
    )


def test_a_crash_is_could_not_grade_without_its_text_or_a_traceback() -> None:
    (finding,) = result_of(crashes).findings
    assert finding.outcome is Outcome.COULD_NOT_GRADE
    assert "ZeroDivisionError" in finding.message
    assert "secret" not in finding.message
    assert "Traceback" not in finding.message


def test_a_hostile_exception_is_could_not_grade() -> None:
    class Names(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]
            raise RuntimeError("no name for you")

    class HostileError(Exception, metaclass=Names):
        __class__ = Failure  # type: ignore[assignment]

    def meets_it(value: object) -> None:
        """La valeur est hostile."""
        raise HostileError(value)

    (finding,) = result_of(meets_it).findings
    assert finding.outcome is Outcome.COULD_NOT_GRADE
    assert "HostileError" in finding.message


def test_leaving_python_in_a_check_does_not_leave_the_grader() -> None:
    def leaves(value: object) -> None:
        """Le correcteur reste."""
        raise SystemExit(value)

    assert result_of(leaves).outcome is Outcome.COULD_NOT_GRADE


def test_a_missing_value_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match=r"test_q needs value\. Received: other"):
        judge("test_q", [Check(is_even, 1, ("value",))], {"other": 2})


def test_a_value_is_read_once_for_all_checks() -> None:
    read: list[object] = []

    def reader(value: int) -> int:
        read.append(value)
        return value * 2

    checks = [Check(is_even, 1, ("value",)), Check(is_positive, 1, ("value",))]
    assert judge("test_q", checks, {"value": 3}, {"value": reader}).outcome is Outcome.PASSED
    assert read == [3]


def test_a_value_that_cannot_be_read_makes_one_finding_worth_all_its_checks() -> None:
    def reader(value: object) -> object:
        raise Failure(f"{value} n’est pas un modèle.")

    checks = [
        Check(is_even, 0.1, ("model",)),
        Check(is_positive, 0.2, ("model",)),
        Check(is_even, 1, ("value",)),
    ]
    result = judge("test_q", checks, {"model": 3, "value": 2}, {"model": reader})
    assert [(finding.title, finding.maximum) for finding in result.findings] == [
        ("Lecture de model", 0.3),
        ("Le nombre est pair", 1),
    ]
    assert result.points == 1


def shows_parity(variable: str, value: int) -> Curve:
    return Curve(variable, (("parité", (value % 2.0,)),))


def shows_nothing(variable: str, value: int) -> None:
    del variable, value


def cannot_show(variable: str, value: int) -> Curve:
    raise ZeroDivisionError(f"{variable} {value}")


def shows_too_much(variable: str, value: int) -> Curve:
    return Curve(variable, (("parité", (float(value),) * 10_000),))


def test_exhibits_show_values_as_they_were_read_and_what_cannot_be_shown_is_left_out() -> None:
    shown = [shows_nothing, cannot_show, shows_parity, shows_too_much]
    shows = [Show(function, "value") for function in shown]
    checks = [Check(is_even, 1, ("value",))]
    result = judge("q", checks, {"value": "3"}, {"value": int}, shows)
    assert result.exhibits == (Curve("value", (("parité", (1.0,)),)),)
    assert (result.points, result.outcome) == (0, Outcome.FAILED)


def test_a_value_that_cannot_be_read_is_not_shown() -> None:
    checks, shows = [Check(is_even, 1, ("value",))], [Show(shows_parity, "value")]
    result = judge("q", checks, {"value": "three"}, {"value": int}, shows)
    assert (result.exhibits, result.outcome) == ((), Outcome.COULD_NOT_GRADE)


def test_sums_of_hundredths_are_exact() -> None:
    findings = tuple(Finding("t", Outcome.PASSED, 0.1, 0.1) for _ in range(3))
    assert Result("q", findings).points == 0.3


@pytest.mark.parametrize(
    ("points", "fraction", "earned"),
    [(1, 0.999, 0.99), (0.5, 0.5, 0.25), (1, 0.29, 0.29), (0.25, 1 / 3, 0.08)],
)
def test_a_failure_earns_hundredths_and_never_the_whole(
    points: float, fraction: float, earned: float
) -> None:
    def nearly(value: object) -> None:
        """Presque."""
        raise Failure(f"Presque {value}.", fraction=fraction)

    assert judge("q", [Check(nearly, points, ("v",))], {"v": 0}).points == earned


def test_what_a_student_wrote_cannot_break_what_is_saved() -> None:
    def echoes(value: str) -> None:
        """Une chaîne est reçue."""
        raise Failure(f"Reçu : {value}")

    (finding,) = result_of(echoes, value="\ud800\x1b[31m<b>\u202e" + "x" * 10**6).findings
    assert len(finding.message) <= 500
    assert not {"\ud800", "\x1b", "\u202e"} & set(finding.message)
    result = Result("q", (finding,))
    result.to_json().encode("ascii")
    assert "<b>" not in result._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("points", [0, -1, 0.001, float("nan"), float("inf")])
def test_a_check_is_worth_hundredths_of_a_point(points: float) -> None:
    with pytest.raises(ValueError, match="hundredths"):
        Check(is_even, points, ("value",))


def test_a_check_says_what_it_checks() -> None:
    with pytest.raises(ValueError, match="docstring or a title"):
        Check(lambda value: None, 1, ("value",))
