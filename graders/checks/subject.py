"""A student's model, read once into data, with what the grader measures on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from graders.language import marked
from graders.language import translate as _
from graders.models.architecture import Architecture
from graders.models.carried import origin_of
from graders.models.classified import classes_of_images
from graders.models.counting import flops
from graders.models.snapshot import Snapshot
from graders.models.unreadable import NotReadable, Unreadable
from graders.opaque import student_type
from graders.rubric import CouldNotGrade, Failure

_WHY: Mapping[Unreadable, str] = MappingProxyType(
    {
        Unreadable.NO_LAYER: marked("Le modèle est vide : il n’a encore aucune couche."),
        Unreadable.BROKEN: marked(
            "Le modèle est inachevé : l’ajout d’une de ses couches a échoué."
        ),
        Unreadable.NOT_BUILT: marked(
            "Le modèle n’a encore reçu aucune donnée : ses couches ne sont pas connues."
        ),
        Unreadable.BRANCHES: marked("Les couches du modèle ne se suivent pas l’une après l’autre."),
        Unreadable.SEVERAL_INPUTS_OR_OUTPUTS: marked(
            "Le modèle a plusieurs entrées ou plusieurs sorties."
        ),
        Unreadable.NOT_TRACEABLE: marked(
            "Le correcteur n’a pas pu suivre la méthode call du modèle."
        ),
        Unreadable.BEHAVES_OTHERWISE: marked(
            "Le modèle ne calcule pas ce que ses couches annoncent."
        ),
        Unreadable.TOO_LARGE: marked("Le modèle est bien plus grand que celui de l’énoncé."),
    }
)
# Nothing an honest right answer could be.
_WRONG_ARCHITECTURE = {
    Unreadable.NO_LAYER,
    Unreadable.BROKEN,
    Unreadable.BRANCHES,
    Unreadable.SEVERAL_INPUTS_OR_OUTPUTS,
    Unreadable.TOO_LARGE,
}
# Nothing that could have been trained.
_NEVER_TRAINED = {Unreadable.NO_LAYER, Unreadable.BROKEN, Unreadable.NOT_BUILT}
_MOST_FLOPS = 5 * 10**8  # for one image; the course's largest model takes a fiftieth


@dataclass(frozen=True)
class Subject:
    """A model as data; it classifies the test images at most once."""

    snapshot: Snapshot

    @property
    def accuracy(self) -> float:
        """Share of the MNIST test images the model classifies well; raises as `classes`."""
        from graders.models.datasets import mnist  # noqa: PLC0415 - reads 11 MB

        return float(np.mean(self.classes == mnist().y_test))

    @cached_property
    def classes(self) -> npt.NDArray[np.int64]:
        """The digit that each MNIST test image is taken for, from its weights; -1 for none.

        Raises:
            Failure: it has no weights, or takes or gives something else than MNIST.
            CouldNotGrade: it holds a layer the grader cannot rebuild.
        """
        from graders.models.datasets import mnist  # noqa: PLC0415 - reads 11 MB

        architecture = self.snapshot.architecture
        try:
            output_shape = architecture.output_shape
            if flops(architecture) > _MOST_FLOPS:
                raise ValueError("Measuring would take minutes.")
        except ValueError:
            raise CouldNotGrade(
                _("Le correcteur ne sait pas refaire ce modèle pour le mesurer lui-même."),
                _("Votre enseignant le regardera."),
            ) from None
        if self.snapshot.weights is None:
            raise Failure(_("Le modèle n’a pas encore de poids."), _("Entraînez-le avec fit."))
        images = mnist().x_test
        input_shape = architecture.input_shape or ()
        if prod(input_shape) != prod(images.shape[1:]) or output_shape != (10,):
            raise Failure(
                _("Le modèle ne reçoit pas une image de MNIST, ou ne rend pas dix probabilités."),
                _("Regardez la première et la dernière ligne de summary()."),
            )
        return classes_of_images(self.snapshot, images.reshape(-1, *input_shape))


def architecture_of(value: object) -> Architecture:
    """Read a model's architecture; of a half-built one, what is there.

    Raises:
        Failure: it is no model, or one that cannot be the right answer.
        CouldNotGrade: the grader cannot tell.
    """
    value = origin_of(value)
    if type(value) is Snapshot:
        return value.architecture
    from graders.models.reading import read_architecture  # noqa: PLC0415 - imports Keras

    try:
        if type(value) is NotReadable:
            raise value
        return read_architecture(value)
    except NotReadable as error:
        if error.architecture is not None:
            return error.architecture
        raise _refusal(error.reason, value, _WRONG_ARCHITECTURE) from None


def trained_model(value: object) -> Subject:
    """Read a model with its compile settings, its weights and how it was trained.

    An architecture that is not a chain is not refused here: that was another question's matter.

    Raises:
        Failure: it is no model, or one that was never trained.
        CouldNotGrade: the grader cannot tell.
    """
    value = origin_of(value)
    if type(value) is Snapshot:
        return Subject(value)
    from graders.models.reading import read_snapshot  # noqa: PLC0415 - imports Keras

    try:
        if type(value) is NotReadable:
            raise value
        return Subject(read_snapshot(value))
    except NotReadable as error:
        raise _refusal(error.reason, value, _NEVER_TRAINED) from None


def _refusal(reason: Unreadable, value: object, wrong: set[Unreadable]) -> Failure | CouldNotGrade:
    if reason is Unreadable.NOT_A_MODEL:
        return Failure(
            _("Un modèle Keras est attendu. Reçu : une valeur de type {type}.").format(
                type=student_type(value)
            ),
            _("Créez le modèle avec Sequential() et gardez-le sous le nom demandé."),
        )
    if reason in wrong:
        return Failure(_(_WHY[reason]), _("Reconstruisez le modèle en suivant l’énoncé pas à pas."))
    return CouldNotGrade(_(_WHY[reason]), _("Votre enseignant le regardera."))
