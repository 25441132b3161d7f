"""A result survives JSON, and is what a notebook shows."""

from __future__ import annotations

import json

import pytest

from graders.rubric import (
    RESULT_MIME,
    Finding,
    Outcome,
    Result,
    ResultError,
)
from tests.judged import crashes, is_even, is_known, is_positive, result_of


def test_a_result_survives_json() -> None:
    result = result_of(is_positive, is_even, is_known, crashes)
    assert Result.from_json(result.to_json()) == result
    assert Result.from_json(result.to_json().encode()) == result
    assert Result.from_json(result._repr_mimebundle_()[RESULT_MIME]) == result


def test_the_largest_result_survives_json() -> None:
    text = "\N{HEAVY LARGE CIRCLE}" * 500
    finding = Finding(text, Outcome.FAILED, 0, 1, text, text)
    result = Result(text, (finding,) * 20)
    assert Result.from_json(result.to_json()) == result


GOOD = {
    "title": "t",
    "outcome": "passed",
    "points": 1,
    "maximum": 1,
    "message": "",
    "hint": "",
}


def written(**wrong: object) -> dict[str, object]:
    return {"question": "q", "findings": [GOOD], "exhibits": [], **wrong}


def test_a_result_is_read_from_its_parts() -> None:
    assert Result.from_json(written()).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "1.5",
        "[]",
        "{}",
        '{"question": "q"}',
        json.dumps(written(findings=[])),
        json.dumps(written(question=1)),
        json.dumps(written(points=1)),
        json.dumps(written(findings=[GOOD] * 21)),
        json.dumps(written(findings={"a": GOOD})),
        json.dumps(written(question="q\ud800")),
        *(
            json.dumps(written(findings=[{**GOOD, **wrong}]))
            for wrong in (
                {"points": 2},
                {"points": -1},
                {"points": True},
                {"points": "1"},
                {"points": float("nan")},
                {"maximum": float("inf")},
                {"points": 10**400, "maximum": 10**400},
                {"outcome": "excellent"},
                {"outcome": ["passed"]},
                {"message": None},
                {"message": "x" * 501},
                {"hint": "\x1b[2J"},
                {"extra": 1},
            )
        ),
        "[" * 100_000,
        " " * 10_000_000,
        b"\xff\xfe",
        None,
        1.5,
        written(findings=[GOOD] * 21),
        written(findings=(GOOD,)),
        written(exhibits=None),
        written(exhibits=[{}]),
        "1" * 10_000,
    ],
)
def test_whatever_else_is_refused_with_the_one_error(text: object) -> None:
    with pytest.raises(ResultError):
        Result.from_json(text)


@pytest.mark.parametrize(
    ("functions", "plain"),
    [([is_even], "1"), ([is_even, is_known], "1"), ([is_known], "0"), ([is_even] * 3, "3")],
)
def test_stock_nbgrader_reads_a_number_never_full_marks_by_default(
    functions: list[object], plain: str
) -> None:
    assert result_of(*functions, value=2)._repr_mimebundle_()["text/plain"] == plain


def test_the_page_a_student_reads_is_told_in_words_as_well_as_signs() -> None:
    page = result_of(is_positive, is_even, is_known)._repr_mimebundle_()["text/html"]
    for words in ("0,5 / 3 points", "en partie", "à revoir", "à voir avec l’enseignant"):
        assert words in page
