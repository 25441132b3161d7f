"""results.json and results.csv: absent, not gradable and zero are different; names are safe."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from graders.records import GradingOutcome
from graders.reports.class_report.result_files import Separator, results_csv, results_json
from tests.reports.class_report.sample_class import AWKWARD_NAMES, sample_class
from tests.reports.class_report.test_contents import contents, student

CLASS = contents(
    student("zero", 0, 0),
    student("unread", 0, None),
    student("broken", None, 0.5, GradingOutcome.INCOMPLETE),
    student("lost", outcome=GradingOutcome.NOT_GRADABLE),
    student("away", outcome=GradingOutcome.ABSENT),
)


def rows(text: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=separator, strict=True))


def test_absent_not_gradable_unjudged_and_zero_are_different_in_csv() -> None:
    told = {
        row["student"]: (row["outcome"], row["final"], row["points"], row["test_q1"])
        for row in rows(results_csv(CLASS))
    }
    assert told == {
        "zero": ("graded", "yes", "0", "0"),
        "unread": ("graded", "no", "0", "0"),
        "broken": ("incomplete", "no", "0.5", ""),
        "lost": ("not gradable", "no", "", ""),
        "away": ("absent", "no", "", ""),
    }


def test_absent_not_gradable_unjudged_and_zero_are_different_in_json() -> None:
    read = json.loads(results_json(CLASS))
    told = {
        found["student"]: (
            *(found["outcome"], found["final"], found["points"]),
            found["marks"].get("test_q1", {}).get("points", "none"),
        )
        for found in read["students"]
    }
    assert told == {
        "zero": ("graded", True, 0, 0),
        "unread": ("graded", False, 0, 0),
        "broken": ("incomplete", False, 0.5, None),
        "lost": ("not gradable", False, None, "none"),
        "away": ("absent", False, None, "none"),
    }


@pytest.mark.parametrize("separator", list(Separator))
def test_every_name_comes_back_from_csv_and_none_is_a_formula(separator: Separator) -> None:
    found = rows(results_csv(sample_class(20), separator), separator)
    names = [row["name"] for row in found][: len(AWKWARD_NAMES)]
    assert [name.removeprefix("'") for name in names] == list(AWKWARD_NAMES)
    assert not any(
        value.startswith(("=", "+", "-", "@")) for row in found for value in row.values()
    )


def test_a_semicolon_comes_with_decimal_commas() -> None:
    text = results_csv(contents(student("a", 1.25, 0.5)), Separator.SEMICOLON)
    assert rows(text, ";")[0]["points"] == "1,75"


def test_json_keeps_names_as_they_are() -> None:
    read = json.loads(results_json(sample_class(20)))
    assert [found["name"] for found in read["students"]][: len(AWKWARD_NAMES)] == list(
        AWKWARD_NAMES
    )


def test_json_of_nobody_is_json() -> None:
    assert json.loads(results_json(contents()))["students"] == []
