"""Running a notebook's answers in a student kernel, and keeping what its tests will judge."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from graders.grading.checking.cell_names import names_needed
from graders.grading.isolation.confinement import Isolation
from graders.grading.isolation.exchange import SharedFileError
from graders.grading.isolation.kernel import Accident, StudentKernel
from graders.grading.isolation.limits import Limits
from graders.grading.student import (
    BLOB,
    DOCUMENT,
    export_line,
    prepare_line,
    present_line,
    trainings_line,
)
from graders.grading.trainings.line import TrainingLine
from graders.grading.trainings.service import TrainingService
from graders.grading.transcript import Answer, Evidence, Incident, Trainings, Transcript, Verified
from graders.language import marked

_MOST_DOCUMENT_BYTES = 8 * 2**20
_MOST_BLOB_BYTES = 512 * 2**20
_MOST_NAMES_BYTES = 2**16

# What a reader finds, translated, below the cell in which it happened.
NOTICES: Mapping[Accident, str] = {
    Accident.KERNEL_DIED: marked("le noyau Python s’est arrêté"),
    Accident.OUT_OF_MEMORY: marked("la mémoire allouée est épuisée"),
    Accident.TIME_LIMIT: marked("la cellule a dépassé sa durée limite"),
    Accident.CPU_LIMIT: marked("la cellule a dépassé son temps de calcul"),
    Accident.OUTPUT_LIMIT: marked("la cellule a affiché beaucoup trop de texte"),
    Accident.PROCESS_LIMIT: marked("la cellule a lancé trop de processus"),
    Accident.CELL_LIMIT: marked("le notebook a trop de cellules"),
    Accident.NOTEBOOK_TIME_LIMIT: marked("le notebook a dépassé sa durée limite"),
    Accident.NOTEBOOK_CPU_LIMIT: marked("le notebook a dépassé son temps de calcul"),
}
# After these no further cell is run, though the kernel may live.
_LAST = frozenset({Accident.CELL_LIMIT, Accident.NOTEBOOK_TIME_LIMIT, Accident.NOTEBOOK_CPU_LIMIT})


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and within which limits notebooks of an assignment are run.

    `mnist` is the file that `load_data()` reads, as the student kernel sees it.
    """

    assignment: str
    isolation: Isolation
    limits: Limits
    mnist: str


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


def names_of(cell: NotebookNode) -> frozenset[str]:
    """The names a test cell takes; none when it cannot be read, as the checker will say."""
    try:
        return names_needed(cell.source)
    except SyntaxError:
        return frozenset()


def uses_keras(notebook: NotebookNode) -> bool:
    """Whether an answer may import Keras: preparing it costs seconds that others save."""
    answers = [cell for cell in notebook.cells if cell.cell_type == "code" and not is_test(cell)]
    return any("keras" in cell.source or "tensorflow" in cell.source for cell in answers)


def run_answers(
    notebook: NotebookNode,
    setting: Setting,
    log: logging.Logger,
    trainings: TrainingService | None = None,
) -> Transcript:
    """Runs every answer of a notebook, in order; a test cell's source stays here.

    With `trainings`, portable `fit` calls are run by that service.

    Raises:
        StartError: the student kernel could not be started.
    """
    began = time.monotonic()
    tests = [cell for cell in notebook.cells if is_test(cell)]
    cells: list[tuple[int, Answer | Evidence]] = []
    keras = uses_keras(notebook)
    # Where nobody names Keras, nothing is asked for: having it ask would import it.
    with _kernel(setting, trainings if keras else None) as kernel:
        names = frozenset().union(*map(names_of, tests))
        session = _Session(kernel, setting, names, keras)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            log.info("Executing cell %s (%d/%d)", name_of(cell), index + 1, len(notebook.cells))
            found = session.evidence(cell) if is_test(cell) else session.answer(cell)
            cells.append((index, found))
        cpu_seconds = kernel.cpu_seconds
    return Transcript(
        tuple(cells),
        _verified(trainings),
        tuple(session.incidents),
        setting.isolation.isolated,
        _counted(trainings),
        time.monotonic() - began,
        cpu_seconds,
    )


@contextmanager
def _kernel(setting: Setting, trainings: TrainingService | None) -> Iterator[StudentKernel]:
    lines: list[TrainingLine] = []

    def attend(_: StudentKernel) -> bool:
        # At most one: it is there once the kernel has started.
        return any(line.attend() for line in lines)

    with StudentKernel(setting.isolation, setting.limits, attend) as kernel:
        if trainings is None:
            yield kernel
            return
        with TrainingLine(trainings, kernel.shared) as line:
            lines.append(line)  # Only now: a line needs the directory of a kernel that runs.
            kernel.run_silently(trainings_line(line.path), setting.limits.agent_seconds)
            yield kernel


