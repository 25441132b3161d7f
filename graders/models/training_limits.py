"""`TrainingLimits`: what one notebook may ask of the trainers, and what it is told beyond that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from graders.language import decimal, grouped, marked
from graders.language import translate as _
from graders.models.architecture import Architecture
from graders.models.counting import flops, parameter_count
from graders.models.operations import Conv2D
from graders.models.training import TrainingJob

# Backward, a training costs about twice what predicting does.
_TRAINING_FACTOR = 3


class TrainingRefused(Exception):  # noqa: N818 - it says what became of the request
    """A training that will not be run; the message is for the student's cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLimits:
    """The most one notebook may ask for; the defaults are ten times the assignment's needs.

    `work` is in floating-point operations, forward and backward, for all samples and epochs;
    `values` counts numbers in one sample between two layers, `batch_values` in a batch;
    `steps` are batches. `inferences` are evaluations and predictions that were run,
    `predicted_bytes` the length of all that were asked for. `data_bytes`, `jobs`, these two and
    those of `notebook_…` are for the whole notebook (seconds: wall-clock, of trainings that were
    run), the others for one training.
    """

    operations: int = 100
    parameters: int = 20_000_000
    values: int = 1_000_000
    samples: int = 1_000_000
    batch_values: int = 500_000_000
    epochs: int = 1_000
    steps: int = 1_000_000
    work: float = 2e14
    state_bytes: int = 400 * 2**20
    data_bytes: int = 1024 * 2**20
    jobs: int = 50
    inferences: int = 100
    predicted_bytes: int = 256 * 2**20
    notebook_work: float = 4e14
    notebook_seconds: float = 5400


def work(job: TrainingJob) -> float:
    """Floating-point operations of a whole training; raises as `counting.flops`."""
    epochs = max(job.epochs - job.initial_epoch, 0)
    per_sample = flops(job.architecture)
    measured = 0
    if job.validation is not None:
        measured = (job.validation.x or job.x).shape[0]
        if job.validation.x is None:
            measured -= job.training_samples
    return float(per_sample) * epochs * (_TRAINING_FACTOR * job.training_samples + measured)


def check(job: TrainingJob, limits: TrainingLimits, earlier: Sequence[TrainingJob] = ()) -> None:
    """Nothing, for a training that one may run after the `earlier` ones of the same notebook.

    Raises:
        TrainingRefused: it would pass a limit.
        ValueError: its architecture cannot be built.
    """
    architecture, samples = job.architecture, job.x.shape[0]
    values = widest(architecture)
    steps = -(-samples // job.batch_size) * max(job.epochs - job.initial_epoch, 0)
    batch = min(max(job.batch_size, job.validation.batch_size if job.validation else 0), samples)
    for what, asked, most in (
        (marked("couches"), len(architecture.operations), limits.operations),
        (marked("paramètres"), parameter_count(architecture), limits.parameters),
        (marked("valeurs entre deux couches"), values, limits.values),
        (marked("exemples d'entraînement"), samples, limits.samples),
        (marked("valeurs pour un lot (batch)"), batch * values, limits.batch_values),
        (marked("époques"), job.epochs, limits.epochs),
        (marked("lots (batchs) en tout"), steps, limits.steps),
        (marked("entraînements dans un notebook"), len(earlier) + 1, limits.jobs),
    ):
        if asked > most:
            raise TrainingRefused(
                _(
                    "Cet entraînement dépasse ce que le correcteur accepte : {asked} {what}, "
                    "pour un maximum de {most}."
                ).format(asked=grouped(asked), what=_(what), most=grouped(most))
            )
    _check_work(work(job), limits.work, _("Cet entraînement demande"))
    total = work(job) + sum(map(work, earlier))
    _check_work(
        total, limits.notebook_work, _("Les entraînements de ce notebook demandent ensemble")
    )


def _check_work(asked: float, most: float, subject: str) -> None:
    if asked > most:
        raise TrainingRefused(
            _(
                "{subject} environ {times} fois le calcul que le correcteur accepte. Réduisez le "
                "nombre d'époques ou la taille du réseau."
            ).format(subject=subject, times=decimal(f"{asked / most:.1f}"))
        )


def widest(architecture: Architecture) -> int:
    """Numbers in one sample where the network is widest, padding included."""
    assert architecture.input_shape is not None
    shapes = (architecture.input_shape, *architecture.shapes())
    most = max(map(prod, shapes))
    for operation, received in zip(architecture.operations, shapes, strict=False):
        if isinstance(operation, Conv2D) and operation.padding == "same":
            *sides, channels = received
            sizes = zip(sides, operation.kernel_size, operation.dilation_rate, strict=True)
            most = max(most, channels * prod(s + r * (k - 1) for s, k, r in sizes))
    return most
