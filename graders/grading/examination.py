"""A submission's notebook, examined: answers run in the student kernel, tests in the checker."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from graders.grading.cell_names import names_needed
from graders.grading.checker import Checker, CheckerRun, GradedCell
from graders.grading.checker_results import unjudged_result
from graders.grading.confinement import Isolation
from graders.grading.exchange import SharedFileError
from graders.grading.kernel import Accident, CellRun, StudentKernel
from graders.grading.limits import Limits
from graders.grading.student import (
    BLOB,
    DOCUMENT,
    export_line,
    prepare_line,
    present_line,
)
from graders.rubric import Result

_MOST_DOCUMENT_BYTES = 8 * 2**20
_MOST_BLOB_BYTES = 512 * 2**20
_MOST_NAMES_BYTES = 2**16
# The agent's own work: importing Keras the first time, reading models.
_AGENT_SECONDS = 120.0

# What a reader finds below the cell in which it happened.
_NOTICES: Mapping[Accident, str] = {
    Accident.KERNEL_DIED: "le noyau Python s’est arrêté",
    Accident.OUT_OF_MEMORY: "la mémoire allouée est épuisée",
    Accident.TIME_LIMIT: "la cellule a dépassé sa durée limite",
    Accident.CPU_LIMIT: "la cellule a dépassé son temps de calcul",
    Accident.OUTPUT_LIMIT: "la cellule a affiché beaucoup trop de texte",
    Accident.PROCESS_LIMIT: "la cellule a lancé trop de processus",
    Accident.CELL_LIMIT: "le notebook a trop de cellules",
    Accident.NOTEBOOK_TIME_LIMIT: "le notebook a dépassé sa durée limite",
    Accident.NOTEBOOK_CPU_LIMIT: "le notebook a dépassé son temps de calcul",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and within which limits notebooks of an assignment are examined.

    `mnist` is the file that `load_data()` reads, as the student kernel sees it.
    """

    assignment: str
    isolation: Isolation
    limits: Limits
    mnist: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An accident and the cell in which it happened."""

    cell: str
    accident: Accident


@dataclass(frozen=True, slots=True)
class Record:
    """How an examination went: what reports say of it besides the marks."""

    isolated: bool
    incidents: tuple[Incident, ...]
    seconds: float

    def to_data(self) -> dict[str, Any]:
        """As it is kept in the notebook's metadata."""
        return {
            "isolated": self.isolated,
            "incidents": [[found.cell, found.accident.value] for found in self.incidents],
            "seconds": round(self.seconds, 1),
        }


def examine(
    notebook: NotebookNode, setting: Setting, checker: Checker, log: logging.Logger
) -> Record:
    """Runs every code cell of `notebook`, in place, and returns how it went.

    A test cell's source never reaches the student kernel; its outputs come from the checker.

    Raises:
        StartError: the student kernel could not be started.
        CheckerError: the checker could not be started.
    """
    began = time.monotonic()
    with StudentKernel(setting.isolation, setting.limits) as kernel:
        session = _Session(kernel, checker, setting, tested_names(notebook))
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                log.info("Executing cell %s (%d/%d)", name_of(cell), index + 1, len(notebook.cells))
                session.run(cell)
    return Record(setting.isolation.isolated, tuple(session.incidents), time.monotonic() - began)


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell judges an answer: it runs in the checker, and only there."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


def name_of(cell: NotebookNode) -> str:
    """The cell's name for nbgrader, else its identifier."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "?"))


def seed_of(assignment: str, cell: str) -> int:
    """The random seed of a cell, from 0 to 2**31 - 1.

    It depends on the two names alone, so the same submission always earns the same mark, and
    equivalent answers train to the same weights.
    """
    digest = hashlib.sha256(f"{assignment}/{cell}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def tested_names(notebook: NotebookNode) -> frozenset[str]:
    """Every name that some test cell takes from the student's cells."""
    return frozenset().union(*(needed(cell) for cell in notebook.cells if is_test(cell)))


def needed(cell: NotebookNode) -> frozenset[str]:
    """The names a test cell takes; none when it cannot be read, as the checker will say."""
    try:
        return names_needed(cell.source)
    except SyntaxError:
        return frozenset()


