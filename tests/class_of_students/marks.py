"""Finds the marks that sample students earn, in a process of its own.

python -m tests.class_of_students.marks RELEASE SOURCE MNIST [LOGIN…]

RELEASE and SOURCE are notebooks. Writes one line of JSON per student as it is found. Notebooks
write files: run it in a folder that may be thrown away.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
from nbformat import NotebookNode

from graders.grading.cell_names import names_needed
from graders.grading.checker import Checker, GradedCell
from graders.grading.examination import seed_of
from graders.grading.student import BLOB, DOCUMENT, export
from graders.models.datasets import use_local_mnist
from tests.class_of_students.builder import filled, grade_id
from tests.class_of_students.catalogue import CATALOGUE, SampleStudent
from tests.class_of_students.execution import Executed, Judge, execute, with_tests
from tests.class_of_students.training_memo import trainings_run_once

ASSIGNMENT = "tp_keras"
PRELOAD = ("tensorflow", "graders.answer_keys.tp_keras")
FILES = (DOCUMENT, BLOB)


def marks(
    release: NotebookNode,
    source: NotebookNode,
    students: tuple[SampleStudent, ...],
    judge: Judge,
) -> Iterator[tuple[SampleStudent, Executed]]:
    """Executes the students' notebooks one after the other, equal trainings once."""
    seeds = [0]

    def before_cell(name: str) -> None:
        seeds[0] = seed_of(ASSIGNMENT, name)
        keras.utils.set_random_seed(seeds[0])

    with trainings_run_once(lambda: seeds[0]):
        for student in students:
            notebook = filled(release, student.answers, student.deleted_cells)
            with redirect_stdout(StringIO()):
                executed = execute(with_tests(notebook, source), before_cell, judge)
            plt.close("all")
            yield student, executed


def judged_by(checker: Checker, folder: Path) -> Judge:
    """Values cross to the checker through files in `folder`, as from a student's kernel."""

    def judge(cell: NotebookNode, namespace: Mapping[str, Any]) -> Sequence[NotebookNode]:
        name, points = grade_id(cell), float(cell.metadata.nbgrader["points"])
        export(names_needed(cell.source), namespace, str(folder), name)
        document, blob = ((folder / file.format(label=name)).read_bytes() for file in FILES)
        graded = GradedCell(
            question=name, points=points, source=cell.source, seed=seed_of(ASSIGNMENT, name)
        )
        return [nbformat.from_dict(dict(o)) for o in checker.run(graded, document, blob).outputs]

    return judge


def main(arguments: list[str]) -> int:
    """Writes the marks; returns the exit code."""
    if len(arguments) < 3:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    release, source = (nbformat.read(path, as_version=4) for path in arguments[:2])
    use_local_mnist(Path(arguments[2]))
    mpl.use("agg")
    chosen = tuple(s for s in CATALOGUE if not arguments[3:] or s.login in arguments[3:])
    begin = time.process_time()
    with (
        Checker(None, preload=PRELOAD, mnist=Path(arguments[2])) as checker,
        tempfile.TemporaryDirectory() as folder,
    ):
        judge = judged_by(checker, Path(folder))
        for student, executed in marks(release, source, chosen, judge):
            seconds, begin = time.process_time() - begin, time.process_time()
            record = {"login": student.login, "cpu_seconds": round(seconds, 1), **asdict(executed)}
            sys.stdout.write(json.dumps(record) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
