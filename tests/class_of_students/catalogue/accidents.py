"""Notebooks that went wrong in another way than their answers."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.sample import NOTHING, NUMBERS, SampleStudent

TEXTS_ONLY: Final = SampleStudent(
    login="etudiant-textes-seuls",
    description="only the questions to be answered in words",
    answers=answers.TEXTS,
    marks=NOTHING,
)
SYNTAX_ERROR: Final = SampleStudent(
    login="etudiant-parenthese-oubliee",
    description="a missing parenthesis: the perceptron is never defined; numbers are right",
    answers={
        **answers.NUMBERS,
        **answers.MLP,
        "q4_mlp": answers.MLP_ADD.replace('Activation("softmax"))', 'Activation("softmax")'),
    },
    marks={**NOTHING, **NUMBERS},
)
RENAMED_VARIABLE: Final = SampleStudent(
    login="etudiant-variable-renommee",
    description="a right perceptron under another name than the one asked for",
    answers={name: source.replace("mlp", "modele") for name, source in answers.MLP.items()},
    marks=NOTHING,
)
NOT_A_MODEL: Final = SampleStudent(
    login="etudiant-fonction",
    description="a function that builds the perceptron, where the perceptron is asked for",
    answers={
        "q4_mlp": "def mlp():\n    return Sequential([Input(shape=(784,)), Dense(100), Dense(10)])"
    },
    marks={**NOTHING, "test_q4_mlp": None, "test_q6_mlp_entrainement": None},
)
DELETED_TESTS: Final = SampleStudent(
    login="etudiant-tests-supprimes",
    description="two test cells deleted; right numbers",
    answers=answers.NUMBERS,
    marks={**NOTHING, **NUMBERS},
    deleted_cells=frozenset({"test_q1_parametres", "test_q5_parametres"}),
)
DELETED_ANSWER: Final = SampleStudent(
    login="etudiant-reponse-supprimee",
    description="one answer cell deleted; other numbers right",
    answers={name: source for name, source in answers.NUMBERS.items() if name != "q5_parametres"},
    marks={**NOTHING, **NUMBERS, "test_q5_parametres": 0},
    deleted_cells=frozenset({"q5_parametres"}),
)

ACCIDENTS: Final = (
    TEXTS_ONLY,
    SYNTAX_ERROR,
    RENAMED_VARIABLE,
    NOT_A_MODEL,
    DELETED_TESTS,
    DELETED_ANSWER,
)
