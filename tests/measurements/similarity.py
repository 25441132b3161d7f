"""Measures how copies are told from right answers; writes `docs/similar-submissions.md`.

    python -m tests.measurements.similarity

Classes are generated (tests/reports/generated_class.py): everybody works alone, except one who
hands in another's code under other names, spaces and comments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from graders.reports.similarity.pairs import Given, similar_pairs
from tests.reports.similarity.generated_class import class_alone, disguised

ROOT = Path(__file__).parents[2]
MEASURES = Path(__file__).parent / "similarity.json"
PAGE = ROOT / "docs" / "similar-submissions.md"
RELEASE = ROOT / "release" / "tp_keras" / "deep_learning_keras.ipynb"
CLASSES = {5: 40, 10: 40, 20: 40, 40: 30, 100: 10, 300: 5}

_COPY = "copie"


def given() -> Given:
    """What the release gives every student."""
    cells = nbformat.read(RELEASE, as_version=4).cells
    return Given(
        tuple(cell.source for cell in cells if cell.cell_type == "code"),
        tuple(cell.source for cell in cells if cell.cell_type == "markdown"),
    )


def measure(size: int, classes: int) -> dict[str, int]:
    """How many copies were shown, and classes in which a pair of others was."""
    found = false = 0
    release = given()
    for seed in range(1000, 1000 + classes):
        students = class_alone(seed, size - 1)
        copied = students[seed % len(students)]
        pairs = similar_pairs([*students, disguised(copied, _COPY)], release)
        names = {frozenset((pair.first, pair.second)) for pair in pairs}
        found += frozenset((copied.student, _COPY)) in names
        false += any(_COPY not in pair for pair in names)
    return {"size": size, "classes": classes, "found": found, "false": false}


def table(rows: Sequence[dict[str, int]]) -> str:
    """The measures, for the page."""
    lines = ["| students | classes | copies shown | classes with a pair shown by chance |"]
    lines.append("|---|---|---|---|")
    lines += ["| {size} | {classes} | {found} | {false} |".format(**row) for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Measures, and writes what was measured."""
    rows = [measure(size, classes) for size, classes in CLASSES.items()]
    MEASURES.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    marks = re.compile(r"(<!-- measured: begin -->\n).*?(<!-- measured: end -->)", re.DOTALL)
    page = PAGE.read_text("utf-8")
    PAGE.write_text(
        marks.sub(lambda m: f"{m.group(1)}{table(rows)}\n{m.group(2)}", page), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
