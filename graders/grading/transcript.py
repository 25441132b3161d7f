"""`Transcript`: all that an executed notebook left for its tests to judge, as data.

Kept in the store, it lets a changed test be run again without running a student's code again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import msgpack

from graders.grading.isolation.outputs import Output
from graders.grading.isolation.watch import Accident
from graders.models.compilation import Compilation
from graders.models.portable_schema import decode, encode
from graders.models.snapshot import TrainingRecord


class TranscriptError(ValueError):
    """Bytes that are not a transcript of this version."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a student's cell; `count` is None when it was not run.

    `notice` is a message to translate: what befell the cell.
    """

    outputs: tuple[Output, ...]
    count: int | None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a test cell finds: the values of its names as `student.export` writes them.

    `unsound` is a clause to translate when there is nothing sound to judge, about some `names`;
    there are no values then.
    """

    document: bytes = b""
    blob: bytes = b""
    unsound: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """How our own trainers trained a model, known by its weights and its compile settings.

    `architecture` and `weights` are digests of the model that the training ended with.
    """

    weights: str
    compilation: Compilation
    record: TrainingRecord
    architecture: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An accident and the cell in which it happened."""

    cell: str
    accident: Accident


@dataclass(frozen=True, slots=True)
class Trainings:
    """How many trainings a notebook asked for, how many had been run before, seconds they took."""

    asked: int = 0
    found: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """A notebook's cells by position (code cells only), and how the run went.

    `seconds` is wall-clock time; `cpu_seconds` is the student kernel's, without the trainings
    that were run elsewhere.
    """

    cells: tuple[tuple[int, Answer | Evidence], ...]
    verified: tuple[Verified, ...]
    incidents: tuple[Incident, ...]
    isolated: bool
    trainings: Trainings
    seconds: float
    cpu_seconds: float

    def summary(self) -> dict[str, Any]:
        """What reports say of the run, as it is kept in the notebook's metadata."""
        return {
            "isolated": self.isolated,
            "incidents": [[found.cell, found.accident.value] for found in self.incidents],
            "trainings": asdict(self.trainings),
            "seconds": round(self.seconds, 1),
            "cpu_seconds": round(self.cpu_seconds, 1),
        }

    def to_bytes(self) -> bytes:
        """A form for the store; `from_bytes` reads it back."""
        return bytes(
            msgpack.packb(
                {
                    "cells": [
                        [position, type(cell).__name__, asdict(cell)]
                        for position, cell in self.cells
                    ],
                    "verified": [encode(verified) for verified in self.verified],
                    "incidents": [[found.cell, found.accident.value] for found in self.incidents],
                    "isolated": self.isolated,
                    "trainings": asdict(self.trainings),
                    "seconds": self.seconds,
                    "cpu_seconds": self.cpu_seconds,
                }
            )
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Transcript:
        """Read `to_bytes`'s form.

        Raises:
            TranscriptError: whatever else `content` is.
        """
        try:
            data = msgpack.unpackb(content)
            return cls(
                tuple((position, _cell(kind, cell)) for position, kind, cell in data["cells"]),
                tuple(decode(Verified, verified) for verified in data["verified"]),
                tuple(Incident(cell, Accident(accident)) for cell, accident in data["incidents"]),
                data["isolated"],
                Trainings(**data["trainings"]),
                data["seconds"],
                data["cpu_seconds"],
            )
        except (msgpack.UnpackException, ValueError, TypeError, KeyError) as error:
            raise TranscriptError(f"Not a transcript of this version: {error}") from error


def _cell(kind: str, data: dict[str, Any]) -> Answer | Evidence:
    if kind == Evidence.__name__:
        return Evidence(**{**data, "names": tuple(data["names"])})
    return Answer(**{**data, "outputs": tuple(data["outputs"])})
