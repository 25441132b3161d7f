"""Checks of compile settings; each asks for what the assignment fixes and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isclose

from graders.checks import wording
from graders.checks.subject import Subject
from graders.language import marked
from graders.language import translate as _
from graders.models.compilation import Compilation, Loss, Optimizer
from graders.models.operations import Activation
from graders.rubric import CouldNotGrade, Failure

_OPAQUE = "opaque:"
_HINT = marked("Relisez dans l’énoncé les réglages demandés pour compile.")
# What an accuracy may be called; the last, only of integer labels.
_ACCURACIES = {"accuracy", "categorical_accuracy"}
_SPARSE = "sparse_"


def has_loss(expected: Loss) -> Callable[[Subject], None]:
    """Check the loss, and that it takes what the model's last layer gives."""

    def check(subject: Subject) -> None:
        """La fonction de coût."""
        received = _compilation(subject).loss
        if received is None:
            raise Failure(_("Aucune fonction de coût (loss) n’a été donnée à compile."), _(_HINT))
        _refuse_opaque(received.name, _("La fonction de coût"))
        if received.name == _SPARSE + expected.name:
            raise Failure(
                _(
                    "La fonction de coût reçue ({received}) est la bonne, mais pour des "
                    "étiquettes entières : celles de l’énoncé sont en encodage one-hot."
                ).format(received=received.name),
                _(_HINT),
                fraction=0.5,
            )
        if received.name != expected.name:
            raise Failure(
                _("La fonction de coût n’est pas celle de l’énoncé (reçu : {received}).").format(
                    received=wording.shown(received.name)
                ),
                _(_HINT),
            )
        if received.from_logits and _ends_in_softmax(subject):
            raise Failure(
                _(
                    "La fonction de coût attend des scores avant softmax (from_logits=True), alors "
                    "que le modèle rend déjà des probabilités."
                ),
                _("Accordez la fonction de coût avec la dernière couche du modèle."),
                fraction=0.5,
            )
        if received.label_smoothing != expected.label_smoothing:
            raise Failure(
                _(
                    "Un réglage de la fonction de coût n’est pas demandé (reçu : "
                    "label_smoothing = {received})."
                ).format(received=wording.shown(received.label_smoothing)),
                _(_HINT),
                fraction=0.5,
            )

    return check


def has_optimizer(expected: Optimizer) -> Callable[[Subject], None]:
    """Check the kind of optimizer, then its learning rate and its other settings."""

    def check(subject: Subject) -> None:
        """L’optimiseur et ses réglages."""
        received = _compilation(subject).optimizer
        _refuse_opaque(received.name, _("L’optimiseur"))
        if received.name != expected.name:
            raise Failure(
                _("L’optimiseur n’est pas celui de l’énoncé (reçu : {received}).").format(
                    received=wording.shown(received.name)
                ),
                _(_HINT),
            )
        found = [*_rate(expected, received), *_settings(expected, received)]
        if found:
            raise Failure(
                _("L’optimiseur est le bon, mais {differences}.").format(
                    differences=_(" ; ").join(found)
                ),
                _(_HINT),
                fraction=0.5,
            )

    return check


def measures_accuracy() -> Callable[[Subject], None]:
    """Check that accuracy is among the metrics, whatever else is."""

    def check(subject: Subject) -> None:
        """La métrique."""
        compilation = _compilation(subject)
        accepted = _ACCURACIES
        if compilation.loss is not None and compilation.loss.name.startswith(_SPARSE):
            accepted = accepted | {_SPARSE + "categorical_accuracy"}
        if accepted & set(compilation.metrics):
            return
        if not compilation.metrics:
            raise Failure(_("Aucune métrique n’a été donnée à compile."), _(_HINT))
        for name in compilation.metrics:
            _refuse_opaque(name, _("La métrique"))
        shown = ", ".join(wording.shown(name) for name in compilation.metrics[:3])
        raise Failure(
            _("La métrique n’est pas celle de l’énoncé (reçu : {received}).").format(
                received=shown
            ),
            _(_HINT),
        )

    return check


def _compilation(subject: Subject) -> Compilation:
    compilation = subject.snapshot.compilation
    if compilation is None:
        raise Failure(_("Le modèle n’a pas été compilé."), _("Appelez compile avant fit."))
    return compilation


def _refuse_opaque(name: str, subject: str) -> None:
    if name.startswith(_OPAQUE):
        raise CouldNotGrade(
            _(
                "{subject} n’est pas de celles que le correcteur connaît (reçu : {received})."
            ).format(subject=subject, received=wording.shown(name.removeprefix(_OPAQUE))),
            _("Votre enseignant la regardera."),
        )


def _ends_in_softmax(subject: Subject) -> bool:
    operations = subject.snapshot.architecture.operations
    return bool(operations) and operations[-1] == Activation("softmax")


def _rate(expected: Optimizer, received: Optimizer) -> list[str]:
    if received.learning_rate is None:
        return [_("son pas d’apprentissage (learning_rate) varie au cours du temps")]
    if expected.learning_rate is None or isclose(
        received.learning_rate, expected.learning_rate, rel_tol=1e-5
    ):
        return []
    return [
        _(
            "son pas d’apprentissage (learning_rate) n’est pas celui de l’énoncé "
            "(reçu : {received})"
        ).format(received=wording.shown(received.learning_rate))
    ]


def _settings(expected: Optimizer, received: Optimizer) -> list[str]:
    settings = dict(received.settings)
    settings.pop("learning_rate", None)  # A schedule: `_rate` has said so.
    if "momentum" not in settings:
        settings.pop("nesterov", None)  # Without momentum it changes nothing.
    wanted = dict(expected.settings)
    names = sorted(name for name in settings | wanted if settings.get(name) != wanted.get(name))
    return [_setting(name, settings) for name in names[:3]]


def _setting(name: str, settings: Mapping[str, object]) -> str:
    if name not in settings:
        return _("son réglage {name} n’est pas celui de l’énoncé").format(name=name)
    return _("son réglage {name} n’est pas celui de l’énoncé (reçu : {received})").format(
        name=name, received=wording.shown(settings[name])
    )