@dataclass
class _Session:
    """One notebook's run: what has happened so far."""

    kernel: StudentKernel
    checker: Checker
    setting: Setting
    tested: frozenset[str]
    incidents: list[Incident] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    # What happened since the last test cell: the next one has nothing sound to judge.
    unsettled: Accident | None = None
    executed: int = 0

    def run(self, cell: NotebookNode) -> None:
        if is_test(cell):
            self._test(cell)
        else:
            self._answer(cell)

    def _answer(self, cell: NotebookNode) -> None:
        name = name_of(cell)
        if not self.kernel.alive:
            cell.outputs, cell.execution_count = (
                [_notice("cette cellule n’a pas été exécutée")],
                None,
            )
            return
        self._prepare(name)
        run = self.kernel.execute(cell.source)
        self.executed += 1
        cell.execution_count = self.executed
        cell.outputs = [from_dict(output) for output in run.outputs]
        _time(cell, run)
        if run.accident is not None:
            self.incidents.append(Incident(name, run.accident))
            self.unsettled = run.accident
            cell.outputs.append(_notice(_NOTICES[run.accident]))
        self.seen |= self._present()

    def _prepare(self, name: str) -> None:
        seed = seed_of(self.setting.assignment, name)
        self.kernel.run_silently(prepare_line(seed, self.setting.mnist), _AGENT_SECONDS)

    def _present(self) -> frozenset[str]:
        """Which tested names exist now, in the student's kernel's own words."""
        file = secrets.token_hex(8)
        line = present_line(self.tested, self.kernel.shared_directory, file)
        self.kernel.run_silently(line, _AGENT_SECONDS)
        try:
            listed = self.kernel.read_shared_file(file, _MOST_NAMES_BYTES)
            self.kernel.shared.remove(file)
        except SharedFileError:
            return frozenset()
        return self.tested.intersection(listed.decode(errors="replace").split("\n"))

    def _test(self, cell: NotebookNode) -> None:
        question, points = name_of(cell), float(cell.metadata.nbgrader["points"])
        run = self._judged(
            cell,
            GradedCell(
                question=question,
                points=points,
                source=cell.source,
                seed=seed_of(self.setting.assignment, question),
            ),
        )
        self.unsettled = None
        self.executed += 1
        cell.execution_count = self.executed
        cell.outputs = [from_dict(dict(output)) for output in run.outputs]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = self.executed

    def _judged(self, cell: NotebookNode, graded: GradedCell) -> CheckerRun:
        accident = self.kernel.fate or self.unsettled
        if accident is not None:
            return _unjudged(graded, _NOTICES[accident])
        if gone := self._gone(needed(cell)):
            shown = ", ".join(sorted(gone))
            return _unjudged(graded, f"{shown} n’existe plus au moment de la vérification")
        try:
            document, blob = self._values(needed(cell))
        except SharedFileError:
            accident = self.kernel.fate
            reason = _NOTICES[accident] if accident else "les valeurs n’ont pas pu être lues"
            return _unjudged(graded, reason)
        return self.checker.run(graded, document, blob)

    def _gone(self, names: frozenset[str]) -> frozenset[str]:
        """Names that are missing by accident, not for want of an answer."""
        absent = names - self._present()
        return absent if self.incidents else absent & self.seen

    def _values(self, names: frozenset[str]) -> tuple[bytes, bytes]:
        """What the student kernel exports of `names`; raises SharedFileError."""
        label = secrets.token_hex(8)
        line = export_line(names, self.kernel.shared_directory, label)
        self.kernel.run_silently(line, _AGENT_SECONDS)
        files = [name.format(label=label) for name in (DOCUMENT, BLOB)]
        document = self.kernel.read_shared_file(files[0], _MOST_DOCUMENT_BYTES)
        blob = self.kernel.read_shared_file(files[1], _MOST_BLOB_BYTES)
        for file in files:
            self.kernel.shared.remove(file)
        return document, blob


def _unjudged(graded: GradedCell, reason: str) -> CheckerRun:
    result = unjudged_result(graded.question, graded.points, reason)
    return CheckerRun((_shown(result),), result)


def _shown(result: Result) -> dict[str, Any]:
    return dict(new_output("execute_result", data=result._repr_mimebundle_(), execution_count=None))


def _notice(reason: str) -> NotebookNode:
    text = f"Accident : {reason}.\n"
    return new_output("stream", name="stderr", text=text)


def _time(cell: NotebookNode, run: CellRun) -> None:
    cell.metadata["graders"] = {
        "wall_seconds": round(run.wall_seconds, 2),
        "cpu_seconds": round(run.cpu_seconds, 2),
    }
