"""Worker processes of one machine: notebooks here, trainings there, a GPU for each of these."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from graders.grading.batch.tasks import SANDBOX, TRAINER
from graders.grading.trainings.devices import VISIBLE
from graders.models.training import ALIKE_TO_THE_BIT

PLACES: Mapping[str, int] = MappingProxyType({SANDBOX: 2, TRAINER: 1})
"""How many notebooks, or trainings, one worker takes at once."""
GPU = "GPU"
"""The resource of a worker that has a GPU, as Dask's users name it."""
_PRELOAD = "graders.grading.batch.own_worker"


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """One worker process: its kind of place, and what its environment adds.

    Kinds are apart, because a worker takes its tasks in order: a training would wait behind
    notebooks that wait for a place.
    """

    kind: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_gpu(self) -> bool:
        """Whether a GPU is its own."""
        return bool(self.variables.get(VISIBLE))

    @property
    def resources(self) -> dict[str, int]:
        """Its places, as Dask counts them."""
        return {self.kind: PLACES[self.kind], **({GPU: 1} if self.has_gpu else {})}

    def options(self) -> dict[str, Any]:
        """What Dask's `Nanny` is told."""
        return {
            "nthreads": PLACES[self.kind],
            "resources": self.resources,
            "memory_limit": 0,
            "env": dict(self.variables),
            "preload": [_PRELOAD],
        }


def plan_workers(
    number: int | None = None,
    gpus: Sequence[str] = (),
    kinds: Sequence[str] = (SANDBOX, TRAINER),
) -> tuple[WorkerPlan, ...]:
    """Workers of each kind, `number` of them or as many as the cores bear.

    With GPUs there is a worker for trainings for each of them, and none on the processor. Where
    notebooks run, no GPU is seen.
    """
    cores = len(os.sched_getaffinity(0))
    number = number or max(cores // ALIKE_TO_THE_BIT, 1)
    hidden = {VISIBLE: ""}
    notebooks = [WorkerPlan(SANDBOX, hidden)] * number
    on_processor = [WorkerPlan(TRAINER, hidden)] * number
    trainings = [WorkerPlan(TRAINER, {VISIBLE: gpu}) for gpu in gpus] or on_processor
    return tuple(plan for plan in (*notebooks, *trainings) if plan.kind in kinds)