def _verified(trainings: TrainingService | None) -> tuple[Verified, ...]:
    if trainings is None:
        return ()
    return tuple(
        Verified(
            weights,
            training.job.compilation,
            training.record,
            training.job.architecture.digest(),
        )
        for weights, training in trainings.ledger.by_weights().items()
    )


def _counted(trainings: TrainingService | None) -> Trainings:
    if trainings is None:
        return Trainings()
    asked = trainings.asked
    return Trainings(len(asked), sum(one.found for one in asked), sum(one.seconds for one in asked))


@dataclass
class _Session:
    """One notebook's run: what has happened so far."""

    kernel: StudentKernel
    setting: Setting
    tested: frozenset[str]
    keras: bool
    incidents: list[Incident] = field(default_factory=list)
    seen: frozenset[str] = frozenset()
    # What happened since the last test cell: the next one has nothing sound to judge.
    unsettled: Accident | None = None
    # What has ended the notebook, while the kernel may live on.
    ended_by: Accident | None = None
    executed: int = 0
    agent_seconds: float = 0.0

    def answer(self, cell: NotebookNode) -> Answer:
        """Run a student's cell."""
        name = name_of(cell)
        seed = seed_of(self.setting.assignment, name)
        if self._over is None:
            self._silently(name, prepare_line(seed, self.setting.mnist, with_keras=self.keras))
        if self._over is not None:
            return Answer((), None, notice=marked("cette cellule n’a pas été exécutée"))
        run = self.kernel.execute(cell.source)
        self.executed += 1
        notice = self._incident(name, run.accident)
        self.seen |= self._present(name)
        return Answer(run.outputs, self.executed, run.wall_seconds, run.cpu_seconds, notice)

    @property
    def _over(self) -> Accident | None:
        """What keeps later cells from running, if anything does."""
        return self.kernel.fate or self.ended_by

    def _incident(self, name: str, accident: Accident | None) -> str:
        if accident is None:
            return ""
        self.incidents.append(Incident(name, accident))
        self.unsettled = accident
        if accident in _LAST:
            self.ended_by = accident
        return NOTICES[accident]

    def _silently(self, name: str, line: str) -> None:
        """Run a line of the agent's, in the cell `name` or after it.

        It runs among whatever the student has left there, and may fare as badly.
        """
        limits = self.setting.limits
        left = limits.agent_notebook_seconds - self.agent_seconds
        if left <= 0:
            if self.ended_by is None:
                self._incident(name, Accident.NOTEBOOK_TIME_LIMIT)
            return
        alive = self.kernel.alive
        run = self.kernel.run_silently(line, min(left, limits.agent_seconds))
        self.agent_seconds += run.wall_seconds
        if alive:
            self._incident(name, run.accident)

    def evidence(self, cell: NotebookNode) -> Evidence:
        """What a test cell will judge."""
        self.executed += 1
        found = self._sound_evidence(name_of(cell), names_of(cell))
        accident, self.unsettled = self._over or self.unsettled, None
        return found if accident is None else Evidence(unsound=NOTICES[accident])

    def _sound_evidence(self, name: str, names: frozenset[str]) -> Evidence:
        """The same, where nothing has happened to the answers before it."""
        if self._over or self.unsettled:
            return Evidence()
        absent = names - self._present(name)
        if gone := absent if self.incidents else absent & self.seen:
            message = marked("{names} n’existe plus au moment de la vérification")
            return Evidence(unsound=message, names=tuple(sorted(gone)))
        try:
            return self._values(name, names)
        except SharedFileError:
            return Evidence(unsound=marked("les valeurs n’ont pas pu être lues"))

    def _present(self, name: str) -> frozenset[str]:
        """Which tested names exist now, in the student's kernel's own words."""
        file = secrets.token_hex(8)
        line = present_line(self.tested, self.kernel.shared_directory, file)
        self._silently(name, line)
        try:
            listed = self.kernel.read_shared_file(file, _MOST_NAMES_BYTES)
            self.kernel.shared.remove(file)
        except SharedFileError:
            return frozenset()
        return self.tested.intersection(listed.decode(errors="replace").split("\n"))

    def _values(self, name: str, names: frozenset[str]) -> Evidence:
        """What the student kernel exports of `names`; raises SharedFileError."""
        label = secrets.token_hex(8)
        line = export_line(names, self.kernel.shared_directory, label)
        self._silently(name, line)
        files = [name.format(label=label) for name in (DOCUMENT, BLOB)]
        document = self.kernel.read_shared_file(files[0], _MOST_DOCUMENT_BYTES)
        blob = self.kernel.read_shared_file(files[1], _MOST_BLOB_BYTES)
        for file in files:
            self.kernel.shared.remove(file)
        return Evidence(document, blob)
