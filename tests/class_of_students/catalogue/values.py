"""Numbers and strings: wrong, unusual, or not the student's own."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.sample import MLP, NOTHING, NUMBERS, Between, SampleStudent

WRONG_NUMBERS: Final = SampleStudent(
    login="etudiant-biais-oublies",
    description="biases forgotten in both counts, another initialisation",
    answers={
        "q1_parametres": "nb_parametres_logistique = 784 * 10",
        "q5_parametres": "nb_parametres_mlp = 784 * 100 + 100 * 10",
        "q8_initialisation": "initialisation_dense = 'he_normal'",
    },
    marks=NOTHING,
)
UNUSUAL_NUMBERS: Final = SampleStudent(
    login="etudiant-nombres-inhabituels",
    description="a float and a NumPy integer; the initialisation said in French",
    answers={
        "q1_parametres": "nb_parametres_logistique = 7.85e3",
        "q5_parametres": "nb_parametres_mlp = np.prod([784, 100]) + np.int64(1110)",
        "q8_initialisation": 'initialisation_dense = "L\'initialisation uniforme de Glorot"',
    },
    marks={**NOTHING, **NUMBERS},
)
NUMBERS_AS_TEXT: Final = SampleStudent(
    login="etudiant-nombres-en-texte",
    description="counts given as strings, the initialisation asked of Keras itself",
    answers={
        "q1_parametres": 'nb_parametres_logistique = "7850"',
        "q5_parametres": 'nb_parametres_mlp = "79 510 paramètres"',
        "q8_initialisation": (
            "couche = logistique.layers[0]\n"
            "initialisation_dense = type(couche.kernel_initializer).__name__"
        ),
    },
    marks={**NOTHING, **NUMBERS},
)
SCORES_IN_PERCENT: Final = SampleStudent(
    login="etudiant-scores-en-pourcent",
    description="right, scores as a list with the accuracy in percent",
    answers={
        **answers.MLP,
        "q7_mlp_evaluation": (
            "perte, exactitude = mlp.evaluate(X_test, Y_test, verbose=0)\n"
            "scores_mlp = [perte, round(100 * exactitude, 2)]"
        ),
    },
    marks={**NOTHING, **MLP},
)
ONLY_THE_ACCURACY: Final = SampleStudent(
    login="etudiant-exactitude-seule",
    description="right, but the accuracy alone in place of the scores",
    answers={
        **answers.MLP,
        "q7_mlp_evaluation": "scores_mlp = mlp.evaluate(X_test, Y_test, verbose=0)[1]",
    },
    marks={**NOTHING, **MLP},
)
COPIED_SCORES: Final = SampleStudent(
    login="etudiant-scores-recopies",
    description="good scores typed by hand beside a network trained for one epoch",
    answers={
        **answers.MLP,
        "q6_mlp_entrainement": answers.MLP_TRAINED.replace("epochs=10", "epochs=1"),
        "q7_mlp_evaluation": 'scores_mlp = {"loss": 0.171, "accuracy": 0.9489}',
    },
    marks={
        **NOTHING,
        **MLP,
        "test_q6_mlp_entrainement": Between(1.2, 1.4),
        "test_q7_mlp_evaluation": 0,
    },
)

VALUES: Final = (
    WRONG_NUMBERS,
    UNUSUAL_NUMBERS,
    NUMBERS_AS_TEXT,
    SCORES_IN_PERCENT,
    ONLY_THE_ACCURACY,
    COPIED_SCORES,
)
