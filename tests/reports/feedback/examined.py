"""A marked notebook of the real assignment, its results written down and not computed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from graders.exhibits import Confusion, Curve, Exhibit, LayerRow, LayersTable
from graders.marks import CellMark
from graders.reports.feedback.contents import Facts
from graders.rubric import Finding, Outcome, Result

RELEASE = Path(__file__).parents[3] / "release" / "tp_keras" / "deep_learning_keras.ipynb"
PASSED, PARTIAL = Outcome.PASSED, Outcome.PARTIAL
FAILED, UNKNOWN = Outcome.FAILED, Outcome.COULD_NOT_GRADE

LOSS = (0.98, 0.52, 0.43, 0.38, 0.35, 0.33, 0.31, 0.3, 0.29, 0.28)
LEARNED = (0.78, 0.871, 0.887, 0.897, 0.903, 0.908, 0.912, 0.915, 0.918, 0.921)
CURVE = Curve(
    "mlp",
    (
        ("loss", LOSS),
        ("accuracy", LEARNED),
        ("val_loss", tuple(value + 0.03 for value in LOSS)),
        ("val_accuracy", tuple(value - 0.012 for value in LEARNED)),
    ),
)
# A digit's neighbours are what it is taken for: 4 for 9, 7 for 9, 3 for 5, and so on.
_CONFUSED = {
    (4, 9): 41,
    (9, 4): 29,
    (7, 2): 22,
    (3, 5): 19,
    (5, 3): 31,
    (8, 3): 14,
    (2, 7): 9,
    (6, 0): 7,
}
_DIGITS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
CONFUSION = Confusion(
    "mlp",
    tuple(
        tuple(
            _DIGITS[digit] - sum(n for (true, _), n in _CONFUSED.items() if true == digit)
            if digit == answer
            else _CONFUSED.get((digit, answer), 0)
            for answer in range(10)
        )
        for digit in range(10)
    ),
)
LAYERS = LayersTable(
    "mlp",
    (
        LayerRow("Entrée, forme 784", "same"),
        LayerRow("Dense, 50 neurones", "changed", "à revoir : le nombre de neurones"),
        LayerRow("", "missing", "il manque une fonction d’activation"),
        LayerRow("Dropout, taux 0,2", "extra", "en trop"),
        LayerRow("Dense, 10 neurones", "same"),
        LayerRow("Activation softmax", "same"),
    ),
    39_760,
)

RESULTS: Mapping[str, Result] = {
    name: Result(name, tuple(Finding(*finding) for finding in findings), exhibits)
    for name, findings, exhibits in (
        ("test_q1_parametres", [("Le nombre de paramètres", PASSED, 1, 1)], ()),
        (
            "test_q4_mlp",
            [
                (
                    "Entrée et couche cachée",
                    FAILED,
                    0,
                    1,
                    "Le nombre de neurones (reçu\u00a0: 50) ne correspond pas à l’énoncé\u00a0; il "
                    "manque une fonction d’activation.",
                    "Comparez ces couches avec l’énoncé, une à une, à l’aide de summary().",
                ),
                (
                    "Couche de sortie",
                    PARTIAL,
                    0.5,
                    1,
                    "Juste avant, il y a une couche Dropout en trop.",
                    "Comparez ces couches avec l’énoncé, une à une, à l’aide de summary().",
                ),
            ],
            (LAYERS,),
        ),
        (
            "test_q5_parametres",
            [
                (
                    "Le nombre de paramètres",
                    FAILED,
                    0,
                    1,
                    "Ce n’est pas le bon nombre (reçu\u00a0: 79\u202f400).",
                    "Chaque neurone a aussi un biais\u00a0: l’avez-vous compté\u00a0?",
                )
            ],
            (),
        ),
        (
            "test_q6_mlp_entrainement",
            [
                ("La fonction de coût", PASSED, 0.25, 0.25),
                ("L’optimiseur et ses réglages", PASSED, 0.5, 0.5),
                ("L’exactitude est mesurée", PASSED, 0.25, 0.25),
                ("L’entraînement", PASSED, 0.5, 0.5),
                (
                    "L’exactitude sur les images de test, mesurée par le correcteur",
                    PARTIAL,
                    0.41,
                    0.5,
                    "Le modèle classe bien 92,28\u00a0% des images de test\u00a0: moins que ce "
                    "modèle n’atteint d’ordinaire.",
                    "Regardez sa courbe d’apprentissage\u00a0: le coût descend-il jusqu’au "
                    "bout\u00a0?",
                ),
            ],
            (CURVE,),
        ),
        (
            "test_q7_mlp_evaluation",
            [("L’exactitude annoncée est celle du modèle", PASSED, 1, 1)],
            (CONFUSION,),
        ),
        (
            "test_q9_lenet",
            [
                (
                    "Lecture de lenet",
                    UNKNOWN,
                    0,
                    3,
                    "Le correcteur n’a pas pu suivre la méthode call du modèle.",
                    "Votre enseignant le regardera.",
                )
            ],
            (),
        ),
    )
}
CODE: Mapping[str, str] = {
    "q1_parametres": "nb_parametres_logistique = 784 * 10 + 10  # poids, puis biais",
    "q4_mlp": (
        "mlp = Sequential()\nmlp.add(Input(shape=(784,)))\nmlp.add(Dense(50))\n"
        'mlp.add(Dropout(0.2))\nmlp.add(Dense(10, activation="softmax"))\nmlp.summary()'
    ),
    "q5_parametres": "nb_parametres_mlp = 784 * 100 + 100 * 10",
    "q8_initialisation": "initialisation_dense = poids_initiaux",
}
TEXTS: Mapping[str, str] = {
    "q1_modele": "C’est une **régression logistique** : $\\sigma(Wx + b)$, puis un softmax.",
    "q2_metrics": (
        "`metrics` dit ce qui est **mesuré**, sans changer l’apprentissage.\n\n"
        f"| a | b |\n|---|---|\n| {'x' * 80} | {'y' * 80} |\n\n    {'z ' * 80}\n"
        f'<div style="overflow-x:auto;white-space:pre">{"w " * 80}</div>'
    ),
}
COMMENTS: Mapping[str, str] = {
    "q1_modele": "Très bien, et la formule est la bonne.",
}
READ: Mapping[str, float] = {"q1_modele": 1, "q3_comparaison": 0, "q5_calcul": 0}
_PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg"
    "YGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
)
MENDS = [
    [
        "moved cell",
        "q4_mlp",
        "La cellule q4_mlp avait changé de place : elle a été remise à la sienne.",
    ]
]


def examined(
    results: Mapping[str, Result] = RESULTS,
    code: Mapping[str, str] = CODE,
    texts: Mapping[str, str] = TEXTS,
) -> NotebookNode:
    """The release as a student filled it in, with what each test cell found."""
    notebook = nbformat.read(RELEASE, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = {**code, **texts}.get(name, cell.source)
        if name in results:
            data = results[name]._repr_mimebundle_()
            cell.outputs = [new_output("execute_result", data, execution_count=1)]
        elif name == "q4_mlp":
            # As Keras writes a summary: wider than a phone, in colours of its own.
            table = (
                '<pre style="white-space:pre;overflow-x:auto;line-height:normal">'
                f'<span style="color:#00af00">{"large " * 30}</span></pre>'
            )
            cell.outputs = [
                new_output("stream", name="stdout", text="Model: sequential_1\n"),
                new_output("display_data", {"text/html": table}),
                new_output("display_data", {"image/png": _PICTURE}),
            ]
        elif name == "q8_initialisation":
            words = "name 'poids_initiaux' is not defined"
            cell.outputs = [new_output("error", ename="NameError", evalue=words, traceback=[])]
    notebook.metadata["graders"] = {
        "mends": MENDS,
        "incidents": [["q10_lenet_entrainement", "time limit"]],
        "isolated": True,
    }
    return notebook


def facts(
    notebook: NotebookNode,
    name: str = "Camille Exemple",
    student: str = "cexemple",
    results: Mapping[str, Result] = RESULTS,
) -> Facts:
    """What the gradebook would hold of it."""
    return Facts(
        student=student,
        name=name,
        marks={
            cell.metadata.nbgrader.grade_id: _mark(cell, results)
            for cell in notebook.cells
            if is_grade(cell)
        },
        comments=COMMENTS,
        unanswered=frozenset({"q3_comparaison", "q5_calcul"}),
    )


def _mark(cell: NotebookNode, results: Mapping[str, Result]) -> CellMark:
    name, maximum = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
    if is_solution(cell):
        return CellMark(name, READ.get(name), maximum, manual=True)
    result = results.get(name)
    judged = result is not None and result.outcome is not UNKNOWN
    return CellMark(name, result.points if result and judged else None, maximum, manual=False)


def exhibits_of(results: Mapping[str, Result]) -> tuple[Exhibit, ...]:
    """All that the results show."""
    return tuple(exhibit for result in results.values() for exhibit in result.exhibits)
