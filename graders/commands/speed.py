"""`graders speed`: how long an epoch takes here, on the processor and on each GPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from graders.commands.epoch_timing import ALL_IMAGES, BATCH_SIZE
from graders.commands.told import told
from graders.grading.course import CourseError
from graders.grading.trainings.devices import visible_gpus
from graders.grading.trainings.trainers import CPU, TrainerSettings


@told()
def speed(
    backend: Annotated[
        str, typer.Option(help="Keras's backend: tensorflow, jax, torch.")
    ] = "tensorflow",
    images: Annotated[
        int, typer.Option(min=BATCH_SIZE, max=ALL_IMAGES, help="Images timed, of 60 000.")
    ] = 6_000,
) -> None:
    """Time an epoch of the assignment's networks, as question 12 asks of students.

    On the processor as trainers use it, and on each GPU that Keras sees. Without a GPU, it says
    so, and times the processor.
    """
    console = Console()
    gpus = visible_gpus()
    table = Table("device", "network", "seconds per epoch", title="secondes_par_epoque")
    for device in (CPU, *gpus):
        with console.status(f"Timing {device}"):
            timed = _timed(TrainerSettings(backend=backend, device=device), images)
        name = "CPU" if device == CPU else f"GPU {device}"
        for network, seconds in timed.items():
            table.add_row(name, network, f"{seconds:.2f}")
    console.print(table)
    if not gpus:
        console.print("No GPU here: trainings run on the processor.")


def _timed(settings: TrainerSettings, images: int) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-m", "graders.commands.epoch_timing", str(images)],
        env={**os.environ, **settings.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        reason = ran.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise CourseError(f"Nothing could be timed on {settings.device}: {reason[0]}")
    return {name: float(seconds) for name, seconds in json.loads(ran.stdout).items()}
