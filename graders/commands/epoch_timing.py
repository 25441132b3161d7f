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
from typing import Any

ALL_IMAGES = 60_000
BATCH_SIZE = 300


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
        model.fit(x[:BATCH_SIZE], labels[:BATCH_SIZE], batch_size=BATCH_SIZE, verbose=0)
        began = time.perf_counter()
        model.fit(x[:images], labels[:images], batch_size=BATCH_SIZE, verbose=0)
        timed[name] = (time.perf_counter() - began) * ALL_IMAGES / images
    return timed


def _require_device(keras: Any) -> None:
    if os.environ.get("GRADERS_TRAINING_DEVICE", "cpu") == "cpu":
        return
    if not keras.distribution.list_devices("gpu"):
        raise RuntimeError("Keras sees no GPU here: its backend was installed without one.")


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        found = seconds_per_epoch(int(sys.argv[1]))
    sys.stdout.write(json.dumps(found))
