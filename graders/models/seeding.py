"""The one random seed that `fit` looks at beside those of the layers."""

from __future__ import annotations

import importlib

import keras

_MOST = 2**32


def global_seed() -> int | None:
    """The seed that the order of a training's samples comes from; None where none was set.

    TensorFlow draws that order from its global seed alone: `fit` neither changes nor follows
    any random state. Other backends take NumPy's, whose seed cannot be read back.
    """
    if keras.backend.backend() != "tensorflow":
        return None
    context = importlib.import_module("tensorflow.python.eager.context")
    seed = context.global_seed()
    return seed if type(seed) is int else None


def set_global_seed(seed: int) -> None:
    """Make the next training draw the order of its samples from `seed`."""
    keras.utils.set_random_seed(seed % _MOST)
    if keras.backend.backend() == "tensorflow":
        importlib.import_module("tensorflow").random.set_seed(seed)
