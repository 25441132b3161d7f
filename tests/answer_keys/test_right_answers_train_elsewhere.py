"""However a right answer is written, a trainer leaves of it what `fit` in place leaves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import keras
import pytest

from graders.models.portable_fit import PortableFit
from tests.answer_keys.accepted import ACCEPTED
from tests.answer_keys.variants import Accepted, Target, written
from tests.models.portable_cases import Case, flat, images, labels, one_hot
from tests.models.test_training import Elsewhere, assert_same, described, in_place, left_by

# They may differ in the last digit from what they are read as, so they train in the sandbox.
TRAINED_IN_THE_SANDBOX: dict[Target, set[str]] = {
    "logistique": set(),
    "mlp": {
        "API fonctionnelle, keras.ops",
        "couche Lambda pour la sigmoïde",
        "fonction anonyme",
        "fonctions de keras.ops",
        "mise à plat sans effet",
        "sans dimension d’entrée, puis appelé sur des données",
        "sigmoïde écrite à la main",
        "sous-classe de Model",
    },
    "lenet": {"groups=1 et use_bias=True explicites", "sous-classe de Model"},
    "compile mlp": {
        'métrique : [keras.metrics.TopKCategoricalAccuracy(k=3), "accuracy"]',
        "optimiseur : SGD(0.5, nesterov=True)",
    },
    "compile lenet": set(),
}
MOST_TRAININGS = 15


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """Trainings run for all the answers; spellings of the same have few between them."""
    trainer = Elsewhere()
    yield trainer
    assert trainer.trained <= MOST_TRAININGS


@pytest.mark.parametrize("variant", ACCEPTED, ids=lambda v: f"{v.target}: {v.description}")
@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
def test_a_right_answer_is_trained_elsewhere_as_in_place(
    variant: Accepted, elsewhere: Elsewhere
) -> None:
    case = _case_of(variant)
    keras.utils.set_random_seed(5)
    is_portable = isinstance(described(case.make(), case.arguments()), PortableFit)
    assert is_portable == (variant.description not in TRAINED_IN_THE_SANDBOX[variant.target])
    if not is_portable:
        return
    before = elsewhere.trained
    received = left_by(case, elsewhere, 1)
    if elsewhere.trained > before:
        # The training itself has drawn at random in this process: once more without.
        received = left_by(case, elsewhere, 1)
    assert_same(received, left_by(case, in_place, 1))


def _case_of(variant: Accepted) -> Case:
    """The answer, compiled where it does not do so itself, and a short training of it."""
    sparse = "sparse" in variant.code.lower()
    return Case(
        make=partial(_made, variant),
        x=images if variant.target == "lenet" else flat,
        y=labels if sparse else one_hot,
        settings={"epochs": 1, "batch_size": 100},
    )


def _made(variant: Accepted) -> Any:
    model = written(variant.code)
    if not variant.target.startswith("compile"):
        model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
