"""Classes of students who each write right answers in a way of their own, and their copies.

Every student has a habit (layers added, listed, called, …), which shows in half of what is
written; all of it is drawn from the answers that are known to be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from graders.reports.similarity.pairs import Answers
from tests.answer_keys.accepted import ACCEPTED
from tests.class_of_students import answers as written

_SPELLINGS: Final = {
    target: tuple(answer.code for answer in ACCEPTED if answer.target == target)
    for target in ("mlp", "lenet", "compile mlp", "compile lenet")
}
_FITS: Final = (
    "modele.fit({x}, Y_train, batch_size=300, epochs=10, verbose=1)",
    "h = modele.fit({x}, Y_train, batch_size=300, epochs=10, verbose=2)",
    "histoire = modele.fit(x={x}, y=Y_train, epochs=10, batch_size=300)",
    "lot = 300\ntours = 10\nmodele.fit({x}, Y_train, batch_size=lot, epochs=tours, verbose=1)",
)
_EVALUATIONS: Final = (
    written.MLP_EVALUATED,
    written.MLP_EVALUATED_LIST,
    "scores_mlp = mlp.evaluate(X_test, Y_test)",
    "cout, juste = mlp.evaluate(X_test, Y_test, verbose=0)\nscores_mlp = [cout, juste]",
    "scores_mlp = list(mlp.evaluate(x=X_test, y=Y_test, batch_size=300))\nprint(scores_mlp)",
)
_COUNTS: Final = (
    "nb_parametres_mlp = 79510",
    "nb_parametres_mlp = mlp.count_params()",
    "nb_parametres_mlp = 784 * 100 + 100 + 100 * 10 + 10",
    "nb_parametres_mlp = (784 + 1) * 100 + (100 + 1) * 10",
)
_SENTENCES: Final = (
    ("Le perceptron", "Ce modèle", "Notre réseau", "On voit qu'il"),
    ("atteint", "obtient", "arrive à", "donne", "monte jusqu'à"),
    ("95 %", "environ 95 %", "presque 95 pour cent", "une exactitude de 0,948"),
    ("contre 92 %", "mieux que la régression", "soit trois points de plus", "au lieu de 92"),
    (":", "car", "parce que", "puisque", "grâce à ce que"),
    ("la couche cachée", "la sigmoïde", "une deuxième couche", "ses cent neurones"),
    ("courbe", "rend moins droites", "plie", "permet de tordre", "assouplit"),
    ("les frontières.", "les limites entre chiffres.", "la séparation.", "ce qui sépare."),
    ("", "Il progresse encore.", "Plus d'époques aideraient.", "Le coût baisse toujours."),
)
_HABITS: Final = (("tf.", "tf"), (".add(", "add"), ("class ", "class"), ("Model(", "called"))
NAMES: Final = ("modele", "entree", "cachee", "sortie", "filtres", "couche", "bloc", "x", "h")


def student(random: Random, login: str) -> Answers:
    """One who works alone."""
    habit = random.choice(("tf", "add", "add", "add", "called", "listed", "listed", "class"))
    fit, evaluation = random.choice(_FITS), random.choice(_EVALUATIONS)

    def model(target: str) -> str:
        spellings = _SPELLINGS[target]
        usual = [spelling for spelling in spellings if _habit(spelling) == habit]
        return random.choice(usual if usual and random.random() < 0.5 else spellings)

    def usually(own: str, every: Sequence[str]) -> str:
        return own if random.random() < 0.5 else random.choice(every)

    code = {
        "q4_mlp": model("mlp"),
        "q5_parametres": random.choice(_COUNTS),
        "q6_mlp_entrainement": f"{model('compile mlp')}\n{usually(fit, _FITS)}",
        "q7_mlp_evaluation": usually(evaluation, _EVALUATIONS),
        "q9_lenet": model("lenet"),
        "q10_lenet_entrainement": f"{model('compile lenet')}\n{usually(fit, _FITS)}",
        "q11_lenet_evaluation": usually(evaluation, _EVALUATIONS).replace("mlp", "lenet"),
    }
    text = " ".join(random.choice(parts) for parts in _SENTENCES)
    filled = {cell: source.replace("{x}", "X_train") for cell, source in code.items()}
    return Answers(login, filled, {"q7_conclusion": text})


def class_alone(seed: int, size: int) -> list[Answers]:
    """A class of students who all work alone."""
    random = Random(seed)
    return [student(random, f"etudiant-{number:03}") for number in range(size)]


def disguised(answers: Answers, login: str) -> Answers:
    """A copy with other names, other spaces and comments of its own, and its own texts."""
    code = {cell: respaced(renamed(source)) for cell, source in answers.code.items()}
    commented = {cell: f"# à moi, {cell}\n{source}\n# fini" for cell, source in code.items()}
    return Answers(login, commented, {"q7_conclusion": "Je ne sais pas."})


def renamed(source: str, names: Mapping[str, str] | None = None) -> str:
    """The same code with other names for what it names itself, keywords and settings apart."""
    names = names or {name: f"mon_{name}" for name in NAMES}
    pattern = "|".join(map(re.escape, names))
    whole = re.compile(rf"(?<![\w.\"'])({pattern})(?![\w\"'=])")
    return whole.sub(lambda found: names[found.group()], source)


def respaced(source: str) -> str:
    """The same code with other spaces and line ends."""
    return re.sub(r", ", " ,  ", source).replace("    ", "  ").replace("(", "( ")


def _habit(spelling: str) -> str:
    return next((habit for mark, habit in _HABITS if mark in spelling), "listed")
