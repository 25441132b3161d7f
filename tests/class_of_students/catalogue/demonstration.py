"""The students whom `graders demo` grades: right ones, the usual mistakes, and worse."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.accidents import SYNTAX_ERROR
from tests.class_of_students.catalogue.architecture import WRONG_UNITS
from tests.class_of_students.catalogue.misfortunes import CHEAT, CRASH, HANG
from tests.class_of_students.catalogue.right import FUNCTIONAL, IN_LISTS, WITH_ADD, WITH_TF_NN
from tests.class_of_students.catalogue.sample import FULL, NOTHING, Between, SampleStudent

_THREE_EPOCHS = answers.LENET_TRAINED_OBJECTS.replace("epochs=10", "epochs=3")

_RELU = answers.MLP_ADD.replace('"sigmoid"', '"relu"')
_DEFAULT_RATE = """\
mlp.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
mlp.fit(X_train, Y_train, epochs=1, batch_size=300)
"""
_VALID_PADDING = answers.LENET_ADD.replace(', padding="same"', "")

HURRIED: Final = SampleStudent(
    login="etudiant-presse",
    description="right in the Functional API, but LeNet trained for 3 epochs and Glorot normal",
    answers={
        **answers.FUNCTIONAL,
        "q8_initialisation": 'initialisation_dense = "Glorot normal"',
        "q10_lenet_entrainement": _THREE_EPOCHS,
    },
    marks={
        **FULL,
        "test_q8_initialisation": 0,
        "test_q10_lenet_entrainement": 1.27,
        "test_q11_lenet_evaluation": Between(1.5, 1.8),
    },
    heavy=True,
)
SEVERAL_MISTAKES: Final = SampleStudent(
    login="etudiant-plusieurs-erreurs",
    description="relu, forgotten biases, one epoch of SGD at its default rate, LeNet unpadded",
    answers={
        "q1_modele": "Un réseau de neurones.",
        "q1_parametres": "nb_parametres_logistique = 784 * 10",
        "q2_metrics": answers.TEXTS["q2_metrics"],
        "q4_mlp": _RELU,
        "q5_parametres": "nb_parametres_mlp = mlp.count_params()",
        "q6_mlp_entrainement": _DEFAULT_RATE,
        "q7_mlp_evaluation": answers.MLP_EVALUATED_LIST,
        "q8_initialisation": 'initialisation_dense = "aléatoire"',
        "q9_lenet": _VALID_PADDING,
    },
    marks={
        **NOTHING,
        "test_q4_mlp": 1.5,
        "test_q5_parametres": 1,
        "test_q6_mlp_entrainement": Between(0.75, 0.85),
        "test_q7_mlp_evaluation": 1,
        "test_q9_lenet": 1,
    },
)
EMPTY: Final = SampleStudent(
    login="etudiant-copie-vide",
    description="the release, handed in as it was given",
    answers={},
    marks=NOTHING,
)

KINDS: Final = (WITH_ADD, HURRIED, SEVERAL_MISTAKES, EMPTY)
DEMONSTRATION: Final = (
    *KINDS,
    IN_LISTS,
    FUNCTIONAL,
    WITH_TF_NN,
    WRONG_UNITS,
    SYNTAX_ERROR,
    CRASH,
    HANG,
    CHEAT,
)
