"""Answer key of *Deep Learning avec Keras*: what each question expects and is worth.

A test cell calls `grade` with its own name and the student's variables. Each question judges
what it asks and no more: a wrong architecture loses its points in question 4 or 9, and may
still earn those of its compilation, training and evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from graders.checks.accuracy import agrees, reaches
from graders.checks.architecture import has_layers
from graders.checks.compilation import has_loss, has_optimizer, measures_accuracy
from graders.checks.initialisation import is_glorot_uniform
from graders.checks.numbers import is_parameter_count
from graders.checks.showing import confusion, layers_beside, learning_curve
from graders.checks.subject import architecture_of, trained_model
from graders.checks.training import was_trained
from graders.judging import Check, Reader, Show, judge
from graders.language import marked
from graders.models.architecture import Architecture
from graders.models.compilation import Loss, Optimizer
from graders.models.operations import Activation, Conv2D, Dense, Flatten, MaxPool
from graders.rubric import Result

LOGISTIC = Architecture((784,), (Dense(10), Activation("softmax")))
PERCEPTRON = Architecture(
    (784,), (Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax"))
)
LENET = Architecture(
    (28, 28, 1),
    (
        Conv2D(16, (5, 5), padding="same"),
        Activation("sigmoid"),
        MaxPool((2, 2), strides=(2, 2)),
        Conv2D(32, (5, 5), padding="same"),
        Activation("sigmoid"),
        MaxPool((2, 2), strides=(2, 2)),
        Conv2D(64, (5, 5), padding="same"),
        Activation("sigmoid"),
        MaxPool((2, 2), strides=(2, 2)),
        Flatten(),
        Dense(100),
        Activation("sigmoid"),
        Dense(10),
        Activation("softmax"),
    ),
)

LOSS = Loss("categorical_crossentropy")
SGD = Optimizer("sgd", 0.5)
ADAM = Optimizer("adam", 0.001)
TRAINED = was_trained(epochs=10, samples=60_000, batch_size=300)

# Shares of the 10 000 test images: full marks from the first, none at the second, a straight
# line between them. `docs/accuracy.md` shows how far above the first right answers lie.
PERCEPTRON_ACCURACY = (0.940, 0.850)
LENET_ACCURACY = (0.980, 0.900)
# The same by variable, for the class report.
ACCURACY_THRESHOLDS = {"mlp": PERCEPTRON_ACCURACY, "lenet": LENET_ACCURACY}


@dataclass(frozen=True)
class Question:
    """What one test cell checks, how it reads the models among its values, what it shows."""

    checks: tuple[Check, ...]
    readers: Mapping[str, Reader] = field(default_factory=dict)
    shows: tuple[Show, ...] = ()


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "test_q1_parametres": Question(
            (Check(is_parameter_count(LOGISTIC), 1, ("nb_parametres_logistique",)),)
        ),
        "test_q4_mlp": Question(
            (
                Check(has_layers(PERCEPTRON, 0, 2), 1, ("mlp",), marked("Entrée et couche cachée")),
                Check(has_layers(PERCEPTRON, 2, 4), 1, ("mlp",), marked("Couche de sortie")),
            ),
            {"mlp": architecture_of},
            (Show(layers_beside(PERCEPTRON), "mlp"),),
        ),
        "test_q5_parametres": Question(
            (Check(is_parameter_count(PERCEPTRON), 1, ("nb_parametres_mlp",)),)
        ),
        "test_q6_mlp_entrainement": Question(
            (
                Check(has_loss(LOSS), 0.25, ("mlp",)),
                Check(has_optimizer(SGD), 0.5, ("mlp",)),
                Check(measures_accuracy(), 0.25, ("mlp",)),
                Check(TRAINED, 0.5, ("mlp",)),
                Check(reaches(*PERCEPTRON_ACCURACY), 0.5, ("mlp",)),
            ),
            {"mlp": trained_model},
            (Show(learning_curve, "mlp"),),
        ),
        "test_q7_mlp_evaluation": Question(
            (Check(agrees(), 1, ("scores_mlp", "mlp")),),
            {"mlp": trained_model},
            (Show(confusion, "mlp"),),
        ),
        "test_q8_initialisation": Question(
            (Check(is_glorot_uniform(), 1, ("initialisation_dense",)),)
        ),
        "test_q9_lenet": Question(
            (
                Check(
                    has_layers(LENET, 0, 3),
                    0.6,
                    ("lenet",),
                    marked("Entrée et 1er bloc convolutif"),
                ),
                Check(has_layers(LENET, 3, 6), 0.6, ("lenet",), marked("2e bloc convolutif")),
                Check(has_layers(LENET, 6, 9), 0.6, ("lenet",), marked("3e bloc convolutif")),
                Check(
                    has_layers(LENET, 9, 12),
                    0.6,
                    ("lenet",),
                    marked("Mise à plat et couche cachée"),
                ),
                Check(has_layers(LENET, 12, 14), 0.6, ("lenet",), marked("Couche de sortie")),
            ),
            {"lenet": architecture_of},
            (Show(layers_beside(LENET), "lenet"),),
        ),
        "test_q10_lenet_entrainement": Question(
            (
                Check(has_loss(LOSS), 0.25, ("lenet",)),
                Check(has_optimizer(ADAM), 0.5, ("lenet",)),
                Check(measures_accuracy(), 0.25, ("lenet",)),
                Check(TRAINED, 1, ("lenet",)),
            ),
            {"lenet": trained_model},
            (Show(learning_curve, "lenet"),),
        ),
        "test_q11_lenet_evaluation": Question(
            (
                Check(agrees(), 1, ("scores_lenet", "lenet")),
                Check(reaches(*LENET_ACCURACY), 1, ("lenet",)),
            ),
            {"lenet": trained_model},
            (Show(confusion, "lenet"),),
        ),
    }
)


def grade(test_cell: str, **values: object) -> Result:
    """Judge the student's variables a test cell names.

    Raises:
        ValueError: no question has this test cell.
        TypeError: a variable the question judges is missing.
    """
    if test_cell not in QUESTIONS:
        raise ValueError(f"A test cell is one of {', '.join(QUESTIONS)}. Received: {test_cell}.")
    question = QUESTIONS[test_cell]
    return judge(test_cell, question.checks, values, question.readers, question.shows)
