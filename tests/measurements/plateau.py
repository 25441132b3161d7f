"""Measures why LeNet does not learn by plain gradient descent: the notebook shows these numbers.

    nice -n 19 python -m tests.measurements.plateau

Writes plateau.json beside this file (about 12 minutes on two cores): learning curves with gradient
descent and with Adam, and for each layer how large its gradient is, how steep its sigmoids are,
and how much its outputs differ from one image to the next.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

# TensorFlow reads these when it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

HERE = Path(__file__).parent
RAW = HERE / "plateau.json"
MNIST = HERE.parents[1] / "data" / "mnist.npz"

THREADS = 2
BATCH_SIZE = 300
PROBES = 1000  # images on which gradients and outputs are looked at
RUNS = [("Adam", 0, 10), ("SGD", 1, 14), ("SGD", 0, 20)]  # optimizer, seed, epochs

Arrays = dict[str, Any]


def new_optimizer(name: str) -> keras.optimizers.Optimizer:
    if name == "SGD":
        return keras.optimizers.SGD(learning_rate=0.5)
    return keras.optimizers.Adam()


def lenet() -> keras.Model:
    """The notebook's network, its layers named so that they can be told apart."""
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for block, filters in enumerate((16, 32, 64), start=1):
        name = f"convolution_{block}"
        model.add(Conv2D(filters, (5, 5), activation="sigmoid", padding="same", name=name))
        model.add(MaxPooling2D((2, 2)))
    model.add(Flatten())
    model.add(Dense(100, activation="sigmoid", name="dense_1"))
    model.add(Dense(10, activation="softmax", name="dense_2"))
    return model


def read_mnist() -> Arrays:
    with np.load(MNIST, allow_pickle=False) as file:
        return {
            "x_train": file["x_train"].reshape(-1, 28, 28, 1).astype("float32") / 255,
            "y_train": keras.utils.to_categorical(file["y_train"], 10),
            "x_test": file["x_test"].reshape(-1, 28, 28, 1).astype("float32") / 255,
            "y_test": keras.utils.to_categorical(file["y_test"], 10),
        }


def look_inside(model: keras.Model, arrays: Arrays) -> dict[str, dict[str, float]]:
    """For each layer with weights: the size of its gradient and what its outputs look like."""
    images, labels = arrays["x_train"][:PROBES], arrays["y_train"][:PROBES]
    layers = [layer for layer in model.layers if layer.weights]
    outputs = keras.Model(model.inputs[0], [layer.output for layer in layers])(images)
    with tf.GradientTape() as tape:
        costs = keras.losses.categorical_crossentropy(labels, model(images))
        cost = tf.reduce_mean(costs)
    gradients = tape.gradient(cost, [layer.kernel.value for layer in layers])
    inside = {}
    for layer, output, gradient in zip(layers, outputs, gradients, strict=True):
        values = np.asarray(output).reshape(PROBES, -1)
        inside[layer.name] = {
            "root_mean_square_gradient": float(np.sqrt(np.mean(np.square(gradient)))),
            "mean_sigmoid_slope": float(np.mean(values * (1 - values))),
            "deviation_between_images": float(np.mean(np.std(values, axis=0))),
        }
    return inside


class AfterEachEpoch(keras.callbacks.Callback):
    def __init__(self, arrays: Arrays) -> None:
        super().__init__()
        self.arrays = arrays
        self.epochs: list[dict[str, Any]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        test = self.model.evaluate(
            self.arrays["x_test"], self.arrays["y_test"], verbose=0, return_dict=True
        )
        self.epochs.append(
            {
                "epoch": epoch + 1,
                "train": {name: round(float(value), 4) for name, value in (logs or {}).items()},
                "test": {name: round(float(value), 4) for name, value in test.items()},
                "inside": look_inside(self.model, self.arrays),
            }
        )
        sys.stdout.write(f"{epoch + 1}: {self.epochs[-1]['test']}\n")
        sys.stdout.flush()


def run(optimizer: str, seed: int, epochs: int, arrays: Arrays) -> dict[str, Any]:
    keras.utils.set_random_seed(seed)
    model = lenet()
    model.compile(
        loss="categorical_crossentropy", optimizer=new_optimizer(optimizer), metrics=["accuracy"]
    )
    before = look_inside(model, arrays)
    watch = AfterEachEpoch(arrays)
    model.fit(
        arrays["x_train"],
        arrays["y_train"],
        batch_size=BATCH_SIZE,
        epochs=epochs,
        verbose=0,
        callbacks=[watch],
    )
    return {"optimizer": optimizer, "seed": seed, "before": before, "epochs": watch.epochs}


def main() -> None:
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    arrays = read_mnist()
    runs: list[dict[str, Any]] = []
    for optimizer, seed, epochs in RUNS:
        sys.stdout.write(f"{optimizer}, seed {seed}\n")
        runs.append(run(optimizer, seed, epochs, arrays))
        RAW.write_text(json.dumps({"runs": runs}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
