"""MNIST as notebooks prepare it: on every machine already, so it never has to be sent."""

from __future__ import annotations

import os

from graders.grading.once import once
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.models.datasets import mnist
from graders.models.training import Array, Data, describe


def lay_out(shelf: ArrayShelf) -> None:
    """Puts the known arrays on a shelf, where they are not there yet."""
    for data, array in _known():
        descriptor = shelf.open(data)
        if descriptor is None:
            shelf.keep(data, array.data)
        else:
            os.close(descriptor)


def is_known(data: Data) -> bool:
    """Whether every machine has this array."""
    return any(known == data for known, _ in _known())


@once
def _known() -> tuple[tuple[Data, Array], ...]:
    digits = mnist()
    arrays = (
        digits.x_train,
        digits.x_train_images,
        digits.y_train_one_hot,
        digits.x_test,
        digits.x_test_images,
        digits.y_test_one_hot,
    )
    return tuple((describe(array), array) for array in arrays)
