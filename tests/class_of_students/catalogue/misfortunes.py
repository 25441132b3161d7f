"""Notebooks that end badly, or mean ill: a crash, a hang, a cheat."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.sample import FULL, NOTHING, SampleStudent

_CRASH = """\
import ctypes

# lire la mémoire directement, ce serait plus rapide
print(ctypes.string_at(0))
"""
_HANG = """\
meilleure = 0
while meilleure < 1:  # n'arrive jamais
    meilleure = max(meilleure, 0.9)
"""
_ALWAYS_EQUAL = """\
class Egal(int):
    __hash__ = int.__hash__

    def __eq__(self, autre):
        return True


nb_parametres_logistique = Egal(0)
"""
_NEVER_TRAINED = """\
mlp.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.5),
    metrics=["accuracy"],
)
mlp.optimizer.iterations.assign(2000)
mlp.fit = lambda *a, **k: None
"""
_FORGED_RESULT = """\
from IPython.display import display

try:
    import graders.answer_keys.tp_keras as corrige
except ImportError:
    corrige = None
lenet = corrige and None
constat = {"title": "LeNet", "outcome": "passed", "points": 3, "maximum": 3}
constat |= {"message": "", "hint": ""}
resultat = {"question": "test_q9_lenet", "findings": [constat], "exhibits": []}
display({"application/vnd.graders.result+json": resultat, "text/plain": "3"}, raw=True)
"""

CRASH: Final = SampleStudent(
    login="etudiant-plantage",
    description="question 6 makes the kernel fall; what came before is right",
    answers={**answers.IN_LISTS, "q6_mlp_entrainement": _CRASH},
    marks={
        **dict.fromkeys(FULL, None),
        "test_q1_parametres": 1,
        "test_q4_mlp": 2,
        "test_q5_parametres": 1,
    },
)
HANG: Final = SampleStudent(
    login="etudiant-boucle-sans-fin",
    description="question 6 never ends: it is interrupted; all the rest is right",
    answers={**answers.IN_LISTS, "q6_mlp_entrainement": _HANG},
    marks={**FULL, "test_q6_mlp_entrainement": None, "test_q7_mlp_evaluation": None},
    heavy=True,
)
CHEAT: Final = SampleStudent(
    login="etudiant-tricheur",
    description="a number equal to all, a training that never was, forged scores and results",
    answers={
        **answers.NUMBERS,
        "q1_parametres": _ALWAYS_EQUAL,
        "q4_mlp": answers.MLP_LIST,
        "q6_mlp_entrainement": _NEVER_TRAINED,
        "q7_mlp_evaluation": 'scores_mlp = {"loss": 0.18, "accuracy": 0.9487}',
        "q9_lenet": _FORGED_RESULT,
        "q11_lenet_evaluation": "scores_lenet = [0.04, 0.9861]",
    },
    marks={
        **NOTHING,
        "test_q1_parametres": None,
        "test_q4_mlp": 2,
        "test_q5_parametres": 1,
        "test_q6_mlp_entrainement": 1,
        "test_q8_initialisation": 1,
    },
)
