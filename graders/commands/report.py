"""`graders report`: what an instructor reads once a class was graded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from graders.commands.moodle_files import replace_file
from graders.commands.told import Assignment, CourseFolder, told
from graders.grading.class_records import class_records
from graders.grading.course import Course, CourseError, read_notebook
from graders.language import speaking
from graders.records import StudentRecord
from graders.reports.class_report.contents import ClassContents, Threshold
from graders.reports.class_report.page import class_page
from graders.reports.class_report.result_files import Separator, results_csv, results_json
from graders.reports.similarity.pairs import Answers, Given, SimilarPair, similar_pairs


@told()
def report(
    assignment: Assignment,
    separator: Annotated[
        Separator, typer.Option(help="Of results.csv; a semicolon comes with decimal commas.")
    ] = Separator.COMMA,
    course: CourseFolder = Path(),
) -> None:
    """Write the class report: a page, and the same results as JSON and CSV.

    They are written in reports/ASSIGNMENT of the course. Nothing is graded, and no mark changes.
    """
    console = Console()
    with console.status("Reading the class"):
        page = write_report(Course.open(course), assignment, separator)
    console.print(f"Class report: {page}", highlight=False, soft_wrap=True)


def write_report(course: Course, assignment: str, separator: Separator = Separator.COMMA) -> Path:
    """Writes the report's three files, and returns the page.

    Raises:
        CourseError: there is nothing to report.
        OSError: it cannot be written.
    """
    course.require_source(assignment)
    course.require_release(assignment)
    folder = course.root / "reports" / assignment
    with speaking(course.language):
        contents = class_contents(course, assignment)
        written = {
            "index.html": class_page(contents, folder),
            "results.json": results_json(contents),
            "results.csv": results_csv(contents, separator),
        }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        _write(folder / name, text)
    return folder / "index.html"


def _write(path: Path, text: str) -> None:
    replace_file(path, lambda file: file.write(text.encode()))


def class_contents(course: Course, assignment: str) -> ClassContents:
    """Everything the report shows.

    Raises:
        CourseError: there is nobody to report on.
    """
    records = class_records(course, assignment)
    if not records:
        raise CourseError(f"Nobody is known to the gradebook, or has submitted {assignment}.")
    return ClassContents(
        assignment=assignment,
        course=course.directory(assignment).course_id,
        made=datetime.now().astimezone(),
        records=records,
        pairs=_similar(course, assignment, records),
        thresholds=thresholds_of(assignment),
    )


def thresholds_of(assignment: str) -> Mapping[str, Threshold]:
    """Thresholds that the assignment's answer key states; none where there is no such key."""
    name = f"graders.answer_keys.{assignment}"
    if not assignment.isidentifier() or find_spec(name) is None:
        return {}
    stated = getattr(import_module(name), "ACCURACY_THRESHOLDS", {})
    return {variable: Threshold(*accuracies) for variable, accuracies in stated.items()}


def _similar(
    course: Course, assignment: str, records: Sequence[StudentRecord]
) -> tuple[SimilarPair, ...]:
    released = course.path("release", ".", assignment).glob("*.ipynb")
    cells = [cell for path in sorted(released) for cell in read_notebook(path).cells]
    given = Given(
        tuple(cell.source for cell in cells if cell.cell_type == "code"),
        tuple(cell.source for cell in cells if cell.cell_type != "code"),
    )
    answers = [Answers(r.student, r.code, r.texts) for r in records if r.has_marks]
    return similar_pairs(answers, given)
