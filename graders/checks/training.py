"""Was it trained: for how long, and on how much?"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np

from graders.checks import wording
from graders.checks.subject import Subject
from graders.language import grouped
from graders.language import translate as _
from graders.models.operations import BatchNormalization, Conv2D, Dense
from graders.models.snapshot import Snapshot, TrainingRecord
from graders.rubric import CouldNotGrade, Failure

# Keeping up to a quarter of the examples for validation is good practice, not an omission.
_LEAST_SHARE = 0.75
_MOST_STEPS = 1.1
_MOST_EARNED = 0.9  # by a training that is almost as asked


def was_trained(epochs: int, samples: int, batch_size: int) -> Callable[[Subject], None]:
    """Check that `fit` ran for `epochs`, in batches of `batch_size`, on about `samples`.

    More epochs are welcome: running `fit` again goes on where it stopped. Fewer earn their
    share. No single signal tells a training (see `_steps` and `_weights_moved`).
    """
    steps = ceil(samples / batch_size)

    def check(subject: Subject) -> None:
        """L’entraînement."""
        snapshot = subject.snapshot
        record = snapshot.training or TrainingRecord(iterations=0, epochs=0, steps_per_epoch=None)
        done = _steps(record)
        _refuse_untrained(done, _weights_moved(snapshot))
        per_epoch = record.steps_per_epoch or steps
        earlier = done - record.epochs * (record.steps_per_epoch or 0)
        if round(earlier / steps, 2) >= epochs:
            return  # Whatever the last `fit` was, those before it were enough.
        length = done / per_epoch / epochs
        if record.samples is not None:
            _refuse_few_samples(record.samples, samples, length)
        _refuse_few_steps(per_epoch, steps, length)
        if round(length, 3) < 1:
            raise Failure(
                _("L’entraînement est plus court que demandé (époques reçues : {epochs}).").format(
                    epochs=wording.shown(round(done / per_epoch, 1))
                ),
                _("Regardez le nombre d’époques (epochs) donné à fit."),
                fraction=_MOST_EARNED * length,
            )
        if per_epoch > _MOST_STEPS * steps:
            raise Failure(
                _(
                    "Chaque époque a compté {count} mises à jour : les lots sont plus petits que "
                    "demandé."
                ).format(count=grouped(per_epoch)),
                _("Regardez batch_size donné à fit."),
                fraction=0.75,
            )

    return check


def _refuse_few_samples(received: int, samples: int, length: float) -> None:
    if received < _LEAST_SHARE * samples:
        raise Failure(
            _("L’entraînement n’a porté que sur {count} exemples.").format(count=grouped(received)),
            _("Donnez à fit tout le jeu d’apprentissage."),
            fraction=_MOST_EARNED * received / samples * min(1, length),
        )


def _refuse_few_steps(received: int, steps: int, length: float) -> None:
    if received < _LEAST_SHARE * steps:
        raise Failure(
            _(
                "Chaque époque n’a compté que {count} mises à jour : ce n’est pas tout le jeu "
                "d’apprentissage, ou les lots sont plus grands que demandé."
            ).format(count=grouped(received)),
            _("Regardez les données et batch_size donnés à fit."),
            fraction=_MOST_EARNED * received / steps * min(1, length),
        )


def _steps(record: TrainingRecord) -> int:
    """Gradient steps done: the optimizer's count, or the history where it was made anew since."""
    return max(record.iterations, record.epochs * (record.steps_per_epoch or 0))


def _refuse_untrained(done: int, moved: bool | None) -> None:
    if not done and moved:
        raise CouldNotGrade(
            _(
                "Les poids du modèle ont changé, mais aucun entraînement par fit n’en garde la "
                "trace."
            ),
            _("Votre enseignant le regardera."),
        )
    if not done:
        raise Failure(
            _("Le modèle n’a pas été entraîné : ses poids sont ceux de l’initialisation."),
            _("Appelez fit sur le jeu d’apprentissage."),
        )
    if moved is False:
        raise Failure(
            _("L’entraînement s’est interrompu avant de changer les poids du modèle."),
            _("Donnez à chaque modèle un optimiseur neuf, puis relancez fit."),
        )


def _weights_moved(snapshot: Snapshot) -> bool | None:
    """Whether a bias has left the zero Keras starts it from; None without biases to look at."""
    if snapshot.weights is None:
        return False
    arrays = iter(snapshot.weights)
    biases = []
    for operation in snapshot.architecture.operations:
        match operation:
            case Dense() | Conv2D():
                next(arrays, None)
                if operation.use_bias:
                    biases.append(next(arrays, None))
            case BatchNormalization():
                for _name in range(2 + operation.scale + operation.center):
                    next(arrays, None)
    known = [bias for bias in biases if bias is not None]
    return any(bool(np.any(bias)) for bias in known) if known else None
