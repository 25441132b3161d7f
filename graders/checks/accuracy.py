"""Accuracy: the grader's own measure, and whether the student's numbers agree with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graders.checks import wording
from graders.checks.numbers import number_in
from graders.checks.subject import Subject
from graders.language import translate as _
from graders.language import translate_plural
from graders.rubric import Failure
from graders.text import percent

# Room for rounding to a whole percent, and for other thread counts, which make a few images in
# ten thousand change sides.
TOLERANCE = 0.006
_NAMES = ("accuracy", "acc", "categorical_accuracy", "sparse_categorical_accuracy", "exactitude")
_MOST_SCORES = 8


def reaches(threshold: float, floor: float) -> Callable[[Subject], None]:
    """Check the accuracy measured from the weights: all from `threshold`, nothing at `floor`."""

    def check(subject: Subject) -> None:
        """L’exactitude sur les images de test, mesurée par le correcteur."""
        accuracy = subject.accuracy
        if accuracy < threshold:
            raise Failure(
                _(
                    "Le modèle classe bien {share} des images de test : moins que ce modèle "
                    "n’atteint d’ordinaire."
                ).format(share=percent(accuracy)),
                _("Regardez sa courbe d’apprentissage : le coût descend-il jusqu’au bout ?"),
                fraction=max(0.0, min(0.99, (accuracy - floor) / (threshold - floor))),
            )

    return check


def agrees() -> Callable[[object, Subject], None]:
    """Check that the accuracy a student reports is the one the grader measures."""

    def check(scores: object, subject: Subject) -> None:
        """L’exactitude annoncée est celle du modèle."""
        reported = reported_accuracy(scores)
        measured = subject.accuracy
        if not any(abs(value - measured) <= TOLERANCE for value in (reported, reported / 100)):
            raise Failure(
                _(
                    "L’exactitude annoncée (reçu : {received}) n’est pas celle que le correcteur "
                    "mesure avec votre modèle ({measured})."
                ).format(received=wording.shown(reported), measured=percent(measured)),
                _("Évaluez le modèle sur le jeu de test après l’avoir entraîné."),
            )

    return check


def reported_accuracy(scores: object) -> float:
    """The accuracy in what `evaluate` gives: a dictionary, a list, an array, or the number.

    Raises:
        Failure: there is none.
    """
    kind = type(scores)
    entry: object = scores
    if isinstance(scores, dict) and kind is dict:
        names = [name for name in _NAMES if name in scores]
        if not names:
            raise Failure(
                _("Le dictionnaire de scores ne contient pas l’exactitude."),
                _("A-t-elle été demandée à compile, dans metrics ?"),
            )
        entry = scores[names[0]]
    elif kind in (list, tuple, np.ndarray):
        entry = _second(scores)
    return float(number_in(entry))


def _second(scores: Any) -> object:
    """The accuracy in a list: after the loss, as `evaluate` orders them."""
    if type(scores) is np.ndarray and scores.ndim != 1:
        return scores
    if not 2 <= len(scores) <= _MOST_SCORES:
        raise Failure(
            translate_plural(
                "La liste de scores devrait contenir le coût puis l’exactitude (reçu : {count} "
                "valeur).",
                "La liste de scores devrait contenir le coût puis l’exactitude (reçu : {count} "
                "valeurs).",
                len(scores),
            ).format(count=len(scores)),
            _("Gardez ce que rend evaluate, tel quel."),
        )
    entry: object = scores[1]
    return entry
