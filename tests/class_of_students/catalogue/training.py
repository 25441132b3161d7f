"""Right networks, trained otherwise than asked."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.sample import (
    MLP,
    NOTHING,
    Between,
    Marks,
    Points,
    SampleStudent,
)

_MLP_ONLY = {"q4_mlp": answers.MLP_LIST, "q7_mlp_evaluation": answers.MLP_EVALUATED}

_COMPILED = """\
mlp.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.5),
    metrics=["accuracy"],
)
"""
_FIT = "mlp.fit(X_train, Y_train, batch_size=300, epochs=10, verbose=0)\n"
_ONE_EPOCH = _FIT.replace("epochs=10, ", "")
_REUSED = """\
# même optimiseur que la régression logistique
mlp.compile(
    loss="categorical_crossentropy", optimizer=logistique.optimizer, metrics=["accuracy"]
)
"""
_LENET_COMPILED = """\
lenet.compile(
    loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(), metrics=["accuracy"]
)
"""
_LENET_TRIED = """\
lenet.compile(
    loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(0.5), metrics=["accuracy"]
)
lenet.fit(X_train_images[:3000], Y_train[:3000], batch_size=300)  # pour essayer
"""
_LENET_ONE_EPOCH = _LENET_COMPILED + "lenet.fit(X_train_images, Y_train, batch_size=300)\n"


def _trained(*sources: str) -> answers.Answers:
    """Answers of the perceptron's questions, with this training."""
    return {**_MLP_ONLY, "q6_mlp_entrainement": "".join(sources)}


def _marks(training: Points, evaluation: Points) -> Marks:
    """Marks of a right perceptron with this training, nothing else answered."""
    return {
        **NOTHING,
        **MLP,
        "test_q6_mlp_entrainement": training,
        "test_q7_mlp_evaluation": evaluation,
    }


def _lenet_marks(training: Points, evaluation: Points) -> Marks:
    """Marks of a right LeNet with this training."""
    return {
        "test_q9_lenet": 3,
        "test_q10_lenet_entrainement": training,
        "test_q11_lenet_evaluation": evaluation,
    }


NOT_COMPILED: Final = SampleStudent(
    login="etudiant-sans-compile",
    description="fit without compile, which Keras refuses",
    answers=_trained(_FIT),
    marks=_marks(0, 0),
)
REUSED_OPTIMIZER: Final = SampleStudent(
    login="etudiant-sgd-reutilise",
    description="the optimizer of the logistic regression again: fit raises",
    answers=_trained(_REUSED, _FIT),
    marks=_marks(1, 1),
)
SQUARED_LOSS: Final = SampleStudent(
    login="etudiant-cout-quadratique",
    description="mean squared error in place of cross-entropy",
    answers=_trained(_COMPILED.replace("categorical_crossentropy", "mse"), _FIT),
    marks=_marks(Between(1.3, 1.48), 1),
)
SPARSE_LOSS: Final = SampleStudent(
    login="etudiant-etiquettes-entieres",
    description="the sparse form of the same loss, with integer labels",
    answers={
        **_trained(_COMPILED.replace('"cat', '"sparse_cat'), _FIT.replace("Y_train", "y_train")),
        "q7_mlp_evaluation": answers.MLP_EVALUATED.replace("Y_test", "y_test"),
    },
    marks=_marks(1.87, 1),
)
NO_METRIC: Final = SampleStudent(
    login="etudiant-sans-metrique",
    description="no metrics, one epoch: evaluate gives the loss alone",
    answers=_trained(_COMPILED.replace('    metrics=["accuracy"],\n', ""), _ONE_EPOCH),
    marks=_marks(Between(0.95, 1.15), 0),
)
ONE_EPOCH: Final = SampleStudent(
    login="etudiant-une-epoque",
    description="one epoch for each network",
    answers={
        **_trained(_COMPILED, _ONE_EPOCH),
        **answers.LENET,
        "q10_lenet_entrainement": _LENET_ONE_EPOCH,
    },
    marks={**_marks(Between(1.2, 1.4), 1), **_lenet_marks(1.09, Between(1, 1.3))},
)
TWICE: Final = SampleStudent(
    login="etudiant-fit-deux-fois",
    description="fit run twice, twenty epochs in all",
    answers=_trained(_COMPILED, _FIT, _FIT),
    marks=_marks(2, 1),
)
NOT_TRAINED: Final = SampleStudent(
    login="etudiant-non-entraine",
    description="compiled and evaluated, never trained",
    answers={
        **_trained(_COMPILED),
        **answers.LENET,
        "q10_lenet_entrainement": _LENET_COMPILED,
    },
    marks={**_marks(1, 1), **_lenet_marks(1, 1)},
)
A_TENTH: Final = SampleStudent(
    login="etudiant-dixieme-des-donnees",
    description="trained on a tenth of the images",
    answers=_trained(
        _COMPILED, _FIT.replace("X_train", "X_train[:6000]").replace("Y_train", "Y_train[:6000]")
    ),
    marks=_marks(Between(1.2, 1.35), 1),
)
ON_TEST_IMAGES: Final = SampleStudent(
    login="etudiant-entraine-sur-test",
    description="trained on the test images",
    answers=_trained(_COMPILED, _FIT.replace("_train", "_test")),
    marks=_marks(Between(1.35, 1.5), 1),
)
RECOMPILED: Final = SampleStudent(
    login="etudiant-recompile",
    description="trained as asked, then compiled again before it is evaluated",
    answers=_trained(_COMPILED, _FIT, _COMPILED),
    marks=_marks(2, 1),
)
SGD_FOR_LENET: Final = SampleStudent(
    login="etudiant-lenet-sgd",
    description="LeNet with the perceptron's optimizer, on 3 000 images",
    answers={
        **answers.LENET,
        "q10_lenet_entrainement": _LENET_TRIED,
    },
    marks={**NOTHING, **_lenet_marks(0.5, 1)},
)
FLAT_IMAGES: Final = SampleStudent(
    login="etudiant-images-a-plat",
    description="LeNet trained on flat images, which Keras refuses",
    answers={
        **answers.LENET,
        "q10_lenet_entrainement": answers.LENET_TRAINED.replace("X_train_images", "X_train"),
    },
    marks={**NOTHING, **_lenet_marks(1, 1)},
)

TRAINING: Final = (
    NOT_COMPILED,
    REUSED_OPTIMIZER,
    SQUARED_LOSS,
    SPARSE_LOSS,
    NO_METRIC,
    ONE_EPOCH,
    TWICE,
    NOT_TRAINED,
    A_TENTH,
    ON_TEST_IMAGES,
    RECOMPILED,
    SGD_FOR_LENET,
    FLAT_IMAGES,
)
