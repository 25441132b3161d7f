"""What a message quotes is short, well written, and runs none of the student's code."""

from __future__ import annotations

from typing import Any

import pytest

from graders.checks.wording import listed, shown
from graders.language import grouped, speaking
from graders.text import percent
from tests.checks.hostile import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_any_value_is_quoted_shortly(name: str) -> None:
    assert len(shown(HOSTILE[name])) <= 100


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (1234567, "1\u202f234\u202f567"),
        (0.5, "0,5"),
        (0.0009999999, "0,001"),
        ((3, 5), "3 × 5"),
        ("relu", "«\u00a0relu\u00a0»"),
        ("x" * 61, "«\u00a0" + "x" * 60 + "…\u00a0»"),
        (True, "True"),
        (None, "None"),
        (10**30, "un nombre démesuré"),
        ([1], "une valeur de type list"),
    ],
)
def test_a_value_is_written_as_in_french(value: Any, quoted: str) -> None:
    assert shown(value) == quoted


def test_numbers_and_lists_are_written_as_in_french() -> None:
    assert grouped(79400) == "79\u202f400"
    assert percent(0.9489) == "94,89\u00a0%"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b et c"


def test_numbers_and_lists_are_written_as_in_english() -> None:
    with speaking("en"):
        assert grouped(79400) == "79,400"
        assert shown(0.5) == "0.5"
        assert shown("relu") == "“relu”"
        assert percent(0.9489) == "94.89%"
        assert listed(["a", "b", "c"]) == "a, b and c"
