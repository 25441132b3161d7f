"""The page on similar submissions says what was measured."""

from __future__ import annotations

import json

from tests.measurements import similarity

ROWS: list[dict[str, int]] = json.loads(similarity.MEASURES.read_text("utf-8"))


def test_the_page_shows_the_numbers_measured() -> None:
    assert similarity.table(ROWS) in similarity.PAGE.read_text("utf-8")


def test_chance_shows_few_pairs_and_most_copies_are_shown() -> None:
    assert sum(row["false"] for row in ROWS) <= 0.05 * sum(row["classes"] for row in ROWS)
    usual = [row for row in ROWS if 10 <= row["size"] <= 100]
    assert sum(row["found"] for row in usual) >= 0.9 * sum(row["classes"] for row in usual)


def test_the_smallest_class_is_measured_again_as_it_was() -> None:
    assert similarity.measure(ROWS[0]["size"], ROWS[0]["classes"]) == ROWS[0]
