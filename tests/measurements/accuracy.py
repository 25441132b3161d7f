"""Measures what a right answer earns on the test images, seed by seed, and writes the table.

    nice -n 19 python -m tests.measurements.accuracy

Raw numbers go to accuracy.json beside this file, after every training: an interrupted run goes on
where it stopped. Delete that file to measure everything anew (about 20 minutes on two cores).
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# TensorFlow reads these when it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D

from graders.answer_keys.tp_keras import LENET_ACCURACY, PERCEPTRON_ACCURACY

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RAW = HERE / "accuracy.json"
TABLE = ROOT / "docs" / "accuracy.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

SEEDS = range(5)
THREADS = 2
BATCH_SIZE = 300
EPOCHS = 10
MARGIN = 4  # standard deviations that a threshold must keep below the mean

Arrays = dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """A model that the notebook trains, and the accuracy from which it earns full marks."""

    title: str
    build: Callable[[], keras.Model]
    optimizer: Callable[[], keras.optimizers.Optimizer]
    images: bool
    threshold: float | None


@dataclass(frozen=True)
class Measure:
    """One training of one model."""

    model: str
    seed: int
    accuracy: float
    loss: float
    fit_seconds: float


def logistic_regression() -> keras.Model:
    return keras.Sequential([keras.Input((784,)), Dense(10), Activation("softmax")])


def perceptron() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((784,)),
            Dense(100),
            Activation("sigmoid"),
            Dense(10),
            Activation("softmax"),
        ]
    )


def lenet() -> keras.Model:
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (16, 32, 64):
        model.add(Conv2D(filters, (5, 5), activation="sigmoid", padding="same"))
        model.add(MaxPooling2D((2, 2)))
    for layer in (
        Flatten(),
        Dense(100),
        Activation("sigmoid"),
        Dense(10),
        Activation("softmax"),
    ):
        model.add(layer)
    return model


def gradient_descent() -> keras.optimizers.Optimizer:
    return keras.optimizers.SGD(learning_rate=0.5)


def adam() -> keras.optimizers.Optimizer:
    return keras.optimizers.Adam()


REFERENCES = {
    "logistique": Reference(
        "Logistic regression", logistic_regression, gradient_descent, images=False, threshold=None
    ),
    "mlp": Reference(
        "Perceptron", perceptron, gradient_descent, images=False, threshold=PERCEPTRON_ACCURACY[0]
    ),
    "lenet": Reference("LeNet", lenet, adam, images=True, threshold=LENET_ACCURACY[0]),
}


def read_mnist() -> Arrays:
    with np.load(ROOT / "data" / "mnist.npz", allow_pickle=False) as file:
        return {
            "x_train": file["x_train"].astype("float32") / 255,
            "y_train": keras.utils.to_categorical(file["y_train"], 10),
            "x_test": file["x_test"].astype("float32") / 255,
            "y_test": keras.utils.to_categorical(file["y_test"], 10),
        }


def measure(name: str, seed: int, arrays: Arrays) -> Measure:
    reference = REFERENCES[name]
    shape = (-1, 28, 28, 1) if reference.images else (-1, 784)
    keras.utils.set_random_seed(seed)
    model = reference.build()
    model.compile(
        loss="categorical_crossentropy", optimizer=reference.optimizer(), metrics=["accuracy"]
    )
    start = time.perf_counter()
    model.fit(
        arrays["x_train"].reshape(shape),
        arrays["y_train"],
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        verbose=0,
    )
    seconds = time.perf_counter() - start
    scores = model.evaluate(
        arrays["x_test"].reshape(shape), arrays["y_test"], verbose=0, return_dict=True
    )
    return Measure(name, seed, round(scores["accuracy"], 4), round(scores["loss"], 4), seconds)


def read_measures() -> list[Measure]:
    if not RAW.exists():
        return []
    return [Measure(**raw) for raw in json.loads(RAW.read_text("utf-8"))["measures"]]


def write_measures(measures: list[Measure]) -> None:
    ordered = sorted(measures, key=lambda one: (list(REFERENCES).index(one.model), one.seed))
    content = {
        "versions": {
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
            "python": platform.python_version(),
        },
        "settings": {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "intra_op_threads": THREADS},
        "measures": [asdict(one) | {"fit_seconds": round(one.fit_seconds, 1)} for one in ordered],
    }
    RAW.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def percentages(name: str, measures: list[Measure]) -> list[float]:
    return [100 * one.accuracy for one in measures if one.model == name]


def deviations_below(threshold: float, values: list[float]) -> float:
    """How many standard deviations a threshold keeps below the mean."""
    return (statistics.mean(values) - 100 * threshold) / statistics.stdev(values)


def row(name: str, measures: list[Measure]) -> str:
    """One line of the table: what was measured, and how far below it the threshold lies."""
    reference = REFERENCES[name]
    values = percentages(name, measures)
    mean, deviation = statistics.mean(values), statistics.stdev(values)
    threshold, distance = "none", "—"
    if reference.threshold is not None:
        threshold = f"{100 * reference.threshold:.1f} %"
        below = deviations_below(reference.threshold, values)
        distance = f"{below:.1f}" + ("" if below >= MARGIN else f" (less than {MARGIN})")
    listed = ", ".join(f"{value:.2f}" for value in values)
    return (
        f"| {reference.title} | {listed} | {mean:.2f} % | {deviation:.2f} "
        f"| {min(values):.2f} % | {threshold} | {distance} |"
    )


def table(measures: list[Measure]) -> str:
    seeds = sorted({one.seed for one in measures})
    head = (
        f"| model | test accuracy (%), seeds {seeds[0]} to {seeds[-1]} | mean | sd | lowest "
        "| full marks from | sd below the mean |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(row(name, measures) for name in REFERENCES)])


def write_table(measures: list[Measure]) -> None:
    before, rest = TABLE.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    TABLE.write_text(f"{before}{BEGIN}\n{table(measures)}\n{END}{after}", "utf-8")


def main() -> None:
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    arrays = read_mnist()
    measures = read_measures()
    done = {(one.model, one.seed) for one in measures}
    for seed in SEEDS:
        for name in REFERENCES:
            if (name, seed) in done:
                continue
            measures.append(measure(name, seed, arrays))
            write_measures(measures)
            sys.stdout.write(f"{measures[-1]}\n")
            sys.stdout.flush()
    write_table(measures)


if __name__ == "__main__":
    main()
