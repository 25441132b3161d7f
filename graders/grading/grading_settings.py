"""How notebooks are examined, and the digests of all that an examination depends on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import is_test, names_of
from graders.grading.checking.checker import CheckLimits
from graders.grading.isolation.limits import Limits
from graders.grading.once import once
from graders.grading.trainings.trainers import TrainerSettings
from graders.models.training_limits import TrainingLimits

_LIBRARIES = ("tensorflow", "keras", "numpy", "ipykernel", "matplotlib")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingSettings:
    """How notebooks are examined, whatever process does it; it can be sent to another machine.

    `store` is a directory or an fsspec address; empty, results last as long as the process.
    `trainers` is None when every training runs in the student's kernel.
    """

    isolation: str = "sandbox"
    limits: Limits = field(default_factory=Limits)
    check_limits: CheckLimits = field(default_factory=CheckLimits)
    training_limits: TrainingLimits = field(default_factory=TrainingLimits)
    trainers: TrainerSettings | None = field(default_factory=TrainerSettings)
    preload: tuple[str, ...] = ()
    store: str = ""
    language: str = "fr"


def answers_digest(notebook: NotebookNode, assignment: str, settings: GradingSettings) -> str:
    """What a transcript depends on: answers, names that tests take, how all runs; no language."""
    parts = [assignment, repr((settings.isolation, settings.limits, settings.training_limits))]
    trainers = settings.trainers
    parts.append(repr(trainers and (trainers.backend, trainers.device, trainers.threads)))
    parts.append(source_digest("models", "grading"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            name = cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id"))
            shown = repr(sorted(names_of(cell))) if is_test(cell) else cell.source
            parts += [repr(name), repr(is_test(cell)), shown]
        else:
            parts.append("text")
    return _digest("answers", *parts)


def examination_digest(notebook: NotebookNode, assignment: str, settings: GradingSettings) -> str:
    """What an examined notebook depends on: its answers, its tests, and what they call."""
    return _digest(
        "examination",
        answers_digest(notebook, assignment, settings),
        repr((settings.check_limits, settings.preload, settings.language)),
        nbformat.writes(notebook),
        source_digest("."),
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@once
def source_digest(*rooms: str) -> str:
    """Versions of the libraries that matter, and this package's own source in some rooms."""
    root = Path(__file__).resolve().parents[1]
    files = sorted({file for room in rooms for file in (root / room).rglob("*.p[yo]")})
    sources = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return _digest(*(f"{name} {version(name)}" for name in _LIBRARIES), *sources)
