"""The same results for programs and spreadsheets: `results.json` and `results.csv`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from io import StringIO
from typing import Any, Final

from graders.lateness import Lateness
from graders.marks import CellMark
from graders.records import StudentRecord
from graders.reports.class_report.accuracies import accuracies_of
from graders.reports.class_report.contents import ClassContents
from graders.reports.class_report.mistakes import common_mistakes
from graders.reports.spreadsheet import no_formula

FORMAT: Final = 1


class Separator(StrEnum):
    """What stands between two values: a semicolon comes with decimal commas, as in French."""

    COMMA = ","
    SEMICOLON = ";"


def results_json(contents: ClassContents) -> str:
    """Everything the page shows, one line a student.

    Points that nobody has judged are null; a submission without marks has none.
    """
    data: dict[str, Any] = {
        "format": FORMAT,
        "assignment": contents.assignment,
        "course": contents.course,
        "made": contents.made.isoformat(),
        "maximum": contents.maximum,
        "mistakes": [asdict(mistake) for mistake in common_mistakes(contents.marked)],
        "similar": [asdict(pair) for pair in contents.pairs],
    }
    head = json.dumps(data, ensure_ascii=False)
    lines = [json.dumps(_student(record), ensure_ascii=False) for record in contents.records]
    return head[:-1] + ', "students": [\n' + ",\n".join(lines) + "\n]}\n"


def results_csv(contents: ClassContents, separator: Separator = Separator.COMMA) -> str:
    """One line a student, one column a marked cell; every value is quoted.

    A column of points is empty where nobody has judged; `outcome` tells the absent from the not
    gradable. A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    written = StringIO()
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL)
    cells = contents.cells
    writer.writerow(["student", "name", "outcome", "final", "points", "maximum", "penalty", *cells])
    for record in contents.records:
        writer.writerow([_shown(value, separator) for value in _row(record, cells)])
    return written.getvalue()


def _row(record: StudentRecord, cells: tuple[str, ...]) -> Iterator[str | float | None]:
    yield from (record.student, record.name, record.outcome.value)
    if not record.has_marks:
        yield from ["no", None, None, None, *(None for _ in cells)]
        return
    yield "yes" if record.is_final else "no"
    yield from (record.points, record.marks.maximum, record.penalty)
    points = {mark.cell: mark.points for mark in record.marks.marks}
    yield from (points.get(cell) for cell in cells)


def _shown(value: str | float | None, separator: Separator) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return no_formula(value)
    text = f"{round(value, 2):g}"
    return text.replace(".", ",") if separator is Separator.SEMICOLON else text


def _student(record: StudentRecord) -> dict[str, Any]:
    return {
        "student": record.student,
        "name": record.name,
        "outcome": record.outcome.value,
        "why": record.why,
        "final": record.is_final,
        "points": round(record.points, 2) if record.has_marks else None,
        "lateness": _lateness(record.lateness) if record.lateness else None,
        "marks": {mark.cell: _mark(mark) for mark in record.marks.marks},
        "findings": {cell: result.to_data()["findings"] for cell, result in record.results.items()},
        "accuracies": {name: round(value, 4) for name, value in accuracies_of(record).items()},
        "could_not_grade": dict(record.reasons),
        "accidents": [asdict(note) for note in record.accidents],
        "mends": [asdict(note) for note in record.mends],
        "unverified": {cell: list(names) for cell, names in record.unverified.items()},
        "isolated": record.isolated,
        "effort": asdict(record.effort),
    }


def _mark(mark: CellMark) -> dict[str, Any]:
    return {"points": mark.points, "maximum": mark.maximum, "manual": mark.manual}


def _lateness(lateness: Lateness) -> dict[str, Any]:
    dates = {
        name: moment.isoformat() if moment else None
        for name, moment in (
            ("submitted", lateness.submitted),
            ("due", lateness.due),
            ("extension", lateness.extension),
        )
    }
    return {**dates, "excused": lateness.excused, "penalty": lateness.penalty}
