"""Checks of a number, and what they find of one."""

from __future__ import annotations

from graders.judging import Check, judge
from graders.rubric import (
    CouldNotGrade,
    Failure,
    Result,
)


def is_positive(value: int) -> None:
    """Le nombre est positif."""
    if value <= 0:
        raise Failure("Le nombre est négatif.", "Regardez son signe.", fraction=0.5)


def is_even(value: int) -> None:
    """Le nombre est pair."""
    if value % 2:
        raise Failure("Le nombre est impair.")


def is_known(value: int) -> None:
    """Le nombre est connu."""
    raise CouldNotGrade(f"Rien n’est connu de {value}.")


def crashes(value: int) -> None:
    """Le correcteur se trompe."""
    raise ZeroDivisionError(f"secret {value}")


def result_of(*functions: object, value: object = -3) -> Result:
    checks = [Check(function, 1, ("value",)) for function in functions]  # type: ignore[arg-type]
    return judge("test_q", checks, {"value": value, "unused": None})
