"""Right answers, in four spellings."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.sample import FULL, SampleStudent

WITH_ADD: Final = SampleStudent(
    login="etudiant-tout-juste",
    description="right, layer by layer with add, as in the course",
    answers=answers.WITH_ADD,
    marks=FULL,
    heavy=True,
)
IN_LISTS: Final = SampleStudent(
    login="etudiant-listes-de-couches",
    description="right, lists of layers and a loop over the blocks",
    answers=answers.IN_LISTS,
    marks=FULL,
    heavy=True,
)
FUNCTIONAL: Final = SampleStudent(
    login="etudiant-api-fonctionnelle",
    description="right, Functional API, objects in place of names",
    answers=answers.FUNCTIONAL,
    marks=FULL,
    heavy=True,
)
WITH_TF_NN: Final = SampleStudent(
    login="etudiant-activations-tf-nn",
    description="right, tf.nn activations and Reshape in place of Flatten",
    answers=answers.WITH_TF_NN,
    marks=FULL,
    heavy=True,
)

RIGHT: Final = (WITH_ADD, IN_LISTS, FUNCTIONAL, WITH_TF_NN)
