"""Measures what isolation costs one submission, in processor time; writes `docs/performance.md`.

    python -m tests.measurements.isolation

The same notebook, the source's own solution on the full MNIST, is run with its trainings already
in the store: in a sandbox with the checker, and in one plain kernel that runs the tests too.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import is_test, name_of, run_answers, seed_of
from graders.grading.checking.checker import Checker, GradedCell
from graders.grading.course import Course
from graders.grading.execute import grading_settings
from graders.grading.isolation.kernel import StudentKernel
from graders.grading.isolation.sandbox import find_bwrap
from graders.grading.student import prepare_line, trainings_line
from graders.grading.trainings.line import TrainingLine
from graders.grading.transcript import Evidence
from graders.grading.workshop import Workshop, open_workshop
from graders.models.datasets import mnist_path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCE = ROOT / "source" / "tp_keras" / "deep_learning_keras.ipynb"
RAW = HERE / "isolation.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- isolation: begin -->", "<!-- isolation: end -->"
ASSIGNMENT, RUNS = "tp_keras", 5
SECONDS_ALLOWED = 2.0


def main() -> None:
    """Runs both sides in turn, and writes the figures and the table."""
    settings = replace(
        grading_settings(Course.open(ROOT).config), store=str(ROOT / "build" / "bench" / "store")
    )
    notebook = nbformat.read(SOURCE, as_version=4)
    sides: dict[str, list[float]] = {"isolated": [], "together": []}
    with (
        closing(open_workshop(settings)) as isolated,
        _forgetful_checker(isolated) as checker,
        closing(open_workshop(replace(settings, isolation="none"))) as together,
    ):
        # Trainings are run once, and what starts at the first use has started.
        _isolated(isolated, checker, notebook)
        _together(together, notebook)
        for _ in range(RUNS):
            sides["isolated"].append(_host(lambda: _isolated(isolated, checker, notebook)))
            sides["together"].append(_host(lambda: _together(together, notebook)))
    RAW.write_text(json.dumps({"seconds": sides, "cores": os.cpu_count()}, indent=1) + "\n")
    page = PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table(sides)}\n{END}{after}")


def table(sides: dict[str, list[float]]) -> str:
    """The figures as Markdown."""
    isolated, together = median(sides["isolated"]), median(sides["together"])
    spread = [f"{min(side):.1f}–{max(side):.1f}" for side in sides.values()]
    return "\n".join(
        (
            "| | CPU seconds, median of 5 | lowest–highest |",
            "|---|---|---|",
            f"| sandbox, tests in the checker | {isolated:.1f} | {spread[0]} |",
            f"| one kernel for everything | {together:.1f} | {spread[1]} |",
            f"| **isolation adds** | **{isolated - together:.1f}** (at most 2 allowed) | |",
        )
    )


def _host(run: Callable[[], float]) -> float:
    """CPU seconds of a run, this process's own included."""
    before = time.process_time()
    elsewhere = run()
    return elsewhere + time.process_time() - before


def _forgetful_checker(workshop: Workshop) -> Checker:
    """One that measures each model anew, as tests in one kernel do: only isolation differs."""
    settings = workshop.settings
    return Checker(
        find_bwrap(), preload=settings.preload, mnist=mnist_path(), limits=settings.check_limits
    )


def _isolated(workshop: Workshop, checker: Checker, notebook: NotebookNode) -> float:
    """CPU seconds of the student kernel and of the checker."""
    transcript = run_answers(
        notebook, workshop.setting(ASSIGNMENT), _quiet(), workshop.trainings(lambda _: None)
    )
    seconds = transcript.cpu_seconds
    for position, found in transcript.cells:
        if isinstance(found, Evidence):
            cell = notebook.cells[position]
            graded = GradedCell(
                question=name_of(cell),
                points=float(cell.metadata.nbgrader["points"]),
                source=cell.source,
                seed=seed_of(ASSIGNMENT, name_of(cell)),
                verified=transcript.verified,
            )
            seconds += checker.run(graded, found.document, found.blob).cpu_seconds
    return seconds


def _together(workshop: Workshop, notebook: NotebookNode) -> float:
    """CPU seconds of a plain kernel that runs answers and tests, as stock nbgrader does."""
    setting, service = workshop.setting(ASSIGNMENT), workshop.trainings(lambda _: None)
    assert service is not None
    lines: list[TrainingLine] = []

    def attend(_: StudentKernel) -> bool:
        # At most one: it is there once the kernel has started.
        return any(line.attend() for line in lines)

    with (
        StudentKernel(setting.isolation, setting.limits, attend) as kernel,
        TrainingLine(service, kernel.shared) as line,
    ):
        lines.append(line)
        kernel.run_silently(trainings_line(line.path), 120)
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            if not is_test(cell):
                seed = seed_of(ASSIGNMENT, name_of(cell))
                kernel.run_silently(prepare_line(seed, setting.mnist), 120)
            kernel.execute(cell.source)
        return kernel.cpu_seconds


def _quiet() -> logging.Logger:
    return logging.Logger("isolation", logging.ERROR)


if __name__ == "__main__":
    main()
