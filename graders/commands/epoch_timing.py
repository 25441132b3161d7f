"""Times an epoch of the assignment's networks in this process, on the device it was given.

    python -m graders.commands.epoch_timing IMAGES

Writes a JSON object: seconds per epoch of 60 000 images, by network.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass

_ALL_IMAGES = 60_000
_BATCH_SIZE = 300


@dataclass(frozen=True, slots=True)
class _Images:
    least: int = _BATCH_SIZE
    default: int = 6_000
    most: int = _ALL_IMAGES


IMAGES = _Images()


def seconds_per_epoch(images: int) -> dict[str, float]:
    """Seconds for 60 000 images, from `images` of them; the first batch is not counted.

    Raises:
        RuntimeError: a GPU was asked for, and Keras's backend sees none.
    """
    import keras  # noqa: PLC0415 - it takes seconds, and `graders --help` none

    from graders.answer_keys.tp_keras import ADAM, LENET, LOSS, PERCEPTRON, SGD  # noqa: PLC0415
    from graders.models.building import build, compile_model  # noqa: PLC0415
    from graders.models.compilation import Compilation  # noqa: PLC0415
    from graders.models.datasets import mnist  # noqa: PLC0415

    _require_device(keras)
    digits = mnist()
    networks = {
        "perceptron": (PERCEPTRON, SGD, digits.x_train),
        "LeNet": (LENET, ADAM, digits.x_train_images),
    }
    timed = {}
    for name, (architecture, optimizer, x) in networks.items():
        model = build(architecture)
        compile_model(model, Compilation(LOSS, optimizer, ("categorical_accuracy",)))
        labels = digits.y_train_one_hot
        model.fit(x[:_BATCH_SIZE], labels[:_BATCH_SIZE], batch_size=_BATCH_SIZE, verbose=0)
        began = time.perf_counter()
        model.fit(x[:images], labels[:images], batch_size=_BATCH_SIZE, verbose=0)
        timed[name] = (time.perf_counter() - began) * _ALL_IMAGES / images
    return timed


def _require_device(keras: object) -> None:
    wanted = os.environ.get("GRADERS_TRAINING_DEVICE", "cpu")
    seen = keras.distribution.list_devices("gpu")  # type: ignore[attr-defined]
    if wanted != "cpu" and not seen:
        raise RuntimeError("Keras sees no GPU here: its backend was installed without one.")


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        found = seconds_per_epoch(int(sys.argv[1]))
    sys.stdout.write(json.dumps(found))
